package admin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/setting"
)

// userStore reads accounts for the pages about them.
type userStore struct{ feature.Kit }

// dormantSince is the moment since which nobody has signed in to an account that counts as dormant.
func dormantSince(k feature.Kit, now time.Time) time.Time {
	return now.AddDate(0, 0, -setting.DormantDays.Of(k.Settings))
}

// userFilter is the query string of the list of accounts.
type userFilter struct {
	data.List
	Role   string `query:"role"`   // name of a role, held now
	State  string `query:"state"`  // open, locked, never, dormant or no-role; empty for all
	Source string `query:"source"` // local or ldap
	Factor string `query:"factor"` // on, none or missing: required, but not set up; empty for all
}

// userRow is a line of the list.
type userRow struct {
	auth.User `bun:",extend"`
	Grants    []auth.Grant `bun:"-"` // held now
}

var userSorts = data.Sorts{
	"": "u.search_text", "name": "u.search_text", "username": "u.username_key", "email": "u.email_key", "source": "u.source",
	"state": "CASE WHEN u.locked_at IS NULL THEN 0 ELSE 1 END", "signin": "COALESCE(u.last_sign_in_at, u.created_at)",
}

// The conditions of the states.
const (
	userHolds   = "EXISTS (SELECT 1 FROM user_roles AS g WHERE g.user_id = u.id AND (g.until_at IS NULL OR g.until_at > ?))"
	userDormant = "u.locked_at IS NULL AND COALESCE(u.last_sign_in_at, u.created_at) < ?"
	userFactor  = "EXISTS (SELECT 1 FROM second_factors AS f WHERE f.user_id = u.id)"
)

// where limits the query to the filter's accounts.
func (s *userStore) where(f userFilter, q *bun.SelectQuery) *bun.SelectQuery {
	now := s.DB.Now()
	switch f.State {
	case "open":
		q = q.Where("u.locked_at IS NULL")
	case "locked":
		q = q.Where("u.locked_at IS NOT NULL")
	case "never":
		q = q.Where("u.last_sign_in_at IS NULL")
	case "dormant":
		q = q.Where(userDormant, dormantSince(s.Kit, now))
	case "no-role":
		q = q.Where("NOT "+userHolds, now)
	}
	if f.Role != "" {
		q = q.Where("EXISTS (SELECT 1 FROM user_roles AS g JOIN roles AS r ON r.id = g.role_id WHERE g.user_id = u.id AND r.name = ? "+
			"AND (g.until_at IS NULL OR g.until_at > ?))", f.Role, now)
	}
	if f.Source != "" {
		q = q.Where("u.source = ?", f.Source)
	}
	switch f.Factor {
	case "on":
		q = q.Where(userFactor)
	case "none":
		q = q.Where("NOT " + userFactor)
	case "missing":
		q = q.Where("NOT "+userFactor).Where("u.locked_at IS NULL").
			Where("EXISTS (SELECT 1 FROM user_roles AS g WHERE g.user_id = u.id AND g.role_id IN (?) AND (g.until_at IS NULL OR g.until_at > ?))",
				bun.In(s.factorRoles()), now)
	}
	for _, word := range strings.Fields(data.Fold(f.Text)) {
		q = q.Where("u.search_text LIKE ? ESCAPE '!'", data.Like(word))
	}
	return q
}

// factorRoles are the ids of the roles that require a second factor; never empty, since no database takes an empty list.
func (s *userStore) factorRoles() []int64 {
	ids := []int64{0}
	for _, r := range s.Gate.Access().FactorRoles() {
		ids = append(ids, r.ID)
	}
	return ids
}

func (s *userStore) query(f userFilter) *bun.SelectQuery {
	return s.where(f, s.DB.Read.NewSelect().TableExpr("users AS u").ColumnExpr("u.id, u.username, u.name, u.email, u.phone, u.employee_number, "+
		"u.source, u.zone, u.locked_at, u.locked_reason, u.avatar_version, u.last_sign_in_at, u.created_at, u.version"))
}

// List is one page of accounts with the roles they hold now, in three queries.
func (s *userStore) List(ctx context.Context, f userFilter) (data.Rows[userRow], error) {
	rows, err := data.Scan[userRow](ctx, s.query(f), f.List, userSorts.Order(f.List, "u.id"))
	if err != nil {
		return rows, fmt.Errorf("list accounts: %w", err)
	}
	return rows, s.withGrants(ctx, rows.Items)
}

// Every is all accounts of the filter, in its order.
func (s *userStore) Every(ctx context.Context, f userFilter) ([]userRow, error) {
	var rows []userRow
	if err := s.query(f).OrderExpr(userSorts.Order(f.List, "u.id")).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("list all accounts: %w", err)
	}
	return rows, s.withGrants(ctx, rows)
}

// fewAccounts is how many accounts are named to the database one by one.
const fewAccounts = 200

func (s *userStore) withGrants(ctx context.Context, rows []userRow) error {
	var ids []int64
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	if len(ids) == 0 {
		return nil
	}
	if len(ids) > fewAccounts {
		ids = nil
	}
	grants, err := s.Users.Grants(ctx, ids...)
	if err != nil {
		return err
	}
	now := s.DB.Now()
	for i := range rows {
		for _, g := range grants[rows[i].ID] {
			if !g.Ended(now) {
				rows[i].Grants = append(rows[i].Grants, g)
			}
		}
	}
	return nil
}

// userFigures are the figures over the list.
type userFigures struct {
	People, Locked, Never, Dormant, Roleless int
}

// Figures counts all accounts in one query.
func (s *userStore) Figures(ctx context.Context) (userFigures, error) {
	var f userFigures
	now := s.DB.Now()
	err := s.DB.Read.NewSelect().TableExpr("users AS u").ColumnExpr("COUNT(*) AS people").
		ColumnExpr("COALESCE(SUM(CASE WHEN u.locked_at IS NOT NULL THEN 1 ELSE 0 END), 0) AS locked").
		ColumnExpr("COALESCE(SUM(CASE WHEN u.last_sign_in_at IS NULL THEN 1 ELSE 0 END), 0) AS never").
		ColumnExpr("COALESCE(SUM(CASE WHEN "+userDormant+" THEN 1 ELSE 0 END), 0) AS dormant", dormantSince(s.Kit, now)).
		ColumnExpr("COALESCE(SUM(CASE WHEN NOT "+userHolds+" THEN 1 ELSE 0 END), 0) AS roleless", now).Scan(ctx, &f)
	return f, err
}

// userLine is what the audit log has on an account.
type userLine struct {
	Action    string
	UserName  string // who did it
	Address   string
	Fields    string // JSON
	CreatedAt time.Time
}

// userSignIns are the actions of signing in and out.
var userSignIns = []string{"signed in", "failed to sign in", "signed out", "ended a session", "ended all sessions"}

// lines are the latest twenty lines of the audit log on an account: those of signing in, or all others.
func (s *userStore) lines(ctx context.Context, id int64, where string) ([]userLine, error) {
	var rows []userLine
	err := s.DB.Read.NewSelect().Table("audit_lines").Column("action", "user_name", "address", "fields", "created_at").
		Where("kind = 'admin.user'").Where("thing_id = ?", id).Where(where, bun.In(userSignIns)).OrderExpr("id DESC").Limit(20).Scan(ctx, &rows)
	return rows, err
}

// SignIns are the latest twenty times that somebody signed in, or failed to.
func (s *userStore) SignIns(ctx context.Context, id int64) ([]userLine, error) {
	return s.lines(ctx, id, "action IN (?)")
}

// Changes are the latest twenty changes of the account.
func (s *userStore) Changes(ctx context.Context, id int64) ([]userLine, error) {
	return s.lines(ctx, id, "action NOT IN (?)")
}
