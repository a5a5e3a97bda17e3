package projects

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"
	"time"

	"portal/app/apptest"
)

// shownPages are pages that show what is kept of the projects.
func shownPages(all ...Project) []string {
	paths := []string{"/projects", "/projects/mine", "/inbox"}
	for i, p := range all {
		for at, page := range []string{
			"", "?lanes=assignee", "/list", "/list?group=status", "/calendar", "/timeline", "/statistics", "/milestones", "/files", "/comments", "/todos", "/settings", "/trash",
		} {
			if i == 0 || at%2 == 0 { // of the other project, every second one
				paths = append(paths, p.Path()+page)
			}
		}
		for n := range p.LastNumber {
			paths = append(paths, taskPath(p.ID, n+1))
		}
	}
	return paths
}

// drawnAt is when a list was drawn, which what is held has from the first time: what is older than it was seen.
var drawnAt = regexp.MustCompile(`name="seen" value="\d+"`)

// sameOnAllPages compares what every page shows that the session of another browser has looked at before, with what the database has.
func (w *world) sameOnAllPages(b *apptest.Browser, after string, paths []string) {
	w.t.Helper()
	look := func() map[string]string {
		all := map[string]string{}
		for _, path := range paths {
			a := b.Get(path)
			all[path] = fmt.Sprint(a.Status, "\n", drawnAt.ReplaceAllString(apptest.Tidy(a.Body), ""))
		}
		return all
	}
	warm := look()
	w.Cache.Clear("")
	cold := look()
	for _, path := range paths {
		if warm[path] != cold[path] {
			w.t.Errorf("after %s, %s is stale:\n%s", after, path, difference(cold[path], warm[path]))
		}
	}
}

// From two sessions: whatever the one writes, each page shows the other at once.
func TestCaches_AfterEveryWriteOnEveryPage(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	q := w.project("Cables", "Lea Lead", nil)
	lead, admin, other := w.As("Lea Lead"), w.As("Ada Admin", "admin"), w.As("Lea Lead")
	manager := id(w.Gate.Access().RoleID("manager"))
	one := w.task(p, "One", func(f *taskForm) { f.StartOn, f.DueOn, f.Assignee = "2026-11-23", "2026-11-25", lead.User.ID })
	two := w.task(p, "Two", func(f *taskForm) { f.DueOn = "2026-11-26" })
	w.task(p, "Part", func(f *taskForm) { f.Parent = one.Number })
	far := w.task(q, "Far", func(f *taskForm) { f.DueOn, f.Assignee = "2026-11-30", lead.User.ID })
	p.LastNumber, q.LastNumber = 3, 1
	paths := shownPages(p, q)
	version := func(t Task) string { return w.text("SELECT version FROM tasks WHERE id = ?", t.ID) }
	of := func(table, name string) string {
		return w.text("SELECT MAX(id) FROM "+table+" WHERE name = ?", name)
	}
	last := func(table string) string { return w.text("SELECT MAX(id) FROM " + table) }
	post := func(b *apptest.Browser, path string, pairs ...string) {
		w.t.Helper()
		if a := b.Post(path, apptest.Form(pairs...)); a.Status != http.StatusSeeOther {
			w.t.Errorf("%s %v: %s", path, pairs, a)
		}
	}
	field := func(k Task, name, value string) {
		w.t.Helper()
		post(lead, k.Path()+"/field/"+name, name, value, "version", version(k))
	}
	pp, qp, words := p.Path(), q.Path(), "/projects/words/"
	var imported string
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"adding a label", func() { post(lead, pp+"/labels", "name", "Aisle") }},
		{"adding another", func() { post(lead, pp+"/labels", "name", "Zone") }},
		{"labelling a task", func() { field(one, "labels", of("labels", "Aisle")) }},
		{"renaming a label", func() {
			post(lead, pp+"/labels/"+of("labels", "Aisle")+"/edit", "name", "Row", "colour", "red", "version", "1")
		}},
		{"merging a label", func() { post(lead, pp+"/labels/"+of("labels", "Row")+"/merge", "into", of("labels", "Zone")) }},
		{"deleting a label", func() { post(lead, pp+"/labels/"+of("labels", "Zone")+"/delete") }},
		{"restoring a label", func() { post(lead, pp+"/labels/"+of("labels", "Zone")+"/restore") }},
		{"adding a milestone", func() { post(lead, pp+"/milestones", "name", "Open", "due_on", "2026-12-01") }},
		{"giving a task a milestone", func() { field(one, "milestone", of("milestones", "Open")) }},
		{"renaming the milestone", func() {
			post(lead, pp+"/milestones/"+of("milestones", "Open")+"/edit", "name", "Opened", "due_on", "2026-12-02", "version", "1")
		}},
		{"reaching it", func() { post(lead, pp+"/milestones/"+of("milestones", "Opened")+"/reach") }},
		{"opening it again", func() { post(lead, pp+"/milestones/"+of("milestones", "Opened")+"/reopen") }},
		{"deleting it", func() { post(lead, pp+"/milestones/"+of("milestones", "Opened")+"/delete") }},
		{"restoring it", func() { post(lead, pp+"/milestones/"+of("milestones", "Opened")+"/restore") }},
		{"a dependency", func() { post(lead, two.Path()+"/waits", "find", "1") }},
		{"a dependency on another project", func() { post(lead, one.Path()+"/waits", "find", far.Key(q), "pick", far.Key(q)) }},
		{"moving a day", func() { post(lead, far.Path()+"/days", "due", "2", "version", version(far)) }},
		{"renaming what another project's task waits for", func() { field(far, "name", "Further") }},
		{"completing it", func() { field(far, "status", id(w.status("Done"))) }},
		{"opening it again", func() { field(far, "status", id(w.status("To do"))) }},
		{"putting it into the trash", func() { post(lead, far.Path()+"/delete") }},
		{"taking it out", func() { post(lead, far.Path()+"/restore") }},
		{"ending the dependency", func() { post(lead, one.Path()+"/waits/remove", "other", id(far.ID)) }},
		{"moving what follows", func() {
			field(one, "due_on", "2026-11-28")
			page := lead.Get(one.Path() + "/follow?days=3").Want(http.StatusOK)
			post(lead, one.Path()+"/follow", "days", "3", "plan", planSerial.FindStringSubmatch(page.Body)[1])
		}},
		{"bulk", func() {
			lead.Post(pp+"/several", ticked([]Task{one, two}, "priority", id(w.priority("High")), "days", "+1")).Want(http.StatusSeeOther)
		}},
		{"its undo", func() { post(lead, pp+"/several/"+w.lastAct()+"/undo") }},
		{"bulk trash", func() { lead.Post(pp+"/several", ticked([]Task{one}, "do", "trash")).Want(http.StatusSeeOther) }},
		{"its undo", func() { post(lead, pp+"/several/"+w.lastAct()+"/undo") }},
		{"bulk of projects", func() { post(lead, "/projects/several", "project", id(q.ID), "set_priority", id(w.priority("High"))) }},
		{"its undo", func() { post(lead, "/projects/several/"+w.lastAct()+"/undo") }},
		{"a limit", func() { post(lead, pp+"/limits/"+id(w.status("To do")), "most", "9") }},
		{"no limit", func() { post(lead, pp+"/limits/"+id(w.status("To do")), "most", "") }},
		{"todos", func() { post(lead, one.Path()+"/todos", "text", "First\nSecond") }},
		{"a todo's change", func() {
			post(lead, one.Path()+"/todos/"+last("todos")+"/edit", "text", "Third", "due_on", "2026-11-25", "assignee", id(lead.User.ID), "version", "1")
		}},
		{"a todo's order", func() { post(lead, one.Path()+"/todos/"+last("todos")+"/move", "way", "up") }},
		{"a todo's tick", func() { post(lead, one.Path()+"/todos/"+last("todos")+"/tick", "done", "true") }},
		{"a file", func() {
			upload(t, lead, one.Path()+"/files", nil, partOf{"plan.txt", "text/plain", "The plan"}).Want(http.StatusSeeOther)
		}},
		{"its deletion", func() { post(lead, pp+"/files/"+last("attachments")+"/delete") }},
		{"its return", func() { post(lead, pp+"/files/"+last("attachments")+"/restore") }},
		{"a comment that mentions a task of another project and a person", func() { post(lead, one.Path()+"/comments", "text", "See "+far.Key(q)+", @lea.lead") }},
		{"a comment's change", func() {
			post(lead, one.Path()+"/comments/"+last("comments")+"/edit", "text", "Nothing to see", "version", "1")
		}},
		{"a mention in a description", func() {
			post(lead, two.Path()+"/edit", "name", "Two", "status", id(w.status("To do")), "priority", id(w.priority("Medium")), "description", "After "+far.Key(q), "version", version(two))
		}},
		{"a rule", func() { post(lead, two.Path()+"/repeat", "freq", freqWeek, "version", version(two)) }},
		{"a skip", func() { post(lead, two.Path()+"/repeat/skip", "version", version(two)) }},
		{"watching a task", func() { post(lead, two.Path()+"/watch", "on", "true") }},
		{"watching a project", func() { post(admin, qp+"/watch", "on", "true") }},
		{"a queue", func() { field(two, "queue", manager) }},
		{"taking from a queue", func() { post(admin, two.Path()+"/take") }},
		{"settings", func() {
			post(lead, pp+"/settings", "section", "waits", "waits_rule", "warn", "version", w.text("SELECT version FROM projects WHERE id = ?", p.ID))
		}},
		{"another key", func() {
			post(lead, qp+"/settings", "section", "key", "task_key", "WIRE", "version", w.text("SELECT version FROM projects WHERE id = ?", q.ID))
		}},
		{"quick add", func() { post(lead, pp+"/quick", "text", "Quick !high @lea.lead *power tomorrow\nSecond") }},
		{"renaming a status", func() {
			post(admin, words+"statuses/"+id(w.status("Review"))+"/edit", "name", "Checking", "colour", "violet", "stage", "review", "version", "1")
		}},
		{"a task's status", func() { field(one, "status", id(w.status("Checking"))) }},
		{"another stage", func() {
			post(admin, words+"statuses/"+id(w.status("Checking"))+"/edit", "name", "Checking", "colour", "gray", "stage", "done", "version", "2")
		}},
		{"its order", func() { post(admin, words+"statuses/move", "node", id(w.status("Checking")), "direction", "up") }},
		{"a new priority", func() { post(admin, words+"priorities", "name", "Someday", "colour", "gray") }},
		{"merging a status", func() {
			post(admin, words+"statuses/"+id(w.status("Checking"))+"/merge", "into", id(w.status("In progress")))
		}},
		{"merging a priority", func() {
			post(admin, words+"priorities/"+id(w.priority("High"))+"/merge", "into", id(w.priority("Low")))
		}},
		{"a template", func() { post(lead, qp+"/template", "on", "1") }},
		{"no template", func() { post(lead, qp+"/template", "on", "0") }},
		{"a copy", func() { post(lead, qp+"/copy", "name", "Twin", "tasks", "true", "labels", "true") }},
		{"an import", func() {
			imported = uploaded(t, lead, q, "Name,Description\nImported,See "+one.Key(p)+"\n")
			lead.Post(imported+"/check", columns("name", "description")).Want(http.StatusSeeOther)
			w.work()
			lead.Post(imported+"/start", nil).Want(http.StatusSeeOther)
			w.work()
		}},
		{"its undo", func() { post(lead, imported+"/undo"); w.work() }},
		{"making another private", func() {
			post(lead, qp+"/settings", "section", "private", "private", "true", "version", w.text("SELECT version FROM projects WHERE id = ?", q.ID))
		}},
		{"deleting a project", func() { post(lead, qp+"/delete") }},
		{"restoring a project", func() { post(lead, qp+"/restore") }},
		{"archiving a project", func() { post(lead, qp+"/archive") }},
	} {
		w.Clock.Add(time.Millisecond)
		before := w.text("SELECT COUNT(*) FROM changes") + w.kept()
		step.do()
		if before == w.text("SELECT COUNT(*) FROM changes")+w.kept() {
			t.Errorf("%s wrote nothing", step.name)
		}
		w.sameOnAllPages(other, step.name, paths)
	}
}
