package admin

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/mail"
	"portal/app/setting"
	"portal/app/web"
	"portal/components"
)

// userHandlers answer for the pages about accounts.
type userHandlers struct {
	feature.Kit
	store *userStore
}

func users(k feature.Kit) part {
	h := userHandlers{k, &userStore{k}}
	const one = "/users/:id<int>"
	return part{
		routes: []feature.Route{
			feature.Get("user.see.list", "/users", "List of users", h.list),
			feature.Get("user.see.export", "/users/export", "Users as a CSV file", h.export),
			feature.Post("user.edit.many", "/users/many", "Change many users", h.many).Confirmed(),
			feature.Get("user.edit.new", "/users/new", "Form of a new user", h.newForm),
			feature.Post("user.edit.create", "/users", "Make a user", h.create).Confirmed(),
			feature.Get("user.edit.import.form", "/users/import", "Form of the import of users", h.importForm).Confirmed(),
			feature.Post("user.edit.import.check", "/users/import", "Check a file of users", h.importCheck),
			feature.Post("user.edit.import.do", "/users/import/do", "Import users", h.importDo).Confirmed(),
			feature.Get("user.see.one", one, "A user", h.show),
			feature.Get("user.see.holdings", one+"/holdings", "What a user holds", h.holdings),
			feature.Post("user.edit.save", one, "Change a user's details", h.save).Confirmed(),
			feature.Post("user.edit.lock", one+"/lock", "Lock a user", h.lock).Confirmed(),
			feature.Post("user.edit.unlock", one+"/unlock", "Unlock a user", h.unlock).Confirmed(),
			feature.Post("user.edit.grant", one+"/roles", "Grant a user a role", h.grant).Confirmed(),
			feature.Post("user.edit.revoke", one+"/roles/revoke", "Revoke a user's role", h.revoke).Confirmed(),
			feature.Post("user.edit.session.end", one+"/sessions/:session<int>/end", "End a user's session", h.endSession).Confirmed(),
			feature.Post("user.edit.sessions.end", one+"/sessions/end", "End all sessions of a user", h.endSessions).Confirmed(),
			feature.Post("user.edit.link", one+"/link", "Make a link to set a user's password", h.link).Confirmed(),
			feature.Post("user.edit.mail", one+"/mail", "Mail a user a link to set the password", h.mailLink).Confirmed(),
			feature.Post("user.edit.factor", one+"/factor/reset", "Reset a user's second factor", h.resetFactor).Confirmed(),
			feature.Get("user.edit.handover.form", one+"/hand-over", "Form of a hand-over", h.handOverForm),
			feature.Post("user.edit.handover.do", one+"/hand-over", "Hand over what a user holds", h.handOver).Confirmed(),
		},
		access: []feature.Access{
			{Node: "admin.user.see", Label: "See users", Roles: []string{"admin"}},
			{Node: "admin.user.edit", Label: "Make and change users", Roles: []string{"admin"}},
		},
		nav: []feature.NavItem{{Title: "Users", Icon: "users", Route: "user.see.list", Category: menu, Weight: 20}},
	}
}

func userZone(u auth.User) *time.Location { return clock.Zone(u.Zone) }

func (h userHandlers) list(c *fiber.Ctx) error {
	ctx := c.UserContext()
	l := userList{me: auth.From(ctx), now: h.DB.Now(), roles: h.Gate.Access().RoleNames(), dormant: setting.DormantDays.Of(h.Settings)}
	web.Query(c, &l.f)
	l.f.List = l.f.Tidy()
	var err error
	if l.rows, err = h.store.List(ctx, l.f); err != nil {
		return err
	}
	if web.IsFragment(c) {
		web.Push(c, l.f.pageLink(l.rows.Page, l.rows.Size))
		return web.Show(c, web.Page{Title: "Users", Body: userTable(l)})
	}
	if l.figures, err = h.store.Figures(ctx); err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Users", Body: userListPage(l)})
}

func (h userHandlers) export(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f userFilter
	web.Query(c, &f)
	f.List = f.Tidy()
	rows, err := h.store.Every(ctx, f)
	if err != nil {
		return err
	}
	body, err := userCSV(rows, auth.From(ctx).Zone)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="users.csv"`)
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(body)
}

// manyForm is a change of all who are ticked in the list.
type manyForm struct {
	Do    string  `form:"do" validate:"oneof=lock unlock grant revoke end"`
	Role  string  `form:"role"`
	Users []int64 `form:"user"`
	Back  string  `form:"back"`
}

// userResult is what a change did to one of many.
type userResult struct {
	person  auth.Person
	name    string // when there is no such person
	refused string // why; empty when it was done
}

// userResults are those of all.
type userResults struct {
	did  string // "locked"
	all  []userResult
	back string
}

func (r userResults) refused() int {
	n := 0
	for _, one := range r.all {
		if one.refused != "" {
			n++
		}
	}
	return n
}

func (r userResults) title() string {
	return fmt.Sprintf("%s: %s, %d refused", components.Plural(len(r.all)-r.refused(), "user"), r.did, r.refused())
}

// many does the same to each of many, one by one: what is refused for one is still done to the others.
func (h userHandlers) many(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f manyForm
	if err := web.Bind(c, &f); err != nil {
		return fault.New(fault.Invalid, "Choose what to do with those who are ticked, then apply it.")
	}
	slices.Sort(f.Users)
	f.Users = slices.Compact(f.Users)
	switch {
	case len(f.Users) == 0:
		return fault.New(fault.Invalid, "Nobody is ticked. Tick people in the list first.")
	case len(f.Users) > 200:
		return fault.New(fault.Invalid, "At most 200 people can be changed at once.")
	case (f.Do == "grant" || f.Do == "revoke") && h.Gate.Access().RoleID(f.Role) == 0:
		return fault.New(fault.Invalid, "Choose the role beside what to do with those who are ticked.")
	}
	people, err := h.Users.People(ctx)
	if err != nil {
		return err
	}
	did := map[string]string{"lock": "locked", "unlock": "unlocked", "grant": "granted " + f.Role, "revoke": "revoked " + f.Role, "end": "all sessions ended"}
	r := userResults{did: did[f.Do], back: web.Local(f.Back, usersPath)}
	for _, id := range f.Users {
		one := userResult{person: people.ByID(id), name: "No. " + strconv.FormatInt(id, 10)}
		if err := h.toOne(ctx, f, id); err != nil {
			one.refused = fault.Of(err).Public
			if fault.Of(err).Kind == fault.Broken {
				h.Log.Error("change of many users", "user", id, "error", err)
			}
		}
		r.all = append(r.all, one)
	}
	if r.refused() == 0 {
		return web.Done(c, web.Result{Back: r.back, Toast: components.Plural(len(r.all), "user") + ": " + r.did + "."})
	}
	return web.Show(c, web.Page{Title: "Change of many users", Body: userResultsPage(r)})
}

func (h userHandlers) toOne(ctx context.Context, f manyForm, id int64) error {
	switch f.Do {
	case "lock":
		return h.Users.Shut(ctx, id, "")
	case "unlock":
		return h.Users.Unlock(ctx, id)
	case "grant":
		return h.Users.Give(ctx, id, f.Role)
	case "revoke":
		return h.Users.Take(ctx, id, f.Role)
	}
	_, err := h.Users.EndAllOf(ctx, id, 0)
	return err
}

func (h userHandlers) newForm(c *fiber.Ctx) error {
	return web.Show(c, web.Page{Title: "New user", Body: userFormPage(h.newUser(userForm{Roles: []string{"user"}}))})
}

// newUser is the form of a new account.
func (h userHandlers) newUser(f userForm) newUserView {
	return newUserView{f: f, roles: h.Gate.Access().RoleNames(), mail: h.Mail.Known()}
}

// create makes the account and shows the link by which its person sets a password, this once; or mails it.
func (h userHandlers) create(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f userForm
	err := web.Bind(c, &f)
	var row auth.User
	f.Mail = f.Mail && h.Mail.Known()
	if err == nil && f.Mail && !mail.Good(strings.TrimSpace(f.Email)) {
		err = fault.Field("email", "Write the address that the link is mailed to.")
	}
	if err == nil {
		d := f.details()
		row, err = h.Users.Create(ctx, auth.NewUser{
			Username: d.Username, Name: d.Name, Email: d.Email, Phone: d.Phone, EmployeeNumber: d.EmployeeNumber, Zone: d.Zone, Roles: f.Roles,
		})
	}
	if fault.Is(err, fault.Invalid) {
		v := h.newUser(f)
		v.wrong = fault.Of(err).Fields
		return web.Retry(c, err, web.Page{Title: "New user", Body: userFormPage(v)})
	}
	if err != nil {
		return err
	}
	if !f.Mail {
		return h.showLink(c, row, true)
	}
	if err := h.Users.MailPasswordLink(ctx, row.ID); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: userPath(row.ID), Toast: row.Name + " is made; the link to set a password is mailed to " + row.Email + "."})
}

func (h userHandlers) showLink(c *fiber.Ctx, row auth.User, made bool) error {
	token, err := h.Users.Link(c.UserContext(), auth.SetPasswordFor, row.ID)
	if err != nil {
		return err
	}
	v := linkView{user: row, url: h.Config.BaseURL + "/set-password/" + token, made: made}
	return web.Show(c, web.Page{Title: "Set-password link", Body: userLinkPage(v)})
}
