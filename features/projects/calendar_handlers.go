package projects

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/feature"
	"portal/app/web"
)

type calendarHandlers struct{ base }

// calendarRoutes are the routes of the calendar and the feed.
func calendarRoutes(b base) []feature.Route {
	h, f := calendarHandlers{b}, feedHandlers{b}
	return []feature.Route{
		feature.Get("project.see.calendar", "/:id<int>/calendar", "A project's calendar", h.show),
		feature.Get("task.see.feed", "/feeds", "The feed of my due dates", f.show),
		feature.Post("task.see.feed.make", "/feeds", "Make the address of my feed", f.make),
		feature.Post("task.see.feed.revoke", "/feeds/revoke", "End the address of my feed", f.revoke),
		feature.Get("feed.see.due", "/feeds/:token.ics", "A feed of due dates, by its secret address", f.read),
	}
}

// calendarOf is the calendar that the address asks for, without its tasks.
func (b base) calendarOf(c *fiber.Ctx) (calendarView, error) {
	head, err := b.head(c, "calendar")
	v := calendarView{headView: head, today: b.today(c.UserContext())}
	web.Query(c, &v.f)
	v.f = v.f.tidy(v.today)
	return v, err
}

func (h calendarHandlers) show(c *fiber.Ctx) error {
	v, err := h.calendarOf(c)
	if err != nil {
		return err
	}
	if headAlone(c) {
		return web.Show(c, web.Page{Body: projectHead(v.headView)})
	}
	web.Push(c, v.pageLink(v.f.Page, v.f.Size))
	var body templ.Component
	if web.IsFragment(c) && c.Get("HX-Target") == "calendar" {
		body, err = h.calendarPiece(c)
	} else {
		body, err = h.drawnCalendar(c, v, calendarPage)
	}
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: v.Project.Name + ": " + v.f.title(), Body: body})
}

// calendarPiece is the calendar that the address asks for, as the viewer sees it.
func (b base) calendarPiece(c *fiber.Ctx) (templ.Component, error) {
	v, err := b.calendarOf(c)
	if err != nil {
		return nil, err
	}
	return b.drawnCalendar(c, v, calendarSection)
}

// drawnCalendar is the calendar, or the page of it, held or drawn anew.
func (b base) drawnCalendar(c *fiber.Ctx, v calendarView, show func(calendarView) templ.Component) (templ.Component, error) {
	address := v.pageLink(v.f.Page, v.f.Size)
	if web.IsFragment(c) {
		address = "piece " + address
	}
	return b.drawn.piece(c.UserContext(), seenFamily(v.Project.ID), address, v.today, func(ctx context.Context) (templ.Component, error) {
		var err error
		if v.headView, err = b.head(c, "calendar"); err != nil {
			return nil, err
		}
		err = b.tasks.calendar(ctx, &v)
		return show(v), err
	})
}
