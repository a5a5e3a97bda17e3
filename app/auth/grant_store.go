package auth

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/clock"
)

// Grant is a role as an account holds it.
type Grant struct {
	UserID    int64
	RoleID    int64
	Role      string     // its name
	UntilAt   *time.Time // nil: without an end
	Reason    string
	GrantedAt time.Time
}

// Ended reports whether the grant is over.
func (g Grant) Ended(now time.Time) bool { return g.UntilAt != nil && !now.Before(*g.UntilAt) }

// LastDay is the last day on which the grant holds, in the person's zone; empty without an end.
func (g Grant) LastDay(zone *time.Location) clock.Day {
	if g.UntilAt == nil {
		return ""
	}
	return clock.DayOf(g.UntilAt.Add(-time.Nanosecond), zone)
}

// grantRow is a row of user_roles.
type grantRow struct {
	bun.BaseModel `bun:"table:user_roles"`
	UserID        int64 `bun:",pk"`
	RoleID        int64 `bun:",pk"`
	UntilAt       *time.Time
	Reason        string
	GrantedAt     time.Time
	Origin        string // empty: a person or a command; ldap: a group of the directory
}

// Grants are the roles that these accounts hold, by account, ended ones too, each list by the roles' names;
// those of all accounts when none is named.
func (u *Users) Grants(ctx context.Context, ids ...int64) (map[int64][]Grant, error) {
	return grantsOf(ctx, u.db.Read, ids...)
}

func grantsOf(ctx context.Context, db bun.IDB, ids ...int64) (map[int64][]Grant, error) {
	var rows []Grant
	q := db.NewSelect().TableExpr("user_roles AS g").ColumnExpr("g.user_id, g.role_id, g.until_at, g.reason, g.granted_at, r.name AS role").
		Join("JOIN roles AS r ON r.id = g.role_id").OrderExpr("r.name")
	if len(ids) > 0 {
		q = q.Where("g.user_id IN (?)", bun.In(ids))
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("load roles of accounts: %w", err)
	}
	all := map[int64][]Grant{}
	for _, g := range rows {
		all[g.UserID] = append(all[g.UserID], g)
	}
	return all, nil
}
