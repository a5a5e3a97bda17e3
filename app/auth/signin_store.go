package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// SignIn is a row of sign_ins: a live session and where it came from.
type SignIn struct {
	bun.BaseModel `bun:"table:sign_ins"`
	ID            int64 `bun:",pk,autoincrement"`
	UserID        int64
	SessionKey    string // sessions.k
	Address       string
	Device        string
	Kept          bool
	CreatedAt     time.Time
	SeenAt        time.Time
	EndsAt        time.Time
}

// Began keeps that a person signed in, as the account was when its password was found to be right.
// Errors: fault.SignIn when the account has been locked or has got another password since.
func (u *Users) Began(ctx context.Context, as User, s SignIn) (SignIn, error) {
	s.UserID, s.Device, s.Address = as.ID, data.Cut(s.Device, 300), data.Cut(s.Address, 64)
	by := *From(ctx) // until now a visitor; the logs shall say who it was
	by.ID, by.Username, by.Name = as.ID, as.Username, as.Name
	ctx = With(ctx, &by)
	err := u.db.Write(ctx, func(tx *data.Tx) error {
		row, err := u.hold(ctx, tx, as.ID)
		if err != nil {
			return err
		}
		if row.LockedAt != nil || !sameMoment(row.PasswordChangedAt, as.PasswordChangedAt) {
			return fault.New(fault.SignIn, "The account has changed meanwhile. Please sign in again.")
		}
		s.ID, s.CreatedAt, s.SeenAt = 0, tx.Now, tx.Now
		if _, err := tx.NewInsert().Model(&s).Exec(ctx); err != nil {
			return fmt.Errorf("keep sign-in: %w", err)
		}
		if _, err := tx.NewUpdate().Table("users").Set("last_sign_in_at = ?", tx.Now).Where("id = ?", s.UserID).Exec(ctx); err != nil {
			return err
		}
		c := u.change(row, "signed in")
		c.Stale = nil
		tx.Changed(c)
		return nil
	})
	return s, err
}

// hold reads an account for a write, as it is now. A plain read would not do on MySQL: a transaction sees everything
// as it was at its first plain read, and that may have been before the lock.
// https://dev.mysql.com/doc/refman/8.0/en/innodb-consistent-read.html
func (u *Users) hold(ctx context.Context, tx *data.Tx, id int64) (User, error) {
	var row User
	err := tx.Lock(tx.NewSelect().Model(&row).Where("id = ?", id)).Scan(ctx)
	return row, found(err, fmt.Sprint(id))
}

func sameMoment(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// Seen keeps that the session is in use, and reports whether it is still kept under that key.
func (u *Users) Seen(ctx context.Context, id int64, key string) (bool, error) {
	res, err := u.db.Writer().NewUpdate().Table("sign_ins").Set("seen_at = ?", u.db.Now()).
		Where("id = ?", id).Where("session_key = ?", key).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// End ends one session, in the same step for every process.
// Errors: fault.NotFound when the person has no such session.
func (u *Users) End(ctx context.Context, userID, signIn int64) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		row, err := u.one(ctx, tx, fmt.Sprint(userID), "id = ?", userID)
		if err != nil {
			return err
		}
		var keys []string
		find := tx.NewSelect().Table("sign_ins").Column("session_key").Where("id = ?", signIn).Where("user_id = ?", userID)
		if err := tx.Lock(find).Scan(ctx, &keys); err != nil { // locked: it might be getting another key
			return err
		}
		if len(keys) == 0 {
			return fault.New(fault.NotFound, "That session has ended already.")
		}
		if err := endSessions(ctx, tx, keys); err != nil {
			return err
		}
		what := "signed out"
		if From(ctx).Real().ID != userID {
			what = "ended a session"
		}
		c := u.change(row, what)
		c.Stale = []string{SessionsKey(userID)}
		tx.Changed(c)
		return nil
	})
}

// endSignIns ends all sessions of a person but one.
func endSignIns(ctx context.Context, tx *data.Tx, userID, except int64) error {
	var keys []string
	err := tx.Lock(tx.NewSelect().Table("sign_ins").Column("session_key").Where("user_id = ?", userID).Where("id <> ?", except)).Scan(ctx, &keys)
	if err != nil {
		return fmt.Errorf("look up sessions of %d: %w", userID, err)
	}
	return endSessions(ctx, tx, keys)
}

func endSessions(ctx context.Context, tx *data.Tx, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	if _, err := tx.NewDelete().Table("sessions").Where("k IN (?)", bun.In(keys)).Exec(ctx); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	_, err := tx.NewDelete().Table("sign_ins").Where("session_key IN (?)", bun.In(keys)).Exec(ctx)
	return err
}

// Sweep removes what ended: sign-ins past their end, and failures and links nobody needs any more.
func (u *Users) Sweep(ctx context.Context) error {
	now := u.db.Now()
	w := u.db.Writer()
	_, err := w.NewDelete().Table("sign_ins").Where("ends_at < ?", now).Exec(ctx)
	if err != nil {
		return err
	}
	if _, err := w.NewDelete().Table("sign_ins").Where("session_key NOT IN (SELECT k FROM sessions)").
		Where("created_at < ?", now.Add(-time.Minute)).Exec(ctx); err != nil {
		return err
	}
	if _, err := w.NewDelete().Table("sign_in_failures").Where("failed_at < ?", now.Add(-24*time.Hour)).Exec(ctx); err != nil {
		return err
	}
	_, err = w.NewDelete().Table("one_time_links").Where("expires_at < ?", now.Add(-7*24*time.Hour)).Exec(ctx)
	return err
}

// SignIns are a person's live sessions, the latest in use first.
func (u *Users) SignIns(ctx context.Context, userID int64) ([]SignIn, error) {
	var rows []SignIn
	err := u.db.Read.NewSelect().Model(&rows).Where("user_id = ?", userID).Where("ends_at > ?", u.db.Now()).
		Where("session_key IN (SELECT k FROM sessions)").OrderExpr("seen_at DESC, id DESC").Limit(200).Scan(ctx)
	return rows, err
}

// Live reports whether the session has neither ended nor been ended.
func (u *Users) Live(ctx context.Context, signIn int64) (bool, error) {
	n, err := u.db.Read.NewSelect().Table("sign_ins").Where("id = ?", signIn).Where("ends_at > ?", u.db.Now()).
		Where("session_key IN (SELECT k FROM sessions)").Count(ctx)
	return n > 0, err
}

// sessionsPrefix begins the key that a change names when sessions of a person end, and nothing else does.
const sessionsPrefix = "auth.sessions:"

// SessionsKey is in the stale keys of a change that ends sessions of the person.
func SessionsKey(userID int64) string { return sessionsPrefix + strconv.FormatInt(userID, 10) }

// Ended is the person whose sessions, or right to sign in, the stale key is about; 0 for another key.
func (u *Users) Ended(key string) int64 {
	for _, prefix := range []string{sessionsPrefix, u.members.Key("")} {
		if text, ok := strings.CutPrefix(key, prefix); ok {
			id, _ := strconv.ParseInt(text, 10, 64) // 0: no person's
			return id
		}
	}
	return 0
}

// Kept reports whether the session is one that stays signed in.
func (u *Users) Kept(ctx context.Context, signIn int64) bool {
	n, err := u.db.Read.NewSelect().Table("sign_ins").Where("id = ?", signIn).Where("kept").Count(ctx)
	return err == nil && n > 0
}

// Failed keeps in the logs that a sign-in failed, for whatever name was typed.
func (u *Users) Failed(ctx context.Context, row User, typed string) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		tx.Changed(data.Change{
			Feature: "admin", Kind: "user", ID: row.ID, What: "failed to sign in", Title: data.Cut(typed, 200),
		})
		return nil
	})
}

// FailedCode keeps in the logs that somebody who knew the password gave a wrong second factor.
func (u *Users) FailedCode(ctx context.Context, row User) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		c := u.change(row, "gave a wrong second factor")
		c.Stale = nil
		tx.Changed(c)
		return nil
	})
}

// Avatar is a person's picture and its type.
// Errors: fault.NotFound when there is none.
func (u *Users) Avatar(ctx context.Context, id int64) (kind string, body []byte, err error) {
	err = u.db.Read.NewSelect().Table("avatars").Column("type", "body").Where("user_id = ?", id).Scan(ctx, &kind, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, fault.New(fault.NotFound, "There is no such picture.")
	}
	return kind, body, err
}
