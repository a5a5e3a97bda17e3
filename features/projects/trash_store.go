package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// The kinds of things in a project's trash.
const (
	trashTask      = "task"
	trashTodo      = "todo"
	trashComment   = "comment"
	trashFile      = "file"
	trashMilestone = "milestone"
)

// trashed is a thing in a project's trash, as its page shows it.
type trashed struct {
	Kind       string
	ID         int64
	Number     *int64  // of the task that it is, or hangs on; nil for what hangs on the project
	Name       string  // or the first 300 characters of its text
	OnTask     *string // the name of the task it hangs on, or is part of; nil for none
	AssigneeID *int64  // the task's
	OwnerID    *int64  // who wrote the comment or sent the file
	Said       bool    // a file of a comment
	Blocked    bool    // it is part of a task that lies in the trash as well, and can only come back after that
	Parts      int     // tasks below it that went with it and come back with it
	DeletedAt  time.Time

	By     *int64 `bun:"-"` // who deleted it; nil when nobody knows any more
	ByName string `bun:"-"` // what they were called then
}

// trashFilter is the query string of a project's trash.
type trashFilter struct {
	data.List
	Show string `query:"show"` // empty for all; a kind
}

var trashSorts = data.Sorts{"": "x.deleted_at DESC", "deleted": "x.deleted_at", "name": "x.name"}

// trashKinds are the kinds in the order of the filter.
var trashKinds = []string{trashTask, trashTodo, trashComment, trashFile, trashMilestone}

// trashSQL are the queries of what lies in a project's trash, by kind. What hangs on something in the trash comes
// back with that, so it is not listed; nor are the parts of a task that went with it.
var trashSQL = map[string]string{
	trashTask: "SELECT 'task' AS kind, t.id, t.number, t.name, up.name AS on_task, t.assignee_id, NULL AS owner_id, 0 AS said, " +
		"CASE WHEN up.deleted_at IS NULL THEN 0 ELSE 1 END AS blocked, " +
		"(SELECT COUNT(*) FROM tasks AS p WHERE p.parent_id = t.id AND p.deleted_at = t.deleted_at) AS parts, t.deleted_at " +
		"FROM tasks AS t LEFT JOIN tasks AS up ON up.id = t.parent_id " +
		"WHERE t.project_id = ? AND t.deleted_at IS NOT NULL AND (up.deleted_at IS NULL OR up.deleted_at <> t.deleted_at)",
	trashTodo: "SELECT 'todo' AS kind, d.id, t.number, SUBSTR(d.text, 1, 300) AS name, t.name AS on_task, t.assignee_id, NULL AS owner_id, 0 AS said, 0 AS blocked, 0 AS parts, d.deleted_at " +
		"FROM todos AS d LEFT JOIN tasks AS t ON t.id = d.task_id WHERE d.project_id = ? AND d.deleted_at IS NOT NULL AND t.deleted_at IS NULL",
	trashComment: "SELECT 'comment' AS kind, c.id, t.number, SUBSTR(c.text, 1, 300) AS name, t.name AS on_task, t.assignee_id, c.author_id AS owner_id, 0 AS said, 0 AS blocked, 0 AS parts, c.deleted_at " +
		"FROM comments AS c LEFT JOIN tasks AS t ON t.id = c.task_id WHERE c.project_id = ? AND c.deleted_at IS NOT NULL AND t.deleted_at IS NULL",
	trashFile: "SELECT 'file' AS kind, a.id, t.number, a.name, t.name AS on_task, t.assignee_id, a.created_by AS owner_id, CASE WHEN a.comment_id IS NULL THEN 0 ELSE 1 END AS said, 0 AS blocked, 0 AS parts, a.deleted_at " +
		"FROM attachments AS a LEFT JOIN tasks AS t ON t.id = a.task_id LEFT JOIN comments AS c ON c.id = a.comment_id " +
		"WHERE a.project_id = ? AND a.deleted_at IS NOT NULL AND t.deleted_at IS NULL AND c.deleted_at IS NULL",
	trashMilestone: "SELECT 'milestone' AS kind, m.id, NULL AS number, m.name, NULL AS on_task, NULL AS assignee_id, NULL AS owner_id, 0 AS said, 0 AS blocked, 0 AS parts, m.deleted_at " +
		"FROM milestones AS m WHERE m.project_id = ? AND m.deleted_at IS NOT NULL",
}

// Trash is a page of what lies in the project's trash, the latest first.
func (s *noteStore) Trash(ctx context.Context, project int64, f trashFilter) (data.Rows[trashed], error) {
	var parts []string
	var args []any
	for _, kind := range trashKinds {
		if f.Show == kind || !slices.Contains(trashKinds, f.Show) {
			parts, args = append(parts, trashSQL[kind]), append(args, project)
		}
	}
	q := s.db.Read.NewSelect().TableExpr("("+strings.Join(parts, " UNION ALL ")+") AS x", args...).ColumnExpr("x.*")
	for _, word := range strings.Fields(f.Text) {
		q = q.Where("LOWER(x.name) LIKE ? ESCAPE '!'", data.Like(strings.ToLower(word)))
	}
	rows, err := data.Scan[trashed](ctx, q, f.List, trashSorts.Order(f.List, "x.kind, x.id"))
	if err != nil {
		return rows, fmt.Errorf("trash of project %d: %w", project, err)
	}
	return rows, s.whoDeleted(ctx, project, rows.Items)
}

// whoDeleted finds who moved the rows to the trash: whatever of a project is written at one moment, one person wrote.
func (s *noteStore) whoDeleted(ctx context.Context, project int64, rows []trashed) error {
	if len(rows) == 0 {
		return nil
	}
	var times []time.Time
	for _, r := range rows {
		times = append(times, r.DeletedAt)
	}
	var who []struct {
		UserID    *int64
		UserName  string
		CreatedAt time.Time
	}
	err := s.db.Read.NewSelect().TableExpr("activities AS a").ColumnExpr("DISTINCT a.user_id, a.user_name, a.created_at").Where("a.created_at IN (?)", bun.In(times)).
		WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("a.parent_id = ?", project).WhereOr("a.kind = ? AND a.thing_id = ?", "projects.project", project)
		}).Scan(ctx, &who)
	if err != nil {
		return fmt.Errorf("who deleted what of project %d: %w", project, err)
	}
	for i := range rows {
		for _, w := range who {
			if w.CreatedAt.Equal(rows[i].DeletedAt) {
				rows[i].By, rows[i].ByName = w.UserID, w.UserName
			}
		}
	}
	return nil
}
