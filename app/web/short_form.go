package web

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/components"
)

// ShortForm is a form that stands in the page's dialog, or on a page of its own.
type ShortForm struct {
	Title  string
	Back   components.Link
	Fields templ.Component // the form itself
}

// Show shows the form as it was asked for; with err, the status says what is wrong with it.
func (f ShortForm) Show(c *fiber.Ctx, err error) error {
	page := Page{Title: f.Title, Body: components.FormPage(f.Title, f.Back, f.Fields)}
	switch {
	case !IsFragment(c):
	case c.Get("HX-Target") == "dialog-body":
		page.Body = components.FormDialog(f.Title, f.Fields)
	default:
		page.Body = f.Fields
	}
	if err != nil {
		return Retry(c, err, page)
	}
	return Show(c, page)
}
