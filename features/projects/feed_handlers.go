package projects

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/web"
)

type feedHandlers struct{ base }

// feedView is the page of the viewer's feed.
type feedView struct {
	feed    Feed
	address string // just made: shown this once
}

func (h feedHandlers) show(c *fiber.Ctx) error {
	f, err := h.feeds.Of(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "My feed", Body: feedPage(feedView{feed: f})})
}

// make answers with the page itself, also without htmx: the address travels in no cookie and stands at no other one.
func (h feedHandlers) make(c *fiber.Ctx) error {
	address, err := h.feeds.Make(c.UserContext())
	if err != nil {
		return err
	}
	f, err := h.feeds.Of(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "My feed", Body: feedPage(feedView{f, address})})
}

func (h feedHandlers) revoke(c *fiber.Ctx) error {
	if err := h.feeds.Revoke(c.UserContext()); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/projects/feeds", Piece: feedSection(feedView{}), Toast: "The address works no more."})
}

// read answers who has the address, with the rights its owner has now.
func (h feedHandlers) read(c *fiber.Ctx) error {
	ctx := c.UserContext()
	owner, err := h.feeds.Reader(ctx, c.Params("token"), auth.From(ctx).Address)
	if err != nil {
		return err
	}
	body, err := h.feeds.Calendar(auth.With(ctx, owner))
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(body))
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, "private, no-cache")
	if c.Get(fiber.HeaderIfNoneMatch) == tag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `inline; filename="due-dates.ics"`)
	return c.SendString(body)
}
