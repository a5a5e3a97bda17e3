package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portal/app/data"
)

// Swap puts the built SQLite file, which nobody has open, in the place of the portal's. The old one is kept
// beside it, under the name that is returned; empty when there was none.
// At every moment the place holds the old database or the new one.
// Errors: a sentence, when another program has the old one open.
func Swap(built, place string, at time.Time) (kept string, err error) {
	f, err := os.OpenFile(built, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil { // it was written without waiting for the disk
		return "", fmt.Errorf("write the restored database to the disk: %w", err)
	}
	if _, err := os.Stat(place); err == nil {
		kept = place + ".before-restore-" + at.UTC().Format(stamp)
		if err := setAside(place, kept); err != nil {
			return "", err
		}
	}
	if err := os.Rename(built, place); err != nil {
		return "", fmt.Errorf("put the restored database in its place: %w", err)
	}
	return kept, syncFolder(filepath.Dir(place))
}

// setAside gives the old database a second name. Its log of writes must be part of it by then: a log that
// stayed behind would be taken for the new database's.
func setAside(place, kept string) error {
	settled := settle(place) == nil
	for _, more := range []string{"-wal", "-shm"} {
		switch _, err := os.Stat(place + more); {
		case err != nil:
			continue
		case settled: // the last who closes it removes these files, so we were not the last
			return fmt.Errorf("another program has %s open; stop it first", place)
		}
		if err := os.Rename(place+more, kept+more); err != nil { // of a damaged database, which keeps all it has
			return fmt.Errorf("set the old database aside: %w", err)
		}
	}
	if err := os.Link(place, kept); err != nil {
		return fmt.Errorf("set the old database aside: %w", err)
	}
	return syncFolder(filepath.Dir(place))
}

// settle has the last writes in the file itself; the last connection that closes removes the log.
func settle(place string) error {
	ctx := context.Background()
	db, err := data.Open(ctx, data.Options{URL: "sqlite://" + place, Pool: 1, Recycle: time.Hour, Timeout: time.Second})
	if err != nil {
		return err
	}
	var busy, log, done int
	err = db.Writer().QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done)
	if err == nil && busy != 0 {
		err = errors.New("in use")
	}
	return errors.Join(err, db.Close())
}

// rowsAtOnce is how many rows one statement brings to MySQL, and deletes there.
const (
	rowsAtOnce    = 200
	deletedAtOnce = 20000
)

// Copy makes a MySQL database hold what the built SQLite one does, in one transaction: until its end the old
// state is in force, and stays so when anything fails. Both must have had the same migrations.
// Errors: a sentence; the database then is as it was.
func Copy(ctx context.Context, built, to *data.DB, progress Progress) (err error) {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	from, err := open(ctx, built)
	if err != nil {
		return err
	}
	defer from.close()
	tables, err := from.tables(ctx)
	if err != nil {
		return err
	}
	conn, err := to.Writer().Conn(ctx)
	if err != nil {
		return err
	}
	into := &snapshot{conn.Conn, true}
	defer into.close() // what was not committed goes with the connection
	for _, statement := range []string{"SET SESSION foreign_key_checks = 0", "START TRANSACTION"} {
		if _, err := conn.Conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	for i, t := range tables {
		if strings.HasPrefix(t.name, "migration") {
			continue
		}
		progress("Restoring "+t.name, i, len(tables))
		if err := replace(ctx, from, into, t); err != nil {
			return fmt.Errorf("nothing was restored: %w", err)
		}
	}
	if _, err := conn.Conn.ExecContext(ctx, "COMMIT"); err != nil {
		return fmt.Errorf("nothing was restored: %w", err)
	}
	for _, t := range tables { // each commits by itself, so they come last; a number is only ever raised
		if t.lastID > 0 {
			if _, err := conn.Conn.ExecContext(ctx, fmt.Sprintf("ALTER TABLE %s AUTO_INCREMENT = %d", quoted(t.name), t.lastID+1)); err != nil {
				return fmt.Errorf("all is restored, but %s may give a number out again: %w", t.name, err)
			}
		}
	}
	return nil
}

// replace exchanges all rows of a table.
func replace(ctx context.Context, from, into *snapshot, t table) error {
	for {
		res, err := into.conn.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s LIMIT %d", quoted(t.name), deletedAtOnce))
		if err != nil {
			return fmt.Errorf("empty %s: %w", t.name, err)
		}
		if n, err := res.RowsAffected(); err != nil || n < deletedAtOnce {
			if err != nil {
				return err
			}
			break
		}
	}
	if t.out {
		return nil
	}
	in := inserter{conn: into.conn, table: t.name, columns: t.columns, batch: rowsAtOnce, mysql: true}
	if err := from.rows(ctx, t, func(row []any) error { return in.add(ctx, row) }); err != nil {
		return err
	}
	if err := in.end(ctx); err != nil {
		return err
	}
	var n int64
	if err := into.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+quoted(t.name)).Scan(&n); err != nil {
		return err
	}
	if n != in.count {
		return fmt.Errorf("%s has %d rows where %d were restored", t.name, n, in.count)
	}
	return nil
}

// Accounts is how many people the database holds; 0 when it has no table of them yet.
func Accounts(ctx context.Context, db *data.DB) (int, error) {
	count := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'users'"
	if db.MySQL {
		count = "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'users'"
	}
	var n int
	if err := db.Read.QueryRowContext(ctx, count).Scan(&n); err != nil || n == 0 {
		return 0, err
	}
	err := db.Read.QueryRowContext(ctx, "SELECT count(*) FROM users").Scan(&n)
	return n, err
}

// Others is how many connections beside its own a MySQL database has; 0 for SQLite.
func Others(ctx context.Context, db *data.DB) (n int, err error) {
	if !db.MySQL {
		return 0, nil
	}
	own := max(db.Read.Stats().OpenConnections, 1)
	err = db.Read.QueryRowContext(ctx, "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()").Scan(&n)
	return max(n-own, 0), err
}

// RestoreFiles puts the backup's files beside the data folder's own, and then in their place. The old folders are
// kept under the names that are returned.
func (f *File) RestoreFiles(dataDir string, at time.Time) (kept []string, err error) {
	if len(f.Manifest.Files) == 0 {
		return nil, nil
	}
	fresh, err := os.MkdirTemp(dataDir, ".restore-*")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	for _, p := range f.Manifest.Files {
		if err := f.unpack(p, filepath.Join(fresh, filepath.FromSlash(strings.TrimPrefix(p.Name, "files/")))); err != nil {
			return nil, err
		}
	}
	for _, folder := range belonging {
		place := filepath.Join(dataDir, folder)
		if _, err := os.Stat(place); err == nil {
			aside := place + ".before-restore-" + at.UTC().Format(stamp)
			if err := os.Rename(place, aside); err != nil {
				return kept, err
			}
			kept = append(kept, aside)
		}
		if err := os.Rename(filepath.Join(fresh, folder), place); err != nil && !os.IsNotExist(err) {
			return kept, err
		}
	}
	return kept, syncFolder(dataDir)
}

func (f *File) unpack(p Part, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	to, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = f.part(p, func(content io.Reader) error {
		_, err := io.Copy(to, content)
		return err
	})
	return errors.Join(err, to.Sync(), to.Close())
}
