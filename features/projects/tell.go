package projects

import (
	"slices"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/inbox"
)

// seeTask is the route of a task's page: who may not use it is told of no task.
const seeTask = "projects.task.see.one"

// The kinds of notifications of projects.
const (
	tellAssigned  = "projects.task.assigned"
	tellMentioned = "projects.task.mentioned"
	tellUnblocked = "projects.task.unblocked"
	tellMoved     = "projects.task.moved"
	tellDue       = "projects.task.due"
	tellDone      = "projects.task.done"
	tellCommented = "projects.comment.made"
	tellMade      = "projects.task.made"
)

// notices are the kinds in the order people read them.
var notices = []inbox.Kind{
	{Name: tellAssigned, Title: "A task is assigned to you", Short: "Assigned", Usual: inbox.ByMail},
	{Name: tellMentioned, Title: "Somebody mentions you in a task or a comment", Short: "Mentioned", Usual: inbox.ByMail},
	{Name: tellDue, Title: "A task of yours is due tomorrow, or was due yesterday", Short: "Due", Usual: inbox.InInbox},
	{Name: tellMoved, Title: "The due date of a task of yours is moved", Short: "Due date moved", Usual: inbox.InInbox},
	{Name: tellUnblocked, Title: "The last thing that a task of yours waited for is done", Short: "Can begin", Usual: inbox.InInbox},
	{Name: tellCommented, Title: "Somebody comments on what you lead, watch, made or commented on", Short: "Commented", Usual: inbox.InInbox},
	{Name: tellDone, Title: "A task is completed that you watch, made or commented on, or in a project you lead or watch", Short: "Completed", Usual: inbox.InInbox},
	{Name: tellMade, Title: "A task is made in a project you lead or watch", Short: "Made", Usual: inbox.InInbox},
}

// hearers are who is told of what happens in the project as a whole: its lead, the watchers of its team, and who watches it.
func (h heldProject) hearers() []int64 {
	all := slices.Concat([]int64{data.OrZero(h.Project.LeadID)}, h.Team.Watchers, h.Watching)
	return slices.DeleteFunc(sorted(all), func(n int64) bool { return n == 0 || slices.Contains(h.Muted, n) })
}

// hears reports whether the person is told of what happens in the project.
func (h heldProject) hears(user int64) bool { return slices.Contains(h.hearers(), user) }

// maySeeTasks reports whether the viewer may be told of the project's tasks: those of a template are nobody's work.
func (h heldProject) maySeeTasks(v *auth.Viewer) bool {
	return h.Project.DeletedAt == nil && !h.Project.Template && h.mayKnow(v) && v.Can(seeTask)
}

// notice is what somebody is told of a task.
func (h heldProject) notice(to int64, kind string, t Task, what, many string) inbox.Notice {
	return inbox.Notice{
		To: to, Kind: kind, Thing: "projects.task", ThingID: t.ID, Guard: projectTopic(h.Project.ID), Title: t.Key(h.Project) + " " + t.Name,
		What: what, URL: t.Path(), May: h.maySeeTasks,
		Many: inbox.Many{Title: h.Project.Name, What: many, URL: h.Project.Path() + "/list"},
	}
}
