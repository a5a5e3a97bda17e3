package projects

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/components"
)

// taskFilter is the query string of a project's task list and board: which tasks, in what order, and how they are shown.
// It is used after tidy, so that one view has one address.
type taskFilter struct {
	data.List          // Sort holds up to sortKeys keys, joined by commas
	Status    int64    `query:"status"`
	Priority  int64    `query:"priority"`
	Assignee  int64    `query:"assignee"` // -1: nobody
	Label     int64    `query:"label"`
	Milestone int64    `query:"milestone"` // -1: none
	Show      string   `query:"show"`      // empty for all; else one of taskShows
	Group     string   `query:"group"`     // of the list: a key of taskGroups; empty for none
	Columns   []string `query:"columns"`   // of the list, after its first; empty for usualColumns
	Lanes     string   `query:"lanes"`     // of the board: assignee or priority; empty for none
	Deep      string   `query:"deep"`      // of the board: which of its cells show more cards than the first, see depths
	Sorts     []string `query:"by"`        // keys as a form sends them, one each; tidy puts them into Sort
	Saved     int64    `query:"saved"`     // the saved view that it was opened with, 0 for none
	Dirs      []string `query:"dir"`       // beside Sorts: "-" turns the key of the same place round
}

// What a board's lanes are by; also the names of the fields that a move to another lane changes.
const (
	laneAssignee = "assignee"
	lanePriority = "priority"
)

// tidy brings the values into their bounds and leaves out what is unknown.
func (f taskFilter) tidy() taskFilter {
	f.List = f.Tidy()
	if len(f.Sorts) > 0 {
		f.Sort = joinSorts(f.Sorts, f.Dirs)
		f.Sorts, f.Dirs = nil, nil
	}
	f.Sort = strings.Join(f.sortKeys(), ",")
	if _, ok := taskGroups[f.Group]; !ok {
		f.Group = ""
	}
	if f.Lanes != laneAssignee && f.Lanes != lanePriority {
		f.Lanes = ""
	}
	if !slices.ContainsFunc(taskShows, func(o components.Option) bool { return o.Value == f.Show }) {
		f.Show = ""
	}
	asked := strings.Split(strings.Join(f.Columns, ","), ",")
	f.Columns = nil
	for _, c := range taskColumnsAll {
		if slices.Contains(asked, c.name) {
			f.Columns = append(f.Columns, c.name)
		}
	}
	if slices.Equal(f.Columns, usualColumns) {
		f.Columns = nil
	}
	f.Deep = depthsOf(f.Deep).String()
	return f
}

// narrowed reports whether the filter leaves out any task.
func (f taskFilter) narrowed() bool {
	return f.Status != 0 || f.Priority != 0 || f.Assignee != 0 || f.Label != 0 || f.Milestone != 0 || f.Show != "" || strings.TrimSpace(f.Text) != ""
}

// Plain reports whether nothing is filtered, sorted or grouped: the list then shows the tree.
func (f taskFilter) Plain() bool { return !f.narrowed() && f.Sort == "" && f.Group == "" }

// apply limits a query over tasks t to the filter's. Each condition goes with the project's, so that no index of all tasks is walked.
func (f taskFilter) apply(q *bun.SelectQuery, v *auth.Viewer, today clock.Day) *bun.SelectQuery {
	switch f.Show {
	case "open":
		q = q.Where("t.open = TRUE")
	case "overdue":
		q = q.Where("t.open = TRUE").Where("t.due_on > ''").Where("t.due_on < ?", today)
	case "mine":
		q = q.Where("t.assignee_id = ?", v.ID)
	case "nobody":
		q = q.Where("t.open = TRUE").Where("t.assignee_id IS NULL")
	case "waits":
		q = q.Where("t.open = TRUE").Where("t.waits_on > 0")
	}
	if f.Status > 0 {
		q = q.Where("t.status_id = ?", f.Status)
	}
	if f.Priority > 0 {
		q = q.Where("t.priority_id = ?", f.Priority)
	}
	q = orNone(q, "t.assignee_id", f.Assignee)
	q = orNone(q, "t.milestone_id", f.Milestone)
	if f.Label > 0 {
		q = q.Where("EXISTS (SELECT 1 FROM task_labels AS tl WHERE tl.task_id = t.id AND tl.label_id = ?)", f.Label)
	}
	for _, word := range strings.Fields(data.Fold(f.Text)) {
		q = q.Where("t.search_text LIKE ? ESCAPE '!'", data.Like(word))
	}
	return q
}

// orNone limits the query to rows whose column is n, or to those without one when n is below zero.
func orNone(q *bun.SelectQuery, column string, n int64) *bun.SelectQuery {
	switch {
	case n > 0:
		return q.Where(column+" = ?", n)
	case n < 0:
		return q.Where(column + " IS NULL")
	}
	return q
}

// link is the address of the list or board at path, with another value for some of its parameters.
func (f taskFilter) link(path string, pairs ...string) string {
	q := f.viewed()
	put(q, "q", f.Text)
	put(q, "show", f.Show)
	put(q, "status", number(f.Status))
	put(q, "priority", number(f.Priority))
	put(q, "assignee", number(f.Assignee))
	put(q, "label", number(f.Label))
	put(q, "milestone", number(f.Milestone))
	return address(path, q, pairs)
}

// viewed are the parameters that say how tasks are shown, not which.
func (f taskFilter) viewed() url.Values {
	q := url.Values{}
	put(q, "sort", f.Sort)
	put(q, "group", f.Group)
	put(q, "columns", strings.Join(f.Columns, ","))
	put(q, "lanes", f.Lanes)
	put(q, "deep", f.Deep)
	put(q, "saved", number(f.Saved))
	if f.Size != 25 && f.Size != 0 {
		put(q, "size", strconv.Itoa(f.Size))
	}
	return q
}

// clear is the address without any filter; what is shown of the tasks, and how, stays.
func (f taskFilter) clear(path string) string { return address(path, f.viewed(), []string{"deep", ""}) }

// kept are the parameters that the filters' form hands on: all but its own.
func (f taskFilter) kept() []components.Option {
	var all []components.Option
	q := f.viewed()
	for _, name := range []string{"sort", "group", "columns", "lanes", "size", "saved"} {
		if q.Get(name) != "" {
			all = append(all, components.Option{Value: name, Label: q.Get(name)})
		}
	}
	return all
}

// filters are the parameters that say which tasks are shown, for a form that changes how.
func (f taskFilter) filters() []components.Option {
	var all []components.Option
	for _, o := range []components.Option{
		{Value: "q", Label: f.Text}, {Value: "show", Label: f.Show}, {Value: "status", Label: number(f.Status)}, {Value: "priority", Label: number(f.Priority)},
		{Value: "assignee", Label: number(f.Assignee)}, {Value: "label", Label: number(f.Label)}, {Value: "milestone", Label: number(f.Milestone)},
		{Value: "size", Label: sizeParameter(f.Size)}, {Value: "saved", Label: number(f.Saved)},
	} {
		if o.Label != "" {
			all = append(all, o)
		}
	}
	return all
}

// usual is the address of the same tasks, shown as they are where nobody has chosen otherwise.
func (f taskFilter) usual(path string) string {
	return f.link(path, "sort", "", "group", "", "columns", "", "lanes", "", "deep", "")
}

// taskShows are the cuts of a project's tasks that have a name.
var taskShows = []components.Option{
	{Value: "", Label: "All tasks"}, {Value: "open", Label: "Open"}, {Value: "overdue", Label: "Overdue"}, {Value: "mine", Label: "Mine"},
	{Value: "nobody", Label: "No assignee"}, {Value: "waits", Label: "Waiting"},
}

// chips are the filters that are on.
func (f taskFilter) chips(h headView, path string) []components.Chip {
	var all []components.Chip
	one := func(label, name string) {
		all = append(all, components.Chip{Label: label, Without: f.link(path, name, "")})
	}
	for _, s := range taskShows[1:] {
		if f.Show == s.Value {
			one(s.Label, "show")
		}
	}
	if f.Text != "" {
		one("“"+f.Text+"”", "q")
	}
	if f.Status != 0 {
		one(known(h.v.words.Status(f.Status).Name, "Unknown status"), "status")
	}
	if f.Priority != 0 {
		one(known(h.v.words.Priority(f.Priority).Name, "Unknown priority"), "priority")
	}
	switch {
	case f.Assignee > 0:
		one(known(h.v.personName(f.Assignee), "Nobody known"), "assignee")
	case f.Assignee < 0:
		one("No assignee", "assignee")
	}
	if f.Label != 0 {
		one("Label: "+known(h.label(f.Label).Name, "unknown"), "label")
	}
	switch {
	case f.Milestone > 0:
		one("Milestone: "+known(h.milestone(f.Milestone).Name, "unknown"), "milestone")
	case f.Milestone < 0:
		one("No milestone", "milestone")
	}
	return all
}
