package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
)

// leaver makes Tom hold a project, two memberships, an open and a done task, and two todos; it returns the project's id.
func (w userWorld) leaver() (tom, eva *apptest.Browser, project int64) {
	w.t.Helper()
	tom, eva = w.As("Tom", "user"), w.As("Eva", "user")
	id := func(table, where string) (n int64) {
		if err := w.DB.Writer().NewRaw("SELECT id FROM "+table+" WHERE "+where).Scan(w.Context(), &n); err != nil {
			w.t.Fatalf("%s: %v", table, err)
		}
		return n
	}
	todo, done, medium := id("statuses", "name_key = 'to do'"), id("statuses", "stage = 'done'"), id("priorities", "name_key = 'medium'")
	made := tom.Post("/projects", apptest.Form("name", "Racks", "status", fmt.Sprint(todo), "priority", fmt.Sprint(medium), "lead", fmt.Sprint(tom.User.ID),
		"private", "1", "watchers", fmt.Sprint(tom.User.ID), "stakeholders", fmt.Sprint(tom.User.ID), "watchers_shown", "1")).Want(http.StatusSeeOther)
	path := made.Location()
	for name, status := range map[string]int64{"Open task": todo, "Done task": done} {
		tom.Post(path+"/tasks", apptest.Form("name", name, "status", fmt.Sprint(status), "priority", fmt.Sprint(medium), "assignee", fmt.Sprint(tom.User.ID))).
			Want(http.StatusSeeOther)
	}
	tom.Post(path+"/todos", apptest.Form("text", "Of the project")).Want(http.StatusSeeOther)
	tom.Post(path+"/tasks/1/todos", apptest.Form("text", "Of a task")).Want(http.StatusSeeOther)
	w.Exec("UPDATE todos SET assignee_id = ?", tom.User.ID)
	project = id("projects", "name = 'Racks'")
	w.Exec("INSERT INTO project_people (project_id, user_id, kind) VALUES (?, ?, 'watcher')", project, eva.User.ID)
	w.Cache.Clear("")
	return tom, eva, project
}

func TestHandOver_MovesAllThatIsHeldAndSaysSoInEachHistory(t *testing.T) {
	w := openUsers(t)
	tom, eva, project := w.leaver()
	w.admin.Get(w.path("Tom", "/holdings")).Want(http.StatusOK, "Projects they lead", "Open todos")
	w.admin.Fragment("GET", w.path("Tom", "/holdings"), "holdings", nil).Want(http.StatusOK, "Open todos").Lacks("<h1>")
	w.same("looking at what would happen", func() {
		w.admin.Get(w.path("Tom", fmt.Sprintf("/hand-over?to=%d", eva.User.ID))).Want(http.StatusOK, "Eva gets from Tom", "Projects they lead (1)",
			"Memberships of projects", "Open tasks (1)", "Open todos (2)", "Open task").Lacks("Done task")
	})
	w.admin.Post(w.path("Tom", "/hand-over"), apptest.Form("to", fmt.Sprint(eva.User.ID), "lock", "1", "reason", "Left")).Want(http.StatusSeeOther)
	from, to := fmt.Sprint(tom.User.ID), fmt.Sprint(eva.User.ID)
	for table, where := range map[string]string{"projects": "lead_id = ", "todos": "done_at IS NULL AND assignee_id = "} {
		if w.Count(table, where+from) != 0 || w.Count(table, where+to) == 0 {
			t.Errorf("%s are not handed over", table)
		}
	}
	if w.Count("project_people", "user_id = "+from) != 0 || w.Count("project_people", "user_id = "+to) != 2 {
		t.Error("the memberships are not handed over")
	}
	if w.Count("tasks", "assignee_id = "+to) != 1 || w.Count("tasks", "assignee_id = "+from) != 1 {
		t.Error("not exactly the open task is handed over")
	}
	if n := w.Count("history", "what LIKE 'handed%from Tom to Eva'"); n < 5 {
		t.Errorf("%d lines of history say so", n)
	}
	if u := w.user("Tom"); u.LockedAt == nil || u.LockedReason != "Left" {
		t.Error("Tom is not locked")
	}
	path := fmt.Sprintf("/projects/%d", project)
	eva.Get(path).Want(http.StatusOK, "Open task")
	eva.Get(path+"/history").Want(http.StatusOK, "handed the todo “Of the project” over from Tom to Eva")
	w.admin.Get(w.path("Tom", "/hand-over")).Want(http.StatusOK, "Nothing to hand over")
}

func TestHandOver_WhoHoldsNothingNeedsNoSuccessor(t *testing.T) {
	w := openUsers(t)
	w.As("Tom", "user")
	w.admin.Get(w.path("Tom", "/hand-over")).Want(http.StatusOK, "Nothing to hand over", "Go to Tom").Lacks("Who takes over")
}

func TestHandOver_IsRefusedToWhoCannotTakeOver(t *testing.T) {
	w := openUsers(t)
	tom, _, _ := w.leaver()
	if err := w.Users.Shut(w.Context(), w.Person("Gone", "user").ID, ""); err != nil {
		t.Fatal(err)
	}
	for to, said := range map[string]string{
		"": "Choose who takes over.", "999": "Choose who takes over.", fmt.Sprint(tom.User.ID): "this is the same person",
		fmt.Sprint(w.Person("Gone").ID): "Gone is locked out",
	} {
		w.same(to, func() {
			a := w.admin.Post(w.path("Tom", "/hand-over"), apptest.Form("to", to)).Want(http.StatusUnprocessableEntity)
			if !strings.Contains(a.Body, said) {
				t.Errorf("%q: it is not said that %s", to, said)
			}
		})
	}
	w.same("no number", func() {
		w.admin.Post(w.path("Tom", "/hand-over"), apptest.Form("to", "x")).Want(http.StatusUnprocessableEntity)
	})
	if w.Count("projects", fmt.Sprint("lead_id = ", tom.User.ID)) != 1 {
		t.Error("something was handed over")
	}
}

func TestHandOver_WhatIsRefusedLeavesAllAsItWas(t *testing.T) {
	w := openUsers(t)
	w.leaver()
	w.Exec("UPDATE users SET locked_at = NULL")
	w.admin.Post(w.path("Ada Admin", "/hand-over"), apptest.Form("to", fmt.Sprint(w.Person("Eva").ID), "lock", "1")).
		Want(http.StatusConflict, "Everything is handed over, but the account is still open.", "lock your own account")
}
