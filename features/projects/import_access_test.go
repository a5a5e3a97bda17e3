package projects

import (
	"net/http"
	"strings"
	"testing"
)

func TestImport_FormIsRefusedAtTheField(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	before := w.kept()
	b.Post(p.Path()+"/import", nil).Want(http.StatusUnprocessableEntity, "Choose a file.")
	send(b, p, "x.xlsx", "PK\x03\x04no").Want(http.StatusUnprocessableEntity, "The workbook is damaged.", `aria-invalid="true"`)
	send(b, p, "x.csv", "").Want(http.StatusUnprocessableEntity, "The file is empty.")
	if after := w.kept(); after != before {
		t.Errorf("%s was %s", after, before)
	}
	to := uploaded(t, b, p, "Name;Status\nOne;To do\n")
	before = w.kept()
	for says, fields := range map[string][]string{
		"Say which column holds the tasks": {"", "status"}, "Two columns are “Name”": {"name", "name"}, "Say for each column what it is.": {"name"}, "Choose a field from the list.": {"name", "x\"><script>"},
	} {
		b.Post(to+"/check", columns(fields...)).Want(http.StatusUnprocessableEntity, says, "Which column is what?").Lacks("<script>\"")
	}
	f := columns("name", "status")
	f.Set("people", "all")
	b.Post(to+"/check", f).Want(http.StatusUnprocessableEntity, "Choose from the list.")
	if after := w.kept(); after != before {
		t.Errorf("%s was %s", after, before)
	}
	for range importsAtOnce - 1 {
		uploaded(t, b, p, "Name\nOne\n")
	}
	send(b, p, "tasks.csv", "Name\nOne\n").Want(http.StatusConflict, "You have 5 imports under way.")
}

func TestImport_IsForTheTeam(t *testing.T) {
	w := open(t)
	s := w.furnish("Closed Room", true)
	p := must[heldProject](t)(w.projects.held(w.Context(), s.project)).Project
	walt := w.As("Walt Watcher")
	to := uploaded(t, walt, p, "Name\nSecret plan\n")
	other := w.project("Own", "Stan Stranger", nil)
	stan := w.As("Stan Stranger", "user")
	before := w.kept()
	foreign := importPath(other.ID) + to[strings.LastIndex(to, "/"):]
	for _, path := range []string{to, foreign} {
		stan.Get(path).Want(http.StatusNotFound).Lacks("Secret plan", "tasks.csv")
		stan.Get(path + "/errors.csv").Want(http.StatusNotFound)
		for _, act := range []string{"/check", "/columns", "/start", "/cancel", "/undo", "/redo", "/sheet"} {
			stan.Post(path+act, columns("name")).Want(http.StatusNotFound)
		}
	}
	send(stan, p, "tasks.csv", "Name\nMine\n").Want(http.StatusNotFound)
	if after := w.kept(); after != before {
		t.Errorf("%s was %s", after, before)
	}
	open := w.furnish("Open Field", false)
	stan.Get(projectPath(open.project)+"/import").Want(http.StatusForbidden, "Only the project&#39;s team")
	stan.Get(projectPath(open.project)).Want(http.StatusOK).Lacks("/import\"")
	walt.Get(p.Path()).Want(http.StatusOK, "/import\"")
}

// Who has left the team meanwhile makes no tasks any more; only who began it and the lead take it back.
func TestImport_RightsAreThoseOfTheMoment(t *testing.T) {
	w := open(t)
	s := w.furnish("Closed Room", true)
	p := must[heldProject](t)(w.projects.held(w.Context(), s.project)).Project
	walt, mona, lea := w.As("Walt Watcher"), w.As("Mona Member", "manager"), w.As("Lea Lead")
	run := func(act string) string {
		to := uploaded(t, walt, p, "Name\nPlan\n")
		walt.Post(to+"/check", columns("name")).Want(http.StatusSeeOther)
		w.work()
		walt.Post(to+"/start", nil).Want(http.StatusSeeOther)
		if act == "leave" {
			w.Exec("DELETE FROM project_people")
			w.Cache.Clear("")
		}
		w.work()
		return to
	}
	to := run("")
	mona.Post(to+"/undo", nil).Want(http.StatusForbidden, "Only who began the import")
	w.Exec("UPDATE imports SET ended_at = ?", w.DB.Now().Add(-25*importKept/24))
	walt.Post(to+"/undo", nil).Want(http.StatusConflict, "for a day")
	tasks := w.tasksKept()
	to = run("leave")
	lea.Get(to).Want(http.StatusOK, "No task was made.")
	if after := w.tasksKept(); after != tasks {
		t.Errorf("%s was %s", after, tasks)
	}
}
