package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/draft"
	"portal/app/feature"
	"portal/app/web"
)

// Mounted is a route as it is served.
type Mounted = feature.Mounted

// mount checks all features' routes and hands them to Fiber, each behind the access it names.
func (p *Portal) mount() error {
	seen := map[string]bool{}
	for _, f := range p.features {
		for _, r := range f.Routes {
			m := Mounted{
				Name: f.Name + "." + r.Name, Title: r.Title, Method: r.Method, Path: prefix(f.Name) + r.Path,
				Feature: f.Name, Stream: r.Stream,
			}
			if m.Path == "" {
				m.Path = "/"
			}
			if err := p.checkRoute(f, r, seen); err != nil {
				return err
			}
			p.Routes = append(p.Routes, m)
			if r.Body != 0 {
				p.sized = append(p.sized, sized{m.Path, r.Body})
			}
			if r.File {
				p.large = append(p.large, m.Path)
			}
			if begin, _, found := strings.Cut(m.Path, ":token"); found {
				p.secret = append(p.secret, begin)
			}
			p.web.Add(r.Method, m.Path, p.need(m, r), p.sent(r))
			if r.Method == fiber.MethodGet && !r.Stream { // a HEAD would open a stream that nobody reads
				p.web.Add(fiber.MethodHead, m.Path, p.need(m, r), r.Do)
			}
		}
	}
	return nil
}

// sent is what the route does; the draft of a form that it took goes.
func (p *Portal) sent(r feature.Route) fiber.Handler {
	if r.Method != fiber.MethodPost {
		return r.Do
	}
	drafts := draft.New(p.DB)
	return func(c *fiber.Ctx) error {
		address := web.Take(c, draft.Field)
		err := r.Do(c)
		if me := auth.From(c.UserContext()); err == nil && address != "" && me.Known() && c.Response().StatusCode() < fiber.StatusBadRequest {
			if err := drafts.Drop(c.UserContext(), me.ID, address); err != nil { // what was sent is kept all the same
				p.Log.Warn("a draft was not removed", "error", err)
			}
		}
		return err
	}
}

// prefix is where a feature's addresses begin; the home's are the portal's own.
func prefix(name string) string {
	if name == homeName {
		return ""
	}
	return "/" + name
}

const homeName = "home"

func (p *Portal) checkRoute(f feature.Feature, r feature.Route, seen map[string]bool) error {
	name := f.Name + "." + r.Name
	switch {
	case r.Name == "" || r.Do == nil || r.Title == "":
		return fmt.Errorf("mount: a route of %s has no name, title or handler: %s %s", f.Name, r.Method, r.Path)
	case seen[name]:
		return fmt.Errorf("mount: two routes are named %s", name)
	case r.Body < 0 || r.Body > 0 && r.Method != fiber.MethodPost:
		return fmt.Errorf("mount: %s: only a POST has a body, of no fewer than 0 bytes", name)
	case r.Method != fiber.MethodGet && r.Method != fiber.MethodPost:
		return fmt.Errorf("mount: %s: forms know GET and POST only, not %s", name, r.Method)
	case !slices.ContainsFunc(f.Access, func(a feature.Access) bool { return auth.Covers(a.Node, name) }):
		return fmt.Errorf("mount: route %s lies under no declared access", name)
	}
	seen[name] = true
	return nil
}

// rolesSaid names roles as a sentence does.
func rolesSaid(names []string) string {
	switch len(names) {
	case 0:
		return "nobody"
	case 1:
		return "the role " + names[0]
	}
	return "the roles " + auth.Joined(names)
}

// defaults are the mappings of a new install, from what the features declare.
func (p *Portal) defaults() []auth.Default {
	var all []auth.Default
	for _, f := range p.features {
		for _, a := range f.Access {
			d := auth.Default{Node: a.Node, Audience: auth.ForRoles, Roles: a.Roles, Title: a.Label}
			if len(a.Roles) == 1 && (a.Roles[0] == auth.SignedIn || a.Roles[0] == auth.Anyone) {
				d.Audience, d.Roles = auth.Audience(a.Roles[0]), nil
			}
			all = append(all, d)
		}
		for _, n := range f.Nav {
			d := auth.Default{
				Node: f.Name + "." + n.Route, Audience: auth.ForInherit, Title: n.Title, Icon: n.Icon,
				Category: n.Category, Weight: n.Weight, Shown: true,
			}
			same := slices.IndexFunc(all, func(a auth.Default) bool { return a.Node == d.Node })
			if same < 0 {
				all = append(all, d)
				continue
			}
			d.Audience, d.Roles = all[same].Audience, all[same].Roles // one node, one mapping
			all[same] = d
		}
	}
	return all
}

// tree is what the code declares of routes.
func (p *Portal) tree() auth.Tree {
	t := auth.Tree{Defaults: p.defaults()}
	for _, m := range p.Routes {
		t.Routes = append(t.Routes, m.Name)
	}
	for _, f := range p.off {
		t.Off = append(t.Off, f.Name)
	}
	return t
}

// Check is what does not fit between code and mappings, and what is otherwise than the portal came.
type Check struct {
	Invalid []string `json:"invalid"` // mappings that no route has or begins with
	Waiting []string `json:"waiting"` // mappings for features that are not in this version
	Open    []string `json:"open"`    // routes that no mapping covers: administrators only
	New     []string `json:"new"`     // nodes that got their default mapping at this start
	Changed []string `json:"changed"` // nodes whose mapping a person has changed
}

// CheckRoutes compares code and database.
func (p *Portal) CheckRoutes() Check {
	a := p.Gate.Access()
	t := p.tree()
	c := Check{Invalid: t.Invalid(a), Waiting: t.Waiting(a), New: p.fresh}
	for _, m := range p.Routes {
		if a.Deciding(m.Name) == nil {
			c.Open = append(c.Open, m.Name)
		}
	}
	for node, m := range a.Mappings {
		if m.Changed {
			c.Changed = append(c.Changed, node)
		}
	}
	slices.Sort(c.Changed)
	return c
}

// logRoutes says at the start which mappings are new, and which point to nothing.
func (p *Portal) logRoutes() {
	c := p.CheckRoutes()
	switch {
	case len(c.New) == 0:
	case len(c.New) == len(p.Gate.Access().Mappings): // of a new install all are new: to name them would hide the link that follows
		p.Log.Info("routes have their default mappings", "nodes", len(c.New))
	default:
		p.Log.Info("new routes have their default mappings", "nodes", strings.Join(c.New, " "))
	}
	if len(c.Invalid) > 0 {
		p.Log.Warn("mappings point to no route; look at them on /admin/routes, or run “portal route check”",
			"nodes", strings.Join(c.Invalid, " "))
	}
}
