package admin

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

// categoryHandlers are the page of menu categories.
type categoryHandlers struct {
	feature.Kit
	store categoryStore
}

const categoriesPath = "/admin/categories"

func categories(k feature.Kit) part {
	h := categoryHandlers{k, categoryStore{k}}
	return part{
		routes: []feature.Route{
			feature.Get("category.see.list", "/categories", "Menu categories", h.list),
			feature.Get("category.see.field", "/categories/:id<int>/field/:field", "A field of a menu category", h.field),
			feature.Get("category.edit.new", "/categories/new", "New menu category", h.form),
			feature.Post("category.edit.add", "/categories", "Make a menu category", h.add),
			feature.Get("category.edit.form", "/categories/:id<int>/field/:field/edit", "Change a menu category", h.editor),
			feature.Post("category.edit.field", "/categories/:id<int>/field/:field", "Change a menu category", h.save),
			feature.Post("category.edit.move", "/categories/:id<int>/move", "Move a menu category", h.move),
			feature.Get("category.edit.ask", "/categories/:id<int>/delete", "Ask before a menu category is removed", h.ask),
			feature.Post("category.edit.delete", "/categories/:id<int>/delete", "Remove a menu category", h.remove),
		},
		nav: []feature.NavItem{{Title: "Menu categories", Icon: "list-tree", Route: "category.see.list", Category: menu, Weight: 50}},
	}
}

// categoryIcons are the icons a heading may have.
var categoryIcons = []string{
	"", "archive", "book", "briefcase", "calendar", "chart-bar", "cloud", "cpu", "database", "file-text", "flag", "folder", "folders", "home", "id",
	"link", "list", "lock", "mail", "message", "network", "phone", "rocket", "server", "settings", "shield", "sitemap", "tag", "tool", "users", "wifi",
}

func categoryIconOptions() []components.Option {
	all := make([]components.Option, len(categoryIcons))
	for i, name := range categoryIcons {
		all[i] = components.Option{Value: name, Label: name}
	}
	all[0].Label = "No icon"
	return all
}

// categoryView is what the page shows.
type categoryView struct {
	all []category
	may bool // change them
}

func (h categoryHandlers) list(c *fiber.Ctx) error {
	all, err := h.store.all(c.UserContext())
	if err != nil {
		return err
	}
	may := auth.From(c.UserContext()).Can("admin.category.edit.field")
	return web.Show(c, web.Page{Title: "Menu categories", Body: categoriesPage(categoryView{all, may})})
}

func (h categoryHandlers) form(c *fiber.Ctx) error {
	return showCategory(c, categoryForm{}, nil)
}

// categoriesLink leads to the categories.
var categoriesLink = components.Link{Label: "Menu categories", URL: categoriesPath}

func showCategory(c *fiber.Ctx, f categoryForm, err error) error {
	return web.ShortForm{Title: "New menu category", Back: categoriesLink, Fields: categoryFields(f, fault.Wrong(err))}.Show(c, err)
}

func (h categoryHandlers) add(c *fiber.Ctx) error {
	var f categoryForm
	err := web.Bind(c, &f)
	f.Name, f.Description = strings.TrimSpace(f.Name), strings.TrimSpace(f.Description)
	if err == nil && !slices.Contains(categoryIcons, f.Icon) {
		err = fault.Field("icon", "Choose from the list.")
	}
	if err == nil {
		err = h.store.add(c.UserContext(), f)
	}
	if err != nil {
		return showCategory(c, f, err)
	}
	return web.Done(c, web.Result{Back: categoriesPath, Toast: "The category “" + f.Name + "” is made. Entries get it on the page of route mappings."})
}

// categoryLabels are the fields that are edited in place.
var categoryLabels = map[string]string{"name": "Name", "icon": "Icon", "description": "Description"}

func (c category) value(field string) string {
	return map[string]string{"name": c.Name, "icon": c.Icon, "description": c.Description}[field]
}

func (c category) cellID(field string) string { return "category-" + logNumber(c.ID) + "-" + field }

func (c category) fieldPath(field string) string {
	return categoriesPath + "/" + logNumber(c.ID) + "/field/" + field
}

func (c category) editor(field, value, wrong string) components.Editor {
	e := components.Editor{
		ID: c.cellID(field), Action: c.fieldPath(field), Cancel: c.fieldPath(field), Label: categoryLabels[field] + " of " + c.Name,
		Name: "value", Type: "text", Value: value, Version: c.Version, Error: wrong, Max: categoryMost[field],
	}
	if field == "icon" {
		e.Type, e.Options = "select", categoryIconOptions()
	}
	return e
}

// categoryMost is how many characters a field may have.
var categoryMost = map[string]int{"name": 64, "icon": 60, "description": 300}

// of is the category and the field of the address.
func (h categoryHandlers) of(c *fiber.Ctx) (category, string, error) {
	id, err := web.ID(c, "id")
	if err != nil {
		return category{}, "", err
	}
	field := c.Params("field")
	if field != "" && categoryLabels[field] == "" {
		return category{}, "", fault.New(fault.NotFound, "There is no such field.")
	}
	one, err := h.store.one(c.UserContext(), id)
	return one, field, err
}

func (h categoryHandlers) field(c *fiber.Ctx) error {
	one, field, err := h.of(c)
	if err != nil {
		return err
	}
	if !web.IsFragment(c) {
		return c.Redirect(categoriesPath, fiber.StatusSeeOther)
	}
	return web.Show(c, web.Page{Body: categoryCell(one, field, auth.From(c.UserContext()).Can("admin.category.edit.field"), false)})
}

func (h categoryHandlers) editor(c *fiber.Ctx) error {
	one, field, err := h.of(c)
	if err != nil {
		return err
	}
	return web.Show(c, categoryEditor(one, field, one.value(field), ""))
}

func categoryEditor(one category, field, value, wrong string) web.Page {
	return web.Page{Title: categoryLabels[field] + " of " + one.Name, Body: categoryEditorPage(one, field, one.editor(field, value, wrong))}
}

func (h categoryHandlers) save(c *fiber.Ctx) error {
	one, field, err := h.of(c)
	if err != nil {
		return err
	}
	var f struct {
		Value   string `form:"value"`
		Version int64  `form:"version"`
	}
	err = web.Bind(c, &f)
	f.Value = strings.Join(strings.Fields(f.Value), " ")
	if err == nil {
		err = categoryCheck(field, f.Value)
	}
	if err == nil {
		err = h.store.set(c.UserContext(), one.ID, f.Version, field, f.Value)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return web.Retry(c, err, categoryEditor(one, field, f.Value, fault.Of(err).Public))
	}
	if err != nil {
		return err
	}
	if !web.IsFragment(c) {
		return web.Done(c, web.Result{Back: categoriesPath, Toast: categoryLabels[field] + " is saved."})
	}
	if one, err = h.store.one(c.UserContext(), one.ID); err != nil {
		return err
	}
	return web.Show(c, web.Page{Body: categoryCell(one, field, true, true)})
}

func categoryCheck(field, value string) error {
	switch {
	case field == "name" && value == "":
		return fault.Field("value", "A name is needed.")
	case field == "icon" && !slices.Contains(categoryIcons, value):
		return fault.Field("value", "Choose from the list.")
	case utf8.RuneCountInString(value) > categoryMost[field]:
		return fault.Field("value", "At most %d characters.", categoryMost[field])
	}
	return nil
}

func (h categoryHandlers) move(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return err
	}
	by, ok := map[string]int{"up": -1, "down": 1}[web.Value(c, "to")]
	if !ok {
		return fault.Field("to", "Move it up or down.")
	}
	if err := h.store.move(c.UserContext(), id, by); err != nil {
		return err
	}
	all, err := h.store.all(c.UserContext())
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Piece: categoryTable(categoryView{all, true}), Back: categoriesPath})
}

func (h categoryHandlers) ask(c *fiber.Ctx) error {
	one, _, err := h.of(c)
	if err != nil {
		return err
	}
	return web.ShortForm{Title: "Remove “" + one.Name + "”?", Back: categoriesLink, Fields: categoryAskFields(one)}.Show(c, nil)
}

func (h categoryHandlers) remove(c *fiber.Ctx) error {
	one, _, err := h.of(c)
	if err != nil {
		return err
	}
	if err := h.store.remove(c.UserContext(), one.ID); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: categoriesPath, Toast: "The category “" + one.Name + "” is removed."})
}

func categoryEntries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return logNumber(int64(n)) + " entries"
}
