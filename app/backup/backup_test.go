package backup_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"portal/app/apptest"
	"portal/app/backup"
	"portal/features"
	"portal/schema"
)

// backUp backs the portal up into the test's own folder.
func backUp(t *testing.T, p *apptest.Portal) string {
	t.Helper()
	made, err := backup.Make(t.Context(), backup.Options{DB: p.DB, DataDir: t.TempDir(), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return made.Path
}

// built is a SQLite database made of the backup.
func built(t *testing.T, path string) (*apptest.Portal, error) {
	t.Helper()
	f, err := backup.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	p := apptest.OnFile(t, filepath.Join(t.TempDir(), "built.db"), features.All...)
	return p, f.Build(t.Context(), backup.Target{DB: p.DB, Schema: p.Schema}, nil)
}

type face struct {
	bun.BaseModel `bun:"table:avatars"`
	UserID        int64
	Type          string
	Body          []byte
}

type result struct {
	bun.BaseModel `bun:"table:form_results"`
	Once          string
	ID            int64
	CreatedAt     time.Time
}

// Numbers up to the largest, instants to the microsecond, bytes of every sort, and texts that need care.
func TestBackup_KeepsEveryValueExactly(t *testing.T) {
	p := apptest.New(t, features.All...)
	user := p.Person("Zoe")
	body := make([]byte, 512)
	for i := range body {
		body[i] = byte(i)
	}
	at := time.Date(2026, 11, 24, 23, 59, 59, 999999000, time.UTC)
	texts := []string{"", "'quoted' \"twice\" `thrice`", "line\nline\r\n\ttab", "null", "\\x00 \x00 end", "😀 日本語 \u2028", "{\"t\":\"2026-01-01\"}", "2026-01-01 00:00:00", strings.Repeat("long ", 20000)}
	p.Insert(&face{UserID: user.ID, Type: "image/png", Body: body})
	p.Insert(&result{Once: "largest", ID: 1<<63 - 1, CreatedAt: at})
	p.Insert(&result{Once: "smallest", ID: -1 << 63, CreatedAt: time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC)})
	for i, text := range texts {
		// Straight to the driver: Bun writes values into the statement, where a zero byte ends it.
		if _, err := p.DB.Writer().DB.ExecContext(t.Context(), "INSERT INTO settings (name, value, updated_at) VALUES (?, ?, ?)", fmt.Sprint("text ", i), text, at); err != nil {
			t.Fatal(err)
		}
	}
	other, err := built(t, backUp(t, p))
	if err != nil {
		t.Fatal(err)
	}
	var f face
	var all []result
	var values []string
	var stored string
	for _, err := range []error{
		other.DB.Read.NewSelect().Model(&f).Where("user_id = ?", user.ID).Scan(t.Context()),
		other.DB.Read.NewSelect().Model(&all).Order("id").Scan(t.Context()),
		other.DB.Read.NewSelect().Table("settings").Column("value").Where("name LIKE 'text %'").Order("name").Scan(t.Context(), &values),
		other.DB.Read.NewRaw("SELECT created_at || '' FROM form_results WHERE id > 0").Scan(t.Context(), &stored),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(f.Body, body) || !slices.Equal(values, texts) {
		t.Errorf("bytes are the same: %v; texts %q", slices.Equal(f.Body, body), values)
	}
	if len(all) != 2 || all[1].ID != 1<<63-1 || all[0].ID != -1<<63 || !all[1].CreatedAt.Equal(at) || stored != "2026-11-24 23:59:59.999999+00:00" {
		t.Errorf("numbers and instants: %+v, written %q", all, stored)
	}
	if n := other.Count("users", "locked_at IS NULL"); n != 1 {
		t.Errorf("%d accounts have a NULL", n)
	}
}

// A number that was given out and deleted is not given out again after a restore.
func TestBackup_NumbersAreNotGivenOutTwice(t *testing.T) {
	p := apptest.New(t, features.All...)
	p.Person("Kept")
	gone := p.Person("Gone")
	p.Exec("DELETE FROM users WHERE id = ?", gone.ID)
	other, err := built(t, backUp(t, p))
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Prepare(context.Background()); err != nil {
		t.Fatal(err)
	}
	if next := other.Person("Next"); next.ID <= gone.ID {
		t.Errorf("%d comes after %d", next.ID, gone.ID)
	}
}

func TestBackup_OfAnOlderPortalIsMigratedUp(t *testing.T) {
	p := apptest.Empty(t, features.All...)
	all, err := p.Schema.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var ran []schema.Ran
	for i, m := range all[:5] { // the core's first five: before roles could want a second factor
		ran = append(ran, schema.Ran{Name: m.Name, Group: int64(1 + i/3), At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})
	}
	if err := p.Schema.As(t.Context(), ran); err != nil {
		t.Fatal(err)
	}
	p.Exec("INSERT INTO roles (name, notes, icon, version, created_at, updated_at) VALUES ('old', '', '', 1, ?, ?)", p.Clock.Now(), p.Clock.Now())
	other, err := built(t, backUp(t, p))
	if err != nil {
		t.Fatal(err)
	}
	after, err := other.Schema.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range after {
		if m.RanAt.IsZero() {
			t.Errorf("%s has not run", m.Name)
		}
	}
	if n := other.Count("roles", "name = 'old'", "NOT second_factor"); n != 1 {
		t.Errorf("the old role is there %d times", n)
	}
	if n := other.Count("migrations", "group_id = 2"); n != 2 {
		t.Errorf("%d migrations ran second", n)
	}
}

func TestBackup_RefusesRowsThatReferToNothing(t *testing.T) {
	p := apptest.New(t, features.All...)
	p.Person("Zoe")
	off := "PRAGMA foreign_keys = 0" // the writer has one connection
	if p.DB.MySQL {
		p.DB.Writer().SetMaxOpenConns(1)
		off = "SET foreign_key_checks = 0"
	}
	p.Exec(off)
	p.Exec("INSERT INTO user_roles (user_id, role_id, reason, granted_at) VALUES (1, 99, '', '2026-01-01')")
	if p.DB.MySQL {
		p.DB.Writer().SetMaxOpenConns(10)
	}
	_, err := built(t, backUp(t, p))
	if err == nil || !strings.Contains(err.Error(), "of user_roles refers to a row of roles that is not there") {
		t.Errorf("got %v", err)
	}
}

func TestMake_LeavesNoFileWhenItIsStopped(t *testing.T) {
	p := apptest.New(t, features.All...)
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	_, err := backup.Make(ctx, backup.Options{DB: p.DB, DataDir: dir, Progress: func(_ string, done, _ int) {
		if done == 5 {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(backup.Folder(dir)); err != nil || len(left) > 0 {
		t.Errorf("left are %v, %v", left, err)
	}
}
