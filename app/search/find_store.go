package search

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
)

// Finder answers what people look for.
type Finder struct {
	db    *data.DB
	kinds func() []Kind // of the features that are on
}

// NewFinder finds things of the kinds.
func NewFinder(db *data.DB, kinds func() []Kind) *Finder { return &Finder{db, kinds} }

// Ask is what is looked for.
type Ask struct {
	Query  Query
	Kind   string // only of this kind; empty for all
	Limit  int
	Offset int
}

// Hit is a thing that was found.
type Hit struct {
	ID      int64 // of the thing
	Kind    Kind
	Title   string
	URL     string
	At      time.Time // when the thing changed last
	Snippet string    // a part of its text with the words in it; empty when the title has them all
}

// Count is how many things of a kind a query finds.
type Count struct {
	Kind Kind
	N    int
}

// Kinds are those of which the viewer may see things, in the features' order.
func (f *Finder) Kinds(v *auth.Viewer) []Kind {
	var may []Kind
	for _, k := range f.kinds() {
		if v.Can(k.Route) {
			may = append(may, k)
		}
	}
	return may
}

// allowed limits a query over search_entries e to what the viewer may know of.
func (f *Finder) allowed(q *bun.SelectQuery, v *auth.Viewer, kind string) *bun.SelectQuery {
	may := slices.DeleteFunc(f.Kinds(v), func(k Kind) bool { return kind != "" && k.Name != kind })
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("1 = 0")
		for _, k := range may {
			q = q.WhereGroup(" OR ", func(q *bun.SelectQuery) *bun.SelectQuery {
				q = q.Where("e.kind = ?", k.Name)
				if k.Visible != nil {
					q = k.Visible(q, v)
				}
				return q
			})
		}
		return q
	})
}

// words limits a query over search_entries e to those that have the query's words. The second is how well each fits, the
// best highest.
func (f *Finder) words(q *bun.SelectQuery, x Query) (*bun.SelectQuery, string, []any) {
	if !f.db.MySQL {
		q = q.Join("JOIN search_words ON search_words.rowid = e.id").Where("search_words MATCH ?", x.fts5())
		return q, "-bm25(search_words, 8.0, 1.0)", nil
	}
	words, like, unlike := x.boolean()
	const match = "MATCH (w.words) AGAINST (? IN BOOLEAN MODE)"
	q = q.Join("JOIN search_words AS w ON w.id = e.id").Where(match, words)
	for _, p := range like {
		q = q.Where("w.words LIKE ?", p)
	}
	for _, p := range unlike {
		q = q.Where("w.words NOT LIKE ?", p)
	}
	return q, match, []any{words}
}

// Find are the things that the viewer may know of and that have the words: those first whose title begins with what was
// typed, then by how well they fit. One query finds them, another reads what is shown of them.
func (f *Finder) Find(ctx context.Context, a Ask) ([]Hit, error) {
	if a.Query.Empty() {
		return nil, nil
	}
	typed := data.Key(a.Query.Typed)
	q := f.db.Read.NewSelect().Model((*entryRow)(nil)).Column("id")
	q, rank, args := f.words(f.allowed(q, auth.From(ctx), a.Kind), a.Query)
	var ids []int64
	err := q.OrderExpr("CASE WHEN e.title_key = ? THEN 0 WHEN e.title_key LIKE ? ESCAPE '!' THEN 1 WHEN e.title_key LIKE ? ESCAPE '!' THEN 2 ELSE 3 END",
		typed, data.Like(typed + " ")[1:], data.Like(typed)[1:]).
		OrderExpr(rank+" DESC", args...).OrderExpr("e.id DESC").Limit(int64(a.Limit)).Offset(int64(a.Offset)).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("find %q: %w", a.Query.Typed, err)
	}
	return f.hits(ctx, ids, a.Query)
}

// hits are the entries of those ids, in their order.
func (f *Finder) hits(ctx context.Context, ids []int64, q Query) ([]Hit, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []entryRow
	err := f.db.Read.NewSelect().Model(&rows).Column("id", "kind", "thing_id", "title", "text", "url", "updated_at").Where("id IN (?)", bun.In(ids)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what was found: %w", err)
	}
	slices.SortFunc(rows, func(x, y entryRow) int { return slices.Index(ids, x.ID) - slices.Index(ids, y.ID) })
	kinds := f.kinds()
	var hits []Hit
	for _, r := range rows {
		i := slices.IndexFunc(kinds, func(k Kind) bool { return k.Name == r.Kind })
		if i < 0 {
			continue
		}
		h := Hit{ID: r.ThingID, Kind: kinds[i], Title: r.Title, URL: r.URL, At: r.UpdatedAt}
		if !q.In(r.Title) && !q.Empty() {
			h.Snippet = q.Snippet(r.Text)
		}
		hits = append(hits, h)
	}
	return hits, nil
}

// Counts are how many things of each kind the viewer finds; a kind of which there is none is not in it.
func (f *Finder) Counts(ctx context.Context, x Query) ([]Count, error) {
	if x.Empty() {
		return nil, nil
	}
	v := auth.From(ctx)
	var rows []struct {
		Kind string
		N    int
	}
	q, _, _ := f.words(f.allowed(f.db.Read.NewSelect().Model((*entryRow)(nil)), v, ""), x)
	if err := q.ColumnExpr("e.kind AS kind, COUNT(*) AS n").GroupExpr("e.kind").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("count what %q finds: %w", x.Typed, err)
	}
	var all []Count
	for _, k := range f.Kinds(v) {
		for _, r := range rows {
			if r.Kind == k.Name {
				all = append(all, Count{k, r.N})
			}
		}
	}
	return all, nil
}
