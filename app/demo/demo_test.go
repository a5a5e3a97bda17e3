package demo

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"
	"unicode/utf8"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func usual() *Department { return New(Options{Users: 200, Projects: 300, Tasks: 12000}, now, 1) }

func TestNew_MakesTheSameFromTheSameSeed(t *testing.T) {
	o := Options{Users: 20, Projects: 30, Tasks: 400}
	if !reflect.DeepEqual(New(o, now, 7), New(o, now, 7)) {
		t.Error("two departments of one seed differ")
	}
	if reflect.DeepEqual(New(o, now, 7), New(o, now, 8)) {
		t.Error("two seeds made one department")
	}
}

func TestNew_HasExactlyTheSizeAskedFor(t *testing.T) {
	for _, o := range []Options{{1, 1, 0, ""}, {5, 3, 17, ""}, {2, 2, 41, ""}, {4, 1, 100, ""}, {3, 50, 7, ""}, {200, 300, 12000, ""}} {
		t.Run(fmt.Sprintf("%d-%d-%d", o.Users, o.Projects, o.Tasks), func(t *testing.T) {
			d := New(o, now, 3)
			check(t, d)
			got := []int{len(d.People), len(d.Projects), len(d.Tasks), len(d.Comments)}
			if want := []int{o.Users, o.Projects, o.Tasks, o.Tasks * 5 / 3}; !slices.Equal(got, want) {
				t.Errorf("made %v, want %v", got, want)
			}
		})
	}
}

func check(t *testing.T, d *Department) {
	t.Helper()
	names, numbers := map[string]bool{}, map[[2]int64]bool{}
	for _, p := range d.People {
		if names[p.Username] || p.Username == "" {
			t.Errorf("user name %q is taken or empty", p.Username)
		}
		names[p.Username] = true
		if _, err := time.LoadLocation(p.Zone); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	for i, p := range d.Projects {
		if names[p.Name] || utf8.RuneCountInString(p.Name) > 200 || utf8.RuneCountInString(p.Summary) > 500 {
			t.Errorf("project %d: name %q is taken or something is too long", i, p.Name)
		}
		names[p.Name] = true
		for _, who := range slices.Concat([]int{p.Lead}, p.Watchers, p.Stakeholders, p.Shareholders) {
			inRange(t, "person", who, len(d.People))
		}
		inOrder(t, fmt.Sprintf("project %d", i), p.Made, p.Ended, p.Archived)
	}
	for i, k := range d.Tasks {
		checkTask(t, d, i)
		at := [2]int64{int64(k.Project), k.Number}
		if numbers[at] {
			t.Errorf("number %v is taken", at)
		}
		numbers[at] = true
	}
	for _, k := range d.Todos {
		inRange(t, "project", k.Project, len(d.Projects))
		inRange(t, "task", k.Task+1, len(d.Tasks)+1)
		inRange(t, "person", k.By, len(d.People))
		inOrder(t, "todo", k.Made, k.Done)
	}
	for i, k := range d.Comments {
		inRange(t, "task", k.Task+1, len(d.Tasks)+1)
		inRange(t, "person", k.Author, len(d.People))
		inOrder(t, "comment", d.Projects[k.Project].Made, k.Made)
		if k.Task != None && d.Tasks[k.Task].Project != k.Project {
			t.Errorf("comment %d is on a task of another project", i)
		}
	}
}

func checkTask(t *testing.T, d *Department, i int) {
	t.Helper()
	k := d.Tasks[i]
	what := fmt.Sprintf("task %d", i)
	inRange(t, "project", k.Project, len(d.Projects))
	inRange(t, "maker", k.By, len(d.People))
	inRange(t, "assignee", k.Assignee+1, len(d.People)+1)
	inRange(t, "parent", k.Parent+1, i+1)
	inOrder(t, what, d.Projects[k.Project].Made, k.Made, k.Started, k.Ended)
	if open := k.Stage != done && k.Stage != cancelled; open != k.Ended.IsZero() {
		t.Errorf("%s is %s and ended at %v", what, k.Stage, k.Ended)
	}
	if !k.Due.Valid() || !k.Start.Valid() || k.Due != "" && k.Start > k.Due {
		t.Errorf("%s begins on %q and is due on %q", what, k.Start, k.Due)
	}
	depth := 0
	for up := k.Parent; up != None; up = d.Tasks[up].Parent {
		depth++
		if d.Tasks[up].Project != k.Project {
			t.Errorf("%s is part of a task of another project", what)
		}
		if d.Tasks[up].Stage == done && k.Ended.IsZero() {
			t.Errorf("%s is open below one that is done", what)
		}
	}
	if depth > 2 {
		t.Errorf("%s lies %d deep", what, depth)
	}
}

func inRange(t *testing.T, what string, place, end int) {
	t.Helper()
	if place < 0 || place >= end {
		t.Fatalf("%s %d is outside of %d", what, place, end)
	}
}

// inOrder checks the moments that are there: each not before the last, none after now.
func inOrder(t *testing.T, what string, moments ...time.Time) {
	t.Helper()
	var last time.Time
	for _, m := range moments {
		if m.IsZero() {
			continue
		}
		if m.Before(last) || m.After(now) {
			t.Errorf("%s: %v is before %v or in the future", what, m, last)
		}
		last = m
	}
}

func TestNew_HasABoardOfFortyAndABigProject(t *testing.T) {
	d := usual()
	counts := map[int]int{}
	for _, k := range d.Tasks {
		counts[k.Project]++
		if k.Project == 0 && !k.Ended.IsZero() {
			t.Errorf("%s is not open", k.Name)
		}
	}
	if d.Projects[0].Name != Relocation || counts[0] != 40 || counts[1] != 1000 {
		t.Errorf("%s has %d tasks and the big one %d", d.Projects[0].Name, counts[0], counts[1])
	}
}

func TestNew_GivesTheAccountUserWork(t *testing.T) {
	d := usual()
	leads, teams, tasks, private, archived := 0, 0, 0, 0, 0
	for _, p := range d.Projects {
		switch {
		case p.Lead == 2:
			leads++
		case slices.Contains(p.Watchers, 2):
			teams++
		}
		if p.Private {
			private++
		}
		if !p.Archived.IsZero() {
			archived++
		}
	}
	for _, k := range d.Tasks {
		if k.Assignee == 2 && k.Ended.IsZero() {
			tasks++
		}
	}
	if d.People[2].Username != "user" || leads < 3 || teams < 5 || tasks < 10 || private < 2 || archived < 3 {
		t.Errorf("leads %d, teams %d, open tasks %d, private %d, archived %d", leads, teams, tasks, private, archived)
	}
}
