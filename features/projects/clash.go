package projects

import (
	"errors"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/web"
	"portal/components"
)

// hiddenFields carry what was typed beside the clash, so that nothing is lost.
func hiddenFields(c *fiber.Ctx, clash *data.Clash) []components.Option {
	skip := map[string]bool{"_csrf": true, "version": true}
	for _, f := range clash.Fields {
		skip[f.Mine.Name] = true
	}
	var all []components.Option
	for _, f := range clash.Theirs {
		skip[f.Name] = true
		all = append(all, components.Option{Value: f.Name, Label: f.Value})
	}
	for k, v := range c.Request().PostArgs().All() {
		if !skip[string(k)] {
			all = append(all, components.Option{Value: string(k), Label: string(v)})
		}
	}
	return all
}

// conflictID is the element of the form that settles a clash.
const conflictID = "conflict"

// backTo is the page that the form stood on, if it is one of ours and no editor.
func backTo(c *fiber.Ctx, fallback string) string {
	at := c.Get("HX-Current-URL")
	if at == "" {
		at = c.Get(fiber.HeaderReferer)
	}
	u, err := url.Parse(at)
	if err != nil || u.Path == "" || c.Method() == fiber.MethodPost && formOnly(u.Path) {
		return fallback
	}
	return web.Local(u.RequestURI(), fallback)
}

// formOnly reports whether there is nothing at the address but a form, or the answer to one.
func formOnly(path string) bool {
	return strings.Contains(path, "/field/") || strings.HasSuffix(path, "/new") || strings.HasSuffix(path, "/edit") || strings.HasSuffix(path, "/tasks")
}

func clashOf(err error) (*data.Clash, bool) {
	var clash *data.Clash
	ok := errors.As(err, &clash)
	return clash, ok
}

func clashView(clash *data.Clash, action, back string) components.ConflictView {
	v := components.ConflictView{ID: conflictID, Action: action, Back: back, Version: clash.Version, Who: clash.Who}
	if v.Who == "" {
		v.Who = "Somebody"
	}
	for _, f := range clash.Fields {
		v.Fields = append(v.Fields, components.ConflictField{
			Name: f.Mine.Name, Label: f.Mine.Label, Base: orDash(f.Base), Theirs: orDash(f.Theirs.Shown), Mine: orDash(f.Mine.Shown),
			TheirValue: f.Theirs.Value, MyValue: f.Mine.Value,
		})
	}
	return v
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
