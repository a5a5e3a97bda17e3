package projects

import (
	"context"
	"slices"
	"strings"
	"time"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/sheet"
)

// exportColumn is a column of a file, with the value of each row.
type exportColumn[T any] struct {
	sheet.Column
	cell func(T) any
}

// tableOf is the table of the rows with these ids, read in slices of that many.
func tableOf[T any](name string, columns []exportColumn[T], next func() []int64, read func([]int64) ([]T, error)) sheet.Table {
	t := sheet.Table{Name: name}
	for _, c := range columns {
		t.Columns = append(t.Columns, c.Column)
	}
	t.Next = func() ([][]any, error) {
		for { // a slice of which nothing is left is not the end
			ids := next()
			if len(ids) == 0 {
				return nil, nil
			}
			rows, err := read(ids)
			if err != nil {
				return nil, err
			}
			lines := make([][]any, len(rows))
			for i, r := range rows {
				lines[i] = make([]any, len(columns))
				for j, c := range columns {
					lines[i][j] = c.cell(r)
				}
			}
			if len(lines) > 0 {
				return lines, nil
			}
		}
	}
	return t
}

// taskExport is what a list of tasks is as a table: the key, the name, and the columns that the list shows; what it is grouped
// by and the task that another is part of are named even if no column does.
func (h headView) taskExport(f taskFilter, zone *time.Location) []exportColumn[Task] {
	all := []exportColumn[Task]{
		{sheet.Column{Title: "Key", Width: 10}, func(t Task) any { return t.Key(h.Project) }},
		{sheet.Column{Title: "Task", Width: 48}, func(t Task) any { return t.Name }},
	}
	var names []string
	for _, c := range f.columns() {
		names = append(names, c.name)
	}
	group := map[string]string{"label": "labels"}[f.Group]
	if group == "" {
		group = f.Group
	}
	if group != "" && !slices.Contains(names, group) {
		names = append(names, group)
	}
	if f.Plain() && !slices.Contains(names, "parent") {
		names = append(names, "parent")
	}
	cells := h.taskCells(zone)
	for _, c := range taskColumnsAll {
		if slices.Contains(names, c.name) && cells[c.name] != nil {
			title := c.label
			if c.name == "estimate" {
				title = "Estimate (minutes)"
			}
			all = append(all, exportColumn[Task]{sheet.Column{Title: title, Width: 16}, cells[c.name]})
		}
	}
	return all
}

// taskCells are the values of the columns that a list of tasks may have.
func (h headView) taskCells(zone *time.Location) map[string]func(Task) any {
	return map[string]func(Task) any{
		"status":   func(t Task) any { return h.v.words.Status(t.StatusID).Name },
		"priority": func(t Task) any { return h.v.words.Priority(t.PriorityID).Name },
		"assignee": func(t Task) any { return h.v.personName(data.OrZero(t.AssigneeID)) },
		"queue": func(t Task) any {
			if t.QueueID == nil {
				return nil
			}
			return h.v.access.RoleName(*t.QueueID)
		},
		"labels": func(t Task) any {
			var names []string
			for _, n := range t.Labels() {
				if l := h.label(n); l.ID != 0 {
					names = append(names, l.Name)
				}
			}
			return strings.Join(names, ", ")
		},
		"milestone": func(t Task) any { return h.milestone(data.OrZero(t.MilestoneID)).Name },
		"start":     func(t Task) any { return sheet.Day(t.StartOn) },
		"due":       func(t Task) any { return sheet.Day(t.DueOn) },
		"estimate": func(t Task) any {
			if t.Estimate == 0 {
				return nil
			}
			return t.Estimate
		},
		"parent": func(t Task) any {
			if t.ParentNumber == 0 {
				return nil
			}
			return h.Project.TaskKey + "-" + id(t.ParentNumber)
		},
		"created":   func(t Task) any { return t.CreatedAt.In(zone) },
		"updated":   func(t Task) any { return t.UpdatedAt.In(zone) },
		"completed": func(t Task) any { return momentCell(t.CompletedAt, zone) },
	}
}

// projectExport is what the list of projects is as a table.
func projectExport(v view, zone *time.Location) []exportColumn[projectRow] {
	return []exportColumn[projectRow]{
		{sheet.Column{Title: "Key", Width: 10}, func(r projectRow) any { return r.TaskKey }},
		{sheet.Column{Title: "Project", Width: 40}, func(r projectRow) any { return r.Name }},
		{sheet.Column{Title: "Summary", Width: 48}, func(r projectRow) any { return r.Summary }},
		{sheet.Column{Title: "Status", Width: 16}, func(r projectRow) any { return v.words.Status(r.StatusID).Name }},
		{sheet.Column{Title: "Priority", Width: 16}, func(r projectRow) any { return v.words.Priority(r.PriorityID).Name }},
		{sheet.Column{Title: "Lead", Width: 24}, func(r projectRow) any { return v.personName(data.OrZero(r.LeadID)) }},
		{sheet.Column{Title: "Progress (%)", Width: 12}, func(r projectRow) any { return int64(r.Percent()) }},
		{sheet.Column{Title: "Overdue", Width: 10}, func(r projectRow) any { return int64(r.Overdue) }},
		{sheet.Column{Title: "Changed", Width: 18}, func(r projectRow) any { return r.UpdatedAt.In(zone) }},
	}
}

// printed is a list on paper: all its rows on one page, as text.
type printed struct {
	title   string
	note    string // what is filtered and how it is sorted, in words
	back    string // the list's address
	columns []sheet.Column
	rows    [][]string
	today   clock.Day
	at      string // when it was printed, in the viewer's zone
}

// printedFrom reads the whole table.
func printedFrom(ctx context.Context, t sheet.Table, now time.Time, today clock.Day) (printed, error) {
	p := printed{columns: t.Columns, today: today, at: now.In(auth.From(ctx).Zone).Format("2 Jan 2006, 15:04")}
	for {
		rows, err := t.Next()
		if err != nil || len(rows) == 0 {
			return p, err
		}
		for _, r := range rows {
			line := make([]string, len(r))
			for i, cell := range r {
				line[i] = p.text(cell)
			}
			p.rows = append(p.rows, line)
		}
	}
}

func (p printed) text(cell any) string {
	switch v := cell.(type) {
	case string:
		return v
	case sheet.Day:
		return dayText(clock.Day(v), "")
	case time.Time:
		return v.Format("2006-01-02 15:04")
	case int64:
		return id(v)
	}
	return ""
}

// query is the filter as it stands behind the address of what is made of the list.
func (f projectFilter) query() string { return strings.TrimPrefix(f.link(), "/projects") }
