package documents

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"portal/app/web"
)

// onForm says whether to do something or to stop it.
type onForm struct {
	On bool `form:"on"`
}

func (h documentHandlers) watch(c *fiber.Ctx) error {
	return h.turn(c, h.documents.Watch, "You are told of what happens to the document.", "You are no longer told of what happens to the document.")
}

func (h documentHandlers) favour(c *fiber.Ctx) error {
	return h.turn(c, h.documents.Favour, "The document is among your favourites.", "The document is no longer among your favourites.")
}

// turn switches something on or off that is the viewer's alone.
func (h documentHandlers) turn(c *fiber.Ctx, do func(context.Context, int64, bool) (Document, error), on, off string) error {
	n, err := web.ID(c, "id")
	if err != nil {
		return errNoDocument()
	}
	var f onForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	d, err := do(c.UserContext(), n, f.On)
	if err != nil {
		return err
	}
	if f.On {
		off = on
	}
	return web.Done(c, web.Result{Back: d.Path(), Toast: off})
}

func (h documentHandlers) confirm(c *fiber.Ctx) error {
	n, err := web.ID(c, "id")
	if err != nil {
		return errNoDocument()
	}
	var f decideForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	d, err := h.documents.Confirm(c.UserContext(), n, f.Number)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: d.Path(), Toast: "You have read and understood version " + id(f.Number) + "."})
}
