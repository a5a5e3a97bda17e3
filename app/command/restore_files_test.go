package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// kept are the files of the store by their paths within it, with their content.
func kept(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(filepath.Join(dir, "files"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir)] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestRestore_BringsAttachedFilesBack(t *testing.T) {
	t.Parallel()
	here := department(t, newInstall(t)) // the demo department attaches files
	before := kept(t, here.dir)
	if len(before) < 5 {
		t.Fatalf("only %d files", len(before))
	}
	path := here.backUp()
	here.must("backup", "verify", path)
	there := newInstall(t)
	there.must("restore", path)
	after := kept(t, there.dir)
	if len(after) != len(before) {
		t.Errorf("%d files came back of %d", len(after), len(before))
	}
	for name, content := range before {
		if after[name] != content {
			t.Errorf("%s is another one", name)
		}
	}
	if out := there.must("doctor"); !strings.Contains(out, "5 files, all there") {
		t.Errorf("the doctor says:\n%s", out)
	}
	for name := range after {
		if err := os.Remove(filepath.Join(there.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if out := there.run("doctor").out; !strings.Contains(out, "5 files of 5 attachments missing") {
		t.Errorf("the doctor says:\n%s", out)
	}
}
