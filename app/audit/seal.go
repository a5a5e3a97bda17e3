package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// Log is the audit log of one database.
type Log struct {
	db   *data.DB
	keys keys
}

// New makes the log, sealed under keys that are derived from the portal's secret key.
func New(db *data.DB, secret string) (*Log, error) {
	k, err := makeKeys(secret)
	return &Log{db, k}, err
}

// How many lines are sealed in one transaction, and how old a line should be on MySQL: numbers become visible there
// out of order, and lines are best sealed in the order of their numbers. A line that comes late still gets the next seal.
const (
	sealBatch = 2000
	sealAfter = 5 * time.Second
)

// errKey means that the chain was begun under another secret key.
func errKey() error {
	return fault.New(fault.Conflict, "The audit log is sealed under another secret key. Set PORTAL_SECRET_KEY as it was, or begin a new chain with “portal audit restart”.")
}

// errHead means that somebody has touched the head.
func errHead() error {
	return fault.New(fault.Conflict, "The head of the audit log's chain was changed by somebody, so nothing more is sealed. Run “portal audit verify”.")
}

// Waiting reports whether there are lines to be sealed by Seal now.
func (l *Log) Waiting(ctx context.Context) (bool, error) {
	var ids []int64
	err := l.unsealed(l.db.Read.NewSelect().Table("audit_lines").Column("id"), l.delay()).Limit(1).Scan(ctx, &ids)
	return len(ids) > 0, err
}

func (l *Log) delay() time.Duration {
	if l.db.MySQL {
		return sealAfter
	}
	return 0
}

func (l *Log) unsealed(q *bun.SelectQuery, age time.Duration) *bun.SelectQuery {
	q = q.Where("seal IS NULL")
	if age > 0 {
		q = q.Where("created_at <= ?", l.db.Now().Add(-age))
	}
	return q
}

// Seal seals the lines that wait, and returns how many they were.
// Errors: fault.Conflict when the chain is another key's, or its head was touched.
func (l *Log) Seal(ctx context.Context) (int, error) { return l.seal(ctx, l.delay()) }

// SealAll is Seal for all lines that can be seen, however young.
func (l *Log) SealAll(ctx context.Context) (int, error) { return l.seal(ctx, 0) }

func (l *Log) seal(ctx context.Context, age time.Duration) (int, error) {
	all := 0
	for {
		var n int
		err := l.db.Write(ctx, func(tx *data.Tx) error {
			tx.Unchanged() // a seal is no change of what it seals
			var err error
			n, err = l.sealSome(ctx, tx, age)
			return err
		})
		if err != nil {
			return all, fmt.Errorf("seal the audit log: %w", err)
		}
		all += n
		if n < sealBatch {
			return all, nil
		}
	}
}

// sealSome seals one batch. The head's lock lets one process at a time in.
func (l *Log) sealSome(ctx context.Context, tx *data.Tx, age time.Duration) (int, error) {
	h, err := l.hold(ctx, tx)
	if err != nil {
		return 0, err
	}
	var lines []Line
	if err := l.unsealed(tx.NewSelect().Model(&lines), age).OrderExpr("id").Limit(sealBatch).Scan(ctx); err != nil {
		return 0, err
	}
	if len(lines) == 0 {
		return 0, nil
	}
	for i := range lines {
		h.Sealed++
		h.Hash = l.keys.hash(h.Hash, h.Sealed, lines[i])
		seal, hash := h.Sealed, h.Hash
		lines[i].Seal, lines[i].Hash = &seal, &hash
	}
	if err := errors.Join(putSeals(ctx, tx, lines), keepWords(ctx, tx, lines)); err != nil {
		return 0, err
	}
	return len(lines), l.keep(ctx, tx, h)
}

// hold reads the head for a write, and makes the first one.
func (l *Log) hold(ctx context.Context, tx *data.Tx) (head, error) {
	h, err := l.head(ctx, tx.Lock(tx.NewSelect()))
	switch {
	case err != nil:
		return h, err
	case h.ID == 0:
		if n, err := tx.NewSelect().Table("audit_lines").Where("seal IS NOT NULL").Count(ctx); err != nil || n > 0 {
			return h, errors.Join(err, errHead())
		}
		h = head{ID: 1, KeyID: l.keys.id, UpdatedAt: tx.Now}
		h.Mac = l.keys.sign(h)
		_, err = tx.NewInsert().Model(&h).Exec(ctx)
		return h, err
	case h.KeyID != l.keys.id:
		return h, errKey()
	case !l.keys.genuine(h):
		return h, errHead()
	}
	return h, nil
}

// head is the chain's head; the zero head when nothing was ever sealed.
func (l *Log) head(ctx context.Context, q *bun.SelectQuery) (head, error) {
	var h head
	err := q.Model(&h).Where("id = 1").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return head{}, nil
	}
	return h, err
}

func (l *Log) keep(ctx context.Context, tx *data.Tx, h head) error {
	h.Mac, h.UpdatedAt = l.keys.sign(h), tx.Now
	_, err := tx.NewUpdate().Model(&h).Column("key_id", "removed", "anchor", "sealed", "hash", "rekeyed", "rekeyed_at", "mac", "updated_at").WherePK().Exec(ctx)
	return err
}

// mysqlRows is how many rows one statement changes on MySQL, where each statement is a round trip.
const mysqlRows = 500

// putSeals writes seal and hash of the lines.
func putSeals(ctx context.Context, tx *data.Tx, lines []Line) error {
	if !tx.MySQL {
		return putOneByOne(ctx, tx, lines)
	}
	for len(lines) > 0 {
		some := lines[:min(mysqlRows, len(lines))]
		lines = lines[len(some):]
		var b strings.Builder
		args := make([]any, 0, 3*len(some))
		for i, l := range some {
			if i == 0 {
				b.WriteString("SELECT ? AS id, ? AS seal, ? AS hash")
			} else {
				b.WriteString(" UNION ALL SELECT ?, ?, ?")
			}
			args = append(args, l.ID, *l.Seal, *l.Hash)
		}
		_, err := tx.ExecContext(ctx, "UPDATE audit_lines AS l JOIN ("+b.String()+") AS s ON s.id = l.id SET l.seal = s.seal, l.hash = s.hash", args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// putOneByOne is for SQLite, where a statement costs no round trip.
func putOneByOne(ctx context.Context, tx *data.Tx, lines []Line) error {
	s, err := tx.PrepareContext(ctx, "UPDATE audit_lines SET seal = ?, hash = ? WHERE id = ?")
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }() // the transaction's end closes it too
	for _, l := range lines {
		if _, err := s.ExecContext(ctx, *l.Seal, *l.Hash, l.ID); err != nil {
			return err
		}
	}
	return nil
}

// Restart ends the chain and begins a new one under the present secret key: every line there is gets sealed anew.
// What was done to the lines before can then no longer be found out.
func (l *Log) Restart(ctx context.Context) error {
	err := l.db.Write(ctx, func(tx *data.Tx) error {
		old, err := l.head(ctx, tx.Lock(tx.NewSelect()))
		if err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Table("audit_lines").Set("seal = NULL").Set("hash = NULL").Where("seal IS NOT NULL").Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Table("audit_heads").Where("id = 1").Exec(ctx); err != nil {
			return err
		}
		tx.Changed(data.Change{
			Feature: "admin", Kind: "audit", ID: 1, What: "began a new chain of the audit log", Title: "Audit log", URL: "/admin/audit",
			Fields: []data.Field{{Name: "sealed lines", Old: fmt.Sprint(old.Sealed - old.Removed), New: "0"}, {Name: "head", Old: old.Hash}},
		})
		return nil
	})
	if err != nil {
		return fmt.Errorf("begin a new chain: %w", err)
	}
	_, err = l.SealAll(ctx)
	return err
}
