package projects

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"portal/app/auth"
	"portal/app/data"
)

// onceKey is the number of a form as it is kept: another person's form, or one that makes something else, is another form.
func onceKey(ctx context.Context, makes, once string) string {
	sum := sha256.Sum256([]byte(makes + "|" + id(auth.From(ctx).ID) + "|" + once))
	return hex.EncodeToString(sum[:])
}

// doneBefore takes the form's number for this write, and is the id of what the form has made before; 0 when it has made nothing.
// The same form sent at the same moment waits here until this write has ended.
func doneBefore(ctx context.Context, tx *data.Tx, makes, once string) (int64, error) {
	if once == "" {
		return 0, nil
	}
	key := onceKey(ctx, makes, once)
	row := map[string]any{"once": key, "id": 0, "created_at": tx.Now}
	res, err := tx.NewInsert().Model(&row).Table("form_results").Ignore().Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("take the number of a form: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return 0, err
	}
	// A plain read: it sees the row, since it is the transaction's first one or what makes the same thing was locked
	// before. To lock the row as well would make those who waited for it wait for each other.
	var made int64
	err = tx.NewSelect().Table("form_results").Column("id").Where("once = ?", key).Scan(ctx, &made)
	return made, err
}

// keepDone keeps what a form has made, so that the same form sent again makes nothing.
func keepDone(ctx context.Context, tx *data.Tx, makes, once string, id int64) error {
	if once == "" {
		return nil
	}
	_, err := tx.NewUpdate().Table("form_results").Set("id = ?", id).Where("once = ?", onceKey(ctx, makes, once)).Exec(ctx)
	return err
}
