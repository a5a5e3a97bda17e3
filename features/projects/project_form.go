package projects

import (
	"context"
	"slices"
	"strconv"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/components"
)

// projectForm is what a person fills in; the texts as typed.
type projectForm struct {
	Name          string  `form:"name" validate:"required,max=200"`
	TaskKey       string  `form:"task_key" validate:"omitempty,max=10,alphanum,uppercase"`
	Summary       string  `form:"summary" validate:"max=500"`
	Description   string  `form:"description" validate:"max=100000"`
	Icon          string  `form:"icon" validate:"max=60"`
	Status        int64   `form:"status"`
	Priority      int64   `form:"priority"`
	Lead          int64   `form:"lead"`
	Percent       string  `form:"percent"` // empty: computed from the tasks
	Private       bool    `form:"private"`
	NotifyCreated bool    `form:"notify_created"`
	NotifyDone    bool    `form:"notify_done"`
	NotifyComment bool    `form:"notify_comment"`
	WaitsRule     string  `form:"waits_rule" validate:"omitempty,oneof=refuse warn"` // empty: as it is
	Watchers      []int64 `form:"watchers"`
	Stakeholders  []int64 `form:"stakeholders"`
	Shareholders  []int64 `form:"shareholders"`
	Roles         []int64 `form:"roles"`
	Version       int64   `form:"version"`
	Once          string  `form:"once" validate:"max=64"` // made with the form: sent twice, it makes one project
}

// icons are the pictures a project may have.
var icons = []string{"folder", "server", "network", "cloud", "cpu", "database", "wifi", "shield", "tool", "rocket", "bug", "book", "briefcase", "phone", "users", "flame", "flag"}

// labels are the fields' names on screen and in the history.
var labels = map[string]string{
	"name": "Name", "task_key": "Task key", "summary": "Summary", "description": "Description", "icon": "Icon", "status": "Status",
	"priority": "Priority", "lead": "Lead", "percent": "Progress", "private": "Private", "notify_created": "Tell of new tasks",
	"notify_done": "Tell of completed tasks", "notify_comment": "Tell of comments", "watchers": "Watchers",
	"stakeholders": "Stakeholders", "shareholders": "Shareholders", "roles": "Roles", "assignee": "Assignee",
	"start_on": "Start", "due_on": "Due date", "parent": "Part of", "text": "Text", "position": "Place", "waits": "Waits for", "repeat": "Repeats", "limit": "Limit", "most": "Limit",
	"labels": "Labels", "estimate": "Estimate", "milestone": "Milestone", "queue": "Queue", "waits_rule": "Completing a task that waits", "colour": "Colour",
	"stage": "Stage",
}

// view turns ids into what people read.
type view struct {
	words  *words
	people *auth.People
	access *auth.Access // for the names of roles
	me     *auth.Viewer // whom choices are offered to
	plan   *heldProject // the project whose labels and milestones have names; nil: they have none
}

// of is the view with the names of the project's labels and milestones.
func (v view) of(h heldProject) view {
	v.plan = &h
	return v
}

func (s *projectStore) view(ctx context.Context) (view, error) {
	w, err := s.words.All(ctx)
	if err != nil {
		return view{}, err
	}
	p, err := s.users.People(ctx)
	return view{words: w, people: p, access: s.users.Gate().Access(), me: auth.From(ctx)}, err
}

func (v view) person(id *int64) components.Person {
	p := v.people.ByID(data.OrZero(id))
	return components.Person{ID: p.ID, Name: p.Name, Username: p.Username, AvatarURL: auth.AvatarURL(p.ID, p.Avatar)}
}

func (v view) personName(id int64) string { return v.people.ByID(id).Name }

// personOptions are all who may sign in, and nobody; keep is offered although it may not.
func (v view) personOptions(keep int64, nobody string) []components.Option {
	all := []components.Option{{Value: "0", Label: nobody}}
	for _, p := range v.people.List {
		if !p.Locked || p.ID == keep {
			all = append(all, personOption(p))
		}
	}
	return all
}

// teamOptions are all who may sign in, and those of the team who may not any more: a form that did not offer them
// would take them out.
func (v view) teamOptions(team []int64) []components.Option {
	var all []components.Option
	for _, p := range v.people.List {
		if !p.Locked || slices.Contains(team, p.ID) {
			all = append(all, personOption(p))
		}
	}
	return all
}

func personOption(p auth.Person) components.Option {
	return components.Option{Value: id(p.ID), Label: p.Name + " (" + p.Username + ")"}
}

// personsAmong are the people with these ids, by name, for a filter; keep is among them.
func (v view) personsAmong(keep int64, groups ...[]int64) []components.Option {
	in := map[int64]bool{keep: true}
	for _, g := range groups {
		for _, n := range g {
			in[n] = true
		}
	}
	var all []components.Option
	for _, p := range v.people.List {
		if in[p.ID] {
			all = append(all, components.Option{Value: id(p.ID), Label: p.Name})
		}
	}
	return all
}

// edited are the project's fields as a form sends them and as people read them.
func (v view) edited(p Project) []data.Edited {
	percent := ""
	if p.PercentSet != nil {
		percent = id(*p.PercentSet)
	}
	all := []data.Edited{
		{Name: "name", Value: p.Name}, {Name: "task_key", Value: p.TaskKey}, {Name: "summary", Value: p.Summary},
		{Name: "description", Value: p.Description}, {Name: "icon", Value: p.Icon},
		{Name: "status", Value: id(p.StatusID), Shown: v.words.Status(p.StatusID).Name},
		{Name: "priority", Value: id(p.PriorityID), Shown: v.words.Priority(p.PriorityID).Name},
		{Name: "lead", Value: id(data.OrZero(p.LeadID)), Shown: v.exactName(data.OrZero(p.LeadID))},
		{Name: "percent", Value: percent, Shown: percentText(percent)},
		data.Flag("private", p.Private), data.Flag("notify_created", p.NotifyCreated), data.Flag("notify_done", p.NotifyDone), data.Flag("notify_comment", p.NotifyComment),
		{Name: "waits_rule", Value: p.WaitsRule, Shown: waitsText(p.WaitsRule)},
	}
	return labelled(all)
}

func labelled(all []data.Edited) []data.Edited {
	for i := range all {
		all[i].Label = labels[all[i].Name]
		switch all[i].Name {
		case "name", "task_key", "summary", "description", "icon", "start_on", "due_on", "text":
			all[i].Shown = all[i].Value
		}
	}
	return all
}

// waitsText is what completing a task does that waits for another one.
func waitsText(rule string) string {
	if rule == waitsWarn {
		return "warns"
	}
	return "is refused"
}

func percentText(s string) string {
	if s == "" {
		return "from the tasks"
	}
	return s + " %"
}

// into writes the form's fields of those names into the row.
func (f projectForm) into(p *Project, v view, names map[string]bool) error {
	if names["status"] && v.words.Status(f.Status).ID == 0 {
		return fault.Field("status", "Choose a status from the list.")
	}
	if names["priority"] && v.words.Priority(f.Priority).ID == 0 {
		return fault.Field("priority", "Choose a priority from the list.")
	}
	if names["lead"] && f.Lead != 0 && v.people.ByID(f.Lead).ID == 0 {
		return fault.Field("lead", "Choose a person from the list.")
	}
	if names["icon"] && f.Icon != "" && f.Icon != p.Icon && !slices.Contains(icons, f.Icon) {
		return fault.Field("icon", "Choose an icon from the list.")
	}
	percent, err := f.percent()
	if err != nil {
		return err
	}
	set := map[string]func(){
		"name": func() { p.Name = f.Name }, "task_key": func() { p.TaskKey = given(f.TaskKey, p.TaskKey) }, "summary": func() { p.Summary = f.Summary },
		"description": func() { p.Description = f.Description }, "icon": func() { p.Icon = given(f.Icon, p.Icon) },
		"status": func() { p.StatusID = f.Status }, "priority": func() { p.PriorityID = f.Priority },
		"lead": func() { p.LeadID = data.Optional(f.Lead) }, "percent": func() { p.PercentSet = percent },
		"private": func() { p.Private = f.Private }, "notify_created": func() { p.NotifyCreated = f.NotifyCreated },
		"notify_done": func() { p.NotifyDone = f.NotifyDone }, "notify_comment": func() { p.NotifyComment = f.NotifyComment },
		"waits_rule": func() { p.WaitsRule = given(f.WaitsRule, p.WaitsRule) },
	}
	for name := range names {
		if set[name] != nil {
			set[name]()
		}
	}
	p.fill()
	return nil
}

// given is what the form says, or what there was when it says nothing.
func given(typed, was string) string {
	if typed == "" {
		return was
	}
	return typed
}

func (f projectForm) percent() (*int64, error) {
	if f.Percent == "" {
		return nil, nil
	}
	n, err := strconv.ParseInt(f.Percent, 10, 64)
	if err != nil || n < 0 || n > 100 {
		return nil, fault.Field("percent", "Write a whole number from 0 to 100, or nothing.")
	}
	return &n, nil
}

// formOf is the form as it is opened.
func formOf(p Project, t Team) projectForm {
	f := projectForm{
		Name: p.Name, TaskKey: p.TaskKey, Summary: p.Summary, Description: p.Description, Icon: p.Icon, Status: p.StatusID,
		Priority: p.PriorityID, Lead: data.OrZero(p.LeadID), Private: p.Private, NotifyCreated: p.NotifyCreated, NotifyDone: p.NotifyDone,
		NotifyComment: p.NotifyComment, Watchers: t.Watchers, Stakeholders: t.Stakeholders, Shareholders: t.Shareholders,
		Roles: t.Roles, Version: p.Version,
	}
	if p.PercentSet != nil {
		f.Percent = id(*p.PercentSet)
	}
	return f
}

func (f projectForm) team() Team {
	return Team{Watchers: f.Watchers, Stakeholders: f.Stakeholders, Shareholders: f.Shareholders, Roles: f.Roles}
}
