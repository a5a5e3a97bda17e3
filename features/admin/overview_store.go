package admin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/feature"
)

// overviewCounts are figures that may be a minute old.
type overviewCounts struct {
	People   int
	Locked   int
	Has      bool `bun:"-"` // projects at all
	Projects int
	Tasks    int
	Sessions int
	Version  string // of the database
	Size     int64  // of the database, bytes
}

func (h overviewHandlers) readCounts(ctx context.Context) (overviewCounts, error) {
	c := overviewCounts{Has: slices.ContainsFunc(h.All(), func(f feature.Feature) bool { return f.Name == "projects" })}
	columns := "(SELECT COUNT(*) FROM users) AS people, (SELECT COUNT(*) FROM users WHERE locked_at IS NOT NULL) AS locked, (?) AS sessions, " + databaseColumns(h.DB.MySQL)
	if c.Has { // without the feature there may be no such tables
		columns += ", (SELECT COUNT(*) FROM projects WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT template) AS projects, " +
			"(SELECT COUNT(*) FROM tasks AS t JOIN projects AS p ON p.id = t.project_id WHERE t.open AND t.deleted_at IS NULL AND p.deleted_at IS NULL AND p.archived_at IS NULL AND NOT p.template) AS tasks"
	}
	if err := h.DB.Read.NewRaw("SELECT "+columns, h.Users.LiveSessions()).Scan(ctx, &c); err != nil {
		return c, fmt.Errorf("count for the dashboard: %w", err)
	}
	return c, nil
}

// overviewFigures are what somebody may have to do something about; they are never old.
type overviewFigures struct {
	Roleless int
	Dormant  int
	Old      int // passwords that came from the old portal
	Admins   int // that may sign in
	Failures int // of sign-ins, in the last hour
	Bare     int // administrators without a second factor
	Lacking  int // people whose roles require a second factor, and who have none
	Mails    int // that failed
}

// overviewHolds joins who may sign in and holds a role now.
const overviewHolds = "FROM users AS u JOIN user_roles AS g ON g.user_id = u.id AND (g.until_at IS NULL OR g.until_at > ?0) JOIN roles AS r ON r.id = g.role_id WHERE u.locked_at IS NULL "

// overviewBare is for those who have no second factor.
const overviewBare = "AND NOT EXISTS (SELECT 1 FROM second_factors AS f WHERE f.user_id = u.id)"

func (h overviewHandlers) readFigures(ctx context.Context, now time.Time) (overviewFigures, error) {
	var f overviewFigures
	required := []int64{0} // never empty
	for _, r := range h.Gate.Access().FactorRoles() {
		required = append(required, r.ID)
	}
	err := h.DB.Read.NewRaw("SELECT (SELECT COUNT(*) FROM users AS u WHERE u.locked_at IS NULL AND NOT EXISTS (SELECT 1 FROM user_roles AS g WHERE g.user_id = u.id AND (g.until_at IS NULL OR g.until_at > ?0))) AS roleless, "+
		"(SELECT COUNT(*) FROM users AS u WHERE "+strings.Replace(userDormant, "?", "?1", 1)+") AS dormant, "+
		"(SELECT COUNT(*) FROM users WHERE locked_at IS NULL AND (password_hash LIKE 'scrypt:%' OR password_hash LIKE 'pbkdf2:%')) AS old, "+
		"(SELECT COUNT(*) "+overviewHolds+"AND r.name = 'admin') AS admins, "+
		"(SELECT COUNT(*) "+overviewHolds+"AND r.name = 'admin' "+overviewBare+") AS bare, "+
		"(SELECT COUNT(DISTINCT u.id) "+overviewHolds+"AND r.id IN (?3) "+overviewBare+") AS lacking, "+
		"(SELECT COUNT(*) FROM mails WHERE state = 'failed') AS mails, "+
		"(SELECT COUNT(*) FROM sign_in_failures WHERE failed_at >= ?2) AS failures",
		now, dormantSince(h.Kit, now), now.Add(-time.Hour), bun.In(required)).Scan(ctx, &f)
	if err != nil {
		return f, fmt.Errorf("count what needs attention: %w", err)
	}
	return f, nil
}
