package command_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"portal/app/backup"
)

// Many make tasks while backups are made; each backup, restored, is of one moment.
func TestBackup_IsOfOneMomentWhileManyWrite(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong, "user", "add", "boss", "-roles", "admin", "-password-stdin")
	s := i.serve()
	b := s.browse()
	b.signIn("boss", strong)
	token := b.token()
	for n := range 3 {
		if status := b.send("/projects", token, "name", fmt.Sprintf("Project %d", n), "status", "1", "priority", "1"); status != http.StatusSeeOther {
			t.Fatalf("making a project answered %d", status)
		}
	}
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for client := range 4 {
		writers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				path := fmt.Sprintf("/projects/%d/tasks", 1+(client+n)%3)
				if status := b.send(path, token, "name", fmt.Sprintf("Task %d of %d", n, client), "status", "1", "priority", "1"); status != http.StatusSeeOther && status != http.StatusServiceUnavailable { // busy: to be sent again
					t.Errorf("while a backup is made, a task answers %d", status)
					return
				}
			}
		})
	}
	var paths []string
	for range 3 {
		time.Sleep(50 * time.Millisecond) // some tasks between one backup and the next
		paths = append(paths, i.backUp())
	}
	close(stop)
	writers.Wait()
	before := int64(-1)
	for _, path := range paths {
		var rows int64
		for _, table := range manifest(t, path).Tables {
			if table.Table == "tasks" {
				rows = table.Rows
			}
		}
		if rows <= before {
			t.Errorf("a later backup has %d tasks, the one before %d: nobody wrote meanwhile", rows, before)
		}
		before = rows
		for name, other := range others(t) {
			other.must("restore", path)
			if got := other.one("SELECT count(*) FROM tasks"); got != fmt.Sprint(rows) {
				t.Errorf("%s: %s tasks of %d", name, got, rows)
			}
			if n := other.one("SELECT count(*) FROM audit_lines WHERE kind = 'projects.task'"); n != fmt.Sprint(rows) {
				t.Errorf("%s: %d tasks have %s lines in the audit log", name, rows, n)
			}
			other.whole()
		}
	}
}

func TestBackup_LooksAfterItsFiles(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	refused(t, i.run("backup"), 1, "the database is empty, so there is nothing to back up")
	i.must("user", "add", "boss", "-roles", "admin")
	first := i.backUp()
	for path, want := range map[string]os.FileMode{first: 0o600, filepath.Dir(first): 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", path, info.Mode(), err)
		}
	}
	half := filepath.Join(filepath.Dir(first), ".portal-backup-1")
	if err := os.WriteFile(half, nil, 0o600); err != nil { // what a killed one leaves
		t.Fatal(err)
	}
	second, third := i.backUp(), read[struct {
		Path    string
		Removed []string
	}](t, i.must("backup", "-keep", "2", "-json"))
	if len(third.Removed) != 1 || third.Removed[0] != first {
		t.Errorf("removed %v", third.Removed)
	}
	left, err := os.ReadDir(filepath.Dir(first))
	if err != nil || len(left) != 2 || left[0].Name() != filepath.Base(second) || left[1].Name() != filepath.Base(third.Path) {
		t.Errorf("left are %v, %v", left, err)
	}
	if n := len(read[[]any](t, i.must("backup", "list", "-json"))); n != 2 {
		t.Errorf("%d are listed", n)
	}
	refused(t, i.run("backup", "-to", second), 1, second+" is there already; name another file by -to")
	refused(t, i.run("backup", "-keep", "-1"), 2, "-keep: -1 is no number of backups; write 0 for all, or more")
	if n := i.one("SELECT count(*) FROM audit_lines WHERE action = 'made a backup'"); n != "3" {
		t.Errorf("the audit log knows of %s backups", n)
	}
}

func TestBackup_RefusesASecondAtOnce(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	f, err := os.OpenFile(filepath.Join(i.dir, "backup.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	refused(t, i.run("backup"), 1, "another backup of "+i.dir+" is under way; wait for its end")
	if _, err := os.Stat(filepath.Join(i.dir, "backups")); !os.IsNotExist(err) {
		t.Errorf("something was made: %v", err)
	}
}

// S88: a copy of everything opens nothing without the key, which is not in it; nor do ended sessions and used links.
func TestS88_BackupHoldsNoKeyNoSessionsNoLinks(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong, "user", "add", "boss", "-roles", "admin", "-password-stdin")
	i.must("user", "add", "eva")
	i.serve().browse().signIn("boss", strong)
	m := manifest(t, i.backUp())
	for _, one := range m.Tables {
		if slices.Contains(strings.Fields("sessions sign_ins one_time_links sign_in_failures jobs"), one.Table) {
			t.Errorf("%s is in it", one.Table)
		}
	}
	if len(m.Files) != 0 || len(m.LeftOut) < 5 {
		t.Errorf("files %v, left out %v", m.Files, m.LeftOut)
	}
}

func TestBackup_ComesByItselfWhenTheSettingsSaySo(t *testing.T) {
	t.Parallel()
	i := newInstall(t, "PORTAL_BACKUP_EVERY=1h", "PORTAL_BACKUP_KEEP=3")
	i.must("user", "add", "boss", "-roles", "admin")
	i.serve()
	var all []string
	eventually(t, "a backup is there", func() bool {
		var err error
		all, err = backup.List(i.dir)
		return err == nil && len(all) == 1
	})
	i.must("backup", "verify", all[0])
	refused(t, newInstall(t, "PORTAL_BACKUP_EVERY=1s").run("user", "list"), 1,
		"PORTAL_BACKUP_EVERY: 1s is too short; write at least 1m, or nothing for no backups")
}
