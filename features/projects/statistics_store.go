package projects

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/clock"
	"portal/app/data"
)

// statisticsStore counts a project's tasks.
type statisticsStore struct {
	db       *data.DB
	projects *projectStore
	held     cache.Region[figures]
}

func newStatisticsStore(p *projectStore, c *cache.Cache) *statisticsStore {
	return &statisticsStore{p.db, p, cache.Statistics[figures](c, "projects.statistics")}
}

// Figures are the statistics of a project that the viewer was found to know. They are held for a minute, until a write
// to the project's tasks: the tasks of a project are the same for all who know it, but not the day.
func (s *statisticsStore) Figures(ctx context.Context, project int64, f statisticsFilter, today clock.Day) (figures, error) {
	zone := auth.From(ctx).Zone
	key := s.held.Family(seenFamily(project), fmt.Sprintf("%d/%s/%s/%d/%d/%d/%s/%s", project, f.first, f.last, f.Assignee, f.Label, f.Milestone, today, zone))
	return s.held.Get(ctx, key, func(ctx context.Context) (figures, error) {
		return s.count(ctx, project, f, newCounting(f, today, zone))
	})
}

// count reads the project's tasks one after the other: what it holds does not grow with them, but for how long the
// completed ones took.
func (s *statisticsStore) count(ctx context.Context, project int64, f statisticsFilter, c *counting) (all figures, err error) {
	w, err := s.projects.words.All(ctx)
	if err != nil {
		return all, err
	}
	q := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.status_id, t.priority_id, t.assignee_id, t.milestone_id, t.label_ids, t.estimate, t.open, t.due_on, t.created_at, t.started_at, t.completed_at").
		Where("t.project_id = ?", project).Where("t.deleted_at IS NULL")
	switch {
	case f.Assignee > 0:
		q = q.Where("t.assignee_id = ?", f.Assignee)
	case f.Assignee < 0:
		q = q.Where("t.assignee_id IS NULL")
	}
	if f.Label > 0 {
		q = q.Where("EXISTS (SELECT 1 FROM task_labels AS l WHERE l.task_id = t.id AND l.label_id = ?)", f.Label)
	}
	if f.Milestone > 0 {
		q = q.Where("t.milestone_id = ?", f.Milestone)
	}
	rows, err := q.Rows(ctx)
	if err != nil {
		return all, fmt.Errorf("statistics of project %d: %w", project, err)
	}
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	days := map[string]int{"": 0}
	for rows.Next() {
		t, err := scanMeasured(rows, w, days)
		if err != nil {
			return all, fmt.Errorf("statistics of project %d: %w", project, err)
		}
		c.add(t)
	}
	return c.figures(), rows.Err()
}

// scanMeasured reads a row. days are the numbers of the days that were met before: there are few.
func scanMeasured(rows *sql.Rows, w *words, days map[string]int) (measured, error) {
	var t measured
	var assignee, milestone sql.NullInt64
	var started, completed sql.NullTime
	var created time.Time
	var labels, due string
	if err := rows.Scan(&t.Status, &t.Priority, &assignee, &milestone, &labels, &t.Estimate, &t.Open, &due, &created, &started, &completed); err != nil {
		return t, err
	}
	n, ok := days[due]
	if !ok {
		n = ordinal(clock.Day(due))
		days[due] = n
	}
	t.Assignee, t.Milestone, t.Due, t.Created = assignee.Int64, milestone.Int64, n, created
	if labels != "" {
		t.Labels = split(labels)
	}
	if started.Valid {
		t.Started = started.Time
	}
	if completed.Valid {
		t.Completed = completed.Time
	}
	t.Cancelled = w.Status(t.Status).Stage == StageCancelled
	return t, nil
}
