package projects

import (
	"fmt"
	"slices"
	"testing"

	"portal/app/data"
	"portal/app/legacy"
	"portal/components"
)

func TestToneOf_IsAToneForEveryColour(t *testing.T) {
	for colour, want := range map[string]string{
		"primary": "blue", "Danger": "red", "#dc3545": "red", "#ffc107": "amber", "#28a745": "green", "#6c757d": "gray", "#343a40": "slate",
		"#9c27b0": "purple", "#00f": "blue", "#fff": "gray",
	} {
		if got, ok := toneOf(colour); got != want || !ok {
			t.Errorf("%s is %s (%v), want %s", colour, got, ok, want)
		}
	}
	for n := range 4096 {
		got, ok := toneOf(fmt.Sprintf("#%03x", n))
		if !ok || !slices.Contains(components.Tones(), got) {
			t.Fatalf("#%03x is %q", n, got)
		}
	}
	for _, colour := range []string{"", "rainbow", "#12", "#gggggg", "dc3545"} {
		if _, ok := toneOf(colour); ok {
			t.Errorf("%q is taken for a colour", colour)
		}
	}
}

func TestStageOf_FollowsTheName(t *testing.T) {
	for name, want := range map[string]Stage{
		"Not Started": StageTodo, "open": StageTodo, "in_progress": StageProgress, "On Hold": StageProgress, "active": StageProgress, "review": StageReview,
		"Completed": StageDone, "done": StageDone, "Cancelled": StageCancelled, "canceled": StageCancelled,
	} {
		if got, known := stageOf(name); got != want || !known {
			t.Errorf("%s is %s (%v), want %s", name, got, known, want)
		}
	}
	if _, known := stageOf("Renewal"); known {
		t.Error("Renewal says how far the work is")
	}
}

func TestTree_HasNoLoopAndThreeLevels(t *testing.T) {
	var rows []legacy.Record
	for id := int64(1); id <= 60; id++ { // a chain of 30, a ring of 10, tasks that are part of themselves, and strays
		r := legacy.Record{"id": id, "project_id": int64(1), "parent_id": id - 1}
		switch {
		case id > 30 && id <= 40:
			r["parent_id"] = 31 + (id-30)%10
		case id > 40 && id <= 50:
			r["parent_id"] = id
		case id > 50:
			r["parent_id"], r["project_id"] = id-50, int64(2)
		}
		rows = append(rows, r)
	}
	tree := newTree(rows, func(legacy.Record) bool { return true })
	for id := int64(1); id <= 60; id++ {
		if d := tree.depth(id); d > levels {
			t.Errorf("task %d lies %d levels deep", id, d)
		}
		if moved := tree.parent[id] != rows[id-1].Int("parent_id"); moved != (len(tree.mended[id]) > 0) {
			t.Errorf("task %d: moved %v, but %q", id, moved, tree.mended[id])
		}
	}
	if got := tree.mended[30]; len(got) != 1 || got[0] != "it lay 30 levels deep; it is part of task 2 on level 3 now" {
		t.Errorf("%q", got)
	}
}

func TestDetailsOf_ReadsEveryForm(t *testing.T) {
	for text, want := range map[string]details{
		"":     {},
		"null": {},
		`{"status": {"old": "a", "new": "b"}, "due_date": {"old": null, "new": "2026-01-02"}}`: {
			fields: []data.Field{{Name: "due_on", New: "2026-01-02"}, {Name: "status", Old: "a", New: "b"}}},
		`{"name": "x", "n": 3, "ok": true, "list": [1]}`: {said: "list [1], n 3, name x, ok yes"},
		`not json`: {said: "not json"},
		`[1, 2]`:   {said: "[1, 2]"},
	} {
		got := detailsOf(legacy.Record{"details": text})
		if got.said != want.said || !slices.Equal(got.fields, want.fields) {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}
