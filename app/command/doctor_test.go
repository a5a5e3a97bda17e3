package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/backup"
)

type found struct{ Name, State, Said string }

// doctor is what it finds, by name, and what it ends with.
func (i install) doctor() (map[string]found, int) {
	i.t.Helper()
	o := i.run("doctor", "-json")
	all := map[string]found{}
	for _, f := range read[[]found](i.t, o.out) {
		all[f.Name] = f
	}
	return all, o.code
}

func (i install) finds(name, state, said string, code int) {
	i.t.Helper()
	all, ended := i.doctor()
	if f := all[name]; f.State != state || !strings.Contains(f.Said, said) || ended != code {
		i.t.Errorf("ended with %d: %+v, not %s with %q", ended, f, state, said)
	}
}

func TestDoctor_LooksAfterBackups(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	i.finds("backup", "warning", "There is none", 0)
	path := i.backUp()
	i.finds("backup", "ok", "The newest of 1 is less than a minute old and whole", 0)
	old := filepath.Join(filepath.Dir(path), "portal-20260101T000000.000Z.zip")
	if err := os.Rename(otherManifest(t, path, func(m *backup.Manifest) { m.MadeAt = m.MadeAt.AddDate(0, 0, -9) }), old); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	i.finds("backup", "warning", "is 9 days old", 0)
	if err := os.WriteFile(old, []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	i.finds("backup", "bad", "make another one", 1)
}

func TestS89_DoctorSeesFilesThatOthersMayRead(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	i.finds("file modes", "ok", "Only this account", 0)
	if err := os.Chmod(filepath.Join(i.dir, "secret.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	i.finds("file modes", "warning", "secret.key; run “chmod -R go= "+i.dir+"”", 0)
}

func TestDoctor_SeesMappingsJobsAndReferences(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	for _, name := range []string{"mappings", "jobs", "references"} {
		i.finds(name, "ok", "", 0)
	}
	i.exec("UPDATE route_mappings SET node = 'projects.nowhere' WHERE node = 'projects.comment.edit'")
	i.finds("mappings", "warning", "1 mapping leads to no route", 0)
	i.exec("INSERT INTO jobs (name, holder, held_until, next_at, ended_at, error) VALUES ('auth.sweep', '', '2026-01-01 00:00:00', '2099-01-01 00:00:00', '2026-01-01 00:00:00', 'no room')")
	i.finds("jobs", "warning", "auth.sweep failed at 2026-01-01 00:00 UTC: no room.", 0)
	off := "PRAGMA foreign_keys = 0"
	if apptest.OnMySQL() {
		off = "SET SESSION foreign_key_checks = 0"
	}
	i.exec(off, "INSERT INTO user_roles (user_id, role_id, reason, granted_at) VALUES (1, 99, '', '2026-01-01 00:00:00')")
	i.finds("references", "bad", "1 rows of user_roles refer to rows of roles that are not there", 1)
}
