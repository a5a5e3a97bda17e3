package admin

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/web"
	"portal/components"
)

// Routes of accounts and roles that templates ask about.
const (
	userSee      = "admin.user.see.one"
	userNew      = "admin.user.edit.new"
	userEdit     = "admin.user.edit.save"
	userImport   = "admin.user.edit.import.form"
	userHandOver = "admin.user.edit.handover.form"
	userLink     = "admin.user.edit.link"
	userMail     = "admin.user.edit.mail"
	userReset    = "admin.user.edit.factor"
	viewAs       = "home.viewas.see"
	roleSee      = "admin.role.see.one"
	roleNew      = "admin.role.edit.new"
	roleEdit     = "admin.role.edit.save"
)

const usersPath = "/admin/users"

func userPath(id int64) string { return usersPath + "/" + strconv.FormatInt(id, 10) }

// userList is what the list of accounts shows.
type userList struct {
	f       userFilter
	rows    data.Rows[userRow]
	figures userFigures
	roles   []string
	me      *auth.Viewer
	now     time.Time
	dormant int // days without a sign-in after which an account counts as dormant
}

// link is the list's address with another value for some of its parameters; page 1 unless it is one of them.
func (f userFilter) link(pairs ...string) string { return web.Link(usersPath, f, pairs...) }

func (f userFilter) query(pairs ...string) string { return web.Link("", f, pairs...) }

func (f userFilter) pageLink(page, size int) string {
	return f.link("page", strconv.Itoa(page), "size", strconv.Itoa(size))
}

// states are those that the list can be filtered by.
func (l userList) states() []components.Option {
	return []components.Option{
		{Label: "Any state"}, {Value: "open", Label: "Open"}, {Value: "locked", Label: "Locked"}, {Value: "never", Label: "Never signed in"},
		{Value: "dormant", Label: "Dormant for " + components.Plural(l.dormant, "day")}, {Value: "no-role", Label: "Without a role"},
	}
}

var userFactors = []components.Option{
	{Label: "Any second factor"}, {Value: "on", Label: "With a second factor"}, {Value: "none", Label: "No second factor"},
	{Value: "missing", Label: "Second factor missing though required"},
}

var userSources = []components.Option{{Label: "Any source"}, {Value: "local", Label: "Local"}, {Value: "ldap", Label: "Directory"}}

func optionLabel(all []components.Option, value string) string {
	for _, o := range all {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

// chips are the filters that are on.
func (l userList) chips() []components.Chip {
	var all []components.Chip
	for _, f := range []struct{ name, value, label string }{
		{"q", l.f.Text, "“" + l.f.Text + "”"}, {"role", l.f.Role, "Role: " + l.f.Role}, {"state", l.f.State, optionLabel(l.states(), l.f.State)},
		{"source", l.f.Source, optionLabel(userSources, l.f.Source)}, {"factor", l.f.Factor, optionLabel(userFactors, l.f.Factor)},
	} {
		if f.value != "" {
			all = append(all, components.Chip{Label: f.label, Without: l.f.link(f.name, "")})
		}
	}
	return all
}

// stats are the figures over the list; a click on the one that is on takes it off.
func (l userList) stats() []components.Stat {
	one := func(state, label, icon string, n int) components.Stat {
		to := userFilter{State: state}
		if l.f.State == state {
			to.State = ""
		}
		return components.Stat{Label: label, Value: n, URL: to.link(), Icon: icon, Active: state != "" && l.f.State == state}
	}
	return []components.Stat{
		one("", "Accounts", "users", l.figures.People), one("never", "Never signed in", "clock", l.figures.Never),
		one("dormant", "Dormant", "moon", l.figures.Dormant), one("no-role", "Without a role", "id", l.figures.Roleless),
		one("locked", "Locked", "lock", l.figures.Locked),
	}
}

func (l userList) sort(key, label string) components.Sort {
	return components.SortBy(l.f.Sort, key, label, l.f.link)
}

// userRoleOptions are the roles as a field offers them, after what stands for none.
func userRoleOptions(roles []string, none string) []components.Option {
	all := []components.Option{{Label: none}}
	for _, r := range roles {
		all = append(all, components.Option{Value: r, Label: r})
	}
	return all
}

func userPerson(u auth.User) components.Person {
	return components.Person{ID: u.ID, Name: u.Name, Username: u.Username, AvatarURL: auth.AvatarURL(u.ID, u.AvatarVersion)}
}

func personOf(p auth.Person) components.Person {
	return components.Person{ID: p.ID, Name: p.Name, Username: p.Username, AvatarURL: auth.AvatarURL(p.ID, p.Avatar)}
}

// userSource is where an account comes from, in words.
func userSource(source string) string { return optionLabel(userSources, source) }

// userState is the state of an account: a word and its colour.
func userState(u auth.User) (label, tone string) {
	switch {
	case u.LockedAt != nil:
		return "Locked", "red"
	case u.LastSignInAt == nil:
		return "Never signed in", "amber"
	}
	return "Open", "green"
}

// grantForm is a role's term as the form of an account sends it.
type grantForm struct {
	Role   string `form:"role"`
	Until  string `form:"until"`
	Reason string `form:"reason"`
}

// userPage is all that the page of an account shows.
type userPage struct {
	user    auth.User
	grants  []auth.Grant // ended ones too
	signIns []auth.SignIn
	log     []userLine
	changes []userLine
	roles   []string
	me      *auth.Viewer
	now     time.Time
	factor  auth.Factor
	needs   string // name of a role of theirs that requires a second factor; empty for none
	mail    bool   // a link to set the password can be mailed

	form  userForm
	grant grantForm
	where string // the form that is wrong: details, grant or lock
	wrong map[string]string
	said  string // what is wrong with it as a whole
}

func (p userPage) path() string { return userPath(p.user.ID) }

func (p userPage) zone() *time.Location { return clock.Zone(p.user.Zone) }

// bad is what is wrong with a field, if its form is the one that was sent.
func (p userPage) bad(form, field string) string {
	if p.where != form {
		return ""
	}
	return p.wrong[field]
}

func (p userPage) saidOf(form string) string {
	if p.where != form || len(p.wrong) > 0 {
		return ""
	}
	return p.said
}

// itself reports whether the viewer looks at their own account.
func (p userPage) itself() bool { return p.me.ID == p.user.ID }

func (p userPage) whyURL() string { return "/admin/why?person=" + url.QueryEscape(p.user.Username) }

func (p userPage) viewAsURL() string { return "/view-as?person=" + strconv.FormatInt(p.user.ID, 10) }

// said is what happened, and who did it when it was somebody else.
func (l userLine) said(of auth.User) string {
	if l.UserName != "" && l.UserName != of.Name && l.Action != "signed in" {
		return l.Action + " (" + l.UserName + ")"
	}
	return l.Action
}

// fieldsSaid are the changed fields of a line of the log as one text.
func (l userLine) fieldsSaid() []data.Field {
	var all []data.Field
	if json.Unmarshal([]byte(l.Fields), &all) != nil {
		return nil
	}
	for i := range all {
		all[i].Name = strings.ReplaceAll(all[i].Name, "_", " ")
	}
	return all
}

// who did it, if anybody signed in did.
func (l userLine) who() string {
	if l.UserName == "" {
		return "Nobody signed in"
	}
	return l.UserName
}
