package auth

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// admins are the accounts that administrate the portal for good: open ones that hold, without an end,
// the role admin or one that includes it.
type admins struct {
	any  map[int64]bool
	sure map[int64]bool // of these, those with a password of this portal: no directory has to answer for them
}

// watchAdmins begins every write that may take an administrator: it must be its first statement. The lock makes
// such writes wait for each other, so that two who remove each other at once can't both succeed, and two who
// close a loop of roles from both ends can't either. On SQLite every write does.
func watchAdmins(ctx context.Context, tx *data.Tx) (admins, error) {
	if tx.MySQL {
		var ids []int64
		if err := tx.Lock(tx.NewSelect().Table("roles").Column("id").Where("name = ?", Admin)).Scan(ctx, &ids); err != nil {
			return admins{}, fmt.Errorf("lock the roles: %w", err)
		}
	}
	return administrators(ctx, tx)
}

// check refuses what the write did when nobody is left to administrate the portal, or when somebody took
// their own right to.
func (was admins) check(ctx context.Context, tx *data.Tx) error {
	now, err := administrators(ctx, tx)
	if err != nil {
		return err
	}
	if len(was.any) > 0 && len(now.any) == 0 || len(was.sure) > 0 && len(now.sure) == 0 {
		return fault.New(fault.Conflict, "This is the last administrator; make another one first.")
	}
	if me := From(ctx).ID; was.any[me] && !now.any[me] {
		return fault.New(fault.Conflict, "You can't take your own role of administrator; ask another administrator to.")
	}
	return nil
}

// administrators reads who administrates the portal for good.
func administrators(ctx context.Context, db bun.IDB) (admins, error) {
	all := admins{map[int64]bool{}, map[int64]bool{}}
	roles, err := adminRoles(ctx, db)
	if err != nil || len(roles) == 0 {
		return all, err
	}
	var rows []struct {
		ID   int64
		Sure bool
	}
	err = db.NewSelect().TableExpr("users AS u").ColumnExpr("u.id").ColumnExpr("u.source = 'local' AND u.password_hash <> '' AS sure").
		Join("JOIN user_roles AS g ON g.user_id = u.id").Where("g.role_id IN (?)", bun.In(roles)).
		Where("g.until_at IS NULL").Where("u.locked_at IS NULL").Scan(ctx, &rows)
	if err != nil {
		return all, fmt.Errorf("look up administrators: %w", err)
	}
	for _, r := range rows {
		all.any[r.ID] = true
		if r.Sure {
			all.sure[r.ID] = true
		}
	}
	return all, nil
}

// adminRoles are the role admin and all that include it, near and far.
func adminRoles(ctx context.Context, db bun.IDB) ([]int64, error) {
	var all []int64
	if err := db.NewSelect().Table("roles").Column("id").Where("name = ?", Admin).Scan(ctx, &all); err != nil {
		return nil, fmt.Errorf("look up the role admin: %w", err)
	}
	pairs, err := includes(ctx, db)
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(all); i++ {
		for _, p := range pairs {
			if p.IncludedID == all[i] && !slices.Contains(all, p.RoleID) {
				all = append(all, p.RoleID)
			}
		}
	}
	return all, nil
}

// include says that one role includes another.
type include struct {
	bun.BaseModel `bun:"table:role_includes"`
	RoleID        int64 `bun:",pk"`
	IncludedID    int64 `bun:",pk"`
}

func includes(ctx context.Context, db bun.IDB) ([]include, error) {
	var pairs []include
	if err := db.NewSelect().Model(&pairs).Scan(ctx); err != nil {
		return nil, fmt.Errorf("load role hierarchy: %w", err)
	}
	return pairs, nil
}
