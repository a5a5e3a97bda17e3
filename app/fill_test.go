package app_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"portal/app"
	"portal/app/config"
	"portal/app/demo"
	"portal/app/fault"
	"portal/features"
)

// database is the address of an empty database of this test's own.
func database(t *testing.T) string {
	t.Helper()
	if os.Getenv("PORTAL_TEST_DB") != "mysql" {
		return "sqlite://" + filepath.Join(t.TempDir(), "portal.db")
	}
	base := os.Getenv("PORTAL_TEST_MYSQL")
	host := strings.TrimSuffix(base[strings.LastIndex(base, "@")+1:], "/")
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr = "root", "tcp", host
	server, err := sql.Open("mysql", c.FormatDSN())
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("fill_%d", time.Now().UnixNano())
	if _, err := server.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := server.Exec("DROP DATABASE " + name); err != nil {
			t.Error(err)
		}
		_ = server.Close()
	})
	return strings.TrimSuffix(base, "/") + "/" + name
}

// empty is a portal on an empty database; unless fast, SQLite waits for the disk.
func empty(t *testing.T, fast bool) *app.Portal {
	t.Helper()
	p, err := app.New(context.Background(), app.Options{
		Config: config.Config{
			Env: "testing", DatabaseURL: database(t), DataDir: t.TempDir(), SecretKey: strings.Repeat("k", 40), SessionLife: time.Hour,
			DBPool: 4, DBRecycle: time.Hour, DBTimeout: 20 * time.Second, Workers: 2, CacheTTL: time.Minute, CacheStatsTTL: time.Minute, CacheMB: 8,
		},
		Features: features.All, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Fast: fast,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := p.Prepare(context.Background()); err != nil {
		t.Fatal(err)
	}
	return p
}

func count(t *testing.T, p *app.Portal, query string) int {
	t.Helper()
	var n int
	if err := p.DB.Read.QueryRow(query).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// small is a department that is quickly made.
var small = demo.Options{Users: 12, Projects: 9, Tasks: 310}

func TestPortal_FillDemo(t *testing.T) {
	p := empty(t, true)
	last := 0
	s, err := p.FillDemo(context.Background(), small, func(done, all int) {
		if done < last || done > all {
			t.Errorf("progress went from %d to %d of %d", last, done, all)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	if s.Users != 12 || s.Projects != 9 || s.Tasks != 310 || s.Comments != 516 || len(s.Password) < 20 {
		t.Errorf("made %+v", s)
	}
	for query, want := range map[string]int{
		"SELECT COUNT(*) FROM users": 12, "SELECT COUNT(*) FROM user_roles": 12, "SELECT COUNT(*) FROM projects": 10,
		"SELECT COUNT(*) FROM tasks": 315, "SELECT COUNT(*) FROM comments": 516,
		"SELECT COUNT(*) FROM projects AS p WHERE tasks_total <> (SELECT COUNT(*) FROM tasks AS t JOIN statuses AS s ON s.id = t.status_id WHERE t.project_id = p.id AND s.stage <> 'cancelled')": 0,
		"SELECT COUNT(*) FROM projects AS p WHERE tasks_done <> (SELECT COUNT(*) FROM tasks AS t JOIN statuses AS s ON s.id = t.status_id WHERE t.project_id = p.id AND s.stage = 'done')":        0,
		"SELECT COUNT(*) FROM projects AS p WHERE last_number <> (SELECT COALESCE(MAX(number), 0) FROM tasks AS t WHERE t.project_id = p.id)":                                                     0,
		"SELECT COUNT(*) FROM tasks AS t JOIN statuses AS s ON s.id = t.status_id WHERE t.open = (s.stage IN ('done', 'cancelled')) OR (s.stage = 'done') = (t.completed_at IS NULL)":             0,
		"SELECT COUNT(*) FROM tasks AS t WHERE version <> (SELECT COUNT(*) FROM history AS h WHERE h.kind = 'projects.task' AND h.thing_id = t.id)":                                               0,
		"SELECT COUNT(*) FROM projects AS p WHERE version <> (SELECT MAX(version) FROM history AS h WHERE h.kind = 'projects.project' AND h.thing_id = p.id)":                                     0,
		"SELECT COUNT(*) FROM (SELECT 1 FROM tasks GROUP BY project_id, status_id, position HAVING COUNT(*) > 1) AS x":                                                                            0,
	} {
		if got := count(t, p, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	var hash string
	if err := p.DB.Read.QueryRow("SELECT password_hash FROM users WHERE username = 'auditor'").Scan(&hash); err != nil {
		t.Fatal(err)
	}
	if ok, _, err := p.Passwords.Verify(context.Background(), hash, s.Password); !ok || err != nil {
		t.Errorf("the auditor can't sign in: %v", err)
	}
	if err := p.Warm(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestPortal_FillDemo_RefusesRealData(t *testing.T) {
	p := empty(t, true)
	if _, err := p.FillDemo(context.Background(), small, nil); err != nil {
		t.Fatal(err)
	}
	_, err := p.FillDemo(context.Background(), small, nil)
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("filled again: %v", err)
	}
	if n := count(t, p, "SELECT COUNT(*) FROM users"); n != 12 {
		t.Errorf("there are %d people", n)
	}
}

func TestPortal_FillDemo_RefusesProjectsWithoutPeople(t *testing.T) {
	p := empty(t, true)
	_, err := p.DB.Writer().Exec("INSERT INTO projects (name, task_key, summary, description, icon, status_id, priority_id, private, notify_created, notify_done, "+
		"notify_comment, tasks_total, tasks_done, last_number, search_text, name_key, version, created_at, updated_at) "+
		"SELECT 'Real', 'REAL', '', '', 'folder', s.id, r.id, ?, ?, ?, ?, 0, 0, 0, '', 'real', 1, ?, ? FROM statuses AS s, priorities AS r LIMIT 1",
		false, false, false, false, p.DB.Now(), p.DB.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.FillDemo(context.Background(), small, nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("filled beside a real project: %v", err)
	}
	if n := count(t, p, "SELECT COUNT(*) FROM users"); n != 0 {
		t.Errorf("%d people were left behind", n)
	}
}

func TestPortal_FillDemo_RefusesAWeakPassword(t *testing.T) {
	p := empty(t, true)
	o := small
	o.Password = "password12"
	_, err := p.FillDemo(context.Background(), o, nil)
	if !fault.Is(err, fault.Invalid) || fault.Of(err).Fields["password"] == "" {
		t.Errorf("took a weak password: %v", err)
	}
	if n := count(t, p, "SELECT COUNT(*) FROM users"); n != 0 {
		t.Errorf("made %d people", n)
	}
}

func TestPortal_FillDemo_TakesUnderHalfAMinute(t *testing.T) {
	p := empty(t, false)
	began := time.Now()
	s, err := p.FillDemo(context.Background(), demo.Options{Users: 200, Projects: 300, Tasks: 12000}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows of work in %v", s.Projects+s.Tasks+s.Comments, time.Since(began))
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
}
