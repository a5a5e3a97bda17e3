package app

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// requestTime is how long a request may take: neither a hung database nor a lost browser holds a worker.
const requestTime = 10 * time.Second

// bodyLimit is how large a form may be, in bytes.
const bodyLimit = 1 << 20

// build makes the web server: what happens to every request, then the features' routes.
func (p *Portal) build() error {
	if err := p.openSessions(); err != nil {
		return err
	}
	p.frame = p.makeFrame()
	p.layouts = cache.Statistics[[]byte](p.Cache, "app.layout")
	p.web = fiber.New(fiber.Config{
		AppName: "Portal", DisableStartupMessage: true,
		Immutable:     true, // else strings are views into buffers that the next request writes over
		CaseSensitive: true, StrictRouting: true,
		BodyLimit: bodyLimit, ReadBufferSize: 16 << 10,
		ReadTimeout: 10 * time.Second, WriteTimeout: writeTime, IdleTimeout: 60 * time.Second,
		ErrorHandler: p.unread,
	})
	server := p.web.Server()
	server.Handler = p.known(server.Handler)
	server.HeaderReceived = p.heed
	server.CloseOnShutdown = true // else a browser sends its next request into a connection that is being closed
	for _, network := range p.Config.TrustedProxies {
		p.proxies = append(p.proxies, parseNetwork(network))
	}
	p.web.Use(p.outermost, p.secure)
	p.web.Get("/assets/*", p.asset)
	p.web.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	p.web.Get("/readyz", p.ready)
	p.web.Get("/metrics", p.showMetrics)
	p.web.Get("/.well-known/security.txt", p.securityText)
	p.web.Use(preferGzip, compress.New(compress.Config{
		Level: compress.LevelBestSpeed,
		Next:  func(c *fiber.Ctx) bool { return c.Path() == eventsPath },
	}))
	p.web.Use(p.begin, p.guardForms)
	if err := p.mount(); err != nil {
		return err
	}
	p.web.Use(func(*fiber.Ctx) error { return fault.New(fault.NotFound, "There is no such page.") })
	return nil
}

// preferGzip leaves Brotli to the files that are compressed once: at the speed that a page allows it is
// no smaller than gzip, and a third slower. Who takes no gzip gets the page as it is.
func preferGzip(c *fiber.Ctx) error {
	if web.Takes(c, "gzip") {
		c.Request().Header.Set(fiber.HeaderAcceptEncoding, "gzip")
	} else {
		c.Request().Header.Del(fiber.HeaderAcceptEncoding)
	}
	return c.Next()
}

// eventsPath is the stream of changes; it is neither compressed nor counted as somebody's work.
const eventsPath = "/events"

// outermost gives the request its number, catches panics, and logs and counts the answer.
func (p *Portal) outermost(c *fiber.Ctx) (err error) {
	began := time.Now()
	id := strings.ToLower(rand.Text()[:10])
	c.Locals("request", id)
	c.Set("X-Request-Id", id)
	c.SetUserContext(auth.With(c.UserContext(), &auth.Viewer{Zone: time.UTC, Theme: "system", Request: id}))
	web.Around(c, p.frame)
	defer func() {
		if r := recover(); r != nil {
			p.Log.Error("panic", "request", id, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fault.New(fault.Broken, "Something went wrong on our side.")
		}
		trouble := data.Trouble(err)
		if trouble != nil {
			err = trouble
		}
		if (trouble != nil || errors.Is(err, context.DeadlineExceeded)) && web.Wrote(c.UserContext()) {
			err = data.Unsure(err) // what was written before is kept, whatever failed then
		}
		if err != nil {
			p.logFailure(c, id, err)
			err = web.Fail(c, err)
		}
		p.metrics.count(c, time.Since(began))
	}()
	return c.Next()
}

// logFailure keeps what the person is not shown.
func (p *Portal) logFailure(c *fiber.Ctx, id string, err error) {
	level := slog.LevelDebug
	f := fault.Of(err)
	var fe *fiber.Error
	if f.Kind == fault.Broken && !errors.As(err, &fe) || f.Kind == fault.Away || f.Kind == fault.Unsure {
		level = slog.LevelError
	}
	p.Log.Log(c.UserContext(), level, "request failed", "request", id, "method", c.Method(), "path", p.loggedPath(c.Path()),
		"user", auth.From(c.UserContext()).Real().Username, "error", err)
}

// loggedPath is an address without the token of a link: who reads the log must not open the account, or a feed, with it.
func (p *Portal) loggedPath(path string) string {
	for _, begin := range p.secret {
		if strings.HasPrefix(path, begin) {
			return begin + "…"
		}
	}
	return path
}

// policy is the same for every answer: scripts, styles and pictures come from this portal alone.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'; manifest-src 'self'"

// guard sends the headers that browsers guard people by.
func guard(c *fiber.Ctx) {
	h := &c.Response().Header
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("X-XSS-Protection", "1; mode=block")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

// secure guards every answer, and in production insists on HTTPS.
func (p *Portal) secure(c *fiber.Ctx) error {
	guard(c)
	if !p.Config.Production() {
		return c.Next()
	}
	if p.overHTTPS(c) {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000; includeSubDomains")
		return c.Next()
	}
	if path := c.Path(); path == "/healthz" || path == "/readyz" || path == "/metrics" {
		return c.Next() // asked for by machines beside the portal
	}
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		return fault.New(fault.Forbidden, "This portal takes forms over HTTPS only, at %s.", p.Config.BaseURL)
	}
	return c.Redirect(p.Config.BaseURL+string(c.Request().URI().RequestURI()), fiber.StatusPermanentRedirect)
}

// overHTTPS believes the header only from a trusted proxy.
func (p *Portal) overHTTPS(c *fiber.Ctx) bool {
	return c.Context().IsTLS() || p.trusted(remote(c)) && c.Get(fiber.HeaderXForwardedProto) == "https"
}

type netPrefix = netip.Prefix

// parseNetwork reads what the settings have checked.
func parseNetwork(s string) netip.Prefix {
	if n, err := netip.ParsePrefix(s); err == nil {
		return n
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Prefix{}
	}
	return netip.PrefixFrom(a, a.BitLen())
}

func (p *Portal) trusted(a netip.Addr) bool {
	for _, n := range p.proxies {
		if n.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

func remote(c *fiber.Ctx) netip.Addr {
	if tcp, ok := c.Context().RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

// address is where the request came from: the last hop in X-Forwarded-For that is no proxy of ours.
// What stands to the left of it was written by whoever sent it. A proxy may add a line of its own below one that
// was sent, so all lines count.
func (p *Portal) address(c *fiber.Ctx) string {
	from := remote(c)
	var hops []string
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		hops = append(hops, strings.Split(string(line), ",")...)
	}
	for i := len(hops) - 1; i >= 0 && p.trusted(from); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = next.Unmap()
	}
	return from.String()
}

// begin puts who is asking, their zone and the form's token into the request, and a deadline on it.
func (p *Portal) begin(c *fiber.Ctx) error {
	if !p.knownMethod(c.Method()) {
		return fiber.ErrMethodNotAllowed
	}
	ctx, cancel := web.Patiently(context.Background(), requestTime)
	defer func() {
		cancel()
		c.SetUserContext(context.WithoutCancel(c.UserContext())) // the error page is drawn after this
	}()
	s, err := p.session(ctx, c)
	if err != nil {
		return err
	}
	v, token := s.viewer, p.token(s.bound)
	v.Address, v.Request = p.address(c), fmt.Sprint(c.Locals("request"))
	ctx = auth.With(ctx, v)
	ctx = components.With(ctx, components.Env{Token: token, Zone: v.Zone, Now: p.DB.Now(), Heard: p.Hub.Moment()})
	c.SetUserContext(ctx)
	c.Locals("token", token)
	return c.Next()
}

func (p *Portal) knownMethod(m string) bool {
	return m == fiber.MethodGet || m == fiber.MethodHead || m == fiber.MethodPost
}

// token is what every form carries: it holds for one session alone, and nothing is stored for it.
func (p *Portal) token(bound string) string {
	m := hmac.New(sha256.New, []byte("form|"+p.Config.SecretKey))
	m.Write([]byte(bound))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

// guardForms refuses a write that did not come from one of our own pages.
func (p *Portal) guardForms(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodPost {
		return c.Next()
	}
	// No browser packs a form, and a megabyte may unpack to a thousand: to read it would end the whole server.
	if len(c.Request().Header.ContentEncoding()) > 0 {
		return fault.New(fault.Unsupported, "Send this form as it is, not compressed.")
	}
	if !p.sameOrigin(c) {
		return fault.New(fault.Forbidden, "This form came from another site, so nothing was done.")
	}
	sent := c.Get("X-CSRF-Token")
	if sent == "" {
		sent = web.Value(c, "_csrf")
	}
	want, _ := c.Locals("token").(string)
	if !hmac.Equal([]byte(sent), []byte(want)) {
		return fault.New(fault.Forbidden, "This page is too old to send. Reload it and try again.")
	}
	return c.Next()
}

func (p *Portal) sameOrigin(c *fiber.Ctx) bool {
	if site := c.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin" || site == "none"
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return true // no browser; the token still has to be right
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && (origin == p.Config.BaseURL || u.Host == string(c.Request().Host()))
}
