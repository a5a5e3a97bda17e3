package documents

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/web"
)

// decideForm is what is said of a version, and of which.
type decideForm struct {
	Number  int64  `form:"number"`
	Comment string `form:"comment" validate:"max=1000"`
}

func (h documentHandlers) submit(c *fiber.Ctx) error {
	return h.decide(c, decidedSubmitted, "is submitted. Whoever manages the document releases it or returns it.")
}

func (h documentHandlers) release(c *fiber.Ctx) error {
	return h.decide(c, decidedReleased, "is released. Readers see it now.")
}

// decide submits or releases the newest version.
func (h documentHandlers) decide(c *fiber.Ctx, what, said string) error {
	n, err := web.ID(c, "id")
	if err != nil {
		return errNoDocument()
	}
	var f decideForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	d, err := h.documents.Decide(c.UserContext(), n, what, "", f.Number)
	if err != nil {
		return err
	}
	back := d.Path()
	if what == decidedSubmitted {
		back += "?version=" + id(d.Latest)
	}
	return web.Done(c, web.Result{Back: back, Toast: "Version " + id(d.Latest) + " " + said})
}

func (h documentHandlers) returnForm(c *fiber.Ctx) error {
	head, err := h.openToManage(c, "")
	if err != nil {
		return err
	}
	return showReturn(c, head, decideForm{Number: head.Document.Latest}, nil)
}

func showReturn(c *fiber.Ctx, head headView, f decideForm, err error) error {
	wrong := map[string]string{}
	if err != nil {
		wrong = fault.Of(err).Fields
	}
	return web.ShortForm{Title: "Return version " + id(f.Number), Back: head.link(), Fields: returnFields(head, f, wrong)}.Show(c, err)
}

func (h documentHandlers) returnIt(c *fiber.Ctx) error {
	head, err := h.openToManage(c, "")
	if err != nil {
		return err
	}
	var f decideForm
	var d Document
	if err = web.Bind(c, &f); err == nil {
		d, err = h.documents.Decide(c.UserContext(), head.Document.ID, decidedReturned, f.Comment, f.Number)
	}
	if fault.Is(err, fault.Invalid) {
		return showReturn(c, head, f, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: d.Path() + "?version=" + id(d.Latest), Toast: "Version " + id(d.Latest) + " is returned to its author."})
}
