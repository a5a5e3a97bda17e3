package documents

import (
	"slices"
	"strings"
	"time"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/web"
	"portal/components"
)

// The cuts of the list that have a name.
const (
	showMine       = "mine"
	showFavourites = "favourites"
	showDrafts     = "drafts"
	showReviews    = "reviews"
	showUnread     = "unread"
	showOverdue    = "overdue"
	showTemplates  = "templates"
	showTrash      = "trash"
)

// shows are their names, in the order of the filter.
var shows = []components.Option{
	{Value: showMine, Label: "Mine"}, {Value: showFavourites, Label: "Favourites"}, {Value: showUnread, Label: "To read and confirm"},
	{Value: showDrafts, Label: "Drafts"}, {Value: showReviews, Label: "In review"}, {Value: showOverdue, Label: "Overdue for review"},
	{Value: showTemplates, Label: "Templates"}, {Value: showTrash, Label: "Trash"},
}

// labelOf is the label of the option of that value; empty for none.
func labelOf(all []components.Option, value string) string {
	for _, o := range all {
		if o.Value == value {
			return o.Label
		}
	}
	return ""
}

// listView is what the list of documents shows.
type listView struct {
	f      documentFilter
	rows   data.Rows[documentRow]
	tree   *tree
	tags   []Tag
	people *auth.People
	counts counts
	me     *auth.Viewer
	today  clock.Day
	now    time.Time
}

// categoryLine is a category as a list of them shows it.
type categoryLine struct {
	Category
	Depth  int
	Count  int
	URL    string
	Active bool
	Closed bool // it, or one that it lies in, is private
}

func stateOptions() []components.Option {
	var all []components.Option
	for _, s := range []string{StateDraft, StateReview, StateReleased} {
		all = append(all, components.Option{Value: s, Label: states[s].name})
	}
	return all
}

// link is the list's address with another value for some of its parameters.
func (f documentFilter) link(pairs ...string) string { return web.Link("/documents", f, pairs...) }

// pageLink is the address of another page of the list.
func (f documentFilter) pageLink(page, size int) string {
	return f.link("page", id(int64(page)), "size", id(int64(size)))
}

// tags are the ids of the tags that documents must have all of.
func (f documentFilter) tags() []int64 { return split(f.Tags) }

// without is the filter's tags but for one.
func (f documentFilter) without(tag int64) string {
	return join(slices.DeleteFunc(f.tags(), func(n int64) bool { return n == tag }))
}

// chips are the filters that are on.
func (l listView) chips() []components.Chip {
	var all []components.Chip
	f := l.f
	if name := labelOf(shows, f.Show); name != "" {
		all = append(all, components.Chip{Label: name, Without: f.link("show", "")})
	}
	if f.Text != "" {
		all = append(all, components.Chip{Label: "“" + f.Text + "”", Without: f.link("q", "")})
	}
	if f.Category != 0 {
		all = append(all, components.Chip{Label: l.tree.name(&f.Category), Without: f.link("category", "")})
	}
	for _, n := range f.tags() {
		if name := tagNames(l.tags, []int64{n}); name != "" {
			all = append(all, components.Chip{Label: "Tag: " + name, Without: f.link("tags", f.without(n))})
		}
	}
	if s := states[f.State]; s.name != "" {
		all = append(all, components.Chip{Label: s.name, Without: f.link("state", "")})
	}
	if f.Owner != 0 {
		all = append(all, components.Chip{Label: "Owner: " + orUnknown(l.people.ByID(f.Owner).Name), Without: f.link("owner", "")})
	}
	return all
}

func (l listView) sort(key, label string) components.Sort {
	return components.SortBy(l.f.Sort, key, label, l.f.link)
}

// empty says why the list has no rows.
func (l listView) empty() components.EmptyState {
	switch {
	case l.f.Show == showTrash:
		return components.EmptyState{Icon: "trash", Title: "The trash is empty", Text: "Deleted documents stay here for 30 days."}
	case l.f.Show == showUnread && len(l.chips()) == 1:
		return components.EmptyState{Icon: "check", Title: "Nothing to read", Text: "You have confirmed every document that a role of yours has to read."}
	case l.f.Show == showTemplates && len(l.chips()) == 1:
		return components.EmptyState{Icon: "template", Title: "No templates yet", Text: "A template is a document that others are made from. Tick “Template” in the form of one."}
	case len(l.chips()) > 0:
		return components.EmptyState{Icon: "filter", Title: "No document fits", Text: "The filters above hide all documents.", Action: components.Link{Label: "Show all documents", URL: "/documents"}}
	}
	e := components.EmptyState{Icon: "book", Title: "No documents yet", Text: "A document holds what the department knows, such as “How to restart the pump station”."}
	if l.me.Can(newDocument) {
		e.Action = components.Link{Label: "Write the first document", URL: "/documents/new"}
	}
	return e
}

// categories are those of the tree that the viewer may know of, with how many documents lie in each and below it.
func (l listView) categories() []categoryLine {
	var all []categoryLine
	for _, c := range l.tree.known(l.me) {
		line := categoryLine{Category: c, Depth: l.tree.depth(c.ID), URL: l.f.link("category", id(c.ID)), Active: l.f.Category == c.ID, Closed: l.tree.closed(&c.ID)}
		for _, n := range l.tree.within(c.ID) {
			line.Count += l.counts.Categories[n]
		}
		all = append(all, line)
	}
	return all
}

// all is how many documents there are in all categories and none.
func (l listView) all() int {
	n := 0
	for _, c := range l.counts.Categories {
		n += c
	}
	return n
}

// owners are offered by the filter: whoever owns something that is listed, and who is chosen.
func (l listView) owners() []components.Option {
	var all []components.Option
	for _, p := range l.people.List {
		if l.f.Owner == p.ID || slices.ContainsFunc(l.rows.Items, func(r documentRow) bool { return data.OrZero(r.OwnerID) == p.ID }) {
			all = append(all, components.Option{Value: id(p.ID), Label: p.Name})
		}
	}
	return all
}

// mayRestore reports whether the viewer may bring the document of the row back.
func (l listView) mayRestore(r documentRow) bool {
	return l.me.Can(deleteDocument) && (l.me.Admin() || data.OrZero(r.OwnerID) == l.me.ID && l.me.Known()) && !data.TrashOver(r.DeletedAt, l.now)
}

// newURL is the form of a new document, in the category that is shown.
func (l listView) newURL() string {
	if l.f.Category == 0 {
		return "/documents/new"
	}
	return "/documents/new?category=" + id(l.f.Category)
}

// categoryOptions are the categories that the viewer may know of, for the filter of a narrow screen.
func (l listView) categoryOptions() []components.Option {
	all := categoryOptions(l.tree, l.tree.known(l.me), "Any category")
	all[0].Value = ""
	return all
}

func (l listView) hasTag(tag int64) bool { return slices.Contains(l.f.tags(), tag) }

// tagURL is the list with that tag among the filters, or without it when it is.
func (l listView) tagURL(tag int64) string {
	if l.hasTag(tag) {
		return l.f.link("tags", l.f.without(tag))
	}
	return l.f.link("tags", join(append(l.f.tags(), tag)))
}

// note is the line below a title: where it lies and what it is marked with.
func (l listView) note(r documentRow) string {
	parts := []string{l.tree.name(r.CategoryID), tagNames(l.tags, split(r.TagIDs))}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}
