package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/feature"
)

// moveTasks gives the open tasks of a person to another.
func moveTasks(ctx context.Context, tx *data.Tx, h feature.HandOver) error {
	var rows []Task
	q := tx.NewSelect().Model(&rows).Join("JOIN projects AS p ON p.id = t.project_id").Where("t.assignee_id = ?", h.From.ID).
		Where("t.open = TRUE").Where("t.deleted_at IS NULL").Where("p.deleted_at IS NULL").OrderExpr("t.id")
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return err
	}
	var ids []int64
	for _, t := range rows {
		ids = append(ids, t.ProjectID)
	}
	projects, err := projectsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	for _, t := range rows {
		was := t.Version
		t.AssigneeID, t.Version, t.UpdatedAt = &h.To.ID, was+1, tx.Now
		ours, err := tx.UpdateIf(ctx, &t, was, "assignee_id", "version", "updated_at")
		if err == nil && !ours {
			err = errMeanwhile(t.Name)
		}
		if err != nil {
			return err
		}
		tx.Changed(t.change(projects[t.ProjectID], h.Said(), data.Field{Name: "assignee", Old: h.From.Name, New: h.To.Name}))
	}
	return nil
}

// projectsOf are the names and keys of projects, by id.
func projectsOf(ctx context.Context, tx *data.Tx, ids []int64) (map[int64]Project, error) {
	all := map[int64]Project{}
	if len(ids) == 0 {
		return all, nil
	}
	var rows []Project
	if err := tx.NewSelect().Model(&rows).Column("id", "name", "task_key", "version").Where("p.id IN (?)", bun.In(sorted(ids))).Scan(ctx); err != nil {
		return nil, fmt.Errorf("look up projects: %w", err)
	}
	for _, p := range rows {
		all[p.ID] = p
	}
	return all, nil
}

// moveTodos gives the open todos of a person to another; the history of what each hangs on says so.
func moveTodos(ctx context.Context, tx *data.Tx, h feature.HandOver) error {
	var rows []Todo
	q := tx.NewSelect().Model(&rows).Join("JOIN projects AS p ON p.id = d.project_id").Join("LEFT JOIN tasks AS t ON t.id = d.task_id").
		Where("d.assignee_id = ?", h.From.ID).Where("d.done_at IS NULL").Where("d.deleted_at IS NULL").
		Where("p.deleted_at IS NULL").Where("t.deleted_at IS NULL").OrderExpr("d.id")
	if err := tx.Lock(q).Scan(ctx); err != nil {
		return err
	}
	var ids, taskIDs []int64
	for _, d := range rows {
		ids = append(ids, d.ProjectID)
		taskIDs = append(taskIDs, data.OrZero(d.TaskID))
	}
	projects, err := projectsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	tasks := map[int64]*Task{}
	if len(rows) > 0 {
		var all []Task
		if err := tx.NewSelect().Model(&all).Where("t.id IN (?)", bun.In(sorted(taskIDs))).Scan(ctx); err != nil {
			return fmt.Errorf("look up tasks: %w", err)
		}
		for i := range all {
			tasks[all[i].ID] = &all[i]
		}
	}
	for _, d := range rows {
		d.AssigneeID, d.Version, d.UpdatedAt = &h.To.ID, d.Version+1, tx.Now
		if _, err := tx.NewUpdate().Model(&d).Column("assignee_id", "version", "updated_at").WherePK().Exec(ctx); err != nil {
			return err
		}
		owner := held{heldProject{Project: projects[d.ProjectID]}, tasks[data.OrZero(d.TaskID)]}
		tx.Changed(owner.change("handed the todo “" + d.Text + "” over from " + h.From.Name + " to " + h.To.Name))
	}
	return nil
}
