package admin

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/components"
)

// mappingLine is one row of the tree: a part of names, or a route.
type mappingLine struct {
	node  string
	title string
	level int                // 0 is the feature
	route *feature.Mounted   // nil for a part
	own   *auth.Mapping      // nil when the node has no mapping of its own
	rules *auth.Mapping      // that decides; nil when none covers the node
	fresh bool               // came with an update of the last 30 days
	open  bool               // the routes below are shown
	hits  bool               // meets the filters itself
	under []*mappingLine     // routes and parts below, in their order
	may   []auth.RoleVerdict // role by role
}

// mappingSection is a feature's part of the tree.
type mappingSection struct {
	title  string
	top    *mappingLine
	routes int
	set    int // mappings of its own that people have changed
}

func (s mappingSection) counted() string { return countedRoutes(s.routes, s.set) }

// countedRoutes says how many routes there are, and on how many of them people have set something themselves.
func countedRoutes(routes, changed int) string {
	said := components.Plural(routes, "route")
	if changed > 0 {
		said += ", " + strconv.Itoa(changed) + " changed"
	}
	return said
}

func changedOf(lines []*mappingLine) int {
	n := 0
	for _, l := range lines {
		if l.own != nil && l.own.Changed {
			n++
		}
	}
	return n
}

// freshFor is how long a mapping counts as new.
const freshFor = 30 * 24 * time.Hour

// mappingTree is what the page is made from.
type mappingTree struct {
	access   *auth.Access
	features []feature.Feature
	routes   []feature.Mounted
	labels   map[string]string // by node
	shared   map[string]int    // routes below a part
	names    map[string]bool   // of routes
	now      time.Time
	first    time.Time // when the first mapping was made
}

func newMappingTree(k feature.Kit) mappingTree {
	t := mappingTree{access: k.Gate.Access(), features: k.All(), routes: k.Routes(), labels: map[string]string{},
		shared: map[string]int{}, names: map[string]bool{}, now: k.DB.Now()}
	for _, f := range t.features {
		t.labels[f.Name] = f.Title
		for _, a := range f.Access {
			t.labels[a.Node] = a.Label
		}
	}
	for _, r := range t.routes {
		t.labels[r.Name], t.names[r.Name] = r.Title, true
		for i, c := range r.Name {
			if c == '.' {
				t.shared[r.Name[:i]]++
			}
		}
	}
	for _, m := range t.access.Mappings {
		if t.first.IsZero() || m.Since.Before(t.first) {
			t.first = m.Since
		}
	}
	return t
}

// title is what a node is called.
func (t mappingTree) title(node string) string {
	if s := t.labels[node]; s != "" {
		return s
	}
	if m := t.access.Mappings[node]; m != nil && m.Title != "" {
		return m.Title
	}
	word := node[strings.LastIndexByte(node, '.')+1:]
	if word == "" {
		return node
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// fresh reports whether the mapping came with an update, not with the first start, and not long ago.
func (t mappingTree) fresh(m *auth.Mapping) bool {
	return m != nil && !m.Changed && m.Version == 1 && m.Since.After(t.first.Add(time.Minute)) && t.now.Sub(m.Since) < freshFor
}

func (t mappingTree) line(node string, level int, r *feature.Mounted) *mappingLine {
	own := t.access.Mappings[node]
	return &mappingLine{
		node: node, title: t.title(node), level: level, route: r, own: own, rules: t.access.Deciding(node), fresh: t.fresh(own),
		may: t.access.Verdicts(node),
	}
}

// section is the feature's tree.
func (t mappingTree) section(f feature.Feature) mappingSection {
	s := mappingSection{title: f.Title, top: t.line(f.Name, 0, nil)}
	parts := map[string]*mappingLine{f.Name: s.top}
	for i, r := range t.routes {
		if r.Feature != f.Name {
			continue
		}
		s.routes++
		parent := s.top
		for _, node := range t.partsOf(r.Name) {
			if parts[node] == nil {
				parts[node] = t.line(node, parent.level+1, nil)
				parent.under = append(parent.under, parts[node])
			}
			parent = parts[node]
		}
		parent.under = append(parent.under, t.line(r.Name, parent.level+1, &t.routes[i]))
	}
	for node, m := range t.access.Mappings {
		if m.Changed && auth.Covers(f.Name, node) {
			s.set++
		}
	}
	return s
}

// partsOf are the parts of a route's name that have a row of their own, below the feature: those with a mapping,
// and those that several routes share.
func (t mappingTree) partsOf(name string) []string {
	var all []string
	for i := strings.IndexByte(name, '.') + 1; ; {
		cut := strings.IndexByte(name[i:], '.')
		if cut < 0 {
			return all
		}
		node := name[:i+cut]
		i += cut + 1
		if t.names[node] { // its own row has it
			continue
		}
		if t.access.Mappings[node] != nil || t.shared[node] > 1 {
			all = append(all, node)
		}
	}
}

// matches reports whether the row meets the filters by itself.
func (t mappingTree) matches(l *mappingLine, f mappingFilter) bool {
	if f.Text != "" {
		text := l.title + " " + l.node
		if l.route != nil {
			text += " " + l.route.Method + " " + l.route.Path
		}
		if !strings.Contains(data.Fold(text), data.Fold(f.Text)) {
			return false
		}
	}
	if f.Role != "" && (l.route == nil || !t.roleMay(f.Role, l.node)) {
		return false
	}
	switch f.Show {
	case showChanged:
		return l.own != nil && l.own.Changed
	case showFresh:
		return l.fresh
	case showSignedIn:
		return l.route != nil && l.rules != nil && l.rules.Audience == auth.ForSignedIn
	case showAnyone:
		return l.route != nil && l.rules != nil && l.rules.Audience == auth.ForAnyone
	}
	return true
}

func (t mappingTree) roleMay(role, node string) bool {
	id := t.access.RoleID(role)
	return id != 0 && t.access.RoleMay(id, node)
}

// filter leaves what meets the filters, and what leads to it.
func (t mappingTree) filter(l *mappingLine, f mappingFilter) bool {
	l.hits = t.matches(l, f)
	l.under = slices.DeleteFunc(l.under, func(u *mappingLine) bool { return !t.filter(u, f) })
	l.open = len(l.under) > 0
	return l.hits || l.open
}

// find opens the way to the node, so that it is seen.
func (l *mappingLine) find(node string) bool {
	if l.node == node {
		return true
	}
	for _, u := range l.under {
		if u.find(node) {
			l.open = true
			return true
		}
	}
	return false
}

// routesBelow are the line's direct routes.
func (l *mappingLine) routesBelow() []*mappingLine {
	var all []*mappingLine
	for _, u := range l.under {
		if u.route != nil {
			all = append(all, u)
		}
	}
	return all
}

// groups are the line itself and all parts below it, each followed by its own parts.
func (l *mappingLine) groups() []*mappingLine {
	all := []*mappingLine{l}
	for _, u := range l.under {
		if u.route == nil {
			all = append(all, u.groups()...)
		}
	}
	return all
}
