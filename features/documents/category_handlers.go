package documents

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

type categoryHandlers struct{ base }

// shelvesPath is the page of all categories and tags.
const shelvesPath = "/documents/categories"

// categoryRoutes are the routes of categories.
func categoryRoutes(b base) []feature.Route {
	h := categoryHandlers{b}
	const one = "/categories/:category<int>"
	return []feature.Route{
		feature.Get("category.edit.list", "/categories", "Categories and tags of documents", h.list),
		feature.Post("category.edit.add", "/categories", "Make a category", h.add),
		feature.Get("category.edit.form", one+"/edit", "Form of a category", h.form),
		feature.Post("category.edit.save", one+"/edit", "Change a category", h.save),
		feature.Get("category.edit.merge.form", one+"/merge", "Form to merge a category", h.mergeForm),
		feature.Post("category.edit.merge.do", one+"/merge", "Merge a category into another", h.merge),
		feature.Post("category.edit.delete", one+"/delete", "Delete an empty category", h.delete),
	}
}

// categoryView is the page of categories and tags, or a form about one of them.
type categoryView struct {
	tree   *tree
	tags   []Tag
	counts counts
	me     *auth.Viewer
	access *auth.Access
	people *auth.People

	category Category
	f        categoryForm
	tag      Tag
	g        tagForm
	into     int64
	wrong    map[string]string
}

func categoryPath(n int64, verb string) string { return shelvesPath + "/" + id(n) + "/" + verb }

func (v categoryView) back() components.Link {
	return components.Link{Label: "Categories and tags", URL: shelvesPath}
}

// count is how many documents lie in the category and below it.
func (v categoryView) count(n int64) int {
	all := 0
	for _, c := range v.tree.within(n) {
		all += v.counts.Categories[c]
	}
	return all
}

// places are the categories that one may lie in, or be merged into: none that lies in itself.
func (v categoryView) places(none string) []components.Option {
	within := map[int64]bool{}
	if v.category.ID != 0 {
		for _, n := range v.tree.within(v.category.ID) {
			within[n] = true
		}
	}
	var all []Category
	for _, c := range v.tree.known(v.me) {
		if !within[c.ID] && v.tree.mayManage(c.ID, v.me) {
			all = append(all, c)
		}
	}
	return categoryOptions(v.tree, all, none)
}

// otherTags are those that a tag may be merged into.
func (v categoryView) otherTags() []components.Option {
	all := []components.Option{{Value: "0", Label: "Choose one"}}
	for _, g := range v.counts.shown(v.tags) {
		if g.ID != v.tag.ID {
			all = append(all, components.Option{Value: id(g.ID), Label: g.Name})
		}
	}
	return all
}

// view reads what all pages about categories and tags show.
func (b base) shelves(c *fiber.Ctx) (categoryView, error) {
	ctx := c.UserContext()
	v := categoryView{me: auth.From(ctx), access: b.documents.users.Gate().Access()}
	var err error
	if v.tree, err = b.documents.Tree(ctx); err != nil {
		return v, err
	}
	if v.tags, err = b.documents.Tags(ctx); err != nil {
		return v, err
	}
	if v.people, err = b.documents.users.People(ctx); err != nil {
		return v, err
	}
	v.counts, err = b.documents.Counts(ctx)
	return v, err
}

// open is the category of the address, if the viewer may change it.
// Errors: fault.NotFound.
func (b base) openCategory(c *fiber.Ctx) (categoryView, error) {
	v, err := b.shelves(c)
	if err != nil {
		return v, err
	}
	n, err := web.ID(c, "category")
	if err != nil || !v.tree.mayManage(n, v.me) {
		return v, errNoCategory()
	}
	v.category = v.tree.get(n)
	v.f = formOfCategory(v.category)
	return v, nil
}

func (h categoryHandlers) list(c *fiber.Ctx) error {
	v, err := h.shelves(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Categories and tags", Body: shelvesPage(v)})
}

func (h categoryHandlers) add(c *fiber.Ctx) error {
	v, err := h.shelves(c)
	if err != nil {
		return err
	}
	if err = web.Bind(c, &v.f); err == nil {
		_, err = h.documents.AddCategory(c.UserContext(), v.f)
	}
	if fault.Is(err, fault.Invalid) {
		v.wrong = fault.Of(err).Fields
		return web.Retry(c, err, web.Page{Title: "Categories and tags", Body: shelvesPage(v)})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: shelvesPath, Toast: "The category “" + v.f.Name + "” is made."})
}

func (h categoryHandlers) form(c *fiber.Ctx) error {
	v, err := h.openCategory(c)
	if err != nil {
		return err
	}
	return v.show(c, nil)
}

// show shows the category's form; with err, what is wrong with it.
func (v categoryView) show(c *fiber.Ctx, err error) error {
	if err != nil {
		v.wrong = fault.Of(err).Fields
	}
	return web.ShortForm{Title: "Edit the category “" + v.category.Name + "”", Back: v.back(), Fields: categoryFields(v)}.Show(c, err)
}

func (h categoryHandlers) save(c *fiber.Ctx) error {
	v, err := h.openCategory(c)
	if err != nil {
		return err
	}
	v.f = categoryForm{}
	if err = web.Bind(c, &v.f); err == nil {
		_, err = h.documents.SaveCategory(c.UserContext(), v.category.ID, v.f)
	}
	if clash, ok := data.ClashOf(err); ok {
		return web.AskClash(c, err, web.ClashOfForm(c, clash, categoryPath(v.category.ID, "edit"), shelvesPath))
	}
	if fault.Is(err, fault.Invalid) {
		return v.show(c, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: shelvesPath, Toast: "The category “" + v.f.Name + "” is saved."})
}

func (h categoryHandlers) mergeForm(c *fiber.Ctx) error {
	v, err := h.openCategory(c)
	if err != nil {
		return err
	}
	return v.showMerge(c, nil)
}

// showMerge shows what the category may be merged into; with err, what is wrong with that.
func (v categoryView) showMerge(c *fiber.Ctx, err error) error {
	if err != nil {
		v.wrong = fault.Of(err).Fields
	}
	return web.ShortForm{Title: "Merge the category “" + v.category.Name + "”", Back: v.back(), Fields: mergeFields(mergeView{
		action: categoryPath(v.category.ID, "merge"), says: "All that lies in it lies in the other one then.", label: "Into", value: v.into, wrong: v.wrong, options: v.places("Choose one"),
	})}.Show(c, err)
}

// mergeInto is what something is merged into.
type mergeInto struct {
	Into int64 `form:"into"`
}

// mergeView is a form that merges something into another.
type mergeView struct {
	action, says, label string
	value               int64
	wrong               map[string]string
	options             []components.Option
}

func (h categoryHandlers) merge(c *fiber.Ctx) error {
	v, err := h.openCategory(c)
	if err != nil {
		return err
	}
	var f mergeInto
	var to Category
	if err = web.Bind(c, &f); err == nil {
		_, to, err = h.documents.MergeCategory(c.UserContext(), v.category.ID, f.Into)
	}
	if fault.Is(err, fault.Invalid) {
		v.into = f.Into
		return v.showMerge(c, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: shelvesPath, Toast: "“" + v.category.Name + "” is merged into “" + to.Name + "”."})
}

func (h categoryHandlers) delete(c *fiber.Ctx) error {
	n, err := web.ID(c, "category")
	if err != nil {
		return errNoCategory()
	}
	gone, err := h.documents.DeleteCategory(c.UserContext(), n)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: shelvesPath, Toast: "The category “" + gone.Name + "” is deleted."})
}
