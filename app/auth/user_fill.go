package auth

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// Filled is a person who comes with many others into an empty portal.
type Filled struct {
	User
	Role   string
	Avatar []byte // PNG; nil for none
}

type avatarRow struct {
	bun.BaseModel `bun:"table:avatars"`
	UserID        int64 `bun:",pk"`
	Type          string
	Body          []byte
}

// batch is how many rows one statement writes: well below the packet a server takes.
const batch = 200

// Fill makes the accounts of an empty portal and returns their ids, in the same order.
// Errors: fault.Conflict when there is an account already.
func (u *Users) Fill(ctx context.Context, tx *data.Tx, all []Filled) ([]int64, error) {
	have, err := tx.NewSelect().Table("users").Count(ctx)
	if err != nil {
		return nil, fmt.Errorf("count accounts: %w", err)
	}
	if have > 0 {
		return nil, fault.New(fault.Conflict, "This database is not empty (accounts: %d); the demo department needs an empty one. Name another by PORTAL_DATA_DIR or PORTAL_DATABASE_URL.", have)
	}
	roles, err := roleIDs(ctx, tx)
	if err != nil {
		return nil, err
	}
	var rows []User
	var grants []grantRow
	var avatars []avatarRow
	ids := make([]int64, len(all))
	for i, f := range all {
		f.ID, f.Version = int64(i+1), 1
		f.Fill()
		if f.Avatar != nil {
			f.AvatarVersion = 1
			avatars = append(avatars, avatarRow{UserID: f.ID, Type: "image/png", Body: f.Avatar})
		}
		if roles[f.Role] == 0 {
			return nil, fmt.Errorf("there is no role %q", f.Role)
		}
		rows, ids[i] = append(rows, f.User), f.ID
		grants = append(grants, grantRow{UserID: f.ID, RoleID: roles[f.Role], GrantedAt: f.CreatedAt})
	}
	if err := insertAll(ctx, tx, rows); err != nil {
		return nil, fmt.Errorf("make accounts: %w", err)
	}
	if err := insertAll(ctx, tx, grants); err != nil {
		return nil, fmt.Errorf("grant roles: %w", err)
	}
	if err := insertAll(ctx, tx, avatars); err != nil {
		return nil, fmt.Errorf("keep pictures: %w", err)
	}
	tx.Changed(data.Change{
		Feature: "admin", Kind: "user", What: "filled the portal with a demo department",
		Title: fmt.Sprintf("%d people", len(all)), Stale: u.stale(0),
	})
	return ids, nil
}

func insertAll[T any](ctx context.Context, tx *data.Tx, rows []T) error {
	for part := range slices.Chunk(rows, batch) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
