package app_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/legacy"
	"portal/features"
)

func TestImport_UnreadableSourceWritesNothing(t *testing.T) {
	p := apptest.New(t, features.All...)
	before := dump(t, p)
	whole := filepath.Join(t.TempDir(), "whole.db")
	runOn(t, "sqlite://"+whole, mess(t))
	content, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string, content []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	garbled := slices.Clone(content)
	for i := len(garbled) / 2; i < len(garbled); i++ {
		garbled[i] = 'x'
	}
	other := filepath.Join(t.TempDir(), "other.db")
	runOn(t, "sqlite://"+other, []string{"CREATE TABLE letters (id INTEGER)"})
	locked := file("locked.db", content)
	lock(t, locked)
	for name, c := range map[string]struct{ source, said string }{
		"missing":        {filepath.Join(t.TempDir(), "none.db"), "there is no file"},
		"folder":         {t.TempDir(), "is no file"},
		"empty":          {file("empty.db", nil), "is no SQLite database"},
		"text":           {file("text.db", []byte(strings.Repeat("not a database ", 100))), "is no SQLite database"},
		"cut-off":        {file("half.db", content[:len(content)/2]), "is cut off"},
		"garbled":        {file("garbled.db", garbled), "another copy"},
		"other-database": {other, "is no database of the old portal"},
		"locked":         {locked, "is locked by another program"},
		"no-server":      {"mysql://root@127.0.0.1:1/old", "does not let us in"},
		"no-address":     {"mysql://", "write mysql://user:password@host:3306/name"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := p.ImportLegacy(context.Background(), c.source, legacy.Options{}, nil)
			if err == nil || !strings.Contains(err.Error(), c.said) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want a sentence with %q", err, c.said)
			}
		})
	}
	if dump(t, p) != before {
		t.Error("something was written")
	}
	if _, err := p.ImportLegacy(context.Background(), whole, legacy.Options{Zone: "Mars/Base"}, nil); err == nil {
		t.Error("a zone that does not exist was taken")
	}
}

// lock holds the file as another program would that is writing to it.
func lock(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		_ = db.Close()
	})
	if _, err := conn.ExecContext(context.Background(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
}

func TestImport_FailureOfOneRowLeavesNothing(t *testing.T) {
	p := apptest.New(t, features.All...)
	before := dump(t, p)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := p.ImportLegacy(ctx, oldPortal(t, mess(t)), legacy.Options{}, func(step string, _, _ int) {
		if step == "comments" {
			cancel()
		}
	})
	if err == nil {
		t.Fatal("an import that was broken off says that it went well")
	}
	if dump(t, p) != before {
		t.Error("half an import was kept")
	}
}
