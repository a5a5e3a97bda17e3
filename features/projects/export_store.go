package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/fault"
)

// errTooManyToTake is the fault of a list that is longer than what is made of it may be.
func errTooManyToTake(most int) error {
	return fault.New(fault.Invalid, "These are more than %d rows. Narrow the filter.", most)
}

// Ordered are the ids of all tasks of the list, on all its pages, in its order: the tree where nothing is filtered.
// Errors: fault.Invalid when they are more than most.
func (s *taskStore) Ordered(ctx context.Context, project int64, f taskFilter, today clock.Day, most int) ([]int64, error) {
	var rows []struct {
		ID       int64
		ParentID int64
	}
	q := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.id, COALESCE(t.parent_id, 0) AS parent_id").
		Where("t.project_id = ?", project).Where("t.deleted_at IS NULL")
	order := f.order()
	if f.Plain() { // its parts lie in the order of the board
		order = "CASE WHEN t.parent_id IS NULL THEN s.position ELSE 0 END, t.position, t.id"
		q = q.Join("JOIN statuses AS s ON s.id = t.status_id")
	} else {
		q = f.orderJoins(q)
	}
	if err := f.apply(q, auth.From(ctx), today).OrderExpr(order).Limit(int64(most)+1).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("order tasks of project %d: %w", project, err)
	}
	if len(rows) > most {
		return nil, errTooManyToTake(most)
	}
	below := map[int64][]int64{}
	for _, r := range rows {
		if !f.Plain() {
			r.ParentID = 0
		}
		below[r.ParentID] = append(below[r.ParentID], r.ID)
	}
	all := make([]int64, 0, len(rows))
	var lay func(int64)
	lay = func(parent int64) {
		for _, n := range below[parent] {
			all = append(all, n)
			lay(n)
		}
	}
	lay(0)
	return all, nil
}

// Rows are the tasks with these ids, in their order; one that has gone meanwhile is left out.
func (s *taskStore) Rows(ctx context.Context, ids []int64) ([]Task, error) {
	var rows []Task
	err := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr(taskColumns).ColumnExpr(parentNumber).Where("t.id IN (?)", bun.In(ids)).
		Where("t.deleted_at IS NULL").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	return inOrder(ids, rows, func(t Task) int64 { return t.ID }), nil
}

// inOrder puts rows into the order of their ids.
func inOrder[T any](ids []int64, rows []T, idOf func(T) int64) []T {
	at := make(map[int64]T, len(rows))
	for _, r := range rows {
		at[idOf(r)] = r
	}
	all := make([]T, 0, len(rows))
	for _, n := range ids {
		if r, there := at[n]; there {
			all = append(all, r)
		}
	}
	return all
}

// Ordered are the ids of all projects of the list that the viewer may know of, in its order.
// Errors: fault.Invalid when they are more than most.
func (s *projectStore) Ordered(ctx context.Context, f projectFilter, today clock.Day, most int) ([]int64, error) {
	v := auth.From(ctx)
	var ids []int64
	q := s.db.Read.NewSelect().TableExpr("projects AS p").Column("p.id").Join("JOIN statuses AS s ON s.id = p.status_id").
		Join("JOIN priorities AS r ON r.id = p.priority_id").Apply(visibleTo(v))
	if err := f.apply(q, v, today).OrderExpr(projectSorts.Order(f.List, "p.id")).Limit(int64(most)+1).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("order projects: %w", err)
	}
	if len(ids) > most {
		return nil, errTooManyToTake(most)
	}
	return ids, nil
}

// Rows are the projects with these ids that the viewer may know of, in their order.
func (s *projectStore) Rows(ctx context.Context, ids []int64, today clock.Day) ([]projectRow, error) {
	var rows []projectRow
	err := s.db.Read.NewSelect().TableExpr("projects AS p").ColumnExpr("p.id, p.name, p.task_key, p.summary, p.icon, p.status_id, p.priority_id, "+
		"p.percent_set, p.private, p.lead_id, p.tasks_total, p.tasks_done, p.archived_at, p.deleted_at, p.version, p.updated_at, p.created_at").
		ColumnExpr("(SELECT COUNT(*) FROM tasks AS t WHERE t.project_id = p.id AND t.open = TRUE AND t.due_on > '' AND t.due_on < ? AND t.deleted_at IS NULL) AS overdue", today).
		Where("p.id IN (?)", bun.In(ids)).Apply(visibleTo(auth.From(ctx))).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read projects: %w", err)
	}
	return inOrder(ids, rows, func(r projectRow) int64 { return r.ID }), nil
}
