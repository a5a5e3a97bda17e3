package admin

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// menuCell is the entry and the field that the address names.
func (h mappingHandlers) menuCell(c *fiber.Ctx) (menuCell, mappingTree, error) {
	t := newMappingTree(h.Kit)
	e, known := t.menuNodes()[c.Params("node")]
	if field := c.Params("field"); known && menuFields[field] != "" {
		return newMenuCell(e, field), t, nil
	}
	return menuCell{}, t, fault.New(fault.NotFound, "There is no such entry of the menu.")
}

func (h mappingHandlers) menuField(c *fiber.Ctx) error {
	cell, t, err := h.menuCell(c)
	if err != nil {
		return err
	}
	if !web.IsFragment(c) {
		return c.Redirect(mappingFilter{View: "menu"}.link(), fiber.StatusSeeOther)
	}
	return web.Show(c, web.Page{Body: menuValue(t, cell, auth.From(c.UserContext()).Can(editMapping))})
}

func (h mappingHandlers) menuForm(c *fiber.Ctx) error {
	cell, t, err := h.menuCell(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: cell.label(), Body: menuPage(t, cell)})
}

func (h mappingHandlers) saveMenu(c *fiber.Ctx) error {
	cell, t, err := h.menuCell(c)
	if err != nil {
		return err
	}
	var f struct {
		Version int64  `form:"version"`
		Value   string `form:"value"`
	}
	if err = web.Bind(c, &f); err != nil {
		return err
	}
	menu, err := cell.edited(f.Value)
	if err == nil {
		var saved int64
		saved, err = h.Mappings.Save(c.UserContext(), []auth.MappingEdit{{Node: cell.entry.node, Version: max(0, f.Version), Menu: &menu}})
		if err == nil {
			return h.menuDone(c, menuFields[cell.field]+" of “"+cell.entry.title+"” is saved.", saved, cell.entry.node+" "+cell.field)
		}
	}
	switch said := fault.Of(err); said.Kind {
	case fault.Conflict:
		cell.wrong = "Somebody else has changed this entry; here it is “" + cell.shown(t) + "” now. Save again to put yours in its place."
	case fault.Invalid:
		cell.wrong = said.Public
	default:
		return err
	}
	cell.value = f.Value
	return web.Retry(c, err, web.Page{Title: cell.label(), Body: menuPage(t, cell)})
}

// menuDone is done, back in the view of the menu.
func (h mappingHandlers) menuDone(c *fiber.Ctx, said string, saved int64, cell string) error {
	if !web.IsFragment(c) || !listShown(c) {
		r := web.Result{Back: mappingFilter{View: "menu"}.link(), Toast: said}
		if saved != 0 {
			r.Undo = mappingPath + "/undo/" + itoa(saved)
		}
		return web.Done(c, r)
	}
	return h.done(c, said, saved, cell)
}

// edited is the entry's menu with the field as it was typed.
// Errors: fault.Invalid.
func (c menuCell) edited(value string) (auth.MenuEdit, error) {
	m := c.entry.m.Menu()
	switch c.field {
	case "title":
		m.Title = value
	case "icon":
		if value != "" && !slices.Contains(components.Icons(), value) {
			return m, fault.Field("icon", "Choose an icon from the list.")
		}
		m.Icon = value
	case "category", "weight":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return m, fault.Field(c.field, "Write a whole number.")
		}
		if c.field == "weight" {
			m.Weight = n
		} else {
			m.Category = n
		}
	case "shown":
		m.Shown = value == "yes"
	}
	return m, nil
}

// shown is the field's value as people read it.
func (c menuCell) shown(t mappingTree) string {
	if c.field != "category" {
		return c.value
	}
	if c.entry.m.Category == 0 {
		return "No category"
	}
	return t.access.Categories[c.entry.m.Category].Name
}

// move puts an entry of the menu before another one, or one place up or down.
func (h mappingHandlers) move(c *fiber.Ctx) error {
	var f struct {
		Node      string `form:"node"`
		Direction string `form:"direction"` // up or down; empty: to Category, before Before
		Category  int64  `form:"category"`
		Before    string `form:"before"` // empty: to the end
	}
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	t := newMappingTree(h.Kit)
	groups := menuGroups(t)
	entry, known := t.menuNodes()[f.Node]
	if !known || f.Category != 0 && t.access.Categories[f.Category].ID == 0 {
		return fault.New(fault.NotFound, "There is no such entry of the menu.")
	}
	if f.Direction != "" {
		var ok bool
		if f.Category, f.Before, ok = neighbour(groups, f.Node, f.Direction); !ok {
			return h.menuDone(c, "“"+entry.title+"” stands at the end already.", 0, f.Node+" move")
		}
	}
	saved, err := h.Mappings.Save(c.UserContext(), moved(groups, f.Node, f.Category, f.Before))
	if err != nil {
		return err
	}
	return h.menuDone(c, "“"+entry.title+"” is moved.", saved, f.Node+" move")
}
