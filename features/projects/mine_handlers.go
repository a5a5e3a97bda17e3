package projects

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/feature"
	"portal/app/web"
)

// seeWork is the route of what is the viewer's over all projects, within the feature.
const seeWork = "task.see.work"

type mineHandlers struct {
	base
	store *mineStore
}

// mineRoutes are the routes of what is the viewer's over all projects.
func mineRoutes(b base) []feature.Route {
	h := mineHandlers{b, b.mine}
	return []feature.Route{feature.Get(seeWork, "/mine", "All that is mine, over all projects", h.show)}
}

func (h mineHandlers) show(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v := mineView{me: auth.From(ctx), today: h.today(ctx)}
	web.Query(c, &v.f)
	v.f.List = v.f.Tidy()
	var err error
	if v.v, err = h.projects.view(ctx); err != nil {
		return err
	}
	if v.mine, err = h.store.Page(ctx, v.f, v.today); err != nil {
		return err
	}
	v.f.Page = v.Page
	pushAddress(c, v.pageLink(v.f.Page, v.f.Size))
	return web.Show(c, web.Page{Title: "My work", Body: minePage(v)})
}
