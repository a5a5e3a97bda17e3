package admin

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

// roleHandlers answer for the pages about roles.
type roleHandlers struct {
	feature.Kit
	store *auth.Roles
}

func roles(k feature.Kit) part {
	h := roleHandlers{k, auth.NewRoles(k.Users)}
	const one = "/roles/:id<int>"
	return part{
		routes: []feature.Route{
			feature.Get("role.see.list", "/roles", "List of roles", h.list),
			feature.Get("role.see.grid", "/roles/grid", "Roles against features", h.grid),
			feature.Get("role.edit.new", "/roles/new", "Form of a new role", h.newForm),
			feature.Post("role.edit.create", "/roles", "Make a role", h.create).Confirmed(),
			feature.Get("role.see.one", one, "A role and its members", h.show),
			feature.Post("role.edit.save", one, "Change a role", h.save).Confirmed(),
			feature.Get("role.edit.delete.form", one+"/delete", "What deleting a role does", h.deleteForm),
			feature.Post("role.edit.delete.do", one+"/delete", "Delete a role", h.delete).Confirmed(),
			feature.Post("role.edit.grant", one+"/members", "Grant a role to a user", h.grant).Confirmed(),
			feature.Post("role.edit.revoke", one+"/members/revoke", "Revoke a role from a user", h.revoke).Confirmed(),
		},
		access: []feature.Access{
			{Node: "admin.role.see", Label: "See roles and their members", Roles: []string{"admin"}},
			{Node: "admin.role.edit", Label: "Make and change roles, grant and revoke them", Roles: []string{"admin"}},
		},
		nav: []feature.NavItem{{Title: "Roles", Icon: "id", Route: "role.see.list", Category: menu, Weight: 30}},
	}
}

func (h roleHandlers) list(c *fiber.Ctx) error {
	all, err := h.store.All(c.UserContext())
	if err != nil {
		return err
	}
	l := roleList{all: all, me: auth.From(c.UserContext())}
	web.Query(c, &l.f)
	l.arrange()
	return web.Show(c, web.Page{Title: "Roles", Body: roleListPage(l)})
}

func (h roleHandlers) newForm(c *fiber.Ctx) error {
	all, err := h.store.All(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "New role", Body: roleFormPage(roleFormView{all: all})})
}

func (h roleHandlers) create(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f roleForm
	err := web.Bind(c, &f)
	var id int64
	if err == nil {
		id, err = h.store.Create(ctx, f.form())
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		all, readErr := h.store.All(ctx)
		if readErr != nil {
			return readErr
		}
		v := roleFormView{all: all, f: f, wrong: fault.Of(err).Fields, said: fault.Of(err).Public}
		return web.Retry(c, err, web.Page{Title: "New role", Body: roleFormPage(v)})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: rolePath(id), Toast: "The role " + f.Name + " is made. Map routes to it so that it may do something."})
}

// page reads the role of the address, all others and one page of its members, in four queries.
func (h roleHandlers) page(c *fiber.Ctx) (rolePage, error) {
	ctx := c.UserContext()
	p := rolePage{me: auth.From(ctx)}
	id, err := web.ID(c, "id")
	if err != nil {
		return p, errNoRole()
	}
	if p.all, err = h.store.All(ctx); err != nil {
		return p, err
	}
	for _, r := range p.all {
		if r.ID == id {
			p.role = r
		}
	}
	if p.role.ID == 0 {
		return p, errNoRole()
	}
	p.f = roleFormOf(p.role)
	web.Query(c, &p.list)
	if p.members, err = h.store.Members(ctx, id, p.list); err != nil {
		return p, err
	}
	people, err := h.Users.People(ctx)
	if err != nil {
		return p, err
	}
	p.people = people.List
	return p, nil
}

func errNoRole() error { return fault.New(fault.NotFound, "There is no such role.") }

func (h roleHandlers) show(c *fiber.Ctx) error {
	p, err := h.page(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Role " + p.role.Name, Body: roleShowPage(p)})
}

// again shows the role's page with what is wrong in one of its forms; other errors are answered as ever.
func (h roleHandlers) again(c *fiber.Ctx, err error, form string, fill func(*rolePage)) error {
	if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
		return err
	}
	p, readErr := h.page(c)
	if readErr != nil {
		return readErr
	}
	p.where, p.wrong, p.said = form, fault.Of(err).Fields, fault.Of(err).Public
	fill(&p)
	return web.Retry(c, err, web.Page{Title: "Role " + p.role.Name, Body: roleShowPage(p)})
}

func (h roleHandlers) deleteForm(c *fiber.Ctx) error {
	p, err := h.page(c)
	if err != nil {
		return err
	}
	if p.role.BuiltIn() {
		return fault.New(fault.Conflict, "The role %s comes with the portal and can't be deleted.", p.role.Name)
	}
	effect, err := h.store.DeleteEffect(c.UserContext(), h.Mappings.Tree().Routes, p.role.ID)
	if err != nil {
		return err
	}
	p.effect = effectView{effect: effect, tree: newMappingTree(h.Kit)}
	return web.Show(c, web.Page{Title: "Delete the role " + p.role.Name, Body: roleDeletePage(p)})
}

func (h roleHandlers) delete(c *fiber.Ctx) error {
	id, err := web.ID(c, "id")
	if err != nil {
		return errNoRole()
	}
	version, _ := strconv.ParseInt(web.Value(c, "version"), 10, 64) // 0 is no role's
	if err := h.store.Delete(c.UserContext(), id, version); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: rolesPath, Toast: "The role is deleted."})
}

// memberForm grants or revokes the role of the page.
type memberForm struct {
	User   int64  `form:"user"`
	Until  string `form:"until"`
	Reason string `form:"reason"`
}

func (h roleHandlers) grant(c *fiber.Ctx) error {
	ctx := c.UserContext()
	p, err := h.page(c)
	if err != nil {
		return err
	}
	var f memberForm
	err = web.Bind(c, &f)
	if err == nil && !slices.ContainsFunc(p.people, func(one auth.Person) bool { return one.ID == f.User }) {
		err = fault.Field("user", "Choose somebody.")
	}
	var until clock.Day
	if err == nil {
		if until, err = clock.ParseDay(f.Until, clock.DayOf(h.DB.Now(), auth.From(ctx).Zone)); err != nil {
			err = fault.Field("until", "%s.", err)
		}
	}
	if err == nil {
		err = h.Users.SetGrant(ctx, f.User, p.role.Name, auth.Term{Until: until, Reason: f.Reason})
	}
	if err != nil {
		return h.again(c, err, "member", func(p *rolePage) { p.member = f })
	}
	return web.Done(c, web.Result{Back: rolePath(p.role.ID), Toast: "The role " + p.role.Name + " is granted."})
}

func (h roleHandlers) revoke(c *fiber.Ctx) error {
	p, err := h.page(c)
	if err != nil {
		return err
	}
	var f memberForm
	if err = web.Bind(c, &f); err == nil {
		err = h.Users.Take(c.UserContext(), f.User, p.role.Name)
	}
	if err != nil {
		return h.again(c, err, "member", func(*rolePage) {})
	}
	return web.Done(c, web.Result{Back: rolePath(p.role.ID), Toast: "The role " + p.role.Name + " is revoked."})
}

// grid shows what each role may do, feature by feature; one feature can be opened to its nodes.
func (h roleHandlers) grid(c *fiber.Ctx) error {
	g := newRoleGrid(h.Gate.Access(), h.All(), h.Routes(), c.Query("open"))
	return web.Show(c, web.Page{Title: "Roles and features", Body: roleGridPage(g)})
}
