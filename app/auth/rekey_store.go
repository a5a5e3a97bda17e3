package auth

import (
	"context"
	"fmt"
	"time"

	"portal/app/data"
)

// Rekey is a session on its way to another id.
type Rekey struct {
	SignIn   int64  // sign_ins.id: the session stays the same one
	Old, New string // sessions.k
	Value    []byte // what it holds from now on
	Life     time.Duration
	Trail    []byte // what stands under the old key for a moment, and leads to the new one
	Said     []data.Change
}

// trailLife is how long the row under the old key is kept at most; what it holds says when it ends.
const trailLife = time.Minute

// Rekey keeps the session under another key. Of several requests that try at once, one succeeds; it reports whether
// this one did. What is kept under the old key opens nothing by itself, so to end the session is still one step.
func (u *Users) Rekey(ctx context.Context, r Rekey) (bool, error) {
	won := false
	err := u.db.Write(ctx, func(tx *data.Tx) error {
		won = false
		res, err := tx.NewUpdate().Table("sign_ins").Set("session_key = ?", r.New).Set("seen_at = ?", tx.Now).
			Where("id = ?", r.SignIn).Where("session_key = ?", r.Old).Exec(ctx)
		if err != nil {
			return fmt.Errorf("give session %d another id: %w", r.SignIn, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			tx.Unchanged() // another request was faster, or it has been ended
			return err
		}
		wall := time.Now() // by which the storage forgets
		row := map[string]any{"k": r.New, "v": r.Value, "e": wall.Add(r.Life).Unix()}
		if _, err := tx.NewInsert().Model(&row).Table("sessions").Exec(ctx); err != nil {
			return fmt.Errorf("keep session %d: %w", r.SignIn, err)
		}
		if _, err := tx.NewUpdate().Table("sessions").Set("v = ?", r.Trail).Set("e = ?", wall.Add(trailLife).Unix()).
			Where("k = ?", r.Old).Exec(ctx); err != nil {
			return fmt.Errorf("lead on from session %d's old id: %w", r.SignIn, err)
		}
		won = true
		if len(r.Said) == 0 {
			tx.Unchanged()
		}
		tx.Changed(r.Said...)
		return nil
	})
	return won && err == nil, err
}
