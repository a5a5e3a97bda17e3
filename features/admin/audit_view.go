package admin

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"portal/app/audit"
	"portal/app/auth"
	"portal/components"
)

// auditView is what the page of the audit log shows.
type auditView struct {
	q      auditQuery
	page   audit.Page
	words  audit.Words
	people *auth.People
	check  auditCheck
	zone   *time.Location
	may    bool // verify
}

// link is the address with the same filters; pairs of name and value change some parameters.
func (q auditQuery) link(path string, pairs ...string) string {
	all := [][2]string{
		{"user", logNumber(q.User)}, {"kind", q.Kind}, {"thing", logNumber(q.Thing)}, {"action", q.Action},
		{"address", q.Address}, {"request", q.Request}, {"from", q.From}, {"to", q.To},
	}
	if q.Size != 25 && q.Size != 0 {
		all = append(all, [2]string{"size", strconv.Itoa(q.Size)})
	}
	return logLink(path, all, pairs...)
}

// logLink is an address with those parameters that say something; pairs of name and value change some.
func logLink(path string, all [][2]string, pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		all = append(all, [2]string{pairs[i], pairs[i+1]})
	}
	for _, p := range all {
		v.Del(p[0])
		if p[1] != "" {
			v.Set(p[0], p[1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// logNumber is n as a parameter; 0 says nothing.
func logNumber(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// chips are the filters that are on.
func (v auditView) chips() []components.Chip {
	var all []components.Chip
	add := func(on bool, label string, names ...string) {
		if on {
			var pairs []string
			for _, n := range names {
				pairs = append(pairs, n, "")
			}
			all = append(all, components.Chip{Label: label, Without: v.q.link(auditPath, pairs...)})
		}
	}
	add(v.q.User != 0, "By "+v.personName(v.q.User), "user")
	add(v.q.Kind != "", "Kind: "+v.q.Kind, "kind")
	add(v.q.Thing != 0, "Number "+logNumber(v.q.Thing), "thing")
	add(v.q.Action != "", "“"+v.q.Action+"”", "action")
	add(v.q.Address != "", "From "+v.q.Address, "address")
	add(v.q.Request != "", "Request "+v.q.Request, "request")
	add(v.q.From != "", "Since "+v.q.From, "from")
	add(v.q.To != "", "Until "+v.q.To, "to")
	return all
}

func (v auditView) personName(id int64) string {
	if id == audit.Nobody {
		return "the portal or a visitor"
	}
	if name := v.people.ByID(id).Name; name != "" {
		return name
	}
	return "somebody unknown"
}

// personOptions are all people, for the filter.
func (v auditView) personOptions() []components.Option {
	all := []components.Option{{Label: "Anybody"}, {Value: logNumber(audit.Nobody), Label: "The portal, visitors"}}
	for _, p := range v.people.List {
		all = append(all, components.Option{Value: logNumber(p.ID), Label: p.Name})
	}
	return all
}

func (v auditView) kindOptions() []components.Option {
	all := []components.Option{{Label: "Any kind"}}
	known := v.q.Kind == ""
	for _, k := range v.words.Kinds {
		all = append(all, components.Option{Value: k, Label: k})
		known = known || k == v.q.Kind
	}
	if !known {
		all = append(all, components.Option{Value: v.q.Kind, Label: v.q.Kind})
	}
	return all
}

// person is who did it, as lists show people.
func (v auditView) person(l audit.Line) components.Person {
	p := components.Person{Name: l.UserName}
	if p.Name == "" {
		p.Name = "Visitor"
	}
	if l.UserID != nil {
		if known := v.people.ByID(*l.UserID); known.ID != 0 {
			p.ID, p.AvatarURL = known.ID, auth.AvatarURL(known.ID, known.Avatar)
		}
	}
	return p
}

// when is the moment for the viewer, and utc the same moment in UTC when the two differ.
func (v auditView) when(l audit.Line) string {
	return l.CreatedAt.In(v.zone).Format("2 Jan 2006, 15:04:05 MST")
}

func (v auditView) utc(l audit.Line) string {
	if _, offset := l.CreatedAt.In(v.zone).Zone(); offset == 0 {
		return ""
	}
	return l.CreatedAt.UTC().Format("2006-01-02 15:04:05 UTC")
}

// newer and older are the addresses of the neighbouring pages.
func (v auditView) newer() string {
	return v.q.link(auditPath, "before", audit.CursorOf(v.page.Lines[0]).String())
}

func (v auditView) older() string {
	return v.q.link(auditPath, "after", audit.CursorOf(v.page.Lines[len(v.page.Lines)-1]).String())
}

func (v auditView) empty() components.EmptyState {
	e := components.EmptyState{Icon: "history", Title: "No lines yet", Text: "Whatever anybody changes, and every sign-in, is written here."}
	if len(v.chips()) > 0 {
		e = components.EmptyState{Icon: "filter", Title: "No line fits", Text: "The filters above hide all lines.", Action: components.Link{Label: "Show all lines", URL: auditPath}}
	}
	if v.q.After != "" || v.q.Before != "" {
		e = components.EmptyState{Icon: "history", Title: "There are no more lines", Text: "The list ends here.", Action: components.Link{Label: "Go to the latest", URL: v.q.link(auditPath)}}
	}
	return e
}

// auditLinked is a thing's address if it is one of this portal's.
func auditLinked(l audit.Line) string {
	if strings.HasPrefix(l.URL, "/") && !strings.HasPrefix(l.URL, "//") {
		return l.URL
	}
	return ""
}
