package data

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Health is what can be known of the database by asking it.
type Health struct {
	Version string        // "SQLite 3.51.0", "MariaDB 10.11.19"
	Skew    time.Duration // how far its clock is before ours; negative when it is behind
	Broken  []string      // what its own check of the file found; whole words of the database
	Risks   []string      // settings by which answered changes could be lost, a sentence each
}

// Health asks the database for its version, clock and settings; of SQLite it also reads the whole file.
func (d *DB) Health(ctx context.Context) (Health, error) {
	if d.MySQL {
		return d.healthMySQL(ctx)
	}
	var h Health
	var version string
	var unix float64
	q := d.Read.QueryRowContext(ctx, "SELECT sqlite_version(), (julianday('now') - 2440587.5) * 86400")
	if err := q.Scan(&version, &unix); err != nil {
		return h, fmt.Errorf("ask the database: %w", err)
	}
	h.Version = "SQLite " + version
	h.Skew = time.UnixMilli(int64(unix * 1000)).Sub(d.Now())
	var found []string
	if err := d.Read.NewRaw("PRAGMA quick_check(5)").Scan(ctx, &found); damaged(err) {
		found = []string{plain(err)}
	} else if err != nil {
		return h, fmt.Errorf("check the database: %w", err)
	}
	if len(found) != 1 || found[0] != "ok" {
		h.Broken = found
	}
	return h, nil
}

// damaged reports whether SQLite could not even check the file. https://www.sqlite.org/rescode.html
func damaged(err error) bool {
	var coded interface{ Code() int }
	return errors.As(err, &coded) && (coded.Code()&0xff == 11 || coded.Code()&0xff == 26) // SQLITE_CORRUPT, SQLITE_NOTADB
}

func (d *DB) healthMySQL(ctx context.Context) (Health, error) {
	var h Health
	var version string
	var now time.Time
	if err := d.Read.QueryRowContext(ctx, "SELECT version(), UTC_TIMESTAMP(6)").Scan(&version, &now); err != nil {
		return h, fmt.Errorf("ask the database: %w", err)
	}
	h.Skew = now.Sub(d.Now())
	h.Version = "MySQL " + version
	if number, _, maria := strings.Cut(version, "-MariaDB"); maria {
		h.Version = "MariaDB " + number
	}
	var err error
	h.Risks, err = d.Risks(ctx)
	return h, err
}

// Risks are the database's settings by which a change that was answered with success could be lost
// when the machine stops: a sentence each, none when all is well. SQLite's are our own, so it has none.
func (d *DB) Risks(ctx context.Context) ([]string, error) {
	if !d.MySQL {
		return nil, nil
	}
	var flush, sync string
	var binlog bool
	q := d.Read.QueryRowContext(ctx, "SELECT @@GLOBAL.innodb_flush_log_at_trx_commit, @@GLOBAL.sync_binlog, @@GLOBAL.log_bin")
	if err := q.Scan(&flush, &sync, &binlog); err != nil {
		return nil, fmt.Errorf("ask for the database's settings: %w", err)
	}
	const sentence = "The database runs with %s=%s, so a power cut can lose changes that people were told are saved; set it to 1."
	var risks []string
	if flush != "1" {
		risks = append(risks, fmt.Sprintf(sentence, "innodb_flush_log_at_trx_commit", flush))
	}
	if binlog && sync != "1" { // without a binary log it means nothing
		risks = append(risks, fmt.Sprintf(sentence, "sync_binlog", sync))
	}
	return risks, nil
}
