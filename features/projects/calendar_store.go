package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
)

// How much a calendar reads and shows: tasks of a day of a month and of a week, and tasks that last several days.
const (
	monthDayMost = 4
	weekDayMost  = 25
	spansMost    = 300
)

// calendarQuery reads the tasks of the project that the filter lets through.
func (s *taskStore) calendarQuery(ctx context.Context, project int64, f taskFilter, today clock.Day) *bun.SelectQuery {
	q := s.db.Read.NewSelect().TableExpr("tasks AS t").Where("t.project_id = ?", project).Where("t.open IN (?, ?)", true, false).Where("t.deleted_at IS NULL")
	return f.apply(q, auth.From(ctx), today)
}

// dueRow is a task on its due day.
type dueRow struct {
	Task  `bun:",extend"`
	Place int
	Total int // of the day
}

// Due are the tasks that are due in the window: the first most of each day, in one query.
func (s *taskStore) Due(ctx context.Context, project int64, w window, most int) ([]dueRow, error) {
	var rows []dueRow
	inner := s.calendarQuery(ctx, project, w.f, w.today).ColumnExpr(taskColumns).
		ColumnExpr("ROW_NUMBER() OVER (PARTITION BY t.due_on ORDER BY t.open DESC, t.position, t.id) AS place").
		ColumnExpr("COUNT(*) OVER (PARTITION BY t.due_on) AS total").Where("t.due_on BETWEEN ? AND ?", w.from, w.to)
	err := s.db.Read.NewSelect().TableExpr("(?) AS t", inner).ColumnExpr(taskColumns+", t.place, t.total").Where("t.place <= ?", most).
		OrderExpr("t.due_on, t.place").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("calendar of project %d: %w", project, err)
	}
	return rows, nil
}

// window is a part of a project's plan: its days, the first and the last one too, and the filter.
type window struct {
	from, to clock.Day
	f        taskFilter
	today    clock.Day
}

// Spans are the tasks that have started in the window or before, and are due later than that day, or have no due day.
func (s *taskStore) Spans(ctx context.Context, project int64, w window) ([]Task, error) {
	var rows []Task
	err := s.calendarQuery(ctx, project, w.f, w.today).ColumnExpr(taskColumns).Where("t.start_on > ''").Where("t.start_on <= ?", w.to).
		Where("(t.due_on > t.start_on AND t.due_on > ? OR t.due_on = '' AND t.start_on >= ?)", w.from, w.from).
		OrderExpr("t.start_on, t.id").Limit(spansMost+1).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("calendar of project %d: %w", project, err)
	}
	return rows, nil
}

// calendar reads what the calendar shows.
func (s *taskStore) calendar(ctx context.Context, v *calendarView) error {
	grid := v.f.grid()
	w := window{f: v.f.taskFilter, today: v.today}
	w.from, w.to = bounds(grid)
	most := monthDayMost
	switch {
	case v.f.Week != "":
		most = weekDayMost
	case v.f.Day != "":
		return s.calendarOfDay(ctx, v, w)
	}
	due, err := s.Due(ctx, v.Project.ID, w, most)
	if err != nil {
		return err
	}
	spans, err := s.Spans(ctx, v.Project.ID, w)
	if err != nil {
		return err
	}
	if v.cut = len(spans) > spansMost; v.cut {
		spans = spans[:spansMost]
	}
	v.days = lay(grid, due, spans, v.Milestones, most)
	return nil
}

// lay puts tasks and milestones on the days: what is due first, then what lasts, at most so many a day.
func lay(grid []clock.Day, due []dueRow, spans []Task, milestones []Milestone, most int) []calendarDay {
	days := make([]calendarDay, len(grid))
	at := map[clock.Day]*calendarDay{}
	for i, d := range grid {
		if days[i].Day = d; d != "" {
			at[d] = &days[i]
		}
	}
	for _, m := range milestones {
		if d := at[m.DueOn]; d != nil {
			d.Milestones = append(d.Milestones, m)
		}
	}
	for _, r := range due {
		d := at[r.DueOn]
		d.Items, d.Total = append(d.Items, dayItem{r.Task, dayDue}), r.Total
	}
	for _, t := range spans {
		for i := range days {
			d := &days[i]
			if d.Day == "" || d.Day < t.StartOn || t.DueOn == "" && d.Day > t.StartOn || t.DueOn != "" && d.Day >= t.DueOn {
				continue
			}
			kind := dayRuns
			if t.DueOn == "" {
				kind = dayStarts
			}
			if d.Total++; len(d.Items) < most {
				d.Items = append(d.Items, dayItem{t, kind})
			}
		}
	}
	return days
}

// calendarOfDay reads a page of one day's tasks: due on it first, then what lasts over it.
func (s *taskStore) calendarOfDay(ctx context.Context, v *calendarView, w window) error {
	var rows []struct {
		Task  `bun:",extend"`
		Total int
	}
	q := s.calendarQuery(ctx, v.Project.ID, w.f, w.today).ColumnExpr(taskColumns).ColumnExpr("COUNT(*) OVER () AS total").
		Where("(t.due_on = ? OR t.start_on > '' AND t.start_on <= ? AND (t.due_on > ? OR t.due_on = '' AND t.start_on = ?))", w.from, w.from, w.from, w.from)
	err := q.OrderExpr("CASE WHEN t.due_on = ? THEN 0 ELSE 1 END, t.open DESC, t.due_on, t.id", w.from).
		Limit(int64(v.f.Size)).Offset(int64((v.f.Page-1)*v.f.Size)).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("a day of project %d: %w", v.Project.ID, err)
	}
	for _, r := range rows {
		kind := dayRuns
		switch r.DueOn {
		case w.from:
			kind = dayDue
		case "":
			kind = dayStarts
		}
		v.rows, v.total = append(v.rows, dayItem{r.Task, kind}), r.Total
	}
	day := calendarDay{Day: w.from, Total: v.total}
	for _, m := range v.Milestones {
		if m.DueOn == w.from {
			day.Milestones = append(day.Milestones, m)
		}
	}
	v.days = []calendarDay{day}
	return nil
}
