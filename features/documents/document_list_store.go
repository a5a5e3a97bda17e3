package documents

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
)

// documentFilter is the query string of the list.
type documentFilter struct {
	data.List
	Show     string `query:"show"` // empty for all; mine, favourites, drafts, reviews, unread, overdue, templates, trash
	Category int64  `query:"category"`
	Tags     string `query:"tags"` // ids joined by commas: all of them
	Owner    int64  `query:"owner"`
	State    string `query:"state"`
	From     string `query:"from"` // changed on that day or later
	Until    string `query:"until"`
}

// documentRow is a line of the list.
type documentRow struct {
	Document `bun:",extend"`
	Author   string // who wrote the version shown
	TagIDs   string `bun:"tag_ids"` // joined by commas
}

var documentSorts = data.Sorts{"": "d.title_key", "title": "d.title_key", "updated": "d.updated_at", "review": "CASE WHEN d.review_on = '' THEN '9999' ELSE d.review_on END", "state": "d.state"}

// apply limits the query to the filter's documents.
func (f documentFilter) apply(q *bun.SelectQuery, t *tree, v *auth.Viewer, today clock.Day) *bun.SelectQuery {
	if f.Show == showTrash {
		q = q.Where("d.deleted_at IS NOT NULL")
	} else {
		q = q.Where("d.deleted_at IS NULL").Where("d.template = ?", f.Show == showTemplates)
	}
	switch f.Show {
	case showMine:
		q = q.Where("d.owner_id = ?", v.ID)
	case showFavourites:
		q = q.Where("EXISTS (SELECT 1 FROM document_favourites AS x WHERE x.document_id = d.id AND x.user_id = ?)", v.ID)
	case showDrafts:
		q = q.Where("d.state = ?", StateDraft)
	case showReviews:
		q = q.Where("d.state = ?", StateReview)
	case showUnread:
		q = q.Where(toRead, ids(v.Roles()), v.ID)
	case showOverdue:
		q = q.Where("d.review_on > ''").Where("d.review_on < ?", today)
	}
	if f.Category != 0 {
		q = q.Where("d.category_id IN (?)", ids(t.within(f.Category)))
	}
	if f.Owner != 0 {
		q = q.Where("d.owner_id = ?", f.Owner)
	}
	if states[f.State].name != "" {
		q = q.Where("d.state = ?", f.State)
	}
	for _, tag := range f.tags() {
		q = q.Where("EXISTS (SELECT 1 FROM document_tag_links AS x WHERE x.document_id = d.id AND x.tag_id = ?)", tag)
	}
	for _, word := range strings.Fields(data.Fold(f.Text)) {
		q = q.Where("d.title_key LIKE ? ESCAPE '!'", data.Like(word))
	}
	return q
}

// toRead is of what has been released to be confirmed by a role of the viewer's, and they have not confirmed.
const toRead = "(d.released > 0 AND EXISTS (SELECT 1 FROM document_readers AS x WHERE x.document_id = d.id AND x.role_id IN (?)) " +
	"AND NOT EXISTS (SELECT 1 FROM document_receipts AS x WHERE x.document_id = d.id AND x.number = d.released AND x.user_id = ?))"

// List is one page of the documents that the viewer may know of. It runs no query while the page is held.
func (s *documentStore) List(ctx context.Context, f documentFilter, today clock.Day) (data.Rows[documentRow], error) {
	v := auth.From(ctx)
	t, err := s.Tree(ctx)
	if err != nil {
		return data.Rows[documentRow]{}, err
	}
	// The key names the person and the roles that decide what they see: nobody else reads it, and a role that is taken
	// takes effect at once.
	key := s.lists.Family(listFamily, fmt.Sprintf("%d/%v/%v/%s/%s", v.ID, v.Roles(), v.Can(editDocument), today, f.pageLink(f.Page, f.Size)))
	return s.lists.Get(ctx, key, func(ctx context.Context) (data.Rows[documentRow], error) {
		q := f.apply(s.db.Read.NewSelect().TableExpr("documents AS d"), t, v, today).Apply(visibleTo(t, v)).
			ColumnExpr("d.*, COALESCE(w.author, '') AS author").
			ColumnExpr("COALESCE((SELECT GROUP_CONCAT(x.tag_id) FROM document_tag_links AS x WHERE x.document_id = d.id), '') AS tag_ids").
			Join("LEFT JOIN document_versions AS w ON w.document_id = d.id AND w.number = d.latest")
		rows, err := data.Scan[documentRow](ctx, q, f.List, documentSorts.Order(f.List, "d.id"))
		if err != nil {
			return rows, fmt.Errorf("list documents: %w", err)
		}
		return rows, nil
	})
}
