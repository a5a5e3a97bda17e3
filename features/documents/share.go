package documents

import (
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
)

// Level is how much somebody may do with a document: each level may do what the ones before it may.
type Level int

// The levels. Who manages a document also shares, releases and deletes it.
const (
	LevelNone Level = iota
	LevelRead
	LevelWrite
	LevelManage
)

// levels are their names in the table of shares.
var levels = map[string]Level{"read": LevelRead, "write": LevelWrite, "manage": LevelManage}

// Share is a row of document_shares: a person or a role that a document, or a category with all that lies in it, is shared with.
type Share struct {
	bun.BaseModel `bun:"table:document_shares"`

	ID         int64 `bun:",pk,autoincrement"`
	DocumentID *int64
	CategoryID *int64
	UserID     *int64
	RoleID     *int64
	Level      string
	CreatedAt  time.Time
}

// of reports whether the share is the viewer's: theirs, or of a role they have.
func (s Share) of(v *auth.Viewer) bool {
	return v.Known() && s.UserID != nil && *s.UserID == v.ID || s.RoleID != nil && slices.Contains(v.Roles(), *s.RoleID)
}

// levelOf is the most that these shares let the viewer do.
func levelOf(all []Share, v *auth.Viewer) Level {
	most := LevelNone
	for _, s := range all {
		if s.of(v) {
			most = max(most, levels[s.Level])
		}
	}
	return most
}
