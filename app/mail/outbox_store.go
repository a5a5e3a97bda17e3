package mail

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// Filter is the query string of the outbox's list.
type Filter struct {
	data.List
	State string `query:"state"` // empty for all
}

var sorts = data.Sorts{
	"": "created_at DESC", "created": "created_at", "recipient": "recipient", "subject": "subject", "kind": "kind",
	"state": "state", "tries": "tries", "next": "next_at",
}

// List is a page of the outbox. The mails' texts are left out.
func (o *Outbox) List(ctx context.Context, f Filter) (data.Rows[Row], error) {
	q := o.db.Read.NewSelect().Model((*Row)(nil)).ExcludeColumn("body")
	if f.State != "" {
		q = q.Where("state = ?", f.State)
	}
	if f.Text != "" {
		like := data.Like(f.Text)
		q = q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("recipient LIKE ? ESCAPE '!'", like).WhereOr("subject LIKE ? ESCAPE '!'", like)
		})
	}
	rows, err := data.Scan[Row](ctx, q, f.List, sorts.Order(f.List, "id DESC"))
	if err != nil {
		return rows, fmt.Errorf("list the outbox: %w", err)
	}
	return rows, nil
}

// Counts are the numbers of mails by state.
func (o *Outbox) Counts(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		State string
		N     int
	}
	err := o.db.Read.NewSelect().Table("mails").Column("state").ColumnExpr("COUNT(*) AS n").Group("state").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count the outbox: %w", err)
	}
	all := map[string]int{}
	for _, r := range rows {
		all[r.State] = r.N
	}
	return all, nil
}

// Get is the mail with that id, without its text.
// Errors: fault.NotFound.
func (o *Outbox) Get(ctx context.Context, id int64) (Row, error) {
	return get(ctx, o.db.Read.NewSelect(), id)
}

func get(ctx context.Context, q *bun.SelectQuery, id int64) (Row, error) {
	var rows []Row
	if err := q.Model(&rows).ExcludeColumn("body").Where("id = ?", id).Scan(ctx); err != nil {
		return Row{}, fmt.Errorf("look up mail %d: %w", id, err)
	}
	if len(rows) == 0 {
		return Row{}, fault.New(fault.NotFound, "There is no such mail.")
	}
	return rows[0], nil
}

// Recent counts the mails of a kind to an address since then.
func (o *Outbox) Recent(ctx context.Context, tx *data.Tx, to, kind string, since time.Time) (int, error) {
	n, err := tx.NewSelect().Table("mails").Where("recipient = ?", to).Where("kind = ?", kind).Where("created_at > ?", since).Count(ctx)
	return int(n), err
}

// change is the sentence of what somebody did with a mail. The recipient is no field of it: the log keeps longer than the outbox.
func change(r Row, what string) data.Change {
	return data.Change{
		Feature: "admin", Kind: "mail", ID: r.ID, What: what, Title: r.Subject, URL: "/admin/outbox",
		Fields: []data.Field{{Name: "state", Old: r.State}},
	}
}

// Retry sends a failed mail once more, or one that waits at once.
// Errors: fault.NotFound; fault.Conflict when it is being sent, through, or too late.
func (o *Outbox) Retry(ctx context.Context, id int64) (Row, error) {
	var row Row
	err := o.db.Write(ctx, func(tx *data.Tx) error {
		var err error
		if row, err = get(ctx, tx.Lock(tx.NewSelect()), id); err != nil {
			return err
		}
		if !row.Open() {
			return fault.New(fault.Conflict, "This mail is %s already.", row.State)
		}
		if row.ExpiresAt != nil && !row.ExpiresAt.After(tx.Now) {
			return fault.New(fault.Conflict, "The link in this mail works no more. Make another one instead.")
		}
		if _, err := again(tx, tx.NewUpdate().Table("mails").Where("id = ?", id)).Exec(ctx); err != nil {
			return fmt.Errorf("retry mail %d: %w", id, err)
		}
		tx.Changed(change(row, "sent the mail once more"))
		return nil
	})
	return row, err
}

// again makes mails due now.
func again(tx *data.Tx, q *bun.UpdateQuery) *bun.UpdateQuery {
	return q.Set("state = ?", Waiting).Set("tries = 0").Set("next_at = ?", tx.Now)
}

// RetryFailed sends all failed mails once more that are not too late, and returns how many there are.
func (o *Outbox) RetryFailed(ctx context.Context) (int, error) {
	var n int64
	err := o.db.Write(ctx, func(tx *data.Tx) error {
		res, err := again(tx, tx.NewUpdate().Table("mails")).Where("state = ?", Failed).
			WhereGroup(" AND ", func(q *bun.UpdateQuery) *bun.UpdateQuery {
				return q.Where("expires_at IS NULL").WhereOr("expires_at > ?", tx.Now)
			}).Exec(ctx)
		if err != nil {
			return fmt.Errorf("retry failed mails: %w", err)
		}
		if n, err = res.RowsAffected(); err != nil {
			return err
		}
		if n == 0 {
			tx.Unchanged()
			return nil
		}
		tx.Changed(data.Change{Feature: "admin", Kind: "mail", What: "sent all failed mails once more", Title: fmt.Sprintf("mails: %d", n), URL: "/admin/outbox"})
		return nil
	})
	return int(n), err
}

// Discard keeps a mail from being sent.
// Errors: fault.NotFound; fault.Conflict when it is being sent or through.
func (o *Outbox) Discard(ctx context.Context, id int64) (Row, error) {
	var row Row
	err := o.db.Write(ctx, func(tx *data.Tx) error {
		var err error
		if row, err = get(ctx, tx.Lock(tx.NewSelect()), id); err != nil {
			return err
		}
		if !row.Open() {
			return fault.New(fault.Conflict, "This mail is %s already.", row.State)
		}
		q := tx.NewUpdate().Table("mails").Set("state = ?", Discarded).Where("id = ?", id)
		if row.Secret {
			q = q.Set("body = ''")
		}
		if _, err := q.Exec(ctx); err != nil {
			return fmt.Errorf("discard mail %d: %w", id, err)
		}
		tx.Changed(change(row, "discarded the mail"))
		return nil
	})
	return row, err
}

// Test keeps a mail by which somebody sees that mail works, and returns its id.
// Errors: fault.Conflict when there is no mail server; fault.Invalid at the field address.
func (o *Outbox) Test(ctx context.Context, to string) (int64, error) {
	if !o.Known() {
		return 0, fault.New(fault.Conflict, "Mail is not set up on this portal; PORTAL_SMTP_URL names the mail server.")
	}
	var row Row
	err := o.db.Write(ctx, func(tx *data.Tx) error {
		m := Mail{
			Event: "test|" + tx.Now.Format(time.RFC3339Nano) + "|" + to, Kind: "test", To: to, Subject: "A test of the portal's mail",
			Body: Body{{Text: "Mail from the portal reaches you. Somebody asked for this test on the page of the outbox or by the command portal mail test.", Path: "/"}},
		}
		if err := m.check(); err != nil {
			return fault.Field("address", "“%s” is not an e-mail address.", data.Shorten(to, 100))
		}
		if err := o.Queue(ctx, tx, m); err != nil {
			return err
		}
		if err := tx.NewSelect().Model(&row).ExcludeColumn("body").Where("event = ?", m.Event).Scan(ctx); err != nil {
			return fmt.Errorf("look up the test mail: %w", err)
		}
		tx.Changed(data.Change{Feature: "admin", Kind: "mail", ID: row.ID, What: "asked for a test mail", Title: to, URL: "/admin/outbox"})
		return nil
	})
	return row.ID, err
}
