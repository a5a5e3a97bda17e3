package projects

import (
	"net/url"
	"slices"

	"portal/app/clock"
	"portal/app/data"
	"portal/components"
)

// nameOf is who did something: by today's name, if the account is known, else by the name then.
func nameOf(v view, id *int64, then string) string {
	if name := v.personName(data.OrZero(id)); name != "" {
		return name
	}
	if then == "" {
		return "Somebody"
	}
	return then
}

func (h historyView) pageURL(page int) string {
	return address(h.path, url.Values{}, []string{"page", pageParameter(page)})
}

// labelOptions and milestoneOptions are offered by the filter.
func (h headView) labelOptions() []components.Option {
	all := []components.Option{{Label: "Any label"}}
	for _, l := range h.Labels {
		all = append(all, components.Option{Value: id(l.ID), Label: l.Name})
	}
	return all
}

func (h headView) milestoneOptions() []components.Option {
	all := []components.Option{{Label: "Any milestone"}, {Value: "-1", Label: "No milestone"}}
	for _, m := range h.Milestones {
		all = append(all, components.Option{Value: id(m.ID), Label: m.Name})
	}
	return all
}

// assigneeOptions are offered by the filter: who belongs to the project or has tasks in it.
func (h headView) assigneeOptions(keep int64) []components.Option {
	all := []components.Option{{Label: "Any assignee"}, {Value: "-1", Label: "No assignee"}}
	return append(all, h.v.personsAmong(keep, h.Assignees, h.Team.Watchers, h.Team.Stakeholders, h.Team.Shareholders, []int64{data.OrZero(h.Project.LeadID)})...)
}

// taskListView is the list tab of a project.
type taskListView struct {
	headView
	f     taskFilter
	rows  data.Rows[taskRow]
	sums  map[string]groupSum // of the groups of the rows
	today clock.Day

	views   savedMenu
	several bulkView // the bar, when it came back
	seen    int64    // when the rows were read, in microseconds
}

func (l taskListView) path() string { return l.Project.Path() + "/list" }

// folds reports whether the list has subtasks below their tasks, which can be folded away.
func (l taskListView) folds() bool {
	return l.f.Plain() && slices.ContainsFunc(l.rows.Items, func(r taskRow) bool { return r.Parts > 0 })
}

// ticks reports whether any row can be ticked by the viewer.
func (l taskListView) ticks() bool {
	return l.me.Can(editTask) && slices.ContainsFunc(l.rows.Items, func(r taskRow) bool { return l.mayTask(l.me, r.Task) })
}

func (l taskListView) pageLink(page, size int) string {
	return l.f.link(l.path(), "page", pageParameter(page), "size", sizeParameter(size))
}

func (l taskListView) empty() components.EmptyState {
	if l.f.narrowed() {
		return components.EmptyState{
			Icon: "filter", Title: "No task fits", Text: "The filters above hide all tasks of this project.",
			Action: components.Link{Label: "Show all tasks", URL: l.f.clear(l.path())},
		}
	}
	e := components.EmptyState{Icon: "list-check", Title: "No tasks yet", Text: "Tasks are what there is to do, such as “Label the racks in hall B”."}
	if l.mayMake(l.me) && l.me.Can(newTask) {
		e.Action = components.Link{Label: "Make the first task", URL: l.Project.Path() + "/tasks/new"}
	}
	return e
}

// taskView is a task's page.
type taskView struct {
	headView
	thread
	seen  seen // of what its texts name, and what names it
	today clock.Day
	once  string            // of the comment form
	every bool              // all comments are asked for
	known map[int64]Project // whose tasks among Dependencies the viewer may know of, by id
	waits waitState

	mostFile  int64  // bytes of a file
	wrongFile string // what stood against an upload
}

// mayChange reports whether the viewer may change the task.
func (t taskView) mayChange() bool { return t.mayTask(t.me, t.Task) && t.me.Can(editTask) }

// notes are the task's todos and comments.
func (t taskView) notes() notesView {
	return notesView{
		headView: t.headView, path: t.Task.Path(), todos: t.Todos, comments: t.Comments, files: t.Files, once: t.once, today: t.today, every: t.every,
		mayTick: t.Task.ID != 0 && t.mayTask(t.me, t.Task) && t.me.Can(tickTodo), mayComment: t.me != nil && t.me.Can(addComment),
	}
}

// taskCell is a field of a task as it is shown and edited; false when it has no such field.
func taskCell(v view, t Task, field, at string, today clock.Day, may bool) (fieldCell, bool) {
	f := fieldCell{
		id: cellID(at, "t", t.ID, field), path: t.Path() + "/field/" + field, at: at, name: field, label: labels[field],
		of: t.Name, kind: "select", version: t.Version, may: may,
	}
	switch field {
	case "status":
		f.value, f.options = id(t.StatusID), func() []components.Option { return v.stepOptions(t.StatusID) }
		f.badge = v.statusBadge(t.StatusID)
	case "priority":
		f.value, f.options = id(t.PriorityID), v.words.priorityOptions
		f.badge = v.priorityBadge(t.PriorityID)
	case "assignee":
		f.value = id(data.OrZero(t.AssigneeID))
		f.options = func() []components.Option { return v.personOptions(data.OrZero(t.AssigneeID), "Nobody") }
		f.person = v.personOf(t.AssigneeID)
	case "start_on":
		f.kind, f.value, f.day = "date", string(t.StartOn), dayText(t.StartOn, today)
	case "due_on":
		f.kind, f.value, f.day, f.late = "date", string(t.DueOn), dayText(t.DueOn, today), t.Overdue(today)
	case "name":
		f.kind, f.value, f.text, f.max = "text", t.Name, t.Name, 200
		f.faint = !t.Open
	case "parent":
		f.kind, f.value, f.text, f.max = "text", number(t.ParentNumber), known(parentText(t.ParentNumber), "Nothing"), 10
	default:
		return planCell(v, t, f)
	}
	return f, true
}

func dayText(d, today clock.Day) string {
	if d == "" {
		return ""
	}
	return d.Text(today)
}

// taskFormView is the form of a task: a new one when number is 0.
type taskFormView struct {
	headView
	number int64
	from   int64 // the status it has, 0 for a new one
	f      taskForm
	wrong  map[string]string
}

// statusOptions are the statuses that the viewer may give the task now.
func (f taskFormView) statusOptions() []components.Option { return f.v.stepOptions(f.from) }

func (f taskFormView) title() string {
	if f.number == 0 {
		return "New task"
	}
	return "Edit task"
}

func (f taskFormView) action() string {
	if f.number == 0 {
		return f.Project.Path() + "/tasks"
	}
	return taskPath(f.Project.ID, f.number) + "/edit"
}

func (f taskFormView) back() string {
	if f.number == 0 {
		return f.Project.Path()
	}
	return taskPath(f.Project.ID, f.number)
}

// notesView are the todos and comments of a project or a task.
type notesView struct {
	headView
	path       string // of what they hang on
	todos      []Todo
	comments   []Comment
	files      []Attachment // of comments
	today      clock.Day
	once       string // of the comment form
	alone      bool   // on a tab of their own, not on a task's page
	every      bool   // all comments are asked for, not only the newest
	mayTick    bool
	mayComment bool
	added      bool   // a todo, just now: the next one may be typed
	typed      string // what was wrong, or is being edited
	wrong      string // what is wrong with it
}

// sectionPath is the page that the section stands on.
func (n notesView) sectionPath(section string) string {
	if n.alone {
		return n.path + "/" + section
	}
	return n.path
}

// commentsShown is how many comments are shown unless all are asked for: the newest.
const commentsShown = 50

// everyComment asks for all comments, in an address.
const everyComment = "?comments=all"

// earlier is how many comments are not shown, which stand before those that are.
func (n notesView) earlier() int {
	if n.every {
		return 0
	}
	return max(0, len(n.comments)-commentsShown)
}

// liveURL is where the section, or the task it stands on, is asked for anew.
func liveURL(path string, every bool) string {
	if every {
		return path + everyComment
	}
	return path
}

// done counts the todos that are ticked.
func (n notesView) done() int {
	count := 0
	for _, t := range n.todos {
		if t.DoneAt != nil {
			count++
		}
	}
	return count
}

func (n notesView) todoPath(t Todo, verb string) string {
	return n.path + "/todos/" + id(t.ID) + "/" + verb
}

func (n notesView) commentPath(c Comment, verb string) string {
	return n.path + "/comments/" + id(c.ID) + "/" + verb
}

// mayEdit reports whether the viewer may change the comment.
func (n notesView) mayEdit(c Comment) bool {
	return n.mayComment && (n.me.Admin() || n.me.Known() && data.OrZero(c.AuthorID) == n.me.ID)
}

// author is who wrote a comment, by today's name if the account is known.
func (n notesView) author(c Comment) components.Person {
	if p := n.v.person(c.AuthorID); p.Name != "" {
		return p
	}
	return components.Person{Name: c.Author}
}
