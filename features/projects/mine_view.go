package projects

import (
	"time"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/web"
	"portal/components"
)

// mineView is the page of what is the viewer's over all projects.
type mineView struct {
	mine
	f     mineFilter
	v     view
	me    *auth.Viewer
	today clock.Day
	views savedMenu
}

// weekdayOf is 1 for a Monday to 7 for a Sunday; 0 for no day.
func weekdayOf(d clock.Day) int64 {
	t, err := time.Parse("2006-01-02", string(d))
	if err != nil {
		return 0
	}
	return isoDay(t.Weekday())
}

func (m mineView) link(pairs ...string) string { return m.f.link(pairs...) }

// link is the address of the page with this filter, and other values for some of its parameters.
func (f mineFilter) link(pairs ...string) string { return web.Link(minePath, f, pairs...) }

func (m mineView) pageLink(page, size int) string {
	return m.link("page", pageParameter(page), "size", sizeParameter(size))
}

// mineOrders are what the list can be sorted by where it has no headings.
var mineOrders = []components.Option{
	{Value: "name", Label: "Task"}, {Value: "project", Label: "Project"}, {Value: "status", Label: "Status"},
	{Value: "priority", Label: "Priority"}, {Value: "due", Label: "Due"},
}

func (m mineView) sort(key, label string) components.Sort {
	return components.SortBy(m.f.Sort, key, label, func(pairs ...string) string { return m.link(pairs...) })
}

// mineShows are the cuts of what is the viewer's.
var mineShows = []components.Option{
	{Value: "", Label: "All that waits for me"}, {Value: "assigned", Label: "Assigned to me"}, {Value: "todos", Label: "My todos"},
	{Value: "queue", Label: "In my roles' queues"}, {Value: "watching", Label: "Watched by me"}, {Value: "made", Label: "Made by me"},
}

// groupLabels are the groups as people read them.
var groupLabels = map[string]string{groupOverdue: "Overdue", groupToday: "Today", groupWeek: "This week", groupLater: "Later", groupNone: "No date"}

// stats are the groups over the list; a click on the one that is on takes it off.
func (m mineView) stats() []components.Stat {
	icons := map[string]string{groupOverdue: "alert-triangle", groupToday: "calendar-due", groupWeek: "calendar", groupLater: "clock", groupNone: "circle-dashed"}
	counts := m.counts(m.f.Project)
	var all []components.Stat
	for _, g := range mineGroups {
		to := g
		if m.f.When == g {
			to = ""
		}
		all = append(all, components.Stat{
			Label: groupLabels[g], Value: counts[g], URL: m.link("when", to), Icon: icons[g], Bad: g == groupOverdue, Active: m.f.When == g,
		})
	}
	return all
}

// group is the group of a row.
func (m mineView) group(r mineRow) string {
	switch {
	case r.Due == "":
		return groupNone
	case r.Due < m.today:
		return groupOverdue
	case r.Due == m.today:
		return groupToday
	case r.Due <= m.today.Add(7-int(weekdayOf(m.today))):
		return groupWeek
	}
	return groupLater
}

// heading is the group that begins with the row; empty when it goes on, or rows are sorted otherwise.
func (m mineView) heading(i int) string {
	if m.f.Sort != "" || i > 0 && m.group(m.Rows[i]) == m.group(m.Rows[i-1]) {
		return ""
	}
	return m.group(m.Rows[i])
}

func (m mineView) projectOptions() []components.Option {
	all := []components.Option{{Label: "All projects"}}
	last := int64(0)
	for _, s := range m.Sums {
		if s.ProjectID != last {
			all = append(all, components.Option{Value: id(s.ProjectID), Label: s.Name})
		}
		last = s.ProjectID
	}
	return all
}

// chips are the filters that are on.
func (m mineView) chips() []components.Chip {
	var all []components.Chip
	for _, s := range mineShows[1:] {
		if m.f.Show == s.Value {
			all = append(all, components.Chip{Label: s.Label, Without: m.link("show", "")})
		}
	}
	if groupLabels[m.f.When] != "" {
		all = append(all, components.Chip{Label: groupLabels[m.f.When], Without: m.link("when", "")})
	}
	if m.f.Text != "" {
		all = append(all, components.Chip{Label: "“" + m.f.Text + "”", Without: m.link("q", "")})
	}
	if m.f.Project != 0 {
		name := ""
		for _, o := range m.projectOptions() {
			if o.Value == id(m.f.Project) {
				name = o.Label
			}
		}
		all = append(all, components.Chip{Label: known(name, "Unknown project"), Without: m.link("project", "")})
	}
	if m.f.Priority != 0 {
		all = append(all, components.Chip{Label: known(m.v.words.Priority(m.f.Priority).Name, "Unknown priority"), Without: m.link("priority", "")})
	}
	return all
}

// empty says why the list has no rows.
func (m mineView) empty() components.EmptyState {
	if len(m.chips()) > 0 {
		return components.EmptyState{Icon: "filter", Title: "Nothing fits", Text: "The filters above hide all that is yours.", Action: components.Link{Label: "Show all that waits for me", URL: "/projects/mine"}}
	}
	return components.EmptyState{
		Icon: "circle-check", Title: "Nothing is waiting for you",
		Text:   "Tasks and todos that are assigned to you, and tasks in the queues of your roles, appear here by their due dates.",
		Action: components.Link{Label: "Look at the projects", URL: "/projects"},
	}
}

// may reports whether the viewer may change the row's task.
func (m mineView) may(r mineRow) bool {
	return r.ID != 0 && r.TodoID == 0 && m.me.Can(editTask) && (r.Team || data.OrZero(r.AssigneeID) == m.me.ID)
}

// path is where the row is seen.
func (r mineRow) path() string {
	if r.ID == 0 {
		return projectPath(r.Home) + "/todos"
	}
	return r.Path()
}

// title is what the row is called.
func (r mineRow) title() string {
	if r.TodoID != 0 {
		return r.Todo
	}
	return r.Name
}
