package projects

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/clock"
	"portal/app/markdown"
)

// Todo is a row of todos: a line of the tick list of a project or a task.
type Todo struct {
	bun.BaseModel `bun:"table:todos,alias:d"`
	ID            int64 `bun:",pk,autoincrement"`
	ProjectID     int64
	TaskID        *int64 // nil: of the project itself
	Text          string
	DoneAt        *time.Time // nil: open
	DoneBy        *int64
	DueOn         clock.Day
	AssigneeID    *int64
	Position      int64
	CreatedBy     *int64
	DeletedAt     *time.Time
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Comment is a row of comments.
type Comment struct {
	bun.BaseModel `bun:"table:comments,alias:c"`
	ID            int64 `bun:",pk,autoincrement"`
	ProjectID     int64
	TaskID        *int64 // nil: on the project itself
	AuthorID      *int64 // nil: nobody known any more
	Author        string // the name then
	Text          string // Markdown
	EditedAt      *time.Time
	DeletedAt     *time.Time
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time

	HTML string `bun:"-"` // the text as clean HTML, made when it is read
}

// drawText makes the HTML of comments, once for all who read them.
func drawText(all []Comment) {
	for i := range all {
		all[i].HTML = markdown.HTML(all[i].Text)
	}
}

func list(ids []int64) any { return bun.In(ids) }

// loadNotes reads the todos and comments of a task in one query.
func loadNotes(ctx context.Context, db bun.IDB, task int64) ([]Todo, []Comment, error) {
	var rows []struct {
		Todo      `bun:",extend"`
		IsComment bool
		Author    string
		EditedAt  *time.Time
	}
	const query = "SELECT 0 AS is_comment, id, project_id, task_id, text, done_at, done_by, due_on, assignee_id, position, created_by, " +
		"'' AS author, NULL AS edited_at, version, created_at, updated_at FROM todos WHERE task_id = ? AND deleted_at IS NULL UNION ALL " +
		"SELECT 1, id, project_id, task_id, text, NULL, NULL, '', NULL, 0, author_id, author, edited_at, version, created_at, updated_at " +
		"FROM comments WHERE task_id = ? AND deleted_at IS NULL ORDER BY is_comment, position, id"
	if err := db.NewRaw(query, task, task).Scan(ctx, &rows); err != nil {
		return nil, nil, fmt.Errorf("load todos and comments of task %d: %w", task, err)
	}
	var todos []Todo
	var comments []Comment
	for _, r := range rows {
		if !r.IsComment {
			todos = append(todos, r.Todo)
			continue
		}
		comments = append(comments, Comment{
			ID: r.ID, ProjectID: r.ProjectID, TaskID: r.TaskID, AuthorID: r.CreatedBy, Author: r.Author, Text: r.Text,
			EditedAt: r.EditedAt, Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
		})
	}
	drawText(comments)
	return todos, comments, nil
}
