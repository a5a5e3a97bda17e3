package projects

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"portal/app/legacy"
)

// tree is where the old tasks lie in each other, by old ids.
type tree struct {
	project map[int64]int64 // of each task that comes over
	parent  map[int64]int64 // 0: at the top
	mended  map[int64][]string
}

func newTree(rows []legacy.Record, comes func(legacy.Record) bool) *tree {
	t := &tree{map[int64]int64{}, map[int64]int64{}, map[int64][]string{}}
	for _, r := range rows {
		if comes(r) {
			t.project[r.ID()], t.parent[r.ID()] = r.Int("project_id"), r.Int("parent_id")
		}
	}
	ids := sorted(keysOf(t.parent))
	for _, id := range ids {
		t.own(id)
	}
	for _, id := range ids {
		t.breakLoop(id)
	}
	was := map[int64]int{}
	for _, id := range ids {
		was[id] = t.depth(id)
	}
	for _, id := range ids {
		t.lift(id, was[id])
	}
	return t
}

func keysOf(m map[int64]int64) []int64 {
	all := make([]int64, 0, len(m))
	for k := range m {
		all = append(all, k)
	}
	return all
}

// own lets go of a parent that is not there, or in another project.
func (t *tree) own(id int64) {
	parent := t.parent[id]
	if parent == 0 {
		return
	}
	switch project, there := t.project[parent]; {
	case !there:
		t.mended[id] = append(t.mended[id], fmt.Sprintf("the task %d that it was part of is not there; it stands by itself now", parent))
		t.parent[id] = 0
	case project != t.project[id]:
		t.mended[id] = append(t.mended[id], fmt.Sprintf("the task %d that it was part of belongs to another project; it stands by itself now", parent))
		t.parent[id] = 0
	}
}

// breakLoop lets a task stand by itself that is part of itself, directly or by others.
func (t *tree) breakLoop(id int64) {
	way := []string{legacy.Key(id)}
	seen := map[int64]bool{}
	for at := t.parent[id]; at != 0 && !seen[at]; at = t.parent[at] {
		way = append(way, legacy.Key(at))
		if at == id {
			t.mended[id] = append(t.mended[id], "it was part of itself ("+strings.Join(way, " in ")+"); it stands by itself now")
			t.parent[id] = 0
			return
		}
		seen[at] = true
	}
}

// depth is the task's level, 1 at the top.
func (t *tree) depth(id int64) int {
	n := 1
	for at := t.parent[id]; at != 0; at = t.parent[at] {
		n++
	}
	return n
}

// lift hangs a task that lies too deep on the one above that may still have parts; was is how deep it lay.
// Others may hang on it: their depth is taken from their own way up, so the order does not matter.
func (t *tree) lift(id int64, was int) {
	if t.depth(id) <= levels {
		return
	}
	parent := t.parent[id]
	for t.depth(parent) >= levels {
		parent = t.parent[parent]
	}
	t.mended[id] = append(t.mended[id], fmt.Sprintf("it lay %d levels deep; it is part of task %d on level %d now", was, parent, levels))
	t.parent[id] = parent
}

// inColumn orders the old tasks as their board showed them: by list, place and id.
func inColumn(a, b legacy.Record) int {
	return cmp.Or(cmp.Compare(listRank(a), listRank(b)), cmp.Compare(a.Int("position"), b.Int("position")), cmp.Compare(a.ID(), b.ID()))
}

func listRank(r legacy.Record) int {
	at := slices.Index([]string{"todo", "in_progress", "review", "done", "completed"}, r.Line("list_position"))
	if at < 0 {
		return 9
	}
	return at
}

// doneAt is when a task was completed: as the history says, else its last change.
func doneAt(history []legacy.Record) map[int64]time.Time {
	at := map[int64]time.Time{}
	for _, r := range history {
		made := r.Time("created_at")
		if made == nil || !r.Has("task_id") {
			continue
		}
		for _, f := range detailsOf(r).fields {
			stage, known := stageOf(f.New)
			if known && stage == StageDone && slices.Contains([]string{"status", "list_position"}, f.Name) && made.After(at[r.Int("task_id")]) {
				at[r.Int("task_id")] = *made
			}
		}
	}
	return at
}

// waiting is which task waits for which others, by our ids.
type waiting map[int64][]int64

// way is how task leads to goal by what waits for what, nil when it does not.
func (w waiting) way(task, goal int64) []int64 {
	from := map[int64]int64{task: 0}
	for queue := []int64{task}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at == goal {
			var way []int64
			for ; at != 0; at = from[at] {
				way = append([]int64{at}, way...)
			}
			return way
		}
		for _, next := range w[at] {
			if _, seen := from[next]; !seen {
				from[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}
