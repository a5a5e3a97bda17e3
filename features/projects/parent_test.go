package projects

import (
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/data"
)

// family makes One with its part Two and its part Three, and Four and Five beside them; Five has the part Six.
func family(t *testing.T) (*world, Project) {
	t.Helper()
	w := open(t)
	p := w.project("Family", "Lea Lead", nil)
	for i, name := range []string{"One", "Two", "Three", "Four", "Five", "Six"} {
		w.task(p, name, func(f *taskForm) { f.Parent = []int64{0, 1, 2, 0, 0, 5}[i] })
	}
	return w, p
}

func TestParent_RefusesLoopsDepthAndStrangers(t *testing.T) {
	w, p := family(t)
	other := w.project("Other", "Lea Lead", nil)
	for range 9 {
		w.task(other, "Elsewhere", nil)
	}
	b := w.As("Lea Lead")
	for _, c := range []struct{ name, task, parent, says string }{
		{"itself", "1", "1", "part of itself"}, {"its part", "1", "2", "is a part of this task"}, {"its part's part", "1", "3", "is a part of this task"},
		{"below the third level", "4", "3", "three levels deep"}, {"with parts below the third level", "5", "2", "three levels deep"},
		{"nobody's", "4", "99", "no task of this number"}, {"another project's", "4", "9", "no task of this number"}, {"below zero", "4", "-1", "no task of this number"},
		{"a word", "4", "Two", "whole number"},
	} {
		before := w.kept()
		b.Fragment("POST", p.Path()+"/tasks/"+c.task+"/field/parent", "t"+c.task+"-parent", apptest.Form("parent", c.parent, "version", "1")).Want(http.StatusUnprocessableEntity, c.says, `value="`+c.parent+`"`)
		b.Post(p.Path()+"/tasks/"+c.task+"/edit", apptest.Form("name", "Typed", "status", "1", "priority", "2", "parent", c.parent, "version", "1")).Want(http.StatusUnprocessableEntity, c.says, "Typed")
		if w.kept() != before {
			t.Errorf("%s: something was written", c.name)
		}
	}
}

func TestParent_IsChangedAndTakesItsPartsAlong(t *testing.T) {
	w, p := family(t)
	b := w.As("Lea Lead")
	b.Get(p.Path() + "/tasks/5").Want(200)
	b.Get(p.Path() + "/tasks/4").Want(200).Lacks("Five")
	b.Fragment("POST", p.Path()+"/tasks/5/field/parent", "t5-parent", apptest.Form("parent", "4", "version", "1")).Want(200, "Task 4")
	if got := w.text("SELECT CONCAT((SELECT parent_id FROM tasks WHERE id = 5), (SELECT parent_id FROM tasks WHERE id = 6))"); got != "45" {
		t.Error(got)
	}
	b.Get(p.Path()+"/tasks/4").Want(200, "Five")
	rows := must[data.Rows[taskRow]](t)(w.tasks.List(w.as("Lea Lead"), p.ID, taskFilter{}, today))
	var tree []string
	for _, r := range rows.Items {
		tree = append(tree, strings.Repeat("-", r.Depth)+r.Name)
	}
	if got := strings.Join(tree, " "); got != "One -Two --Three Four -Five --Six" {
		t.Error(got)
	}
	b.Get(p.Path()+"/tasks/5/history").Want(200, "part of", "Task 4")
	b.Post(p.Path()+"/tasks/5/field/parent", apptest.Form("parent", "", "version", "2")).Want(http.StatusSeeOther)
	b.Get(p.Path() + "/tasks/4").Want(200).Lacks("Five")
	b.Get(p.Path()+"/list?columns=parent").Want(200, `data-label="Part of"`, "Task 2")
}

// Two hang two tasks on each other at once: one of them is refused.
func TestParent_TwoThatHangOnEachOther(t *testing.T) {
	w, p := family(t)
	ctx := w.as("Lea Lead")
	errs := make(chan error, 2)
	for _, c := range [][2]int64{{4, 6}, {5, 4}} {
		go func() {
			_, err := w.tasks.Update(ctx, p.ID, c[0], taskForm{Parent: c[1], Version: 1}, []string{"parent"})
			errs <- err
		}()
	}
	if a, b := <-errs, <-errs; (a == nil) == (b == nil) {
		t.Errorf("%v, %v", a, b)
	}
}

// Somebody who hangs the task elsewhere at the same time is told of it.
func TestParent_ClashNamesBoth(t *testing.T) {
	w, p := family(t)
	w.As("Ada Admin", "admin").Post(p.Path()+"/tasks/4/field/parent", apptest.Form("parent", "1", "version", "1")).Want(http.StatusSeeOther)
	b := w.As("Lea Lead")
	before := w.kept()
	b.Fragment("POST", p.Path()+"/tasks/4/field/parent", "t4-parent", apptest.Form("parent", "5", "version", "1")).Want(http.StatusConflict, "Part of", "Task 1", "Task 5", "Ada Admin")
	if w.kept() != before {
		t.Error("something was written")
	}
}
