package projects

import (
	"context"
	"fmt"
	"time"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
)

// startStore reads what the feature shows on the start page.
type startStore struct{ projects *projectStore }

func newStartStore(p *projectStore) *startStore { return &startStore{p} }

// How much the start page shows of each.
const (
	startTasks    = 15
	startProjects = 6
	startLines    = 12
)

// startTask is a task with what it is part of.
type startTask struct {
	Task        `bun:",extend"`
	TaskKey     string
	ProjectName string
}

// Tasks are the viewer's open tasks in all projects, the most urgent first: one more than the start page shows, if there are so many.
func (s *startStore) Tasks(ctx context.Context) ([]startTask, error) {
	v := auth.From(ctx)
	var rows []startTask
	err := s.projects.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr(taskColumns).ColumnExpr("p.task_key, p.name AS project_name").
		Join("JOIN projects AS p ON p.id = t.project_id").Where("t.assignee_id = ?", v.ID).Where("t.open = TRUE").
		Where("t.deleted_at IS NULL").Where("p.deleted_at IS NULL").Where("p.archived_at IS NULL").Where("p.template = ?", false).Apply(visibleTo(v)).
		OrderExpr("CASE WHEN t.due_on = '' THEN 1 ELSE 0 END, t.due_on, t.id").Limit(startTasks+1).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("tasks of %d: %w", v.ID, err)
	}
	return rows, nil
}

// Projects are those that the viewer leads, belongs to or has tasks in, the latest changed first.
func (s *startStore) Projects(ctx context.Context, today clock.Day) ([]projectRow, error) {
	rows, err := s.projects.List(ctx, projectFilter{Show: "mine", List: data.List{Size: 25}}, today)
	return rows.Items[:min(len(rows.Items), startProjects)], err
}

// startLine is what somebody did in a project.
type startLine struct {
	UserID    *int64
	UserName  string
	What      string
	Title     string
	URL       string
	CreatedAt time.Time
}

// Latest is what happened last in the projects that the viewer may know of.
func (s *startStore) Latest(ctx context.Context) ([]startLine, error) {
	var rows []startLine
	err := s.projects.db.Read.NewSelect().TableExpr("activities AS a").ColumnExpr("a.user_id, a.user_name, a.what, a.title, a.url, a.created_at").
		Join("JOIN projects AS p ON p.id = CASE WHEN a.kind = 'projects.project' THEN a.thing_id ELSE a.parent_id END").
		Where("a.kind IN ('projects.project', 'projects.task')").Where("a.url <> ''").Where("a.what <> ?", movedWithin).Where("p.deleted_at IS NULL").Where("p.template = ?", false).
		Apply(visibleTo(auth.From(ctx))).OrderExpr("a.id DESC").Limit(startLines).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("latest changes: %w", err)
	}
	return rows, nil
}
