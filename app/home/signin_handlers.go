package home

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/setting"
	"portal/app/web"
)

type signInHandlers struct {
	Kit
	turns *turns // of codes that are checked
}

// signInForm is what a person signs in with. Nothing is trimmed from the password.
type signInForm struct {
	Name     string `form:"name" validate:"required,max=200"`
	Password string `form:"password" validate:"required,max=1000"`
	Keep     bool   `form:"keep"`
	Next     string `form:"next"`
}

func bare(title string, body templ.Component) web.Page {
	return web.Page{Title: title, Body: body, Bare: true}
}

// form shows the sign-in page, or leads on who is signed in already.
func (h signInHandlers) form(c *fiber.Ctx) error {
	next := web.Local(c.Query("next"), "/")
	if auth.From(c.UserContext()).Known() {
		return c.Redirect(next, fiber.StatusSeeOther)
	}
	return web.Show(c, bare("Sign in", signInPage(h.offer(), signInForm{Next: next}, nil)))
}

// signInOffer is what the settings put on the sign-in page.
type signInOffer struct {
	notice string // empty for none
	keep   bool   // "keep me signed in" is offered
}

func (h signInHandlers) offer() signInOffer {
	return signInOffer{setting.Notice.Of(h.Settings), setting.Keep.Of(h.Settings)}
}

// wrong is the same for an unknown name, a wrong password and a locked account.
const wrong = "The name or the password is wrong."

// signIn checks name and password. Whatever is wrong, the answer and the time it takes are the same.
func (h signInHandlers) signIn(c *fiber.Ctx) error {
	var f signInForm
	if err := web.Bind(c, &f); err != nil {
		return web.Retry(c, err, bare("Sign in", signInPage(h.offer(), f, fault.Of(err).Fields)))
	}
	user, err := h.check(c, f)
	switch {
	case fault.Is(err, fault.Invalid), fault.Is(err, fault.TooMany), fault.Is(err, fault.Conflict), fault.Is(err, fault.Away):
		return web.Retry(c, err, bare("Sign in", signInPage(h.offer(), f, map[string]string{"": fault.Of(err).Public})))
	case err != nil:
		return err
	}
	f.Keep = f.Keep && setting.Keep.Of(h.Settings)
	if asked, err := h.askCode(c, user, f); asked || err != nil {
		return err
	}
	if err := h.Sessions.Begin(c, user, f.Keep); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: web.Local(f.Next, "/")})
}

func (h signInHandlers) check(c *fiber.Ctx, f signInForm) (auth.User, error) {
	ctx := c.UserContext()
	address := auth.From(ctx).Address
	if err := h.free(ctx, f.Name, address); err != nil {
		return auth.User{}, err
	}
	user, err := h.Users.ByLogin(ctx, strings.TrimSpace(f.Name))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return user, err
	}
	if !user.Local() {
		user.PasswordHash = "" // a directory's account has one password, the directory's
	}
	ok, renew, err := h.Passwords.Verify(ctx, user.PasswordHash, f.Password)
	if fault.Is(err, fault.TooMany) {
		return user, err
	}
	if err != nil {
		return user, fault.New(fault.Away, "The portal is very busy. Please try again in a moment.").Because(err)
	}
	// Once more: of many that came at once, those that waited for their turn to be verified learn nothing.
	if err := h.free(ctx, f.Name, address); err != nil {
		return auth.User{}, err
	}
	if h.elsewhere(user) {
		if user, ok, err = h.byDirectory(ctx, user, f.Name, f.Password); err != nil {
			return user, err
		}
	}
	if !ok || user.LockedAt != nil {
		if err := h.Throttle.Failed(ctx, f.Name, address); err != nil {
			return user, err
		}
		h.Log.Info("sign-in failed", "name", f.Name, "address", address, "request", auth.From(ctx).Request)
		if err := h.Users.Failed(ctx, user, f.Name); err != nil {
			return user, err
		}
		return user, &fault.Error{Kind: fault.Invalid, Public: wrong}
	}
	if renew && user.Local() {
		hash, err := h.Passwords.Hash(ctx, f.Password)
		if err != nil {
			return user, err
		}
		if err := h.Users.Renew(ctx, user.ID, user.PasswordHash, hash); err != nil {
			return user, err
		}
	}
	return user, h.Throttle.Succeeded(ctx, f.Name, address)
}

// free refuses who has to wait after too many failures.
func (k Kit) free(ctx context.Context, account, address string) error {
	wait, err := k.Throttle.Wait(ctx, account, address)
	if err != nil || wait == 0 {
		return err
	}
	e := fault.New(fault.TooMany, "Too many attempts. Wait %s and try again.", human(wait))
	e.Wait = wait
	return e
}

func human(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d seconds", int(d.Seconds())+1)
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes())+1)
}

func (h signInHandlers) signOut(c *fiber.Ctx) error {
	if err := h.Sessions.End(c); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/login", Toast: "You are signed out."})
}

// newPerson is what the first administrator fills in.
type newPerson struct {
	Username string `form:"username" validate:"required,max=64"`
	Name     string `form:"name" validate:"required,max=200"`
	Email    string `form:"email" validate:"omitempty,email,max=200"`
	Password string `form:"password"`
	Again    string `form:"again" validate:"eqfield=Password"`
}

func (h signInHandlers) openLink(c *fiber.Ctx, purpose string) (int64, error) {
	got, user, err := h.Users.OpenLink(c.UserContext(), c.Params("token"))
	if err == nil && got != purpose {
		err = fault.New(fault.NotFound, "This link is for something else.")
	}
	return user, err
}

func (h signInHandlers) welcome(c *fiber.Ctx) error {
	if _, err := h.openLink(c, auth.FirstAdmin); err != nil {
		return welcomeEnded(c, err)
	}
	return web.Show(c, bare("Welcome", welcomePage(newPerson{}, nil)))
}

// welcomeEnded answers a link to the first account that works no more.
func welcomeEnded(c *fiber.Ctx, err error) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return web.ShowAs(c, fiber.StatusNotFound, bare("This link has ended", welcomeEndedPage(fault.Of(err).Public)))
}

func (h signInHandlers) makeFirst(c *fiber.Ctx) error {
	if _, err := h.openLink(c, auth.FirstAdmin); err != nil {
		return welcomeEnded(c, err)
	}
	var f newPerson
	err := web.Bind(c, &f)
	if err == nil {
		err = weak(f.Password, f.Username, f.Name, f.Email)
	}
	var user auth.User
	if err == nil {
		var hash string
		if hash, err = h.Passwords.Hash(c.UserContext(), f.Password); err != nil {
			return err
		}
		user, err = h.Users.CreateFirst(c.UserContext(), c.Params("token"), auth.NewUser{
			Username: f.Username, Name: f.Name, Email: f.Email, PasswordHash: hash,
		})
	}
	switch {
	case fault.Is(err, fault.Invalid):
		return web.Retry(c, err, bare("Welcome", welcomePage(f, fault.Of(err).Fields)))
	case err != nil:
		return err
	}
	if err := h.Sessions.Begin(c, user, false); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/", Toast: "Welcome, " + user.Name + ". You are this portal's first administrator."})
}

func weak(password string, own ...string) error {
	if said := auth.Weak(password, own...); said != "" {
		return fault.Field("password", "%s", said)
	}
	return nil
}

// newPassword is a password chosen by link.
type newPassword struct {
	Password string `form:"password"`
	Again    string `form:"again" validate:"eqfield=Password"`
}

func (h signInHandlers) setForm(c *fiber.Ctx) error {
	user, err := h.linked(c)
	if fault.Is(err, fault.NotFound) {
		return ended(c, err)
	}
	if err != nil {
		return err
	}
	return web.Show(c, bare("Set your password", setPasswordPage(user.Username, nil)))
}

// linked is the account that the address's link sets the password of.
func (h signInHandlers) linked(c *fiber.Ctx) (auth.User, error) {
	id, err := h.openLink(c, auth.SetPasswordFor)
	if err != nil {
		return auth.User{}, err
	}
	return h.Users.ByID(c.UserContext(), id)
}

func (h signInHandlers) set(c *fiber.Ctx) error {
	user, err := h.linked(c)
	if fault.Is(err, fault.NotFound) {
		return ended(c, err)
	}
	if err != nil {
		return err
	}
	var f newPassword
	err = web.Bind(c, &f)
	if err == nil {
		err = weak(f.Password, user.Username, user.Name, user.Email)
	}
	if fault.Is(err, fault.Invalid) {
		return web.Retry(c, err, bare("Set your password", setPasswordPage(user.Username, fault.Of(err).Fields)))
	}
	if err != nil {
		return err
	}
	hash, err := h.Passwords.Hash(c.UserContext(), f.Password)
	if err != nil {
		return err
	}
	_, err = h.Users.SetPasswordBy(c.UserContext(), c.Params("token"), hash)
	if fault.Is(err, fault.NotFound) {
		return ended(c, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/login", Toast: "Your password is set. Sign in with it."})
}
