package admin

import (
	"cmp"
	"slices"
	"strings"

	"portal/app/auth"
	"portal/components"
)

// menuGroup is a category of the menu with its entries, in their order.
type menuGroup struct {
	id      int64 // menu_categories.id, 0 for those without
	name    string
	icon    string
	entries []menuEntry
}

// menuEntry is a route that can stand in the menu.
type menuEntry struct {
	node  string
	title string // shown in the menu
	icon  string // shown in the menu
	m     auth.Mapping
}

// menuNodes are the routes that the features offer for the menu, by name.
func (t mappingTree) menuNodes() map[string]menuEntry {
	all := map[string]menuEntry{}
	for _, f := range t.features {
		for _, n := range f.Nav {
			e := menuEntry{node: f.Name + "." + n.Route, title: n.Title, icon: n.Icon}
			e.m = auth.Mapping{Node: e.node}
			if m := t.access.Mappings[e.node]; m != nil {
				e.m = *m
			}
			e.title, e.icon = cmp.Or(e.m.Title, e.title), cmp.Or(e.m.Icon, e.icon)
			all[e.node] = e
		}
	}
	return all
}

// menuGroups are all categories, those without entries too: something may be moved there.
func menuGroups(t mappingTree) []menuGroup {
	all := []menuGroup{{name: "No category"}}
	for _, c := range t.access.Categories {
		all = append(all, menuGroup{id: c.ID, name: c.Name, icon: c.Icon})
	}
	slices.SortFunc(all[1:], func(x, y menuGroup) int {
		return cmp.Or(cmp.Compare(t.access.Categories[x.id].Weight, t.access.Categories[y.id].Weight), cmp.Compare(x.id, y.id))
	})
	for _, e := range t.menuNodes() {
		i := max(0, slices.IndexFunc(all, func(g menuGroup) bool { return g.id == e.m.Category }))
		all[i].entries = append(all[i].entries, e)
	}
	for _, g := range all {
		slices.SortFunc(g.entries, func(x, y menuEntry) int {
			return cmp.Or(cmp.Compare(x.m.Weight, y.m.Weight), cmp.Compare(x.node, y.node))
		})
	}
	return all
}

// moved are the edits by which the entry stands in the category before another one, or at its end.
// The weights of those that stand there are written anew, ten apart, where they differ.
func moved(groups []menuGroup, node string, category int64, before string) []auth.MappingEdit {
	var entry menuEntry
	var there []menuEntry
	for _, g := range groups {
		for _, e := range g.entries {
			switch {
			case e.node == node:
				entry = e
			case g.id == category:
				there = append(there, e)
			}
		}
	}
	at := slices.IndexFunc(there, func(e menuEntry) bool { return e.node == before })
	if at < 0 {
		at = len(there)
	}
	var all []auth.MappingEdit
	for i, e := range slices.Insert(there, at, entry) {
		menu := e.m.Menu()
		menu.Weight, menu.Category = int64(i+1)*10, category
		if menu != e.m.Menu() {
			all = append(all, auth.MappingEdit{Node: e.node, Version: e.m.Version, Menu: &menu})
		}
	}
	return all
}

// neighbour is the entry before which another one stands when it goes up or down by one; false at the end of the way.
func neighbour(groups []menuGroup, node, direction string) (category int64, before string, ok bool) {
	for _, g := range groups {
		at := slices.IndexFunc(g.entries, func(e menuEntry) bool { return e.node == node })
		switch {
		case at < 0:
			continue
		case direction == "up" && at > 0:
			return g.id, g.entries[at-1].node, true
		case direction == "down" && at+2 < len(g.entries):
			return g.id, g.entries[at+2].node, true
		case direction == "down" && at+1 < len(g.entries):
			return g.id, "", true
		}
		return 0, "", false
	}
	return 0, "", false
}

// menuFields are what can be edited of an entry.
var menuFields = map[string]string{"title": "Title", "icon": "Icon", "category": "Category", "weight": "Weight", "shown": "In the menu"}

// menuCell is one field of an entry where it stands.
type menuCell struct {
	entry menuEntry
	field string
	value string
	wrong string
	saved bool
}

func (c menuCell) id() string {
	return "menu-" + strings.ReplaceAll(c.entry.node, ".", "-") + "-" + c.field
}
func (c menuCell) path() string  { return mappingPath + "/menu/" + c.entry.node + "/" + c.field }
func (c menuCell) label() string { return menuFields[c.field] + " of " + c.entry.title }

func (c menuCell) inline() components.Inline {
	return components.Inline{ID: c.id(), URL: c.path() + "/edit", Label: c.label(), Saved: c.saved}
}

func newMenuCell(e menuEntry, field string) menuCell {
	c := menuCell{entry: e, field: field}
	switch field {
	case "title":
		c.value = e.title
	case "icon":
		c.value = e.icon
	case "category":
		c.value = itoa(e.m.Category)
	case "weight":
		c.value = itoa(e.m.Weight)
	case "shown":
		c.value = "no"
		if e.m.Shown {
			c.value = "yes"
		}
	}
	return c
}

func (c menuCell) editor(t mappingTree) components.Editor {
	e := components.Editor{
		ID: c.id(), Action: c.path(), Cancel: c.path(), Label: c.label(), Name: "value", Type: "text", Value: c.value,
		Version: c.entry.m.Version, Error: c.wrong,
	}
	switch c.field {
	case "title":
		e.Max = 128
	case "category":
		e.Type = "select"
		for _, g := range menuGroups(t) {
			e.Options = append(e.Options, components.Option{Value: itoa(g.id), Label: g.name})
		}
	case "shown":
		e.Type, e.Options = "select", []components.Option{{Value: "yes", Label: "Shown"}, {Value: "no", Label: "Not shown"}}
	}
	return e
}
