package admin

import (
	"context"
	"strconv"
	"strings"
	"time"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/mail"
	"portal/app/web"
	"portal/components"
)

// outboxChange is what can be done with one mail.
type outboxChange func(ctx context.Context, id int64) (mail.Row, error)

// outboxView is what the list of mails shows.
type outboxView struct {
	f      mail.Filter
	rows   data.Rows[mail.Row]
	counts map[string]int // by state
	known  bool           // there is a mail server
	now    time.Time
	me     *auth.Viewer
}

// outboxStates are the states of mails, as the list shows them.
var outboxStates = []struct{ name, label, icon, tone string }{
	{mail.Waiting, "Waiting", "clock", "amber"}, {mail.Failed, "Failed", "alert-triangle", "red"},
	{mail.Sent, "Sent", "check", "green"}, {mail.Discarded, "Discarded", "trash", "slate"},
	{mail.Sending, "Being sent", "mail", "blue"},
}

// link is the list's address with another value for some of its parameters.
func (v outboxView) link(pairs ...string) string { return web.Link(outboxPath, v.f, pairs...) }

// page is the address of another page of the list.
func (v outboxView) page(page, size int) string {
	return v.link("page", strconv.Itoa(page), "size", strconv.Itoa(size))
}

// here is the address of what is shown now.
func (v outboxView) here() string { return v.page(v.rows.Page, v.rows.Size) }

func (v outboxView) sort(key, label string) components.Sort {
	return components.SortBy(v.f.Sort, key, label, v.link)
}

// stats are the cards over the list; a click on the one that is on takes it off.
func (v outboxView) stats() []components.Stat {
	var all []components.Stat
	for _, s := range outboxStates[:4] { // what is being sent is over in a moment
		to := s.name
		if v.f.State == s.name {
			to = ""
		}
		all = append(all, components.Stat{
			Label: s.label, Value: v.counts[s.name], Icon: s.icon, Bad: s.name == mail.Failed, Active: v.f.State == s.name,
			URL: outboxView{}.link("state", to),
		})
	}
	return all
}

func (v outboxView) chips() []components.Chip {
	var all []components.Chip
	if v.f.State != "" {
		all = append(all, components.Chip{Label: outboxLabel(v.f.State), Without: v.link("state", "")})
	}
	if v.f.Text != "" {
		all = append(all, components.Chip{Label: "“" + v.f.Text + "”", Without: v.link("q", "")})
	}
	return all
}

func (v outboxView) empty() components.EmptyState {
	if len(v.chips()) > 0 {
		return components.EmptyState{Icon: "filter", Title: "No mail fits", Text: "The filters above hide all mails.", Action: components.Link{Label: "Show all mails", URL: outboxPath}}
	}
	return components.EmptyState{Icon: "mail", Title: "No mails yet", Text: "Here stands every mail that the portal sends, such as a link for a forgotten password, and what became of it. Sent ones stay for 90 days."}
}

// retryable reports whether the mail can still be sent.
func (v outboxView) retryable(r mail.Row) bool {
	return r.Open() && (r.ExpiresAt == nil || r.ExpiresAt.After(v.now))
}

// outboxLabel is a state's name on the page, and outboxTone its colour.
func outboxLabel(state string) string {
	for _, s := range outboxStates {
		if s.name == state {
			return s.label
		}
	}
	return "Unknown state"
}

func outboxTone(state string) string {
	for _, s := range outboxStates {
		if s.name == state {
			return s.tone
		}
	}
	return "slate"
}

// outboxKinds are the kinds of mails that have a name of their own; others show their dotted one.
var outboxKinds = map[string]string{ //nolint:gosec // names of mails
	"password.forgot": "Forgotten password", "password.link": "Link to set a password", "password.changed": "Password changed", "test": "Test",
}

func outboxKind(kind string) string {
	if name := outboxKinds[kind]; name != "" {
		return name
	}
	return strings.ReplaceAll(kind, ".", " ")
}
