package documents

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

type tagHandlers struct{ base }

// tagRoutes are the routes of tags. New ones are made where they are written into a document.
func tagRoutes(b base) []feature.Route {
	h := tagHandlers{b}
	const one = "/tags/:tag<int>"
	return []feature.Route{
		feature.Get("category.edit.tag.form", one+"/edit", "Form of a tag", h.form),
		feature.Post("category.edit.tag.save", one+"/edit", "Rename a tag", h.save),
		feature.Get("category.edit.tag.merge.form", one+"/merge", "Form to merge a tag", h.mergeForm),
		feature.Post("category.edit.tag.merge.do", one+"/merge", "Merge a tag into another", h.merge),
		feature.Post("category.edit.tag.delete", one+"/delete", "Delete a tag that no document has", h.delete),
	}
}

func tagPath(n int64, verb string) string { return "/documents/tags/" + id(n) + "/" + verb }

// open is the tag of the address, if a document has it that the viewer may know of, or none has.
// Errors: fault.NotFound.
func (h tagHandlers) open(c *fiber.Ctx) (categoryView, error) {
	v, err := h.shelves(c)
	if err != nil {
		return v, err
	}
	n, err := web.ID(c, "tag")
	if err != nil {
		return v, errNoTag()
	}
	if v.tag = tagOf(v.managed(), n); v.tag.ID == 0 {
		return v, errNoTag()
	}
	v.g = tagForm{v.tag.Name, v.tag.Version}
	return v, nil
}

func (h tagHandlers) form(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	return v.showTag(c, nil)
}

// showTag shows the tag's form; with err, what is wrong with it.
func (v categoryView) showTag(c *fiber.Ctx, err error) error {
	if err != nil {
		v.wrong = fault.Of(err).Fields
	}
	return web.ShortForm{Title: "Rename the tag “" + v.tag.Name + "”", Back: v.back(), Fields: tagFields(v)}.Show(c, err)
}

func (h tagHandlers) save(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	v.g = tagForm{}
	if err = web.Bind(c, &v.g); err == nil {
		_, err = h.documents.SaveTag(c.UserContext(), v.tag.ID, v.g)
	}
	if clash, ok := data.ClashOf(err); ok {
		return web.AskClash(c, err, web.ClashOfForm(c, clash, tagPath(v.tag.ID, "edit"), shelvesPath))
	}
	if fault.Is(err, fault.Invalid) {
		return v.showTag(c, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: shelvesPath, Toast: "The tag “" + v.g.Name + "” is saved."})
}

func (h tagHandlers) mergeForm(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	return v.showTagMerge(c, nil)
}

// showTagMerge shows what the tag may be merged into; with err, what is wrong with that.
func (v categoryView) showTagMerge(c *fiber.Ctx, err error) error {
	if err != nil {
		v.wrong = fault.Of(err).Fields
	}
	return web.ShortForm{Title: "Merge the tag “" + v.tag.Name + "”", Back: v.back(), Fields: mergeFields(mergeView{
		action: tagPath(v.tag.ID, "merge"), says: "All documents that have it have the other one then.", label: "Into", value: v.into, wrong: v.wrong, options: v.otherTags(),
	})}.Show(c, err)
}

func (h tagHandlers) merge(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	var f mergeInto
	var to Tag
	if err = web.Bind(c, &f); err == nil {
		_, to, err = h.documents.MergeTag(c.UserContext(), v.tag.ID, f.Into)
	}
	if fault.Is(err, fault.Invalid) {
		v.into = f.Into
		return v.showTagMerge(c, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: shelvesPath, Toast: "“" + v.tag.Name + "” is merged into “" + to.Name + "”."})
}

func (h tagHandlers) delete(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	gone, err := h.documents.DeleteTag(c.UserContext(), v.tag.ID)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: shelvesPath, Toast: "The tag “" + gone.Name + "” is deleted."})
}

// managed are the tags of the page: those of documents that the viewer may know of, and those of none.
func (v categoryView) managed() []Tag {
	var all []Tag
	for _, g := range v.tags {
		if v.counts.Tags[g.ID] > 0 || v.counts.loose(g.ID) {
			all = append(all, g)
		}
	}
	return all
}
