package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

// Roles are the roles: read, made and changed.
type Roles struct {
	db    *data.DB
	gate  *Gate
	users *Users
}

// NewRoles makes the store.
func NewRoles(u *Users) *Roles { return &Roles{u.db, u.gate, u} }

// RoleInfo is a role as lists and forms show it.
type RoleInfo struct {
	ID           int64
	Name         string
	Notes        string
	Icon         string
	SecondFactor bool // who holds it must sign in with a second factor
	Version      int64
	Members      int      // who hold it themselves, and whose grant is not over
	Mappings     int      // that name it
	Includes     []string // names of the roles it includes itself, sorted
	IncludedBy   []string // names of those that include it themselves, sorted
}

// BuiltIn reports whether the role comes with the portal: it keeps its name and stays.
func (r RoleInfo) BuiltIn() bool { return isBuiltIn(r.Name) }

func isBuiltIn(name string) bool {
	for _, b := range builtIn {
		if b.name == name {
			return true
		}
	}
	return false
}

// All are all roles, by name. It runs two queries.
func (r *Roles) All(ctx context.Context) ([]RoleInfo, error) {
	var rows []RoleInfo
	err := r.db.Read.NewSelect().TableExpr("roles AS r").ColumnExpr("r.id, r.name, r.notes, r.icon, r.second_factor, r.version").
		ColumnExpr("(SELECT COUNT(*) FROM user_roles AS g WHERE g.role_id = r.id AND (g.until_at IS NULL OR g.until_at > ?)) AS members", r.db.Now()).
		ColumnExpr("(SELECT COUNT(*) FROM route_mapping_roles AS m WHERE m.role_id = r.id) AS mappings").
		OrderExpr("r.name").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	pairs, err := includes(ctx, r.db.Read)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, one := range rows {
		names[one.ID] = one.Name
	}
	for i := range rows {
		for _, p := range pairs {
			if p.RoleID == rows[i].ID {
				rows[i].Includes = append(rows[i].Includes, names[p.IncludedID])
			}
			if p.IncludedID == rows[i].ID {
				rows[i].IncludedBy = append(rows[i].IncludedBy, names[p.RoleID])
			}
		}
		slices.Sort(rows[i].Includes)
		slices.Sort(rows[i].IncludedBy)
	}
	return rows, nil
}

// Member is somebody who holds a role themselves.
type Member struct {
	Person
	Zone    string
	UntilAt *time.Time
	Reason  string
}

// LastDay is the last day of the grant in the person's zone; empty without an end.
func (m Member) LastDay() clock.Day { return Grant{UntilAt: m.UntilAt}.LastDay(clock.Zone(m.Zone)) }

// Members are one page of those who hold the role themselves, by name; those whose grant is over are left out.
func (r *Roles) Members(ctx context.Context, role int64, l data.List) (data.Rows[Member], error) {
	q := r.db.Read.NewSelect().TableExpr("user_roles AS g").Join("JOIN users AS u ON u.id = g.user_id").
		Where("g.role_id = ?", role).Where("g.until_at IS NULL OR g.until_at > ?", r.db.Now()).
		ColumnExpr("u.id, u.username, u.name, u.avatar_version AS avatar, u.locked_at IS NOT NULL AS locked, u.zone, g.until_at, g.reason")
	rows, err := data.Scan[Member](ctx, q, l, "u.search_text, u.id")
	if err != nil {
		return rows, fmt.Errorf("list members of role %d: %w", role, err)
	}
	return rows, nil
}

// roleByID reads a role for a write that has the lock on roles.
func roleByID(ctx context.Context, db bun.IDB, id int64) (roleRow, error) {
	var row roleRow
	err := db.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return row, fault.New(fault.NotFound, "There is no such role.")
	}
	return row, err
}

// Gate holds the access in force.
func (r *Roles) Gate() *Gate { return r.gate }
