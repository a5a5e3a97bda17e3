package web

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/components"
)

// ClashID is the element of the form that settles a clash.
const ClashID = "conflict"

// Clash is the choice between two people's changes of the same fields: action is where the form was sent, back the page that
// shows what it changes.
func Clash(clash *data.Clash, action, back string) components.ClashView {
	v := components.ClashView{ID: ClashID, Action: action, Back: back, Version: clash.Version, Who: clash.Who}
	if v.Who == "" {
		v.Who = "Somebody"
	}
	for _, f := range clash.Fields {
		v.Fields = append(v.Fields, components.ClashChoice{
			Name: f.Mine.Name, Label: f.Mine.Label, Base: components.OrDash(f.Base), Theirs: components.OrDash(f.Theirs.Shown), Mine: components.OrDash(f.Mine.Shown),
			TheirValue: f.Theirs.Value, MyValue: f.Mine.Value,
		})
	}
	return v
}

// ClashOfForm is Clash for a form of several fields: what was typed beside the clash goes with the choice, so that nothing is lost.
func ClashOfForm(c *fiber.Ctx, clash *data.Clash, action, back string) components.ClashView {
	v := Clash(clash, action, back)
	skip := map[string]bool{tokenField: true, "version": true}
	for _, f := range clash.Fields {
		skip[f.Mine.Name] = true
	}
	for _, f := range clash.Theirs {
		skip[f.Name] = true
		v.Others = append(v.Others, components.Option{Value: f.Name, Label: f.Value})
	}
	for name, value := range c.Request().PostArgs().All() {
		if !skip[string(name)] {
			v.Others = append(v.Others, components.Option{Value: string(name), Label: string(value)})
		}
	}
	return v
}

// AskClash asks what shall stand, in the place of the form that was sent, or on a page.
func AskClash(c *fiber.Ctx, err error, v components.ClashView) error {
	if IsFragment(c) {
		return Retry(c, err, Page{Body: components.Clash(v)})
	}
	return askOnPage(c, err, v)
}

// AskClashOver is AskClash for a form that has no room for the choice: it is asked for over the page.
func AskClashOver(c *fiber.Ctx, err error, v components.ClashView) error {
	if IsFragment(c) {
		c.Set("HX-Retarget", "#dialog-body")
		c.Set("HX-Reswap", "innerHTML")
		return Retry(c, err, Page{Body: components.ClashDialog(v)})
	}
	return askOnPage(c, err, v)
}

func askOnPage(c *fiber.Ctx, err error, v components.ClashView) error {
	return Retry(c, err, Page{Title: components.ClashTitle, Body: components.ClashPage(v)})
}
