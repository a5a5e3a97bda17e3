package projects

import (
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
