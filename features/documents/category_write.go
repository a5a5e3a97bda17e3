package documents

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/inbox"
)

// categoriesMost is how many categories there may be: all of them stand in every form.
const categoriesMost = 500

// categoryForm is what a person fills in of a category.
type categoryForm struct {
	Name    string `form:"name" validate:"required,max=100"`
	Parent  int64  `form:"parent"` // 0 for the top
	Private bool   `form:"private"`
	Version int64  `form:"version"`
}

func formOfCategory(c Category) categoryForm {
	return categoryForm{c.Name, data.OrZero(c.ParentID), c.Private, c.Version}
}

// edited are the category's fields as a form sends them and as people read them.
func (t *tree) edited(f categoryForm) []data.Edited {
	in := t.name(data.Optional(f.Parent))
	if f.Parent == 0 {
		in = "the top"
	}
	private := data.Flag("private", f.Private)
	private.Label = "Private"
	return []data.Edited{{Name: "name", Label: "Name", Value: f.Name, Shown: f.Name}, {Name: "parent", Label: "Lies in", Value: id(f.Parent), Shown: in}, private}
}

// mayManage reports whether the viewer may change the category: a private one only those who manage it.
func (t *tree) mayManage(n int64, v *auth.Viewer) bool {
	return t.mayKnow(n, v) && (v.Admin() || !t.closed(&n) || t.shared(&n, v) >= LevelManage)
}

// mayOpen reports whether the viewer decides who sees what lies in the category, which is much more than its name and place: who
// makes a drawer of the department private, or shares it with themselves, has all that others put into it.
func (t *tree) mayOpen(n int64, v *auth.Viewer) bool {
	return v.Admin() || t.shared(&n, v) >= LevelManage
}

func errNotOpener() error {
	return fault.New(fault.Forbidden, "Only administrators, and those a private category is shared with to manage it, decide who sees what lies in it.")
}

// lockTree reads all categories for writing: one write of them at a time, so that no two build a ring together.
func lockTree(ctx context.Context, tx *data.Tx) (*tree, error) {
	if tx.MySQL {
		var found []int64
		if err := tx.Lock(tx.NewSelect().Table("document_categories").Column("id").OrderExpr("id")).Scan(ctx, &found); err != nil {
			return nil, fmt.Errorf("lock categories: %w", err)
		}
	}
	return loadTree(ctx, tx)
}

// fits is what is wrong with a category's form beside its shape: n is the category, 0 for a new one.
// Errors: fault.Invalid at the field.
func (t *tree) fits(f categoryForm, n int64, v *auth.Viewer) error {
	switch {
	case strings.Contains(f.Name, "/"):
		return fault.Field("name", "A name has no slash: slashes stand between categories.")
	case f.Parent != 0 && !t.mayManage(f.Parent, v):
		return fault.Field("parent", "Choose a category from the list.")
	case n != 0 && slices.Contains(t.within(n), f.Parent):
		return fault.Field("parent", "“%s” lies in this category itself.", t.name(data.Optional(f.Parent)))
	}
	if len(t.chain(data.Optional(f.Parent)))+1+t.height(n) > deepest {
		return fault.Field("parent", "At most %d categories lie within each other.", deepest)
	}
	if slices.ContainsFunc(t.All, func(c Category) bool {
		return c.ID != n && data.OrZero(c.ParentID) == f.Parent && c.NameKey == data.Key(f.Name)
	}) {
		return fault.Field("name", "There is a category of this name already. Merge the two instead.")
	}
	return nil
}

// AddCategory makes a category. Whoever makes a private one manages it.
// Errors: fault.Invalid at the field.
func (s *documentStore) AddCategory(ctx context.Context, f categoryForm) (Category, error) {
	var c Category
	v := auth.From(ctx)
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		t, err := lockTree(ctx, tx)
		if err != nil {
			return err
		}
		f.Name = strings.Join(strings.Fields(f.Name), " ")
		if len(t.All) >= categoriesMost {
			return fault.Field("name", "There are %d categories already. Merge or delete some of them first.", categoriesMost)
		}
		if err := t.fits(f, 0, v); err != nil {
			return err
		}
		c = Category{ParentID: data.Optional(f.Parent), Name: f.Name, NameKey: data.Key(f.Name), Private: f.Private, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
			return fmt.Errorf("make a category: %w", err)
		}
		tx.Changed(c.change("made the category"))
		return keepKey(ctx, tx, c, v)
	})
	return c, err
}

// keepKey shares a category that is private now with who made it so, who would lose it else.
func keepKey(ctx context.Context, tx *data.Tx, c Category, v *auth.Viewer) error {
	if !c.Private || v.Admin() || !v.Known() {
		return nil
	}
	t, err := loadTree(ctx, tx)
	if err != nil || t.shared(&c.ID, v) == LevelManage {
		return err
	}
	row := Share{CategoryID: &c.ID, UserID: &v.ID, Level: "manage", CreatedAt: tx.Now}
	if _, err := tx.NewDelete().Model((*Share)(nil)).Where("category_id = ?", c.ID).Where("user_id = ?", v.ID).Exec(ctx); err != nil {
		return fmt.Errorf("share category %d: %w", c.ID, err)
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("share category %d: %w", c.ID, err)
	}
	return nil
}

// SaveCategory renames a category, moves it with all that lies in it, or makes it private.
// Errors: fault.NotFound; fault.Invalid at the field; *data.Clash when both changed the same field.
func (s *documentStore) SaveCategory(ctx context.Context, n int64, f categoryForm) (Category, error) {
	var c Category
	v := auth.From(ctx)
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		t, err := lockTree(ctx, tx)
		if err != nil {
			return err
		}
		if !t.mayManage(n, v) {
			return errNoCategory()
		}
		c = t.get(n)
		theirs := formOfCategory(c)
		f.Name = strings.Join(strings.Fields(f.Name), " ")
		names, err := tx.Merge(ctx, "documents.category", n, f.Version, t.edited(theirs), t.edited(f))
		if clash, ok := data.ClashOf(err); ok {
			clash.Version = c.Version
		}
		if err != nil {
			return err
		}
		if len(names) == 0 {
			tx.Unchanged()
			return nil
		}
		into := theirs
		for _, name := range names {
			switch name {
			case "name":
				into.Name = f.Name
			case "parent":
				into.Parent = f.Parent
			case "private":
				into.Private = f.Private
			}
		}
		if err := t.fits(into, n, v); err != nil {
			return err
		}
		// By itself or by where it lies: who sees the documents in it is another matter than its name.
		closes := into.Private || t.closed(data.Optional(into.Parent))
		if (closes != t.closed(&n) || into.Private != c.Private) && !t.mayOpen(n, v) {
			return errNotOpener()
		}
		fields := data.Changed(t.edited(theirs), t.edited(into))
		was := c.Version
		c.Name, c.NameKey, c.ParentID, c.Private, c.Version, c.UpdatedAt = into.Name, data.Key(into.Name), data.Optional(into.Parent), into.Private, was+1, tx.Now
		ours, err := tx.UpdateIf(ctx, &c, was, "name", "name_key", "parent_id", "private", "version", "updated_at")
		if err == nil && !ours {
			err = fault.New(fault.Conflict, "Somebody else changed this category at the same moment. Please try again.")
		}
		if err != nil {
			return fmt.Errorf("save category %d: %w", n, err)
		}
		tx.Changed(c.moved(sentenceOf(fields), fields...))
		return keepKey(ctx, tx, c, v)
	})
	return c, err
}

// moved is change for what decides who may see the documents in the category: all that is held of them is dropped.
func (c Category) moved(what string, fields ...data.Field) data.Change {
	all := c.change(what, fields...)
	all.Stale = append(all.Stale, inbox.RightsKey)
	return all
}

// sentenceOf says in the past tense what changed of a category or a tag.
func sentenceOf(fields []data.Field) string {
	names := map[string]string{"name": "the name", "parent": "where it lies", "private": "who sees it"}
	var all []string
	for _, f := range fields {
		all = append(all, names[f.Name])
	}
	return "changed " + strings.Join(all, " and ")
}

// height is how many categories lie within each other below the category; 0 for one that is not there yet.
func (t *tree) height(n int64) int {
	below := 0
	for _, c := range t.within(n) {
		below = max(below, t.depth(c)-t.depth(n))
	}
	return below
}
