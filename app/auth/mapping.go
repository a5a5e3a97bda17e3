package auth

import (
	"maps"
	"slices"
	"strings"

	"portal/app/data"
	"portal/app/fault"
)

// Tree is what the code declares of routes, to compare mappings with.
type Tree struct {
	Routes   []string // names of all routes that are served
	Defaults []Default
	Off      []string // names of features that are turned off: their mappings wait
}

// Covers reports whether node is the route's name or a part of it.
func Covers(node, route string) bool {
	return strings.HasPrefix(route, node) && (len(route) == len(node) || route[len(node)] == '.')
}

// Has reports whether some route has this name, or one that begins with it.
func (t Tree) Has(node string) bool {
	return slices.ContainsFunc(t.Routes, func(r string) bool { return Covers(node, r) })
}

// Invalid are the nodes of mappings that no route has, sorted. Those of features that are turned off are none of them,
// nor are those that wait.
func (t Tree) Invalid(a *Access) []string {
	return t.lost(a, func(node string) bool { return !t.waits(node) })
}

// Waiting are the nodes of mappings, brought over from the replaced portal, for a feature that this version does not
// have yet, sorted.
func (t Tree) Waiting(a *Access) []string { return t.lost(a, t.waits) }

// lost are the nodes that no route has and for which is holds.
func (t Tree) lost(a *Access, is func(node string) bool) []string {
	var all []string
	for node := range a.Mappings {
		if !t.off(node) && !t.Has(node) && is(node) {
			all = append(all, node)
		}
	}
	slices.Sort(all)
	return all
}

// waits reports whether the node is of a part that the portal is to have and has not.
func (t Tree) waits(node string) bool {
	area, _, _ := strings.Cut(node, ".")
	return slices.Contains(areas, area) && !t.Has(area)
}

func (t Tree) off(node string) bool {
	return slices.ContainsFunc(t.Off, func(f string) bool { return Covers(f, node) })
}

// Default is what the node came with; false when the code declares nothing for it.
func (t Tree) Default(node string) (Default, bool) {
	for _, d := range t.Defaults {
		if d.Node == node {
			return d, true
		}
	}
	return Default{}, false
}

// AnyVersion in an edit takes the mapping as it is, whoever wrote it last.
const AnyVersion = -1

// MappingEdit is one change of one mapping.
type MappingEdit struct {
	Node    string
	Version int64     // of the mapping that was shown; 0: there was none
	Who     *Who      // nil: as it is
	Menu    *MenuEdit // nil: as it is
	Reset   bool      // back to what the portal came with; a mapping it did not come with goes
	Remove  bool      // only of mappings that no route has
}

// Who is whom a mapping lets in.
type Who struct {
	Audience Audience
	Roles    []string // names; with ForRoles only
}

// MenuEdit is how a route stands in the menu.
type MenuEdit struct {
	Title    string
	Icon     string
	Category int64 // menu_categories.id, 0 for none
	Weight   int64 // lower comes first
	Shown    bool
}

// Menu is how the mapping's route stands in the menu.
func (m *Mapping) Menu() MenuEdit { return MenuEdit{m.Title, m.Icon, m.Category, m.Weight, m.Shown} }

// step is what one edit does to one mapping.
type step struct {
	was, is state // of ID 0 is one that is not there
	gone    bool
	what    string // past tense, for the log
	fields  []data.Field
}

// signIn is the node that everybody must reach.
const signIn = "home.signin"

// plan works out what the edits do, in words and rows. It writes nothing.
// Errors: fault.NotFound for a node that no route has; fault.Conflict when a mapping is no longer what was shown;
// fault.Invalid at "audience", "roles" or a field of the menu.
func (w world) plan(t Tree, edits []MappingEdit) ([]step, error) {
	before := w.access()
	var all []step
	for _, e := range edits {
		s, err := w.planOne(t, e, before)
		if err != nil {
			return nil, err
		}
		if len(s.fields) > 0 {
			all = append(all, s)
		}
	}
	return all, w.keepSignIn(t, all)
}

// keepSignIn refuses steps after which nobody could sign in.
func (w world) keepSignIn(t Tree, steps []step) error {
	before, after := Visitor(w.access()), Visitor(w.after(steps).access())
	for _, r := range t.Routes {
		if Covers(signIn, r) && before.Can(r) && !after.Can(r) {
			return fault.Field("audience", "Nobody could sign in any more. Leave %s open to anyone.", signIn)
		}
	}
	return nil
}

// after is the world when the steps are done.
func (w world) after(steps []step) world {
	w.mappings = maps.Clone(w.mappings)
	for _, s := range steps {
		if s.gone {
			delete(w.mappings, s.is.Node)
			continue
		}
		w.mappings[s.is.Node] = s.is
	}
	return w
}

func (w world) planOne(t Tree, e MappingEdit, a *Access) (step, error) {
	was, have := w.mappings[e.Node]
	switch {
	case !have && e.Version > 0:
		return step{}, fault.New(fault.NotFound, "The mapping of %s is gone: somebody has removed it.", e.Node)
	case t.off(e.Node):
		return step{}, fault.New(fault.Invalid, "%s belongs to a feature that is turned off, so its mapping waits as it is.", e.Node)
	case !have && !t.Has(e.Node):
		return step{}, fault.New(fault.NotFound, "There is no route %s, and none whose name begins so.", e.Node)
	case have && e.Version != AnyVersion && e.Version != was.Version:
		return step{}, fault.New(fault.Conflict, "Somebody else has changed %s: it is now for %s.", e.Node,
			a.WhoSaid(Audience(was.Audience), was.roles))
	case e.Remove && t.Has(e.Node):
		return step{}, fault.New(fault.Invalid, "%s is the name of routes, so its mapping stays. Reset it instead.", e.Node)
	case !e.Remove && !t.Has(e.Node):
		return step{}, fault.New(fault.Invalid, "No route has the name %s, so its mapping can only be removed.", e.Node)
	}
	s := step{was: was, is: was, what: "set who may use it"}
	s.is.Node = e.Node
	if !have {
		s.is.Audience = string(ForInherit)
	}
	err := s.apply(w, t, e)
	if err != nil {
		return s, err
	}
	s.fields = w.compare(a, s)
	return s, nil
}

// apply makes the step's new state.
func (s *step) apply(w world, t Tree, e MappingEdit) error {
	s.is.Changed = true
	switch {
	case e.Remove:
		s.gone, s.what = true, "removed the mapping, which no route has"
	case e.Reset:
		d, declared := t.Default(e.Node)
		if !declared {
			s.gone, s.what = s.was.ID != 0, "removed the mapping, which the portal does not come with"
			return nil
		}
		s.what, s.is.Changed = "reset to what the portal comes with", false
		e.Who = &Who{d.Audience, d.Roles}
		e.Menu = &MenuEdit{d.Title, d.Icon, w.categoryID(d.Category), d.Weight, d.Shown}
	}
	if e.Who != nil {
		if err := s.setWho(w, *e.Who); err != nil {
			return err
		}
	}
	if e.Menu != nil {
		if !e.Reset {
			s.what = "changed the place in the menu"
		}
		return s.setMenu(w, *e.Menu)
	}
	return nil
}

func (s *step) setWho(w world, who Who) error {
	s.is.Audience, s.is.roles = string(who.Audience), nil
	switch who.Audience {
	case ForInherit, ForAnyone, ForSignedIn:
		return nil
	case ForRoles:
	default:
		return fault.Field("audience", "Choose who may from the list.")
	}
	if len(who.Roles) == 0 {
		return fault.Field("roles", "Choose a role; admin alone stands for administrators.")
	}
	for _, name := range who.Roles {
		id := w.roleID(name)
		if id == 0 {
			return fault.Field("roles", "There is no role %s.", name)
		}
		if !slices.Contains(s.is.roles, id) {
			s.is.roles = append(s.is.roles, id)
		}
	}
	slices.Sort(s.is.roles)
	return nil
}

func (s *step) setMenu(w world, m MenuEdit) error {
	switch {
	case len([]rune(m.Title)) > 128:
		return fault.Field("title", "At most 128 characters.")
	case len(m.Icon) > 60:
		return fault.Field("icon", "Choose an icon from the list.")
	case m.Weight < -1_000_000 || m.Weight > 1_000_000:
		return fault.Field("weight", "Write a whole number from -1,000,000 to 1,000,000.")
	case m.Category != 0 && w.categoryName(m.Category) == "":
		return fault.Field("category", "Choose a category from the list.")
	}
	s.is.Title, s.is.Icon, s.is.Weight, s.is.Shown, s.is.CategoryID = m.Title, m.Icon, m.Weight, m.Shown, nil
	if m.Category != 0 {
		s.is.CategoryID = &m.Category
	}
	return nil
}

func (w world) roleID(name string) int64 {
	for _, r := range w.roles {
		if r.Name == name {
			return r.ID
		}
	}
	return 0
}

func (w world) categoryID(name string) int64 {
	for _, c := range w.categories {
		if c.Name == name {
			return c.ID
		}
	}
	return 0
}

func (w world) categoryName(id int64) string {
	for _, c := range w.categories {
		if c.ID == id {
			return c.Name
		}
	}
	return ""
}
