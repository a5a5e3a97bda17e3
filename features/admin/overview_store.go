package admin

import (
	"context"
	"fmt"
	"slices"
	"time"

	"portal/app/feature"
)

// overviewCounts are figures that may be a minute old.
type overviewCounts struct {
	People   int
	Locked   int
	Has      bool // projects at all
	Projects int
	Tasks    int
	Sessions int
}

func (h overviewHandlers) readCounts(ctx context.Context) (overviewCounts, error) {
	c := overviewCounts{Has: slices.ContainsFunc(h.All(), func(f feature.Feature) bool { return f.Name == "projects" })}
	err := h.DB.Read.NewRaw("SELECT COUNT(*), COUNT(locked_at) FROM users").Scan(ctx, &c.People, &c.Locked)
	if err == nil && c.Has { // without the feature there may be no such tables
		err = h.DB.Read.NewRaw("SELECT (SELECT COUNT(*) FROM projects WHERE deleted_at IS NULL AND archived_at IS NULL), "+
			"(SELECT COUNT(*) FROM tasks AS t JOIN projects AS p ON p.id = t.project_id WHERE t.open AND t.deleted_at IS NULL AND p.deleted_at IS NULL AND p.archived_at IS NULL)").
			Scan(ctx, &c.Projects, &c.Tasks)
	}
	if err != nil {
		return c, fmt.Errorf("count for the dashboard: %w", err)
	}
	c.Sessions, err = h.Users.CountSessions(ctx)
	return c, err
}

// overviewFigures are what somebody may have to do something about; they are never old.
type overviewFigures struct {
	Roleless int
	Dormant  int
	Old      int // passwords that came from the old portal
	Admins   int // that may sign in
	Failures int // of sign-ins, in the last hour
}

func (h overviewHandlers) readFigures(ctx context.Context, now time.Time) (overviewFigures, error) {
	var f overviewFigures
	err := h.DB.Read.NewRaw("SELECT (SELECT COUNT(*) FROM users WHERE locked_at IS NULL AND NOT EXISTS (SELECT 1 FROM user_roles AS r WHERE r.user_id = users.id)) AS roleless, "+
		"(SELECT COUNT(*) FROM users AS u WHERE "+userDormant+") AS dormant, "+
		"(SELECT COUNT(*) FROM users WHERE locked_at IS NULL AND (password_hash LIKE 'scrypt:%' OR password_hash LIKE 'pbkdf2:%')) AS old, "+
		"(SELECT COUNT(*) FROM user_roles AS r JOIN roles ON roles.id = r.role_id JOIN users AS u ON u.id = r.user_id WHERE roles.name = 'admin' AND u.locked_at IS NULL) AS admins, "+
		"(SELECT COUNT(*) FROM sign_in_failures WHERE failed_at >= ?) AS failures",
		dormantSince(h.Kit, now), now.Add(-time.Hour)).Scan(ctx, &f)
	if err != nil {
		return f, fmt.Errorf("count what needs attention: %w", err)
	}
	return f, nil
}
