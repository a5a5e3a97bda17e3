package projects

import (
	"context"
	"fmt"
	"slices"

	"portal/app/data"
	"portal/app/fault"
)

// linked is a task at the other end of a dependency.
type linked struct {
	ID        int64
	ProjectID int64
	NeedsID   int64 // the task it waits for; 0 when it is needed itself
}

// allowDone refuses to complete a task that waits for another one, if the project says so.
func (s *taskStore) allowDone(ctx context.Context, tx *data.Tx, w wrote) error {
	completes := w.before != nil && w.before.CompletedAt == nil && w.after.CompletedAt != nil
	if !completes || w.before.WaitsOn == 0 || w.heldProject.Project.WaitsRule == waitsWarn {
		return nil
	}
	var needs []int64
	q := tx.NewSelect().TableExpr("task_dependencies AS d").Join("JOIN tasks AS t ON t.id = d.needs_id").Join("JOIN projects AS p ON p.id = t.project_id").
		Column("t.id").Where("d.task_id = ?", w.after.ID).Where("t.open").Where("t.deleted_at IS NULL").
		Where("(p.deleted_at IS NULL OR p.id = ?)", w.after.ProjectID).OrderExpr("t.project_id, t.number")
	if err := q.Scan(ctx, &needs); err != nil {
		return fmt.Errorf("what task %d waits for: %w", w.after.ID, err)
	}
	if len(needs) == 0 {
		return nil
	}
	names, err := s.namesOf(ctx, tx, needs[:min(len(needs), 3)])
	if err != nil {
		return err
	}
	said := join(names)
	if len(needs) > 3 {
		said += fmt.Sprintf(" and %d more", len(needs)-3)
	}
	return fault.Field("status", "“%s” waits for %s. Complete that first, or end the dependency on the task's page.", w.after.Name, said)
}

// keepWaits keeps the figures of the tasks that wait for this one, and the pages of those that show it.
func (s *taskStore) keepWaits(ctx context.Context, tx *data.Tx, w wrote) error {
	if w.before == nil {
		return nil // nothing waits for a new one yet
	}
	by := map[int64]int{w.after.ID: 0}
	switch {
	case w.before.Open && !w.after.Open:
		by[w.after.ID] = -1
	case !w.before.Open && w.after.Open:
		by[w.after.ID] = 1
	}
	return relink(ctx, tx, by)
}

// relink adds to the figures of the tasks that wait for others, by what each of those counts for now, and ends what
// is held of the pages of all at the other ends.
func relink(ctx context.Context, tx *data.Tx, by map[int64]int) error {
	var ids []int64
	for n := range by {
		ids = append(ids, n)
	}
	var rows []linked
	waits := tx.NewSelect().TableExpr("task_dependencies AS d").Join("JOIN tasks AS t ON t.id = d.task_id").
		ColumnExpr("t.id, t.project_id, d.needs_id").Where("d.needs_id IN (?)", list(sorted(ids)))
	needed := tx.NewSelect().TableExpr("task_dependencies AS d").Join("JOIN tasks AS t ON t.id = d.needs_id").
		ColumnExpr("t.id, t.project_id, 0 AS needs_id").Where("d.task_id IN (?)", list(sorted(ids)))
	if err := waits.UnionAll(needed).Scan(ctx, &rows); err != nil {
		return fmt.Errorf("what waits for tasks: %w", err)
	}
	counts := map[int64]int{}
	for _, r := range rows {
		counts[r.ID] += by[r.NeedsID]
	}
	return recountWaits(ctx, tx, rows, counts)
}

// relinkWhere is relink for all tasks t that meet the condition and hang together with others: they went into the trash (-1),
// or came out of it (1).
func relinkWhere(ctx context.Context, tx *data.Tx, by int, where string, args ...any) error {
	var rows []Task
	err := tx.NewSelect().Model(&rows).Column("id", "open").Where(where, args...).
		Where("(EXISTS (SELECT 1 FROM task_dependencies AS d WHERE d.needs_id = t.id) OR EXISTS (SELECT 1 FROM task_dependencies AS d WHERE d.task_id = t.id))").Scan(ctx)
	if err != nil {
		return fmt.Errorf("tasks that hang together: %w", err)
	}
	counts := map[int64]int{}
	for _, t := range rows {
		counts[t.ID] = 0
		if t.Open {
			counts[t.ID] = by
		}
	}
	if len(counts) == 0 {
		return nil
	}
	return relink(ctx, tx, counts)
}

// relinkProject is relink for all tasks of a project that others of other projects hang on: it was put into the trash (-1), taken out
// of it (1), or something else about it changed that they show (0).
func relinkProject(ctx context.Context, tx *data.Tx, project int64, by int) error {
	var rows []struct {
		linked  `bun:",extend"`
		Counted bool
	}
	waits := tx.NewSelect().TableExpr("tasks AS n").Join("JOIN task_dependencies AS d ON d.needs_id = n.id").Join("JOIN tasks AS t ON t.id = d.task_id").
		ColumnExpr("t.id, t.project_id, d.needs_id, n.open AND n.deleted_at IS NULL AS counted").Where("n.project_id = ?", project).Where("t.project_id <> ?", project)
	needed := tx.NewSelect().TableExpr("tasks AS n").Join("JOIN task_dependencies AS d ON d.task_id = n.id").Join("JOIN tasks AS t ON t.id = d.needs_id").
		ColumnExpr("t.id, t.project_id, 0 AS needs_id, 0 AS counted").Where("n.project_id = ?", project).Where("t.project_id <> ?", project)
	if err := waits.UnionAll(needed).Scan(ctx, &rows); err != nil {
		return fmt.Errorf("what hangs on the tasks of project %d: %w", project, err)
	}
	var all []linked
	counts := map[int64]int{}
	for _, r := range rows {
		all = append(all, r.linked)
		if r.Counted {
			counts[r.ID] += by
		}
	}
	return recountWaits(ctx, tx, all, counts)
}

// recountWaits adds to the figures, and says whose pages are others now.
func recountWaits(ctx context.Context, tx *data.Tx, rows []linked, counts map[int64]int) error {
	bySize, said := map[int][]int64{}, map[int64]bool{}
	for _, r := range rows {
		if said[r.ID] {
			continue
		}
		said[r.ID] = true
		if n := counts[r.ID]; n != 0 {
			bySize[n] = append(bySize[n], r.ID)
		}
		tx.Changed(r.elsewhere(counts[r.ID] != 0))
	}
	for n, ids := range bySize {
		slices.Sort(ids)
		if _, err := tx.NewUpdate().Table("tasks").Set("waits_on = waits_on + ?", n).Where("id IN (?)", list(ids)).Exec(ctx); err != nil {
			return fmt.Errorf("count what tasks wait for: %w", err)
		}
	}
	return nil
}

// join is the names as a sentence has them: A, B and C.
func join(names []string) string {
	said := ""
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			said += " and "
		default:
			said += ", "
		}
		said += n
	}
	return said
}
