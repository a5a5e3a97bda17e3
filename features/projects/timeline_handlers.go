package projects

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/feature"
	"portal/app/web"
)

type timelineHandlers struct{ base }

// timelineRoutes are the routes of the timeline.
func timelineRoutes(b base) []feature.Route {
	h := timelineHandlers{b}
	return []feature.Route{feature.Get("project.see.timeline", "/:id<int>/timeline", "A project's timeline", h.show)}
}

// timelineOf is the timeline that the address asks for, without its tasks.
func (b base) timelineOf(c *fiber.Ctx) (timelineView, error) {
	head, err := b.head(c, "timeline")
	v := timelineView{headView: head, today: b.today(c.UserContext())}
	web.Query(c, &v.f)
	v.f = v.f.tidy(v.today)
	v.scale = scaled(v.f.Scale)
	return v, err
}

func (h timelineHandlers) show(c *fiber.Ctx) error {
	v, err := h.timelineOf(c)
	if err != nil {
		return err
	}
	if headAlone(c) {
		return web.Show(c, web.Page{Body: projectHead(v.headView)})
	}
	web.Push(c, v.pageLink(v.f.Page))
	var body templ.Component
	if web.IsFragment(c) && c.Get("HX-Target") == "timeline" {
		body, err = h.timelinePiece(c)
	} else {
		body, err = h.drawnTimeline(c, v, timelinePage)
	}
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: v.Project.Name + ": timeline", Body: body})
}

// timelinePiece is the timeline that the address asks for, as the viewer sees it.
func (b base) timelinePiece(c *fiber.Ctx) (templ.Component, error) {
	v, err := b.timelineOf(c)
	if err != nil {
		return nil, err
	}
	return b.drawnTimeline(c, v, timelineSection)
}

// drawnTimeline is the timeline, or the page of it, held or drawn anew.
func (b base) drawnTimeline(c *fiber.Ctx, v timelineView, show func(timelineView) templ.Component) (templ.Component, error) {
	address := v.pageLink(v.f.Page)
	if web.IsFragment(c) {
		address = "piece " + address
	}
	return b.drawn.piece(c.UserContext(), seenFamily(v.Project.ID), address, v.today, func(ctx context.Context) (templ.Component, error) {
		var err error
		if v.headView, err = b.head(c, "timeline"); err != nil {
			return nil, err
		}
		err = b.tasks.timeline(ctx, &v)
		return show(v), err
	})
}
