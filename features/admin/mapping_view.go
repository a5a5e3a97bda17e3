package admin

import (
	"net/url"
	"strconv"
	"strings"

	"portal/app/auth"
	"portal/components"
)

// mappingPath is the page of the mappings; all else of them lies below.
const mappingPath = "/admin/routes"

// The cuts of the tree that have a name.
const (
	showChanged  = "changed"
	showFresh    = "new"
	showSignedIn = "signed-in"
	showAnyone   = "anyone"
	showInvalid  = "invalid"
)

var mappingShows = []components.Option{
	{Value: "", Label: "All routes"}, {Value: showChanged, Label: "Changed by a person"}, {Value: showFresh, Label: "New"},
	{Value: showSignedIn, Label: "For all signed in"}, {Value: showAnyone, Label: "For anyone"}, {Value: showInvalid, Label: "Invalid"},
}

// mappingFilter is what the page's address says.
type mappingFilter struct {
	View    string // access or menu
	Text    string
	Feature string
	Show    string
	Role    string
}

func mappingFilterOf(q url.Values) mappingFilter {
	text := strings.ToValidUTF8(strings.ReplaceAll(q.Get("q"), "\x00", ""), "")
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "")
	}
	f := mappingFilter{View: "access", Text: text, Feature: q.Get("feature"), Show: q.Get("show"), Role: q.Get("role")}
	if q.Get("view") == "menu" {
		f.View = "menu"
	}
	return f
}

// cuts reports whether rows within a feature are left out.
func (f mappingFilter) cuts() bool { return f.Text != "" || f.Show != "" || f.Role != "" }

// link is the page's address with other values for some of its parameters.
func (f mappingFilter) link(pairs ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		q.Del(name)
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.View == "menu" {
		set("view", "menu")
	}
	set("q", f.Text)
	set("feature", f.Feature)
	set("show", f.Show)
	set("role", f.Role)
	for i := 0; i+1 < len(pairs); i += 2 {
		set(pairs[i], pairs[i+1])
	}
	if len(q) == 0 {
		return mappingPath
	}
	return mappingPath + "?" + q.Encode()
}

// mappingPage is what the page shows.
type mappingPage struct {
	f        mappingFilter
	tree     mappingTree
	sections []mappingSection
	invalid  []*auth.Mapping
	waiting  []*auth.Mapping // for features that are not in this version
	menu     []menuGroup
	saved    string // the cell that was saved just now: a node, or a node and a field with a blank between
	may      bool   // be changed by the viewer
	whys     bool   // the viewer may ask why
	counts   struct{ routes, changed, fresh, signedIn, anyone int }
}

func newMappingPage(t mappingTree, tree auth.Tree, f mappingFilter) *mappingPage {
	p := &mappingPage{f: f, tree: t}
	for _, node := range tree.Invalid(t.access) {
		p.invalid = append(p.invalid, t.access.Mappings[node])
	}
	for _, node := range tree.Waiting(t.access) {
		p.waiting = append(p.waiting, t.access.Mappings[node])
	}
	p.count()
	if f.View == "menu" {
		p.menu = menuGroups(t)
		return p
	}
	for _, one := range t.features {
		if f.Show == showInvalid || f.Feature != "" && f.Feature != one.Name {
			continue
		}
		s := t.section(one)
		if s.routes > 0 && (!f.cuts() || t.filter(s.top, f)) {
			p.sections = append(p.sections, s)
		}
	}
	return p
}

func (p *mappingPage) count() {
	p.counts.routes = len(p.tree.routes)
	for _, r := range p.tree.routes {
		if m := p.tree.access.Deciding(r.Name); m != nil && m.Audience == auth.ForSignedIn {
			p.counts.signedIn++
		} else if m != nil && m.Audience == auth.ForAnyone {
			p.counts.anyone++
		}
	}
	for _, m := range p.tree.access.Mappings {
		if m.Changed {
			p.counts.changed++
		}
		if p.tree.fresh(m) {
			p.counts.fresh++
		}
	}
}

// stats are the figures over the tree; a click on the one that is on takes it off.
func (p *mappingPage) stats() []components.Stat {
	one := func(show, label, icon string, n int) components.Stat {
		to := mappingFilter{Show: show}
		if p.f.Show == show {
			to.Show = ""
		}
		return components.Stat{Label: label, Value: n, URL: to.link(), Icon: icon, Active: show != "" && p.f.Show == show}
	}
	invalid := one(showInvalid, "Invalid", "alert-triangle", len(p.invalid))
	invalid.Bad = true
	return []components.Stat{
		one("", "Routes", "sitemap", p.counts.routes), one(showChanged, "Changed", "edit", p.counts.changed), invalid,
		one(showSignedIn, "For all signed in", "users", p.counts.signedIn), one(showAnyone, "For anyone", "lock-open", p.counts.anyone),
		one(showFresh, "New", "flag", p.counts.fresh),
	}
}

func (p *mappingPage) tabs() []components.Tab {
	one := func(view, label, icon string) components.Tab {
		to := mappingFilter{View: view}
		return components.Tab{Label: label, URL: to.link(), Icon: icon, Count: -1, Active: p.f.View == view}
	}
	return []components.Tab{one("access", "Access", "shield-lock"), one("menu", "Menu", "menu-2")}
}

// chips are the filters that are on.
func (p *mappingPage) chips() []components.Chip {
	var all []components.Chip
	for _, s := range mappingShows {
		if s.Value != "" && s.Value == p.f.Show {
			all = append(all, components.Chip{Label: s.Label, Without: p.f.link("show", "")})
		}
	}
	if p.f.Text != "" {
		all = append(all, components.Chip{Label: "“" + p.f.Text + "”", Without: p.f.link("q", "")})
	}
	if p.f.Feature != "" {
		all = append(all, components.Chip{Label: "Feature: " + p.tree.title(p.f.Feature), Without: p.f.link("feature", "")})
	}
	if p.f.Role != "" {
		all = append(all, components.Chip{Label: p.f.Role + " may", Without: p.f.link("role", "")})
	}
	return all
}

func (p *mappingPage) featureOptions() []components.Option {
	all := []components.Option{{Label: "Any feature"}}
	for _, f := range p.tree.features {
		all = append(all, components.Option{Value: f.Name, Label: f.Title})
	}
	return all
}

func (p *mappingPage) roleOptions() []components.Option {
	all := []components.Option{{Label: "Any role"}}
	for _, name := range p.tree.access.RoleNames() {
		all = append(all, components.Option{Value: name, Label: name + " may"})
	}
	return all
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// whoOf is the cell of a row.
func (p *mappingPage) whoOf(l *mappingLine) whoCell {
	c := whoCell{node: l.node, title: l.title, own: l.own, rules: l.rules, saved: p.saved == l.node}
	if c.rules != nil {
		c.names = p.tree.roleNames(c.rules.Roles)
	}
	return c
}

// menuCell is the cell of a row of the menu.
func (p *mappingPage) menuCell(e menuEntry, field string) menuCell {
	c := newMenuCell(e, field)
	c.saved = p.saved == e.node+" "+field
	return c
}
