package weblinks

import (
	"strconv"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/web"
	"portal/components"
)

// listView is what the list shows.
type listView struct {
	f       linkFilter
	rows    data.Rows[Link] // of the table
	shelves []shelf         // of the tiles
	words   words
	people  *auth.People
	access  *auth.Access
	me      *auth.Viewer
}

func (f linkFilter) link(pairs ...string) string { return web.Link(listPath, f, pairs...) }

func (f linkFilter) pageLink(page, size int) string {
	return f.link("page", strconv.Itoa(page), "size", strconv.Itoa(size))
}

// linkOrders are what the list can be sorted by where it has no headings.
var linkOrders = []components.Option{
	{Value: "name", Label: "Link"}, {Value: "url", Label: "Address"}, {Value: "category", Label: "Category"}, {Value: "clicks", Label: "Clicks"}, {Value: "updated", Label: "Changed"},
}

// mayTick reports whether the list's rows can be changed together.
func (l listView) mayTick() bool { return l.f.Show != "trash" && l.me.Can(severalLinks) }

// exportPath is where what the list shows comes from as a file.
func (l listView) exportPath(kind string) string {
	return listPath + "/export" + l.f.link("format", kind)[len(listPath):]
}

func (l listView) showOptions() []components.Option {
	all := []components.Option{{Label: "All links"}}
	for _, s := range []string{"favourites", "mine", "pinned", "never", "broken", "trash"} {
		all = append(all, components.Option{Value: s, Label: shows[s]})
	}
	return all
}

// wordOptions are the words under which the viewer sees a link, and the one that is chosen if it is no secret of others.
func wordOptions(all []word, keep int64) []components.Option {
	var some []components.Option
	for _, w := range all {
		if w.Links > 0 || w.ID == keep && w.Unused {
			some = append(some, components.Option{Value: id(w.ID), Label: w.Name + " (" + strconv.Itoa(w.Links) + ")"})
		}
	}
	return some
}

// chosen is the id as a filter has it: empty for none.
func chosen(n int64) string {
	if n == 0 {
		return ""
	}
	return id(n)
}

func (l listView) categoryOptions() []components.Option {
	return append(components.WithAll("Any category", wordOptions(l.words.Categories, l.f.Category)), components.Option{Value: "-1", Label: "Without a category"})
}

func (l listView) tagOptions() []components.Option {
	return components.WithAll("Any tag", wordOptions(l.words.Tags, l.f.Tag))
}

func (l listView) chips() []components.Chip {
	var all []components.Chip
	add := func(label, name string) {
		all = append(all, components.Chip{Label: label, Without: l.f.link(name, "")})
	}
	if l.f.Text != "" {
		add("“"+l.f.Text+"”", "q")
	}
	if shows[l.f.Show] != "" {
		add(shows[l.f.Show], "show")
	}
	switch {
	case l.f.Category < 0:
		add("Without a category", "category")
	case l.f.Category > 0:
		add("Category: "+known(find(shown(l.words.Categories), l.f.Category).Name), "category")
	}
	if l.f.Tag != 0 {
		add("Tag: "+known(find(shown(l.words.Tags), l.f.Tag).Name), "tag")
	}
	if l.f.Owner != 0 {
		add("Owner: "+known(l.people.ByID(l.f.Owner).Name), "owner")
	}
	return all
}

// known is the name, or what stands for something that has none.
func known(name string) string {
	if name == "" {
		return "nothing known"
	}
	return name
}

func (l listView) sort(key, label string) components.Sort {
	f := l.f
	f.View = "table"
	return components.SortBy(l.f.Sort, key, label, f.link)
}

// empty says why there are no links.
func (l listView) empty() components.EmptyState {
	switch {
	case l.f.Show == "trash":
		return components.EmptyState{Icon: "trash", Title: "The trash is empty", Text: "Deleted links stay here for 30 days."}
	case l.f.Show == "favourites" && len(l.chips()) == 1:
		return components.EmptyState{Icon: "star", Title: "No favourites yet", Text: "The star beside a link puts it here and on your start page.", Action: components.Link{Label: "Show all links", URL: listPath}}
	case l.f.Show == "broken" && len(l.chips()) == 1:
		return components.EmptyState{Icon: "circle-check", Title: "No link is broken", Text: "A link is listed here when its address does not answer any more."}
	case len(l.chips()) > 0:
		return components.EmptyState{Icon: "filter", Title: "No link fits", Text: "The filters above hide all links.", Action: components.Link{Label: "Show all links", URL: listPath}}
	}
	e := components.EmptyState{Icon: "link", Title: "No links yet", Text: "Keep here what the department opens again and again: the wiki, the monitoring, the vendor's portal."}
	if l.me.Can(newLink) {
		e.Action = components.Link{Label: "Add the first link", URL: listPath + "/new"}
	}
	return e
}

func (l listView) shelfName(s shelf) string {
	if s.Category == nil {
		return "Without a category"
	}
	return l.words.categoryName(s.Category)
}

func (l listView) shelfLink(s shelf) string {
	n := "-1"
	if s.Category != nil {
		n = id(*s.Category)
	}
	return l.f.link("category", n, "view", "table")
}

// oneView is a link's page.
type oneView struct {
	Link
	words  words
	people *auth.People
	access *auth.Access
	me     *auth.Viewer
	lines  []data.Line
	page   int
	more   bool
}

func (v oneView) pageURL(page int) string { return v.Path() + "?page=" + strconv.Itoa(page) }

// seenBy says who sees the link.
func seenBy(l Link, access *auth.Access) string {
	if l.SeenBy != seenByRoles {
		return seenNames[l.SeenBy]
	}
	said := ""
	for _, r := range split(l.Roles) {
		if said != "" {
			said += ", "
		}
		said += access.RoleName(r)
	}
	return said
}

func person(people *auth.People, n *int64) components.Person {
	p := people.ByID(data.OrZero(n))
	return components.Person{ID: p.ID, Name: p.Name, Username: p.Username, AvatarURL: auth.AvatarURL(p.ID, p.Avatar)}
}

func lineName(people *auth.People, line data.Line) string {
	if p := people.ByID(data.OrZero(line.UserID)); p.Name != "" {
		return p.Name
	}
	return line.UserName
}

func lineWhat(line data.Line) string {
	if line.Field == "" {
		return line.What
	}
	if label := labels[line.Field]; label != "" {
		return line.What + ": " + label
	}
	return line.What
}

// formView is the form of a link: a new one when id is 0.
type formView struct {
	link   Link
	f      linkForm
	words  words
	access *auth.Access
	me     *auth.Viewer
	same   Link // there is one of that address already
	wrong  map[string]string
}

func (v formView) title() string {
	if v.link.ID == 0 {
		return "New link"
	}
	return "Edit link"
}

func (v formView) action() string {
	if v.link.ID == 0 {
		return listPath
	}
	return v.link.Path() + "/edit"
}

func (v formView) back() string {
	if v.link.ID == 0 {
		return listPath
	}
	return v.link.Path()
}

func (v formView) seenOptions() []components.Option {
	var all []components.Option
	for _, s := range []string{seenByAll, seenByRoles, seenByMe} {
		all = append(all, components.Option{Value: s, Label: seenNames[s]})
	}
	return all
}

func (v formView) roleOptions() []components.Option {
	var all []components.Option
	for _, name := range v.access.RoleNames() {
		all = append(all, components.Option{Value: id(v.access.RoleID(name)), Label: name})
	}
	return all
}

func (v formView) roles() map[string]bool {
	all := map[string]bool{}
	for _, r := range v.f.Roles {
		all[id(r)] = true
	}
	return all
}

// sameURL asks whether there is a link to the address that is being typed.
func (v formView) sameURL() string { return listPath + "/same?except=" + id(v.link.ID) }

// namesHint names some of the words there are, as a hint below a field.
func namesHint(all []word) string {
	if len(all) == 0 {
		return "A new name is made."
	}
	said := "Such as "
	for i, w := range all[:min(len(all), 6)] {
		if i > 0 {
			said += ", "
		}
		said += w.Name
	}
	return said + ". A new name is made."
}
