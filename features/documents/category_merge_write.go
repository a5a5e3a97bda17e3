package documents

import (
	"context"
	"fmt"
	"slices"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// DeleteCategory removes a category in which nothing lies. Documents of it in the trash lie in none when they come back.
// Errors: fault.NotFound; fault.Conflict when something lies in it.
func (s *documentStore) DeleteCategory(ctx context.Context, n int64) (Category, error) {
	var c Category
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		t, err := lockTree(ctx, tx)
		if err != nil {
			return err
		}
		if !t.mayManage(n, auth.From(ctx)) {
			return errNoCategory()
		}
		c = t.get(n)
		if len(t.within(n)) > 1 {
			return fault.New(fault.Conflict, "Other categories lie in “%s”. Move or delete them first.", c.Name)
		}
		lie, err := tx.NewSelect().Table("documents").Where("category_id = ?", n).Where("deleted_at IS NULL").Count(ctx)
		if err != nil {
			return fmt.Errorf("documents of category %d: %w", n, err)
		}
		if lie > 0 {
			return fault.New(fault.Conflict, "Documents lie in “%s”. Move them, or merge the category into another.", c.Name)
		}
		if _, err := tx.NewUpdate().Table("documents").Set("category_id = NULL").Where("category_id = ?", n).Exec(ctx); err != nil {
			return fmt.Errorf("documents of category %d: %w", n, err)
		}
		return dropCategory(ctx, tx, c, "deleted the category")
	})
	return c, err
}

// dropCategory removes the row and says so.
func dropCategory(ctx context.Context, tx *data.Tx, c Category, what string) error {
	if _, err := tx.NewDelete().Table("document_categories").Where("id = ?", c.ID).Exec(ctx); err != nil {
		return fmt.Errorf("delete category %d: %w", c.ID, err)
	}
	gone := c.moved(what)
	gone.URL = ""
	tx.Changed(gone)
	return nil
}

// MergeCategory puts all that lies in a category into another one, and removes it with whom it was shared with.
// Errors: fault.NotFound; fault.Invalid at the field.
func (s *documentStore) MergeCategory(ctx context.Context, n, into int64) (from, to Category, err error) {
	v := auth.From(ctx)
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		t, err := lockTree(ctx, tx)
		if err != nil {
			return err
		}
		if !t.mayManage(n, v) {
			return errNoCategory()
		}
		from, to = t.get(n), t.get(into)
		switch {
		case to.ID == 0 || to.ID == from.ID || !t.mayManage(into, v):
			return fault.Field("into", "Choose another category.")
		case slices.Contains(t.within(n), into):
			return fault.Field("into", "“%s” lies in this category itself. Move it out first.", to.Name)
		case !t.closed(&n) && t.closed(&into) && !v.Admin():
			return fault.Field("into", "“%s” is private: only administrators put there what everyone sees now.", to.Name)
		case t.closed(&n) && !t.closed(&into):
			return fault.Field("into", "“%s” is private and “%s” is not: everyone would see what lies in it. Make it public first if that is meant.", from.Name, to.Name)
		}
		for _, c := range t.All {
			if data.OrZero(c.ParentID) != n {
				continue
			}
			if slices.ContainsFunc(t.All, func(o Category) bool { return data.OrZero(o.ParentID) == into && o.NameKey == c.NameKey }) {
				return fault.Field("into", "Both hold a category “%s”. Merge those first.", c.Name)
			}
			if len(t.chain(&into))+1+t.height(c.ID) > deepest {
				return fault.Field("into", "At most %d categories lie within each other.", deepest)
			}
		}
		if _, err := tx.NewUpdate().Table("document_categories").Set("parent_id = ?", into).Where("parent_id = ?", n).Exec(ctx); err != nil {
			return fmt.Errorf("merge category %d: %w", n, err)
		}
		if _, err := tx.NewUpdate().Table("documents").Set("category_id = ?", into).Where("category_id = ?", n).Exec(ctx); err != nil {
			return fmt.Errorf("merge category %d: %w", n, err)
		}
		return dropCategory(ctx, tx, from, "merged the category into "+to.Name)
	})
	return from, to, err
}
