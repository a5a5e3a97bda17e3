package weblinks

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// one finds the word for a write among those of its sort.
func oneWord(ctx context.Context, tx *data.Tx, k wordKind, n int64) (word, []word, error) {
	all, err := heldWords(ctx, tx, k)
	if err != nil {
		return word{}, nil, err
	}
	w := find(all, n)
	if w.ID == 0 {
		return w, nil, errNoWord(k)
	}
	return w, all, nil
}

// AddWord makes a category or a tag.
// Errors: fault.Invalid at the field name when it is taken.
func (s *linkStore) AddWord(ctx context.Context, k wordKind, name string) error {
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		all, err := heldWords(ctx, tx, k)
		if err != nil {
			return err
		}
		if have := named(all, name); have.ID != 0 {
			return fault.Field("name", "There is a %s %s already.", k.name, have.Name)
		}
		_, err = makeWord(ctx, tx, k, name)
		return err
	})
}

// Rename gives the word another name. One that another word has already merges the two: see Merge.
// Errors: fault.NotFound; fault.Conflict; fault.Invalid at the field value.
func (s *linkStore) Rename(ctx context.Context, k wordKind, n, version int64, name string) error {
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		w, all, err := oneWord(ctx, tx, k, n)
		if err != nil {
			return err
		}
		switch have := named(all, name); {
		case w.Version != version:
			return fault.New(fault.Conflict, "Somebody else changed “%s” first. Look at it and try again.", w.Name)
		case have.ID != 0 && have.ID != n:
			return fault.Field("value", "There is a %s %s already. To put them together, merge this one into it.", k.name, have.Name)
		case w.Name == name:
			tx.Unchanged()
			return nil
		}
		old := w.Name
		w.Name, w.NameKey, w.Version = name, data.Key(name), w.Version+1
		_, err = tx.NewUpdate().Table(k.table).Set("name = ?", w.Name).Set("name_key = ?", w.NameKey).Set("version = ?", w.Version).Set("updated_at = ?", tx.Now).Where("id = ?", n).Exec(ctx)
		if err != nil {
			return fmt.Errorf("rename the %s %d: %w", k.name, n, err)
		}
		tx.Changed(k.change(w, "renamed the "+k.name, data.Field{Name: "name", Old: old, New: name}))
		return nil
	})
}

// MergeWord moves all links from one word to another, also those that the viewer does not see, and takes the first away;
// 0 as the other one leaves them without.
// Errors: fault.NotFound; fault.Invalid at the field into.
func (s *linkStore) MergeWord(ctx context.Context, k wordKind, from, into int64) (gone, kept string, err error) {
	err = s.DB.Write(ctx, func(tx *data.Tx) error {
		w, all, err := oneWord(ctx, tx, k, from)
		if err != nil {
			return err
		}
		other := find(all, into)
		if into == from || into != 0 && other.ID == 0 {
			return fault.Field("into", "Choose another %s.", k.name)
		}
		gone, kept = w.Name, other.Name
		moved, err := moveLinks(ctx, tx, k, from, into)
		if err != nil {
			return err
		}
		if _, err := tx.NewDelete().Table(k.table).Where("id = ?", from).Exec(ctx); err != nil {
			return fmt.Errorf("remove the %s %d: %w", k.name, from, err)
		}
		fields := []data.Field{{Name: "links", Old: id(moved), New: "0"}}
		if into == 0 {
			tx.Changed(k.change(w, "removed the "+k.name, fields...))
			return nil
		}
		tx.Changed(k.change(w, "merged the "+k.name+" into “"+other.Name+"”", fields...))
		return nil
	})
	return gone, kept, err
}

// moveLinks gives the links of one word the other one, and counts them.
func moveLinks(ctx context.Context, tx *data.Tx, k wordKind, from, into int64) (int64, error) {
	var ids []int64
	q := tx.NewSelect().TableExpr("links AS l").Column("l.id").Where("l.category_id = ?", from)
	if k == tagKind {
		q = tx.NewSelect().TableExpr("link_tag_links AS t").ColumnExpr("t.link_id").Where("t.tag_id = ?", from)
	}
	if err := q.Scan(ctx, &ids); err != nil || len(ids) == 0 {
		return 0, err
	}
	if k == categoryKind {
		_, err := tx.NewUpdate().Table("links").Set("category_id = ?", data.Optional(into)).Set("version = version + 1").Set("updated_at = ?", tx.Now).Where("category_id = ?", from).Exec(ctx)
		return int64(len(ids)), err
	}
	if into != 0 {
		_, err := tx.NewRaw("INSERT INTO link_tag_links (link_id, tag_id) SELECT f.link_id, ? FROM link_tag_links AS f WHERE f.tag_id = ? "+
			"AND NOT EXISTS (SELECT 1 FROM (SELECT o.link_id FROM link_tag_links AS o WHERE o.tag_id = ?) AS had WHERE had.link_id = f.link_id)", into, from, into).Exec(ctx)
		if err != nil {
			return 0, err
		}
	}
	_, err := tx.NewDelete().Table("link_tag_links").Where("tag_id = ?", from).Exec(ctx)
	if err != nil {
		return 0, err
	}
	_, err = tx.NewUpdate().Table("links").Set("version = version + 1").Set("updated_at = ?", tx.Now).Where("id IN (SELECT x.id FROM (SELECT id FROM links WHERE id IN (?)) AS x)", bun.In(ids)).Exec(ctx)
	return int64(len(ids)), err
}
