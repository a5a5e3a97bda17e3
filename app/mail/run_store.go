package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portal/app/data"

	"github.com/uptrace/bun"
)

// waits are the pauses after a mail was not taken for now; after the last one it has failed. Together about two days.
var waits = []time.Duration{
	time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 12 * time.Hour, 12 * time.Hour,
}

// How much one run of the job sends, and for how long: other jobs of this process wait for it.
const (
	runMost = 50
	runTime = time.Minute
)

// saidMost is how much is kept of why a mail was not taken, in characters.
const saidMost = 500

// keptFor is how long mails that are through stay in the list.
const keptFor = 90 * 24 * time.Hour

// Run sends what is due. It stops early when the server, and not one mail, is the trouble.
func (o *Outbox) Run(ctx context.Context) error {
	if err := o.expire(ctx); err != nil {
		return err
	}
	if !o.Known() {
		return nil
	}
	ids, err := o.due(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	for _, id := range ids {
		if ctx.Err() != nil {
			return nil // the rest is due at the next run
		}
		err := o.Send(ctx, id)
		var f *failure
		switch {
		case errors.As(err, &f) && f.server:
			return nil // the row says why
		case err != nil && f == nil:
			return err
		}
	}
	return nil
}

// Ready reports whether Run has something to do: a mail to send, or one whose link has ended.
func (o *Outbox) Ready(ctx context.Context) (bool, error) {
	now := o.db.Now()
	q := o.db.Read.NewSelect().Table("mails").Where("state IN (?)", bun.In([]string{Waiting, Failed})).Where("expires_at <= ?", now).Where("body <> ''")
	if o.Known() {
		q = q.WhereGroup(" OR ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("state IN (?)", bun.In([]string{Waiting, Sending})).Where("next_at <= ?", now)
		})
	}
	n, err := q.Count(ctx)
	return n > 0, err
}

// due are the mails to be sent now, the longest due first.
func (o *Outbox) due(ctx context.Context) ([]int64, error) {
	var ids []int64
	err := o.db.Read.NewSelect().Table("mails").Column("id").Where("state IN (?)", bun.In([]string{Waiting, Sending})).
		Where("next_at <= ?", o.db.Now()).OrderExpr("next_at, id").Limit(runMost).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("look up mails that are due: %w", err)
	}
	return ids, nil
}

// Send hands one mail over now, if it is due and no other process does so.
// Errors: a sentence why the server did not take it, which the row keeps too.
func (o *Outbox) Send(ctx context.Context, id int64) error {
	row, ours, err := o.take(ctx, id)
	if err != nil || !ours {
		return err
	}
	if row.ExpiresAt != nil && !row.ExpiresAt.After(o.db.Now()) { // the process that took it before did not come to an end
		return o.end(ctx, row, Failed, tooLate)
	}
	why, err := o.against(ctx, row)
	switch {
	case err != nil:
		return err
	case why != "":
		return o.end(ctx, row, Discarded, why)
	}
	err = o.hand(ctx, row)
	if err == nil {
		return o.end(ctx, row, Sent, "")
	}
	var f *failure
	if !errors.As(err, &f) {
		f = &failure{said: oneLine(err.Error()), server: true}
	}
	if f.lasting || int(row.Tries) > len(waits) {
		return errors.Join(f, o.end(ctx, row, Failed, f.said))
	}
	return errors.Join(f, o.later(ctx, row, f.said))
}

// against is why the person gets the mail no more, as their account and their rights are now; empty when they do.
func (o *Outbox) against(ctx context.Context, row Row) (string, error) {
	if row.UserID == nil {
		return "", nil
	}
	locked, err := o.db.Read.NewSelect().Table("users").Where("id = ?", *row.UserID).Where("locked_at IS NOT NULL").Count(ctx)
	if err != nil {
		return "", fmt.Errorf("look up the recipient of mail %d: %w", row.ID, err)
	}
	if locked > 0 {
		return "The account is locked, so it gets no mail.", nil
	}
	if row.Guard == "" || o.heard == nil {
		return "", nil
	}
	may, err := o.heard(ctx, *row.UserID, row.Guard)
	if err != nil {
		return "", fmt.Errorf("look up what the recipient of mail %d may see: %w", row.ID, err)
	}
	if !may {
		return "The person may no longer see what it is about.", nil
	}
	return "", nil
}

// lease is how long no other process touches a mail that one is sending.
func (o *Outbox) lease() time.Duration { return 2*o.timeout + time.Minute }

// take marks the mail as being sent by us.
func (o *Outbox) take(ctx context.Context, id int64) (row Row, ours bool, err error) {
	now := o.db.Now()
	res, err := o.db.Writer().NewUpdate().Table("mails").Set("state = ?", Sending).Set("tries = tries + 1").
		Set("next_at = ?", now.Add(o.lease())).Where("id = ?", id).
		Where("state IN (?)", bun.In([]string{Waiting, Sending})).Where("next_at <= ?", now).Exec(ctx)
	if err != nil {
		return row, false, fmt.Errorf("take mail %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return row, false, err
	}
	err = o.db.Writer().NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	return row, err == nil, err
}

// mine is an update of the mail while it is still ours: who took it over after the lease has another number of tries.
func (o *Outbox) mine(row Row) *bun.UpdateQuery {
	return o.db.Writer().NewUpdate().Table("mails").Where("id = ?", row.ID).Where("state = ?", Sending).Where("tries = ?", row.Tries)
}

// end keeps what became of the mail. The run's own end does not keep it from being kept.
func (o *Outbox) end(ctx context.Context, row Row, state, said string) error {
	now := o.db.Now()
	q := o.mine(row).Set("state = ?", state).Set("error = ?", data.Shorten(said, saidMost)).Set("next_at = ?", now)
	if state == Sent {
		q = q.Set("sent_at = ?", now)
	}
	if row.Secret && state != Failed { // a failed one may be sent once more, until it is too late
		q = q.Set("body = ''")
	}
	_, err := q.Exec(context.WithoutCancel(ctx))
	return err
}

// later lets the mail wait for the next try.
func (o *Outbox) later(ctx context.Context, row Row, said string) error {
	wait := waits[min(max(int(row.Tries)-1, 0), len(waits)-1)]
	_, err := o.mine(row).Set("state = ?", Waiting).Set("error = ?", data.Shorten(said, saidMost)).
		Set("next_at = ?", o.db.Now().Add(wait)).Exec(context.WithoutCancel(ctx))
	return err
}

// expire ends mails that are too late, empties secret ones, and removes what has been through for long.
// It looks first: nothing is written while there is nothing to do.
func (o *Outbox) expire(ctx context.Context) error {
	now := o.db.Now()
	late := func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("expires_at <= ?", now) }
	open := bun.In([]string{Waiting, Failed})
	n, err := o.db.Read.NewSelect().Table("mails").Apply(late).Where("state IN (?)", open).Where("body <> ''").Count(ctx)
	if err != nil {
		return fmt.Errorf("look up mails that are too late: %w", err)
	}
	if n > 0 {
		_, err := o.db.Writer().NewUpdate().Table("mails").Set("error = CASE WHEN error = '' THEN ? ELSE error END", tooLate).
			Set("state = ?", Failed).Set("body = ''").Where("expires_at <= ?", now).Where("state IN (?)", open).Exec(ctx)
		if err != nil {
			return fmt.Errorf("end mails that are too late: %w", err)
		}
	}
	old, err := o.db.Read.NewSelect().Table("mails").Where("state IN (?)", bun.In([]string{Sent, Failed, Discarded})).
		Where("next_at < ?", now.Add(-keptFor)).Count(ctx)
	if err != nil || old == 0 {
		return err
	}
	_, err = o.db.Writer().NewDelete().Table("mails").Where("state IN (?)", bun.In([]string{Sent, Failed, Discarded})).
		Where("next_at < ?", now.Add(-keptFor)).Exec(ctx)
	return err
}

// tooLate is what the list says of a mail whose link had ended before it could be sent.
const tooLate = "It could not be sent before its link ended."
