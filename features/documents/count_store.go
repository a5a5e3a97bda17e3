package documents

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
)

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
			all.Categories[data.OrZero(r.Thing)] = r.N
		}
		rows = nil
		if err := of().ColumnExpr("x.tag_id AS thing").Join("JOIN document_tag_links AS x ON x.document_id = d.id").GroupExpr("x.tag_id").Scan(ctx, &rows); err != nil {
			return all, fmt.Errorf("count tags: %w", err)
		}
		for _, r := range rows {
			all.Tags[data.OrZero(r.Thing)] = r.N
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

// loose reports whether nobody's document has the tag.
func (c counts) loose(tag int64) bool { return slices.Contains(c.Loose, tag) }
