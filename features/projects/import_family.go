package projects

import (
	"fmt"
	"strconv"
	"strings"

	"portal/app/data"
)

// importFamily knows which row of a file is part of which other one, or of a task that is there already.
type importFamily struct {
	taskKey string
	keys    map[string]int      // the place of each row's key, folded; -1 for a key that two rows have
	parents []string            // what the row at each place says it is part of; the first is no row
	tasks   map[int64]importKin // those of the project, by number
}

// importKin is a task of the project: its id, and how deep it lies, 0 for the top.
type importKin struct {
	id    int64
	depth int
}

// importUp is what a row is part of: a row of the same file, a task, or nothing.
type importUp struct {
	place int
	id    int64
	depth int // in rows of the file: 0 when place is 0
}

// kinMost is how many rows upwards a circle is looked for. A file may be one chain of all its rows: to follow each of them
// to its end takes as long as their number squared.
const kinMost = 10

// of is what the row at that place is part of; said is what is wrong with it.
func (f *importFamily) of(place int) (importUp, string) {
	text := f.parents[place]
	if text == "" {
		return importUp{}, ""
	}
	at, id, _, said := f.find(place)
	if said != "" {
		return importUp{}, said
	}
	depth, whole := 0, 0
	seen := map[int]bool{place: true}
	for p := place; ; {
		next, _, above, _ := f.find(p)
		if next == 0 {
			whole += above
			break
		}
		if seen[next] {
			return importUp{}, "The rows are part of each other in a circle."
		}
		seen[next] = true
		depth++
		whole++
		if whole == kinMost {
			break
		}
		p = next
	}
	if whole > levels-1 {
		return importUp{}, fmt.Sprintf("Tasks lie in each other %d levels deep at most.", levels)
	}
	return importUp{at, id, depth}, ""
}

// find is the row or the task that the row at that place is part of, and how much deeper than the top that puts it
// when it is a task.
func (f *importFamily) find(place int) (at int, id int64, above int, said string) {
	text := f.parents[place]
	if text == "" {
		return 0, 0, 0, ""
	}
	switch at = f.keys[data.Fold(text)]; {
	case at < 0:
		return 0, 0, 0, fmt.Sprintf("Two rows have the key “%s”.", data.Cut(text, 40))
	case at > 0:
		return at, 0, 0, ""
	}
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToUpper(text), strings.ToUpper(f.taskKey)+"-"), "#")
	n, err := strconv.ParseInt(digits, 10, 64)
	if t, ok := f.tasks[n]; ok && err == nil {
		return 0, t.id, t.depth + 1, ""
	}
	return 0, 0, 0, fmt.Sprintf("There is no row and no task “%s”.", data.Cut(text, 40))
}
