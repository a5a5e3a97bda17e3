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

// The kinds of notes, as loadNotes tells them apart.
const (
	noteTodo = iota
	noteComment
	noteFile
)

// notes are what hangs on a task: its todos in their order, its comments and the files of both it and them, oldest first.
type notes struct {
	todos    []Todo
	comments []Comment
	files    []Attachment
}

// loadNotes reads all that hangs on a task in one query.
func loadNotes(ctx context.Context, db bun.IDB, task int64) (notes, error) {
	var rows []struct {
		Todo      `bun:",extend"`
		Kind      int
		Author    string
		EditedAt  *time.Time
		CommentID *int64
		Type      string
		Small     string
		Size      int64
	}
	const query = "SELECT 0 AS kind, id, project_id, task_id, text, done_at, done_by, due_on, assignee_id, position, created_by, " +
		"'' AS author, NULL AS edited_at, NULL AS comment_id, '' AS type, '' AS small, 0 AS size, version, created_at, updated_at FROM todos WHERE task_id = ? AND deleted_at IS NULL UNION ALL " +
		"SELECT 1, id, project_id, task_id, text, NULL, NULL, '', NULL, 0, author_id, author, edited_at, NULL, '', '', 0, version, created_at, updated_at " +
		"FROM comments WHERE task_id = ? AND deleted_at IS NULL UNION ALL " +
		"SELECT 2, id, project_id, task_id, name, NULL, NULL, '', NULL, 0, created_by, author, NULL, comment_id, type, small, size, version, created_at, updated_at " +
		"FROM attachments WHERE task_id = ? AND deleted_at IS NULL AND loose = ? ORDER BY kind, position, id"
	var n notes
	if err := db.NewRaw(query, task, task, task, false).Scan(ctx, &rows); err != nil {
		return n, fmt.Errorf("load what hangs on task %d: %w", task, err)
	}
	for _, r := range rows {
		switch r.Kind {
		case noteTodo:
			n.todos = append(n.todos, r.Todo)
		case noteComment:
			n.comments = append(n.comments, Comment{
				ID: r.ID, ProjectID: r.ProjectID, TaskID: r.TaskID, AuthorID: r.CreatedBy, Author: r.Author, Text: r.Text,
				EditedAt: r.EditedAt, Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
			})
		case noteFile:
			n.files = append(n.files, Attachment{
				ID: r.ID, ProjectID: r.ProjectID, TaskID: r.TaskID, CommentID: r.CommentID, Name: r.Text, Type: r.Type, Size: r.Size, Small: r.Small,
				CreatedBy: r.CreatedBy, Author: r.Author, Version: r.Version, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
			})
		}
	}
	drawText(n.comments)
	return n, nil
}
