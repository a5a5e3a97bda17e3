package auth

import (
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"
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
	Changed  bool      // by a person, so no longer what the portal came with
	Version  int64     // counts the changes, from 1
	Since    time.Time // when it was last written

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
	sorted     []string          // the names of all roles
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
	a.sorted = slices.Sorted(maps.Keys(a.names))
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
func (a *Access) RoleNames() []string { return slices.Clone(a.sorted) }

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

// FactorRoles are the roles that require a second factor, themselves or by one that they include, sorted by name.
func (a *Access) FactorRoles() []Role {
	var all []Role
	for _, name := range a.sorted {
		if id := a.names[name]; a.factorRole([]int64{id}) != "" {
			all = append(all, a.roles[id])
		}
	}
	return all
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

// ground is what a decision rests on.
type ground uint8

// The grounds. The zero ground refuses.
const (
	byNothing ground = iota
	bySystem
	byAnyone
	bySignedIn
	byRole
	byAdmin
)

// decision is whether somebody may use a route, and by what.
type decision struct {
	mapping *Mapping // that covers the route; nil: none does
	by      ground
	role    int64 // that the viewer holds and passes by; 0 for none
}

// decide is the one place where access is decided: the middleware, the explanations and the preview of a change ask it.
// It allocates nothing, since every request asks.
func (a *Access) decide(v *Viewer, route string) decision { return a.judge(v, a.Deciding(route)) }

// judge is the decision about a route that this mapping covers, or none when it is nil.
func (a *Access) judge(v *Viewer, m *Mapping) decision {
	if m != nil && m.Audience == ForAnyone {
		return decision{mapping: m, by: byAnyone}
	}
	if v.ID == 0 {
		return decision{mapping: m}
	}
	for _, r := range v.roles {
		if slices.Contains(a.closure[r], a.adminID) {
			return decision{mapping: m, by: byAdmin, role: r}
		}
	}
	if m == nil {
		return decision{}
	}
	if m.Audience == ForSignedIn {
		return decision{mapping: m, by: bySignedIn}
	}
	for _, r := range v.roles {
		if m.passes[r] {
			return decision{mapping: m, by: byRole, role: r}
		}
	}
	return decision{mapping: m}
}

// RoleVerdict is whether a role may use a route, and whether a mapping of the route's own says so.
type RoleVerdict struct {
	Role string
	May  bool
	Own  bool // the node's own mapping decides, not one of a part above it
}

// Verdicts are what every role may at the node, by name.
func (a *Access) Verdicts(node string) []RoleVerdict {
	m := a.Deciding(node)
	v := &Viewer{ID: -1, roles: []int64{0}}
	all := make([]RoleVerdict, 0, len(a.names))
	for _, name := range a.RoleNames() {
		v.roles[0] = a.names[name]
		all = append(all, RoleVerdict{name, a.decide(v, node).by != byNothing, m != nil && m.Node == node})
	}
	return all
}

// RoleMay reports whether somebody who holds that role alone may use the route, or the node of that name.
func (a *Access) RoleMay(role int64, route string) bool {
	return a.decide(&Viewer{ID: -1, roles: []int64{role}}, route).by != byNothing
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
