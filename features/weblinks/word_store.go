package weblinks

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
)

// Words are all categories and tags, with how many links the viewer sees under each, in one query.
func (s *linkStore) Words(ctx context.Context) (words, error) {
	v := auth.From(ctx)
	seen := func() *bun.SelectQuery {
		return s.DB.Read.NewSelect().TableExpr("links AS l").Where("l.deleted_at IS NULL").Apply(visibleTo(v))
	}
	counted := seen().ColumnExpr("l.category_id AS word_id, COUNT(*) AS links").Where("l.category_id IS NOT NULL").GroupExpr("l.category_id")
	tagged := seen().ColumnExpr("t.tag_id AS word_id, COUNT(*) AS links").Join("JOIN link_tag_links AS t ON t.link_id = l.id").GroupExpr("t.tag_id")
	part := func(tag int, table, unused string, counts *bun.SelectQuery) *bun.SelectQuery {
		return s.DB.Read.NewSelect().TableExpr("? AS w", bun.Ident(table)).
			ColumnExpr("? AS tag, w.id, w.name, w.name_key, w.version, w.updated_at, COALESCE(n.links, 0) AS links", tag).
			ColumnExpr("CASE WHEN n.links IS NULL AND NOT EXISTS ("+unused+") THEN 1 ELSE 0 END AS unused").
			Join("LEFT JOIN (?) AS n ON n.word_id = w.id", counts)
	}
	var rows []struct {
		word `bun:",extend"`
		Tag  int
	}
	both := part(0, categoryKind.table, "SELECT 1 FROM links AS o WHERE o.category_id = w.id", counted).
		UnionAll(part(1, tagKind.table, "SELECT 1 FROM link_tag_links AS o WHERE o.tag_id = w.id", tagged))
	err := s.DB.Read.NewSelect().TableExpr("(?) AS x", both).ColumnExpr("x.*").OrderExpr("x.name_key").Scan(ctx, &rows)
	if err != nil {
		return words{}, fmt.Errorf("categories and tags of links: %w", err)
	}
	var w words
	for _, r := range rows {
		if r.Tag == 1 {
			w.Tags = append(w.Tags, r.word)
		} else {
			w.Categories = append(w.Categories, r.word)
		}
	}
	return w, nil
}

// heldWords reads the words of one sort for a write, and holds them.
func heldWords(ctx context.Context, tx *data.Tx, k wordKind) ([]word, error) {
	var all []word
	q := tx.NewSelect().Table(k.table).Column("id", "name", "name_key", "version", "updated_at").OrderExpr("name_key")
	if err := tx.Lock(q).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("read %s: %w", k.many, err)
	}
	return all, nil
}

// wordsNamed are the ids of the words of those names; those that are not there are made.
func wordsNamed(ctx context.Context, tx *data.Tx, k wordKind, names []string) ([]int64, error) {
	if len(names) == 0 {
		return nil, nil
	}
	all, err := heldWords(ctx, tx, k)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, name := range names {
		w := named(all, name)
		if w.ID == 0 {
			if w, err = makeWord(ctx, tx, k, name); err != nil {
				return nil, err
			}
			all = append(all, w)
		}
		ids = append(ids, w.ID)
	}
	return ids, nil
}

func makeWord(ctx context.Context, tx *data.Tx, k wordKind, name string) (word, error) {
	w := word{Name: name, NameKey: data.Key(name), Version: 1, UpdatedAt: tx.Now}
	row := map[string]any{"name": w.Name, "name_key": w.NameKey, "version": 1, "updated_at": tx.Now}
	res, err := tx.NewInsert().Model(&row).Table(k.table).Exec(ctx)
	if err != nil {
		return w, fmt.Errorf("make the %s %s: %w", k.name, name, err)
	}
	if w.ID, err = res.LastInsertId(); err != nil {
		return w, err
	}
	tx.Changed(k.change(w, "made the "+k.name))
	return w, nil
}

// plainWords reads the words of one sort in a write, without holding them.
func plainWords(ctx context.Context, tx *data.Tx, k wordKind) ([]word, error) {
	var all []word
	err := tx.NewSelect().Table(k.table).Column("id", "name", "name_key").OrderExpr("name_key").Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", k.many, err)
	}
	return all, nil
}
