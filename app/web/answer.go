package web

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"sync"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/components"
)

// Page is what a read shows.
type Page struct {
	Title string
	Body  templ.Component
	Bare  bool // without menus: sign-in and its like
}

// Result is the answer to a write that worked.
type Result struct {
	Piece templ.Component   // replaces the hx-target; nil means: go on to Back
	Also  []templ.Component // pieces for elsewhere on the page, each out of band
	Back  string            // where to go on without htmx, or without a Piece
	Toast string            // what happened, as a sentence
	Undo  string            // address that takes it back by POST; empty for none
	Offer components.Link   // what else could be done now, beside the toast; empty for nothing
	Event string            // tells other fragments of the page to refresh: "projects.task"
}

// Frame is what the portal puts around pages; every request carries it.
type Frame struct {
	Shell  func(*fiber.Ctx) components.Shell // menus and person of this request
	Bare   func(*fiber.Ctx) components.Shell // the same of a page without menus
	Around func(*fiber.Ctx) (Drawn, error)   // the same, drawn, with DrawFrame's holes; nil: each page draws it anew
	Help   func() string                     // the support contact for error pages; nil or empty for none
	Secret []byte                            // signs the flash
	Secure bool                              // cookies go over HTTPS only
}

const frameKey = "web.frame"

// Around gives the request its frame.
func Around(c *fiber.Ctx, f *Frame) { c.Locals(frameKey, f) }

func frame(c *fiber.Ctx) *Frame {
	if f, ok := c.Locals(frameKey).(*Frame); ok {
		return f
	}
	none := func(*fiber.Ctx) components.Shell { return components.Shell{} }
	return &Frame{Shell: none, Bare: none}
}

// IsFragment reports whether htmx asked for a piece of the page it already has.
func IsFragment(c *fiber.Ctx) bool {
	return c.Get("HX-Request") == "true" && c.Get("HX-Boosted") != "true" &&
		c.Get("HX-History-Restore-Request") != "true"
}

// Show answers a read: the page, or the fragment of it that htmx asked for.
func Show(c *fiber.Ctx, p Page) error { return send(c, fiber.StatusOK, p, nil) }

// ShowAs is Show with another status.
func ShowAs(c *fiber.Ctx, status int, p Page) error { return send(c, status, p, nil) }

// Done answers a write that worked.
func Done(c *fiber.Ctx, r Result) error {
	toast := components.Toast{Text: r.Toast, Tone: "good", UndoURL: r.Undo, Offer: r.Offer}
	if !IsFragment(c) {
		keepFlash(c, toast)
		return c.Redirect(r.Back, fiber.StatusSeeOther)
	}
	if r.Event != "" {
		event, err := json.Marshal(map[string]string{r.Event: ""})
		if err != nil {
			return err
		}
		c.Set("HX-Trigger", string(event))
	}
	if r.Piece == nil {
		keepFlash(c, toast)
		c.Set("HX-Redirect", r.Back)
		return c.SendStatus(fiber.StatusOK)
	}
	also := r.Also
	if r.Toast != "" {
		also = append(also, components.ToastOut(toast))
	}
	return send(c, fiber.StatusOK, Page{Body: r.Piece}, also)
}

// Retry answers a form that must be tried again: 422 for fault.Invalid, 409 for fault.Conflict, else as Fail does.
func Retry(c *fiber.Ctx, err error, p Page) error {
	f := fault.Of(err)
	switch f.Kind {
	case fault.Invalid:
		return send(c, fiber.StatusUnprocessableEntity, p, nil)
	case fault.Conflict:
		return send(c, fiber.StatusConflict, p, nil)
	case fault.TooMany, fault.Away:
		Wait(c, f)
		return send(c, status(f.Kind), p, nil)
	}
	return err
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxKept is the largest buffer worth keeping for the next answer, in bytes.
const maxKept = 1 << 20

// send renders before it answers, so that a template that fails still becomes an error page.
func send(c *fiber.Ctx, status int, p Page, also []templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer func() {
		if b.Cap() <= maxKept {
			buffers.Put(b)
		}
	}()
	a := assembly{holes: components.Holes(c.UserContext(), p.Title)}
	ctx := context.WithValue(c.UserContext(), piecesKey{}, &a)
	if err := render(ctx, c, b, p); err != nil {
		return err
	}
	for _, piece := range also {
		if err := piece.Render(ctx, b); err != nil {
			return err
		}
	}
	c.Status(status)
	// One address answers with a page or a piece of it, and each person gets their own.
	c.Set(fiber.HeaderVary, "HX-Request, HX-Target")
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	a.answer(c, b.Bytes())
	return nil
}

func render(ctx context.Context, c *fiber.Ctx, b *bytes.Buffer, p Page) error {
	if !IsFragment(c) {
		return renderPage(ctx, c, b, p)
	}
	target := c.Get("HX-Target")
	if target == "" {
		return p.Body.Render(ctx, b)
	}
	// The target comes from outside, and that is harmless: it can only choose
	// among parts of a page which the viewer was going to get whole.
	err := templ.RenderFragments(ctx, b, p.Body, target)
	if err != nil || b.Len() > 0 {
		return err
	}
	return p.Body.Render(ctx, b)
}

// renderPage draws the body, and around it what the portal puts there: held if that was drawn for this viewer before.
func renderPage(ctx context.Context, c *fiber.Ctx, b *bytes.Buffer, p Page) error {
	f := frame(c)
	flash := takeFlash(c)
	if a, ok := ctx.Value(piecesKey{}).(*assembly); ok && !p.Bare && len(flash) == 0 && f.Around != nil {
		around, err := f.Around(c)
		if err != nil {
			return err
		}
		a.around = &around
		return p.Body.Render(ctx, b)
	}
	shellOf, layout := f.Shell, components.Layout
	if p.Bare {
		shellOf, layout = f.Bare, components.Bare
	}
	shell := shellOf(c)
	shell.Title, shell.Flash = p.Title, flash
	return layout(shell).Render(templ.WithChildren(ctx, p.Body), b)
}

// DrawFrame draws what stands around every page of who sees this shell.
func DrawFrame(ctx context.Context, s components.Shell) (Drawn, error) {
	s.Title = components.Hole(components.TitleHole)
	body := templ.Raw(components.Hole(bodyHole))
	return Draw(ctx, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return components.Layout(s).Render(templ.WithChildren(ctx, body), w)
	}))
}
