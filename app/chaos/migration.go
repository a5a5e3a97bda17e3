package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"portal/app/apptest/mariadb"
)

// migrationKilled is R10. -rounds says at how many steps, spread over all; else at each.
func migrationKilled(ctx context.Context, b *bed) ([]line, error) {
	db, err := mariadb.Start(ctx) // only the portal is killed, so what the database holds is safe
	if err != nil {
		return nil, err
	}
	defer db.Stop()
	var lines []line
	for _, try := range []func(context.Context, *mariadb.Server) (line, error){b.killedOnFile, b.killedOnServer, b.migratedByTwo, b.olderPortal} {
		l, err := try(ctx, db)
		if err != nil {
			return lines, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// steps are the numbers from 1 to n at which the work is ended: all, or as many as rounds says.
func (b *bed) steps(n int) []int {
	count := n
	if b.rounds > 0 {
		count = min(n, b.rounds)
	}
	var all []int
	for k := range count {
		all = append(all, 1+k*n/count)
	}
	return all
}

const askedResumed = "the next start goes on and makes the same schema as one that nobody killed"

// killedOnFile kills it at each wait for the disk; strace counts them.
func (b *bed) killedOnFile(ctx context.Context, _ *mariadb.Server) (line, error) {
	l := line{on: "SQLite", asked: askedResumed}
	if err := need("strace", "strace"); err != nil {
		return l, err
	}
	i, err := b.on(ctx, nil)
	if err != nil {
		return l, err
	}
	file := filepath.Join(b.dir, "syncs")
	trace := []string{"strace", "-f", "-qq", "-e", "signal=none", "-o", file, "-e", "trace=fsync,fdatasync"}
	if o := i.command(ctx, "", append(trace, i.program, "migrate", "up")...); o.code != 0 {
		return l, fmt.Errorf("migrating under strace: %s", o.err)
	}
	raw, err := os.ReadFile(file) //nolint:gosec // a path of ours
	if err != nil {
		return l, err
	}
	want, err := i.schema(ctx)
	if err != nil {
		return l, err
	}
	total := strings.Count(string(raw), "sync(")
	t := tally{want: want}
	for _, step := range b.steps(total) {
		i, err := b.on(ctx, nil)
		if err != nil {
			return l, err
		}
		// strace counts the calls of each thread by itself, so the whole program gets one thread to make them in.
		i.env = append(i.env, "GOMAXPROCS=1")
		o := i.command(ctx, "", append(trace, "-e", fmt.Sprintf("inject=fsync,fdatasync:signal=SIGKILL:when=%d", step), i.program, "migrate", "up")...)
		if err := t.resume(ctx, i, o); err != nil {
			return l, err
		}
	}
	l.saw, l.held = t.String(), t.held()
	l.saw = fmt.Sprintf("of %d waits for the disk %s", total, l.saw)
	return l, nil
}

// tally is what became of interrupted migrations.
type tally struct {
	want                   string // the schema of one that was not
	tried, killed, resumed int
	worst                  string
}

func (t tally) held() bool { return t.killed > 0 && t.resumed == t.tried }

func (t tally) String() string {
	said := fmt.Sprintf("%d tried: %d times killed, %d of all ended with the same schema", t.tried, t.killed, t.resumed)
	if t.worst != "" {
		said += "; one said: " + t.worst
	}
	return said
}

// resume migrates on after it was ended.
func (t *tally) resume(ctx context.Context, i *install, ended outcome) error {
	t.tried++
	if ended.code != 0 {
		t.killed++
	}
	if o := i.tool(ctx, "", "migrate", "up"); o.code != 0 {
		t.worst = strings.TrimSpace(o.err)
		return nil
	}
	got, err := i.schema(ctx)
	if err != nil {
		return err
	}
	if got == t.want {
		t.resumed++
	} else {
		t.worst = "another schema"
	}
	return os.RemoveAll(i.data)
}

// killedOnServer kills it after each statement that changes something was done and before it is told so.
func (b *bed) killedOnServer(ctx context.Context, db *mariadb.Server) (line, error) {
	l := line{on: "MariaDB", asked: askedResumed}
	i, err := b.on(ctx, db)
	if err != nil {
		return l, err
	}
	ended, total, err := i.migrateUntil(ctx, db, 0)
	if err != nil || ended.code != 0 {
		return l, fmt.Errorf("migrating: %s %w", ended.err, err)
	}
	t := tally{}
	if t.want, err = i.schema(ctx); err != nil {
		return l, err
	}
	for _, step := range b.steps(total) {
		i, err := b.on(ctx, db)
		if err != nil {
			return l, err
		}
		ended, _, err := i.migrateUntil(ctx, db, step)
		if err != nil {
			return l, err
		}
		if err := t.resume(ctx, i, ended); err != nil {
			return l, err
		}
		if err := i.drop(ctx); err != nil {
			return l, err
		}
	}
	l.saw, l.held = fmt.Sprintf("of %d statements that change something %s", total, t), t.held()
	return l, nil
}

// changing are the statements that are counted.
var changing = regexp.MustCompile(`(?is)^(--[^\n]*\n|\s)*(create|alter|drop|insert|update|delete)\b`)

// migrateUntil migrates and kills the program after the n-th changing statement, 0 for never; it returns how many there were.
func (i *install) migrateUntil(ctx context.Context, db *mariadb.Server, n int) (outcome, int, error) {
	w, err := stretch(db.Address())
	if err != nil {
		return outcome{}, 0, err
	}
	defer w.close()
	past := *i
	past.url = strings.Replace(i.url, db.Address(), w.address(), 1)
	var seen atomic.Int64
	var due atomic.Bool
	pid := make(chan int, 1)
	w.set(0, func(text string) {
		if changing.MatchString(text) && int(seen.Add(1)) == n {
			due.Store(true)
		}
	}, func() {
		if due.CompareAndSwap(true, false) { // the statement was done, and the answer goes nowhere
			_ = syscall.Kill(<-pid, syscall.SIGKILL)
		}
	})
	o, err := past.killable(ctx, pid, "migrate", "up")
	return o, int(seen.Load()), err
}

func (i *install) drop(ctx context.Context) error {
	db, err := i.open()
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, "DROP DATABASE "+i.url[strings.LastIndex(i.url, "/")+1:])
	return err
}

// migratedByTwo starts two servers at once on an empty database of each kind.
func (b *bed) migratedByTwo(ctx context.Context, db *mariadb.Server) (line, error) {
	l := line{on: "two at once, both databases", asked: "both come up; each migration ran once"}
	rounds := 0
	for _, on := range []*mariadb.Server{nil, db} {
		i, err := b.on(ctx, on)
		if err != nil {
			return l, err
		}
		outcomes := make([]outcome, 2)
		beside(2, func(k int) { outcomes[k] = i.tool(ctx, "", "migrate", "up") })
		for _, o := range outcomes {
			if o.code != 0 {
				l.saw = strings.TrimSpace(o.err)
				return l, nil
			}
		}
		twice, err := i.number(ctx, "SELECT COUNT(*) - COUNT(DISTINCT name) FROM migrations")
		if err != nil {
			return l, err
		}
		if twice > 0 {
			l.saw = fmt.Sprintf("%d migrations ran twice on %s", twice, i.kind())
			return l, nil
		}
		rounds++
	}
	l.saw, l.held = fmt.Sprintf("on %d databases both ended well, and no migration ran twice", rounds), rounds == 2
	return l, nil
}

// olderPortal starts the portal on a database that a newer one has migrated.
func (b *bed) olderPortal(ctx context.Context, db *mariadb.Server) (line, error) {
	l := line{on: "an old portal on a newer database, both", asked: "it refuses to start and says so"}
	for _, on := range []*mariadb.Server{nil, db} {
		i, err := b.ready(ctx, on)
		if err != nil {
			return l, err
		}
		direct, err := i.open()
		if err != nil {
			return l, err
		}
		_, err = direct.ExecContext(ctx, "INSERT INTO migrations (name, group_id, migrated_at) VALUES ('29990101000001', 99, '2999-01-01 00:00:00')")
		if err := errors.Join(err, direct.Close()); err != nil {
			return l, err
		}
		o := i.tool(ctx, "", "serve")
		l.saw = fmt.Sprintf("ended with %d: %s", o.code, lastLine(o.err))
		if o.code == 0 || !strings.Contains(o.err, "newer") {
			return l, nil
		}
	}
	l.held = true
	return l, nil
}

var counter = regexp.MustCompile(` AUTO_INCREMENT=\d+`)

// schema is the database's own description of itself.
func (i *install) schema(ctx context.Context) (string, error) {
	db, err := i.open()
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	if !i.mysql() {
		return strings.Join(texts(ctx, db, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY tbl_name, type, name"), "\n"), nil
	}
	var all strings.Builder
	for _, name := range texts(ctx, db, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name") {
		var text string
		if err := db.QueryRowContext(ctx, "SHOW CREATE TABLE "+name).Scan(new(string), &text); err != nil {
			return "", err
		}
		all.WriteString(counter.ReplaceAllString(text, "") + "\n")
	}
	return all.String(), nil
}

// texts are the first column of a query; none when it can't be asked.
func texts(ctx context.Context, db *sql.DB, query string) []string {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var one string
		if rows.Scan(&one) == nil {
			all = append(all, one)
		}
	}
	return slices.Clip(all)
}
