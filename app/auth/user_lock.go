package auth

import (
	"context"
	"fmt"
	"unicode/utf8"

	"portal/app/data"
	"portal/app/fault"
)

// Lock shuts the account of that user name out and ends its sessions, or lets it in again.
// Errors: fault.NotFound; fault.Conflict when it is the last administrator.
func (u *Users) Lock(ctx context.Context, name string, locked bool) error {
	id, err := u.idOf(ctx, name)
	if err != nil {
		return err
	}
	if locked {
		return u.Shut(ctx, id, "")
	}
	return u.Unlock(ctx, id)
}

// idOf is the id of the account of that user name.
func (u *Users) idOf(ctx context.Context, name string) (int64, error) {
	row, err := u.one(ctx, u.db.Read, name, "username_key = ?", data.Fold(name))
	return row.ID, err
}

// maxReason is how long a reason may be, in characters.
const maxReason = 300

func checkReason(reason string) error {
	if utf8.RuneCountInString(reason) > maxReason {
		return fault.Field("reason", "Write a reason of at most %d characters.", maxReason)
	}
	return nil
}

// Shut shuts an account out and ends its sessions, everywhere and at once. The reason may be empty.
// Errors: fault.NotFound; fault.Invalid for the reason; fault.Conflict for the last administrator and for one's own account.
func (u *Users) Shut(ctx context.Context, id int64, reason string) error {
	if err := checkReason(reason); err != nil {
		return err
	}
	return u.db.Write(ctx, func(tx *data.Tx) error {
		watch, err := watchAdmins(ctx, tx)
		if err != nil {
			return err
		}
		row, err := u.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if row.LockedAt != nil && row.LockedReason == reason {
			tx.Unchanged()
			return nil
		}
		if err := u.shut(ctx, tx, &row, reason); err != nil {
			return err
		}
		return watch.check(ctx, tx)
	})
}

// shut locks the account of a row that is held; who calls it sees that an administrator is left.
func (u *Users) shut(ctx context.Context, tx *data.Tx, row *User, reason string) error {
	if row.ID == From(ctx).ID {
		return fault.New(fault.Conflict, "You can't lock your own account; ask another administrator to.")
	}
	if err := mayChange(ctx, tx, row.ID); err != nil {
		return err
	}
	was := data.Field{Name: "state", Old: "open", New: said("locked", reason)}
	if row.LockedAt != nil {
		was.Old = said("locked", row.LockedReason)
	} else {
		row.LockedAt = &tx.Now
	}
	row.LockedReason = reason
	if err := u.saveLock(ctx, tx, row); err != nil {
		return err
	}
	if err := endSignIns(ctx, tx, row.ID, 0); err != nil {
		return err
	}
	if err := endLinks(ctx, tx, SetPasswordFor, row.ID); err != nil { // else it waits for the day the account is opened
		return err
	}
	tx.Changed(u.change(*row, "locked the account", was))
	return nil
}

func said(what, reason string) string {
	if reason == "" {
		return what
	}
	return what + ": " + reason
}

// Unlock lets a locked account in again.
// Errors: fault.NotFound.
func (u *Users) Unlock(ctx context.Context, id int64) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		row, err := u.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if row.LockedAt == nil {
			tx.Unchanged()
			return nil
		}
		return u.unlock(ctx, tx, &row)
	})
}

func (u *Users) unlock(ctx context.Context, tx *data.Tx, row *User) error {
	if err := mayChange(ctx, tx, row.ID); err != nil {
		return err
	}
	was := data.Field{Name: "state", Old: said("locked", row.LockedReason), New: "open"}
	row.LockedAt, row.LockedReason = nil, ""
	if err := u.saveLock(ctx, tx, row); err != nil {
		return err
	}
	tx.Changed(u.change(*row, "unlocked the account", was))
	return nil
}

func (u *Users) saveLock(ctx context.Context, tx *data.Tx, row *User) error {
	row.Version, row.UpdatedAt = row.Version+1, tx.Now
	if _, err := tx.NewUpdate().Model(row).Column("locked_at", "locked_reason", "version", "updated_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("lock account %d: %w", row.ID, err)
	}
	return nil
}
