package projects

import (
	"context"
	"fmt"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// copyMost is how many tasks a project may have to be copied: all of them are written at once.
const copyMost = 20_000

// readCopy reads all that a copy of the project takes along, but for what lies in the trash and for cancelled tasks.
func (s *projectStore) readCopy(ctx context.Context, tx *data.Tx, h heldProject, f copyForm) (copied, error) {
	c := copied{heldProject: h}
	if err := tx.NewSelect().Table("projects").Column("description").Where("id = ?", h.Project.ID).Scan(ctx, &c.about); err != nil {
		return c, fmt.Errorf("copy project %d: %w", h.Project.ID, err)
	}
	if f.Milestones {
		err := tx.NewSelect().Model(&c.milestones).Where("m.project_id = ?", h.Project.ID).Where("m.deleted_at IS NULL").OrderExpr("m.due_on, m.id").Scan(ctx)
		if err != nil {
			return c, fmt.Errorf("milestones of project %d: %w", h.Project.ID, err)
		}
	}
	if f.Tasks {
		err := tx.NewSelect().Model(&c.tasks).Join("JOIN statuses AS s ON s.id = t.status_id").Where("t.project_id = ?", h.Project.ID).
			Where("t.deleted_at IS NULL").Where("s.stage <> ?", StageCancelled).OrderExpr("t.number").Limit(copyMost + 1).Scan(ctx)
		if err != nil {
			return c, fmt.Errorf("tasks of project %d: %w", h.Project.ID, err)
		}
		if len(c.tasks) > copyMost {
			return c, fault.Field("tasks", "A project of more than %d tasks can’t be copied with them.", copyMost)
		}
	}
	if f.Todos {
		err := tx.NewSelect().Model(&c.todos).Where("d.project_id = ?", h.Project.ID).Where("d.deleted_at IS NULL").OrderExpr("d.position, d.id").Scan(ctx)
		if err != nil {
			return c, fmt.Errorf("todos of project %d: %w", h.Project.ID, err)
		}
	}
	if f.Tasks && f.Waits {
		err := tx.NewSelect().TableExpr("task_dependencies AS d").ColumnExpr("d.task_id, d.needs_id").Join("JOIN tasks AS t ON t.id = d.task_id").
			Where("t.project_id = ?", h.Project.ID).OrderExpr("d.task_id, d.needs_id").Scan(ctx, &c.needs)
		if err != nil {
			return c, fmt.Errorf("what tasks of project %d wait for: %w", h.Project.ID, err)
		}
	}
	return c, nil
}

// Templates are the templates that the viewer may know of, by name, at most as many as a form shows.
func (s *projectStore) Templates(ctx context.Context) ([]Project, error) {
	var rows []Project
	err := s.db.Read.NewSelect().TableExpr("projects AS p").ColumnExpr("p.id, p.name, p.summary, p.icon").Where("p.template = ?", true).
		Where("p.deleted_at IS NULL").Where("p.archived_at IS NULL").Apply(visibleTo(auth.From(ctx))).OrderExpr("p.name_key, p.id").Limit(50).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	return rows, nil
}
