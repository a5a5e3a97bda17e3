package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
)

// taskGroup is what a list is grouped by.
type taskGroup struct {
	label  string
	column string // of tasks t: rows of the same value are one group
	order  string // of the groups, over what taskFilter.orderJoins joins; rows of one group stand together
	key    func(Task) string
}

// taskGroups are the groups a list may have. Tasks of the same labels are a group, so that each task stands in one.
var taskGroups = map[string]taskGroup{
	"status":   {"Status", "t.status_id", "s.position, t.status_id", func(t Task) string { return id(t.StatusID) }},
	"priority": {"Priority", "t.priority_id", "r.position DESC, t.priority_id", func(t Task) string { return id(t.PriorityID) }},
	"assignee": {"Assignee", "COALESCE(t.assignee_id, 0)", "CASE WHEN t.assignee_id IS NULL THEN 1 ELSE 0 END, u.name, t.assignee_id", func(t Task) string { return id(data.OrZero(t.AssigneeID)) }},
	"milestone": {"Milestone", "COALESCE(t.milestone_id, 0)", "CASE WHEN t.milestone_id IS NULL THEN 1 ELSE 0 END, m.due_on, t.milestone_id",
		func(t Task) string { return id(data.OrZero(t.MilestoneID)) }},
	"label": {"Label", "t.label_ids", "CASE WHEN t.label_ids = '' THEN 1 ELSE 0 END, t.label_ids", func(t Task) string { return t.LabelIDs }},
}

// groupSum is what a group holds, on all pages.
type groupSum struct {
	GroupKey string
	Tasks    int
	Done     int   // those that are not open
	Minutes  int64 // their estimates together
}

// Groups are the sums of the groups of the rows, by their keys, in one query whatever their number.
func (s *taskStore) Groups(ctx context.Context, project int64, f taskFilter, page []taskRow, today clock.Day) (map[string]groupSum, error) {
	g, ok := taskGroups[f.Group]
	if !ok || len(page) == 0 {
		return nil, nil
	}
	var keys []string
	for _, r := range page {
		if k := g.key(r.Task); len(keys) == 0 || keys[len(keys)-1] != k {
			keys = append(keys, k)
		}
	}
	var rows []groupSum
	q := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr("CAST("+g.column+" AS CHAR) AS group_key").
		ColumnExpr("COUNT(*) AS tasks, SUM(CASE WHEN t.open THEN 0 ELSE 1 END) AS done, SUM(t.estimate) AS minutes").
		Where("t.project_id = ?", project).Where("t.deleted_at IS NULL").Where("CAST("+g.column+" AS CHAR) IN (?)", bun.In(keys))
	if err := f.apply(q, auth.From(ctx), today).GroupExpr("group_key").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("groups of project %d: %w", project, err)
	}
	all := map[string]groupSum{}
	for _, r := range rows {
		all[r.GroupKey] = r
	}
	return all, nil
}

// groupTitle is the name of the group that the task stands in.
func (h headView) groupTitle(group string, t Task) string {
	switch group {
	case "status":
		return h.v.words.Status(t.StatusID).Name
	case "priority":
		return h.v.words.Priority(t.PriorityID).Name
	case "assignee":
		return known(h.v.personName(data.OrZero(t.AssigneeID)), "Nobody")
	case "milestone":
		return known(h.milestone(data.OrZero(t.MilestoneID)).Name, "No milestone")
	}
	title := ""
	for _, n := range t.Labels() {
		if name := h.label(n).Name; name != "" {
			if title != "" {
				title += ", "
			}
			title += name
		}
	}
	return known(title, "No label")
}
