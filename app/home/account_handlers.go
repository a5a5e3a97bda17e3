package home

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

type accountHandlers struct{ Kit }

// passwordForm is a change of password.
type passwordForm struct {
	Old      string `form:"old" validate:"required,max=1000"`
	Password string `form:"password"`
	Again    string `form:"again" validate:"eqfield=Password"`
}

func (h accountHandlers) passwordForm(c *fiber.Ctx) error {
	user, err := h.Users.ByID(c.UserContext(), auth.From(c.UserContext()).ID)
	switch {
	case err != nil && !fault.Is(err, fault.NotFound): // a role that is viewed is nobody's account
		return err
	case err == nil && !user.Local():
		return web.Show(c, web.Page{Title: "Change password", Body: directoryPasswordPage()})
	}
	return web.Show(c, web.Page{Title: "Change password", Body: passwordPage(nil)})
}

// changePassword needs the old one; it ends every other session, and this one gets a new id.
func (h accountHandlers) changePassword(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v := auth.From(ctx)
	var f passwordForm
	err := web.Bind(c, &f)
	user := auth.User{}
	if err == nil {
		if user, err = h.confirmed(ctx, f.Old); fault.Is(err, fault.Invalid) {
			err = fault.Field("old", "This is not your present password.")
		}
	}
	if err == nil && !user.Local() {
		return web.ShowAs(c, fiber.StatusConflict, web.Page{Title: "Change password", Body: directoryPasswordPage()})
	}
	if err == nil {
		err = weak(f.Password, user.Username, user.Name, user.Email)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooMany) {
		fields := fault.Of(err).Fields
		if fields == nil {
			fields = map[string]string{"": fault.Of(err).Public}
		}
		return web.Retry(c, err, web.Page{Title: "Change password", Body: passwordPage(fields)})
	}
	if err != nil {
		return err
	}
	hash, err := h.Passwords.Hash(ctx, f.Password)
	if err != nil {
		return err
	}
	kept := h.Users.Kept(ctx, v.SignIn)
	if err := h.Users.SetPassword(ctx, v.ID, hash, 0); err != nil {
		return err
	}
	if user, err = h.Users.ByID(ctx, v.ID); err != nil {
		return err
	}
	if err := h.Sessions.Begin(c, user, kept); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/", Toast: "Your password is changed. All your other sessions have ended."})
}

func (h accountHandlers) sessions(c *fiber.Ctx) error {
	all, err := h.Users.SignIns(c.UserContext(), auth.From(c.UserContext()).ID)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "My sessions", Body: sessionsPage(all)})
}

func (h accountHandlers) endSession(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return err
	}
	v := auth.From(c.UserContext())
	if err := h.Users.End(c.UserContext(), v.ID, id); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/sessions", Toast: "That session has ended."})
}

// endOthers ends all sessions of the viewer but the one that asks.
func (h accountHandlers) endOthers(c *fiber.Ctx) error {
	v := auth.From(c.UserContext())
	n, err := h.Users.EndAllOf(c.UserContext(), v.ID, v.SignIn)
	if err != nil {
		return err
	}
	said := "No other session was open."
	if n > 0 {
		said = components.Plural(n, "other session") + " ended."
	}
	return web.Done(c, web.Result{Back: "/sessions", Toast: said})
}

func (h accountHandlers) theme(c *fiber.Ctx) error {
	if err := h.Users.SetTheme(c.UserContext(), auth.From(c.UserContext()).ID, web.Value(c, "theme")); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: web.Local(referer(c), "/")})
}

// referer is the path of the page the form stood on.
func referer(c *fiber.Ctx) string {
	return web.PathOf(c.Get(fiber.HeaderReferer))
}

func (h accountHandlers) avatar(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return err
	}
	kind, body, err := h.Users.Avatar(c.UserContext(), id)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderCacheControl, "private, max-age=2592000")
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return c.Send(body)
}
