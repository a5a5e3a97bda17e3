package projects

import (
	"context"
	"fmt"

	"portal/app/data"
	"portal/app/inbox"
	"portal/components"
)

// keepImportMentions keeps whom and what the descriptions of the new tasks name, so that their links are kept when a name or a key
// changes. Only those are looked at that may name something.
func keepImportMentions(ctx context.Context, tx *data.Tx, i fileImport, first, last int64) error {
	var rows []Task
	err := tx.NewSelect().Model(&rows).Column("id", "description").Where("t.project_id = ?", i.ProjectID).Where("t.number BETWEEN ? AND ?", first, last).
		Where("(t.description LIKE '%@%' OR t.description LIKE '%#%' OR t.description LIKE '%-%')").OrderExpr("t.id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("texts of import %d: %w", i.ID, err)
	}
	for _, t := range rows {
		if err := keepMentions(ctx, tx, source{project: i.ProjectID, task: &t.ID}, "", t.Description); err != nil {
			return err
		}
	}
	return nil
}

// dropImportNamed ends what is held of the tasks that texts of the import's tasks name.
func dropImportNamed(ctx context.Context, tx *data.Tx, i fileImport) error {
	var named []int64
	err := tx.NewSelect().TableExpr("tasks AS t").Join("JOIN mentions AS m ON m.task_id = t.id").ColumnExpr("DISTINCT m.target_id").
		Where("t.project_id = ?", i.ProjectID).Where("t.number BETWEEN ? AND ?", i.FirstNumber, i.LastNumber).Where("m.target_id IS NOT NULL").Scan(ctx, &named)
	if err != nil {
		return fmt.Errorf("what the tasks of import %d name: %w", i.ID, err)
	}
	return dropTargets(ctx, tx, named)
}

// tell tells once of an import that is done: those who got tasks how many they are, and those who hear of new tasks of the project.
func (s *importStore) tell(ctx context.Context, tx *data.Tx, h heldProject, i fileImport) error {
	var rows []struct{ AssigneeID, N int64 }
	err := tx.NewSelect().Table("import_rows").ColumnExpr("assignee_id, COUNT(*) AS n").Where("import_id = ?", i.ID).Where("assignee_id IS NOT NULL").
		GroupExpr("assignee_id").OrderExpr("assignee_id").Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("who got tasks of import %d: %w", i.ID, err)
	}
	notice := func(to int64, kind, what string) inbox.Notice {
		return inbox.Notice{
			To: to, Kind: kind, Thing: "projects.project", ThingID: h.Project.ID, Guard: projectTopic(h.Project.ID), Title: h.Project.Name, What: what,
			URL: h.Project.Path() + "/list", May: h.maySeeTasks,
		}
	}
	var all []inbox.Notice
	for _, r := range rows {
		all = append(all, notice(r.AssigneeID, tellAssigned, "assigned "+components.Plural(int(r.N), "imported task")+" to you"))
	}
	for _, to := range h.toldIf(h.Project.NotifyCreated) {
		all = append(all, notice(to, tellMade, "imported "+components.Plural(int(i.Total), "task")))
	}
	s.tasks.inbox.Tell(ctx, tx, all)
	return nil
}
