package projects

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
)

// How much a calendar reads and shows: tasks of a day of a month and of a week, and tasks that last several days.
const (
	monthDayMost = 4
	weekDayMost  = 25
	monthRows    = 4 // of tasks, in a day of the month
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
	inner := s.calendarQuery(ctx, project, w.f, w.today).ColumnExpr("t.id"). // to sort whole rows takes three times as long
											ColumnExpr("ROW_NUMBER() OVER (PARTITION BY t.due_on ORDER BY t.open DESC, t.position, t.id) AS place").
											ColumnExpr("COUNT(*) OVER (PARTITION BY t.due_on) AS total").Where("t.due_on BETWEEN ? AND ?", w.from, w.to)
	err := s.db.Read.NewSelect().TableExpr("(?) AS w", inner).Join("JOIN tasks AS t ON t.id = w.id").ColumnExpr(taskColumns+", w.place, w.total").
		Where("w.place <= ?", most).OrderExpr("t.due_on, w.place").Scan(ctx, &rows)
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

// lay puts tasks and milestones on the days: what is due, at most so many a day, and what lasts in rows above.
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
		d.Items, d.Total, d.Shown = append(d.Items, dayItem{Task: r.Task, Kind: dayDue}), r.Total, d.Shown+1
	}
	for week := 0; week < len(days); week += 7 {
		days := days[week:min(week+7, len(days))]
		layLanes(days, spans, lanesOf(days, most))
	}
	return days
}

// lanesOf is how many rows a week has for tasks that last: in a month, what its fullest day leaves of the room.
func lanesOf(week []calendarDay, most int) int {
	if most != monthDayMost {
		return weekDayMost
	}
	fullest := 0
	for _, d := range week {
		fullest = max(fullest, d.Shown)
	}
	return max(2, monthRows-fullest)
}

// layLanes lays what lasts over a week into rows, each task into the first one that is free as long as it lasts; what finds none is counted.
func layLanes(week []calendarDay, spans []Task, most int) {
	var until []clock.Day // of each row: the last day that is taken
	for _, t := range spans {
		lane, first, kind := -1, -1, dayRuns
		if t.DueOn == "" {
			kind = dayStarts
		}
		for i := range week {
			d := &week[i]
			if !lasts(t, d.Day) {
				continue
			}
			d.Total++
			if lane < 0 {
				if lane = slices.IndexFunc(until, func(u clock.Day) bool { return u < d.Day }); lane < 0 && len(until) < most {
					lane, until = len(until), append(until, "")
				}
			}
			if lane < 0 {
				lane = most // none is free for the rest of the week either
			}
			if lane == most {
				continue
			}
			until[lane] = d.Day
			for len(d.Lanes) <= lane {
				d.Lanes = append(d.Lanes, dayItem{})
			}
			if first < 0 {
				first = i
			}
			d.Lanes[lane] = dayItem{Task: t, Kind: kind}
			week[first].Lanes[lane].Span++
			d.Shown++
		}
	}
	for i := range week { // all days of a week have as many rows, or the tasks below would not stand in line
		for len(week[i].Lanes) < len(until) && week[i].Day != "" {
			week[i].Lanes = append(week[i].Lanes, dayItem{})
		}
	}
}

// lasts reports whether the task has started by the day and is due later, or starts on it and has no due day.
func lasts(t Task, d clock.Day) bool {
	return d != "" && d >= t.StartOn && (t.DueOn == "" && d == t.StartOn || d < t.DueOn)
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
		v.rows, v.total = append(v.rows, dayItem{Task: r.Task, Kind: kind}), r.Total
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
