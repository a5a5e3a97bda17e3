package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/files"
	"portal/app/setting"
)

// fileStore reads and writes attachments.
type fileStore struct {
	db       *data.DB
	notes    *noteStore
	objects  *files.Store
	settings *setting.Store
}

func errNoFile() error {
	return fault.New(fault.NotFound, "There is no such file, or it is not for you.")
}

// fileFilter is the query string of a project's files.
type fileFilter struct {
	data.List
	Show string `query:"show"` // empty for all; pictures, mine
}

var fileSorts = data.Sorts{"": "a.created_at DESC", "name": "a.name_key", "size": "a.size", "added": "a.created_at"}

// attachedTo is the query of a project's attachments with what they hang on.
func attachedTo(db bun.IDB, project int64) *bun.SelectQuery {
	return db.NewSelect().TableExpr("attachments AS a").ColumnExpr("a.*").
		ColumnExpr("t.number AS task_number, t.name AS task_name, t.assignee_id AS task_assignee, t.deleted_at AS task_deleted_at, c.deleted_at AS said_deleted_at").
		Join("LEFT JOIN tasks AS t ON t.id = a.task_id").Join("LEFT JOIN comments AS c ON c.id = a.comment_id").Where("a.project_id = ?", project)
}

// List is a page of the project's files, without those that lie in the trash with what they hang on.
func (s *fileStore) List(ctx context.Context, project int64, f fileFilter) (data.Rows[attached], error) {
	q := attachedTo(s.db.Read, project).Where("a.deleted_at IS NULL").Where("a.loose = ?", false).Where("t.deleted_at IS NULL").Where("c.deleted_at IS NULL")
	switch f.Show {
	case "pictures":
		q = q.Where("a.small <> ''")
	case "mine":
		q = q.Where("a.created_by = ?", auth.From(ctx).ID)
	}
	for _, word := range strings.Fields(data.Fold(f.Text)) {
		q = q.Where("a.name_key LIKE ? ESCAPE '!'", data.Like(word))
	}
	return data.Scan[attached](ctx, q, f.List, fileSorts.Order(f.List, "a.id DESC"))
}

// Get is a file of the project, if the viewer, who knows of the project, may read it.
// Errors: fault.NotFound, also for what lies in the trash.
func (s *fileStore) Get(ctx context.Context, h heldProject, file int64) (attached, error) {
	var a attached
	err := attachedTo(s.db.Read, h.Project.ID).Where("a.id = ?", file).Scan(ctx, &a)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !h.maySee(auth.From(ctx), a) {
		return attached{}, errNoFile()
	}
	return a, err
}

// OfComments are the files of the project's own comments, oldest first.
func (s *fileStore) OfComments(ctx context.Context, project int64) ([]Attachment, error) {
	var rows []Attachment
	err := s.db.Read.NewSelect().Model(&rows).Where("a.project_id = ?", project).Where("a.task_id IS NULL").Where("a.comment_id IS NOT NULL").
		Where("a.deleted_at IS NULL").OrderExpr("a.id").Limit(shownNotes).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("files of the comments on project %d: %w", project, err)
	}
	return rows, nil
}

// held are what the store of files is told of us.
func (s *fileStore) held() *feature.Objects {
	return &feature.Objects{
		Known: func(ctx context.Context, keys []string) ([]string, error) {
			var known []string
			object := s.db.Read.NewSelect().Table("attachments").ColumnExpr("object AS k").Where("object IN (?)", bun.In(keys))
			small := s.db.Read.NewSelect().Table("attachments").ColumnExpr("small AS k").Where("small IN (?)", bun.In(keys))
			err := s.db.Read.NewSelect().TableExpr("(?) AS o", object.Union(small)).ColumnExpr("o.k").Scan(ctx, &known)
			return known, err
		},
		Page: func(ctx context.Context, after string, limit int) ([]string, error) {
			var keys []string
			object := s.db.Read.NewSelect().Table("attachments").ColumnExpr("object AS k").Where("object > ?", after)
			small := s.db.Read.NewSelect().Table("attachments").ColumnExpr("small AS k").Where("small > ?", after)
			err := s.db.Read.NewSelect().TableExpr("(?) AS o", object.Union(small)).ColumnExpr("o.k").OrderExpr("o.k").Limit(int64(limit)).Scan(ctx, &keys)
			return keys, err
		},
	}
}
