package admin

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/mail"
	"portal/app/web"
	"portal/components"
)

// page reads all that the page of the address's account shows, in six queries.
func (h userHandlers) page(c *fiber.Ctx) (userPage, error) {
	ctx := c.UserContext()
	p := userPage{me: auth.From(ctx), now: h.DB.Now(), roles: h.Gate.Access().RoleNames()}
	id, err := web.ID(c, "id")
	if err != nil {
		return p, errNoUser()
	}
	if p.user, err = h.Users.ByID(ctx, id); err != nil {
		return p, err
	}
	p.form = userFormOf(p.user)
	grants, err := h.Users.Grants(ctx, id)
	if err != nil {
		return p, err
	}
	p.grants = grants[id]
	if p.signIns, err = h.Users.SignIns(ctx, id); err != nil {
		return p, err
	}
	if p.log, err = h.store.SignIns(ctx, id); err != nil {
		return p, err
	}
	if p.factor, err = h.Factors.Of(ctx, id); err != nil {
		return p, err
	}
	for _, r := range h.Gate.Access().FactorRoles() {
		if slices.ContainsFunc(p.grants, func(g auth.Grant) bool { return g.RoleID == r.ID && !g.Ended(p.now) }) {
			p.needs = r.Name
		}
	}
	p.mail = h.Mail.Known() && mail.Good(p.user.Email) && p.user.Local() && p.user.LockedAt == nil
	p.changes, err = h.store.Changes(ctx, id)
	return p, err
}

func errNoUser() error { return fault.New(fault.NotFound, "There is no such account.") }

func (h userHandlers) show(c *fiber.Ctx) error {
	p, err := h.page(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: p.user.Name, Body: userShowPage(p)})
}

// again shows the account's page with what is wrong in one of its forms; other errors are answered as ever.
func (h userHandlers) again(c *fiber.Ctx, err error, form string, fill func(*userPage)) error {
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	p, readErr := h.page(c)
	if readErr != nil {
		return readErr
	}
	p.where, p.wrong, p.said = form, fault.Of(err).Fields, fault.Of(err).Public
	fill(&p)
	return web.Retry(c, err, web.Page{Title: p.user.Name, Body: userShowPage(p)})
}

// save writes the details. When somebody else changed the same ones, the person chooses.
func (h userHandlers) save(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	var f userForm
	if err = web.Bind(c, &f); err == nil {
		_, err = h.Users.Edit(c.UserContext(), id, f.Version, f.details())
	}
	if clash, ok := data.ClashOf(err); ok {
		v := web.ClashOfForm(c, clash, userPath(id), userPath(id))
		v.Crumbs = []components.Link{{Label: "Users", URL: usersPath}}
		return web.AskClash(c, err, v)
	}
	if err != nil {
		return h.again(c, err, "details", func(p *userPage) { p.form = f })
	}
	return web.Done(c, web.Result{Back: userPath(id), Toast: f.Name + " is saved."})
}

// lock shuts the account out, with the reason of the form.
func (h userHandlers) lock(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	if err := h.Users.Shut(c.UserContext(), id, web.Value(c, "reason")); err != nil {
		return h.again(c, err, "lock", func(*userPage) {})
	}
	return web.Done(c, web.Result{Back: userPath(id), Toast: "The account is locked; all its sessions have ended.", Undo: userPath(id) + "/unlock"})
}

func (h userHandlers) unlock(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	if err := h.Users.Unlock(c.UserContext(), id); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: userPath(id), Toast: "The account is open again."})
}

// grant gives a role, or another term to one that is held.
func (h userHandlers) grant(c *fiber.Ctx) error {
	ctx := c.UserContext()
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	var f grantForm
	err = web.Bind(c, &f)
	var until clock.Day
	if err == nil {
		if until, err = clock.ParseDay(f.Until, clock.DayOf(h.DB.Now(), auth.From(ctx).Zone)); err != nil {
			err = fault.Field("until", "%s.", err)
		}
	}
	if err == nil {
		err = h.Users.SetGrant(ctx, id, f.Role, auth.Term{Until: until, Reason: f.Reason})
	}
	if err != nil {
		return h.again(c, err, "grant", func(p *userPage) { p.grant = f })
	}
	toast := "The role " + f.Role + " is granted."
	if until != "" {
		toast = "The role " + f.Role + " is granted through " + userDay(until) + "."
	}
	return web.Done(c, web.Result{Back: web.Local(web.Value(c, "back"), userPath(id)), Toast: toast})
}

func (h userHandlers) revoke(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	role := web.Value(c, "role")
	if err := h.Users.Take(c.UserContext(), id, role); err != nil {
		return h.again(c, err, "grant", func(*userPage) {})
	}
	return web.Done(c, web.Result{Back: web.Local(web.Value(c, "back"), userPath(id)), Toast: "The role " + role + " is revoked."})
}

func (h userHandlers) endSession(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	session, err := web.ID(c, "session")
	if err != nil {
		return err
	}
	if err := h.Users.MayChange(c.UserContext(), id); err != nil {
		return err
	}
	if err := h.Users.End(c.UserContext(), id, session); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: userPath(id), Toast: "That session has ended."})
}

func (h userHandlers) endSessions(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	n, err := h.Users.EndAllOf(c.UserContext(), id, 0)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: userPath(id), Toast: components.Plural(n, "session") + " ended."})
}

// link makes another link to set the password by; older ones end.
func (h userHandlers) link(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	row, err := h.Users.ByID(c.UserContext(), id)
	if err != nil {
		return err
	}
	if err := h.Users.MayChange(c.UserContext(), id); err != nil {
		return err
	}
	if row.Source != "local" {
		return fault.New(fault.Conflict, "%s signs in by the company's directory; the password is changed there.", row.Name)
	}
	return h.showLink(c, row, false)
}

// mailLink mails the person a link to set the password by; older ones end.
func (h userHandlers) mailLink(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	row, err := h.Users.ByID(c.UserContext(), id)
	if err != nil {
		return err
	}
	if err := h.Users.MailPasswordLink(c.UserContext(), id); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: userPath(id), Toast: "A link to set the password is mailed to " + row.Email + "."})
}

// resetFactor takes away the second factor of somebody who has lost it.
func (h userHandlers) resetFactor(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoUser()
	}
	row, err := h.Users.ByID(c.UserContext(), id)
	if err != nil {
		return err
	}
	if err := h.Users.ResetFactor(c.UserContext(), row.Username); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: userPath(id), Toast: "The second factor of " + row.Name + " is reset."})
}
