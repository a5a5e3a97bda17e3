package home

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/feature"
	"portal/app/web"
)

type featureOf = feature.Feature

type startHandlers struct{ Kit }

// panel is a fragment of a feature on the start page.
type panel struct{ ID, URL, Title string }

// show is the start page: the panels of all features that the viewer may open.
func (h startHandlers) show(c *fiber.Ctx) error {
	v := auth.From(c.UserContext())
	var panels []panel
	for _, f := range h.All() {
		for _, p := range f.Panels {
			if p.Slot != "home" || !v.Can(f.Name+"."+p.Route) {
				continue
			}
			for _, r := range f.Routes {
				if r.Name == p.Route {
					panels = append(panels, panel{p.ID, "/" + f.Name + r.Path, p.Title})
				}
			}
		}
	}
	return web.Show(c, web.Page{Title: "Home", Body: startPage(v, h.DB.Now().In(v.Zone).Hour(), panels)})
}
