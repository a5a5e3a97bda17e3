package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// factorRow is a row of second_factors.
type factorRow struct {
	bun.BaseModel `bun:"table:second_factors"`
	UserID        int64 `bun:",pk"`
	Secret        string
	LastStep      int64
	CreatedAt     time.Time
}

// recoveryRow is a row of recovery_codes.
type recoveryRow struct {
	bun.BaseModel `bun:"table:recovery_codes"`
	ID            int64 `bun:",pk,autoincrement"`
	UserID        int64
	CodeHash      string
	UsedAt        *time.Time
	CreatedAt     time.Time
}

// Factor is what a person sees of their second factor. The zero Factor is none.
type Factor struct {
	On    bool
	Since time.Time
	Left  int // recovery codes that work still
}

// Of is the account's second factor, read from the database in one query.
func (f *Factors) Of(ctx context.Context, user int64) (Factor, error) {
	var row struct {
		CreatedAt time.Time
		Codes     int
	}
	err := f.users.db.Read.NewSelect().TableExpr("second_factors AS f").ColumnExpr("f.created_at").
		ColumnExpr("(SELECT COUNT(*) FROM recovery_codes AS c WHERE c.user_id = f.user_id AND c.used_at IS NULL) AS codes").
		Where("f.user_id = ?", user).Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return Factor{}, nil
	}
	if err != nil {
		return Factor{}, fmt.Errorf("look up second factor of %d: %w", user, err)
	}
	return Factor{On: true, Since: row.CreatedAt, Left: row.Codes}, nil
}

// factorOf is the zero row when the account has no second factor.
func factorOf(ctx context.Context, db bun.IDB, user int64) (factorRow, error) {
	var row factorRow
	err := db.NewSelect().Model(&row).Where("user_id = ?", user).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return factorRow{}, nil
	}
	if err != nil {
		return row, fmt.Errorf("look up second factor of %d: %w", user, err)
	}
	return row, nil
}

// Begin keeps the set-up as the account's second factor, in place of one it had, once a code shows that the phone has it.
// It returns the recovery codes, which nobody can read again, and ends the account's sessions but for signIn:
// they never gave a second factor.
// Errors: fault.Invalid at the field "code".
func (f *Factors) Begin(ctx context.Context, user User, s Setup, code string, signIn int64) ([]string, error) {
	var shown []string
	err := f.users.db.Write(ctx, func(tx *data.Tx) error {
		account, err := f.users.hold(ctx, tx, user.ID)
		if err != nil {
			return err
		}
		old, err := factorOf(ctx, tx, user.ID)
		if err != nil {
			return err
		}
		last := int64(-1)
		if was, err := f.box.Open(factorBound(user.ID), old.Secret); err == nil && was == s.Secret {
			last = old.LastStep // the same form, sent again
		}
		step, err := used(s.Secret, tidy(code), stepAt(tx.Now), last)
		if err != nil {
			return err
		}
		if err := forgetFactor(ctx, tx, user.ID); err != nil {
			return err
		}
		row := factorRow{UserID: user.ID, Secret: f.box.Seal(factorBound(user.ID), s.Secret), LastStep: step, CreatedAt: tx.Now}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("keep second factor of %d: %w", user.ID, err)
		}
		var rows []recoveryRow
		shown, rows = newRecovery(tx, user.ID)
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return fmt.Errorf("keep recovery codes of %d: %w", user.ID, err)
		}
		if err := endSignIns(ctx, tx, user.ID, signIn); err != nil {
			return err
		}
		what := "switched on the second factor"
		if old.UserID != 0 {
			what = "moved the second factor to another phone"
		}
		tx.Changed(f.users.change(account, what))
		return nil
	})
	return shown, err
}

func forgetFactor(ctx context.Context, tx *data.Tx, user int64) error {
	for _, table := range []string{"recovery_codes", "second_factors"} {
		if _, err := tx.NewDelete().Table(table).Where("user_id = ?", user).Exec(ctx); err != nil {
			return fmt.Errorf("forget second factor of %d: %w", user, err)
		}
	}
	return nil
}

// Check takes a code of the phone, or a recovery code; either works once.
// Errors: fault.Invalid at the field "code"; fault.NotFound when the account has no second factor.
func (f *Factors) Check(ctx context.Context, user int64, code string) error {
	code = tidy(code)
	if len(code) == recoveryLength {
		return f.recover(ctx, user, code)
	}
	row, err := factorOf(ctx, f.users.db.Read, user)
	if err != nil {
		return err
	}
	if row.UserID == 0 {
		return fault.New(fault.NotFound, "This account has no second factor.")
	}
	secret, err := f.box.Open(factorBound(user), row.Secret)
	if err != nil { // the portal has another secret key now
		return fault.Field("code", "Codes of your app can't be checked now. Use a recovery code, or ask an administrator to reset your second factor.").Because(err)
	}
	step, err := used(secret, code, stepAt(f.users.db.Now()), row.LastStep)
	if err != nil {
		return err
	}
	// Of several that come with the same code at once, one succeeds.
	res, err := f.users.db.Writer().NewUpdate().Table("second_factors").Set("last_step = ?", step).
		Where("user_id = ?", user).Where("last_step < ?", step).Where("secret = ?", row.Secret).Exec(ctx)
	if err != nil {
		return fmt.Errorf("use second factor of %d: %w", user, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fault.Field("code", "This code has been used. Wait for the next one, at most 30 seconds.")
	}
	return nil
}

// recover uses a recovery code up.
func (f *Factors) recover(ctx context.Context, user int64, code string) error {
	return f.users.db.Write(ctx, func(tx *data.Tx) error {
		account, err := f.users.hold(ctx, tx, user)
		if err != nil {
			return err
		}
		res, err := tx.NewUpdate().Table("recovery_codes").Set("used_at = ?", tx.Now).
			Where("user_id = ?", user).Where("code_hash = ?", recoveryHash(user, code)).Where("used_at IS NULL").Exec(ctx)
		if err != nil {
			return fmt.Errorf("use recovery code of %d: %w", user, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.Field("code", "This recovery code is wrong, or has been used.")
		}
		c := f.users.change(account, "used a recovery code")
		c.Stale = nil
		tx.Changed(c)
		return nil
	})
}

// Renew makes new recovery codes; the old ones end.
// Errors: fault.NotFound when the account has no second factor.
func (f *Factors) Renew(ctx context.Context, user int64) ([]string, error) {
	var shown []string
	err := f.users.db.Write(ctx, func(tx *data.Tx) error {
		account, err := f.users.hold(ctx, tx, user)
		if err != nil {
			return err
		}
		row, err := factorOf(ctx, tx, user)
		if err != nil {
			return err
		}
		if row.UserID == 0 {
			return fault.New(fault.NotFound, "There is no second factor to make recovery codes for.")
		}
		if _, err := tx.NewDelete().Table("recovery_codes").Where("user_id = ?", user).Exec(ctx); err != nil {
			return err
		}
		var rows []recoveryRow
		shown, rows = newRecovery(tx, user)
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return fmt.Errorf("keep recovery codes of %d: %w", user, err)
		}
		c := f.users.change(account, "made new recovery codes")
		c.Stale = nil
		tx.Changed(c)
		return nil
	})
	return shown, err
}

// EndFactor takes away a person's second factor, because they wish so.
// Errors: fault.Conflict when one of their roles requires it; fault.NotFound when there is none.
func (u *Users) EndFactor(ctx context.Context, v *Viewer) error {
	if role := v.FactorRole(); role != "" {
		return fault.New(fault.Conflict, "The role %s requires a second factor, so it stays on. You can move it to another phone.", role)
	}
	return u.endFactor(ctx, v.ID, "switched off the second factor")
}

// ResetFactor takes away the second factor of somebody who has lost it. Where a role requires one, they are led to
// set up another when they sign in.
// Errors: fault.NotFound when there is no such account, or it has no second factor; fault.Forbidden when who is no
// administrator resets an administrator's.
func (u *Users) ResetFactor(ctx context.Context, name string) error {
	row, err := u.ByName(ctx, name)
	if err != nil {
		return err
	}
	if err := u.MayChange(ctx, row.ID); err != nil {
		return err
	}
	return u.endFactor(ctx, row.ID, "reset the second factor")
}

func (u *Users) endFactor(ctx context.Context, id int64, what string) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		account, err := u.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		row, err := factorOf(ctx, tx, id)
		if err != nil {
			return err
		}
		if row.UserID == 0 {
			return fault.New(fault.NotFound, "%s has no second factor.", account.Username)
		}
		if err := forgetFactor(ctx, tx, id); err != nil {
			return err
		}
		tx.Changed(u.change(account, what))
		return nil
	})
}
