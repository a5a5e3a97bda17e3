// Package data is the portal's way to its database, SQLite or MySQL: opening, reading, and writing with consequences.
package data

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/mysqldialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"portal/app/clock"
	"portal/app/fault"
)

// Options are the settings of the database.
type Options struct {
	URL     string        // sqlite://path or mysql://user:password@host:3306/name
	Pool    int           // connections at most
	Recycle time.Duration // age at which a connection is renewed
	Timeout time.Duration // wait for a free connection or a lock
	Now     clock.Now     // nil means the machine's clock
	Fast    bool          // tests and databases to be thrown away: SQLite does not wait for the disk
}

// DB is the database: Read for queries, Write for changes.
// With SQLite, writes go through one connection and reads through a pool that can't write.
type DB struct {
	Read  *bun.DB
	MySQL bool
	Path  string // the SQLite file; empty with MySQL
	Now   clock.Now

	write *bun.DB
	turns chan struct{} // of the writers, in the order they came; nil with MySQL
	hooks hooks
}

// Open connects to the database, making a SQLite file that is not there.
// Errors: a sentence that names PORTAL_DATABASE_URL and the remedy.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Now == nil {
		o.Now = clock.System
	}
	if path, ok := strings.CutPrefix(o.URL, "sqlite://"); ok {
		return openSQLite(ctx, path, o)
	}
	return openMySQL(ctx, o)
}

func openSQLite(ctx context.Context, path string, o Options) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("PORTAL_DATABASE_URL: the folder of %s can't be made; choose one this account may write", path)
	}
	if f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, fmt.Errorf("PORTAL_DATABASE_URL: the file %s can't be opened for writing; check its owner and rights", path)
	} else if err := f.Close(); err != nil {
		return nil, fmt.Errorf("close %s: %w", path, err)
	}
	writer, err := sql.Open("sqlite", sqliteDSN(path, o, "&_txlock=immediate"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", sqliteDSN(path, o, "&_pragma=query_only(1)"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	readers := min(o.Pool, 8) // more than this only wait for the cores
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	reader.SetConnMaxLifetime(o.Recycle)
	// The writer goes first: it turns write-ahead logging on.
	var tables int
	if err := writer.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		_ = writer.Close()
		_ = reader.Close()
		return nil, fmt.Errorf("PORTAL_DATABASE_URL: %s is no whole SQLite database (%s); put a backup in its place", path, plain(err))
	}
	return &DB{
		Read: bun.NewDB(reader, sqlitedialect.New()), write: bun.NewDB(writer, sqlitedialect.New()), Path: path, Now: o.Now,
		turns: make(chan struct{}, 1),
	}, nil
}

// sqliteDSN asks for what reliability needs: what was answered with success is on the disk. Each connection keeps 8 MB of
// the file; mapped into memory instead, a large file would count as the process's own, once for each connection.
func sqliteDSN(path string, o Options, more string) string {
	sync := "FULL"
	if o.Fast {
		sync = "OFF"
	}
	return fmt.Sprintf("file:%s?_pragma=busy_timeout(%d)&_pragma=journal_mode(WAL)&_pragma=synchronous(%s)"+
		"&_pragma=foreign_keys(1)&_pragma=cache_size(-8000)&_time_format=sqlite%s",
		(&url.URL{Path: path}).EscapedPath(), o.Timeout.Milliseconds(), sync, more)
}

func openMySQL(ctx context.Context, o Options) (*DB, error) {
	mc, err := mysqlConfig(o)
	if err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(mc)
	if err != nil {
		return nil, fmt.Errorf("PORTAL_DATABASE_URL: %w", err)
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(o.Pool)
	pool.SetMaxIdleConns(o.Pool)
	pool.SetConnMaxLifetime(o.Recycle)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, absent(mc.Addr, err)
	}
	// Times are kept in UTC whatever zone a time.Time has; without the option Bun writes its wall clock.
	db := bun.NewDB(pool, mysqldialect.New(mysqldialect.WithTimeLocation("UTC")))
	return &DB{Read: db, write: db, MySQL: true, Now: o.Now}, nil
}

// absent says why the database can't be used: fault.Away when it may yet come, since no word of it was heard.
func absent(addr string, err error) error {
	var answered *mysql.MySQLError
	if errors.As(err, &answered) {
		return fmt.Errorf("PORTAL_DATABASE_URL: the database at %s does not let us in (%s); check the name, the user and the password", addr, plain(err))
	}
	return fault.New(fault.Away, "PORTAL_DATABASE_URL: the database at %s does not answer (%s); check that it runs and that the host and the port are right", addr, plain(err))
}

// sqlMode is how MySQL reads what we write, whatever its administrator has set: a text that is too long is refused and not
// cut, and \ is escaped by what makes our statements, so it must mean something. https://mariadb.com/kb/en/sql-mode/
const sqlMode = "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"

func mysqlConfig(o Options) (*mysql.Config, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || len(u.Path) < 2 {
		return nil, errors.New("PORTAL_DATABASE_URL: write mysql://user:password@host:3306/portal")
	}
	mc := mysql.NewConfig()
	mc.User = u.User.Username()
	mc.Passwd, _ = u.User.Password()
	mc.Net, mc.Addr, mc.DBName = "tcp", u.Host, u.Path[1:]
	if u.Port() == "" {
		mc.Addr += ":3306"
	}
	mc.ParseTime, mc.Loc = true, time.UTC
	mc.InterpolateParams = true // one round trip a query
	mc.ClientFoundRows = true   // or an update that changes nothing looks like a conflict
	mc.Timeout, mc.ReadTimeout, mc.WriteTimeout = 5*time.Second, 30*time.Second, 30*time.Second
	mc.Params = map[string]string{"time_zone": "'+00:00'", "innodb_lock_wait_timeout": "10", "group_concat_max_len": "1048576", "sql_mode": sqlMode}
	if err := mc.Apply(mysql.Charset("utf8mb4", "utf8mb4_bin")); err != nil {
		return nil, fmt.Errorf("PORTAL_DATABASE_URL: %w", err)
	}
	return mc, nil
}

// plain is a driver's error in one line, without its prefix.
func plain(err error) string {
	var me *mysql.MySQLError
	if errors.As(err, &me) {
		return me.Message
	}
	return strings.TrimSuffix(err.Error(), ".")
}

// Writer is the handle for rows nobody needs to know of: sessions, leases, failed sign-ins.
// Everything else is written through Write.
func (d *DB) Writer() *bun.DB { return d.write }

// Close ends all connections.
func (d *DB) Close() error {
	err := d.Read.Close()
	if d.write != d.Read {
		err = errors.Join(err, d.write.Close())
	}
	return err
}
