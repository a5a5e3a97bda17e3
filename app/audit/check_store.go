package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Check is a row of audit_checks: one time the log was verified.
type Check struct {
	bun.BaseModel `bun:"table:audit_checks"`
	ID            int64 `bun:",pk,autoincrement"`
	BeganAt       time.Time
	EndedAt       *time.Time // nil while it runs
	Who           string
	Done          int64 // lines looked at
	Total         int64 // lines there are to look at
	OK            bool
	Said          string // a whole sentence; empty while it runs
}

// How often a running check says how far it is, how many checks are kept, and after what time one that says
// nothing any more was ended with its process.
const (
	checkStep   = time.Second
	checksKept  = 50
	checkOldest = 15 * time.Minute
)

// Running reports whether the check goes on, at that moment.
func (c Check) Running(now time.Time) bool {
	return c.ID != 0 && c.EndedAt == nil && now.Sub(c.BeganAt) < checkOldest
}

// Percent is how far it is.
func (c Check) Percent() int {
	if c.Total == 0 {
		return 0
	}
	return int(100 * c.Done / c.Total)
}

// Check verifies the log and keeps the result, where the page of the audit log finds it. step, which may be nil, hears
// how many lines are done of how many.
// Errors: as Verify's.
func (l *Log) Check(ctx context.Context, who string, step func(done, all int64)) (Verdict, error) {
	c := Check{BeganAt: l.db.Now(), Who: who}
	if _, err := l.db.Writer().NewInsert().Model(&c).Exec(ctx); err != nil {
		return Verdict{}, fmt.Errorf("keep the check: %w", err)
	}
	said := time.Now()
	v, err := l.Verify(ctx, func(done, all int64) {
		if step != nil {
			step(done, all)
		}
		if time.Since(said) < checkStep {
			return
		}
		said = time.Now()
		_, _ = l.db.Writer().NewUpdate().Table("audit_checks").Set("done = ?", done).Set("total = ?", all).Where("id = ?", c.ID).Exec(ctx) // the next step tries again
	})
	ctx = context.WithoutCancel(ctx)
	now := l.db.Now()
	c.EndedAt, c.OK, c.Said, c.Done, c.Total = &now, v.OK, v.Said, v.Lines, v.Lines
	if err != nil {
		c.OK, c.Said = false, "The log could not be read to its end; the server's log says why."
	}
	if _, wrong := l.db.Writer().NewUpdate().Model(&c).WherePK().Exec(ctx); wrong != nil && err == nil {
		err = fmt.Errorf("keep the check's result: %w", wrong)
	}
	if _, wrong := l.db.Writer().NewDelete().Table("audit_checks").Where("id <= ?", c.ID-checksKept).Exec(ctx); wrong != nil && err == nil {
		err = fmt.Errorf("remove old checks: %w", wrong)
	}
	return v, err
}

// LastCheck is the latest check; the zero Check when there was none.
func (l *Log) LastCheck(ctx context.Context) (Check, error) {
	var rows []Check
	err := l.db.Read.NewSelect().Model(&rows).OrderExpr("id DESC").Limit(1).Scan(ctx)
	if err != nil || len(rows) == 0 {
		return Check{}, err
	}
	return rows[0], nil
}
