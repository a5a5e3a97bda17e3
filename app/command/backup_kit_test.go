package command_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/backup"
	"portal/app/data"
)

// database is where the install has its data.
func (i install) database() string {
	if i.url != "" {
		return i.url
	}
	return "sqlite://" + filepath.Join(i.dir, "portal.db")
}

// one is the only value of a query, straight from the database.
func (i install) one(query string) string {
	i.t.Helper()
	db, err := data.Open(i.t.Context(), data.Options{URL: i.database(), Pool: 1, Recycle: time.Hour, Timeout: patience})
	if err != nil {
		i.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var v string
	if err := db.Read.QueryRowContext(i.t.Context(), query).Scan(&v); err != nil {
		i.t.Fatalf("%s: %v", query, err)
	}
	return v
}

// backUp makes a backup and returns its path.
func (i install) backUp() string {
	i.t.Helper()
	return read[struct{ Path string }](i.t, i.must("backup", "-json")).Path
}

// others are installs into which a backup can be restored: a file, and a database on the server if the tests run on one.
func others(t *testing.T) map[string]install {
	t.Helper()
	all := map[string]install{"into-a-file": fileInstall(t)}
	if apptest.OnMySQL() {
		all["into-mysql"] = newInstall(t)
	}
	return all
}

// manifest is what the backup says of itself.
func manifest(t *testing.T, path string) backup.Manifest {
	t.Helper()
	f, err := backup.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	return f.Manifest
}

// rewritten is a copy of the zip of which change made something else; nil as content leaves an entry out.
func rewritten(t *testing.T, path string, change func(name string, content []byte) (string, []byte)) string {
	t.Helper()
	from, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, entry := range from.File {
		r, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name, content := change(entry.Name, content)
		if content == nil {
			continue
		}
		w, err := to.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	const digits = 2 * sha256.Size
	if err := errors.Join(to.SetComment("sha256:"+strings.Repeat("0", digits)), to.Close()); err != nil {
		t.Fatal(err)
	}
	all := b.Bytes()[:b.Len()-digits]
	return written(t, fmt.Appendf(all, "%x", sha256.Sum256(all)))
}

func written(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "changed.zip")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// otherManifest is a copy whose manifest says something else.
func otherManifest(t *testing.T, path string, change func(*backup.Manifest)) string {
	t.Helper()
	return rewritten(t, path, func(name string, content []byte) (string, []byte) {
		if name != "manifest.json" {
			return name, content
		}
		var m backup.Manifest
		if err := json.Unmarshal(content, &m); err != nil {
			t.Fatal(err)
		}
		change(&m)
		content, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return name, content
	})
}

// torn are questions whose answer is 0 when the database is of one moment: a write of the portal has several parts.
var torn = []string{
	"SELECT count(*) FROM projects p WHERE p.tasks_total <> (SELECT count(*) FROM tasks t JOIN statuses s ON s.id = t.status_id WHERE t.project_id = p.id AND t.deleted_at IS NULL AND s.stage <> 'cancelled')",
	"SELECT count(*) FROM projects p WHERE p.last_number <> (SELECT COALESCE(max(t.number), 0) FROM tasks t WHERE t.project_id = p.id)",
	"SELECT count(*) FROM tasks t WHERE NOT EXISTS (SELECT 1 FROM history h WHERE h.kind = 'projects.task' AND h.thing_id = t.id)",
	"SELECT count(*) FROM history h WHERE h.kind = 'projects.task' AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.id = h.thing_id)",
}

func (i install) whole() {
	i.t.Helper()
	for _, query := range torn {
		if n := i.one(query); n != "0" {
			i.t.Errorf("%s of these: %s", n, query)
		}
	}
	if o := i.run("doctor", "-json"); o.code != 0 {
		i.t.Errorf("the doctor says %s", o.out)
	}
}

// same compares two backups table by table but for what a start and a restore write themselves.
func same(t *testing.T, a, b backup.Manifest) {
	t.Helper()
	sums := map[string]string{}
	for _, one := range a.Tables {
		sums[one.Table] = fmt.Sprint(one.SHA256, one.Rows, one.LastID)
	}
	for _, one := range b.Tables {
		switch one.Table {
		case "audit_lines", "history", "activities":
			continue
		}
		if got := fmt.Sprint(one.SHA256, one.Rows, one.LastID); got != sums[one.Table] {
			t.Errorf("%s was %s and is %s", one.Table, sums[one.Table], got)
		}
	}
	if len(a.Tables) != len(b.Tables) || len(a.Tables) < 15 {
		t.Errorf("%d tables became %d", len(a.Tables), len(b.Tables))
	}
}
