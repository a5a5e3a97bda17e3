package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/search"
)

// The kinds of things that can be found, as their changes say them.
const (
	findProject   = "projects.project"
	findTask      = "projects.task"
	findMilestone = "projects.milestone"
)

// finds are what of ours can be found. What lies in the trash can't, nor can templates with their tasks: they are in no list
// but their own.
func finds() []search.Kind {
	return []search.Kind{
		{
			Name: findProject, Title: "Projects", One: "Project", Icon: "folders", Route: seeProject, Table: "projects", Version: 1, Load: projectEntries,
			Visible: func(q *bun.SelectQuery, v *auth.Viewer) *bun.SelectQuery {
				return q.Where("e.thing_id IN (?)", knownTo(q, v))
			},
		},
		{
			Name: findTask, Title: "Tasks", One: "Task", Icon: "checkbox", Route: "projects.task.see.one", Table: "tasks", Version: 1, Load: taskEntries,
			Visible: func(q *bun.SelectQuery, v *auth.Viewer) *bun.SelectQuery {
				// Tasks of a large import that was taken back are in the index for a moment still.
				return q.Where("e.parent_id IN (?)", knownTo(q, v)).Where("EXISTS (SELECT 1 FROM tasks AS t WHERE t.id = e.thing_id AND t.deleted_at IS NULL)")
			},
		},
		{
			Name: findMilestone, Title: "Milestones", One: "Milestone", Icon: "flag", Route: "projects.project.see.milestones", Table: "milestones", Version: 1, Load: milestoneEntries,
			Visible: func(q *bun.SelectQuery, v *auth.Viewer) *bun.SelectQuery {
				return q.Where("e.parent_id IN (?)", knownTo(q, v))
			},
		},
	}
}

// knownTo are the projects whose things the viewer may find.
func knownTo(q *bun.SelectQuery, v *auth.Viewer) *bun.SelectQuery {
	return q.NewSelect().TableExpr("projects AS p").Column("p.id").Where("p.deleted_at IS NULL").Where("p.template = ?", false).Apply(visibleTo(v))
}

// touchMost is how many tasks one write makes findable itself. Those of a larger import follow in the background.
const touchMost = 2000

// touchTasks says that what the tasks that meet the condition are found by has changed.
func touchTasks(ctx context.Context, tx *data.Tx, where string, args ...any) error {
	var ids []int64
	if err := tx.NewSelect().TableExpr("tasks AS t").Column("t.id").Where(where, args...).OrderExpr("t.id").Scan(ctx, &ids); err != nil {
		return fmt.Errorf("which tasks are found otherwise: %w", err)
	}
	switch {
	case len(ids) > touchMost:
		tx.TouchedFrom(findTask, ids[0]-1)
	case len(ids) > 0:
		tx.Touched(findTask, ids...)
	}
	return nil
}

// notesOf are the texts that hang on things, by the thing's id: todos, comments and the names of files.
func notesOf(ctx context.Context, tx *data.Tx, column string, ids []int64, more string) (map[int64][]string, error) {
	texts := map[int64][]string{}
	for _, from := range []struct{ table, text, where string }{{"todos", "text", ""}, {"comments", "text", ""}, {"attachments", "name", " AND NOT loose"}} {
		var rows []struct {
			Owner int64
			Text  string
		}
		q := tx.NewSelect().TableExpr(from.table).ColumnExpr("? AS owner, ? AS text", bun.Ident(column), bun.Ident(from.text)).
			Where("? IN (?)", bun.Ident(column), list(ids)).Where("deleted_at IS NULL" + from.where + more).OrderExpr("id")
		if err := tx.Lock(q).Scan(ctx, &rows); err != nil {
			return nil, fmt.Errorf("read %s: %w", from.table, err)
		}
		for _, r := range rows {
			texts[r.Owner] = append(texts[r.Owner], r.Text)
		}
	}
	return texts, nil
}

// projectEntries are the entries of projects: their texts, and what hangs on themselves.
func projectEntries(ctx context.Context, tx *data.Tx, ids []int64) ([]search.Entry, error) {
	var rows []Project
	err := tx.Lock(tx.NewSelect().Model(&rows).Column("id", "name", "task_key", "summary", "description", "updated_at").Where("p.id IN (?)", list(ids)).
		Where("p.deleted_at IS NULL").OrderExpr("p.id")).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	notes, err := notesOf(ctx, tx, "project_id", ids, " AND task_id IS NULL")
	if err != nil {
		return nil, err
	}
	var all []search.Entry
	for _, p := range rows {
		all = append(all, search.Entry{
			ID: p.ID, Title: p.Name, Text: joinTexts(append([]string{p.TaskKey, p.Summary, p.Description}, notes[p.ID]...)), URL: p.Path(), At: p.UpdatedAt,
		})
	}
	return all, nil
}

// taskEntries are the entries of tasks: their keys and texts, and what hangs on them.
func taskEntries(ctx context.Context, tx *data.Tx, ids []int64) ([]search.Entry, error) {
	var projects []int64
	if err := tx.NewSelect().TableExpr("tasks AS t").ColumnExpr("DISTINCT t.project_id").Where("t.id IN (?)", list(ids)).Scan(ctx, &projects); err != nil {
		return nil, err
	}
	if len(projects) == 0 {
		return nil, nil
	}
	slices.Sort(projects)
	var heads []Project // first, as every write to a task locks its project first
	err := tx.Lock(tx.NewSelect().Model(&heads).Column("id", "task_key").Where("p.id IN (?)", list(projects)).OrderExpr("p.id")).Scan(ctx)
	if err != nil || len(heads) == 0 {
		return nil, err
	}
	of := map[int64]Project{}
	for _, p := range heads {
		of[p.ID] = p
	}
	var rows []Task
	err = tx.Lock(tx.NewSelect().Model(&rows).Column("id", "project_id", "number", "name", "summary", "description", "updated_at").
		Where("t.id IN (?)", list(ids)).Where("t.deleted_at IS NULL").OrderExpr("t.id")).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	notes, err := notesOf(ctx, tx, "task_id", ids, "")
	if err != nil {
		return nil, err
	}
	var all []search.Entry
	for _, t := range rows {
		p, ok := of[t.ProjectID]
		if !ok {
			continue
		}
		all = append(all, search.Entry{
			ID: t.ID, Parent: t.ProjectID, Title: t.Key(p) + " " + t.Name, Text: joinTexts(append([]string{t.Summary, t.Description}, notes[t.ID]...)),
			URL: t.Path(), At: t.UpdatedAt,
		})
	}
	return all, nil
}

// milestoneEntries are the entries of milestones.
func milestoneEntries(ctx context.Context, tx *data.Tx, ids []int64) ([]search.Entry, error) {
	var rows []Milestone
	err := tx.Lock(tx.NewSelect().Model(&rows).Column("id", "project_id", "name", "description", "updated_at").Where("m.id IN (?)", list(ids)).
		Where("m.deleted_at IS NULL").OrderExpr("m.id")).Scan(ctx)
	var all []search.Entry
	for _, m := range rows {
		all = append(all, search.Entry{ID: m.ID, Parent: m.ProjectID, Title: m.Name, Text: m.Description, URL: milestonesPath(m.ProjectID), At: m.UpdatedAt})
	}
	return all, err
}

// joinTexts puts the texts that say something behind each other.
func joinTexts(texts []string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return strings.TrimSpace(s) == "" }), "\n")
}
