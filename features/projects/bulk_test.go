package projects

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/data"
)

// ticked is the bar's form with these tasks ticked.
func ticked(tasks []Task, pairs ...string) url.Values {
	f := url.Values{}
	for name, sent := range apptest.Form(pairs...) {
		if slices.Contains([]string{"status", "priority", "assignee", "due_on", "days", "milestone"}, name) {
			name = "set_" + name
		}
		f[name] = sent
	}
	for _, t := range tasks {
		f.Add("task", id(t.Number))
	}
	return f
}

// many makes that many tasks.
func (w *world) many(p Project, n int) []Task {
	var all []Task
	for range n {
		all = append(all, w.task(p, "Rack", nil))
	}
	return all
}

// stored is the task as the database has it.
func (w *world) stored(t Task) Task {
	w.t.Helper()
	var now Task
	if err := w.DB.Writer().NewSelect().Model(&now).Where("t.id = ?", t.ID).Scan(w.Context()); err != nil {
		w.t.Fatal(err)
	}
	return now
}

func (w *world) lastAct() string { return w.text("SELECT MAX(id) FROM undos") }

func TestBulk_ChangesEachRowAndSaysWhatBecameOfIt(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	tasks := w.many(p, 3)
	gone := w.task(p, "Gone", nil)
	must[Task](t)(w.tasks.Delete(w.as("Lea Lead"), p.ID, gone.Number, true))
	b := w.As("Lea Lead")
	f := ticked(append(tasks, gone), "status", id(w.status("In progress")), "assignee", id(b.User.ID), "days", "")
	to := b.Post(p.Path()+"/several", f).Want(http.StatusSeeOther).Location()
	page := b.Get(to).Want(200, "3 changed, 1 refused.", "Refused", "There is no such task", "several/"+w.lastAct()+"/undo")
	page.Want(200, "RACK-1 Rack")
	for _, task := range tasks {
		now := w.stored(task)
		if now.StatusID != w.status("In progress") || data.OrZero(now.AssigneeID) != b.User.ID || now.StartedAt == nil || now.Version != 2 {
			t.Errorf("task %d is %+v", task.Number, now)
		}
	}
	if n := w.Count("history", "kind = 'projects.task' AND field = 'status'"); n != 3 {
		t.Errorf("%d lines of history", n)
	}
	b.Post(p.Path()+"/several", f).Want(http.StatusConflict, "Nothing was changed")
}

func TestBulk_FieldsAsATable(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	now := w.DB.Now()
	w.Insert(&Milestone{ProjectID: p.ID, Name: "Power on", Version: 1, CreatedAt: now, UpdatedAt: now})
	w.Insert(&[]Label{
		{ProjectID: p.ID, Name: "Cable", NameKey: "cable", Tone: "blue", Version: 1, CreatedAt: now, UpdatedAt: now},
		{ProjectID: p.ID, Name: "Zone", NameKey: "zone", Tone: "red", Version: 1, CreatedAt: now, UpdatedAt: now},
	})
	w.Cache.Clear("")
	cable, zone := id(w.rows("labels", "name = 'Cable'")[0]), id(w.rows("labels", "name = 'Zone'")[0])
	b := w.As("Lea Lead")
	for _, c := range []struct {
		name, field, value string
		is                 func(Task) string
		want               string
	}{
		{"priority", "priority", id(w.priority("High")), func(t Task) string { return id(t.PriorityID) }, id(w.priority("High"))},
		{"a day", "due_on", "2027-01-31", func(t Task) string { return string(t.DueOn) }, "2027-01-31"},
		{"days later", "days", "+3", func(t Task) string { return string(t.DueOn) }, "2026-12-04"},
		{"days earlier", "days", "-1", func(t Task) string { return string(t.DueOn) }, "2026-11-30"},
		{"no day", "due_on", "None", func(t Task) string { return string(t.DueOn) }, ""},
		{"milestone", "milestone", id(w.rows("milestones", "1 = 1")[0]), func(t Task) string { return id(data.OrZero(t.MilestoneID)) }, id(w.rows("milestones", "1 = 1")[0])},
		{"no milestone", "milestone", "0", func(t Task) string { return id(data.OrZero(t.MilestoneID)) }, "0"},
		{"label", "add_label", zone, func(t Task) string { return t.LabelIDs }, cable + "," + zone},
		{"label off", "remove_label", cable, func(t Task) string { return t.LabelIDs }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			task := w.task(p, "One", func(f *taskForm) { f.DueOn = "2026-12-01" })
			w.Exec("UPDATE tasks SET label_ids = ?, milestone_id = NULL WHERE id = ?", cable, task.ID)
			w.Exec("INSERT INTO task_labels (task_id, label_id) VALUES (?, ?)", task.ID, cable)
			before := stateOf(w.stored(task))
			b.Post(p.Path()+"/several", ticked([]Task{task}, c.field, c.value)).Want(http.StatusSeeOther)
			now := w.stored(task)
			if got := c.is(now); got != c.want {
				t.Errorf("it is %q, not %q", got, c.want)
			}
			if n := w.Count("task_labels", "task_id = "+id(task.ID)); n != len(now.Labels()) {
				t.Errorf("%d rows of labels", n)
			}
			if c.name == "no milestone" {
				return // it had none
			}
			b.Post(p.Path()+"/several/"+w.lastAct()+"/undo", nil).Want(http.StatusSeeOther)
			if was, _ := apart(before, stateOf(w.stored(task))); len(was) > 0 {
				t.Errorf("taken back, it was %v", was)
			}
		})
	}
}

func TestBulk_WrongFormsChangeNothing(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	tasks := w.many(p, 2)
	b := w.As("Lea Lead")
	for _, c := range []struct {
		pairs []string
		says  string
	}{
		{nil, "Say what to change."}, {[]string{"status", "77"}, "Choose a status from the list."}, {[]string{"status", "x"}, "Choose from the list."},
		{[]string{"assignee", "999"}, "Choose a person from the list."}, {[]string{"due_on", "someday"}, "field-error"}, {[]string{"days", "many"}, "Write a whole number of days"},
		{[]string{"days", "99999"}, "Write a whole number of days"}, {[]string{"days", "1", "due_on", "fri"}, "not both"}, {[]string{"milestone", "5"}, "Choose a milestone"},
		{[]string{"add_label", "5"}, "Choose a label"}, {[]string{"do", "explode"}, "There is no such act."},
	} {
		before := w.kept()
		b.Post(p.Path()+"/several", ticked(tasks, c.pairs...)).Want(http.StatusUnprocessableEntity, c.says, `name="task" value="1" form="several" aria-label="Tick RACK-1" checked`)
		if w.kept() != before {
			t.Errorf("%v wrote", c.pairs)
		}
	}
	b.Post(p.Path()+"/several", apptest.Form("set_status", id(w.status("Done")))).Want(http.StatusUnprocessableEntity, "Tick the tasks first.")
}

func TestBulk_AllThatMatchAreThoseOfTheFilter(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	w.many(p, 30)
	other := w.task(p, "Order cable", nil)
	b := w.As("Lea Lead")
	b.Get(p.Path()+"/list?q=rack").Want(200, "All 31 that match") // the key of every task has the word
	b.Get(p.Path() + "/list?q=cable").Lacks("that match")
	w.Exec("UPDATE tasks SET assignee_id = ? WHERE number <= 28", b.User.ID)
	w.Cache.Clear("")
	b.Get(p.Path()+"/list?assignee="+id(b.User.ID)).Want(200, "All 28 that match")
	b.Post(p.Path()+"/several?assignee="+id(b.User.ID), apptest.Form("all", "1", "do", "trash")).Want(http.StatusSeeOther)
	if n := w.Count("tasks", "deleted_at IS NULL"); n != 3 || w.stored(other).DeletedAt != nil {
		t.Errorf("%d tasks are left", n)
	}
	if n := w.text("SELECT tasks_total FROM projects WHERE id = ?", p.ID); n != "3" {
		t.Errorf("the project counts %s", n)
	}
	b.Post(p.Path()+"/several/"+w.lastAct()+"/undo", nil).Want(http.StatusSeeOther)
	if n := w.Count("tasks", "deleted_at IS NULL"); n != 31 {
		t.Errorf("%d tasks after taking it back", n)
	}
}

func TestUndo_TakesBackAsOneWhatNobodyElseHasChanged(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", func(f *projectForm) { f.Watchers = []int64{w.id("Walt Watcher", "user")} })
	tasks := w.many(p, 4)
	b, walt := w.As("Lea Lead"), w.As("Walt Watcher")
	b.Post(p.Path()+"/several", ticked(tasks, "status", id(w.status("Done")), "priority", id(w.priority("High")))).Want(http.StatusSeeOther)
	if n := w.text("SELECT tasks_done FROM projects WHERE id = ?", p.ID); n != "4" {
		t.Errorf("the project counts %s done", n)
	}
	act := w.lastAct()
	ctx := w.as("Walt Watcher")
	must[Task](t)(w.tasks.Update(ctx, p.ID, 2, taskForm{Status: w.status("Review"), Version: 2}, []string{"status"}))
	must[Task](t)(w.tasks.Update(ctx, p.ID, 3, taskForm{Name: "Another name", Version: 2}, []string{"name"}))
	must[Task](t)(w.tasks.Delete(ctx, p.ID, 4, true))
	undo := p.Path() + "/several/" + act + "/undo"
	before := w.kept()
	walt.Post(undo, nil).Want(http.StatusNotFound, "nothing to take back")
	if w.kept() != before {
		t.Error("another person took it back")
	}
	to := b.Post(undo, nil).Want(http.StatusSeeOther).Location()
	b.Get(to).Want(200, "2 taken back, 2 refused.", "Walt Watcher has changed its status to Review meanwhile.", "It is in the trash.", "Not taken back")
	for i, status := range []string{"To do", "Review", "To do", "Done"} {
		if now := w.stored(tasks[i]); now.StatusID != w.status(status) {
			t.Errorf("task %d is in %d, not %s", i+1, now.StatusID, status)
		}
	}
	if name := w.stored(tasks[2]).Name; name != "Another name" {
		t.Errorf("what somebody else changed is %q", name)
	}
	before = w.kept()
	b.Post(undo, nil).Want(http.StatusNotFound, "nothing to take back")
	if w.kept() != before {
		t.Error("it was taken back twice")
	}
}

func TestUndo_IsForADay(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	tasks := w.many(p, 1)
	b := w.As("Lea Lead")
	b.Post(p.Path()+"/several", ticked(tasks, "do", "trash")).Want(http.StatusSeeOther)
	w.Exec("UPDATE undos SET created_at = ?", w.DB.Now().Add(-undoLife-1e9))
	b.Post(p.Path()+"/several/"+w.lastAct()+"/undo", nil).Want(http.StatusNotFound)
	if err := w.tasks.purgeUndos(w.Context()); err != nil || w.Count("undos")+w.Count("undo_rows") != 0 {
		t.Errorf("kept after a day: %v", err)
	}
}

func TestUndo_TrashedFamilyComesBackWhole(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	root := w.task(p, "Root", nil)
	part := w.task(p, "Part", func(f *taskForm) { f.Parent = root.Number })
	leaf := w.task(p, "Leaf", func(f *taskForm) { f.Parent = part.Number })
	b := w.As("Lea Lead")
	for _, pick := range [][]Task{{root}, {root, leaf}, {leaf, part, root}} {
		b.Post(p.Path()+"/several", ticked(pick, "do", "trash")).Want(http.StatusSeeOther)
		if n := w.Count("tasks", "deleted_at IS NOT NULL"); n != 3 {
			t.Errorf("%d of 3 in the trash", n)
		}
		b.Post(p.Path()+"/several/"+w.lastAct()+"/undo", nil).Want(http.StatusSeeOther)
		if n := w.Count("tasks", "deleted_at IS NULL"); n != 3 {
			t.Errorf("%d of 3 came back", n)
		}
	}
}

func TestBulk_AsksForTheRightOfEachRow(t *testing.T) {
	w := open(t)
	s := w.furnish("Open Field", false)
	asta := w.As("Asta Assignee")
	w.Exec("UPDATE tasks SET assignee_id = NULL WHERE project_id = ? AND number = 2", s.project)
	w.Cache.Clear("")
	to := asta.Post(projectPath(s.project)+"/several", apptest.Form("task", "1", "set_status", id(w.status("Review")))).Want(http.StatusSeeOther).Location()
	if !strings.HasSuffix(to, "/list") {
		t.Errorf("on to %s", to)
	}
	f := apptest.Form("task", "1", "set_priority", id(w.priority("High")))
	f.Add("task", "2")
	to = asta.Post(projectPath(s.project)+"/several", f).Want(http.StatusSeeOther).Location()
	asta.Get(to).Want(200, "team works on its tasks.", "1 changed, 1 refused.")
	if w.text("SELECT priority_id FROM tasks WHERE project_id = ? AND number = 2", s.project) == id(w.priority("High")) {
		t.Error("somebody else's task was changed")
	}
}

func TestBulk_WhatSomebodyElseChangedMeanwhileStays(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", func(f *projectForm) { f.Watchers = []int64{w.id("Walt Watcher", "user")} })
	tasks := w.many(p, 2)
	b := w.As("Lea Lead")
	seen := id(w.DB.Now().UnixMicro())
	w.Clock.Add(1e9)
	must[Task](t)(w.tasks.Update(w.as("Walt Watcher"), p.ID, 1, taskForm{Status: w.status("Review"), Version: 1}, []string{"status"}))
	to := b.Post(p.Path()+"/several", ticked(tasks, "status", id(w.status("Done")), "seen", seen)).Want(http.StatusSeeOther).Location()
	b.Get(to).Want(200, "1 changed, 1 refused.", "Walt Watcher has changed its status to Review meanwhile.")
	if w.stored(tasks[0]).StatusID != w.status("Review") {
		t.Error("it was written over")
	}
}

func TestBulk_ThousandsGoInSlicesAndComeBackAsOne(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	now := w.DB.Now()
	var rows []Task
	for i := range int64(2*bulkSlice + 7) {
		rows = append(rows, Task{ProjectID: p.ID, Number: i + 1, Name: "Rack", StatusID: w.status("To do"), PriorityID: p.PriorityID, Position: i * gap, Open: true, Version: 1, CreatedAt: now, UpdatedAt: now})
	}
	w.Insert(&rows)
	b := w.As("Lea Lead")
	b.Post(p.Path()+"/several", apptest.Form("all", "1", "set_priority", id(w.priority("High")))).Want(http.StatusSeeOther)
	if n := w.Count("tasks", "priority_id = "+id(w.priority("High"))); n != len(rows) || w.Count("undos") != 1 {
		t.Errorf("%d of %d in %d acts", n, len(rows), w.Count("undos"))
	}
	b.Post(p.Path()+"/several/"+w.lastAct()+"/undo", nil).Want(http.StatusSeeOther)
	if n := w.Count("tasks", "priority_id = "+id(w.priority("High"))); n != 0 {
		t.Errorf("%d were not taken back", n)
	}
}

func TestBulk_FragmentAnswersWithListAndToast(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	tasks := w.many(p, 1)
	b := w.As("Lea Lead")
	a := b.Fragment("POST", p.Path()+"/several", "list", ticked(tasks, "status", id(w.status("Done"))))
	a.Want(200, `<section id="list"`, "1 changed.", "Undo").Lacks("<html")
	list := b.Get(p.Path() + "/list").Body
	_, bar, _ := strings.Cut(list, `<form id="several"`)
	bar, _, _ = strings.Cut(bar, "</form>")
	apptest.Golden(t, "bulk-bar", `<form id="several"`+bar+"</form>")
}

func TestBulk_AFullColumnTakesWhatFits(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	tasks := w.many(p, 3)
	b := w.As("Lea Lead")
	if err := w.projects.SetLimit(w.as("Lea Lead"), p.ID, w.status("Review"), limitForm{Most: "2"}); err != nil {
		t.Fatal(err)
	}
	to := b.Post(p.Path()+"/several", ticked(tasks, "status", id(w.status("Review")))).Want(http.StatusSeeOther).Location()
	b.Get(to).Want(200, "2 changed, 1 refused.")
	if n := w.Count("tasks", "status_id = "+id(w.status("Review"))); n != 2 {
		t.Errorf("%d tasks are in a column of 2", n)
	}
}
