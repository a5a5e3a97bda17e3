package audit

import (
	"context"
	"fmt"
	"time"

	"portal/app/fault"
)

// Verdict is what verifying found.
type Verdict struct {
	OK      bool      `json:"ok"`
	Lines   int64     `json:"lines"`             // that were recomputed
	Removed int64     `json:"removed"`           // by retention, before the first of them
	Rekeyed int64     `json:"rekeyed,omitempty"` // number of the last line that was sealed under an earlier secret key, and verified when it was changed
	Head    string    `json:"head"`              // the last line's hash
	Wrong   string    `json:"wrong,omitempty"`   // changed, missing, added, head or key
	LineID  int64     `json:"line_id,omitempty"` // the first line that is wrong, or next to what is missing
	At      time.Time `json:"at,omitzero"`       // when that line was written
	Said    string    `json:"said"`              // all of this in a sentence
}

// What can be wrong with the log.
const (
	Changed = "changed"
	Missing = "missing"
	Added   = "added"
	Head    = "head"
	Key     = "key"
)

// readBatch is how many lines are in memory at a time.
const readBatch = 2000

// Verify seals what waits and recomputes the whole chain. step, which may be nil, hears how many lines are done of how many.
// It reads only, so people go on working; an error means that the log could not be read, not that it is wrong.
func (l *Log) Verify(ctx context.Context, step func(done, all int64)) (Verdict, error) {
	if step == nil {
		step = func(int64, int64) {}
	}
	if _, err := l.SealAll(ctx); err != nil && !fault.Is(err, fault.Conflict) { // the verdict will say what is the matter
		return Verdict{}, err
	}
	for {
		v, again, err := l.verify(ctx, step)
		if err != nil || !again {
			return v, err
		}
	}
}

// verify is one pass; again says that retention has removed lines under it.
func (l *Log) verify(ctx context.Context, step func(done, all int64)) (v Verdict, again bool, err error) {
	h, err := l.head(ctx, l.db.Read.NewSelect())
	if err != nil {
		return v, false, err
	}
	if v, ok, err := l.checkHead(ctx, h); err != nil || !ok {
		return v, false, err
	}
	v, err = l.walk(ctx, h, step)
	if err != nil {
		return v, false, err
	}
	now, err := l.head(ctx, l.db.Read.NewSelect())
	if err != nil {
		return v, false, err
	}
	if now.Removed != h.Removed && l.keys.genuine(now) {
		return v, true, nil
	}
	if !v.OK {
		return v, false, nil
	}
	return l.strays(ctx, v)
}

// checkHead looks whether the head is one that this portal wrote.
func (l *Log) checkHead(ctx context.Context, h head) (Verdict, bool, error) {
	if h.ID == 0 {
		n, err := l.db.Read.NewSelect().Table("audit_lines").Where("seal IS NOT NULL").Count(ctx)
		if err != nil || n == 0 {
			return Verdict{OK: true, Said: "The audit log is empty."}, err == nil && n > 0, err
		}
		return Verdict{Wrong: Head, Said: "The head of the chain is missing, though lines are sealed: somebody removed it."}, false, nil
	}
	if h.KeyID != l.keys.id {
		return Verdict{Wrong: Key, Said: "The audit log was sealed under another secret key, so this portal can't check it. Set PORTAL_SECRET_KEY as it was, or begin a new chain with “portal audit restart”."}, false, nil
	}
	if !l.keys.genuine(h) {
		return Verdict{Wrong: Head, Said: "The head of the chain was changed by somebody."}, false, nil
	}
	return Verdict{}, true, nil
}

// walk recomputes the chain from the anchor to the head.
func (l *Log) walk(ctx context.Context, h head, step func(done, all int64)) (Verdict, error) {
	v := Verdict{Removed: h.Removed, Head: h.Anchor}
	at, all := h.Removed, h.Sealed-h.Removed
	var last Line
	for at < h.Sealed {
		var lines []Line
		err := l.db.Read.NewSelect().Model(&lines).Where("seal > ?", at).Where("seal <= ?", h.Sealed).OrderExpr("seal").Limit(readBatch).Scan(ctx)
		if err != nil {
			return v, fmt.Errorf("read the audit log after number %d: %w", at, err)
		}
		if len(lines) == 0 {
			return v.missing(h.Sealed-at, last, "the last ones"), nil
		}
		for _, one := range lines {
			if *one.Seal != at+1 {
				return v.missing(*one.Seal-at-1, one, "just before this one"), nil
			}
			at++
			hash, ok := l.keys.follows(v.Head, at, one)
			if !ok {
				v.Wrong, v.LineID, v.At = Changed, one.ID, one.CreatedAt
				v.Said = fmt.Sprintf("Line %d, written %s (“%s”), was changed after it was sealed, or another stands in its place.", one.ID, moment(one.CreatedAt), one.Action)
				return v, nil
			}
			v.Head, last = hash, one
			v.Lines++
		}
		step(v.Lines, all)
	}
	if v.Head != h.Hash {
		v.Wrong, v.Said = Head, "The head of the chain does not fit the last line."
		return v, nil
	}
	v.OK = true
	v.Said = fmt.Sprintf("All %d sealed lines are as they were written. The last one's hash is %s.", v.Lines, v.Head)
	if v.Lines == 0 {
		v.Said = "The log holds no sealed line; new lines are sealed within seconds."
	}
	if h.RekeyedAt != nil && h.Rekeyed > h.Removed {
		v.Rekeyed = h.Rekeyed
		v.Said += fmt.Sprintf(" Lines up to number %d were sealed under an earlier secret key, and verified when it was changed, %s; from then on all are verified under the present one.",
			h.Rekeyed, moment(*h.RekeyedAt))
	}
	return v, nil
}

// missing is the verdict when some lines are gone next to one that is there.
func (v Verdict) missing(many int64, near Line, where string) Verdict {
	v.Wrong, v.LineID, v.At = Missing, near.ID, near.CreatedAt
	lines := "1 line is"
	if many != 1 {
		lines = fmt.Sprintf("%d lines are", many)
	}
	v.Said = fmt.Sprintf("%s missing, %s: somebody removed what stood next to line %d, written %s.", lines, where, near.ID, moment(near.CreatedAt))
	if near.ID == 0 {
		v.Said = lines + " missing: somebody removed all there were."
	}
	return v
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// strays finds sealed lines outside the chain. One statement, so that what is sealed meanwhile is none.
func (l *Log) strays(ctx context.Context, v Verdict) (Verdict, bool, error) {
	var rows []Line
	err := l.db.Read.NewSelect().Model(&rows).Where("seal > (SELECT sealed FROM audit_heads WHERE id = 1)").OrderExpr("seal").Limit(1).Scan(ctx)
	if err == nil && len(rows) == 0 {
		err = l.db.Read.NewSelect().Model(&rows).Where("seal <= (SELECT removed FROM audit_heads WHERE id = 1)").OrderExpr("seal").Limit(1).Scan(ctx)
	}
	if err != nil || len(rows) == 0 {
		return v, false, err
	}
	v.OK, v.Wrong, v.LineID, v.At = false, Added, rows[0].ID, rows[0].CreatedAt
	v.Said = fmt.Sprintf("Line %d, dated %s, was added by somebody: it has a seal that the chain does not know.", rows[0].ID, moment(rows[0].CreatedAt))
	return v, false, nil
}
