package data

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/uptrace/bun"

	"portal/app/fault"
)

// Change is the one sentence a write says about itself. History, activity, audit, caches and live pages are kept from it.
type Change struct {
	Feature string   // "projects"
	Kind    string   // "task"
	ID      int64    // the row
	Parent  int64    // the row it belongs to, 0 for none: a task's project
	Version int64    // the row's version after the change, 0 for rows without one
	What    string   // past tense, for the log: "moved from Open to Done"
	Title   string   // what the thing is called
	URL     string   // where the thing is seen
	Fields  []Field  // what changed from what to what
	Stale   []string // cache keys that no longer hold
	Live    []string // topics of pages that show it: "projects", "projects.project:12"
	Guard   string   // topic that one must be allowed to hear, to hear of this change at all; empty for each one's own
	Quiet   bool     // it stands in no history, activity or audit: only caches and open pages hear of it
}

// Field is one field's change; texts as a person reads them.
type Field struct {
	Name string `json:"field"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// Tx is a transaction with a fixed now and a list of what it changed.
type Tx struct {
	bun.Tx
	Now   time.Time // UTC, to the microsecond
	MySQL bool

	changes  []Change
	quiet    bool
	gathered []*gathering
}

// gathering is what a transaction does at its end with all that it gathered under one key.
type gathering struct {
	key   string
	items []any
	do    func(context.Context, *Tx, []any) error
}

// Gather keeps items until the write has done all else; do is then called once with all that were gathered under the
// key, still in the transaction. So five hundred rows of one act are told of once.
func (t *Tx) Gather(key string, do func(context.Context, *Tx, []any) error, items ...any) {
	for _, g := range t.gathered {
		if g.key == key {
			g.items = append(g.items, items...)
			return
		}
	}
	t.gathered = append(t.gathered, &gathering{key, items, do})
}

// hooks are the consequences of every write, set once by the app.
type hooks struct {
	within func(context.Context, *Tx, []Change) error // in the transaction; may still fail the write
	after  func(context.Context, []Change)            // once committed; nothing there may fail
}

// OnChange sets the consequences of every write: within the transaction, and after its commit.
func (d *DB) OnChange(within func(context.Context, *Tx, []Change) error, after func(context.Context, []Change)) {
	d.hooks = hooks{within, after}
}

// Changed says what the transaction did; Write refuses to commit one that says nothing.
func (t *Tx) Changed(c ...Change) { t.changes = append(t.changes, c...) }

// Ends adds cache keys that no longer hold to the change that was said last: what follows from it ends them with it.
func (t *Tx) Ends(keys ...string) {
	if n := len(t.changes); n > 0 {
		t.changes[n-1].Stale = append(t.changes[n-1].Stale, keys...)
	}
}

// Try runs fn as a part that may fail by itself: what it wrote and said is then taken back, and the rest goes on.
// Errors: those of fn. One by which the database has given up the whole transaction must end it.
func (t *Tx) Try(ctx context.Context, fn func() error) error {
	said := len(t.changes)
	if _, err := t.ExecContext(ctx, "SAVEPOINT part"); err != nil {
		return fmt.Errorf("begin a part: %w", err)
	}
	err := fn()
	if err == nil {
		_, err = t.ExecContext(ctx, "RELEASE SAVEPOINT part")
		return err
	}
	if lost(err) {
		return err
	}
	t.changes = t.changes[:said]
	if _, back := t.ExecContext(ctx, "ROLLBACK TO SAVEPOINT part"); back != nil {
		return errors.Join(err, fmt.Errorf("take back a part: %w", back))
	}
	return err
}

// Unchanged says that there was nothing to do, or nothing anybody needs to know of.
func (t *Tx) Unchanged() { t.quiet = true }

// errSilent is a programming mistake: a write without its sentence.
var errSilent = errors.New("data: a write said no Change")

// tries is how often a transaction that lost to another one is run.
const tries = 4

// Write runs fn in one transaction, then keeps history, logs and caches true. It must not be nested.
// fn may be run again when the database chose another transaction before it, so it must begin anew each time.
// It rolls back when fn or the keeping fails.
func (d *DB) Write(ctx context.Context, fn func(*Tx) error) error {
	var err error
	for range tries {
		var changes []Change
		changes, err = d.once(ctx, fn)
		if err == nil {
			if d.hooks.after != nil && len(changes) > 0 {
				d.hooks.after(context.WithoutCancel(ctx), changes)
			}
			return nil
		}
		if !lost(err) {
			return err
		}
	}
	return fault.New(fault.Away, "The database is too busy. Please try again in a moment.").Because(err)
}

func (d *DB) once(ctx context.Context, fn func(*Tx) error) ([]Change, error) {
	if d.turns != nil { // the pool gives its one connection to any of those who wait: some would wait for seconds
		select {
		case d.turns <- struct{}{}:
			defer func() { <-d.turns }()
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for other writes: %w", ctx.Err())
		}
	}
	inner, err := d.write.BeginTx(ctx, &sql.TxOptions{})
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = inner.Rollback() }() // after a commit it does nothing
	tx := &Tx{Tx: inner, Now: d.Now(), MySQL: d.MySQL}
	if err := fn(tx); err != nil {
		return nil, err
	}
	for _, g := range tx.gathered {
		if err := g.do(ctx, tx, g.items); err != nil {
			return nil, err
		}
	}
	if len(tx.changes) == 0 && !tx.quiet {
		return nil, errSilent
	}
	if d.hooks.within != nil && len(tx.changes) > 0 {
		if err := d.hooks.within(ctx, tx, tx.changes); err != nil {
			return nil, err
		}
	}
	if err := inner.Commit(); err != nil {
		return nil, fmt.Errorf("commit: %w", unanswered(err))
	}
	return tx.changes, nil
}

// Lost transactions, safe to run again. https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
const (
	errLockWait = 1205
	errDeadlock = 1213
)

func lost(err error) bool {
	var me *mysql.MySQLError
	return errors.As(err, &me) && (me.Number == errDeadlock || me.Number == errLockWait)
}

// errDuplicate is MySQL's number for a broken unique key.
const errDuplicate = 1062

// Duplicate reports whether err is a broken unique key, on either database.
func Duplicate(err error) bool {
	var me *mysql.MySQLError
	if errors.As(err, &me) {
		return me.Number == errDuplicate
	}
	var coded interface{ Code() int }
	return errors.As(err, &coded) && (coded.Code() == 2067 || coded.Code() == 1555) // SQLITE_CONSTRAINT_UNIQUE, _PRIMARYKEY
}

// UpdateIf writes the columns of row, whose primary key is set, if the stored row is still at version was.
// It reports whether it was. The row itself must carry the new version.
func (t *Tx) UpdateIf(ctx context.Context, row any, was int64, columns ...string) (bool, error) {
	res, err := t.NewUpdate().Model(row).Column(columns...).WherePK().Where("version = ?", was).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Lock reads-for-writing: on MySQL the query's rows are locked until the commit, on SQLite the whole write already is.
func (t *Tx) Lock(q *bun.SelectQuery) *bun.SelectQuery {
	if t.MySQL {
		return q.For("UPDATE")
	}
	return q
}

// Upsert makes an insert that overwrites columns of the row that has the same key.
func (t *Tx) Upsert(q *bun.InsertQuery, key string, columns ...string) *bun.InsertQuery {
	return upsert(q, t.MySQL, key, columns)
}

func upsert(q *bun.InsertQuery, onMySQL bool, key string, columns []string) *bun.InsertQuery {
	if onMySQL {
		q = q.On("DUPLICATE KEY UPDATE")
		for _, c := range columns {
			q = q.Set("? = VALUES(?)", bun.Ident(c), bun.Ident(c))
		}
		return q
	}
	q = q.On("CONFLICT (" + key + ") DO UPDATE")
	for _, c := range columns {
		q = q.Set("? = EXCLUDED.?", bun.Ident(c), bun.Ident(c))
	}
	return q
}
