package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"portal/app/apptest/mariadb"
)

// bed is where faults are tried: a folder, the portal as it was built, and how often and how long.
type bed struct {
	dir     string
	program string
	rounds  int
	seconds time.Duration
	began   time.Time
	made    int // installs so far
}

// password is everybody's.
const password = "correct horse battery 9"

// newBed builds the portal, unless it is given one.
func newBed(ctx context.Context, program string) (*bed, error) {
	dir, err := os.MkdirTemp("", "portal-chaos-")
	if err != nil {
		return nil, err
	}
	b := &bed{dir: dir, program: program, began: time.Now()}
	if program != "" {
		b.program, err = filepath.Abs(program)
		return b, err
	}
	b.program = filepath.Join(dir, "portal")
	if err := build(ctx, b.program); err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// build makes the portal's binary.
func build(ctx context.Context, to string, flags ...string) error {
	args := append(append([]string{"build", "-o", to}, flags...), "portal")
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil { //nolint:gosec // a path of ours
		return fmt.Errorf("build the portal: %w\n%s", err, out)
	}
	return nil
}

func (b *bed) close() { _ = os.RemoveAll(b.dir) }

// say tells who waits what is being done; the table alone goes to the output.
func (b *bed) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%6.0fs  %s\n", time.Since(b.began).Seconds(), fmt.Sprintf(format, args...))
}

// machine is where and when it was tried.
func machine() string {
	load, _ := os.ReadFile("/proc/loadavg")
	cpu := "unknown processor"
	if raw, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, after, found := strings.Cut(string(raw), "model name"); found {
			line, _, _ := strings.Cut(after, "\n")
			cpu = strings.Trim(line, "\t :")
		}
	}
	minute, _, _ := strings.Cut(string(load), " ")
	return fmt.Sprintf("Tried on %s with `go tool task chaos`: %s, %d cores, load %s before, %s/%s, %s.",
		time.Now().UTC().Format("2006-01-02"), cpu, runtime.NumCPU(), minute, runtime.GOOS, runtime.GOARCH, runtime.Version())
}

// need is an error when a program is missing on this machine.
func need(name, pack string) error {
	if _, err := exec.LookPath(name); err != nil {
		return fmt.Errorf("this machine has no %s, so this can't be tried (on Debian: apt-get install %s)", name, pack)
	}
	return nil
}

// install is a data folder, a database, an address, and the settings that go with them.
type install struct {
	*bed
	data    string // folder
	url     string // of the database
	address string // host:port that its server listens on; the same at each start
	env     []string
}

// on makes an install whose database is a file, or on the server given.
func (b *bed) on(ctx context.Context, server *mariadb.Server, env ...string) (*install, error) {
	b.made++
	i := &install{bed: b, data: filepath.Join(b.dir, fmt.Sprint("data", b.made)), env: env}
	i.url = "sqlite://" + filepath.Join(i.data, "portal.db")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	i.address = l.Addr().String()
	if err := errors.Join(l.Close(), os.MkdirAll(i.data, 0o700)); err != nil || server == nil {
		return i, err
	}
	name := fmt.Sprint("chaos", b.made)
	i.url = server.URL() + name
	root, err := sql.Open("mysql", "root@tcp("+server.Address()+")/")
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	_, err = root.ExecContext(ctx, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
	return i, err
}

// ready makes an install with an administrator “boss”.
func (b *bed) ready(ctx context.Context, server *mariadb.Server, env ...string) (*install, error) {
	i, err := b.on(ctx, server, env...)
	if err != nil {
		return nil, err
	}
	return i, i.add(ctx, "boss", "admin,user")
}

// add makes an account.
func (i *install) add(ctx context.Context, name, roles string) error {
	_, err := i.must(ctx, password+"\n", "user", "add", name, "-roles", roles, "-password-stdin")
	return err
}

func (i *install) mysql() bool { return strings.HasPrefix(i.url, "mysql://") }

func (i *install) kind() string {
	if i.mysql() {
		return "MariaDB"
	}
	return "SQLite"
}

func (i *install) file() string { return strings.TrimPrefix(i.url, "sqlite://") }

func (i *install) environment() []string {
	clean := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "PORTAL_") })
	return append(append(clean, "PORTAL_DATA_DIR="+i.data, "PORTAL_ADDR="+i.address, "PORTAL_DATABASE_URL="+i.url), i.env...)
}

// outcome is what a command left behind.
type outcome struct {
	code     int
	out, err string
}

// tool runs one command of the portal to its end.
func (i *install) tool(ctx context.Context, input string, args ...string) outcome {
	return i.command(ctx, input, append([]string{i.program}, args...)...)
}

// command runs a program with the install's settings.
func (i *install) command(ctx context.Context, input string, args ...string) outcome {
	c := exec.CommandContext(ctx, args[0], args[1:]...) //nolint:gosec // our own program
	var out, said bytes.Buffer
	c.Env, c.Dir, c.Stdin, c.Stdout, c.Stderr = i.environment(), i.dir, strings.NewReader(input), &out, &said
	if err := c.Run(); err != nil && c.ProcessState == nil {
		return outcome{-1, "", err.Error()}
	}
	return outcome{c.ProcessState.ExitCode(), out.String(), said.String()}
}

// killable runs one command of the portal and tells its number as soon as it has one.
func (i *install) killable(ctx context.Context, pid chan<- int, args ...string) (outcome, error) {
	c := exec.CommandContext(ctx, i.program, args...) //nolint:gosec // our own program
	var out, said bytes.Buffer
	c.Env, c.Dir, c.Stdout, c.Stderr = i.environment(), i.dir, &out, &said
	if err := c.Start(); err != nil {
		return outcome{}, err
	}
	pid <- c.Process.Pid
	_ = c.Wait() // its state says how it ended
	return outcome{c.ProcessState.ExitCode(), out.String(), said.String()}, nil
}

// must runs a command that has to succeed, and returns what it printed.
func (i *install) must(ctx context.Context, input string, args ...string) (string, error) {
	o := i.tool(ctx, input, args...)
	if o.code != 0 {
		return "", fmt.Errorf("portal %s ended with %d: %s", strings.Join(args, " "), o.code, o.err)
	}
	return o.out, nil
}

// open is the database itself, past the portal.
func (i *install) open() (*sql.DB, error) {
	if !i.mysql() {
		return sql.Open("sqlite", "file:"+i.file()+"?_pragma=busy_timeout(20000)")
	}
	c := mysql.NewConfig()
	rest := strings.TrimPrefix(i.url, "mysql://root@")
	c.User, c.Net, c.Logger = "root", "tcp", &mysql.NopLogger{}
	c.Addr, c.DBName, _ = strings.Cut(rest, "/")
	return sql.Open("mysql", c.FormatDSN())
}

// number is the only value of a query, straight from the database.
func (i *install) number(ctx context.Context, query string) (n int64, err error) {
	db, err := i.open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	return n, db.QueryRowContext(ctx, query).Scan(&n)
}

// whole reports what SQLite's own check finds; "ok" when all is well, and on another database.
func (i *install) whole(ctx context.Context) (string, error) {
	if i.mysql() {
		return "ok", nil
	}
	db, err := i.open()
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close() }()
	var said string
	return said, db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&said)
}

// both tries something on an install of each kind of database.
func (b *bed) both(ctx context.Context, try func(context.Context, *install) ([]line, error)) ([]line, error) {
	server, err := mariadb.StartDurable(ctx)
	if err != nil {
		return nil, err
	}
	defer server.Stop()
	var all []line
	for _, s := range []*mariadb.Server{nil, server} {
		i, err := b.ready(ctx, s)
		if err != nil {
			return all, err
		}
		lines, err := try(ctx, i)
		for _, l := range lines {
			if l.on == "" {
				l.on = i.kind()
			}
			all = append(all, l)
		}
		if err != nil {
			return all, fmt.Errorf("on %s: %w", i.kind(), err)
		}
	}
	return all, nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
