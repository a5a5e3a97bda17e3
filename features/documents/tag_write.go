package documents

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
)

// tagForm is what a person fills in of a tag.
type tagForm struct {
	Name    string `form:"name" validate:"required,max=60"`
	Version int64  `form:"version"`
}

func errNoTag() error { return fault.New(fault.NotFound, "There is no such tag.") }

// lockTags reads all tags for writing.
func lockTags(ctx context.Context, tx *data.Tx) ([]Tag, error) {
	if tx.MySQL {
		var found []int64
		if err := tx.Lock(tx.NewSelect().Table("document_tags").Column("id").OrderExpr("id")).Scan(ctx, &found); err != nil {
			return nil, fmt.Errorf("lock tags: %w", err)
		}
	}
	return loadTags(ctx, tx)
}

func tagOf(all []Tag, n int64) Tag {
	if at := slices.IndexFunc(all, func(g Tag) bool { return g.ID == n }); at >= 0 {
		return all[at]
	}
	return Tag{}
}

// SaveTag renames a tag.
// Errors: fault.NotFound; fault.Invalid at the field; *data.Clash when somebody else renamed it.
func (s *documentStore) SaveTag(ctx context.Context, n int64, f tagForm) (Tag, error) {
	var g Tag
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		all, err := lockTags(ctx, tx)
		if err != nil {
			return err
		}
		if g = tagOf(all, n); g.ID == 0 {
			return errNoTag()
		}
		name := strings.Join(strings.Fields(f.Name), " ")
		edited := func(name string) []data.Edited {
			return []data.Edited{{Name: "name", Label: "Name", Value: name, Shown: name}}
		}
		names, err := tx.Merge(ctx, "documents.tag", n, f.Version, edited(g.Name), edited(name))
		if clash, ok := data.ClashOf(err); ok {
			clash.Version = g.Version
		}
		switch {
		case err != nil:
			return err
		case len(names) == 0:
			tx.Unchanged()
			return nil
		case strings.Contains(name, ","):
			return fault.Field("name", "A name has no comma: commas stand between names.")
		case slices.ContainsFunc(all, func(o Tag) bool { return o.ID != n && o.NameKey == data.Key(name) }):
			return fault.Field("name", "There is a tag of this name already. Merge the two instead.")
		}
		fields := data.Changed(edited(g.Name), edited(name))
		was := g.Version
		g.Name, g.NameKey, g.Version, g.UpdatedAt = name, data.Key(name), was+1, tx.Now
		ours, err := tx.UpdateIf(ctx, &g, was, "name", "name_key", "version", "updated_at")
		if err == nil && !ours {
			err = fault.New(fault.Conflict, "Somebody else changed this tag at the same moment. Please try again.")
		}
		if err != nil {
			return fmt.Errorf("save tag %d: %w", n, err)
		}
		return s.tagged(ctx, tx, g, g.change(sentenceOf(fields), fields...))
	})
	return g, err
}

// staleMost is how many rows a change drops from the cache one by one; of more, their whole region is dropped.
const staleMost = 500

// tagged says the change, and drops what is held of all documents that have the tag: they hold their tags by their names.
func (s *documentStore) tagged(ctx context.Context, tx *data.Tx, g Tag, c data.Change) error {
	var docs []int64
	if err := tx.NewSelect().Table("document_tag_links").Column("document_id").Where("tag_id = ?", g.ID).Scan(ctx, &docs); err != nil {
		return fmt.Errorf("documents of tag %d: %w", g.ID, err)
	}
	if len(docs) > staleMost {
		c.Stale = append(c.Stale, feature.ClearPrefix+"documents.document")
	} else {
		for _, n := range docs {
			c.Stale = append(c.Stale, documentKey(n))
		}
	}
	tx.Changed(c)
	return nil
}

// MergeTag gives another tag to all documents of one, which is gone then.
// Errors: fault.NotFound; fault.Invalid at the field.
func (s *documentStore) MergeTag(ctx context.Context, n, into int64) (from, to Tag, err error) {
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		all, err := lockTags(ctx, tx)
		if err != nil {
			return err
		}
		if from, to = tagOf(all, n), tagOf(all, into); from.ID == 0 {
			return errNoTag()
		}
		if to.ID == 0 || to.ID == from.ID {
			return fault.Field("into", "Choose another tag.")
		}
		if _, err := tx.NewRaw("INSERT INTO document_tag_links (document_id, tag_id) SELECT x.document_id, ? FROM document_tag_links AS x WHERE x.tag_id = ? "+
			"AND NOT EXISTS (SELECT 1 FROM document_tag_links AS y WHERE y.document_id = x.document_id AND y.tag_id = ?)", to.ID, from.ID, to.ID).Exec(ctx); err != nil {
			return fmt.Errorf("merge tag %d: %w", n, err)
		}
		if err := s.tagged(ctx, tx, from, to.change(fmt.Sprintf("merged the tag %s into %s", from.Name, to.Name))); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Table("document_tags").Where("id = ?", from.ID).Exec(ctx); err != nil {
			return fmt.Errorf("merge tag %d: %w", n, err)
		}
		return nil
	})
	return from, to, err
}

// DeleteTag removes a tag that no document has.
// Errors: fault.NotFound; fault.Conflict when a document has it.
func (s *documentStore) DeleteTag(ctx context.Context, n int64) (Tag, error) {
	var g Tag
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		all, err := lockTags(ctx, tx)
		if err != nil {
			return err
		}
		if g = tagOf(all, n); g.ID == 0 {
			return errNoTag()
		}
		used, err := tx.NewSelect().TableExpr("document_tag_links AS x").Join("JOIN documents AS d ON d.id = x.document_id").
			Where("x.tag_id = ?", n).Where("d.deleted_at IS NULL").Count(ctx)
		if err != nil {
			return fmt.Errorf("documents of tag %d: %w", n, err)
		}
		if used > 0 {
			return fault.New(fault.Conflict, "Documents have the tag “%s”. Merge it into another one instead.", g.Name)
		}
		gone := g.change("deleted the tag")
		gone.URL = ""
		if err := s.tagged(ctx, tx, g, gone); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Table("document_tags").Where("id = ?", n).Exec(ctx); err != nil {
			return fmt.Errorf("delete tag %d: %w", n, err)
		}
		return nil
	})
	return g, err
}

// keepTags writes which tags the document has.
func keepTags(ctx context.Context, tx *data.Tx, document int64, tags []Tag) error {
	if _, err := tx.NewDelete().Table("document_tag_links").Where("document_id = ?", document).Exec(ctx); err != nil {
		return fmt.Errorf("tags of document %d: %w", document, err)
	}
	if len(tags) == 0 {
		return nil
	}
	var rows []tagLink
	for _, g := range tags {
		rows = append(rows, tagLink{DocumentID: document, TagID: g.ID})
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("tags of document %d: %w", document, err)
	}
	return nil
}
