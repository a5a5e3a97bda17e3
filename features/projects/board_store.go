package projects

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
)

// windowSize is how many cards a column of the board shows at first, laneSize a lane's part of one.
const (
	windowSize = 60
	laneSize   = 10
)

// column is a column of the board.
type column struct {
	Status Status
	Cards  []card          // of a board without lanes
	Lanes  map[int64]stack // by the person or priority
	Total  int
}

// card is a task as the board shows it.
type card struct {
	Task      `bun:",extend"`
	Parts     int // its subtasks
	PartsDone int // those that are not open
}

// stack is what lies in a cell of the board.
type stack struct {
	At    cellKey
	Cards []card // the first of them
	Total int
}

// more reports whether the cell holds cards that are not shown.
func (s stack) more() bool { return s.Total > len(s.Cards) }

// Board is a project's tasks by status, and by lanes if the filter has some. A cell shows its first cards and counts all.
// It runs no query while the board is held, and one otherwise or when it is filtered.
func (s *taskStore) Board(ctx context.Context, project int64, f taskFilter, today clock.Day) ([]column, error) {
	w, err := s.projects.words.All(ctx)
	if err != nil {
		return nil, err
	}
	load := func(ctx context.Context) ([]stack, error) { return s.stacks(ctx, project, f, today) }
	var stacks []stack
	switch {
	case f.narrowed():
		stacks, err = load(ctx)
	case f.Lanes == "" && f.Deep == "":
		stacks, err = s.boards.Get(ctx, project, load)
	default:
		stacks, err = s.boards.Get(ctx, s.boards.Family(seenFamily(project), f.Lanes+" "+f.Deep), load)
	}
	if err != nil {
		return nil, err
	}
	columns := make([]column, len(w.Statuses))
	for i, st := range w.Statuses {
		columns[i] = column{Status: st, Lanes: map[int64]stack{}}
		for _, k := range stacks {
			switch {
			case k.At.Status != st.ID:
			case f.Lanes == "":
				columns[i].Cards, columns[i].Total = k.Cards, k.Total
			default:
				columns[i].Lanes[k.At.Lane] = k
				columns[i].Total += k.Total
			}
		}
	}
	return shownColumns(columns), nil
}

// laneColumn is the SQL of the lane that a task t lies in.
func (f taskFilter) laneColumn() string {
	switch f.Lanes {
	case laneAssignee:
		return "COALESCE(t.assignee_id, 0)"
	case lanePriority:
		return "t.priority_id"
	}
	return "0"
}

// cardParts counts a card's subtasks.
const cardParts = "(SELECT COUNT(*) FROM tasks AS x WHERE x.parent_id = t.id AND x.deleted_at IS NULL) AS parts, " +
	"(SELECT COUNT(*) FROM tasks AS x WHERE x.parent_id = t.id AND x.deleted_at IS NULL AND NOT x.open) AS parts_done"

// stacks reads the board in one query.
func (s *taskStore) stacks(ctx context.Context, project int64, f taskFilter, today clock.Day) ([]stack, error) {
	lane := f.laneColumn()
	inner := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.id, t.status_id, "+lane+" AS lane").
		ColumnExpr("ROW_NUMBER() OVER (PARTITION BY t.status_id, "+lane+" ORDER BY t.position, t.id) AS place").
		ColumnExpr("COUNT(*) OVER (PARTITION BY t.status_id, "+lane+") AS total").
		Where("t.project_id = ?", project).Where("t.deleted_at IS NULL")
	inner = f.apply(inner, auth.From(ctx), today)
	var rows []struct {
		card  `bun:",extend"`
		Lane  int64
		Total int
	}
	window, values := f.windows()
	err := s.db.Read.NewSelect().TableExpr("(?) AS w", inner).Join("JOIN tasks AS t ON t.id = w.id").ColumnExpr(taskColumns+", "+cardParts).
		ColumnExpr("w.lane, w.total").Where("w.place <= "+window, values...).OrderExpr("w.status_id, w.lane, w.place").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("board of project %d: %w", project, err)
	}
	var all []stack
	for _, r := range rows {
		at := cellKey{r.StatusID, r.Lane}
		if len(all) == 0 || all[len(all)-1].At != at {
			all = append(all, stack{At: at, Total: r.Total})
		}
		top := &all[len(all)-1]
		top.Cards = append(top.Cards, r.card)
	}
	return all, nil
}

// columnTotals are how many tasks the columns hold that have a limit.
func (s *taskStore) columnTotals(ctx context.Context, h heldProject) (map[int64]int64, error) {
	all := map[int64]int64{}
	var limited []int64
	for _, l := range h.Limits {
		limited = append(limited, l.StatusID)
		all[l.StatusID] = 0
	}
	var rows []struct{ StatusID, Tasks int64 }
	err := s.db.Read.NewSelect().Table("tasks").ColumnExpr("status_id, COUNT(*) AS tasks").Where("project_id = ?", h.Project.ID).
		Where("status_id IN (?)", bun.In(limited)).Where("deleted_at IS NULL").GroupExpr("status_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("columns of project %d: %w", h.Project.ID, err)
	}
	for _, r := range rows {
		all[r.StatusID] = r.Tasks
	}
	return all, nil
}

// windows is the SQL of how many cards a cell shows, and its values.
func (f taskFilter) windows() (sql string, values []any) {
	usual := windowSize
	if f.Lanes != "" {
		usual = laneSize
	}
	deep := depthsOf(f.Deep)
	if len(deep) == 0 {
		return "?", []any{usual}
	}
	var b strings.Builder
	b.WriteString("CASE")
	for at, n := range deep {
		b.WriteString(" WHEN w.status_id = ? AND w.lane = ? THEN ?")
		values = append(values, at.Status, at.Lane, max(n, usual))
	}
	b.WriteString(" ELSE ? END")
	return b.String(), append(values, usual)
}

// after is where a cell of the board goes on: behind the card of that place.
type after struct{ Position, ID int64 }

// More are the next cards of a cell, behind one, and how many there are from there on.
func (s *taskStore) More(ctx context.Context, project int64, f taskFilter, from stackEnd, today clock.Day) (stack, error) {
	next := stack{At: from.at}
	q := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.id, COUNT(*) OVER () AS total").
		Where("t.project_id = ?", project).Where("t.status_id = ?", from.at.Status).Where("t.deleted_at IS NULL").
		Where("(t.position > ? OR t.position = ? AND t.id > ?)", from.behind.Position, from.behind.Position, from.behind.ID)
	if f.Lanes != "" {
		q = q.Where(f.laneColumn()+" = ?", from.at.Lane)
	}
	q = f.apply(q, auth.From(ctx), today).OrderExpr("t.position, t.id").Limit(windowSize)
	var rows []struct {
		card  `bun:",extend"`
		Total int
	}
	err := s.db.Read.NewSelect().TableExpr("(?) AS w", q).Join("JOIN tasks AS t ON t.id = w.id").ColumnExpr(taskColumns+", "+cardParts).
		ColumnExpr("w.total").OrderExpr("t.position, t.id").Scan(ctx, &rows)
	if err != nil {
		return next, fmt.Errorf("more of column %d of project %d: %w", from.at.Status, project, err)
	}
	for _, r := range rows {
		next.Cards, next.Total = append(next.Cards, r.card), r.Total
	}
	return next, nil
}

// stackEnd is the last card that a cell shows.
type stackEnd struct {
	at     cellKey
	behind after
}

// shownColumns leaves out empty columns of statuses beyond the first few that every board has:
// an import brings many, and an empty one for each would hide the others.
func shownColumns(columns []column) []column {
	if len(columns) <= 7 {
		return columns
	}
	var shown []column
	stages := map[Stage]bool{}
	for _, c := range columns {
		if c.Total > 0 || !stages[c.Status.Stage] && c.Status.Stage != StageCancelled {
			shown = append(shown, c)
		}
		stages[c.Status.Stage] = true
	}
	return shown
}
