package admin

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/components"
)

const rolesPath = "/admin/roles"

func rolePath(id int64) string { return rolesPath + "/" + strconv.FormatInt(id, 10) }

// roleList is what the list of roles shows: all of them, a page at a time.
type roleList struct {
	f    data.List
	all  []auth.RoleInfo
	rows data.Rows[auth.RoleInfo]
	me   *auth.Viewer
}

// arrange finds, sorts and cuts the list as its address says. There are never so many roles that a database should.
func (l *roleList) arrange() {
	l.f = l.f.Tidy()
	found := slices.DeleteFunc(slices.Clone(l.all), func(r auth.RoleInfo) bool {
		return !strings.Contains(data.Fold(r.Name+" "+r.Notes), data.Fold(l.f.Text))
	})
	key, down := strings.CutPrefix(l.f.Sort, "-")
	slices.SortStableFunc(found, func(a, b auth.RoleInfo) int {
		n := strings.Compare(a.Name, b.Name)
		if key == "members" {
			n = a.Members - b.Members
		}
		if down {
			return -n
		}
		return n
	})
	last := max(1, (len(found)+l.f.Size-1)/l.f.Size)
	l.rows = data.Rows[auth.RoleInfo]{Total: len(found), Page: min(l.f.Page, last), Size: l.f.Size}
	from := (l.rows.Page - 1) * l.f.Size
	l.rows.Items = found[from:min(len(found), from+l.f.Size)]
}

func roleLink(path string, l data.List, pairs ...string) string {
	f := userFilter{List: l}
	return path + f.query(pairs...)
}

func (l roleList) pageLink(page, size int) string { return rolePageLink(rolesPath, l.f, page, size) }

func rolePageLink(path string, l data.List, page, size int) string {
	var p, s string
	if page > 1 {
		p = strconv.Itoa(page)
	}
	if size != 25 {
		s = strconv.Itoa(size)
	}
	return roleLink(path, l, "page", p, "size", s)
}

func (l roleList) sort(key, label string) components.Sort {
	return components.SortBy(l.f.Sort, key, label, func(pairs ...string) string { return roleLink(rolesPath, l.f, pairs...) })
}

// roleForm is what a form says of a role.
type roleForm struct {
	Name         string   `form:"name"`
	Notes        string   `form:"notes"`
	Icon         string   `form:"icon"`
	Includes     []string `form:"includes"`
	SecondFactor bool     `form:"second_factor"`
	Version      int64    `form:"version"`
	Confirmed    bool     `form:"confirmed"` // who gains and loses was shown
}

func (f roleForm) form() auth.RoleForm {
	return auth.RoleForm{Name: f.Name, Notes: f.Notes, Icon: f.Icon, Includes: f.Includes, SecondFactor: f.SecondFactor}
}

func roleFormOf(r auth.RoleInfo) roleForm {
	return roleForm{Name: r.Name, Notes: r.Notes, Icon: r.Icon, Includes: r.Includes, SecondFactor: r.SecondFactor, Version: r.Version}
}

// roleFormView is the form of a role: a new one when role is zero.
type roleFormView struct {
	all   []auth.RoleInfo
	role  auth.RoleInfo
	f     roleForm
	wrong map[string]string
	said  string // what is wrong as a whole
}

// others are the roles that this one may include.
func (v roleFormView) others() []components.Option {
	var all []components.Option
	for _, r := range v.all {
		if r.ID != v.role.ID {
			all = append(all, components.Option{Value: r.Name, Label: r.Name})
		}
	}
	return all
}

func (v roleFormView) chosen() map[string]bool {
	all := map[string]bool{}
	for _, name := range v.f.Includes {
		all[name] = true
	}
	return all
}

// roleIcons are the icons that a role may have.
var roleIcons = []string{"user", "users", "briefcase", "shield", "shield-lock", "eye", "id", "tool", "server", "network", "book", "flag", "phone", "rocket"}

func (v roleFormView) icons() []components.Option {
	all := []components.Option{{Label: "None"}}
	for _, name := range roleIcons {
		all = append(all, components.Option{Value: name, Label: name})
	}
	if v.f.Icon != "" && !slices.Contains(roleIcons, v.f.Icon) {
		all = append(all, components.Option{Value: v.f.Icon, Label: v.f.Icon})
	}
	return all
}

// rolePage is all that the page of a role shows.
type rolePage struct {
	role    auth.RoleInfo
	all     []auth.RoleInfo
	list    data.List
	members data.Rows[auth.Member]
	people  []auth.Person
	me      *auth.Viewer
	effect  effectView // of deleting it

	f      roleForm
	member memberForm
	where  string // the form that is wrong: role or member
	wrong  map[string]string
	said   string
}

func (p rolePage) path() string { return rolePath(p.role.ID) }

func (p rolePage) viewAsURL() string { return "/view-as?role=" + strconv.FormatInt(p.role.ID, 10) }

// formView is the page's form of the role itself.
func (p rolePage) formView() roleFormView {
	v := roleFormView{all: p.all, role: p.role, f: p.f}
	if p.where == "role" {
		v.wrong, v.said = p.wrong, p.said
	}
	return v
}

func (p rolePage) bad(field string) string {
	if p.where != "member" {
		return ""
	}
	return p.wrong[field]
}

func (p rolePage) saidOf() string {
	if p.where != "member" || len(p.wrong) > 0 {
		return ""
	}
	return p.said
}

func (p rolePage) pageLink(page, size int) string { return rolePageLink(p.path(), p.list, page, size) }

// options are all people who may be given the role.
func (p rolePage) options() []components.Option {
	all := []components.Option{{Label: "Choose somebody"}}
	for _, one := range p.people {
		all = append(all, components.Option{Value: strconv.FormatInt(one.ID, 10), Label: one.Name + " (" + one.Username + ")"})
	}
	return all
}

// losses say what deleting the role does, in sentences.
func (p rolePage) losses() []string {
	var all []string
	if p.role.Members > 0 {
		all = append(all, fmt.Sprintf("Members who lose it: %d.", p.role.Members))
	}
	if p.role.Mappings > 0 {
		all = append(all, fmt.Sprintf("Mappings that no longer name it: %d. One that names no other role then lets only administrators in.", p.role.Mappings))
	}
	if len(p.role.IncludedBy) > 0 {
		all = append(all, "Roles that no longer include it, and lose what it may do: "+strings.Join(p.role.IncludedBy, ", ")+".")
	}
	all = append(all, "Projects whose team it belongs to lose it from their team.")
	return all
}

// How much of a feature, or of a node of it, a role may use.
const (
	gridAll  = "All"
	gridSome = "Some"
	gridNone = "None"
)

// roleGrid is roles against features.
type roleGrid struct {
	roles []string
	rows  []gridRow
}

// gridRow is a feature, or a node of one that is open.
type gridRow struct {
	label string
	depth int    // 0 for a feature
	open  bool   // its nodes stand below it
	url   string // opens or closes it
	cells []gridCell
}

// gridCell is how much of a row a role may use.
type gridCell struct {
	much string // gridAll, gridSome or gridNone
	url  string // of the row's mappings; where the role may use some, of those it may use
}

// newRoleGrid works out how much each role may use of each feature; of the one that is open, of each node.
func newRoleGrid(a *auth.Access, features []feature.Feature, routes []feature.Mounted, open string) roleGrid {
	g := roleGrid{roles: a.RoleNames()}
	row := func(node, label string, depth int) gridRow {
		r := gridRow{label: label, depth: depth}
		for _, role := range g.roles {
			c := gridCell{much: howMuch(a, a.RoleID(role), node, routes)}
			f := mappingFilter{Text: node}
			if depth == 0 {
				f = mappingFilter{Feature: node}
			}
			if c.much != gridNone {
				f.Role = role
			}
			c.url = f.link()
			r.cells = append(r.cells, c)
		}
		return r
	}
	for _, f := range features {
		one := row(f.Name, f.Title, 0)
		one.open, one.url = f.Name == open, rolesPath+"/grid?open="+f.Name
		if one.open {
			one.url = rolesPath + "/grid"
		}
		g.rows = append(g.rows, one)
		if one.open {
			for _, n := range f.Access {
				g.rows = append(g.rows, row(n.Node, n.Label, 1))
			}
		}
	}
	return g
}

// howMuch of the routes under the node the role may use.
func howMuch(a *auth.Access, role int64, node string, routes []feature.Mounted) string {
	may, all := 0, 0
	for _, m := range routes {
		if m.Name != node && !strings.HasPrefix(m.Name, node+".") {
			continue
		}
		all++
		if a.RoleMay(role, m.Name) {
			may++
		}
	}
	switch may {
	case 0:
		return gridNone
	case all:
		return gridAll
	}
	return gridSome
}
