package projects

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/components"
)

// matching are the numbers of all tasks that the filter finds, with the parts of those in the tree.
// Errors: fault.Invalid when they are more than an act may change.
func (s *taskStore) matching(ctx context.Context, project int64, f taskFilter, today clock.Day) ([]int64, error) {
	var all []int64
	q := s.db.Read.NewSelect().TableExpr("tasks AS t").Column("t.number").Where("t.project_id = ?", project).Where("t.deleted_at IS NULL")
	if err := f.apply(q, auth.From(ctx), today).OrderExpr("t.number").Limit(bulkMost+1).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("tasks of project %d that fit: %w", project, err)
	}
	if len(all) > bulkMost {
		return nil, errTooManyRows()
	}
	return all, nil
}

// tasksOf are the project's tasks with these numbers, by number, without those in the trash.
func tasksOf(ctx context.Context, tx *data.Tx, project int64, numbers []int64) (map[int64]Task, error) {
	var rows []Task
	err := tx.NewSelect().Model(&rows).Where("t.project_id = ?", project).Where("t.number IN (?)", bun.In(numbers)).Where("t.deleted_at IS NULL").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read tasks of project %d: %w", project, err)
	}
	all := make(map[int64]Task, len(rows))
	for _, t := range rows {
		all[t.Number] = t
	}
	return all, nil
}

// changedSince says by task who else has changed what the act changes, since its list was drawn.
func changedSince(ctx context.Context, tx *data.Tx, f bulkForm, tasks map[int64]Task) (map[int64]string, error) {
	seen, names := time.UnixMicro(f.Seen).UTC(), f.names()
	var ids []int64
	for _, t := range tasks {
		if t.UpdatedAt.After(seen) {
			ids = append(ids, t.ID)
		}
	}
	if f.Seen <= 0 || len(ids) == 0 || len(names) == 0 {
		return nil, nil
	}
	return lastChange(ctx, tx, ids, names, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("created_at > ?", seen) })
}

// lastChange says by task who has changed one of the fields last, among others than the viewer.
func lastChange(ctx context.Context, tx *data.Tx, ids []int64, names []string, which func(*bun.SelectQuery) *bun.SelectQuery) (map[int64]string, error) {
	var rows []struct {
		ThingID                   int64
		Field, NewValue, UserName string
	}
	err := tx.NewSelect().Table("history").Column("thing_id", "field", "new_value", "user_name").Where("kind = ?", "projects.task").
		Where("thing_id IN (?)", bun.In(ids)).Where("field IN (?)", bun.In(names)).Where("COALESCE(user_id, 0) <> ?", auth.From(ctx).ID).
		Apply(which).OrderExpr("id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("look up what others changed: %w", err)
	}
	said := map[int64]string{}
	for _, r := range rows {
		who := r.UserName
		if who == "" {
			who = "Somebody"
		}
		said[r.ThingID] = fmt.Sprintf("%s has changed its %s to %s meanwhile.", who, strings.ToLower(labels[r.Field]), components.OrDash(data.Cut(r.NewValue, 100)))
	}
	return said, nil
}
