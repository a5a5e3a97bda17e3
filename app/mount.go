package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/feature"
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
			p.web.Add(r.Method, m.Path, p.need(m, r), r.Do)
			if r.Method == fiber.MethodGet && !r.Stream { // a HEAD would open a stream that nobody reads
				p.web.Add(fiber.MethodHead, m.Path, p.need(m, r), r.Do)
			}
		}
	}
	return nil
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
	case r.Method != fiber.MethodGet && r.Method != fiber.MethodPost:
		return fmt.Errorf("mount: %s: forms know GET and POST only, not %s", name, r.Method)
	case !slices.ContainsFunc(f.Access, func(a feature.Access) bool { return under(name, a.Node) }):
		return fmt.Errorf("mount: route %s lies under no declared access", name)
	}
	seen[name] = true
	return nil
}

// under reports whether node covers name.
func under(name, node string) bool {
	return name == node || strings.HasPrefix(name, node+".")
}

// list joins names as a sentence does.
func list(names []string) string {
	switch len(names) {
	case 0:
		return "nobody"
	case 1:
		return "the role " + names[0]
	}
	return "the roles " + strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
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
			all = append(all, auth.Default{
				Node: f.Name + "." + n.Route, Audience: auth.ForInherit, Title: n.Title, Icon: n.Icon,
				Category: n.Category, Weight: n.Weight, Shown: true,
			})
		}
	}
	return all
}

// Check is what does not fit between code and mappings.
type Check struct {
	Invalid []string `json:"invalid"` // mappings that no route has or begins with
	Open    []string `json:"open"`    // routes that no mapping covers: administrators only
}

// CheckRoutes compares code and database.
func (p *Portal) CheckRoutes() Check {
	var c Check
	a := p.Gate.Access()
	for node := range a.Mappings {
		if !slices.ContainsFunc(p.Routes, func(m Mounted) bool { return under(m.Name, node) }) && !p.offNode(node) {
			c.Invalid = append(c.Invalid, node)
		}
	}
	for _, m := range p.Routes {
		if a.Deciding(m.Name) == nil {
			c.Open = append(c.Open, m.Name)
		}
	}
	slices.Sort(c.Invalid)
	return c
}

// offNode reports whether the node belongs to a feature that is only turned off.
func (p *Portal) offNode(node string) bool {
	return slices.ContainsFunc(p.off, func(f feature.Feature) bool { return under(node, f.Name) })
}
