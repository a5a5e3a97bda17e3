package documents

import (
	"html"
	"slices"
	"strings"
	"time"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/markdown"
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

func orUnknown(name string) string {
	if name == "" {
		return "nobody known"
	}
	return name
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

// categoryLine is a category as a list of them shows it.
type categoryLine struct {
	Category
	Depth  int
	Count  int
	URL    string
	Active bool
	Closed bool // it, or one that it lies in, is private
}

// owners are offered by the filter: whoever owns something that is listed, and who is chosen.
func (l listView) owners() []components.Option {
	var all []components.Option
	for _, p := range l.people.List {
		if l.f.Owner == p.ID || slices.ContainsFunc(l.rows.Items, func(r documentRow) bool { return value(r.OwnerID) == p.ID }) {
			all = append(all, components.Option{Value: id(p.ID), Label: p.Name})
		}
	}
	return all
}

func stateOptions() []components.Option {
	var all []components.Option
	for _, s := range []string{StateDraft, StateReview, StateReleased} {
		all = append(all, components.Option{Value: s, Label: states[s].name})
	}
	return all
}

// mayRestore reports whether the viewer may bring the document of the row back.
func (l listView) mayRestore(r documentRow) bool {
	return l.me.Can(deleteDocument) && (l.me.Admin() || value(r.OwnerID) == l.me.ID && l.me.Known()) && !expired(r.DeletedAt, l.now)
}

// person is somebody as pages show them.
func person(people *auth.People, n *int64) components.Person {
	p := people.ByID(value(n))
	return components.Person{ID: p.ID, Name: p.Name, Username: p.Username, AvatarURL: auth.AvatarURL(p.ID, p.Avatar)}
}

// headView is what stands around each page of a document.
type headView struct {
	heldDocument
	tree   *tree
	level  Level
	tab    string
	me     *auth.Viewer
	people *auth.People
	access *auth.Access // for the names of roles
	tags   []Tag
	today  clock.Day
}

func (h headView) link() components.Link {
	return components.Link{Label: h.Document.Title, URL: h.Document.Path()}
}

func (h headView) crumbs() []components.Link {
	all := []components.Link{{Label: "Documents", URL: "/documents"}}
	chain := h.tree.chain(h.Document.CategoryID)
	slices.Reverse(chain)
	for _, c := range chain {
		if h.tree.mayKnow(c.ID, h.me) {
			all = append(all, components.Link{Label: c.Name, URL: "/documents?category=" + id(c.ID)})
		}
	}
	return all
}

func (h headView) tabs() []components.Tab {
	path := h.Document.Path()
	one := func(tab, label, url, icon string) components.Tab {
		return components.Tab{Label: label, URL: url, Icon: icon, Count: -1, Active: h.tab == tab}
	}
	all := []components.Tab{one("text", "Text", path, "file-text")}
	if h.level >= LevelWrite {
		all = append(all, one("versions", "Versions", path+"/versions", "copy"), one("history", "History", path+"/history", "history"))
	}
	if h.may(LevelManage, shareDocument) {
		all = append(all, one("share", "Sharing", path+"/share", "users"))
	}
	if h.may(LevelManage, seeReaders) {
		all = append(all, one("readers", "Readers", path+"/readers", "eye"))
	}
	return all
}

// chosen are the ids that a field of several has.
func chosen(ids []int64) map[string]bool {
	all := map[string]bool{}
	for _, n := range ids {
		all[id(n)] = true
	}
	return all
}

// fill puts into clean HTML who it names.
func (h headView) fill(clean string) string { return fillPeople(h.people, clean) }

// drawText is a text as clean HTML with who it names.
func drawText(people *auth.People, text string) string {
	clean, _ := markdown.Page(text)
	return fillPeople(people, clean)
}

func fillPeople(people *auth.People, clean string) string {
	return markdown.Fill(clean, func(m markdown.Mention) string {
		if !m.Person {
			return ""
		}
		for _, p := range people.List {
			if strings.EqualFold(p.Username, m.Word) {
				return `<span class="mention">@` + html.EscapeString(p.Name) + `</span>`
			}
		}
		return ""
	})
}

// textView is a version of a document to read.
type textView struct {
	headView
	number    int64
	html      string // clean
	headings  []markdown.Heading
	favourite bool
	confirmed bool // the viewer has confirmed the released version
	decisions []Decision
}

// isDraft reports whether what is shown is not what readers see.
func (v textView) isDraft() bool { return v.number != v.Document.Released }

// newer reports whether there is a version that only writers see.
func (v textView) newer() bool {
	return v.level >= LevelWrite && v.number == v.Document.Released && v.Document.Latest > v.Document.Released
}

// mustConfirm reports whether a role of the viewer's has to read what is released.
func (v textView) mustConfirm() bool {
	return v.me.Known() && v.Document.Released != 0 && !v.isDraft() && slices.ContainsFunc(v.me.Roles(), func(r int64) bool { return slices.Contains(v.Readers, r) })
}

// may reports whether the viewer may do with the document what needs the level and the route.
func (h headView) may(l Level, route string) bool { return h.level >= l && h.me.Can(route) }

// overdue reports whether somebody should have looked at it again by now.
func (h headView) overdue() bool { return h.Document.ReviewOn != "" && h.Document.ReviewOn < h.today }

// seenBy says who may see the document, and why.
func (h headView) seenBy() []string {
	var all []string
	d := h.Document
	switch {
	case d.Private:
		all = append(all, "It is private: its owner, administrators and those below see it.")
	case h.tree.closed(d.CategoryID):
		all = append(all, "Its category is private: its owner, administrators and those below see it.")
	default:
		return []string{"Everyone who may read documents sees it."}
	}
	for _, s := range h.Shares {
		all = append(all, h.shareText(s, "the document"))
	}
	for _, c := range h.tree.chain(d.CategoryID) {
		for _, s := range h.tree.Shares[c.ID] {
			all = append(all, h.shareText(s, "the category “"+c.Name+"”"))
		}
	}
	return all
}

// verbs are what a level allows, as a sentence says it.
var verbs = map[string]string{"read": "reads", "write": "writes", "manage": "manages"}

func (h headView) shareText(s Share, what string) string {
	who := h.people.ByID(value(s.UserID)).Name
	if s.RoleID != nil {
		who = "Whoever has the role " + h.access.RoleName(*s.RoleID)
	}
	return orUnknown(who) + " " + verbs[s.Level] + " it, by " + what + "."
}

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

// historyView is what a page of a document's history shows.
type historyView struct {
	headView
	lines []data.Line
	page  int
	more  bool
}

// suggestPeople are people whose name or user name has a word that begins with what was typed.
func suggestPeople(people *auth.People, typed string) []components.Suggestion {
	const most = 8
	typed = data.Fold(typed)
	var all []components.Suggestion
	for _, p := range people.List {
		name := data.Fold(p.Name)
		if p.Locked || !strings.HasPrefix(data.Fold(p.Username), typed) && !strings.HasPrefix(name, typed) && !strings.Contains(name, " "+typed) {
			continue
		}
		shown := person(people, &p.ID)
		if all = append(all, components.Suggestion{Insert: "@" + p.Username, Title: p.Name, Detail: p.Username, Person: &shown}); len(all) == most {
			break
		}
	}
	return all
}

// stateText is the state of the newest version, and which one readers see meanwhile.
func stateText(d Document) string {
	if d.State != StateReleased && d.Released != 0 {
		return "Version " + id(d.Latest) + ": " + strings.ToLower(states[d.State].name)
	}
	return states[d.State].name
}

// url is the address of what is shown.
func (v textView) url() string {
	if v.isDraft() && v.Document.Released != 0 {
		return v.Document.Path() + "?version=" + id(v.number)
	}
	return v.Document.Path()
}

func (h headView) hasTag(tag int64) bool { return slices.Contains(h.Tags, tag) }

// number is n as a parameter; 0 says nothing.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return id(n)
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
