package auth

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
)

// Holders are the ids of those who hold each of the roles now and may sign in: granted, or by a role that includes it. A person
// who holds several of them stands under each.
func (u *Users) Holders(ctx context.Context, roles []int64) (map[int64][]int64, error) {
	all := map[int64][]int64{}
	a := u.gate.Access()
	giving := map[int64][]int64{} // role granted → those of the roles that it gives
	for granted := range a.roles {
		for _, r := range a.Including([]int64{granted}) {
			if slices.Contains(roles, r) {
				giving[granted] = append(giving[granted], r)
			}
		}
	}
	if len(giving) == 0 {
		return all, nil
	}
	var asked []int64
	for granted := range giving {
		asked = append(asked, granted)
	}
	var rows []struct{ UserID, RoleID int64 }
	err := u.db.Read.NewSelect().TableExpr("user_roles AS r").ColumnExpr("r.user_id, r.role_id").Join("JOIN users AS u ON u.id = r.user_id").
		Where("r.role_id IN (?)", bun.In(asked)).Where("u.locked_at IS NULL").Where("(r.until_at IS NULL OR r.until_at > ?)", u.db.Now()).
		OrderExpr("r.user_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("who holds roles: %w", err)
	}
	for _, row := range rows {
		for _, r := range giving[row.RoleID] {
			if !slices.Contains(all[r], row.UserID) {
				all[r] = append(all[r], row.UserID)
			}
		}
	}
	return all, nil
}
