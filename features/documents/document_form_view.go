package documents

import (
	"portal/app/auth"
	"portal/components"
)

// formView is the form of a document: a new one when it has no id.
type formView struct {
	heldDocument
	f         documentForm
	tree      *tree
	level     Level
	tags      []Tag
	people    *auth.People
	me        *auth.Viewer
	wrong     map[string]string
	templates []Document // a new document may be made from
}

func (v formView) title() string {
	if v.Document.ID == 0 {
		return "New document"
	}
	return "Edit " + v.Document.Title
}

func (v formView) action() string {
	if v.Document.ID == 0 {
		return "/documents"
	}
	return v.Document.Path() + "/edit"
}

func (v formView) back() string {
	if v.Document.ID == 0 {
		return "/documents"
	}
	return v.Document.Path()
}

func (v formView) crumbs() []components.Link {
	all := []components.Link{{Label: "Documents", URL: "/documents"}}
	if v.Document.ID != 0 {
		all = append(all, components.Link{Label: v.Document.Title, URL: v.Document.Path()})
	}
	return all
}

// categories are those the document may lie in.
func (v formView) categories() []components.Option {
	var all []Category
	for _, c := range v.tree.known(v.me) {
		if c.ID == v.f.Category || !v.tree.closed(&c.ID) || v.me.Admin() || v.tree.shared(&c.ID, v.me) >= LevelWrite {
			all = append(all, c)
		}
	}
	return categoryOptions(v.tree, all, "None")
}

// owners are all who may sign in, and nobody.
func (v formView) owners() []components.Option {
	all := []components.Option{{Value: "0", Label: "Nobody"}}
	for _, p := range v.people.List {
		if !p.Locked || p.ID == v.f.Owner {
			all = append(all, components.Option{Value: id(p.ID), Label: p.Name + " (" + p.Username + ")"})
		}
	}
	return all
}
