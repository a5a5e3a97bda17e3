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
	writeTime  = 25 * time.Second
	streamTime = 6 * time.Minute
)

// fileTime is how long a file may take to be read by who asked for it.
const fileTime = 15 * time.Minute

// strangerLimit is how large a form may be, in bytes, of who shows no session: room is made for a body as it is announced, and a
// thousand that never come would fill the memory. Sign-in and its like hold a few lines.
const strangerLimit = 32 << 10

// uploadTime is how long a body may take to arrive that may be larger than the portal's megabyte.
const uploadTime = 2 * time.Minute

// sized is a route that declares how large a body it takes.
type sized struct {
	path string // as it was declared
	most int    // bytes
}

// heed lets event streams last, and says how large a body each address takes: whatever is larger is refused unread. More than
// a few lines is for who shows the id of a session, which is signed.
func (p *Portal) heed(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	path, _, _ := strings.Cut(string(h.RequestURI()), "?")
	if path == eventsPath {
		return fasthttp.RequestConfig{WriteTimeout: streamTime}
	}
	if !h.IsPost() {
		if slices.ContainsFunc(p.large, func(large string) bool { return matches(path, large) }) {
			return fasthttp.RequestConfig{WriteTimeout: fileTime}
		}
		return fasthttp.RequestConfig{}
	}
	most := bodyLimit
	if i := slices.IndexFunc(p.sized, func(s sized) bool { return matches(path, s.path) }); i >= 0 {
		most = p.sized[i].most
	}
	if !p.signer.Valid(string(h.Cookie(p.cookieName()))) { // a body is read before anybody is asked who they are
		most = min(most, strangerLimit)
	}
	if most <= bodyLimit {
		return fasthttp.RequestConfig{MaxRequestBodySize: most}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: most, ReadTimeout: uploadTime}
}

// matches reports whether an address is one of the route's.
func matches(address, route string) bool {
	return fiber.RoutePatternMatch(address, route, fiber.Config{CaseSensitive: true, StrictRouting: true})
}

// known answers for Fiber, which has no page and no headers for a method it has never heard of.
func (p *Portal) known(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(r *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(r.Method())) {
			next(r)
			if p.leaving.Load() {
				r.SetConnectionClose()
			}
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
	if errors.Is(err, fiber.ErrRequestTimeout) { // no person waits for it any more, and a thousand pages at once hold up others
		return c.Status(fiber.StatusRequestTimeout).SendString("The request took too long to arrive.\n")
	}
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
