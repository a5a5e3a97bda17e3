package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// pastLine is a line of the history, with the task it is about.
type pastLine struct {
	data.Line  `bun:",extend"`
	TaskNumber *int64 // nil: about the project, or a task that is in the trash
	TaskName   *string
}

// History is the latest lines of a project's history, or of one of its tasks.
func (s *taskStore) History(ctx context.Context, project, task int64, page int) ([]pastLine, bool, error) {
	skip := min(max(page-1, 0), 10_000) * historySize
	// Each part comes in its order from an index; of both together only as many are looked at as the pages up to this one show.
	part := func(where string, args ...any) *bun.SelectQuery {
		q := s.db.Read.NewSelect().Table("history").Column("id").Where(where, args...).OrderExpr("id DESC").Limit(int64(skip + historySize + 1))
		return s.db.Read.NewSelect().TableExpr("(?) AS part", q).ColumnExpr("part.id")
	}
	lines := part("kind = 'projects.task' AND thing_id = ?", task)
	if task == 0 {
		lines = part("kind = 'projects.project' AND thing_id = ?", project).UnionAll(part("kind = 'projects.task' AND parent_id = ?", project)).
			UnionAll(part("kind = 'projects.milestone' AND parent_id = ?", project))
	}
	var rows []pastLine
	found := s.db.Read.NewSelect().TableExpr("(?) AS found", lines).ColumnExpr("found.id").OrderExpr("found.id DESC").Limit(historySize + 1).Offset(int64(skip))
	err := s.db.Read.NewSelect().TableExpr("(?) AS x", found).ColumnExpr("h.id, h.kind, h.thing_id, h.parent_id, h.field, h.old_value, h.new_value, h.what, h.user_id, h.user_name, h.created_at").
		ColumnExpr("t.number AS task_number, t.name AS task_name").Join("JOIN history AS h ON h.id = x.id").
		Join("LEFT JOIN tasks AS t ON t.id = h.thing_id AND h.kind = ? AND t.deleted_at IS NULL", "projects.task").OrderExpr("h.id DESC").Scan(ctx, &rows)
	if err != nil {
		return nil, false, fmt.Errorf("history: %w", err)
	}
	if len(rows) > historySize {
		return rows[:historySize], true, nil
	}
	return rows, false, nil
}

// historySize is how many lines a page of history has.
const historySize = 50
