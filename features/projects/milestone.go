package projects

import (
	"time"

	"github.com/uptrace/bun"

	"portal/app/clock"
)

// Milestone is a row of milestones: a day that a project has to have reached something by.
type Milestone struct {
	bun.BaseModel `bun:"table:milestones,alias:m"`
	ID            int64 `bun:",pk,autoincrement"`
	ProjectID     int64
	Name          string
	Description   string // Markdown
	DueOn         clock.Day
	ReachedAt     *time.Time // nil: not yet
	CreatedBy     *int64
	DeletedAt     *time.Time
	Version       int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}
