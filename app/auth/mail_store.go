package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/mail"
	"portal/app/secret"
)

// forgottenRow is a row of forgotten_passwords: somebody has asked for a link.
type forgottenRow struct {
	bun.BaseModel `bun:"table:forgotten_passwords"`
	ID            int64 `bun:",pk,autoincrement"`
	Typed         string
	Address       string
	CreatedAt     time.Time
}

// forgotKind is the kind of mails with a link that somebody asked for.
const forgotKind = "password.forgot"

// So many such mails an address gets within that time, whoever asks.
const (
	forgotMost   = 3
	forgotWindow = time.Hour
)

// tellPassword lets the person know that the password is another one now: it may not have been them.
func (u *Users) tellPassword(ctx context.Context, tx *data.Tx, row User) error {
	if u.outbox == nil || !mail.Good(row.Email) || row.LockedAt != nil {
		return nil
	}
	return u.outbox.Queue(ctx, tx, mail.Mail{
		Event: fmt.Sprintf("password.changed|%d|%d", row.ID, row.Version), Kind: "password.changed", UserID: row.ID, To: row.Email,
		Subject: "Your password was changed",
		Body: mail.Body{
			{Text: "The password of your account " + row.Username + " was changed on " + tx.Now.Format("2 January 2006 at 15:04") + " UTC. All its other sessions have ended."},
			{Text: "If this was not you, set another password now and tell an administrator:", Path: "/forgot"},
		},
	})
}

// MailPasswordLink mails the person a link to set a password by, which works once, for a day. Older ones end.
// Errors: fault.NotFound; fault.Conflict, with the reason, when it can't be mailed; fault.Forbidden when who is no
// administrator mails one to an administrator.
func (u *Users) MailPasswordLink(ctx context.Context, id int64) error {
	return u.db.Write(ctx, func(tx *data.Tx) error {
		row, err := u.hold(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := mayChange(ctx, tx, id); err != nil {
			return err
		}
		switch {
		case !row.Local():
			return errDirectory()
		case row.LockedAt != nil:
			return fault.New(fault.Conflict, "The account %s is locked; unlock it first.", row.Username)
		case !mail.Good(row.Email):
			return fault.New(fault.Conflict, "The account %s has no e-mail address that can be used.", row.Username)
		case u.outbox == nil || !u.outbox.Known():
			return fault.New(fault.Conflict, "Mail is not set up on this portal; PORTAL_SMTP_URL names the mail server.")
		}
		until := tx.Now.Add(linkLife)
		token, err := makeLink(ctx, tx, linkRow{Purpose: SetPasswordFor, ExpiresAt: until}, id)
		if err != nil {
			return err
		}
		c := u.change(row, "mailed a link to set the password")
		c.Stale = nil
		tx.Changed(c)
		return u.outbox.Queue(ctx, tx, mail.Mail{
			Event: "password.link|" + secret.Digest(token)[:32], Kind: "password.link", UserID: id, To: row.Email,
			Subject: "Set your password", Secret: true, Until: until,
			Body: mail.Body{
				{Text: "Hello " + row.Name + ","},
				{Text: "an administrator sends you this link to set the password of your account " + row.Username + ". It works once, for a day.", Path: "/set-password/" + token},
			},
		})
	})
}

// Forgot keeps that somebody who typed this asks for a link. Whoever it is, and whether there is such an account,
// is looked up later: the asking takes the same time for every name.
func (u *Users) Forgot(ctx context.Context, typed, address string) error {
	row := forgottenRow{Typed: data.Cut(strings.TrimSpace(typed), 200), Address: data.Cut(address, 64), CreatedAt: u.db.Now()}
	if _, err := u.db.Writer().NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("keep the request for a link: %w", err)
	}
	return nil
}

// AnswerForgotten mails links to those who have asked for one; it is a job.
func (u *Users) AnswerForgotten(ctx context.Context) error {
	var rows []forgottenRow
	if err := u.db.Read.NewSelect().Model(&rows).OrderExpr("id").Limit(200).Scan(ctx); err != nil {
		return fmt.Errorf("look up requests for links: %w", err)
	}
	var failed error
	for _, r := range rows {
		if err := u.db.Write(ctx, func(tx *data.Tx) error { return u.answer(ctx, tx, r) }); err != nil {
			failed = errors.Join(failed, fmt.Errorf("answer the request %d for a link: %w", r.ID, err))
		}
	}
	return failed
}

// Forgotten reports whether a request for a link waits for its answer.
func (u *Users) Forgotten(ctx context.Context) (bool, error) {
	n, err := u.db.Read.NewSelect().Table("forgotten_passwords").Count(ctx)
	return n > 0, err
}

// answer mails one who has asked, if there is somebody to be mailed, and forgets the request.
func (u *Users) answer(ctx context.Context, tx *data.Tx, r forgottenRow) error {
	tx.Unchanged()
	res, err := tx.NewDelete().Table("forgotten_passwords").Where("id = ?", r.ID).Exec(ctx)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 || r.CreatedAt.Add(forgotLife).Before(tx.Now) { // another process was faster, or nobody waits for it any more
		return err
	}
	all, err := u.meant(ctx, tx, r.Typed)
	if err != nil || len(all) == 0 || u.outbox == nil || !mail.Good(all[0].Email) {
		return err
	}
	had, err := u.outbox.Recent(ctx, tx, all[0].Email, forgotKind, tx.Now.Add(-forgotWindow))
	if err != nil || had >= forgotMost {
		return err
	}
	m := mail.Mail{
		Event: fmt.Sprintf("%s|%d", forgotKind, r.ID), Kind: forgotKind, UserID: all[0].ID, To: all[0].Email,
		Subject: "Set another password", Secret: true, Until: tx.Now.Add(forgotLife),
		Body: mail.Body{{Text: "Somebody has asked for this on the portal's sign-in page, from the address " + r.Address +
			". If it was not you, there is nothing to do: your password is as it was."}},
	}
	for _, row := range all {
		p, err := u.forgotten(ctx, tx, row, m.Until)
		if err != nil {
			return err
		}
		m.Body = append(m.Body, p)
	}
	return u.outbox.Queue(ctx, tx, m)
}

// forgotten is what one account's paragraph says.
func (u *Users) forgotten(ctx context.Context, tx *data.Tx, row User, until time.Time) (mail.Paragraph, error) {
	if !row.Local() {
		return mail.Paragraph{Text: "The account " + row.Username + " has its password in the company's directory. Change it there; the portal then takes the new one."}, nil
	}
	token, err := makeLink(ctx, tx, linkRow{Purpose: SetPasswordFor, ExpiresAt: until}, row.ID)
	c := u.change(row, "asked for a link to set the password")
	c.Stale = nil
	tx.Changed(c)
	return mail.Paragraph{
		Text: fmt.Sprintf("Set another password for the account %s by this link. It works once, for %d minutes:", row.Username, int(forgotLife.Minutes())),
		Path: "/set-password/" + token,
	}, err
}

// meant are the open accounts with an address that somebody means who types a user name or an address: they all have
// the same address. A name goes before an address.
func (u *Users) meant(ctx context.Context, tx *data.Tx, typed string) ([]User, error) {
	var all []User
	q := tx.NewSelect().Model(&all).Where("email <> ''").Where("locked_at IS NULL").OrderExpr("username_key").Limit(20)
	if err := q.Where("username_key = ?", data.Fold(typed)).Scan(ctx); err != nil || len(all) > 0 || !strings.Contains(typed, "@") {
		return all, err
	}
	if err := tx.NewSelect().Model(&all).Where("email_key = ?", data.Key(typed)).Where("email <> ''").
		Where("locked_at IS NULL").OrderExpr("username_key").Limit(20).Scan(ctx); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(one User) bool { return lower(one.Email) != lower(typed) }), nil
}

// lower is an address as mail servers compare it. Only ASCII letters are: addresses that merely read alike belong to
// different people.
func lower(address string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, address)
}
