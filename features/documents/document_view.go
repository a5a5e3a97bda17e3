package documents

import (
	"slices"
	"strings"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/components"
)

func orUnknown(name string) string {
	if name == "" {
		return "nobody known"
	}
	return name
}

// person is somebody as pages show them.
func person(people *auth.People, n *int64) components.Person {
	p := people.ByID(data.OrZero(n))
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
	who := h.people.ByID(data.OrZero(s.UserID)).Name
	if s.RoleID != nil {
		who = "Whoever has the role " + h.access.RoleName(*s.RoleID)
	}
	return orUnknown(who) + " " + verbs[s.Level] + " it, by " + what + "."
}

// historyView is what a page of a document's history shows.
type historyView struct {
	headView
	lines []data.Line
	page  int
	more  bool
}

// stateText is the state of the newest version, and which one readers see meanwhile.
func stateText(d Document) string {
	if d.State != StateReleased && d.Released != 0 {
		return "Version " + id(d.Latest) + ": " + strings.ToLower(states[d.State].name)
	}
	return states[d.State].name
}

func (h headView) hasTag(tag int64) bool { return slices.Contains(h.Tags, tag) }

// number is n as a parameter; 0 says nothing.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return id(n)
}
