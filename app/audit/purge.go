package audit

import (
	"context"
	"fmt"
	"time"

	"portal/app/data"
	"portal/app/fault"
)

// purgeBatch is how many lines are removed in one transaction.
const purgeBatch = 2000

// Purge removes the oldest sealed lines that were written before the cutoff, and returns how many. The chain's anchor
// moves with them, so that what stays can still be verified.
// Errors: as Seal's.
func (l *Log) Purge(ctx context.Context, before time.Time) (int, error) {
	all := 0
	for {
		n := 0
		err := l.db.Write(ctx, func(tx *data.Tx) error {
			tx.Unchanged()
			var err error
			n, err = l.purgeSome(ctx, tx, before)
			return err
		})
		if err != nil {
			return all, fmt.Errorf("remove old audit lines: %w", err)
		}
		all += n
		if n < purgeBatch {
			break
		}
	}
	if all == 0 {
		return 0, nil
	}
	return all, l.db.Write(ctx, func(tx *data.Tx) error {
		tx.Changed(data.Change{
			Feature: "admin", Kind: "audit", ID: 1, What: fmt.Sprintf("removed %d old audit lines", all), Title: "Audit log", URL: "/admin/audit",
			Fields: []data.Field{{Name: "written before", New: moment(before)}},
		})
		return nil
	})
}

// errTouched means that retention met a line that is not as it was written.
func errTouched(one Line) error {
	return fault.New(fault.Conflict, "The audit log was changed by somebody at line %d, so no old lines are removed. Run “portal audit verify”.", one.ID)
}

func (l *Log) purgeSome(ctx context.Context, tx *data.Tx, before time.Time) (int, error) {
	h, err := l.hold(ctx, tx)
	if err != nil {
		return 0, err
	}
	var lines []Line
	err = tx.NewSelect().Model(&lines).Where("seal > ?", h.Removed).OrderExpr("seal").Limit(purgeBatch).Scan(ctx)
	if err != nil {
		return 0, err
	}
	from, n := h.Removed, 0
	for n < len(lines) && lines[n].CreatedAt.Before(before) {
		h.Removed++
		var ok bool
		if h.Anchor, ok = l.keys.follows(h.Anchor, h.Removed, lines[n]); !ok {
			return 0, errTouched(lines[n]) // the removal must not cover it up
		}
		n++
	}
	if n == 0 {
		return 0, nil
	}
	if _, err := tx.NewDelete().Table("audit_lines").Where("seal > ?", from).Where("seal <= ?", h.Removed).Exec(ctx); err != nil {
		return 0, err
	}
	return n, l.keep(ctx, tx, h)
}
