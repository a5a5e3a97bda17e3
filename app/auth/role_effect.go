package auth

import (
	"context"
	"errors"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// errLook ends a write that was only looked at.
var errLook = errors.New("auth: only looked at")

// Effect works out who would gain and lose which of the routes if the role with at's id and version were edited so.
// It writes nothing: the edit is done in a transaction that is rolled back, so what it refuses is refused here in the
// same words.
// Errors: as of Edit.
func (r *Roles) Effect(ctx context.Context, routes []string, at RoleInfo, f RoleForm) (Effect, error) {
	f = f.tidy()
	if err := f.check(); err != nil {
		return Effect{}, err
	}
	before, err := LoadAccess(ctx, r.db.Read)
	if err != nil {
		return Effect{}, err
	}
	var after *Access
	err = r.db.Write(ctx, func(tx *data.Tx) error {
		if err := editRole(ctx, tx, roleRow{ID: at.ID, Version: at.Version}, f); err != nil {
			return err
		}
		if after, err = LoadAccess(ctx, tx); err != nil {
			return err
		}
		return errLook
	})
	if !errors.Is(err, errLook) {
		return Effect{}, err
	}
	return r.users.effect(ctx, before, after, routes)
}

// DeleteEffect works out who would gain and lose which of the routes if there were no such role. It writes nothing.
func (r *Roles) DeleteEffect(ctx context.Context, routes []string, id int64) (Effect, error) {
	w, err := loadWorld(ctx, r.db.Read, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
	if err != nil {
		return Effect{}, err
	}
	before := w.access()
	w.roles = slices.DeleteFunc(slices.Clone(w.roles), func(one Role) bool { return one.ID == id })
	for i := range w.roles {
		w.roles[i].Includes = slices.DeleteFunc(slices.Clone(w.roles[i].Includes), func(in int64) bool { return in == id })
	}
	return r.users.effect(ctx, before, w.access(), routes)
}

// effect compares two accesses for all active accounts.
func (u *Users) effect(ctx context.Context, before, after *Access, routes []string) (Effect, error) {
	people, err := u.holders(ctx)
	if err != nil {
		return Effect{}, err
	}
	return compare(before, after, people, routes), nil
}
