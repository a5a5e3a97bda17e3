package projects

import (
	"context"
	"fmt"

	"portal/app/clock"
)

// timelineRow is a task on the timeline.
type timelineRow struct {
	Task  `bun:",extend"`
	Total int // rows of all pages
}

// undatedMost is how many tasks without dates stand below the timeline.
const undatedMost = 25

// timeline reads what the timeline shows, in three queries: a page of the tasks that touch its days, what of them waits for
// what, and tasks without dates.
func (s *taskStore) timeline(ctx context.Context, v *timelineView) error {
	var rows []timelineRow
	const first = "CASE WHEN t.start_on = '' THEN t.due_on ELSE t.start_on END"
	const last = "CASE WHEN t.due_on = '' THEN t.start_on ELSE t.due_on END"
	inner := s.calendarQuery(ctx, v.Project.ID, v.f.taskFilter, v.today).ColumnExpr("t.id, "+first+" AS first_on").ColumnExpr("COUNT(*) OVER () AS total").
		Where("(t.start_on <> '' OR t.due_on <> '')").Where(first+" <= ?", v.f.to()).Where(last+" >= ?", clock.Day(v.f.From)).
		OrderExpr("first_on, t.id").Limit(timelineMost).Offset(int64((v.f.Page - 1) * timelineMost))
	err := s.db.Read.NewSelect().TableExpr("(?) AS w", inner).Join("JOIN tasks AS t ON t.id = w.id").ColumnExpr(taskColumns+", w.total").
		OrderExpr("w.first_on, w.id").Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("timeline of project %d: %w", v.Project.ID, err)
	}
	if len(rows) == 0 && v.f.Page > 1 {
		v.f.Page = 1
		return s.timeline(ctx, v)
	}
	var ids []int64
	for _, r := range rows {
		ids, v.total = append(ids, r.ID), r.Total
	}
	var needs []needRow
	if len(ids) > 0 {
		err = s.db.Read.NewSelect().Model(&needs).Where("task_id IN (?)", list(ids)).Where("needs_id IN (?)", list(ids)).OrderExpr("task_id, needs_id").
			Limit(10 * timelineMost).Scan(ctx)
		if err != nil {
			return fmt.Errorf("arrows of project %d: %w", v.Project.ID, err)
		}
	}
	v.draw(rows, needs)
	return s.undated(ctx, v)
}

// undated reads the open tasks without dates.
func (s *taskStore) undated(ctx context.Context, v *timelineView) error {
	var rows []timelineRow
	err := s.calendarQuery(ctx, v.Project.ID, v.f.taskFilter, v.today).ColumnExpr(taskColumns).ColumnExpr("COUNT(*) OVER () AS total").
		Where("t.open").Where("t.start_on = ''").Where("t.due_on = ''").OrderExpr("t.position, t.id").Limit(undatedMost).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("tasks without dates of project %d: %w", v.Project.ID, err)
	}
	for _, r := range rows {
		v.undated, v.more = append(v.undated, r.Task), r.Total-len(rows)
	}
	return nil
}
