package projects

import (
	"net/url"
	"strconv"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/markdown"
	"portal/components"
)

// clean is Markdown as HTML that can't harm.
func clean(text string) string { return markdown.HTML(text) }

// nameOf is who did something: by today's name, if the account is known, else by the name then.
func nameOf(v view, id *int64, then string) string {
	if name := v.personName(value(id)); name != "" {
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

// link is the address of the list or board at path, with another value for some of its parameters.
func (f taskFilter) link(path string, pairs ...string) string {
	q := url.Values{}
	put(q, "q", f.Text)
	put(q, "show", f.Show)
	put(q, "status", number(f.Status))
	put(q, "priority", number(f.Priority))
	put(q, "assignee", number(f.Assignee))
	put(q, "sort", f.Sort)
	if f.Size != 25 && f.Size != 0 {
		put(q, "size", strconv.Itoa(f.Size))
	}
	return address(path, q, pairs)
}

// query is the filter as it stands behind the address of a move, so that the board comes back as it was.
func (f taskFilter) query() string { return f.link("") }

// taskShows are the cuts of a project's tasks that have a name.
var taskShows = []components.Option{{Value: "", Label: "All tasks"}, {Value: "open", Label: "Open"}, {Value: "overdue", Label: "Overdue"}, {Value: "mine", Label: "Mine"}}

// chips are the filters that are on.
func (f taskFilter) chips(v view, path string) []components.Chip {
	var all []components.Chip
	for _, s := range taskShows[1:] {
		if f.Show == s.Value {
			all = append(all, components.Chip{Label: s.Label, Without: f.link(path, "show", "")})
		}
	}
	if f.Text != "" {
		all = append(all, components.Chip{Label: "“" + f.Text + "”", Without: f.link(path, "q", "")})
	}
	if f.Status != 0 {
		all = append(all, components.Chip{Label: known(v.words.Status(f.Status).Name, "Unknown status"), Without: f.link(path, "status", "")})
	}
	if f.Priority != 0 {
		all = append(all, components.Chip{Label: known(v.words.Priority(f.Priority).Name, "Unknown priority"), Without: f.link(path, "priority", "")})
	}
	switch {
	case f.Assignee > 0:
		all = append(all, components.Chip{Label: known(v.personName(f.Assignee), "Nobody known"), Without: f.link(path, "assignee", "")})
	case f.Assignee < 0:
		all = append(all, components.Chip{Label: "Nobody's", Without: f.link(path, "assignee", "")})
	}
	return all
}

// assigneeOptions are offered by the filter: who belongs to the project or has tasks in it.
func (h headView) assigneeOptions(keep int64) []components.Option {
	all := []components.Option{{Label: "Anybody's"}, {Value: "-1", Label: "Nobody's"}}
	return append(all, h.v.personsAmong(keep, h.Assignees, h.Team.Watchers, h.Team.Stakeholders, h.Team.Shareholders, []int64{value(h.Project.LeadID)})...)
}

// taskListView is the list tab of a project.
type taskListView struct {
	headView
	f     taskFilter
	rows  data.Rows[taskRow]
	today clock.Day
}

func (l taskListView) path() string { return l.Project.Path() + "/list" }

func (l taskListView) sort(key, label string) components.Sort {
	return components.SortBy(l.f.Sort, key, label, func(pairs ...string) string { return l.f.link(l.path(), pairs...) })
}

func (l taskListView) pageLink(page, size int) string {
	return l.f.link(l.path(), "page", pageParameter(page), "size", sizeParameter(size))
}

func (l taskListView) empty() components.EmptyState {
	if !l.f.Plain() {
		return components.EmptyState{
			Icon: "filter", Title: "No task fits", Text: "The filters above hide all tasks of this project.",
			Action: components.Link{Label: "Show all tasks", URL: l.path()},
		}
	}
	e := components.EmptyState{Icon: "list-check", Title: "No tasks yet", Text: "Tasks are what there is to do, such as “Label the racks in hall B”."}
	if l.mayWork(l.me) && l.me.Can(newTask) {
		e.Action = components.Link{Label: "Make the first task", URL: l.Project.Path() + "/tasks/new"}
	}
	return e
}

// taskView is a task's page.
type taskView struct {
	headView
	thread
	today clock.Day
	once  string            // of the comment form
	known map[int64]Project // whose tasks among Links the viewer may know of, by id
	waits waitState
}

// mayChange reports whether the viewer may change the task.
func (t taskView) mayChange() bool { return t.mayTask(t.me, t.Task) && t.me.Can(editTask) }

// notes are the task's todos and comments.
func (t taskView) notes() notesView {
	return notesView{
		headView: t.headView, path: t.Task.Path(), todos: t.Todos, comments: t.Comments, once: t.once,
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
		f.value, f.options = id(t.StatusID), v.words.statusOptions
		f.badge = v.statusBadge(t.StatusID)
	case "priority":
		f.value, f.options = id(t.PriorityID), v.words.priorityOptions
		f.badge = v.priorityBadge(t.PriorityID)
	case "assignee":
		f.value = id(value(t.AssigneeID))
		f.options = func() []components.Option { return v.personOptions(value(t.AssigneeID), "Nobody") }
		f.person = v.personOf(t.AssigneeID)
	case "start_on":
		f.kind, f.value, f.day = "date", string(t.StartOn), dayText(t.StartOn, today)
	case "due_on":
		f.kind, f.value, f.day, f.late = "date", string(t.DueOn), dayText(t.DueOn, today), t.Overdue(today)
	case "name":
		f.kind, f.value, f.text, f.max = "text", t.Name, t.Name, 200
	default:
		return f, false
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
	f      taskForm
	wrong  map[string]string
}

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
	once       string // of the comment form
	alone      bool   // on a tab of their own, not on a task's page
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
	return n.mayComment && (n.me.Admin() || n.me.Known() && value(c.AuthorID) == n.me.ID)
}

// author is who wrote a comment, by today's name if the account is known.
func (n notesView) author(c Comment) components.Person {
	if p := n.v.person(c.AuthorID); p.Name != "" {
		return p
	}
	return components.Person{Name: c.Author}
}
