package projects

import (
	"net/http"
	"sync"
	"testing"

	"portal/app/apptest"
	"portal/app/fault"
)

// limited makes a project whose column in progress may hold that many tasks, and holds what is there already.
func limited(t *testing.T, most string, there int) (*world, Project) {
	t.Helper()
	w := open(t)
	p := w.project("Cable", "Lea Lead", func(f *projectForm) { f.Watchers = []int64{w.id("Walt Watcher", "user")} })
	for range there {
		w.task(p, "There", func(f *taskForm) { f.Status = w.status("In progress") })
	}
	if err := w.projects.SetLimit(w.as("Lea Lead"), p.ID, w.status("In progress"), limitForm{most}); err != nil {
		t.Fatal(err)
	}
	return w, p
}

func TestLimit_RefusesWhatComesIntoAFullColumn(t *testing.T) {
	w, p := limited(t, "2", 2)
	card := w.task(p, "Order", nil)
	b := w.As("Walt Watcher")
	doing := id(w.status("In progress"))
	const says = "“In progress” is full: it holds 2 of 2."
	for _, c := range []struct{ name, path, target string }{
		{"a move", card.Path() + "/move", ""}, {"a move on the board", card.Path() + "/move", "board"}, {"a field", card.Path() + "/field/status", "row-t3-status"},
		{"the form", card.Path() + "/edit", ""}, {"a new task", p.Path() + "/tasks", ""},
	} {
		before := w.kept()
		f := apptest.Form("status", doing, "priority", id(w.priority("Medium")), "version", "1", "name", "Order")
		var a apptest.Answer
		if c.target == "" {
			a = b.Post(c.path, f)
		} else {
			a = b.Fragment("POST", c.path, c.target, f)
		}
		if a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s", c.name, a)
		}
		a.Want(http.StatusUnprocessableEntity, says)
		if w.kept() != before {
			t.Errorf("%s: something was written", c.name)
		}
	}
}

func TestLimit_MovesWithinAndOutOfAFullColumnGoOn(t *testing.T) {
	w, p := limited(t, "1", 3)
	b := w.As("Walt Watcher")
	doing := id(w.status("In progress"))
	b.Post(p.Path()+"/tasks/3/move", apptest.Form("status", doing, "before", "1", "version", "1")).Want(http.StatusSeeOther)
	b.Post(p.Path()+"/tasks/3/field/name", apptest.Form("name", "Renamed", "version", "1")).Want(http.StatusSeeOther)
	b.Post(p.Path()+"/tasks/1/move", apptest.Form("status", id(w.status("Done")), "version", "1")).Want(http.StatusSeeOther)
	b.Post(p.Path()+"/tasks/1/move", apptest.Form("status", doing, "version", "2")).Want(http.StatusUnprocessableEntity, "holds 2 of 1")
	b.Fragment("GET", p.Path(), "board", nil).Want(http.StatusOK, "Over its limit:", "2 / 1", "board-over")
}

// Two people at once take the last free place: one of them is told that it is taken.
func TestLimit_TheLastPlaceIsTakenOnce(t *testing.T) {
	w, p := limited(t, "3", 2)
	var cards []Task
	for range 6 {
		cards = append(cards, w.task(p, "Card", nil))
	}
	ctx := w.as("Lea Lead")
	var wait sync.WaitGroup
	errs := make([]error, len(cards))
	for i, c := range cards {
		wait.Go(func() {
			_, errs[i] = w.tasks.Move(ctx, p.ID, c.Number, moveForm{Status: w.status("In progress"), Version: 1})
		})
	}
	wait.Wait()
	moved := 0
	for _, err := range errs {
		switch {
		case err == nil:
			moved++
		case !fault.Is(err, fault.Invalid):
			t.Error(err)
		}
	}
	if n := w.Count("tasks", "status_id = "+id(w.status("In progress"))); moved != 1 || n != 3 {
		t.Errorf("%d moved, the column holds %d", moved, n)
	}
}

func TestLimit_IsSetByTheLeadFromTheColumnsHead(t *testing.T) {
	w, p := limited(t, "4", 1)
	b := w.As("Lea Lead")
	doing := id(w.status("In progress"))
	at, cell := p.Path()+"/limits/"+doing, "limit-"+doing
	b.Fragment("GET", p.Path(), "board", nil).Want(http.StatusOK, "1 / 4", at+"/edit")
	b.Fragment("GET", at+"/edit", cell, nil).Want(http.StatusOK, `value="4"`)
	for _, wrong := range []string{"-1", "x", "1.5", "10000", "99999999999999999999"} {
		before := w.kept()
		b.Fragment("POST", at, cell, apptest.Form("most", wrong, "version", "1")).Want(http.StatusUnprocessableEntity, "aria-invalid")
		if w.kept() != before || w.text("SELECT most FROM project_limits") != "4" {
			t.Errorf("%s was written", wrong)
		}
	}
	b.Fragment("POST", at, cell, apptest.Form("most", "2", "version", "1")).Want(http.StatusOK, "1 / 2")
	b.Fragment("GET", p.Path(), "board", nil).Want(http.StatusOK, "1 / 2")
	b.Get(p.Path()+"/history").Want(http.StatusOK, "In progress")
	b.Post(at, apptest.Form("most", "", "version", "1")).Want(http.StatusSeeOther)
	if n := w.Count("project_limits"); n != 0 {
		t.Errorf("%d limits are left", n)
	}
}

func TestLimit_IsNobodyElsesToSet(t *testing.T) {
	w, p := limited(t, "4", 1)
	hidden := w.project("Hidden", "Lea Lead", func(f *projectForm) { f.Private = true })
	walt := w.As("Walt Watcher", "user")
	doing := id(w.status("In progress"))
	before := w.kept()
	walt.Get(p.Path()).Want(http.StatusOK, "1 / 4").Lacks("/limits/")
	walt.Get(p.Path()+"/limits/"+doing+"/edit").Want(http.StatusForbidden, "lead and administrators")
	walt.Post(p.Path()+"/limits/"+doing, apptest.Form("most", "9")).Want(http.StatusForbidden)
	walt.Post(hidden.Path()+"/limits/"+doing, apptest.Form("most", "9")).Want(http.StatusNotFound)
	for _, path := range []string{"/limits/" + doing, "/limits/" + doing + "/edit", "/board/" + doing} {
		walt.Get(hidden.Path() + path).Want(http.StatusNotFound)
		walt.Fragment("GET", hidden.Path()+path, "board", nil).Want(http.StatusNotFound)
	}
	if w.kept() != before {
		t.Error("something was written")
	}
	lea := w.As("Lea Lead")
	lea.Post(p.Path()+"/limits/999", apptest.Form("most", "9")).Want(http.StatusNotFound)
	lea.Get(p.Path() + "/limits/999/edit").Want(http.StatusNotFound)
}
