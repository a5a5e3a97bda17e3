package projects

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
)

func TestQuick_SeveralLinesAreTakenBackAtOnce(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", nil)
	b := w.As("Lea Lead", "user")
	b.Post(p.Path()+"/quick", apptest.Form("text", "Move the racks\n  Label them\nClean up")).Want(http.StatusSeeOther)
	undo := p.Path() + "/several/" + w.lastAct() + "/undo"
	b.Get(p.Path()).Want(200, "3 tasks are made.", undo)
	w.As("Ada Admin", "admin").Post(undo, nil).Want(http.StatusNotFound)
	b.Post(undo, nil).Want(http.StatusSeeOther)
	b.Get(p.Path()).Want(200).Lacks("Move the racks", "Clean up")
	if n := w.Count("tasks", "deleted_at IS NULL"); n != 0 {
		t.Errorf("%d tasks are left", n)
	}
	w.figures(p.ID)
	b.Post(p.Path()+"/quick", apptest.Form("text", "One\nTwo")).Want(http.StatusSeeOther)
	b.Post(taskPath(p.ID, 4)+"/field/name", apptest.Form("name", "Worked on", "version", "1")).Want(http.StatusSeeOther)
	b.Post(p.Path()+"/several/"+w.lastAct()+"/undo", nil).Want(http.StatusSeeOther)
	if got := w.text("SELECT GROUP_CONCAT(name) FROM tasks WHERE deleted_at IS NULL"); got != "Worked on" {
		t.Errorf("%s is left", got)
	}
}

// A part may go to the trash in an earlier slice of an act than what it is part of, and comes back with it all the same.
func TestBulk_TrashOfSeveralSlicesComesBack(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	now := w.DB.Now()
	var rows []Task
	for n := range int64(bulkSlice + 20) {
		rows = append(rows, Task{ProjectID: p.ID, Number: n + 1, Name: "T", StatusID: w.status("To do"), PriorityID: w.priority("Low"), Open: true, Position: n * gap, Version: 1, CreatedAt: now, UpdatedAt: now})
	}
	w.Insert(&rows)
	w.Exec("UPDATE projects SET last_number = ?, tasks_total = ? WHERE id = ?", len(rows), len(rows), p.ID)
	number := func(n int) string {
		return "(SELECT id FROM (SELECT id FROM tasks WHERE number = " + id(int64(n)) + ") AS x)"
	}
	w.Exec("UPDATE tasks SET parent_id = " + number(bulkSlice+10) + " WHERE number = 1")       // goes before what it is part of
	w.Exec("UPDATE tasks SET parent_id = " + number(2) + " WHERE number = " + id(bulkSlice+5)) // goes with it, before its own turn
	w.Cache.Clear("")
	b := w.As("Lea Lead")
	b.Post(p.Path()+"/several", apptest.Form("all", "true", "do", "trash")).Want(http.StatusSeeOther)
	if n := w.Count("tasks", "deleted_at IS NULL"); n != 0 {
		t.Fatalf("%d tasks are left", n)
	}
	w.Clock.Add(time.Second)
	b.Post(p.Path()+"/several/"+w.lastAct()+"/undo", nil).Want(http.StatusSeeOther)
	if n := w.Count("tasks", "deleted_at IS NOT NULL"); n != 0 {
		t.Errorf("%d tasks stay in the trash: %s", n, w.text("SELECT CONCAT(COUNT(*), ' ', COALESCE(MAX(reason), '')) FROM undo_rows WHERE outcome = 'left'"))
	}
	w.figures(p.ID)
}

func TestRepeat_CompletedWithOthersMakesItsNextOnce(t *testing.T) {
	w, p, task := routine(t)
	other := w.task(p, "Other", nil)
	b := w.As("Lea Lead")
	done := ticked([]Task{task, other}, "status", id(w.status("Done")))
	b.Post(p.Path()+"/several", done).Want(http.StatusSeeOther)
	b.Post(p.Path()+"/several/"+w.lastAct()+"/undo", nil).Want(http.StatusSeeOther)
	b.Post(p.Path()+"/several", done).Want(http.StatusSeeOther)
	if n := w.Count("tasks"); n != 3 || w.stored(task).NextID == nil {
		t.Errorf("%d tasks, the next is %v", n, w.stored(task).NextID)
	}
	b.Post(task.Path()+"/field/name", apptest.Form("name", "Renamed", "version", id(w.stored(task).Version))).Want(http.StatusSeeOther)
	if w.stored(task).NextID == nil {
		t.Error("a change forgot the next one")
	}
	w.figures(p.ID)
	b.Get(task.Path()+"/edit").Want(200, task.Path()+"/repeat")
}

func TestTemplate_IsNobodysWork(t *testing.T) {
	w, p, task := routine(t)
	asta := w.As("Asta Assignee", "user")
	yesterday := string(w.today(w.as("Asta Assignee")).Add(-1))
	w.Exec("UPDATE tasks SET due_on = ?", yesterday)
	w.Exec("UPDATE todos SET assignee_id = ?, done_at = NULL", asta.User.ID)
	w.As("Lea Lead").Post(p.Path()+"/template", apptest.Form("on", "1")).Want(http.StatusSeeOther)
	asta.Get("/projects/mine").Want(200).Lacks("Check the racks", "Rack 1")
	asta.Get("/projects/panels/tasks").Want(200).Lacks("Check the racks")
	asta.Get("/projects/panels/projects").Want(200).Lacks("Hall B")
	asta.Get("/projects/panels/latest").Want(200).Lacks("Hall B", "Check the racks")
	asta.Get("/projects?show=overdue").Want(200).Lacks("Hall B")
	asta.Get("/projects").Want(200).Lacks("Hall B")
	if text, err := w.feeds.Calendar(w.as("Asta Assignee")); err != nil || strings.Contains(text, "Check the racks") {
		t.Errorf("the feed has it: %v", err)
	}
	w.forget()
	if err := w.tasks.remind(w.Context()); err != nil {
		t.Fatal(err)
	}
	w.task(p, "More", func(f *taskForm) { f.Assignee = asta.User.ID })
	if got := w.told("Asta Assignee"); len(got) > 0 {
		t.Errorf("she is told %v", got)
	}
	q := w.project("Real", "Lea Lead", nil)
	mine := w.task(q, "Mine", nil)
	lea := w.As("Lea Lead")
	lea.Get(mine.Path() + "/waits/find?find=" + task.Key(p)).Want(200).Lacks("Check the racks")
	lea.Get(q.Path() + "/suggest?kind=task&q=" + task.Key(p)).Lacks("Check the racks")
	before := w.Count("task_dependencies")
	if err := w.waits(mine, task); err == nil || w.Count("task_dependencies") != before {
		t.Errorf("a task waits for a template's: %v", err)
	}
	if err := w.setStatus("Lea Lead", task, "Done"); err != nil {
		t.Fatal(err)
	}
	if n := w.Count("tasks", "name = 'Check the racks'"); n != 1 {
		t.Errorf("it came again: %d", n)
	}
}

func TestMine_HasViewsAFileAndAFeed(t *testing.T) {
	w, p, _ := workbench(t)
	b := w.As("Asta Assignee")
	b.Get("/projects/mine").Want(200, "/projects/feeds", "/projects/mine/export", "/projects/mine/print", "Manage views")
	b.Post("/projects/views?list=projects.mine&show=todos&saved=9&evil=1", apptest.Form("name", "Ticks")).Want(http.StatusSeeOther)
	if got := w.text("SELECT query FROM saved_views"); got != "show=todos" {
		t.Errorf("kept as %q", got)
	}
	b.Get("/projects/mine").Want(200, "Ticks", "Missed")
	b.Post("/projects/views/"+w.lastView()+"/open?list=projects.mine", nil).Want(http.StatusSeeOther)
	to := b.Get("/projects/mine").Want(http.StatusSeeOther).Location()
	b.Get(to).Want(200, "Order labels", "Ticks").Lacks("Missed")
	b.Get("/projects/mine?show=all").Want(200, "Missed", "Order labels")
	a := b.Post("/projects/mine/export?show=assigned", nil).Want(200, "Key,Task or todo,Project,Status,Priority,Due", "HBX-1,Missed,Hall B,To do,Medium,20").Lacks("Order labels", "Hidden", "Someone else")
	if !strings.Contains(a.Header.Get("Content-Disposition"), "my-work") && !strings.Contains(a.Header.Get("Content-Disposition"), "my work") {
		t.Error(a.Header.Get("Content-Disposition"))
	}
	b.Post("/projects/mine/export?format=exe", nil).Want(http.StatusUnprocessableEntity)
	b.Get("/projects/mine/print?show=queue").Want(200, "Queued", "My work").Lacks("Missed")
	w.As("Stan Stranger", "user").Post("/projects/mine/export", nil).Want(200).Lacks("Missed", p.Name)
	w.As("Nora None").Post("/projects/mine/export", nil).Want(http.StatusForbidden)
}

func TestSettings_ListTheLimitsAndCopiesTakeThem(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	path := p.Path() + "/limits/" + id(w.status("In progress"))
	b.Get(p.Path()+"/settings").Want(200, path, "Tasks at most in In progress")
	b.Post(path, apptest.Form("most", "7")).Want(http.StatusSeeOther)
	b.Get(p.Path()+"/settings").Want(200, `value="7"`)
	b.Post(p.Path()+"/copy", apptest.Form("name", "Twin", "template", "true")).Want(http.StatusSeeOther)
	if n := w.Count("project_limits", "most = 7"); n != 2 {
		t.Errorf("%d limits", n)
	}
}

func TestImport_TakesOurOwnExportBack(t *testing.T) {
	for _, format := range []string{"csv", "xlsx"} {
		t.Run(format, func(t *testing.T) {
			w := open(t)
			p := w.source(false)
			b := w.As("Lea Lead")
			list := p.Path() + "/list/export?columns=status,priority,assignee,start,due,estimate,labels,milestone,parent,completed&format="
			head, _, _ := strings.Cut(strings.TrimPrefix(b.Post(list+"csv", nil).Want(200).Body, "\ufeff"), "\r\n")
			file := b.Post(list+format, nil).Want(200).Body
			q := w.project("Again", "Lea Lead", nil)
			now := w.DB.Now()
			w.Insert(&Milestone{ProjectID: q.ID, Name: "Power on", Version: 1, CreatedAt: now, UpdatedAt: now})
			w.Cache.Clear("")
			to := send(b, q, "tasks."+format, file).Want(http.StatusSeeOther).Location()
			fields := guessedFields(strings.Split(head, ","))
			if slices.Contains(fields, "") {
				t.Errorf("%s are %v", head, fields)
			}
			b.Post(to+"/check", columns(fields...)).Want(http.StatusSeeOther)
			w.work()
			b.Get(to).Want(200, "rows are right")
			b.Post(to+"/start", nil).Want(http.StatusSeeOther)
			w.work()
			if was, is := w.facts(p.ID), w.facts(q.ID); was != is || was == "" {
				t.Errorf("they were\n%s\nand are\n%s", was, is)
			}
		})
	}
}

// facts are all that a file has of a project's tasks.
func (w *world) facts(project int64) string {
	return w.text("SELECT COALESCE(GROUP_CONCAT(f ORDER BY f), '') FROM (SELECT CONCAT(t.name, ' ', t.status_id, ' ', t.priority_id, ' ', COALESCE(t.assignee_id, 0), ' ', t.start_on, ' ', t.due_on, ' ', t.estimate, ' ', "+
		"COALESCE((SELECT m.name FROM milestones m WHERE m.id = t.milestone_id), ''), ' ', COALESCE((SELECT u.name FROM tasks u WHERE u.id = t.parent_id), ''), ' ', "+
		"COALESCE((SELECT GROUP_CONCAT(l.name ORDER BY l.name_key) FROM task_labels x JOIN labels l ON l.id = x.label_id WHERE x.task_id = t.id), '')) AS f FROM tasks t WHERE t.project_id = ? AND t.deleted_at IS NULL) y", project)
}

func TestImport_TellsOnceAndKeepsMentions(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Walt Watcher", func(f *projectForm) { f.Watchers, f.NotifyCreated = []int64{w.id("Lea Lead", "user")}, true })
	old := w.task(p, "Old", nil)
	asta := w.Person("Asta Assignee", "user")
	w.forget()
	b := w.As("Lea Lead")
	to := uploaded(t, b, p, "Name,Assignee,Description\nOne,"+asta.Name+",See "+old.Key(p)+"\nTwo,"+asta.Name+",\n")
	b.Post(to+"/check", columns("name", "assignee", "description")).Want(http.StatusSeeOther)
	w.work()
	b.Post(to+"/start", nil).Want(http.StatusSeeOther)
	w.work()
	what := func(name string) string {
		return w.text("SELECT COALESCE(GROUP_CONCAT(CONCAT(events, ' ', what)), '') FROM notifications WHERE user_id = ?", w.id(name))
	}
	if got := what("Walt Watcher"); got != "1 imported 2 tasks" {
		t.Errorf("the lead is told %v", got)
	}
	if got := what("Asta Assignee"); got != "1 assigned 2 imported tasks to you" {
		t.Errorf("the assignee is told %v", got)
	}
	if n := w.Count("mentions", "target_id = "+id(old.ID)); n != 1 {
		t.Errorf("%d mentions", n)
	}
}
