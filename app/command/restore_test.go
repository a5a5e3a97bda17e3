package command_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portal/app/backup"
	"portal/schema"
)

// department is an install with people and projects in it, and a file that somebody uploaded.
func department(t *testing.T, i install) install {
	t.Helper()
	i.must("demo", "-users", "8", "-projects", "4", "-tasks", "120")
	path := filepath.Join(i.dir, "uploads", "a", "plan.txt")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("the plan"), 0o600); err != nil {
		t.Fatal(err)
	}
	return i
}

func TestRestore_BringsEverythingBackIntoEitherDatabase(t *testing.T) {
	t.Parallel()
	path := department(t, newInstall(t)).backUp()
	for name, other := range others(t) {
		t.Run(name, func(t *testing.T) {
			other.t = t
			other.must("restore", path)
			other.whole()
			same(t, manifest(t, path), manifest(t, other.backUp()))
			if text, err := os.ReadFile(filepath.Join(other.dir, "uploads", "a", "plan.txt")); err != nil || string(text) != "the plan" {
				t.Errorf("the file is %q, %v", text, err)
			}
			if n := other.one("SELECT count(*) FROM audit_lines WHERE action = 'restored a backup'"); n != "1" {
				t.Errorf("the audit log knows of %s restores", n)
			}
			other.must("restore", "-replace", path) // and once more over itself
			other.whole()
			same(t, manifest(t, path), manifest(t, other.backUp()))
		})
	}
}

func TestRestore_GoesThereAndBack(t *testing.T) {
	t.Parallel()
	here, there := department(t, fileInstall(t)), newInstall(t) // from a file into what the tests run on
	first := here.backUp()
	there.must("restore", first)
	second := there.backUp()
	here.must("restore", "-replace", second)
	same(t, manifest(t, first), manifest(t, second))
	same(t, manifest(t, first), manifest(t, here.backUp()))
	here.whole()
}

func TestRestore_ReplacesOnlyWhenTold(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong, "user", "add", "boss", "-roles", "admin", "-password-stdin")
	path := i.backUp()
	i.must("user", "add", "later")
	refused(t, i.run("restore", path), 2, "the database holds 2 accounts; write -replace to put the backup in its place")
	if n := i.one("SELECT count(*) FROM users"); n != "2" {
		t.Fatalf("%s accounts are left", n)
	}
	s := i.serve()
	b := s.browse()
	b.signIn("boss", strong)
	refused(t, i.run("restore", "-replace", path), 1, "a server or another command uses the data folder "+i.dir+"; stop it first")
	s.signal()
	s.end()
	kept := read[struct{ Kept []string }](t, i.must("restore", "-replace", path, "-json")).Kept
	if n := i.one("SELECT count(*) FROM users"); n != "1" {
		t.Errorf("%s accounts are there", n)
	}
	if i.url == "" || strings.HasPrefix(i.url, "sqlite:") {
		old := i
		if len(kept) != 1 {
			t.Fatalf("kept %v", kept)
		}
		if old.url = "sqlite://" + kept[0]; old.one("SELECT count(*) FROM users") != "2" {
			t.Error("the old database is not what it was")
		}
	}
	b.s = i.serve()
	if status, _ := b.open("/"); status != 303 {
		t.Errorf("a session from before the restore answers %d", status)
	}
}

// A server whose data folder is another one works on the same file.
func TestRestore_SeesAServerWithAnotherDataFolder(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong, "user", "add", "boss", "-roles", "admin", "-password-stdin")
	path := i.backUp()
	other := i
	other.dir = filepath.Join(t.TempDir(), "other")
	other.serve()
	before := i.state()
	for _, command := range [][]string{{"restore", "-replace", path}, {"secret", "rotate"}} {
		o := i.run(command...)
		if o.code != 1 || !strings.Contains(o.err, "stop it first") {
			t.Errorf("%v ended with %d: %s", command, o.code, o.err)
		}
	}
	if after := i.state(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

// state is what an install holds, to see that it stays so.
func (i install) state() string {
	return fmt.Sprint(i.one("SELECT count(*) FROM users"), i.one("SELECT count(*) FROM tasks"), i.one("SELECT count(*) FROM todos"), i.one("SELECT max(username) FROM users"))
}

func TestRestore_RefusesWhatIsNoWholeBackup(t *testing.T) {
	t.Parallel()
	path := department(t, newInstall(t)).backUp()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var foreign bytes.Buffer
	z := zip.NewWriter(&foreign)
	if w, err := z.Create("holiday.txt"); err != nil || z.Close() != nil {
		t.Fatal(w, err)
	}
	out := func(to string) string {
		return otherManifest(t, rewritten(t, path, func(name string, content []byte) (string, []byte) {
			return strings.Replace(name, "files/uploads/a/plan.txt", to, 1), content
		}), func(m *backup.Manifest) { m.Files[0].Name = to })
	}
	unknown := otherManifest(t, path, func(m *backup.Manifest) {
		m.Migrations = append(m.Migrations, schema.Ran{Name: "29990101000000", Group: 9, At: time.Now()})
	})
	i := newInstall(t)
	i.must("user", "add", "zoe", "-roles", "admin")
	before := i.state()
	for name, c := range map[string]struct{ path, said string }{
		"half-of-it":       {written(t, raw[:len(raw)/2]), "is no backup of the portal, or a part of one only: its end is missing"},
		"a-foreign-zip":    {written(t, foreign.Bytes()), "is no backup of the portal: it has no manifest"},
		"no-zip":           {written(t, []byte("hello")), "is no backup of the portal, or a part of one only: its end is missing"},
		"not-there":        {filepath.Join(t.TempDir(), "none.zip"), "no such file or directory"},
		"a-path-out":       {out("files/uploads/../../evil"), "which is no place for a file of the portal"},
		"an-absolute-path": {out("files//etc/evil"), "which is no place for a file of the portal"},
		"the-key":          {out("files/secret.key"), "which is no place for a file of the portal"},
		"one-more-entry": {rewritten(t, path, func(name string, content []byte) (string, []byte) {
			return strings.Replace(name, "tables/todos.jsonl", "tables/more.jsonl", 1), content
		}), "its part tables/todos.jsonl is missing"},
		"another-table": {otherManifest(t, path, func(m *backup.Manifest) { m.Tables[0].Table = "users; DROP TABLE users" }), "it names a table"},
		"another-row": {rewritten(t, path, func(name string, content []byte) (string, []byte) {
			if name == "tables/users.jsonl" {
				content = bytes.Replace(content, []byte("[1,"), []byte("[99,"), 1)
			}
			return name, content
		}), "the backup is damaged: what tables/users.jsonl holds is not what was backed up; use another backup"},
		"a-newer-portal": {unknown, "the database is newer than this portal: it holds migration 29990101000000"},
		"rows-missing": {otherManifest(t, path, func(m *backup.Manifest) {
			for n := range m.Tables {
				if m.Tables[n].Table == "users" {
					m.Tables[n].Rows++
				}
			}
		}), "the backup's table users has 8 rows where 9 were backed up"},
	} {
		for _, command := range [][]string{{"backup", "verify", c.path}, {"restore", "-replace", c.path}} {
			if o := i.run(command...); o.code != 1 || !strings.Contains(o.err, c.said) || o.out != "" {
				t.Errorf("%s: %s ended with %d: %s", name, command[0], o.code, o.err)
			}
		}
	}
	if after := i.state(); after != before {
		t.Errorf("%s became %s", before, after)
	}
	if left, _ := filepath.Glob(filepath.Join(i.dir, ".restore-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Any byte that is another one, any more, and any fewer: the file is refused, whatever the byte means to a zip.
func TestBackup_VerifySeesAnyFlippedByte(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "zoe", "-roles", "admin")
	raw, err := os.ReadFile(i.backUp())
	if err != nil {
		t.Fatal(err)
	}
	unseen := func(content []byte) bool {
		f, err := backup.Open(written(t, content))
		if err == nil {
			err = errors.Join(f.Sums(nil), f.Close())
		}
		return err == nil
	}
	if !unseen(raw) {
		t.Fatal("the whole backup is refused")
	}
	var all []int
	for range 300 {
		all = append(all, rand.IntN(len(raw)))
	}
	for back := range 300 { // what ends a zip, its comment and the sum
		all = append(all, len(raw)-1-back)
	}
	for _, at := range all {
		flipped := bytes.Clone(raw)
		flipped[at] ^= 1 << rand.IntN(8)
		if unseen(flipped) {
			t.Errorf("byte %d of %d is %#x where it was %#x, and nobody sees it", at, len(raw), flipped[at], raw[at])
		}
	}
	for name, content := range map[string][]byte{"one-more-behind": append(bytes.Clone(raw), '0'), "one-more-before": append([]byte{0}, raw...), "one-fewer": raw[:len(raw)-1]} {
		if unseen(content) {
			t.Errorf("%s: nobody sees it", name)
		}
	}
}

// A byte that has no meaning to a zip, the date of an entry: verify and restore refuse it by one sentence, and nothing is written.
func TestRestore_RefusesAFlippedByteAndWritesNothing(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "zoe", "-roles", "admin")
	raw, err := os.ReadFile(i.backUp())
	if err != nil {
		t.Fatal(err)
	}
	raw[10] ^= 1 // the time of the first entry
	path, before := written(t, raw), i.state()
	for _, command := range [][]string{{"backup", "verify", path}, {"restore", "-replace", path}} {
		refused(t, i.run(command...), 1, "the backup is damaged: the file is not as it was written, its sum over all is another one; use another backup")
	}
	if after := i.state(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestRestore_KilledLeavesTheOldStateOrTheNew(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("demo", "-users", "20", "-projects", "20", "-tasks", "1500")
	path := i.backUp()
	fresh := i.state()
	i.exec("DELETE FROM todos")
	i.exec("UPDATE users SET username = 'zzz' WHERE id = 1")
	old := i.state()
	for round := range 8 {
		c := exec.Command(program, "restore", "-replace", path)
		c.Env, c.Dir = i.environment(), t.TempDir()
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(100+round*120)*time.Millisecond, func() { _ = c.Process.Kill() })
		_ = c.Wait() // killed, or done before
		timer.Stop()
		got := i.state()
		if got != old && got != fresh {
			t.Fatalf("round %d: %s is neither %s nor %s", round, got, old, fresh)
		}
	}
	var o outcome
	eventually(t, "the killed one's connection is gone", func() bool { o = i.run("restore", "-replace", path); return o.code == 0 })
	i.whole()
}
