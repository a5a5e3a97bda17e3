package command_test

import (
	"strings"
	"testing"
)

// A portal that was filled finds all at once; a rebuild finds as much.
func TestSearch_RebuildReadsAllAnew(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("demo", "-users", "6", "-projects", "3", "-tasks", "30", "-password", "correct horse battery 9")
	type rebuilt struct{ Entries int }
	first := read[rebuilt](t, i.must("search", "rebuild", "-json"))
	second := read[rebuilt](t, i.must("search", "rebuild", "-json"))
	if first.Entries < 30 || first != second {
		t.Errorf("a rebuild makes %d entries, another one %d", first.Entries, second.Entries)
	}
	if said := i.must("search", "rebuild"); !strings.Contains(said, "things can be found") {
		t.Errorf("it says %q", said)
	}
	refused(t, i.run("search"), 2, "portal search needs one more word: rebuild")
}
