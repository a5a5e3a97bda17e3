package auth

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/secret"
)

// The purposes of one-time links.
const (
	FirstAdmin     = "first-admin"
	SetPasswordFor = "set-password"
)

// linkRow is a row of one_time_links.
type linkRow struct {
	bun.BaseModel `bun:"table:one_time_links"`
	ID            int64 `bun:",pk,autoincrement"`
	TokenHash     string
	Purpose       string
	UserID        *int64
	ExpiresAt     time.Time
	UsedAt        *time.Time
	CreatedAt     time.Time
}

// How long links work: one that an administrator hands over, and one that somebody asks for by mail.
const (
	linkLife   = 24 * time.Hour
	forgotLife = 30 * time.Minute
)

// Link makes a token that works once, for a day. Older ones of the same purpose and person end.
func (u *Users) Link(ctx context.Context, purpose string, userID int64) (string, error) {
	var token string
	err := u.db.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		if userID != 0 { // whoever has the link can take the account
			row, err := u.hold(ctx, tx, userID)
			if err != nil {
				return err
			}
			if err := mayChange(ctx, tx, userID); err != nil {
				return err
			}
			c := u.change(row, "made a link to set the password")
			c.Stale = nil
			tx.Changed(c)
		}
		var err error
		token, err = makeLink(ctx, tx, linkRow{Purpose: purpose, ExpiresAt: tx.Now.Add(linkLife)}, userID)
		return err
	})
	return token, err
}

// makeLink keeps a link of row's purpose and end, and returns its token. Older ones of the same purpose and person end.
func makeLink(ctx context.Context, tx *data.Tx, row linkRow, userID int64) (string, error) {
	token := rand.Text() + rand.Text()[:6]
	row.TokenHash, row.CreatedAt = secret.Digest(token), tx.Now
	if userID != 0 {
		row.UserID = &userID
	}
	if err := endLinks(ctx, tx, row.Purpose, userID); err != nil {
		return "", err
	}
	_, err := tx.NewInsert().Model(&row).Exec(ctx)
	return token, err
}

// endLinks ends the links of a purpose that a person has; with userID 0 those of everybody.
func endLinks(ctx context.Context, tx *data.Tx, purpose string, userID int64) error {
	q := tx.NewDelete().Table("one_time_links").Where("purpose = ?", purpose)
	if userID != 0 {
		q = q.Where("user_id = ?", userID)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("end links of %d: %w", userID, err)
	}
	return nil
}

// OpenLink is what a token is for; it stays usable.
// Errors: fault.NotFound when it is unknown, used or too old.
func (u *Users) OpenLink(ctx context.Context, token string) (purpose string, userID int64, err error) {
	row, err := u.link(ctx, u.db.Read, token)
	if err != nil {
		return "", 0, err
	}
	if row.UserID != nil {
		userID = *row.UserID
	}
	return row.Purpose, userID, nil
}

func (u *Users) link(ctx context.Context, db bun.IDB, token string) (linkRow, error) {
	var row linkRow
	err := db.NewSelect().Model(&row).Where("token_hash = ?", secret.Digest(token)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (row.UsedAt != nil || !row.ExpiresAt.After(u.db.Now())) {
		return row, fault.New(fault.NotFound, "This link has been used or is too old.")
	}
	return row, err
}

// use marks the link used; only one of several who try at once succeeds.
func (u *Users) use(ctx context.Context, tx *data.Tx, token string) (linkRow, error) {
	row, err := u.link(ctx, tx, token)
	if err != nil {
		return row, err
	}
	res, err := tx.NewUpdate().Table("one_time_links").Set("used_at = ?", tx.Now).Where("id = ?", row.ID).Where("used_at IS NULL").Exec(ctx)
	if err != nil {
		return row, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return row, fault.New(fault.NotFound, "This link has been used.")
	}
	return row, nil
}

// CreateFirst makes the first administrator, by the link printed at the first start.
// Errors: fault.NotFound for a used link or when there is an administrator already; fault.Invalid at a field.
func (u *Users) CreateFirst(ctx context.Context, token string, n NewUser) (User, error) {
	n.Roles = []string{Admin}
	var row User
	if err := n.check(); err != nil {
		return row, err
	}
	err := u.db.Write(ctx, func(tx *data.Tx) error {
		link, err := u.use(ctx, tx, token)
		if err != nil {
			return err
		}
		if link.Purpose != FirstAdmin {
			return fault.New(fault.NotFound, "This link is for something else.")
		}
		none, err := u.none(ctx, tx)
		if err != nil {
			return err
		}
		if !none {
			return fault.New(fault.NotFound, "This portal has an administrator already.")
		}
		row, err = u.insert(ctx, tx, n)
		return err
	})
	return row, err
}

// SetPasswordBy keeps the password of the person whom the link was made for.
// Errors: fault.NotFound for a used link; fault.Conflict when the account's password is kept in the directory.
func (u *Users) SetPasswordBy(ctx context.Context, token, hash string) (int64, error) {
	var id int64
	err := u.db.Write(ctx, func(tx *data.Tx) error {
		link, err := u.use(ctx, tx, token)
		if err != nil {
			return err
		}
		if link.Purpose != SetPasswordFor || link.UserID == nil {
			return fault.New(fault.NotFound, "This link is for something else.")
		}
		id = *link.UserID
		row, err := u.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if row.LockedAt != nil {
			return fault.New(fault.NotFound, "This link works when the account is open again.")
		}
		return u.setPassword(ctx, tx, id, hash, 0)
	})
	return id, err
}
