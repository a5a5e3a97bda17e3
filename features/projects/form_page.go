package projects

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/web"
	"portal/components"
)

// shortForm is a form that stands in the page's dialog, or on a page of its own.
type shortForm struct {
	title  string
	back   components.Link
	fields templ.Component // the form itself
}

// show shows the form as it was asked for; with err, the status says what is wrong with it.
func (f shortForm) show(c *fiber.Ctx, err error) error {
	page := web.Page{Title: f.title, Body: shortFormPage(f)}
	switch {
	case !web.IsFragment(c):
	case c.Get("HX-Target") == "dialog-body":
		page.Body = shortFormDialog(f)
	default:
		page.Body = f.fields
	}
	if err != nil {
		return web.Retry(c, err, page)
	}
	return web.Show(c, page)
}

// showClash asks what shall stand of two changes at once, in the place of the form that was sent.
func showClash(c *fiber.Ctx, err error, view components.ConflictView) error {
	page := web.Page{Title: "Two changes at once", Body: conflictPage(view)}
	if web.IsFragment(c) {
		page.Body = components.Conflict(view)
	}
	return web.Retry(c, err, page)
}
