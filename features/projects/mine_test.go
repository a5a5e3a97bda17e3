package projects

import (
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
)

// workbench is what Asta has to do: tasks of each group, a todo, one in her role's queue, and what is not hers.
func workbench(t *testing.T) (*world, Project, Project) {
	t.Helper()
	w := open(t)
	asta := w.id("Asta Assignee", "user", "manager")
	p := w.project("Hall B", "Lea Lead", nil)
	secret := w.project("Closed Room", "Lea Lead", func(f *projectForm) { f.Private = true })
	today := string(w.today(w.as("Asta Assignee")))
	day := func(n int) string { return string(w.today(w.as("Asta Assignee")).Add(n)) }
	for _, c := range [][2]string{{"Missed", day(-1)}, {"Now", today}, {"Soon enough", day(30)}, {"Whenever", ""}} {
		w.task(p, c[0], func(f *taskForm) { f.Assignee, f.DueOn = asta, c[1] })
	}
	w.task(p, "Someone else's", func(f *taskForm) { f.Assignee = w.id("Lea Lead") })
	w.task(secret, "Hidden", func(f *taskForm) { f.Assignee, f.DueOn = asta, today })
	queued := w.task(p, "Queued", func(f *taskForm) { f.DueOn = day(40) })
	w.Exec("UPDATE tasks SET queue_id = ? WHERE id = ?", w.Gate.Access().RoleID("manager"), queued.ID)
	if err := w.notes.AddTodo(w.as("Lea Lead"), owner{p.ID, 0}, "Order labels", ""); err != nil {
		t.Fatal(err)
	}
	w.Exec("UPDATE todos SET assignee_id = ?, due_on = ?", asta, day(-3))
	w.Cache.Clear("")
	return w, p, secret
}

func TestMine_ShowsWhatWaitsByDueDate(t *testing.T) {
	w, p, _ := workbench(t)
	b := w.As("Asta Assignee")
	a := b.Get("/projects/mine").Want(http.StatusOK, "Order labels", "Missed", "Now", "Soon enough", "Whenever", "Queued", "1–6 of 6 items").
		Lacks("Someone else", "Hidden", "Closed Room")
	at := -1
	for _, name := range []string{">Overdue<", "Order labels", "Missed", "Now", "Soon enough", "Queued", "Whenever"} {
		i := strings.Index(a.Body[max(0, strings.Index(a.Body, "<tbody")):], name)
		if name != ">Overdue<" && i < at {
			t.Errorf("%s comes too early", name)
		}
		at = max(at, i)
	}
	for query, c := range map[string]struct{ has, lacks string }{
		"show=assigned":                          {"Missed", "Order labels"},
		"show=todos":                             {"Order labels", "Missed"},
		"show=queue":                             {"Queued", "Missed"},
		"when=overdue":                           {"Missed", "Whenever"},
		"when=none":                              {"Whenever", "Missed"},
		"q=enough":                               {"Soon enough", "Whenever"},
		"project=" + id(p.ID):                    {"Missed", "Nothing fits"},
		"project=9999":                           {"Nothing fits", "Missed"},
		"priority=" + id(w.priority("Critical")): {"Nothing fits", "Missed"},
		"sort=-name&size=50":                     {"Queued", ">Overdue<span"},
		"page=99":                                {"Missed", "Nothing fits"},
		"show=made":                              {"Nothing fits", "Missed"},
		"show=watching":                          {"Nothing fits", "Missed"},
	} {
		b.Fragment("GET", "/projects/mine?"+query, "list", nil).Want(http.StatusOK, c.has).Lacks(c.lacks)
	}
	w.As("Nora None").Get("/projects/mine").Want(http.StatusForbidden)
	w.As("Stan Stranger", "user").Get("/projects/mine").Want(http.StatusOK, "Nothing is waiting for you").Lacks("Missed", "Queued", "Hall B")
}

func TestMine_ShowsEachWriteAtOnce(t *testing.T) {
	w, p, secret := workbench(t)
	b := w.As("Asta Assignee")
	look := func(has string, lacks ...string) {
		t.Helper()
		b.Fragment("GET", "/projects/mine", "list", nil).Want(http.StatusOK, has).Lacks(lacks...)
	}
	look("Missed")
	lea := w.As("Lea Lead")
	lea.Post(p.Path()+"/tasks/1/field/name", apptest.Form("name", "Renamed", "version", "1")).Want(http.StatusSeeOther)
	look("Renamed")
	w.Exec("UPDATE tasks SET version = version")
	lea.Post(p.Path()+"/tasks/5/field/assignee", apptest.Form("assignee", id(w.id("Asta Assignee")), "version", "1")).Want(http.StatusSeeOther)
	look("Someone else")
	b.Fragment("POST", p.Path()+"/tasks/5/field/status?at=row", "row-t"+w.text("SELECT id FROM tasks WHERE number = 5")+"-status",
		apptest.Form("status", id(w.status("Done")), "version", "2")).Want(http.StatusOK, "Done")
	look("Queued", "Someone else")
	if _, err := w.projects.Update(w.as("Lea Lead"), secret.ID, projectForm{Version: 1, Watchers: []int64{w.id("Asta Assignee")}}, []string{"watchers"}); err != nil {
		t.Fatal(err)
	}
	look("Hidden")
	b.Fragment("GET", "/projects/mine?show=watching", "list", nil).Want(http.StatusOK, "Nothing fits")
	b.Fragment("POST", p.Path()+"/tasks/2/watch", "task", apptest.Form("on", "true")).Want(http.StatusOK, "Unwatch", "Watched by")
	b.Fragment("GET", "/projects/mine?show=watching", "list", nil).Want(http.StatusOK).Lacks("Nothing fits")
}

func TestMine_Look(t *testing.T) {
	w, _, _ := workbench(t)
	w.Exec("DELETE FROM tasks WHERE name NOT IN ('Missed', 'Queued')")
	apptest.Golden(t, "work", w.As("Asta Assignee").Fragment("GET", "/projects/mine", "list", nil).Want(http.StatusOK).Body)
}
