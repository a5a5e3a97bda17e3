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
	var rows []pastLine
	q := s.db.Read.NewSelect().TableExpr("history AS h").ColumnExpr("h.id, h.kind, h.thing_id, h.parent_id, h.field, h.old_value, h.new_value, h.what, h.user_id, h.user_name, h.created_at").
		ColumnExpr("t.number AS task_number, t.name AS task_name").
		Join("LEFT JOIN tasks AS t ON t.id = h.thing_id AND h.kind = ? AND t.deleted_at IS NULL", "projects.task")
	if task != 0 {
		q = q.Where("h.kind = ?", "projects.task").Where("h.thing_id = ?", task)
	} else {
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("h.kind = ? AND h.thing_id = ?", "projects.project", project).WhereOr("h.kind = ? AND h.parent_id = ?", "projects.task", project).
				WhereOr("h.kind = ? AND h.parent_id = ?", "projects.milestone", project)
		})
	}
	err := q.OrderExpr("h.id DESC").Limit(historySize+1).Offset(int64(min(max(page-1, 0), 10_000)*historySize)).Scan(ctx, &rows)
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
