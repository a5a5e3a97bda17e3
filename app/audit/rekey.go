package audit

import (
	"context"

	"portal/app/data"
	"portal/app/fault"
)

// Rekey goes on with the log under the secret key of next: within the transaction it seals what waits, verifies every
// line under the present key, and seals each anew under the other one, so that what is touched later is found in old
// lines too. It returns how many lines those were, and 0 also when an earlier run has done it.
// Errors: fault.Conflict when the chain is a third key's, or does not hold: then nothing may be covered up.
func (l *Log) Rekey(ctx context.Context, tx *data.Tx, next *Log) (int64, error) {
	h, err := l.head(ctx, tx.Lock(tx.NewSelect()))
	if err != nil || h.ID != 0 && h.KeyID == next.keys.id && next.keys.genuine(h) {
		return 0, err
	}
	for n := sealBatch; n == sealBatch; {
		if n, err = l.sealSome(ctx, tx, 0); err != nil {
			return 0, err
		}
	}
	if h, err = l.head(ctx, tx.NewSelect()); err != nil {
		return 0, err
	}
	if err := l.noStrays(ctx, tx, h); err != nil {
		return 0, err
	}
	last, err := l.resealed(ctx, tx, next, h)
	if err != nil {
		return 0, err
	}
	h.KeyID, h.Hash, h.Rekeyed, h.RekeyedAt = next.keys.id, last, h.Sealed, &tx.Now
	return h.Sealed - h.Removed, next.keep(ctx, tx, h)
}

// resealed walks the chain from the anchor to the head, and returns the last line's hash under the other key.
func (l *Log) resealed(ctx context.Context, tx *data.Tx, next *Log, h head) (string, error) {
	was, will := h.Anchor, h.Anchor // what retention removed can't be sealed anew; its hash stands for itself
	for at := h.Removed; at < h.Sealed; {
		var lines []Line
		err := tx.NewSelect().Model(&lines).Where("seal > ?", at).Where("seal <= ?", h.Sealed).OrderExpr("seal").Limit(readBatch).Scan(ctx)
		if err != nil {
			return "", err
		}
		if len(lines) == 0 {
			return "", errBroken()
		}
		for i := range lines {
			at++
			var ok bool
			if was, ok = l.keys.follows(was, at, lines[i]); !ok {
				return "", errBroken()
			}
			will = next.keys.hash(will, at, lines[i])
			hash := will
			lines[i].Hash = &hash
		}
		if err := putSeals(ctx, tx, lines); err != nil {
			return "", err
		}
	}
	if was != h.Hash {
		return "", errBroken()
	}
	return will, nil
}

// noStrays refuses sealed lines outside the chain.
func (l *Log) noStrays(ctx context.Context, tx *data.Tx, h head) error {
	n, err := tx.NewSelect().Table("audit_lines").Where("seal > ? OR seal <= ?", h.Sealed, h.Removed).Count(ctx)
	if err == nil && n > 0 {
		err = errBroken()
	}
	return err
}

// errBroken means that the log does not hold under the key that is being changed.
func errBroken() error {
	return fault.New(fault.Conflict, "The audit log does not hold, so the key was not changed. “portal audit verify” names the line; “portal audit restart” begins a new chain, after which the key can be changed.")
}
