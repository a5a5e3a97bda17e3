package projects

import (
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"portal/components"
)

// sortKeys is how many keys a list is sorted by at most.
const sortKeys = 3

// taskSorts are the keys that tasks are sorted by and the SQL of each, over tasks t and what orderJoins joins.
// Where a task has none, it comes last in both directions.
var taskSorts = map[string]string{
	"number": "t.number", "name": "t.name_key", "status": "s.position", "priority": "r.position",
	"assignee": "CASE WHEN t.assignee_id IS NULL THEN 1 ELSE 0 END, u.name", "milestone": "CASE WHEN t.milestone_id IS NULL THEN 1 ELSE 0 END, m.due_on",
	"labels": "CASE WHEN t.label_ids = '' THEN 1 ELSE 0 END, t.label_ids",
	"start":  "CASE WHEN t.start_on = '' THEN 1 ELSE 0 END, t.start_on", "due": "CASE WHEN t.due_on = '' THEN 1 ELSE 0 END, t.due_on",
	"estimate": "CASE WHEN t.estimate = 0 THEN 1 ELSE 0 END, t.estimate", "created": "t.created_at", "updated": "t.updated_at",
	"completed": "CASE WHEN t.completed_at IS NULL THEN 1 ELSE 0 END, t.completed_at",
}

// sortLabels are the keys in the order of the menu.
var sortLabels = []components.Option{
	{Value: "number", Label: "Number"}, {Value: "name", Label: "Name"}, {Value: "status", Label: "Status"}, {Value: "priority", Label: "Priority"},
	{Value: "assignee", Label: "Assignee"}, {Value: "labels", Label: "Labels"}, {Value: "milestone", Label: "Milestone"}, {Value: "start", Label: "Start"},
	{Value: "due", Label: "Due date"}, {Value: "estimate", Label: "Estimate"}, {Value: "created", Label: "Made"}, {Value: "updated", Label: "Changed"},
	{Value: "completed", Label: "Completed"},
}

// joinSorts are the keys of a form as one text; one without a key is left out.
func joinSorts(keys, dirs []string) string {
	var all []string
	for i, k := range keys[:min(len(keys), 50)] {
		if i < len(dirs) && dirs[i] == "-" && k != "" {
			k = "-" + k
		}
		all = append(all, k)
	}
	return strings.Join(all, ",")
}

// sortKeys are the keys that the list is sorted by, each once; "-" before one turns it round.
func (f taskFilter) sortKeys() []string {
	var all []string
	for part := range strings.SplitSeq(f.Sort, ",") {
		key := strings.TrimPrefix(part, "-")
		if taskSorts[key] == "" || slices.Contains(all, key) || slices.Contains(all, "-"+key) {
			continue
		}
		if all = append(all, part); len(all) == sortKeys {
			break
		}
	}
	return all
}

// order is the ORDER BY of the list: by its groups, its keys, and the id, so that pages never overlap.
func (f taskFilter) order() string {
	var parts []string
	if g, ok := taskGroups[f.Group]; ok {
		parts = append(parts, g.order)
	}
	for _, key := range f.sortKeys() {
		name, down := strings.CutPrefix(key, "-")
		column := taskSorts[name]
		if down {
			column += " DESC"
		}
		parts = append(parts, column)
	}
	if len(f.sortKeys()) == 0 {
		parts = append(parts, "s.position, t.position")
	}
	return strings.Join(append(parts, "t.id"), ", ")
}

// orderJoins joins to tasks t what order sorts by.
func (f taskFilter) orderJoins(q *bun.SelectQuery) *bun.SelectQuery {
	order := f.order()
	for _, j := range []struct{ alias, join string }{
		{"s.", "JOIN statuses AS s ON s.id = t.status_id"}, {"r.", "JOIN priorities AS r ON r.id = t.priority_id"},
		{"u.", "LEFT JOIN users AS u ON u.id = t.assignee_id"}, {"m.", "LEFT JOIN milestones AS m ON m.id = t.milestone_id"},
	} {
		if strings.Contains(order, " "+j.alias) || strings.HasPrefix(order, j.alias) {
			q = q.Join(j.join)
		}
	}
	return q
}

// sortedBy is a heading of the list: a click sorts by its key alone, one with Shift adds the key to the others.
type sortedBy struct {
	label string
	url   string // the first click sorts up, the next one down, the third as at first
	add   string // the same with the other keys kept
	dir   string // as aria-sort has it; empty when the list is not sorted by it
	place int    // among several keys, from 1 on; 0 when there are none besides
}

// heading is the heading of the column that sorts by key.
func (f taskFilter) heading(path, key, label string) sortedBy {
	keys := f.sortKeys()
	h := sortedBy{label: label}
	at := slices.IndexFunc(keys, func(k string) bool { return strings.TrimPrefix(k, "-") == key })
	next := key
	if at >= 0 {
		h.dir, next = "ascending", "-"+key
		if strings.HasPrefix(keys[at], "-") {
			h.dir, next = "descending", ""
		}
		if len(keys) > 1 {
			h.place = at + 1
		}
	}
	others := slices.Clone(keys)
	switch {
	case at < 0:
		others = append(others[:min(len(others), sortKeys-1)], next)
	case next == "":
		others = slices.Delete(others, at, at+1)
	default:
		others[at] = next
	}
	h.url, h.add = f.link(path, "sort", next), f.link(path, "sort", strings.Join(others, ","))
	return h
}
