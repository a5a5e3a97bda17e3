package auth

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"portal/app/data"
	"portal/app/fault"
)

// NewUser is what an account is made from.
type NewUser struct {
	Username, Name, Email string
	Phone, EmployeeNumber string
	Zone                  string // IANA name; empty for the portal's
	PasswordHash          string // empty: no local password
	Roles                 []string
}

func (n NewUser) details() Details {
	return Details{n.Username, n.Name, n.Email, n.Phone, n.EmployeeNumber, n.Zone}
}

func (n NewUser) check() error { return n.details().tidy().check() }

// Create makes a local account with its roles.
// Errors: fault.Invalid at the field that is wrong or taken.
func (u *Users) Create(ctx context.Context, n NewUser) (User, error) {
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
	row := User{PasswordHash: n.PasswordHash, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
	n.details().tidy().into(&row)
	if n.PasswordHash != "" {
		row.PasswordChangedAt = &tx.Now
	}
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
		URL: "/admin/users/" + strconv.FormatInt(row.ID, 10), Fields: fields, Stale: u.stale(row.ID),
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
