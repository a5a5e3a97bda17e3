// Package formresult lets a form that makes something make it once, however often the form is sent: by a second click, by a
// browser that tries again, from two tabs.
package formresult

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"

	"portal/app/auth"
	"portal/app/data"
)

// Form is a form that makes something.
type Form struct {
	Makes string // what it makes, and where: "task of 12"
	Once  string // the number that it has for itself alone; empty: it makes something each time
}

// key is the form as it is kept: another person's form, or one that makes something else, is another form.
func (f Form) key(ctx context.Context) string {
	sum := sha256.Sum256([]byte(f.Makes + "|" + strconv.FormatInt(auth.From(ctx).ID, 10) + "|" + f.Once))
	return hex.EncodeToString(sum[:])
}

// Before takes the form's number for this write, and is the id of what the form has made before; 0 when it has made nothing.
// The same form sent at the same moment waits here until this write has ended.
func (f Form) Before(ctx context.Context, tx *data.Tx) (int64, error) {
	if f.Once == "" {
		return 0, nil
	}
	key := f.key(ctx)
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

// Keep keeps what the form has made, so that the same form sent again makes nothing.
func (f Form) Keep(ctx context.Context, tx *data.Tx, id int64) error {
	if f.Once == "" {
		return nil
	}
	_, err := tx.NewUpdate().Table("form_results").Set("id = ?", id).Where("once = ?", f.key(ctx)).Exec(ctx)
	return err
}
