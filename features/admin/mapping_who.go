package admin

import (
	"slices"
	"strings"

	"portal/app/auth"
	"portal/components"
)

// whoCell is the cell that says whom a node lets in.
type whoCell struct {
	node  string
	title string
	own   *auth.Mapping // nil when the node has none
	rules *auth.Mapping // that decides
	names []string      // of the roles of the one that decides
	saved bool
}

func (t mappingTree) who(node string) whoCell {
	c := whoCell{node: node, title: t.title(node), own: t.access.Mappings[node], rules: t.access.Deciding(node)}
	if c.rules != nil {
		c.names = t.roleNames(c.rules.Roles)
	}
	return c
}

func (t mappingTree) roleNames(ids []int64) []string {
	var all []string
	for _, id := range ids {
		all = append(all, t.access.RoleName(id))
	}
	slices.Sort(all)
	return all
}

// inherits reports whether a part above decides.
func (c whoCell) inherits() bool { return c.own == nil || c.own.Audience == auth.ForInherit }

func (c whoCell) id() string  { return "who-" + strings.ReplaceAll(c.node, ".", "-") }
func (c whoCell) url() string { return mappingPath + "/who/" + c.node }

func (c whoCell) inline() components.Inline {
	return components.Inline{ID: c.id(), URL: c.url() + "/edit", Label: "who may use " + c.title, Saved: c.saved}
}

// version is that of the node's own mapping, 0 for none.
func (c whoCell) version() int64 {
	if c.own == nil {
		return 0
	}
	return c.own.Version
}

// whoForm is what an editor of who may holds: one node's, or that of several.
type whoForm struct {
	cells    []whoCell
	audience string
	roles    map[string]bool
	all      []string // names of all roles
	wrong    map[string]string
	note     string // what has changed meanwhile
	back     string
	alone    bool // stands on a page of its own: what htmx would fill is on another
}

func (f whoForm) said() string {
	for _, s := range []string{f.wrong["audience"], f.wrong["roles"]} {
		if s != "" {
			return s
		}
	}
	return f.note
}

// newWhoForm begins with what the nodes have now.
func (t mappingTree) newWhoForm(nodes []string, back string) whoForm {
	f := whoForm{roles: map[string]bool{}, all: t.access.RoleNames(), back: back, audience: string(auth.ForRoles)}
	for _, node := range nodes {
		f.cells = append(f.cells, t.who(node))
	}
	if len(f.cells) != 1 {
		return f
	}
	c := f.cells[0]
	if c.own == nil {
		f.audience = string(auth.ForInherit)
	} else {
		f.audience = string(c.own.Audience)
	}
	for _, name := range c.names { // also when a part above decides: one begins with what holds now
		f.roles[name] = true
	}
	return f
}

func audienceOptions() []components.Option {
	return []components.Option{
		{Value: string(auth.ForInherit), Label: "As the part above"}, {Value: string(auth.ForRoles), Label: "Roles…"},
		{Value: string(auth.ForSignedIn), Label: "Anyone signed in"}, {Value: string(auth.ForAnyone), Label: "Anyone"},
	}
}
