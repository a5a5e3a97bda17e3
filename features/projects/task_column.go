package projects

import (
	"slices"

	"portal/app/data"
	"portal/components"
)

// taskColumn is a column that the task list may have, after its first: the key and the name.
type taskColumn struct {
	name  string // in the address; also its key in taskSorts, if it has one
	label string
	field string // of taskCell; empty for one that nobody edits
	class string // of its cells
}

// taskColumnsAll are the columns in the order they stand in.
var taskColumnsAll = []taskColumn{
	{"status", "Status", "status", ""}, {"priority", "Priority", "priority", ""}, {"assignee", "Assignee", "assignee", "cell-person"},
	{"queue", "Queue", "queue", ""}, {"labels", "Labels", "labels", "cell-labels"}, {"milestone", "Milestone", "milestone", ""},
	{"start", "Start", "start_on", ""}, {"due", "Due", "due_on", ""}, {"estimate", "Estimate", "estimate", "cell-number"},
	{"parent", "Part of", "parent", ""}, {"created", "Made", "", "soft"}, {"updated", "Changed", "", "soft"}, {"completed", "Completed", "", "soft"},
}

// usualColumns are those of a list that nobody has chosen any for.
var usualColumns = []string{"status", "priority", "assignee", "due", "updated"}

// columns are those that the list shows.
func (f taskFilter) columns() []taskColumn {
	names := f.Columns
	if len(names) == 0 {
		names = usualColumns
	}
	var all []taskColumn
	for _, c := range taskColumnsAll {
		if slices.Contains(names, c.name) {
			all = append(all, c)
		}
	}
	return all
}

// has reports whether the list shows the column.
func (f taskFilter) has(column string) bool {
	return slices.ContainsFunc(f.columns(), func(c taskColumn) bool { return c.name == column })
}

// columnHeading is the heading of a column; without an address for one that sorts nothing.
func (l taskListView) columnHeading(c taskColumn) sortedBy {
	if taskSorts[c.name] == "" {
		return sortedBy{label: c.label}
	}
	return l.f.heading(l.path(), c.name, c.label)
}

// cell is the column's value of a task as it is shown and edited; false for one that only its page edits.
func (l taskListView) cell(t Task, c taskColumn, may bool) (fieldCell, bool) {
	if c.field == "" {
		return fieldCell{}, false
	}
	return taskCell(l.v, t, c.field, "row", l.today, may)
}

// plain is the value of a column that no cell edits.
func (l taskListView) plain(t Task, column string) string {
	switch column {
	case "estimate":
		return estimateText(t.Estimate)
	case "milestone":
		return l.milestone(data.OrZero(t.MilestoneID)).Name
	case "queue":
		if t.QueueID != nil {
			return l.v.access.RoleName(*t.QueueID)
		}
	}
	return ""
}

// groupOptions and sortOptions are the choices of the menu of how the list is shown.
func groupOptions() []components.Option {
	all := []components.Option{{Label: "Nothing"}}
	for _, g := range []string{"status", "priority", "assignee", "milestone", "label"} {
		all = append(all, components.Option{Value: g, Label: taskGroups[g].label})
	}
	return all
}

func sortOptions(first string) []components.Option {
	return append([]components.Option{{Label: first}}, sortLabels...)
}

// sortAt is the key at a place of the order, from 0 on, and "-" when it is turned round; empty when there is none.
func (f taskFilter) sortAt(place int) (key, dir string) {
	keys := f.sortKeys()
	if place >= len(keys) {
		return "", ""
	}
	if k := keys[place]; k[0] == '-' {
		return k[1:], "-"
	}
	return keys[place], ""
}

// groupStart reports whether the row begins a group, at the top of a page also one that goes on.
func (l taskListView) groupStart(at int) bool {
	g, ok := taskGroups[l.f.Group]
	if !ok {
		return false
	}
	return at == 0 || g.key(l.rows.Items[at].Task) != g.key(l.rows.Items[at-1].Task)
}

// sumOf are the sums of the group that the row stands in.
func (l taskListView) sumOf(t Task) groupSum { return l.sums[taskGroups[l.f.Group].key(t)] }
