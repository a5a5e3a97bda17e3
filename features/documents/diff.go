package documents

import (
	"strings"
	"time"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// The kinds of rows of a comparison.
const (
	rowSame    = "same"
	rowChanged = "changed"
	rowAdded   = "added"
	rowRemoved = "removed"
	rowGap     = "gap" // lines that are the same, left out
)

// diffRow is a line of a comparison, old and new beside each other.
type diffRow struct {
	Kind     string
	Old, New int        // the lines' numbers, 1 is the first; 0 for none
	Left     []diffPart // of the old line
	Right    []diffPart // of the new line
	Skipped  int        // of a gap: how many lines
}

// diffPart is a run of text of a line; marked when the other side has something else there.
type diffPart struct {
	Text   string
	Marked bool
}

// Bounds of a comparison: how many lines stand around a change, how long the comparing of lines and of words may take, and how
// long a line is of which words are compared. What takes longer is shown as changed more coarsely, never wrongly.
const (
	diffAround   = 3
	diffTime     = 300 * time.Millisecond
	diffWordTime = 100 * time.Millisecond
	diffLineMost = 4000
)

// compare shows what became of an old text in a new one, line by line.
func compare(before, after string) []diffRow {
	d := diffmatchpatch.New()
	d.DiffTimeout = diffTime
	a, b, lines := d.DiffLinesToRunes(ended(before), ended(after))
	edits := d.DiffCharsToLines(d.DiffMainRunes(a, b, false), lines)
	var rows []diffRow
	left, right := 0, 0
	until := time.Now().Add(diffWordTime)
	for i := 0; i < len(edits); i++ {
		e := edits[i]
		switch e.Type {
		case diffmatchpatch.DiffEqual:
			for _, line := range linesOf(e.Text) {
				left, right = left+1, right+1
				rows = append(rows, diffRow{Kind: rowSame, Old: left, New: right, Left: whole(line), Right: whole(line)})
			}
		case diffmatchpatch.DiffDelete:
			gone, come := linesOf(e.Text), []string(nil)
			if i+1 < len(edits) && edits[i+1].Type == diffmatchpatch.DiffInsert {
				i++
				come = linesOf(edits[i].Text)
			}
			for k := range max(len(gone), len(come)) {
				row := diffRow{Kind: rowChanged}
				switch {
				case k >= len(come):
					left++
					row = diffRow{Kind: rowRemoved, Old: left, Left: whole(gone[k])}
				case k >= len(gone):
					right++
					row = diffRow{Kind: rowAdded, New: right, Right: whole(come[k])}
				default:
					left, right = left+1, right+1
					row.Old, row.New = left, right
					row.Left, row.Right = compareWords(gone[k], come[k], until)
				}
				rows = append(rows, row)
			}
		case diffmatchpatch.DiffInsert:
			for _, line := range linesOf(e.Text) {
				right++
				rows = append(rows, diffRow{Kind: rowAdded, New: right, Right: whole(line)})
			}
		}
	}
	return folded(rows)
}

// ended is the text with an end to its last line, so that a line without one is no other line.
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

// linesOf are the lines of a run of whole lines.
func linesOf(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

func whole(line string) []diffPart { return []diffPart{{Text: line}} }

// compareWords marks what two lines do not share, as long as there is time.
func compareWords(before, after string, until time.Time) (left, right []diffPart) {
	if len(before)+len(after) > diffLineMost || time.Now().After(until) {
		return []diffPart{{before, true}}, []diffPart{{after, true}}
	}
	d := diffmatchpatch.New()
	d.DiffTimeout = 10 * time.Millisecond
	for _, e := range d.DiffCleanupSemantic(d.DiffMain(before, after, false)) {
		switch e.Type {
		case diffmatchpatch.DiffEqual:
			left, right = append(left, diffPart{Text: e.Text}), append(right, diffPart{Text: e.Text})
		case diffmatchpatch.DiffDelete:
			left = append(left, diffPart{e.Text, true})
		case diffmatchpatch.DiffInsert:
			right = append(right, diffPart{e.Text, true})
		}
	}
	return left, right
}

// folded leaves out what is the same far from any change.
func folded(rows []diffRow) []diffRow {
	near := make([]bool, len(rows))
	for i, r := range rows {
		if r.Kind == rowSame {
			continue
		}
		for k := max(0, i-diffAround); k <= min(len(rows)-1, i+diffAround); k++ {
			near[k] = true
		}
	}
	var all []diffRow
	for i := 0; i < len(rows); i++ {
		if near[i] {
			all = append(all, rows[i])
			continue
		}
		gap := diffRow{Kind: rowGap}
		for ; i < len(rows) && !near[i]; i++ {
			gap.Skipped++
		}
		i--
		all = append(all, gap)
	}
	return all
}
