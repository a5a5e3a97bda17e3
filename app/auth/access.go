package auth

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
)

// Admin is the role that passes every check.
const Admin = "admin"

// SignedIn and Anyone stand in a list of roles where no role is needed.
const (
	SignedIn = "signed-in"
	Anyone   = "anyone"
)

// AccessKey in a change's stale keys means that roles or mappings changed: the access in force is read anew.
const AccessKey = "auth.access:all"

// Audience is whom a mapping lets in.
type Audience string

// The audiences. Inherit leaves the decision to a shorter mapping: the row then only says what the menu shows.
const (
	ForInherit  Audience = "inherit"
	ForAnyone   Audience = "anyone"
	ForSignedIn Audience = "signed-in"
	ForRoles    Audience = "roles"
)

// Mapping says who may use the routes whose name is Node or begins with it.
type Mapping struct {
	ID       int64
	Node     string // "projects.task.edit"
	Audience Audience
	Roles    []int64
	Title    string // in the menu; empty for the route's own
	Icon     string
	Category int64 // menu category, 0 for none
	Weight   int64 // lower comes first
	Shown    bool

	passes map[int64]bool // roles that are let in: those named, and those that include one
}

// Category is a heading of the menu.
type Category struct {
	ID     int64
	Name   string
	Icon   string
	Weight int64
}

// Role is a role and the ids of those it includes itself.
type Role struct {
	ID           int64
	Name         string
	Includes     []int64
	SecondFactor bool // who holds it must sign in with a second factor
}

// Access is all roles and mappings as they are at one moment. It never changes; a new one takes its place.
type Access struct {
	Mappings   map[string]*Mapping
	Categories map[int64]Category
	roles      map[int64]Role
	names      map[string]int64
	closure    map[int64][]int64 // role → itself and all it includes, near and far
	adminID    int64
	serial     uint64 // of this access among those that were in force
}

// NewAccess works out who passes where. A loop of roles that include each other does no harm.
func NewAccess(roles []Role, mappings []Mapping, categories []Category) *Access {
	a := &Access{
		Mappings: map[string]*Mapping{}, Categories: map[int64]Category{},
		roles: map[int64]Role{}, names: map[string]int64{}, closure: map[int64][]int64{},
	}
	for _, r := range roles {
		a.roles[r.ID], a.names[r.Name] = r, r.ID
	}
	a.adminID = a.names[Admin]
	for id := range a.roles {
		a.closure[id] = a.reach(id)
	}
	for _, m := range mappings {
		m.passes = map[int64]bool{}
		for id, all := range a.closure {
			m.passes[id] = slices.ContainsFunc(all, func(r int64) bool { return slices.Contains(m.Roles, r) })
		}
		a.Mappings[m.Node] = &m
	}
	for _, c := range categories {
		a.Categories[c.ID] = c
	}
	return a
}

func (a *Access) reach(from int64) []int64 {
	seen := []int64{from}
	for i := 0; i < len(seen); i++ {
		for _, next := range a.roles[seen[i]].Includes {
			if !slices.Contains(seen, next) {
				seen = append(seen, next)
			}
		}
	}
	return seen
}

// Including are the roles and all they include.
func (a *Access) Including(roles []int64) []int64 {
	var all []int64
	for _, r := range roles {
		for _, id := range a.closure[r] {
			if !slices.Contains(all, id) {
				all = append(all, id)
			}
		}
	}
	return all
}

// RoleID is the id of the role of that name, 0 for none.
func (a *Access) RoleID(name string) int64 { return a.names[name] }

// RoleName is the name of the role with that id, empty for none.
func (a *Access) RoleName(id int64) string { return a.roles[id].Name }

// RoleNames are the names of all roles, sorted.
func (a *Access) RoleNames() []string {
	var all []string
	for n := range a.names {
		all = append(all, n)
	}
	slices.Sort(all)
	return all
}

func (a *Access) admin(roles []int64) bool {
	return slices.ContainsFunc(roles, func(r int64) bool { return slices.Contains(a.closure[r], a.adminID) })
}

// factorRole is the name of a role, among these and those they include, that requires a second factor; empty for none.
func (a *Access) factorRole(roles []int64) string {
	for _, r := range roles {
		for _, id := range a.closure[r] {
			if a.roles[id].SecondFactor {
				return a.roles[id].Name
			}
		}
	}
	return ""
}

// Deciding is the longest mapping that decides about the route, nil when none covers it.
func (a *Access) Deciding(route string) *Mapping {
	for node := route; node != ""; {
		if m := a.Mappings[node]; m != nil && m.Audience != ForInherit {
			return m
		}
		cut := strings.LastIndexByte(node, '.')
		if cut < 0 {
			return nil
		}
		node = node[:cut]
	}
	return nil
}

func (a *Access) allows(v *Viewer, route string) bool {
	m := a.Deciding(route)
	if m != nil && m.Audience == ForAnyone {
		return true
	}
	if v.ID == 0 {
		return false
	}
	if a.admin(v.roles) {
		return true
	}
	if m == nil {
		return false
	}
	return m.Audience == ForSignedIn || slices.ContainsFunc(v.roles, func(r int64) bool { return m.passes[r] })
}

// Who are the names of the roles that may use the route: those the mapping names, and those that include one.
// "anyone" and "signed-in" stand for themselves.
func (a *Access) Who(route string) []string {
	m := a.Deciding(route)
	switch {
	case m == nil:
		m = &Mapping{} // those who pass every check
	case m.Audience == ForAnyone:
		return []string{Anyone}
	case m.Audience == ForSignedIn:
		return []string{SignedIn}
	}
	all := []string{Admin}
	for id := range a.roles {
		if id != a.adminID && (m.passes[id] || a.admin([]int64{id})) {
			all = append(all, a.roles[id].Name)
		}
	}
	slices.Sort(all)
	return all
}

// Explanation is why somebody may or may not use a route.
type Explanation struct {
	Allowed bool
	Steps   []string // whole sentences, in the order they decided
	Roles   []string // that may
}

// Explain answers as Can does, and says by which chain.
func (v *Viewer) Explain(route string) Explanation {
	e := Explanation{Allowed: v.Can(route)}
	if v.access == nil {
		return e
	}
	e.Roles = v.access.Who(route)
	m := v.access.Deciding(route)
	if m == nil {
		e.Steps = append(e.Steps, fmt.Sprintf("No mapping covers %s, so only administrators pass.", route))
		return e
	}
	e.Steps = append(e.Steps, fmt.Sprintf("The mapping of %s decides about %s.", m.Node, route))
	if v.Admin() {
		e.Steps = append(e.Steps, "The role admin passes every check.")
		return e
	}
	for _, r := range v.roles {
		for _, id := range v.access.closure[r] {
			if !slices.Contains(m.Roles, id) {
				continue
			}
			if id == r {
				e.Steps = append(e.Steps, fmt.Sprintf("The role %s may.", v.access.RoleName(r)))
			} else {
				e.Steps = append(e.Steps, fmt.Sprintf("The role %s includes %s, which may.", v.access.RoleName(r), v.access.RoleName(id)))
			}
		}
	}
	return e
}

// Gate holds the access that is in force.
type Gate struct {
	now  atomic.Pointer[Access]
	sets atomic.Uint64
}

// Access is what is in force now; never nil.
func (g *Gate) Access() *Access {
	if a := g.now.Load(); a != nil {
		return a
	}
	return NewAccess(nil, nil, nil)
}

// Set puts another access in force, for every request from now on.
func (g *Gate) Set(a *Access) {
	a.serial = g.sets.Add(1)
	g.now.Store(a)
}
