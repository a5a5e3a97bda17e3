package projects

import (
	"context"
	"fmt"

	"portal/app/auth"
	"portal/app/clock"
)

// windowSize is how many cards a column of the board shows.
const windowSize = 100

// column is a column of the board.
type column struct {
	Status Status
	Cards  []Task
	Total  int
}

// Board is a project's tasks by status. A column shows its first cards and counts all.
// It runs no query while the board is held, and one otherwise or when it is filtered.
func (s *taskStore) Board(ctx context.Context, project int64, f taskFilter, today clock.Day) ([]column, error) {
	w, err := s.projects.words.All(ctx)
	if err != nil {
		return nil, err
	}
	load := func(ctx context.Context) ([]stack, error) { return s.stacks(ctx, project, f, today) }
	var stacks []stack
	if f.Plain() {
		stacks, err = s.boards.Get(ctx, project, load)
	} else {
		stacks, err = load(ctx)
	}
	if err != nil {
		return nil, err
	}
	columns := make([]column, len(w.Statuses))
	for i, st := range w.Statuses {
		columns[i].Status = st
		for _, k := range stacks {
			if k.StatusID == st.ID {
				columns[i].Cards, columns[i].Total = k.Cards, k.Total
			}
		}
	}
	return shownColumns(columns), nil
}

// stack is what lies in a column.
type stack struct {
	StatusID int64
	Cards    []Task // the first windowSize
	Total    int
}

// stacks reads the board in one query.
func (s *taskStore) stacks(ctx context.Context, project int64, f taskFilter, today clock.Day) ([]stack, error) {
	inner := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr(taskColumns).
		ColumnExpr("ROW_NUMBER() OVER (PARTITION BY t.status_id ORDER BY t.position, t.id) AS place").
		ColumnExpr("COUNT(*) OVER (PARTITION BY t.status_id) AS total").
		Where("t.project_id = ?", project).Where("t.deleted_at IS NULL")
	inner = f.apply(inner, auth.From(ctx), today)
	var rows []struct {
		Task  `bun:",extend"`
		Place int
		Total int
	}
	err := s.db.Read.NewSelect().TableExpr("(?) AS t", inner).ColumnExpr(taskColumns+", t.place, t.total").
		Where("t.place <= ?", windowSize).OrderExpr("t.status_id, t.place").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("board of project %d: %w", project, err)
	}
	var all []stack
	for _, r := range rows {
		if len(all) == 0 || all[len(all)-1].StatusID != r.StatusID {
			all = append(all, stack{StatusID: r.StatusID, Total: r.Total})
		}
		top := &all[len(all)-1]
		top.Cards = append(top.Cards, r.Task)
	}
	return all, nil
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
