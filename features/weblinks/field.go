package weblinks

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// cell is a field of a link where it stands in the table.
type cell struct {
	link  Link
	field string
	value string // as its editor has it
	text  string // as people read it
	may   bool   // change it
	saved bool   // just now
}

// cellMost are the fields that are edited in place, and how many characters each may have.
var cellMost = map[string]int{"name": 200, "url": addressMost, "category": wordMost, "tags": 1000, "notes": 10_000, "pinned": 0}

func (l Link) cell(w words, field string, may bool) (cell, bool) {
	f := formOf(l, w)
	one := cell{link: l, field: field, may: may && l.DeletedAt == nil}
	switch field {
	case "name":
		one.value, one.text = f.Name, f.Name
	case "url":
		one.value, one.text = f.URL, hostOf(f.URL)
	case "category":
		one.value, one.text = f.Category, f.Category
	case "tags":
		one.value, one.text = f.Tags, f.Tags
	case "notes":
		one.value, one.text = f.Notes, data.Cut(f.Notes, 120)
	case "pinned":
		one.value, one.text = "", "No"
		if f.Pinned {
			one.value, one.text = "1", "Yes"
		}
	default:
		return one, false
	}
	return one, true
}

func (o cell) id() string { return "link-" + id(o.link.ID) + "-" + o.field }

func (o cell) path() string { return o.link.Path() + "/field/" + o.field }

func (o cell) inline() components.Inline {
	return components.Inline{ID: o.id(), URL: o.path() + "/edit", Label: labels[o.field] + " of " + o.link.Name, Saved: o.saved}
}

func (o cell) editor(wrong string) components.Editor {
	e := components.Editor{
		ID: o.id(), Action: o.path(), Cancel: o.path(), Label: labels[o.field] + " of " + o.link.Name, Name: "value", Type: "text", Value: o.value,
		Version: o.link.Version, Error: wrong, Max: cellMost[o.field],
	}
	if o.field == "pinned" {
		e.Type, e.Options = "select", []components.Option{{Value: "", Label: "No"}, {Value: "1", Label: "Yes"}}
	}
	return e
}

// cellOf is the cell of the address.
func (h linkHandlers) cellOf(c *fiber.Ctx) (cell, error) {
	ctx := c.UserContext()
	l, err := h.alive(c)
	if err != nil {
		return cell{}, err
	}
	w, err := h.links.Words(ctx)
	if err != nil {
		return cell{}, err
	}
	one, ok := l.cell(w, c.Params("field"), auth.From(ctx).Can(editLink))
	if !ok {
		return one, fault.New(fault.NotFound, "There is no such field.")
	}
	return one, nil
}

func (h linkHandlers) field(c *fiber.Ctx) error {
	one, err := h.cellOf(c)
	if err != nil {
		return err
	}
	if !web.IsFragment(c) {
		return c.Redirect(one.link.Path(), fiber.StatusSeeOther)
	}
	return web.Show(c, web.Page{Body: linkCell(one)})
}

func (h linkHandlers) fieldForm(c *fiber.Ctx) error {
	one, err := h.cellOf(c)
	if err != nil {
		return err
	}
	return web.Show(c, cellPage(one, ""))
}

func cellPage(one cell, wrong string) web.Page {
	return web.Page{Title: labels[one.field] + " of " + one.link.Name, Body: cellEditor(one, one.editor(wrong))}
}

// setCell writes what was typed into a cell into the form.
func setCell(f *linkForm, field, typed string) {
	switch field {
	case "name":
		f.Name = typed
	case "url":
		f.URL = typed
	case "category":
		f.Category = typed
	case "tags":
		f.Tags = typed
	case "notes":
		f.Notes = typed
	case "pinned":
		f.Pinned = typed == "1"
	}
}

func (h linkHandlers) saveField(c *fiber.Ctx) error {
	ctx := c.UserContext()
	one, err := h.cellOf(c)
	if err != nil {
		return err
	}
	var f struct {
		Value   string `form:"value"`
		Version int64  `form:"version"`
	}
	if err = web.Bind(c, &f); err == nil {
		if web.Has(c, one.field) { // from the page that asks which of two changes stands
			f.Value = web.Value(c, one.field)
		}
		if n := cellMost[one.field]; n > 0 && len([]rune(f.Value)) > n {
			err = fault.Field("value", "At most %d characters.", n)
		} else {
			_, err = h.links.SetField(ctx, one.link.ID, f.Version, one.field, func(form *linkForm) { setCell(form, one.field, f.Value) })
		}
	}
	if clash, ok := data.ClashOf(err); ok {
		return web.AskClashOver(c, err, web.Clash(clash, one.path(), one.link.Path()))
	}
	if fault.Is(err, fault.Invalid) {
		one.value = f.Value
		return web.Retry(c, err, cellPage(one, saidAt(err)))
	}
	if err != nil {
		return err
	}
	if !web.IsFragment(c) || c.Get("HX-Target") == web.ClashID {
		return web.Done(c, web.Result{Back: one.link.Path(), Toast: labels[one.field] + " is saved."})
	}
	if one, err = h.cellOf(c); err != nil {
		return err
	}
	one.saved = true
	return web.Show(c, web.Page{Body: linkCell(one)})
}

// saidAt is what is wrong, as the field says it.
func saidAt(err error) string {
	f := fault.Of(err)
	for _, said := range f.Fields {
		return said
	}
	return f.Public
}
