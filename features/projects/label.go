package projects

import (
	"time"

	"github.com/uptrace/bun"
)

// Label is a row of labels: a word that a project's tasks are marked with.
type Label struct {
	bun.BaseModel `bun:"table:labels,alias:l"`
	ID            int64 `bun:",pk,autoincrement"`
	ProjectID     int64
	Name          string
	NameKey       string
	Tone          string
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// taskLabel is a row of task_labels.
type taskLabel struct {
	bun.BaseModel `bun:"table:task_labels"`
	TaskID        int64 `bun:",pk"`
	LabelID       int64 `bun:",pk"`
}
