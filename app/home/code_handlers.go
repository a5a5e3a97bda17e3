package home

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
)

// halfway is somebody whose password was right, on the way to their second factor. It travels in a sealed cookie of
// that browser: nobody is signed in by it, and nothing is stored.
type halfway struct {
	User    int64      `json:"user"`
	Changed *time.Time `json:"changed"` // users.password_changed_at as it was
	Keep    bool       `json:"keep"`
	Until   int64      `json:"until"` // unix seconds
}

// halfwayLife is how long the second step may take.
const halfwayLife = 5 * time.Minute

const halfwayBound = "sign-in step"

// halfwayCookie has the prefix over HTTPS by which browsers keep other hosts from setting it.
func (k Kit) halfwayCookie() string {
	if k.Config.HTTPS() {
		return "__Host-portal_step"
	}
	return "portal_step"
}

func (k Kit) sendHalfway(c *fiber.Ctx, value string, life time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: k.halfwayCookie(), Value: value, Path: "/", MaxAge: int(life.Seconds()), HTTPOnly: true,
		Secure: k.Config.HTTPS(), SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// askCode leads somebody with a second factor to the page that asks for it; it reports whether it did.
func (h signInHandlers) askCode(c *fiber.Ctx, user auth.User, f signInForm) (bool, error) {
	factor, err := h.Factors.Of(c.UserContext(), user.ID)
	if err != nil || !factor.On {
		return false, err
	}
	raw, err := json.Marshal(halfway{user.ID, user.PasswordChangedAt, f.Keep, h.DB.Now().Add(halfwayLife).Unix()})
	if err != nil {
		return false, fmt.Errorf("second step: %w", err)
	}
	h.sendHalfway(c, h.Box.Seal(halfwayBound, string(raw)), halfwayLife)
	return true, web.Done(c, web.Result{Back: codePath(web.Local(f.Next, "/"))})
}

func codePath(next string) string { return "/login/code?next=" + url.QueryEscape(next) }

// halfway is who is on the way in this browser, as the account was when its password was right; false for nobody.
func (h signInHandlers) halfway(c *fiber.Ctx) (auth.User, halfway, bool, error) {
	var w halfway
	raw, err := h.Box.Open(halfwayBound, c.Cookies(h.halfwayCookie()))
	if err != nil || json.Unmarshal([]byte(raw), &w) != nil || h.DB.Now().Unix() >= w.Until {
		return auth.User{}, w, false, nil
	}
	user, err := h.Users.ByID(c.UserContext(), w.User)
	if fault.Is(err, fault.NotFound) {
		return user, w, false, nil
	}
	user.PasswordChangedAt = w.Changed
	return user, w, err == nil, err
}

// late leads back to the first step.
func (h signInHandlers) late(c *fiber.Ctx, next string) error {
	h.sendHalfway(c, "", -time.Second)
	return web.Done(c, web.Result{Back: "/login?next=" + url.QueryEscape(next), Toast: "That took too long. Please sign in again."})
}

// codeForm is the kind of form that gives a code.
type codeForm struct {
	Code string `form:"code" validate:"required,max=60"`
	Next string `form:"next"`
}

func (h signInHandlers) codeForm(c *fiber.Ctx) error {
	next := web.Local(c.Query("next"), "/")
	if auth.From(c.UserContext()).Known() {
		return c.Redirect(next, fiber.StatusSeeOther)
	}
	if _, _, on, err := h.halfway(c); err != nil || !on {
		if err != nil {
			return err
		}
		return h.late(c, next)
	}
	return web.Show(c, bare("Second factor", codePage(codeForm{Next: next}, nil)))
}

// code signs in who gives the right code, under a new session.
func (h signInHandlers) code(c *fiber.Ctx) error {
	var f codeForm
	err := web.Bind(c, &f)
	f.Next = web.Local(f.Next, "/")
	user, way, on, wrongWay := h.halfway(c)
	switch {
	case wrongWay != nil:
		return wrongWay
	case !on:
		return h.late(c, f.Next)
	}
	if err == nil {
		err = h.checkCode(c, user, f.Code)
	}
	switch {
	case fault.Is(err, fault.NotFound): // taken away meanwhile
		return h.late(c, f.Next)
	case fault.Is(err, fault.Invalid):
		return web.Retry(c, err, bare("Second factor", codePage(f, fault.Of(err).Fields)))
	case fault.Is(err, fault.TooMany):
		return web.Retry(c, err, bare("Second factor", codePage(f, map[string]string{"": fault.Of(err).Public})))
	case err != nil:
		return err
	}
	if err := h.Sessions.Begin(c, user, way.Keep); err != nil {
		return err
	}
	h.sendHalfway(c, "", -time.Second)
	return web.Done(c, web.Result{Back: f.Next})
}

// checkCode takes the code, and counts a wrong one: for the account from wherever it comes, since only who knows the
// password gets here, and for the address.
func (h signInHandlers) checkCode(c *fiber.Ctx, user auth.User, code string) error {
	ctx := c.UserContext()
	own := "code|" + strconv.FormatInt(user.ID, 10)
	address := auth.From(ctx).Address
	free := func() error {
		if err := h.free(ctx, own, own); err != nil {
			return err
		}
		return h.free(ctx, "", address)
	}
	if err := free(); err != nil {
		return err
	}
	err := h.Factors.Check(ctx, user.ID, code)
	if !fault.Is(err, fault.Invalid) {
		if err == nil {
			err = h.Throttle.Succeeded(ctx, own, own)
		}
		return err
	}
	for _, at := range []string{own, address} {
		if err := h.Throttle.Failed(ctx, own, at); err != nil {
			return err
		}
	}
	h.Log.Info("second factor failed", "name", user.Username, "address", address, "request", auth.From(ctx).Request)
	if failed := h.Users.FailedCode(ctx, user); failed != nil {
		return failed
	}
	return err
}
