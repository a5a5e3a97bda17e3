package documents

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// sides are the old and the new lines that rows stand for.
func sides(rows []diffRow) (before, after []string) {
	join := func(parts []diffPart) string {
		var b strings.Builder
		for _, p := range parts {
			b.WriteString(p.Text)
		}
		return b.String()
	}
	for _, r := range rows {
		if r.Old > 0 {
			before = append(before, join(r.Left))
		}
		if r.New > 0 {
			after = append(after, join(r.Right))
		}
	}
	return before, after
}

func TestCompare_ShowsWhatChanged(t *testing.T) {
	rows := compare("a\nb\nthe old line\nd", "a\nb\nthe new line\nd\ne\n")
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprintf("%s %d %d", r.Kind, r.Old, r.New))
	}
	want := "same 1 1, same 2 2, changed 3 3, same 4 4, added 0 5"
	if s := strings.Join(got, ", "); s != want {
		t.Fatalf("got %s", s)
	}
	if r := rows[2]; fmt.Sprint(r.Left) != "[{the  false} {old true} { line false}]" || fmt.Sprint(r.Right) != "[{the  false} {new true} { line false}]" {
		t.Errorf("got %v and %v", r.Left, r.Right)
	}
}

func TestCompare_LeavesOutWhatIsFarFromAChange(t *testing.T) {
	before := strings.Repeat("same\n", 50) + "old\n" + strings.Repeat("same\n", 50)
	rows := compare(before, strings.Replace(before, "old", "new", 1))
	if len(rows) != 9 || rows[0].Kind != rowGap || rows[0].Skipped != 47 || rows[8].Skipped != 47 {
		t.Errorf("got %d rows: %v", len(rows), rows)
	}
	if rows := compare(before, before); len(rows) != 1 || rows[0].Skipped != 101 {
		t.Errorf("got %v", rows)
	}
}

// Whatever was typed, both sides of a comparison are the texts themselves, but for what is left out.
func TestCompare_LosesNothing(t *testing.T) {
	words := []string{"a", "b", "ä", "", "  ", "𝄞", "the line"}
	r := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var all []string
		for range r.IntN(7) {
			all = append(all, words[r.IntN(len(words))])
		}
		return strings.Join(all, "\n")
	}
	for range 2000 {
		before, after := text(), text()
		left, right := sides(compare(before, after))
		skipped := 0
		for _, row := range compare(before, after) {
			skipped += row.Skipped
		}
		for side, want := range map[string][]string{before: left, after: right} {
			var lines []string
			if side != "" {
				lines = linesOf(ended(side))
			}
			if skipped == 0 && strings.Join(lines, "\n") != strings.Join(want, "\n") {
				t.Fatalf("%q and %q: got %q for %q", before, after, want, side)
			}
		}
	}
}

// S73: two megabytes without a line in common end within the bounds.
func TestS73_ComparisonsAreBounded(t *testing.T) {
	var a, b strings.Builder
	r := rand.New(rand.NewPCG(3, 4))
	for a.Len() < 1<<20 {
		fmt.Fprintln(&a, r.Uint64())
		fmt.Fprintln(&b, r.Uint64(), r.Uint64())
	}
	rows := compare(a.String(), b.String())
	left, right := sides(rows)
	if strings.Join(left, "\n")+"\n" != a.String() || strings.Join(right, "\n")+"\n" != b.String() {
		t.Error("something is lost")
	}
}

func BenchmarkCompare(b *testing.B) {
	var x, y strings.Builder
	for i := 0; x.Len() < 200_000; i++ {
		fmt.Fprintf(&x, "Line %d of the runbook says what is to be done when pump %d stops.\n", i, i%7)
		if i%5 == 0 {
			fmt.Fprintf(&y, "Line %d of the runbook says what was done when pump %d stopped.\n", i, i%7)
		} else if i%11 != 0 {
			fmt.Fprintf(&y, "Line %d of the runbook says what is to be done when pump %d stops.\n", i, i%7)
		}
	}
	for b.Loop() {
		compare(x.String(), y.String())
	}
}
