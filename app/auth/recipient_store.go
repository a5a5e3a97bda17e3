package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// Recipients are those of the accounts who may be told of something, by their ids: locked ones are left out. They are
// read in the transaction, not from what is held.
func (u *Users) Recipients(ctx context.Context, tx *data.Tx, ids []int64) (map[int64]*Viewer, error) {
	all := map[int64]*Viewer{}
	if len(ids) == 0 {
		return all, nil
	}
	var rows []struct {
		User    `bun:",extend"`
		RoleID  *int64
		UntilAt *time.Time
	}
	err := tx.NewSelect().TableExpr("users AS u").ColumnExpr("u.id, u.username, u.name, u.email, u.zone, r.role_id, r.until_at").
		Join("LEFT JOIN user_roles AS r ON r.user_id = u.id").Where("u.id IN (?)", bun.In(slices.Compact(slices.Sorted(slices.Values(ids))))).
		Where("u.locked_at IS NULL").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("look up whom to tell: %w", err)
	}
	for _, r := range rows {
		v := all[r.ID]
		if v == nil {
			zone := r.Zone
			if zone == "" && u.zone != nil {
				zone = u.zone()
			}
			v = member{ID: r.ID, Username: r.Username, Name: r.Name, Email: r.Email, Zone: zone}.viewer(u.gate.Access(), tx.Now)
			all[r.ID] = v
		}
		if r.RoleID != nil && (r.UntilAt == nil || tx.Now.Before(*r.UntilAt)) {
			v.roles = append(v.roles, *r.RoleID)
		}
	}
	return all, nil
}
