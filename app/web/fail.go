package web

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/components"
)

// Fail turns an error into an answer; it is Fiber's ErrorHandler.
func Fail(c *fiber.Ctx, err error) error {
	f := faultOf(err)
	if f.Kind == fault.SignIn {
		return toSignIn(c, f)
	}
	Wait(c, f)
	p := problem(c, f)
	if IsFragment(c) {
		c.Set("HX-Reswap", "none") // what is on screen stays
		text := f.Public
		if f.Kind == fault.Broken {
			text += " (" + p.RequestID + ")"
		}
		return send(c, p.Status, Page{Body: templ.NopComponent}, []templ.Component{
			components.ToastOut(components.Toast{Text: text, Tone: "bad"}),
		})
	}
	// Menus and counts are asked of the database; of one that just did not answer in time, nothing more is.
	bare := f.Kind == fault.Away || !auth.From(c.UserContext()).Known()
	return send(c, p.Status, Page{Title: p.Title, Body: components.ErrorPage(p), Bare: bare}, nil)
}

// faultOf knows Fiber's own errors and a database that does not answer in time.
func faultOf(err error) *fault.Error {
	var fe *fiber.Error
	if errors.As(err, &fe) {
		switch fe.Code {
		case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
			return fault.New(fault.NotFound, "There is no such page.")
		case fiber.StatusRequestHeaderFieldsTooLarge:
			return fault.New(fault.TooLarge, "The request's head is too large. Remove this site's cookies and try again.")
		case fiber.StatusRequestEntityTooLarge:
			return fault.New(fault.TooLarge, "That is too large to be taken. A form may hold one megabyte, and a few lines of who is not signed in.")
		}
		if fe.Code >= 400 && fe.Code < 500 {
			return &fault.Error{Kind: fault.Invalid, Public: "The request could not be understood."}
		}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) { // by Patiently
		return fault.New(fault.Away, "The database does not answer. The page tries again by itself.").Because(err)
	}
	return fault.Of(err)
}

func toSignIn(c *fiber.Ctx, f *fault.Error) error {
	to := "/login"
	if c.Method() == fiber.MethodGet && !IsFragment(c) {
		to += "?next=" + url.QueryEscape(c.OriginalURL())
	} else if at := c.Get("HX-Current-URL"); at != "" {
		if u, err := url.Parse(at); err == nil {
			to += "?next=" + url.QueryEscape(u.RequestURI())
		}
	}
	if IsFragment(c) {
		c.Set("HX-Redirect", to)
		return c.SendStatus(fiber.StatusUnauthorized)
	}
	if c.OriginalURL() != "/" {
		keepFlash(c, components.Toast{Text: f.Public})
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// Lead answers with another page in place of what was asked for, and says why in a toast there; empty for no toast.
// To htmx the answer is 403: what is on screen stays until the other page comes.
func Lead(c *fiber.Ctx, to, said string) error {
	keepFlash(c, components.Toast{Text: said})
	if IsFragment(c) {
		c.Set("HX-Redirect", to)
		return c.SendStatus(fiber.StatusForbidden)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// Asked is the page that the browser is on, or asks for: a path of ours with its query, "/" when that is not known.
func Asked(c *fiber.Ctx) string {
	if IsFragment(c) {
		return Local(PathOf(c.Get("HX-Current-URL")), "/")
	}
	if c.Method() == fiber.MethodPost {
		return "/"
	}
	return Local(c.OriginalURL(), "/")
}

// Wait tells the browser when to try again, for a fault that says so.
func Wait(c *fiber.Ctx, f *fault.Error) {
	if f.Kind == fault.TooMany {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(f.Wait.Seconds())+1))
	}
	if f.Kind == fault.Away {
		c.Set(fiber.HeaderRetryAfter, "5")
	}
}

// kinds are each kind's status and the error page's heading.
var kinds = map[fault.Kind]struct {
	status int
	title  string
}{
	fault.Broken:      {fiber.StatusInternalServerError, "Something went wrong"},
	fault.NotFound:    {fiber.StatusNotFound, "Not found"},
	fault.SignIn:      {fiber.StatusUnauthorized, "Please sign in"},
	fault.Forbidden:   {fiber.StatusForbidden, "You may not do this"},
	fault.Conflict:    {fiber.StatusConflict, "Somebody else was faster"},
	fault.Invalid:     {fiber.StatusUnprocessableEntity, "That can't be used"},
	fault.TooLarge:    {fiber.StatusRequestEntityTooLarge, "Too large"},
	fault.TooMany:     {fiber.StatusTooManyRequests, "Too many attempts"},
	fault.Away:        {fiber.StatusServiceUnavailable, "Back in a moment"},
	fault.Unsure:      {fiber.StatusGatewayTimeout, "The database went away"},
	fault.Unsupported: {fiber.StatusUnsupportedMediaType, "That can't be read"},
}

func status(k fault.Kind) int { return kinds[k].status }

func problem(c *fiber.Ctx, f *fault.Error) components.Problem {
	v := auth.From(c.UserContext())
	p := components.Problem{
		Status: kinds[f.Kind].status, Title: kinds[f.Kind].title, Text: f.Public,
		RequestID: v.Request, Retry: f.Kind == fault.Away,
	}
	if help := frame(c).Help; help != nil {
		p.Contact = help()
	}
	// Only what the route refused is a question of roles; the sentence names them.
	if name, ok := c.Locals(routeKey).(string); ok && f.Kind == fault.Forbidden && v.Known() && !v.Can(name) {
		p.Why = v.Explain(name).Said()
		p.Ask = "Ask an administrator for one of these roles."
	}
	return p
}

const routeKey = "web.route"

// Named keeps the route's name with the request, for the error page.
func Named(c *fiber.Ctx, route string) { c.Locals(routeKey, route) }
