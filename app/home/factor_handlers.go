package home

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
)

type factorHandlers struct{ Kit }

// WithoutFactor reports whether a route is open to who must set up a second factor first.
func WithoutFactor(route string) bool {
	for _, node := range []string{"home.signin", "home.account.factor", "home.account.confirm"} {
		if route == node || strings.HasPrefix(route, node+".") {
			return true
		}
	}
	return false
}

// LeadToFactor sends who must have a second factor to where it is set up.
func LeadToFactor(c *fiber.Ctx) error {
	to := "/second-factor/set-up?next=" + url.QueryEscape(web.Asked(c))
	if c.Method() == fiber.MethodPost {
		return web.Lead(c, to, "Set up a second factor first. Nothing was changed.")
	}
	return web.Lead(c, to, "")
}

// show is the state of one's own second factor.
func (h factorHandlers) show(c *fiber.Ctx) error {
	v := auth.From(c.UserContext())
	f, err := h.Factors.Of(c.UserContext(), v.ID)
	if err != nil {
		return err
	}
	return web.Show(c, h.page(c, factorView{Factor: f, Role: v.FactorRole()}))
}

// factorView is what the page of one's second factor shows.
type factorView struct {
	auth.Factor
	Role  string // that requires one; empty for none
	Wrong map[string]string
}

func (h factorHandlers) page(c *fiber.Ctx, f factorView) web.Page {
	return web.Page{Title: "Second factor", Body: factorPage(f), Bare: auth.From(c.UserContext()).NeedsFactor()}
}

// setupForm is the first code of a phone.
type setupForm struct {
	Code  string `form:"code" validate:"required,max=60"`
	Setup string `form:"setup" validate:"required,max=400"`
	Next  string `form:"next"`
}

// setupView is what the set-up page shows.
type setupView struct {
	auth.Setup
	Next  string
	Role  string // that requires it; empty when it is the person's wish
	Moves bool   // there is one already, on another phone
	Wrong map[string]string
}

// setUp shows a new secret; nothing is kept of it until a code comes back.
func (h factorHandlers) setUp(c *fiber.Ctx) error {
	v := auth.From(c.UserContext())
	setup := h.Factors.New(auth.User{ID: v.ID, Username: v.Username})
	return web.Show(c, h.setupPage(c, setupView{Setup: setup, Next: web.Local(c.Query("next"), "/second-factor")}))
}

func (h factorHandlers) setupPage(c *fiber.Ctx, s setupView) web.Page {
	v := auth.From(c.UserContext())
	s.Moves = v.Factor
	if v.NeedsFactor() {
		s.Role = v.FactorRole()
	}
	return web.Page{Title: "Set up a second factor", Body: setupPage(s), Bare: v.NeedsFactor()}
}

// begin switches the second factor on, and shows the recovery codes this once.
func (h factorHandlers) begin(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v := auth.From(ctx)
	var f setupForm
	err := web.Bind(c, &f)
	f.Next = web.Local(f.Next, "/second-factor")
	user, e := h.Users.ByID(ctx, v.ID)
	if e != nil {
		return e
	}
	setup, e := h.Factors.Again(user, f.Setup)
	if e != nil {
		setup, err = h.Factors.New(user), fault.Field("code", "%s", fault.Of(e).Public)
	}
	var codes []string
	if err == nil {
		codes, err = h.Factors.Begin(ctx, user, setup, f.Code, v.SignIn)
	}
	if fault.Is(err, fault.Invalid) {
		return web.Retry(c, err, h.setupPage(c, setupView{Setup: setup, Next: f.Next, Wrong: fault.Of(err).Fields}))
	}
	if err != nil {
		return err
	}
	if err := h.Sessions.Renew(c); err != nil {
		return err
	}
	return h.showCodes(c, codesView{Codes: codes, Next: f.Next, Fresh: true})
}

// codesView is what the page of recovery codes shows.
type codesView struct {
	Codes []string
	Next  string
	Fresh bool // the second factor has just been switched on
}

// text is the codes as a file.
func (v codesView) text() string {
	return "data:text/plain;charset=utf-8," + url.PathEscape("Recovery codes for Portal. Each works once.\n\n"+strings.Join(v.Codes, "\n")+"\n")
}

func (h factorHandlers) showCodes(c *fiber.Ctx, v codesView) error {
	return web.Show(c, web.Page{Title: "Recovery codes", Body: codesPage(v), Bare: auth.From(c.UserContext()).NeedsFactor()})
}

// codes makes new recovery codes, and shows them this once.
func (h factorHandlers) codes(c *fiber.Ctx) error {
	all, err := h.Factors.Renew(c.UserContext(), auth.From(c.UserContext()).ID)
	if err != nil {
		return err
	}
	return h.showCodes(c, codesView{Codes: all, Next: "/second-factor"})
}

// end switches the second factor off, for who gives the password and has no role that requires one.
func (h factorHandlers) end(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v := auth.From(ctx)
	_, err := h.confirmed(ctx, web.Value(c, "password"))
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooMany) {
		f, e := h.Factors.Of(ctx, v.ID)
		if e != nil {
			return e
		}
		return web.Retry(c, err, h.page(c, factorView{Factor: f, Role: v.FactorRole(), Wrong: map[string]string{"password": fault.Of(err).Public}}))
	}
	if err == nil {
		err = h.Users.EndFactor(ctx, v)
	}
	if err == nil {
		err = h.Sessions.Renew(c)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/second-factor", Toast: "The second factor is off. Your password alone signs you in now."})
}

// qrPath draws the text as a QR code: one square a module, in a grid of size by size.
func qrPath(text string) (path string, size int, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return "", 0, err
	}
	size = code.Bounds().Dx()
	var b strings.Builder
	for y := range size {
		for x := range size {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				b.WriteString("M" + strconv.Itoa(x) + " " + strconv.Itoa(y) + "h1v1h-1z")
			}
		}
	}
	return b.String(), size, nil
}

// qrBox is the view box of a code with the four empty modules around it that readers need.
func qrBox(size int) string { return "-4 -4 " + strconv.Itoa(size+8) + " " + strconv.Itoa(size+8) }
