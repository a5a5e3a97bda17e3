package home

import (
	"context"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

type viewHandlers struct{ Kit }

// viewAsView is what the page shows that chooses whom to view the portal as.
type viewAsView struct {
	Role, Person string // chosen: the role's name, the person's user name
	Roles        []components.Option
	People       []auth.Person
	Minutes      int
	Wrong        map[string]string
}

// form asks as whom; the pages of users and roles lead here with ?person= or ?role=, an id or a name.
func (h viewHandlers) form(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v := viewAsView{Role: c.Query("role"), Person: c.Query("person")}
	if id, err := strconv.ParseInt(v.Role, 10, 64); err == nil {
		v.Role = h.Gate.Access().RoleName(id)
	}
	if id, err := strconv.ParseInt(v.Person, 10, 64); err == nil {
		people, err := h.Users.People(ctx)
		if err != nil {
			return err
		}
		v.Person = people.ByID(id).Username
	}
	page, err := h.page(ctx, v)
	if err != nil {
		return err
	}
	return web.Show(c, page)
}

func (h viewHandlers) page(ctx context.Context, v viewAsView) (web.Page, error) {
	people, err := h.Users.People(ctx)
	if err != nil {
		return web.Page{}, err
	}
	me := auth.From(ctx).ID
	for _, p := range people.List {
		if !p.Locked && p.ID != me {
			v.People = append(v.People, p)
		}
	}
	for _, name := range h.Gate.Access().RoleNames() {
		v.Roles = append(v.Roles, components.Option{Value: name, Label: name})
	}
	if !slices.ContainsFunc(v.Roles, func(o components.Option) bool { return o.Value == v.Role }) {
		v.Role = "user"
	}
	v.Minutes = int(auth.ViewLife.Minutes())
	return web.Page{Title: "View as", Body: viewAsPage(v)}, nil
}

// viewAsForm names a role or a person.
type viewAsForm struct {
	Role   string `form:"role" validate:"max=64"`
	Person string `form:"person" validate:"max=200"`
}

// start begins to view the portal as somebody else.
func (h viewHandlers) start(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f viewAsForm
	err := web.Bind(c, &f)
	var eyes auth.Eyes
	if err == nil {
		eyes, err = h.eyes(ctx, f)
	}
	if err == nil {
		err = h.Sessions.See(c, eyes)
	}
	if fault.Is(err, fault.Invalid) {
		page, e := h.page(ctx, viewAsView{Role: f.Role, Person: f.Person, Wrong: fault.Of(err).Fields})
		if e != nil {
			return e
		}
		return web.Retry(c, err, page)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/"})
}

// eyes are those the form names.
// Errors: fault.Invalid at the field.
func (h viewHandlers) eyes(ctx context.Context, f viewAsForm) (auth.Eyes, error) {
	if f.Person == "" {
		if id := h.Gate.Access().RoleID(f.Role); id != 0 {
			return auth.Eyes{Role: id}, nil
		}
		return auth.Eyes{}, fault.Field("role", "There is no role of that name.")
	}
	user, err := h.Users.ByLogin(ctx, f.Person)
	switch {
	case fault.Is(err, fault.NotFound):
		return auth.Eyes{}, fault.Field("person", "There is no account of that name.")
	case err != nil:
		return auth.Eyes{}, err
	case user.ID == auth.From(ctx).ID:
		return auth.Eyes{}, fault.Field("person", "That is you.")
	case user.LockedAt != nil:
		return auth.Eyes{}, fault.Field("person", "%s is locked out and sees nothing of the portal. Unlock the account first.", user.Name)
	}
	return auth.Eyes{Person: user.ID}, nil
}

// stop shows the portal as the person's own again.
func (h viewHandlers) stop(c *fiber.Ctx) error {
	if err := h.Sessions.Unsee(c); err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: "/view-as", Toast: "You see the portal as yourself again."})
}
