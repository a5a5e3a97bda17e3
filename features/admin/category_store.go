package admin

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
)

// category is a row of menu_categories: a heading of the menu.
type category struct {
	bun.BaseModel `bun:"table:menu_categories"`
	ID            int64 `bun:",pk,autoincrement"`
	Name          string
	Icon          string
	Description   string
	Weight        int64 // lower comes first
	Version       int64
	UpdatedAt     time.Time
	Entries       int `bun:",scanonly"` // of the menu, under this heading
}

// categoryForm is what a new category is made from.
type categoryForm struct {
	Name        string `form:"name" validate:"required,max=64"`
	Icon        string `form:"icon" validate:"max=60"`
	Description string `form:"description" validate:"max=300"`
}

// categoryStore reads and writes menu categories.
type categoryStore struct{ feature.Kit }

// all are the categories in the menu's order, with their entries counted.
func (s categoryStore) all(ctx context.Context) ([]category, error) {
	var rows []category
	err := s.DB.Read.NewSelect().Model(&rows).ColumnExpr("menu_categories.*").
		ColumnExpr("(SELECT COUNT(*) FROM route_mappings AS m WHERE m.category_id = menu_categories.id AND m.shown) AS entries").
		ModelTableExpr("menu_categories").OrderExpr("weight, id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list menu categories: %w", err)
	}
	return rows, nil
}

// one is a category.
// Errors: fault.NotFound.
func (s categoryStore) one(ctx context.Context, id int64) (category, error) {
	all, err := s.all(ctx)
	if err != nil {
		return category{}, err
	}
	i := slices.IndexFunc(all, func(c category) bool { return c.ID == id })
	if i < 0 {
		return category{}, errNoCategory()
	}
	return all[i], nil
}

func errNoCategory() error { return fault.New(fault.NotFound, "There is no such menu category.") }

// change is the sentence of a write; menus are drawn from the access in force, so that is stale.
func (c category) change(what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "admin", Kind: "category", ID: c.ID, Version: c.Version, What: what, Title: c.Name, URL: categoriesPath,
		Fields: fields, Stale: []string{auth.AccessKey},
	}
}

// hold reads all categories for a write: the order and the names are of all of them.
func (s categoryStore) hold(ctx context.Context, tx *data.Tx) ([]category, error) {
	var rows []category
	err := tx.Lock(tx.NewSelect().Model(&rows).OrderExpr("weight, id")).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("read menu categories: %w", err)
	}
	return rows, nil
}

// categoryFree refuses a name that another category has, but for its case and accents.
func categoryFree(all []category, name string, id int64) error {
	for _, c := range all {
		if c.ID != id && data.Fold(c.Name) == data.Fold(name) {
			return fault.Field("name", "There is a category %s already.", c.Name)
		}
	}
	return nil
}

// add makes a category, the last one.
// Errors: fault.Invalid at the field name when it is taken.
func (s categoryStore) add(ctx context.Context, f categoryForm) error {
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		all, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		if err := categoryFree(all, f.Name, 0); err != nil {
			return err
		}
		c := category{Name: f.Name, Icon: f.Icon, Description: f.Description, Weight: 10, Version: 1, UpdatedAt: tx.Now}
		if len(all) > 0 {
			c.Weight = all[len(all)-1].Weight + 10
		}
		if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
			return fmt.Errorf("make category: %w", err)
		}
		tx.Changed(c.change("made the menu category", data.Field{Name: "name", New: c.Name}))
		return nil
	})
}

// set changes one field of a category that is still at that version.
// Errors: fault.NotFound; fault.Conflict; fault.Invalid at the field.
func (s categoryStore) set(ctx context.Context, id, version int64, field, value string) error {
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		all, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(c category) bool { return c.ID == id })
		if i < 0 {
			return errNoCategory()
		}
		c := all[i]
		into := map[string]*string{"name": &c.Name, "icon": &c.Icon, "description": &c.Description}[field]
		if into == nil {
			return fault.New(fault.NotFound, "There is no such field.")
		}
		if c.Version != version {
			return fault.New(fault.Conflict, "Somebody else changed “%s” first. Look at it and try again.", c.Name)
		}
		if field == "name" {
			if err := categoryFree(all, value, id); err != nil {
				return err
			}
		}
		old := *into
		if old == value {
			tx.Unchanged()
			return nil
		}
		*into, c.UpdatedAt = value, tx.Now
		c.Version++
		if done, err := tx.UpdateIf(ctx, &c, version, field, "version", "updated_at"); err != nil || !done {
			return errors.Join(err, errNoCategory())
		}
		tx.Changed(c.change("changed the menu category", data.Field{Name: field, Old: old, New: value}))
		return nil
	})
}

// move puts a category one place up (by -1) or down (by 1); past an end nothing happens.
func (s categoryStore) move(ctx context.Context, id int64, by int) error {
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		all, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(c category) bool { return c.ID == id })
		if at < 0 {
			return errNoCategory()
		}
		to := at + by
		if to < 0 || to >= len(all) {
			tx.Unchanged()
			return nil
		}
		all[at], all[to] = all[to], all[at]
		for i := range all {
			weight := int64(i+1) * 10
			if all[i].Weight == weight {
				continue
			}
			old := all[i].Weight
			all[i].Weight, all[i].UpdatedAt = weight, tx.Now
			all[i].Version++
			if _, err := tx.NewUpdate().Model(&all[i]).Column("weight", "version", "updated_at").WherePK().Exec(ctx); err != nil {
				return fmt.Errorf("move category %d: %w", all[i].ID, err)
			}
			tx.Changed(all[i].change("moved the menu category", data.Field{Name: "weight", Old: fmt.Sprint(old), New: fmt.Sprint(weight)}))
		}
		return nil
	})
}

// remove deletes a category; its entries then stand in the menu without a heading.
// Errors: fault.NotFound.
func (s categoryStore) remove(ctx context.Context, id int64) error {
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		all, err := s.hold(ctx, tx)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(c category) bool { return c.ID == id })
		if at < 0 {
			return errNoCategory()
		}
		res, err := tx.NewUpdate().Table("route_mappings").Set("category_id = NULL").Set("version = version + 1").Set("updated_at = ?", tx.Now).
			Where("category_id = ?", id).Exec(ctx)
		if err != nil {
			return fmt.Errorf("take entries out of category %d: %w", id, err)
		}
		entries, _ := res.RowsAffected() // both drivers know it
		if _, err := tx.NewDelete().Model(&all[at]).WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("remove category %d: %w", id, err)
		}
		tx.Changed(all[at].change("removed the menu category", data.Field{Name: "entries", Old: fmt.Sprint(entries), New: "0"}))
		return nil
	})
}
