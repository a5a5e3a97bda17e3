package app

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"portal/app/web"
)

// writeTime is how long an answer may take to be read, and streamTime a stream of changes, which ends itself before.
const (
	writeTime  = 30 * time.Second
	streamTime = 6 * time.Minute
)

// patience lets event streams last.
func patience(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if path, _, _ := strings.Cut(string(h.RequestURI()), "?"); path == eventsPath {
		return fasthttp.RequestConfig{WriteTimeout: streamTime}
	}
	return fasthttp.RequestConfig{}
}

// known answers for Fiber, which has no page and no headers for a method it has never heard of.
func (p *Portal) known(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(r *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(r.Method())) {
			next(r)
			return
		}
		c := p.web.AcquireCtx(r)
		defer p.web.ReleaseCtx(c)
		if err := p.unread(c, fiber.ErrBadRequest); err != nil {
			r.Error("", fiber.StatusInternalServerError)
		}
	}
}

// unread answers what the server itself refuses, before any of our handlers, with the server's own status:
// too large, too slow, or no HTTP.
func (p *Portal) unread(c *fiber.Ctx, err error) error {
	guard(c)
	web.Around(c, p.frame)
	if err := web.Fail(c, err); err != nil {
		return err
	}
	var fe *fiber.Error
	if errors.As(err, &fe) && fe.Code < fiber.StatusInternalServerError {
		c.Status(fe.Code)
	}
	return nil
}
