package projects

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/web"
)

// field answers with one field's plain value.
func (h projectHandlers) field(c *fiber.Ctx) error {
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	return h.showField(c, head, false)
}

func (h projectHandlers) showField(c *fiber.Ctx, head headView, saved bool) error {
	cell, ok := projectCell(head.v, head.Project, c.Params("field"), place(c), head.mayEdit(head.me))
	if !ok {
		return fault.New(fault.NotFound, "There is no such field.")
	}
	cell.saved = saved
	return answerCell(c, cell, head.Project.Path())
}

// answerCell answers with a field's plain value; without htmx there is only the page it stands on.
func answerCell(c *fiber.Ctx, cell fieldCell, page string) error {
	if !web.IsFragment(c) {
		return c.Redirect(page, fiber.StatusSeeOther)
	}
	return web.Show(c, web.Page{Body: fieldValue(cell)})
}

// fieldForm answers with the field's editor; without htmx it is a page of its own.
func (h projectHandlers) fieldForm(c *fiber.Ctx) error {
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	if !head.mayEdit(head.me) {
		return errNotLead()
	}
	cell, ok := projectCell(head.v, head.Project, c.Params("field"), place(c), true)
	if !ok {
		return fault.New(fault.NotFound, "There is no such field.")
	}
	return web.Show(c, editorPage(cell, head.Project.Path(), ""))
}

// editorPage is the field's editor; back is the page it belongs to.
func editorPage(cell fieldCell, back, wrong string) web.Page {
	return web.Page{Title: cell.label + " of " + cell.of, Body: fieldPage(cell, back, wrong)}
}

func (h projectHandlers) saveField(c *fiber.Ctx) error {
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	if !head.mayEdit(head.me) {
		return errNotLead()
	}
	cell, ok := projectCell(head.v, head.Project, c.Params("field"), place(c), true)
	if !ok {
		return fault.New(fault.NotFound, "There is no such field.")
	}
	var f projectForm
	if err = bindOne(c, &f, cell.name, f.version); err == nil {
		_, err = h.projects.Update(c.UserContext(), head.Project.ID, f, []string{cell.name})
	}
	if fault.Is(err, fault.Invalid) {
		cell.value = web.Value(c, cell.name)
		return web.Retry(c, err, editorPage(cell, head.Project.Path(), fault.Of(err).Public))
	}
	if err != nil {
		return fieldFault(c, err, cell.path, head.Project.Path())
	}
	if standsAlone(c) {
		return web.Done(c, web.Result{Back: backTo(c, head.Project.Path()), Toast: cell.label + " is saved."})
	}
	if head, err = h.head(c, ""); err != nil {
		return err
	}
	return h.showField(c, head, true)
}

func (f *projectForm) version() int64 { return f.Version }

// bindOne reads one field and the version into a form; what is wrong with the other fields is not looked at.
// Errors: fault.Invalid at the field.
func bindOne(c *fiber.Ctx, form any, name string, version func() int64) error {
	err := web.Bind(c, form)
	switch {
	case err != nil && !fault.Is(err, fault.Invalid):
		return err
	case err != nil && fault.Of(err).Fields[name] != "":
		return fault.Field(name, "%s", fault.Of(err).Fields[name])
	case !web.Has(c, name):
		return fault.Field(name, "Choose from the list.")
	case version() <= 0:
		return fault.Field(name, "Reload the page and try again.")
	}
	return nil
}

// standsAlone reports whether the form is not in its cell: on a page of its own, or in the dialog that settles a clash.
func standsAlone(c *fiber.Ctx) bool {
	return !web.IsFragment(c) || c.Get("HX-Target") == web.ClashID
}

// fieldFault shows a clash as a choice in the dialog; any other fault as it is.
func fieldFault(c *fiber.Ctx, err error, action, page string) error {
	clash, ok := data.ClashOf(err)
	if !ok {
		return err
	}
	view := web.Clash(clash, action, backTo(c, page))
	return web.AskClashOver(c, err, view)
}
