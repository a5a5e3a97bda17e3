package projects

import (
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
)

func TestImport_MakesTasksOfAFile(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	old := w.task(p, "Old", nil)
	w.Person("Ben Okafor", "user")
	b := w.As("Lea Lead")
	b.Get(p.Path()+"/import").Want(http.StatusOK, "Nothing was imported into this project yet.", `type="file"`)
	to := uploaded(t, b, p, "Key;Name;Status;Priority;Assignee;Start;Due;Estimate;Labels;Part of;Description\n"+
		"A;Replace the UPS;In progress;High;ben.okafor;2026-11-01;24.12.2026;2h 30m;power, hall B;;*Now*\n"+
		"B;Order it;Done;;Ben Okafor;;;3d;power;A;\n"+
		"C;Fetch it;;;;;;;;B;\n"+
		";Below an old one;;;;;;;;"+old.Key(p)+";\n")
	page := b.Fragment("GET", to, "import", nil).Want(http.StatusOK, "CSV, UTF-8, separated by semicolons", "Replace the UPS", "Check the file")
	apptest.Golden(t, "import-columns", page.Body)
	fields := []string{"key", "name", "status", "priority", "assignee", "start_on", "due_on", "estimate", "labels", "parent", "description"}
	b.Post(to+"/check", columns(fields...)).Want(http.StatusSeeOther)
	b.Get(to).Want(http.StatusOK, "waits to be checked", `hx-trigger="every 1s"`)
	w.work()
	b.Get(to).Want(http.StatusOK, "All 4 rows are right.", "Make 4 tasks")
	if n := len(w.rows("tasks", "id > 0")); n != 1 {
		t.Fatalf("the check has made %d tasks", n-1)
	}
	b.Post(to+"/start", nil).Want(http.StatusSeeOther)
	w.work()
	b.Get(to).Want(http.StatusOK, "4 tasks made: NETW-2 to NETW-5", "Take the whole import back")
	b.Get(p.Path()+"/list").Want(http.StatusOK, "Replace the UPS", "Order it", "Fetch it", "Below an old one")
	b.Get(p.Path()+"/tasks/2").Want(http.StatusOK, "<em>Now</em>", "Ben Okafor")
	b.Get(old.Path()).Want(http.StatusOK, "Below an old one")
	b.Get(p.Path()+"/tasks/2/history").Want(http.StatusOK, "imported the task from “tasks.csv”")
	got := w.text("SELECT GROUP_CONCAT(CONCAT(t.number, ' ', t.estimate, ' ', t.due_on, ' ', COALESCE(u.number, 0), ' ', t.open, ' ', t.search_text) ORDER BY t.number) FROM tasks AS t LEFT JOIN tasks AS u ON u.id = t.parent_id WHERE t.number > 1")
	if want := "2 150 2026-12-24 0 1 netw-2 replace the ups ,3 1440  2 0 netw-3 order it ,4 0  3 1 netw-4 fetch it ,5 0  1 1 netw-5 below an old one "; strings.ReplaceAll(got, " ,", ",") != strings.TrimSpace(strings.ReplaceAll(want, " ,", ",")) {
		t.Errorf("%q", got)
	}
	if got := w.text("SELECT CONCAT(tasks_total, '/', tasks_done, '/', last_number) FROM projects"); got != "5/1/5" {
		t.Errorf("counts %s", got)
	}
	if got := w.text("SELECT GROUP_CONCAT(l.name ORDER BY l.name_key) FROM labels AS l JOIN task_labels AS x ON x.label_id = l.id"); got != "hall B,power,power" {
		t.Errorf("labels %s", got)
	}
	if n := w.Count("import_rows", "1 = 1") + w.Count("import_parts", "1 = 1") + w.Count("import_labels", "1 = 1"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	b.Post(to+"/undo", nil).Want(http.StatusSeeOther)
	b.Get(to).Want(http.StatusOK, "The import was taken back", to+"/redo")
	b.Get(p.Path() + "/list").Want(http.StatusOK).Lacks("Order it")
	b.Post(to+"/undo", nil).Want(http.StatusConflict)
	b.Post(to+"/redo", nil).Want(http.StatusSeeOther)
	b.Get(p.Path()+"/list").Want(http.StatusOK, "Order it", "Fetch it")
}
