package documents

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/data"
	"portal/app/inbox"
)

// documentStore reads and writes documents, their versions and categories.
type documentStore struct {
	db       *data.DB
	users    *auth.Users
	inbox    *inbox.Store
	held     cache.Region[heldDocument]
	trees    cache.Region[tree]
	tags     cache.Region[[]Tag]
	lists    cache.Region[data.Rows[documentRow]]
	counted  cache.Region[counts]
	rendered cache.Region[rendered]
}

func newDocumentStore(db *data.DB, users *auth.Users, in *inbox.Store, c *cache.Cache) *documentStore {
	return &documentStore{
		db: db, users: users, inbox: in, held: cache.Rows[heldDocument](c, "documents.document"), trees: cache.Rows[tree](c, "documents.tree"),
		tags: cache.Rows[[]Tag](c, "documents.tags"), lists: cache.Rows[data.Rows[documentRow]](c, "documents.list"),
		counted: cache.Statistics[counts](c, "documents.counts"), rendered: cache.Rows[rendered](c, "documents.text"),
	}
}

// Get is the document, with what the viewer may do with it, if they may know of it. It runs no query while it is held.
// Errors: fault.NotFound, also for what the viewer may not know of.
func (s *documentStore) Get(ctx context.Context, id int64) (heldDocument, *tree, Level, error) {
	t, err := s.Tree(ctx)
	if err != nil {
		return heldDocument{}, nil, LevelNone, err
	}
	h, err := s.load(ctx, id)
	if err != nil {
		return h, t, LevelNone, err
	}
	l := h.level(t, auth.From(ctx))
	if l == LevelNone || h.Document.DeletedAt != nil {
		return heldDocument{}, t, LevelNone, errNoDocument()
	}
	return h, t, l, nil
}

func (s *documentStore) load(ctx context.Context, id int64) (heldDocument, error) {
	return s.held.Get(ctx, id, func(ctx context.Context) (heldDocument, error) { return loadHeld(ctx, s.db.Read, id) })
}

// warm reads what every page asks: categories and tags.
func (s *documentStore) warm(ctx context.Context) error {
	if _, err := s.Tree(ctx); err != nil {
		return err
	}
	_, err := s.Tags(ctx)
	return err
}

// loadHeld reads a document and what hangs on it in two queries. One that is not there is the zero heldDocument.
func loadHeld(ctx context.Context, db bun.IDB, id int64) (heldDocument, error) {
	var docs []Document
	if err := db.NewSelect().Model(&docs).Where("d.id = ?", id).Scan(ctx); err != nil {
		return heldDocument{}, fmt.Errorf("document %d: %w", id, err)
	}
	if len(docs) == 0 {
		return heldDocument{}, nil
	}
	h := heldDocument{Document: docs[0]}
	var rows []struct {
		Part  int // one of the parts below
		ID    int64
		Other *int64
		Level string
	}
	const users, roles, tags, readers, watchers = 0, 1, 2, 3, 4
	const query = "SELECT CASE WHEN user_id IS NULL THEN 1 ELSE 0 END AS part, id, COALESCE(user_id, role_id) AS other, level, '' AS sorted FROM document_shares WHERE document_id = ? " +
		"UNION ALL SELECT 2, g.id, NULL, '', g.name_key FROM document_tag_links AS x JOIN document_tags AS g ON g.id = x.tag_id WHERE x.document_id = ? " +
		"UNION ALL SELECT 3, role_id, NULL, '', '' FROM document_readers WHERE document_id = ? " +
		"UNION ALL SELECT 4, user_id, NULL, '', '' FROM document_watchers WHERE document_id = ?"
	if err := db.NewRaw("SELECT part, id, other, level FROM ("+query+") AS x ORDER BY part, sorted, id", id, id, id, id).Scan(ctx, &rows); err != nil {
		return h, fmt.Errorf("what hangs on document %d: %w", id, err)
	}
	for _, r := range rows {
		switch r.Part {
		case users:
			h.Shares = append(h.Shares, Share{ID: r.ID, UserID: r.Other, Level: r.Level})
		case roles:
			h.Shares = append(h.Shares, Share{ID: r.ID, RoleID: r.Other, Level: r.Level})
		case tags:
			h.Tags = append(h.Tags, r.ID)
		case readers:
			h.Readers = append(h.Readers, r.ID)
		case watchers:
			h.Watchers = append(h.Watchers, r.ID)
		}
	}
	return h, nil
}

// visibleTo limits a query over documents d to those the viewer may know of: what level says of one, said of all.
func visibleTo(t *tree, v *auth.Viewer) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if v.Admin() {
			return q
		}
		granted := func(least Level) func(*bun.SelectQuery) *bun.SelectQuery {
			return func(q *bun.SelectQuery) *bun.SelectQuery {
				var names []string
				for name, l := range levels {
					if l >= least {
						names = append(names, name)
					}
				}
				q = q.Where("d.owner_id = ?", v.ID)
				open := t.with(func(c *int64) bool { return !t.closed(c) })
				switch {
				case least == LevelManage: // nobody manages what is merely open
				case len(open) == len(t.All):
					q = q.WhereOr("d.private = ?", false)
				default:
					q = q.WhereOr("(d.private = ? AND (d.category_id IS NULL OR d.category_id IN (?)))", false, ids(open))
				}
				shared := t.with(func(c *int64) bool { return t.shared(c, v) >= least })
				if len(shared) > 0 {
					q = q.WhereOr("d.category_id IN (?)", ids(shared))
				}
				return q.WhereOr("EXISTS (SELECT 1 FROM document_shares AS s WHERE s.document_id = d.id AND s.level IN (?) AND (s.user_id = ? OR s.role_id IN (?)))",
					bun.In(names), v.ID, ids(v.Roles()))
			}
		}
		drafts := LevelWrite
		if !v.Can(editDocument) {
			drafts = LevelManage
		}
		return q.WhereGroup(" AND ", granted(LevelRead)).WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("d.released > 0").WhereGroup(" OR ", granted(drafts))
		})
	}
}

// ids is a list for IN that may be empty.
func ids(all []int64) any {
	if len(all) == 0 {
		all = []int64{0}
	}
	return bun.In(all)
}

// Templates are the documents that the viewer may make others from, by their titles.
func (s *documentStore) Templates(ctx context.Context) ([]Document, error) {
	t, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Document
	err = s.db.Read.NewSelect().Model(&rows).Column("d.id", "d.title").Where("d.template = ?", true).Where("d.deleted_at IS NULL").
		Apply(visibleTo(t, auth.From(ctx))).OrderExpr("d.title_key, d.id").Limit(200).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("templates of documents: %w", err)
	}
	return rows, nil
}
