package projects

import (
	"context"
	"fmt"

	"portal/app/auth"
	"portal/app/data"
)

// Watch makes the viewer watch a task, or not any more. Whoever may see a task may watch it.
// Errors: fault.NotFound.
func (s *taskStore) Watch(ctx context.Context, project, number int64, on bool) error {
	me := auth.From(ctx).ID
	return s.db.Write(ctx, func(tx *data.Tx) error {
		if _, err := s.lockProject(ctx, tx, project); err != nil {
			return err
		}
		var rows []Task
		err := tx.NewSelect().Model(&rows).Where("t.project_id = ?", project).Where("t.number = ?", number).Where("t.deleted_at IS NULL").Scan(ctx)
		if err != nil {
			return fmt.Errorf("task %d of project %d: %w", number, project, err)
		}
		if len(rows) == 0 {
			return errNoTask()
		}
		t := rows[0]
		if on {
			row := map[string]any{"task_id": t.ID, "user_id": me}
			_, err = tx.NewInsert().Model(&row).Table("task_watchers").Ignore().Exec(ctx)
		} else {
			_, err = tx.NewDelete().Table("task_watchers").Where("task_id = ?", t.ID).Where("user_id = ?", me).Exec(ctx)
		}
		if err != nil {
			return fmt.Errorf("watch task %d: %w", t.ID, err)
		}
		tx.Changed(data.Change{
			Feature: "projects", Kind: "task", ID: t.ID, Quiet: true, Stale: []string{taskKey(t.ID), seenFamily(project), mineFamily(me)},
			Live: []string{projectTopic(project)}, Guard: projectTopic(project),
		})
		return nil
	})
}

// Watch makes the viewer hear of what happens in a project, or not any more; it makes nobody part of its team, and takes
// nobody out of it. Whoever may know of a project may watch it.
// Errors: fault.NotFound.
func (s *projectStore) Watch(ctx context.Context, project int64, on bool) error {
	me := auth.From(ctx).ID
	return s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := holdProject(ctx, tx, project)
		if err != nil {
			return err
		}
		if !h.mayKnow(auth.From(ctx)) || h.Project.DeletedAt != nil {
			return errNoProject()
		}
		if h.hears(me) == on {
			tx.Unchanged()
			return nil
		}
		if _, err := tx.NewDelete().Table("project_watchers").Where("project_id = ?", project).Where("user_id = ?", me).Exec(ctx); err != nil {
			return fmt.Errorf("watch project %d: %w", project, err)
		}
		h.Watching, h.Muted = nil, nil
		if h.hears(me) != on { // the team alone would have it otherwise
			row := map[string]any{"project_id": project, "user_id": me, "muted": !on}
			if _, err := tx.NewInsert().Model(&row).Table("project_watchers").Exec(ctx); err != nil {
				return fmt.Errorf("watch project %d: %w", project, err)
			}
		}
		tx.Changed(data.Change{
			Feature: "projects", Kind: "project", ID: project, Quiet: true, Stale: []string{projectKey(project), seenFamily(project)},
			Live: []string{projectTopic(project)}, Guard: projectTopic(project),
		})
		return nil
	})
}
