// Package admin is the feature of who runs the portal: people, roles, who may open what, and the machine itself.
package admin

import (
	"portal/app/feature"
	"portal/app/search"
)

// menu is the heading of the menu under which all pages of this feature stand.
const menu = "Administration"

// part is what one noun of the feature brings: its routes, who may use them, and its place in the menu.
type part struct {
	routes []feature.Route
	access []feature.Access
	nav    []feature.NavItem
	jobs   []feature.Job
	caches []string
}

// New declares the feature.
func New(k feature.Kit) (feature.Feature, error) {
	f := feature.Feature{
		Name: "admin", Title: "Administration", Finds: []search.Kind{userFind()},
		Actions: []search.Action{{Title: "New user", Words: "make create add account person", Icon: "user-plus", Route: "user.edit.new", URL: usersPath + "/new"}},
	}
	for _, p := range []part{
		overview(k),
		users(k), roles(k),
		mappings(k), categories(k),
		sessions(k), auditLog(k),
		caches(k), jobs(k), outbox(k), settings(k),
	} {
		f.Routes = append(f.Routes, p.routes...)
		f.Access = append(f.Access, p.access...)
		f.Nav = append(f.Nav, p.nav...)
		f.Jobs = append(f.Jobs, p.jobs...)
		f.Caches = append(f.Caches, p.caches...)
	}
	if len(f.Routes) > 0 { // until the first page stands
		f.Access = append(f.Access, feature.Access{Node: "admin", Label: "Administrate the portal", Roles: []string{"admin"}})
	}
	return f, nil
}
