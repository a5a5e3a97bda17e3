package documents

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/clock"
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

// Tree is all categories with their shares. It runs no query while it is held.
func (s *documentStore) Tree(ctx context.Context) (*tree, error) {
	t, err := s.trees.Get(ctx, "all", func(ctx context.Context) (tree, error) {
		t, err := loadTree(ctx, s.db.Read)
		if err != nil {
			return tree{}, err
		}
		return *t, nil
	})
	return &t, err
}

func loadTree(ctx context.Context, db bun.IDB) (*tree, error) {
	var rows []Category
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("categories of documents: %w", err)
	}
	var shares []Share
	if err := db.NewSelect().Model(&shares).Where("category_id IS NOT NULL").OrderExpr("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("whom categories are shared with: %w", err)
	}
	return plant(rows, shares), nil
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

// counts are how many documents the viewer may know of, by where they lie and what they are marked with.
type counts struct {
	Categories map[int64]int // of the category itself, without those below it; 0 is none
	Tags       map[int64]int
	Loose      []int64 // tags that nobody's document has
}

// Counts counts what the viewer may know of. It runs no query while the figures are held, else three.
func (s *documentStore) Counts(ctx context.Context) (counts, error) {
	v := auth.From(ctx)
	t, err := s.Tree(ctx)
	if err != nil {
		return counts{}, err
	}
	key := s.counted.Family(listFamily, fmt.Sprintf("%d/%v/%v", v.ID, v.Roles(), v.Can(editDocument)))
	return s.counted.Get(ctx, key, func(ctx context.Context) (counts, error) {
		all := counts{Categories: map[int64]int{}, Tags: map[int64]int{}}
		var rows []struct {
			Thing *int64
			N     int
		}
		of := func() *bun.SelectQuery {
			return s.db.Read.NewSelect().TableExpr("documents AS d").ColumnExpr("COUNT(*) AS n").Where("d.deleted_at IS NULL").Apply(visibleTo(t, v))
		}
		if err := of().ColumnExpr("d.category_id AS thing").Where("d.template = ?", false).GroupExpr("d.category_id").Scan(ctx, &rows); err != nil {
			return all, fmt.Errorf("count documents: %w", err)
		}
		for _, r := range rows {
			all.Categories[value(r.Thing)] = r.N
		}
		rows = nil
		if err := of().ColumnExpr("x.tag_id AS thing").Join("JOIN document_tag_links AS x ON x.document_id = d.id").GroupExpr("x.tag_id").Scan(ctx, &rows); err != nil {
			return all, fmt.Errorf("count tags: %w", err)
		}
		for _, r := range rows {
			all.Tags[value(r.Thing)] = r.N
		}
		err := s.db.Read.NewSelect().TableExpr("document_tags AS g").Column("g.id").Where("NOT EXISTS (SELECT 1 FROM document_tag_links AS x WHERE x.tag_id = g.id)").
			OrderExpr("g.id").Scan(ctx, &all.Loose)
		if err != nil {
			return all, fmt.Errorf("tags of no document: %w", err)
		}
		return all, nil
	})
}

// shown are those of the tags that a document has which the viewer may know of.
func (c counts) shown(all []Tag) []Tag {
	return slices.DeleteFunc(slices.Clone(all), func(g Tag) bool { return c.Tags[g.ID] == 0 })
}

// live reports whether the viewer may hear of the topic.
func (s *documentStore) live(ctx context.Context, topic string) bool {
	v := auth.From(ctx)
	if topic == listTopic {
		return v.Can(seeList)
	}
	n, ok := topicID(topic)
	if !ok || !v.Can(seeDocument) {
		return false
	}
	h, err := s.load(ctx, n) // one in the trash too: that it went there is news for those who saw it
	if err != nil {
		return false
	}
	t, err := s.Tree(ctx)
	return err == nil && h.level(t, v) > LevelNone
}

// heard are those of the topics that the viewer may hear, for what lies in no trash.
func (s *documentStore) heard(ctx context.Context, topics []string) ([]string, error) {
	v := auth.From(ctx)
	var asked []int64
	for _, topic := range topics {
		if n, ok := topicID(topic); ok {
			asked = append(asked, n)
		}
	}
	if len(asked) == 0 || !v.Can(seeDocument) {
		return nil, nil
	}
	t, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var may []int64
	err = s.db.Read.NewSelect().TableExpr("documents AS d").Column("d.id").Where("d.id IN (?)", ids(asked)).Where("d.deleted_at IS NULL").
		Apply(visibleTo(t, v)).Scan(ctx, &may)
	if err != nil {
		return nil, fmt.Errorf("which documents %d may hear of: %w", v.ID, err)
	}
	all := make([]string, len(may))
	for i, n := range may {
		all[i] = documentTopic(n)
	}
	return all, nil
}

// topicID is the id of the document that a topic is about.
func topicID(topic string) (int64, bool) {
	s, ok := strings.CutPrefix(topic, "documents.document:")
	n, err := strconv.ParseInt(s, 10, 64)
	return n, ok && err == nil && n > 0
}

// historySize is how many lines a page of history has.
const historySize = 50

// History is a page of what happened to the document, the latest first, and whether there is more.
func (s *documentStore) History(ctx context.Context, document int64, page int) ([]data.Line, bool, error) {
	var rows []data.Line
	err := s.db.Read.NewSelect().Model(&rows).Column("id", "kind", "thing_id", "parent_id", "field", "old_value", "new_value", "what", "user_id", "user_name", "created_at").
		Where("kind = ?", "documents.document").Where("thing_id = ?", document).OrderExpr("id DESC").
		Limit(historySize + 1).Offset(int64(min(max(page-1, 0), 10_000) * historySize)).Scan(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("history of document %d: %w", document, err)
	}
	if len(rows) > historySize {
		return rows[:historySize], true, nil
	}
	return rows, false, nil
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

// loose reports whether nobody's document has the tag.
func (c counts) loose(tag int64) bool { return slices.Contains(c.Loose, tag) }
