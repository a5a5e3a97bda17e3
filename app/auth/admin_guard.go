package auth

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/fault"
)

// MayChange refuses that somebody who is no administrator changes the account of one: whoever may reset its password,
// or lock it, could take its place. Whoever works for the portal itself may.
// Errors: fault.Forbidden.
func (u *Users) MayChange(ctx context.Context, id int64) error { return mayChange(ctx, u.db.Read, id) }

func mayChange(ctx context.Context, db bun.IDB, id int64) error {
	v := From(ctx)
	if !v.Known() || v.Admin() || v.ID == id {
		return nil
	}
	roles, err := adminRoles(ctx, db)
	if err != nil || len(roles) == 0 {
		return err
	}
	n, err := db.NewSelect().Table("user_roles").Where("user_id = ?", id).Where("role_id IN (?)", bun.In(roles)).Count(ctx)
	if err != nil {
		return fmt.Errorf("look up roles of %d: %w", id, err)
	}
	if n > 0 {
		return fault.New(fault.Forbidden, "This account is an administrator's; only administrators change it.")
	}
	return nil
}

// mayGive refuses that somebody who is no administrator makes administrators: by a grant, or by what a role includes.
func mayGive(ctx context.Context, db bun.IDB, role int64) error {
	v := From(ctx)
	if !v.Known() || v.Admin() {
		return nil
	}
	roles, err := adminRoles(ctx, db)
	if err != nil {
		return err
	}
	if slices.Contains(roles, role) {
		return fault.New(fault.Forbidden, "This role makes administrators; only administrators give or change it.")
	}
	return nil
}
