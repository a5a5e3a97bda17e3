package auth

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// NewUser is what an account is made from.
type NewUser struct {
	Username, Name, Email string
	PasswordHash          string // empty: no local password
	Roles                 []string
}

// username is what a user name may look like: it stands in @mentions and addresses.
var username = regexp.MustCompile(`^[\pL\pN][\pL\pN._@+-]*$`)

func (n NewUser) check() error {
	bad := map[string]string{}
	switch {
	case !username.MatchString(n.Username) || len(n.Username) > 64:
		bad["username"] = "Write a user name of letters, digits, dots and dashes, up to 64."
	case n.Name == "" || utf8.RuneCountInString(n.Name) > 200:
		bad["name"] = "Write a name of 1 to 200 characters."
	case n.Email != "":
		if a, err := mail.ParseAddress(n.Email); err != nil || a.Address != n.Email || len(n.Email) > 200 {
			bad["email"] = "This is not an e-mail address."
		}
	}
	for field, said := range bad {
		return &fault.Error{Kind: fault.Invalid, Public: said, Fields: map[string]string{field: said}}
	}
	return nil
}

// Create makes a local account with its roles.
// Errors: fault.Invalid at the field that is wrong or taken.
func (u *Users) Create(ctx context.Context, n NewUser) (User, error) {
	n.Username, n.Name, n.Email = strings.TrimSpace(n.Username), strings.TrimSpace(n.Name), strings.TrimSpace(n.Email)
	var row User
	if err := n.check(); err != nil {
		return row, err
	}
	err := u.db.Write(ctx, func(tx *data.Tx) error {
		var err error
		row, err = u.insert(ctx, tx, n)
		return err
	})
	return row, err
}

func (u *Users) insert(ctx context.Context, tx *data.Tx, n NewUser) (User, error) {
	row := User{
		Username: n.Username, Name: n.Name, Email: n.Email, PasswordHash: n.PasswordHash,
		Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if n.PasswordHash != "" {
		row.PasswordChangedAt = &tx.Now
	}
	row.Fill()
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); data.Duplicate(err) {
		return row, fault.Field("username", "There is an account %s already.", n.Username)
	} else if err != nil {
		return row, fmt.Errorf("make account: %w", err)
	}
	tx.Changed(u.change(row, "made the account"))
	for _, role := range n.Roles {
		if err := u.grant(ctx, tx, row, role); err != nil {
			return row, err
		}
	}
	return row, nil
}

func (u *Users) change(row User, what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "admin", Kind: "user", ID: row.ID, Version: row.Version, What: what, Title: row.Name,
		URL: "/admin/users/" + row.Username, Fields: fields, Stale: u.stale(row.ID),
	}
}

// SetPassword keeps another password's hash, ends the account's other sessions and its links, and tells the person by mail.
// Errors: fault.NotFound; fault.Conflict when the account's password is kept in the directory.
func (u *Users) SetPassword(ctx context.Context, id int64, hash string, except int64) error {
	return u.db.Write(ctx, func(tx *data.Tx) error { return u.setPassword(ctx, tx, id, hash, except) })
}

func (u *Users) setPassword(ctx context.Context, tx *data.Tx, id int64, hash string, except int64) error {
	row, err := u.hold(ctx, tx, id)
	if err != nil {
		return err
	}
	if !row.Local() {
		return errDirectory()
	}
	row.PasswordHash, row.PasswordChangedAt, row.UpdatedAt = hash, &tx.Now, tx.Now
	row.Version++
	if _, err := tx.NewUpdate().Model(&row).Column("password_hash", "password_changed_at", "updated_at", "version").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("set password of %d: %w", id, err)
	}
	if err := endSignIns(ctx, tx, id, except); err != nil {
		return err
	}
	if err := endLinks(ctx, tx, SetPasswordFor, id); err != nil {
		return err
	}
	tx.Changed(u.change(row, "changed the password"))
	return u.tellPassword(ctx, tx, row)
}

// Renew keeps the same password under a stronger hash. Nothing else changes, so nobody is told.
func (u *Users) Renew(ctx context.Context, id int64, old, hash string) error {
	_, err := u.db.Writer().NewUpdate().Table("users").Set("password_hash = ?", hash).
		Where("id = ?", id).Where("password_hash = ?", old).Exec(ctx)
	return err
}

// Lock shuts an account out, or lets it in again, and ends its sessions.
// Errors: fault.NotFound; fault.Conflict when it is the last administrator.
func (u *Users) Lock(ctx context.Context, name string, locked bool) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		row, err := u.one(ctx, tx, name, "username_key = ?", data.Fold(name))
		if err != nil {
			return err
		}
		if (row.LockedAt != nil) == locked {
			tx.Unchanged()
			return nil
		}
		what := "unlocked the account"
		row.LockedAt = nil
		if locked {
			row.LockedAt, what = &tx.Now, "locked the account"
		}
		row.Version++
		if _, err := tx.NewUpdate().Model(&row).Column("locked_at", "version").WherePK().Exec(ctx); err != nil {
			return err
		}
		if locked {
			if err := endSignIns(ctx, tx, row.ID, 0); err != nil {
				return err
			}
			admin, err := holds(ctx, tx, row.ID, Admin)
			if err != nil {
				return err
			}
			if admin {
				if err := keepAdmin(ctx, tx); err != nil {
					return err
				}
			}
		}
		tx.Changed(u.change(row, what))
		return nil
	})
}

// Grant gives an account a role.
// Errors: fault.NotFound when there is no such account or role.
func (u *Users) Grant(ctx context.Context, name, role string) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		row, err := u.one(ctx, tx, name, "username_key = ?", data.Fold(name))
		if err != nil {
			return err
		}
		tx.Unchanged()
		return u.grant(ctx, tx, row, role)
	})
}

func (u *Users) grant(ctx context.Context, tx *data.Tx, row User, role string) error {
	ids, err := roleIDs(ctx, tx)
	if err != nil {
		return err
	}
	id := ids[role]
	if id == 0 {
		return fault.Field("roles", "There is no role %s; there are %s.", role, strings.Join(sortedKeys(ids), ", "))
	}
	have, err := tx.NewSelect().Table("user_roles").Where("user_id = ?", row.ID).Where("role_id = ?", id).Count(ctx)
	if err != nil || have > 0 {
		return err
	}
	pair := grantRow{UserID: row.ID, RoleID: id, GrantedAt: tx.Now}
	if _, err := tx.NewInsert().Model(&pair).Exec(ctx); err != nil {
		return fmt.Errorf("grant %s: %w", role, err)
	}
	tx.Changed(u.change(row, "granted the role "+role, data.Field{Name: "role", New: role}))
	return nil
}

// Revoke takes a role from an account.
// Errors: fault.NotFound; fault.Conflict when it is the last administrator.
func (u *Users) Revoke(ctx context.Context, name, role string) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		row, err := u.one(ctx, tx, name, "username_key = ?", data.Fold(name))
		if err != nil {
			return err
		}
		ids, err := roleIDs(ctx, tx)
		if err != nil {
			return err
		}
		res, err := tx.NewDelete().Table("user_roles").Where("user_id = ?", row.ID).Where("role_id = ?", ids[role]).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.NotFound, "%s does not hold the role %s.", row.Username, role)
		}
		if role == Admin {
			if err := keepAdmin(ctx, tx); err != nil {
				return err
			}
		}
		tx.Changed(u.change(row, "took the role "+role, data.Field{Name: "role", Old: role}))
		return nil
	})
}

// holds reports whether the account was granted the role.
func holds(ctx context.Context, tx *data.Tx, userID int64, role string) (bool, error) {
	n, err := tx.NewSelect().Table("user_roles").Join("JOIN roles AS r ON r.id = user_roles.role_id").
		Where("user_roles.user_id = ?", userID).Where("r.name = ?", role).Count(ctx)
	return n > 0, err
}

// keepAdmin refuses a change after which nobody could administrate the portal.
// The rows are locked, so two administrators who remove each other at once can't both succeed.
func keepAdmin(ctx context.Context, tx *data.Tx) error {
	left, err := admins(ctx, tx)
	if err == nil && len(left) == 0 {
		return fault.New(fault.Conflict, "This is the last administrator; make another one first.")
	}
	return err
}

// admins are the ids of the open accounts that were granted the role admin and hold it still. Their grants are locked.
func admins(ctx context.Context, tx *data.Tx) ([]int64, error) {
	var ids []int64
	q := tx.NewSelect().TableExpr("user_roles AS ur").Column("ur.user_id").
		Join("JOIN roles AS r ON r.id = ur.role_id").Join("JOIN users AS u ON u.id = ur.user_id").
		Where("r.name = ?", Admin).Where("u.locked_at IS NULL").Where("ur.until_at IS NULL OR ur.until_at > ?", tx.Now)
	if err := tx.Lock(q).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("count administrators: %w", err)
	}
	return ids, nil
}

// SetTheme keeps how the person wants the portal to look: system, light or dark.
func (u *Users) SetTheme(ctx context.Context, id int64, theme string) error {
	if !slices.Contains([]string{"system", "light", "dark"}, theme) {
		return fault.Field("theme", "Choose system, light or dark.")
	}
	return u.db.Write(ctx, func(tx *data.Tx) error {
		row, err := u.one(ctx, tx, fmt.Sprint(id), "id = ?", id)
		if err != nil {
			return err
		}
		was := row.Theme
		row.Theme = theme
		if _, err := tx.NewUpdate().Model(&row).Column("theme").WherePK().Exec(ctx); err != nil {
			return err
		}
		tx.Changed(u.change(row, "chose how the portal looks", data.Field{Name: "theme", Old: was, New: theme}))
		return nil
	})
}

func sortedKeys(m map[string]int64) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
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
