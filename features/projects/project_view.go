package projects

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/web"
	"portal/components"
)

// listView is what the list of projects shows.
type listView struct {
	f     projectFilter
	rows  data.Rows[projectRow]
	cards cards
	v     view
	me    *auth.Viewer
	views savedMenu

	several bulkView // the bar, when it came back
}

// viewGrid shows projects as cards.
const viewGrid = "grid"

// link is the list's address with another value for some of its parameters; page 1 unless it is one of them.
func (f projectFilter) link(pairs ...string) string {
	if f.View != viewGrid {
		f.View = ""
	}
	return web.Link("/projects", f, pairs...)
}

// put sets a parameter that says something.
func put(q url.Values, name, value string) {
	if value == "" {
		q.Del(name)
		return
	}
	q.Set(name, value)
}

// number is n as a parameter; 0 says nothing.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return id(n)
}

// address is the path with the parameters, some of them changed by pairs of name and value.
func address(path string, q url.Values, pairs []string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		put(q, pairs[i], pairs[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// pageLink is the address of another page of the list.
func (f projectFilter) pageLink(page, size int) string {
	return f.link("page", pageParameter(page), "size", sizeParameter(size))
}

func pageParameter(page int) string {
	if page <= 1 {
		return ""
	}
	return strconv.Itoa(page)
}

func sizeParameter(size int) string {
	if size == 25 {
		return ""
	}
	return strconv.Itoa(size)
}

// shows are the cuts of the list that have a name.
var shows = map[string]string{"active": "Active", "due": "Due today", "overdue": "Overdue", "mine": "Mine", "archived": "Archived", "trash": "Trash", "templates": "Templates"}

// chips are the filters that are on.
func (l listView) chips() []components.Chip {
	var all []components.Chip
	f := l.f
	if shows[f.Show] != "" {
		all = append(all, components.Chip{Label: shows[f.Show], Without: f.link("show", "")})
	}
	if f.Text != "" {
		all = append(all, components.Chip{Label: "“" + f.Text + "”", Without: f.link("q", "")})
	}
	if f.Status != 0 {
		all = append(all, components.Chip{Label: known(l.v.words.Status(f.Status).Name, "Unknown status"), Without: f.link("status", "")})
	}
	if f.Priority != 0 {
		all = append(all, components.Chip{Label: known(l.v.words.Priority(f.Priority).Name, "Unknown priority"), Without: f.link("priority", "")})
	}
	if f.Lead != 0 {
		all = append(all, components.Chip{Label: "Lead: " + known(l.v.personName(f.Lead), "nobody known"), Without: f.link("lead", "")})
	}
	return all
}

// known is the name, or what stands for something that has none.
func known(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return name
}

// stats are the cards over the list; a click on the one that is on takes it off.
func (l listView) stats() []components.Stat {
	one := func(show, icon string, n int, bad bool) components.Stat {
		to := projectFilter{Show: show, List: data.List{Size: 25}}
		if l.f.Show == show {
			to.Show = ""
		}
		return components.Stat{Label: shows[show], Value: n, URL: to.link(), Icon: icon, Bad: bad, Active: l.f.Show == show}
	}
	return []components.Stat{
		one("active", "folders", l.cards.Active, false), one("due", "calendar-due", l.cards.Due, false),
		one("overdue", "alert-triangle", l.cards.Overdue, true), one("mine", "user", l.cards.Mine, false),
	}
}

// projectOrders are what the list can be sorted by where it has no headings.
var projectOrders = []components.Option{
	{Value: "name", Label: "Project"}, {Value: "status", Label: "Status"}, {Value: "priority", Label: "Priority"},
	{Value: "progress", Label: "Progress"}, {Value: "updated", Label: "Changed"},
}

func (l listView) sort(key, label string) components.Sort {
	return components.SortBy(l.f.Sort, key, label, l.f.link)
}

// empty says why the list has no rows.
func (l listView) empty() components.EmptyState {
	switch {
	case l.f.Show == "trash":
		return components.EmptyState{Icon: "trash", Title: "The trash is empty", Text: "Deleted projects stay here for 30 days."}
	case l.f.Show == "templates" && len(l.chips()) == 1:
		return components.EmptyState{Icon: "template", Title: "No templates yet", Text: "A template is a project that others are made from. Make one in the settings of a project."}
	case len(l.chips()) > 0:
		return components.EmptyState{Icon: "filter", Title: "No project fits", Text: "The filters above hide all projects.", Action: components.Link{Label: "Show all projects", URL: "/projects"}}
	}
	e := components.EmptyState{Icon: "folders", Title: "No projects yet", Text: "A project holds tasks, todos and comments of a team, such as “Move the racks to hall B”."}
	if l.me.Can(newProject) {
		e.Action = components.Link{Label: "Make the first project", URL: "/projects/new"}
	}
	return e
}

// formView is the form of a project: a new one when id is 0.
type formView struct {
	id    int64
	f     projectForm
	v     view
	roles []components.Option
	wrong map[string]string

	templates []Project // a new project may be made from
}

func (f formView) title() string {
	if f.id == 0 {
		return "New project"
	}
	return "Edit project"
}

func (f formView) action() string {
	if f.id == 0 {
		return "/projects"
	}
	return projectPath(f.id) + "/edit"
}

func (f formView) back() string {
	if f.id == 0 {
		return "/projects"
	}
	return projectPath(f.id) + "/about"
}

// chosen are the ids that a field of several has.
func chosen(ids []int64) map[string]bool {
	all := map[string]bool{}
	for _, n := range ids {
		all[id(n)] = true
	}
	return all
}

func iconOptions() []components.Option {
	var all []components.Option
	for _, name := range icons {
		all = append(all, components.Option{Value: name, Label: name})
	}
	return all
}

// headView is what stands over every tab of a project.
type headView struct {
	heldProject
	v   view
	tab string
	me  *auth.Viewer
}

func (h headView) tabs() []components.Tab {
	path := h.Project.Path()
	one := func(tab, label, url, icon string) components.Tab {
		return components.Tab{Label: label, URL: url, Icon: icon, Count: -1, Active: h.tab == tab}
	}
	all := []components.Tab{
		one("board", "Board", path, "layout-kanban"), one("list", "List", path+"/list", "list-tree"),
		one("calendar", "Calendar", path+"/calendar", "calendar"), one("timeline", "Timeline", path+"/timeline", "timeline"),
		one("todos", "Todos", path+"/todos", "checkbox"), one("comments", "Comments", path+"/comments", "message"), one("files", "Files", path+"/files", "paperclip"),
		one("statistics", "Statistics", path+"/statistics", "chart-bar"), one("history", "History", path+"/history", "history"), one("about", "About", path+"/about", "info-circle"),
	}
	if h.mayEdit(h.me) && h.me.Can(editOne) {
		all = append(all, one("settings", "Settings", path+"/settings", "settings"))
	}
	return all
}

// tabPath is the address of the tab.
func (h headView) tabPath() string {
	for _, t := range h.tabs() {
		if t.Active {
			return t.URL
		}
	}
	return h.Project.Path()
}

// boardData is a project's board.
type boardData struct {
	headView
	f       taskFilter
	columns []column
	today   clock.Day
	views   savedMenu
	whole   map[int64]int64 // tasks of the columns that have a limit, when a filter hides some; nil otherwise
	before  int             // cards of a cell that are on the page already, when only more of them are drawn
}

// historyView is one page of something's history.
type historyView struct {
	lines []pastLine
	whole bool // of a project: each line says which task it is about
	more  bool
	page  int
	path  string
	v     view
}

// lineWhat is what happened to a field, or to the thing when the line names none.
func lineWhat(l pastLine) string {
	if l.Field == "" {
		return l.What
	}
	if part, ok := strings.CutPrefix(l.Field, todoField); ok { // which todo, too
		return l.What + ": " + lower(labels[part])
	}
	label := labels[l.Field]
	if label == "" {
		label = l.Field
	}
	return "changed " + lower(label)
}

// long reports whether a change is shown below its line.
func long(l pastLine) bool { return len(l.OldValue)+len(l.NewValue) > 80 }

// place is where a field is shown when it may stand twice on a page: "row" in a list, empty elsewhere.
func place(c *fiber.Ctx) string {
	if c.Query("at") == "row" {
		return "row"
	}
	return ""
}
