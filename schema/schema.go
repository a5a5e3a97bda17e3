// Package schema keeps the database's tables: the migrations of the core and of every feature, run in order.
package schema

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"syscall"
	"testing/fstest"
	"text/template"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

//go:embed migrations/*.sql
var core embed.FS

// Core is the folder of the core's own migrations.
func Core() fs.FS {
	sub, err := fs.Sub(core, "migrations")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}

// Database is what migrations run on.
type Database struct {
	Bun   *bun.DB
	MySQL bool
	Path  string // the SQLite file; its neighbour is the lock
}

// Runner runs the migrations of all folders, merged and sorted by their numbers.
type Runner struct {
	db   Database
	all  *migrate.Migrations
	migr *migrate.Migrator
	text fstest.MapFS // of all migrations, in the database's own words
}

// Status is one migration and when it ran; the zero time means that it has not.
type Status struct {
	Name  string    `json:"name"`
	Title string    `json:"title"`
	RanAt time.Time `json:"ran_at"`
}

// ErrNewer means that the database knows migrations which this binary does not.
var ErrNewer = errors.New("the database is newer than this portal")

// New reads the folders of *.up.sql and *.down.sql.
func New(db Database, folders ...fs.FS) (*Runner, error) {
	merged := fstest.MapFS{}
	for _, f := range folders {
		if err := render(db.MySQL, f, merged); err != nil {
			return nil, err
		}
	}
	found := migrate.NewMigrations()
	if err := found.Discover(merged); err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	r := &Runner{db: db, text: merged}
	r.all = r.stepwise(found)
	// Marked applied only on success: else one that failed would be skipped the next time.
	r.migr = migrate.NewMigrator(db.Bun, r.all, migrate.WithMarkAppliedOnSuccess(true),
		migrate.WithTableName("migrations"), migrate.WithLocksTableName("migration_locks"))
	return r, nil
}

// render fills the dialect's words into each file.
func render(mysql bool, from fs.FS, into fstest.MapFS) error {
	names, err := fs.Glob(from, "*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		raw, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		if into[name] != nil {
			return fmt.Errorf("migrations: two are named %s", name)
		}
		words := &Words{MySQL: mysql}
		t, err := template.New(name).Parse(string(raw))
		if err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
		var b bytes.Buffer
		if err := t.Execute(&b, words); err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
		b.WriteString(words.later.String())
		into[name] = &fstest.MapFile{Data: b.Bytes(), ModTime: time.Time{}}
	}
	return nil
}

// Words are what differs between the databases; a migration says {{.ID}}.
type Words struct {
	MySQL bool
	later strings.Builder
}

func (w *Words) pick(mysql, sqlite string) string {
	if w.MySQL {
		return mysql
	}
	return sqlite
}

// ID is the column definition of a primary key that counts up and is never used twice.
func (w *Words) ID() string {
	return w.pick("BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY", "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT")
}

// Time is the type of an instant, UTC to the microsecond.
func (w *Words) Time() string { return w.pick("DATETIME(6)", "TIMESTAMP") }

// Text is the type of long text, up to 16 MB.
func (w *Words) Text() string { return w.pick("MEDIUMTEXT", "TEXT") }

// Bytes is the type of binary data, up to 16 MB.
func (w *Words) Bytes() string { return w.pick("MEDIUMBLOB", "BLOB") }

// Bool is the type of yes and no.
func (w *Words) Bool() string { return w.pick("TINYINT(1)", "BOOLEAN") }

// Table ends a CREATE TABLE: texts compare by their bytes, as in SQLite.
func (w *Words) Table() string {
	return w.pick("ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin", "")
}

// Index adds an index to the CREATE TABLE it stands in, after the last column. MySQL takes it
// within the statement, which then fails or succeeds whole; SQLite takes it as one of its own.
func (w *Words) Index(name, table, columns string) string {
	if w.MySQL {
		return "\n  , INDEX " + name + " (" + columns + ")" // on a line of its own: the one before may end in a comment
	}
	fmt.Fprintf(&w.later, "\n--bun:split\nCREATE INDEX IF NOT EXISTS %s ON %s (%s);\n", name, table, columns)
	return ""
}

// Up runs what has not run yet and returns the names; one that was interrupted goes on where it was. Two processes
// never migrate at once.
func (r *Runner) Up(ctx context.Context) ([]string, error) {
	unlock, err := r.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := r.migr.Init(ctx); err != nil {
		return nil, fmt.Errorf("make the table of migrations: %w", err)
	}
	if err := r.newer(ctx); err != nil {
		return nil, err
	}
	if err := r.interrupted(ctx, "up"); err != nil {
		return nil, err
	}
	g, err := r.migr.Migrate(ctx)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return names(g), r.settle(ctx)
}

// Down takes back the last group that ran together and returns the names.
func (r *Runner) Down(ctx context.Context) ([]string, error) {
	unlock, err := r.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := r.migr.Init(ctx); err != nil {
		return nil, err
	}
	if err := r.interrupted(ctx, "down"); err != nil {
		return nil, err
	}
	g, err := r.migr.Rollback(ctx)
	if err != nil {
		return nil, fmt.Errorf("take back: %w", err)
	}
	return names(g), r.settle(ctx)
}

func names(g *migrate.MigrationGroup) []string {
	var all []string
	for _, m := range g.Migrations {
		all = append(all, m.Name+"_"+m.Comment)
	}
	return all
}

// Status lists every migration, oldest first.
// Errors: ErrNewer when the database knows one that this binary does not.
func (r *Runner) Status(ctx context.Context) ([]Status, error) {
	if err := r.migr.Init(ctx); err != nil {
		return nil, err
	}
	ms, err := r.migr.MigrationsWithStatus(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Status, 0, len(ms))
	for _, m := range ms {
		all = append(all, Status{m.Name, m.Comment, m.MigratedAt})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, r.newer(ctx)
}

// newer refuses a database that a later version has changed.
func (r *Runner) newer(ctx context.Context) error {
	known := map[string]bool{}
	for _, m := range r.all.Sorted() {
		known[m.Name] = true
	}
	ran, err := r.migr.AppliedMigrations(ctx)
	if err != nil {
		return err
	}
	for _, m := range ran {
		if !known[m.Name] {
			return fmt.Errorf("%w: it holds migration %s; start the newer portal, or restore the backup made before it", ErrNewer, m.Name)
		}
	}
	return nil
}

// Pending reports how many migrations have not run.
func (r *Runner) Pending(ctx context.Context) (int, error) {
	ms, err := r.migr.MigrationsWithStatus(ctx)
	if err != nil {
		return 0, err
	}
	return len(ms.Unapplied()), nil
}

// lockWait is how long a second process waits for the first one's migrations.
const lockWait = 60 * time.Second

// lock keeps others from migrating. The lock is the database's or the kernel's own, so a crash leaves none behind.
func (r *Runner) lock(ctx context.Context) (func(), error) {
	if r.db.MySQL {
		return r.lockMySQL(ctx)
	}
	if r.db.Path == "" {
		return func() {}, nil
	}
	name := path.Join(path.Dir(r.db.Path), "."+path.Base(r.db.Path)+".migrate")
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("migrate: the lock file %s can't be made: %w", name, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("migrate: lock %s: %w", name, err)
	}
	return func() { _ = f.Close() }, nil // closing gives the lock back
}

func (r *Runner) lockMySQL(ctx context.Context) (func(), error) {
	conn, err := r.db.Bun.Conn(ctx)
	if err != nil {
		return nil, err
	}
	var got int
	if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK(CONCAT('portal.migrate.', DATABASE()), ?)", int(lockWait.Seconds())).Scan(&got); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("migrate: lock: %w", err)
	}
	if got != 1 {
		_ = conn.Close()
		return nil, errors.New("migrate: another portal has been migrating this database for a minute; wait for it and start again")
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT RELEASE_LOCK(CONCAT('portal.migrate.', DATABASE()))")
		_ = conn.Close()
	}, nil
}
