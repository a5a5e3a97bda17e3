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

// most is how many things a query finds: the newest entries, when more have its words. Who looks for a word that stands
// everywhere looks at no more, and is told so.
const most = 1000

// candidates are the entries with all words in their titles, or anywhere, that the viewer may know of.
func (f *Finder) candidates(x Query, v *auth.Viewer, kind string, in part) *bun.SelectQuery {
	q := f.allowed(f.db.Read.NewSelect().TableExpr("search_entries AS e"), v, kind)
	if !f.db.MySQL {
		match := x.fts5(in)
		if kind != "" {
			match = "{kind} : " + kindWord(kind) + " AND " + match
		}
		return q.Join("JOIN search_words ON search_words.rowid = e.id").Where("search_words MATCH ?", match).Limit(most + 1)
	}
	words, like, unlike := x.boolean()
	column := bun.Ident("w.words")
	if in == inTitle {
		column = "w.title"
	}
	q = q.Join("JOIN search_words AS w ON w.id = e.id").Where("MATCH (?) AGAINST (? IN BOOLEAN MODE)", column, words)
	for _, p := range like {
		q = q.Where("? LIKE ?", column, p)
	}
	for _, p := range unlike {
		q = q.Where("? NOT LIKE ?", column, p)
	}
	return q.Limit(most + 1)
}

// newest has the candidates be the newest. Who only counts them takes any: MySQL then need not look at all.
func (f *Finder) newest(q *bun.SelectQuery) *bun.SelectQuery {
	if f.db.MySQL {
		return q.OrderExpr("e.id DESC")
	}
	return q.OrderExpr("search_words.rowid DESC")
}

// Find are the things that the viewer may know of and that have the words: first those that are called so, then those whose
// title begins so, has the words, then all others; in each, what was changed last comes first.
func (f *Finder) Find(ctx context.Context, a Ask) ([]Hit, error) {
	if a.Query.Empty() {
		return nil, nil
	}
	v := auth.From(ctx)
	typed := data.Key(a.Query.Typed)
	var ids []int64
	err := f.db.Read.NewSelect().TableExpr("(?) AS c", f.newest(f.candidates(a.Query, v, a.Kind, inTitle)).Column("e.id", "e.title_key", "e.updated_at")).ColumnExpr("c.id").
		OrderExpr("CASE WHEN c.title_key = ? THEN 0 WHEN c.title_key LIKE ? ESCAPE '!' THEN 1 WHEN c.title_key LIKE ? ESCAPE '!' THEN 2 ELSE 3 END",
			typed, data.Like(typed + " ")[1:], data.Like(typed)[1:]).OrderExpr("c.updated_at DESC, c.id DESC").Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("find %q in titles: %w", a.Query.Typed, err)
	}
	if enough := a.Offset + a.Limit; len(ids) < enough {
		var more []int64
		q := f.newest(f.candidates(a.Query, v, a.Kind, inAll)).Column("e.id", "e.updated_at")
		q = f.db.Read.NewSelect().TableExpr("(?) AS c", q).ColumnExpr("c.id").OrderExpr("c.updated_at DESC, c.id DESC").Limit(int64(enough))
		if len(ids) > 0 {
			q = q.Where("c.id NOT IN (?)", bun.In(ids))
		}
		if err := q.Scan(ctx, &more); err != nil {
			return nil, fmt.Errorf("find %q: %w", a.Query.Typed, err)
		}
		ids = append(ids, more...)
	}
	ids = ids[min(a.Offset, len(ids)):min(a.Offset+a.Limit, len(ids))]
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

// Counts are how many things of each kind the viewer finds; a kind of which there is none is not in it. more says that
// there are more than are counted.
// The kind is of which the page shows results; there are always numbers for it.
func (f *Finder) Counts(ctx context.Context, x Query, kind string) (all []Count, more bool, err error) {
	if x.Empty() {
		return nil, false, nil
	}
	v := auth.From(ctx)
	rows, err := f.count(ctx, x, v, "")
	if err != nil {
		return nil, false, err
	}
	sum := 0
	for _, r := range rows {
		sum += r.N
	}
	if more = sum > most; more && kind != "" { // the newest thousand may have few of the kind
		only, err := f.count(ctx, x, v, kind)
		if err != nil {
			return nil, false, err
		}
		rows = append(slices.DeleteFunc(rows, func(r counted) bool { return r.Kind == kind }), only...)
	}
	for _, k := range f.Kinds(v) {
		for _, r := range rows {
			if r.Kind == k.Name {
				all = append(all, Count{k, min(r.N, most)})
			}
		}
	}
	return all, more, nil
}

// counted is how many things of a kind are among the candidates.
type counted struct {
	Kind string
	N    int
}

func (f *Finder) count(ctx context.Context, x Query, v *auth.Viewer, kind string) ([]counted, error) {
	var rows []counted
	err := f.db.Read.NewSelect().TableExpr("(?) AS c", f.candidates(x, v, kind, inAll).Column("e.kind")).ColumnExpr("c.kind AS kind, COUNT(*) AS n").GroupExpr("c.kind").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count what %q finds: %w", x.Typed, err)
	}
	return rows, nil
}
