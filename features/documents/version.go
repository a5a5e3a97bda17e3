package documents

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/markdown"
)

// Version is a row of document_versions: a document's text as somebody saved it. It never changes.
type Version struct {
	bun.BaseModel `bun:"table:document_versions,alias:w"`

	ID         int64 `bun:",pk,autoincrement"`
	DocumentID int64
	Number     int64 // 1 is the first
	Title      string
	Content    string // in Markdown
	Note       string // what changed, in its author's words
	AuthorID   *int64
	Author     string // the name then
	CreatedAt  time.Time
}

// Decision is a row of document_decisions: somebody submitted, released or returned a version.
type Decision struct {
	bun.BaseModel `bun:"table:document_decisions"`

	ID         int64 `bun:",pk,autoincrement"`
	DocumentID int64
	Number     int64
	What       string // submitted, released or returned
	Comment    string
	UserID     *int64
	UserName   string
	CreatedAt  time.Time
}

// What may be decided about a version.
const (
	decidedSubmitted = "submitted"
	decidedReleased  = "released"
	decidedReturned  = "returned"
)

// rendered is a version's text as clean HTML, its mentions still to be filled, and its headings.
type rendered struct {
	HTML     string
	Headings []markdown.Heading
}

// Text is the version of that number, without its content when that is held as HTML, and that HTML.
// Errors: fault.NotFound.
func (s *documentStore) Text(ctx context.Context, document, number int64) (rendered, error) {
	// A version never changes: what was made of it holds for good.
	return s.rendered.Get(ctx, fmt.Sprintf("%d/%d", document, number), func(ctx context.Context) (rendered, error) {
		w, err := s.Version(ctx, document, number)
		if err != nil {
			return rendered{}, err
		}
		html, headings := markdown.Page(w.Content)
		return rendered{html, headings}, nil
	})
}

// Version is the document's version of that number, whole. Whether the viewer may see it is the caller's to know.
// Errors: fault.NotFound.
func (s *documentStore) Version(ctx context.Context, document, number int64) (Version, error) {
	return loadVersion(ctx, s.db.Read, document, number)
}

func loadVersion(ctx context.Context, db bun.IDB, document, number int64) (Version, error) {
	var rows []Version
	err := db.NewSelect().Model(&rows).Where("w.document_id = ?", document).Where("w.number = ?", number).Scan(ctx)
	if err != nil {
		return Version{}, fmt.Errorf("version %d of document %d: %w", number, document, err)
	}
	if len(rows) == 0 {
		return Version{}, errNoDocument()
	}
	return rows[0], nil
}

// versionsSize is how many versions a page of them has.
const versionsSize = 50

// Versions are the document's versions without their texts, the newest first, and whether there are more.
func (s *documentStore) Versions(ctx context.Context, document int64, page int) ([]Version, bool, error) {
	var rows []Version
	err := s.db.Read.NewSelect().Model(&rows).Column("w.id", "w.document_id", "w.number", "w.title", "w.note", "w.author_id", "w.author", "w.created_at").
		Where("w.document_id = ?", document).OrderExpr("w.number DESC").Limit(versionsSize + 1).Offset(int64(min(max(page-1, 0), 10_000) * versionsSize)).Scan(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("versions of document %d: %w", document, err)
	}
	if len(rows) > versionsSize {
		return rows[:versionsSize], true, nil
	}
	return rows, false, nil
}

// Decisions are what was decided about the document's versions from number on, the latest first.
func (s *documentStore) Decisions(ctx context.Context, document, from int64) ([]Decision, error) {
	var rows []Decision
	err := s.db.Read.NewSelect().Model(&rows).Where("document_id = ?", document).Where("number >= ?", from).OrderExpr("id DESC").Limit(versionsSize).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("decisions about document %d: %w", document, err)
	}
	return rows, nil
}
