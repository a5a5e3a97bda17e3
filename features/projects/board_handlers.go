package projects

import (
	"context"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/web"
)

func (h projectHandlers) board(c *fiber.Ctx) error {
	head, err := h.head(c, "board")
	if err != nil {
		return err
	}
	b := h.boardOf(c, head)
	switch {
	case !web.IsFragment(c):
	case headAlone(c):
		return web.Show(c, web.Page{Body: projectHead(b.headView)})
	default:
		cards, err := h.boardPiece(c, b)
		if err != nil {
			return err
		}
		web.Push(c, b.f.link(b.Project.Path()))
		return web.Show(c, web.Page{Body: cards})
	}
	to, err := h.opened(c, boardList(b.Project))
	if err != nil {
		return err
	}
	if to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	body, err := h.drawn.piece(c.UserContext(), seenFamily(b.Project.ID), "page "+b.f.link(b.Project.Path()), b.today, func(context.Context) (templ.Component, error) {
		err := h.readBoard(c, &b)
		if err == nil {
			b.views, err = h.menu(c, boardList(b.Project))
		}
		return boardPage(b), err
	})
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: head.Project.Name, Body: body})
}

// headAlone reports whether the page asks for its head anew. What holds a drawn page must ask: no piece can be taken out of one.
func headAlone(c *fiber.Ctx) bool {
	return web.IsFragment(c) && c.Get("HX-Target") == "project-head"
}

// boardOf is the board that the address asks for, without its columns.
func (b base) boardOf(c *fiber.Ctx, head headView) boardData {
	d := boardData{headView: head, today: b.today(c.UserContext())}
	web.Query(c, &d.f)
	d.f = d.f.tidy()
	return d
}

// boardPiece are the board's columns, as the viewer sees them.
func (b base) boardPiece(c *fiber.Ctx, d boardData) (templ.Component, error) {
	return b.drawn.piece(c.UserContext(), seenFamily(d.Project.ID), d.f.link(d.Project.Path()), d.today, func(context.Context) (templ.Component, error) {
		err := b.readBoard(c, &d)
		return board(d), err
	})
}

// readBoard reads all that a board shows.
func (b base) readBoard(c *fiber.Ctx, d *boardData) error {
	var err error
	if d.headView, err = b.head(c, d.tab); err != nil {
		return err
	}
	if d.columns, err = b.tasks.Board(c.UserContext(), d.Project.ID, d.f, d.today); err != nil {
		return err
	}
	d.whole = nil
	if d.f.narrowed() && len(d.Limits) > 0 {
		d.whole, err = b.tasks.columnTotals(c.UserContext(), d.heldProject)
	}
	return err
}
