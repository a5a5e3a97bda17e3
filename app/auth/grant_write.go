package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

// Term is how long a role is granted, and why.
type Term struct {
	Until  clock.Day // the last day, in the person's zone; empty: without an end
	Reason string    // may be empty
}

// end is the instant at which the term is over, nil for none.
// Errors: fault.Invalid at "until" or "reason".
func (t Term) end(row User, now time.Time) (*time.Time, error) {
	if err := checkReason(t.Reason); err != nil || t.Until == "" {
		return nil, err
	}
	zone := clock.Zone(row.Zone)
	day, err := time.ParseInLocation("2006-01-02", string(t.Until.Add(1)), zone)
	if err != nil || !t.Until.Valid() {
		return nil, fault.Field("until", "“%s” is not a day: write one such as 2026-12-31.", t.Until)
	}
	end := day.UTC()
	if !end.After(now) {
		return nil, fault.Field("until", "That day is over. Choose today or a later one, or revoke the role.")
	}
	return &end, nil
}

// Grant gives the account of that user name a role without an end.
// Errors: fault.NotFound when there is no such account; fault.Invalid when there is no such role.
func (u *Users) Grant(ctx context.Context, name, role string) error {
	id, err := u.idOf(ctx, name)
	if err != nil {
		return err
	}
	return u.Give(ctx, id, role)
}

// SetGrant gives an account a role for a term, or another term to a role it holds.
// Errors: fault.NotFound; fault.Invalid at "role", "until" or "reason"; fault.Conflict when no lasting administrator would be left.
func (u *Users) SetGrant(ctx context.Context, id int64, role string, t Term) error {
	t.Reason = strings.TrimSpace(t.Reason)
	return u.db.Write(ctx, func(tx *data.Tx) error {
		watch, err := watchAdmins(ctx, tx)
		if err != nil {
			return err
		}
		row, err := u.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := u.setGrant(ctx, tx, row, role, t); err != nil {
			return err
		}
		return watch.check(ctx, tx)
	})
}

// grant gives a role without an end to an account that does not hold it; one that does keeps it as it is,
// unless its term is over.
func (u *Users) grant(ctx context.Context, tx *data.Tx, row User, role string) error {
	id, err := roleID(ctx, tx, "roles", role)
	if err != nil {
		return err
	}
	had, err := heldGrant(ctx, tx, row.ID, id)
	if err != nil || had != nil && (had.UntilAt == nil || had.UntilAt.After(tx.Now)) {
		return err
	}
	return u.setGrant(ctx, tx, row, role, Term{})
}

// roleID is the id of the role of that name; when there is none, the field of that name is wrong.
func roleID(ctx context.Context, tx *data.Tx, field, role string) (int64, error) {
	ids, err := roleIDs(ctx, tx)
	if err != nil {
		return 0, err
	}
	if ids[role] == 0 {
		return 0, fault.Field(field, "There is no role %s; there are %s.", role, strings.Join(sortedKeys(ids), ", "))
	}
	return ids[role], nil
}

// heldGrant is the row by which the account holds the role, ended or not; nil for none.
func heldGrant(ctx context.Context, tx *data.Tx, userID, role int64) (*grantRow, error) {
	var g grantRow
	err := tx.NewSelect().Model(&g).Where("user_id = ?", userID).Where("role_id = ?", role).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // the caller asks whether there is one
	}
	return &g, err
}

func (u *Users) setGrant(ctx context.Context, tx *data.Tx, row User, role string, t Term) error {
	id, err := roleID(ctx, tx, "role", role)
	if err != nil {
		return err
	}
	if err := mayChange(ctx, tx, row.ID); err != nil {
		return err
	}
	if err := mayGive(ctx, tx, id); err != nil {
		return err
	}
	end, err := t.end(row, tx.Now)
	if err != nil {
		return err
	}
	had, err := heldGrant(ctx, tx, row.ID, id)
	if err != nil {
		return fmt.Errorf("look up role %s of %d: %w", role, row.ID, err)
	}
	now := grantRow{UserID: row.ID, RoleID: id, UntilAt: end, Reason: t.Reason, GrantedAt: tx.Now}
	field := data.Field{Name: "role", New: grantSaid(role, now, row)}
	switch {
	case had == nil:
		if _, err := tx.NewInsert().Model(&now).Exec(ctx); data.Duplicate(err) {
			return fault.New(fault.Conflict, "Somebody else gave %s the role %s at the same moment. Reload to see its term.", row.Name, role)
		} else if err != nil {
			return fmt.Errorf("grant %s: %w", role, err)
		}
		tx.Changed(u.change(row, "granted the role "+role, field))
		return nil
	case sameMoment(had.UntilAt, end) && had.Reason == t.Reason:
		tx.Unchanged()
		return nil
	}
	if _, err := tx.NewUpdate().Model(&now).Column("until_at", "reason").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("change grant of %s: %w", role, err)
	}
	field.Old = grantSaid(role, *had, row)
	tx.Changed(u.change(row, "changed the term of the role "+role, field))
	return nil
}

// grantSaid is a grant as the history keeps it: "user until 2026-12-31 (stands in for Ada)".
func grantSaid(role string, g grantRow, row User) string {
	text := role
	if g.UntilAt != nil {
		text += " until " + string(Grant{UntilAt: g.UntilAt}.LastDay(clock.Zone(row.Zone)))
	}
	if g.Reason != "" {
		text += " (" + g.Reason + ")"
	}
	return text
}

// Revoke takes a role from the account of that user name.
// Errors: fault.NotFound; fault.Conflict when it is the last administrator.
func (u *Users) Revoke(ctx context.Context, name, role string) error {
	id, err := u.idOf(ctx, name)
	if err != nil {
		return err
	}
	return u.Take(ctx, id, role)
}

// Take takes a role from an account.
// Errors: fault.NotFound when there is no such account or it does not hold the role; fault.Conflict for the last
// administrator, and for who would no longer be one themselves.
func (u *Users) Take(ctx context.Context, id int64, role string) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		watch, err := watchAdmins(ctx, tx)
		if err != nil {
			return err
		}
		row, err := u.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := u.take(ctx, tx, row, role); err != nil {
			return err
		}
		return watch.check(ctx, tx)
	})
}

func (u *Users) take(ctx context.Context, tx *data.Tx, row User, role string) error {
	ids, err := roleIDs(ctx, tx)
	if err != nil {
		return err
	}
	had, err := heldGrant(ctx, tx, row.ID, ids[role])
	if err != nil {
		return err
	}
	if had == nil {
		return fault.New(fault.NotFound, "%s does not hold the role %s.", row.Username, role)
	}
	if err := mayChange(ctx, tx, row.ID); err != nil {
		return err
	}
	if err := mayGive(ctx, tx, had.RoleID); err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model(had).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("take %s: %w", role, err)
	}
	tx.Changed(u.change(row, "took the role "+role, data.Field{Name: "role", Old: grantSaid(role, *had, row)}))
	return nil
}

// Give gives an account a role without an end; one that it holds for a term stays as it is.
// Errors: fault.NotFound; fault.Invalid when there is no such role.
func (u *Users) Give(ctx context.Context, id int64, role string) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		row, err := u.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		tx.Unchanged()
		return u.grant(ctx, tx, row, role)
	})
}
