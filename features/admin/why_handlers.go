package admin

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

type whyHandlers struct{ feature.Kit }

// visitor stands for people who are not signed in, where a user name is asked for. No user name begins so.
const visitor = "-"

// whyView is what the page shows.
type whyView struct {
	person  string // user name, visitor, or empty when none is chosen
	route   string
	said    string // what is wrong with the choice
	name    string // of the person
	title   string // of the route
	asked   bool
	e       auth.Explanation
	people  []components.Option
	routes  []components.Option
	mapping bool // the viewer may see the mappings
}

func (h whyHandlers) show(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f struct {
		Person string `query:"person"`
		Route  string `query:"route"`
	}
	web.Query(c, &f)
	all, err := h.Users.People(ctx)
	if err != nil {
		return err
	}
	v := whyView{person: f.Person, route: f.Route, mapping: auth.From(ctx).Can("admin.mapping.see.list")}
	v.people = []components.Option{{Label: "Choose a person"}, {Value: visitor, Label: "A visitor, not signed in"}}
	for _, p := range all.List {
		v.people = append(v.people, components.Option{Value: p.Username, Label: p.Name + " (" + p.Username + ")"})
		if p.Username == f.Person {
			v.name = p.Name
		}
	}
	t := newMappingTree(h.Kit)
	v.routes = []components.Option{{Label: "Choose a route"}}
	for _, r := range h.Routes() {
		v.routes = append(v.routes, components.Option{Value: r.Name, Label: t.title(r.Feature) + ": " + r.Title + " (" + r.Name + ")"})
	}
	if err := h.explain(c, &v, t); err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Why?", Body: whyPage(v)})
}

// explain answers, once person and route are chosen.
func (h whyHandlers) explain(c *fiber.Ctx, v *whyView, t mappingTree) error {
	if v.route != "" && !slices.ContainsFunc(v.routes, func(o components.Option) bool { return o.Value == v.route }) {
		v.said, v.route = "There is no route "+v.route+".", ""
		return nil
	}
	if v.person == "" || v.route == "" {
		return nil
	}
	name := v.person
	if name == visitor {
		name, v.name = "", "A visitor"
	}
	e, err := h.Users.Explain(c.UserContext(), name, v.route)
	if fault.Is(err, fault.NotFound) {
		v.said, v.person = fault.Of(err).Public, ""
		return nil
	}
	v.asked, v.e, v.title = err == nil, e, t.title(v.route)
	return err
}

// answer is the verdict as a sentence.
func (v whyView) answer() string {
	name := v.name
	if name == "" {
		name = v.person
	}
	if v.e.Allowed {
		return name + " may use “" + v.title + "”."
	}
	return name + " may not use “" + v.title + "”."
}

// icon is the picture of a step.
func (v whyView) icon(kind auth.StepKind) string {
	switch kind {
	case auth.StepAccount:
		return "user"
	case auth.StepRole:
		return "users"
	case auth.StepInclude:
		return "subtask"
	case auth.StepMapping:
		return "sitemap"
	}
	return "x"
}

// whoMay says who may use the route.
func (v whyView) whoMay() string {
	switch {
	case slices.Equal(v.e.Roles, []string{auth.Anyone}):
		return "Anyone may, also without signing in."
	case slices.Equal(v.e.Roles, []string{auth.SignedIn}):
		return "Anyone who is signed in may."
	case len(v.e.Roles) == 1:
		return "The role " + v.e.Roles[0] + " may."
	}
	return "The roles " + auth.Joined(v.e.Roles) + " may."
}
