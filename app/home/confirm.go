package home

import (
	"context"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
)

// confirmLife is how long a password that was given is enough for what asks for it again.
const confirmLife = 10 * time.Minute

// confirmField is the password in a form that is sent again with it. No handler gets to see it.
const confirmField = "_confirm"

// Confirmer asks for the password again where a route wants that.
type Confirmer struct{ Kit }

// NewConfirmer makes it.
func NewConfirmer(k Kit) Confirmer { return Confirmer{k} }

// Pass reports whether the request may go on. When not, it is answered: a page leads to where the password is asked
// for; a form comes back with all that was filled in, and a field for the password.
func (h Confirmer) Pass(c *fiber.Ctx) (bool, error) {
	v := auth.From(c.UserContext())
	password := web.Take(c, confirmField)
	if h.DB.Now().Sub(v.Confirmed) < confirmLife {
		return true, nil
	}
	if v.Viewing() {
		return false, fault.New(fault.Forbidden, "This asks for your password again. Stop viewing the portal as %s first.", v.Whom())
	}
	if c.Method() != fiber.MethodPost {
		return false, web.Lead(c, "/confirm?next="+url.QueryEscape(web.Asked(c)), "")
	}
	if password == "" {
		return false, h.ask(c, fiber.StatusForbidden, "")
	}
	_, err := h.confirmed(c.UserContext(), password)
	switch f := fault.Of(err); {
	case err == nil:
		return true, h.Sessions.Confirm(c)
	case f.Kind == fault.Invalid:
		return false, h.ask(c, fiber.StatusUnprocessableEntity, f.Public)
	case f.Kind == fault.TooMany:
		web.Wait(c, f)
		return false, h.ask(c, fiber.StatusTooManyRequests, f.Public)
	}
	return false, err
}

// ask answers with the form that was sent, to be sent again with the password: in the page's dialog for a piece of
// a page, else as a page.
func (h Confirmer) ask(c *fiber.Ctx, status int, wrong string) error {
	fields, err := web.Fields(c)
	if err != nil {
		return err
	}
	again := confirmAgain{Action: c.OriginalURL(), Username: auth.From(c.UserContext()).Username, Wrong: wrong, Fields: fields}
	if _, err := c.MultipartForm(); err == nil { // the other encoding would make a long text longer than it may be
		again.Encoding = fiber.MIMEMultipartForm
	}
	if web.IsFragment(c) {
		c.Set("HX-Retarget", "#dialog-body")
		c.Set("HX-Reswap", "innerHTML")
		return web.ShowAs(c, status, web.Page{Body: confirmDialog(again)})
	}
	return web.ShowAs(c, status, web.Page{Title: "Your password, please", Body: confirmPage(again)})
}

// confirmAgain is a form on its way again, with the password.
type confirmAgain struct {
	Action, Username, Wrong string
	Encoding                string // of the form, empty for the usual one
	Fields                  []web.Sent
}

// confirmForm is the password given before a page is opened.
type confirmForm struct {
	Password string `form:"password" validate:"required,max=1000"`
	Next     string `form:"next"`
}

func (h accountHandlers) confirmForm(c *fiber.Ctx) error {
	return web.Show(c, h.confirmPage(c, confirmForm{Next: web.Local(c.Query("next"), "/")}, nil))
}

func (h accountHandlers) confirmPage(c *fiber.Ctx, f confirmForm, wrong map[string]string) web.Page {
	return web.Page{Title: "Your password, please", Body: confirmFirstPage(auth.From(c.UserContext()).Username, f, wrong)}
}

// confirmNow keeps that the password was given, and goes on to the page that asked for it.
func (h accountHandlers) confirmNow(c *fiber.Ctx) error {
	var f confirmForm
	err := web.Bind(c, &f)
	f.Next = web.Local(f.Next, "/")
	if err == nil {
		_, err = h.confirmed(c.UserContext(), f.Password)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooMany) {
		return web.Retry(c, err, h.confirmPage(c, f, map[string]string{"password": fault.Of(err).Public}))
	}
	if err != nil {
		return err
	}
	if err := h.Sessions.Confirm(c); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: f.Next})
}

// confirmed is the viewer's account, if the password is right. Wrong ones count as failed sign-ins.
// Errors: fault.Invalid for a wrong password; fault.TooMany after too many.
func (k Kit) confirmed(ctx context.Context, password string) (auth.User, error) {
	v := auth.From(ctx)
	if err := k.free(ctx, v.Username, v.Address); err != nil {
		return auth.User{}, err
	}
	user, err := k.Users.ByID(ctx, v.ID)
	if err != nil {
		return user, err
	}
	ok, err := k.right(ctx, user, password)
	if err != nil {
		return user, err
	}
	if err := k.free(ctx, v.Username, v.Address); err != nil {
		return auth.User{}, err
	}
	if !ok {
		if err := k.Throttle.Failed(ctx, v.Username, v.Address); err != nil {
			return user, err
		}
		k.Log.Info("a password asked for again was wrong", "name", v.Username, "address", v.Address, "request", v.Request)
		return user, fault.New(fault.Invalid, "This is not your password.")
	}
	return user, k.Throttle.Succeeded(ctx, v.Username, v.Address)
}
