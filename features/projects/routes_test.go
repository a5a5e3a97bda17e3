package projects

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/fault"
	"portal/app/web"
)

func TestProject_CreateKeepsWhatWasTyped(t *testing.T) {
	w := open(t)
	b := w.As("Lea Lead", "user")
	good := apptest.Form("name", "Racks", "summary", "All of them", "status", "1", "priority", "2", "lead", id(b.User.ID), "icon", "server")
	for _, c := range []struct{ name, field, value, says string }{
		{"without-name", "name", "", "This is needed."}, {"long-name", "name", strings.Repeat("x", 201), "At most 200 characters."},
		{"small-key", "task_key", "net", "Capital letters only."}, {"odd-percent", "percent", "101", "Write a whole number from 0 to 100"},
		{"no-status", "status", "77", "Choose a status from the list."}, {"no-priority", "priority", "x", "Write a whole number."},
		{"no-lead", "lead", "999", "Choose a person from the list."}, {"odd-icon", "icon", "x\"><script>", "Choose an icon from the list."},
		{"no-watcher", "watchers", "999", "Choose people from the list."}, {"no-role", "roles", "999", "Choose roles from the list."},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := url.Values{}
			for k, v := range good {
				f[k] = v
			}
			f.Set("description", "Typed at length")
			f.Set(c.field, c.value)
			before := w.kept()
			a := b.Post("/projects", f).Want(http.StatusUnprocessableEntity, c.says, "Typed at length").Lacks("<script>\"")
			if c.field != "name" {
				a.Want(http.StatusUnprocessableEntity, `value="Racks"`)
			}
			if w.kept() != before {
				t.Error("something was written")
			}
			if c.name == "without-name" {
				_, body, _ := strings.Cut(a.Body, "<main")
				body, _, _ = strings.Cut(body, "</main>")
				apptest.Golden(t, "create-"+c.name, "<main"+body)
			}
		})
	}
	made := b.Post("/projects", good).Want(http.StatusSeeOther)
	b.Get(made.Location()).Want(http.StatusOK, "The project “Racks” is made.", "RACK")
}

func TestProject_EditArchiveTrash(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	f := apptest.Form("name", "Racks 2", "summary", "New", "status", id(p.StatusID), "priority", id(p.PriorityID), "lead", id(b.User.ID), "version", "1")
	b.Post(p.Path()+"/edit", f).Want(http.StatusSeeOther)
	b.Get(p.Path()+"/about").Want(200, "“Racks 2” is saved.")
	f.Set("name", "")
	b.Post(p.Path()+"/edit", f).Want(http.StatusUnprocessableEntity, "This is needed.", `value="New"`)
	b.Post(p.Path()+"/archive", nil).Want(http.StatusSeeOther)
	b.Get("/projects").Want(200, "is archived.", p.Path()+"/unarchive").Lacks("project-" + id(p.ID))
	b.Get("/projects?show=archived").Want(200, "Racks 2")
	b.Post(p.Path()+"/archive", nil).Want(http.StatusSeeOther)
	if n := w.Count("history", "what = 'archived the project'"); n != 1 {
		t.Errorf("archived %d times", n)
	}
	b.Post(p.Path()+"/unarchive", nil).Want(http.StatusSeeOther)
	b.Post(p.Path()+"/delete", nil).Want(http.StatusSeeOther)
	b.Get("/projects").Want(200, "is in the trash for 30 days.", p.Path()+"/restore")
	b.Get(p.Path()).Want(404)
	apptest.Golden(t, "list-trash", b.Fragment("GET", "/projects?show=trash", "list", nil).Want(200, "Bring back").Body)
	b.Post(p.Path()+"/restore", nil).Want(http.StatusSeeOther)
	b.Get(p.Path()).Want(200, "“Racks 2” is back.")
}

func TestProject_ClashShowsBaseTheirsAndMine(t *testing.T) {
	w := open(t)
	p := w.project("Base name", "Lea Lead", nil)
	b := w.As("Lea Lead")
	other := w.As("Ada Admin", "admin")
	f := apptest.Form("name", "Their name", "summary", "", "status", id(p.StatusID), "priority", id(p.PriorityID), "lead", id(b.User.ID), "version", "1")
	other.Post(p.Path()+"/edit", f).Want(http.StatusSeeOther)
	f.Set("name", "My name")
	f.Set("description", "Long work of mine")
	a := b.Post(p.Path()+"/edit", f).Want(http.StatusConflict, "Base name", "Their name", "My name", "Ada Admin", "Long work of mine")
	_, body, _ := strings.Cut(a.Body, "<main")
	body, _, _ = strings.Cut(body, "</main>")
	apptest.Golden(t, "edit-clash", "<main"+body)
	f.Set("version", "2")
	b.Post(p.Path()+"/edit", f).Want(http.StatusSeeOther)
	if got := w.text("SELECT CONCAT(name, '/', description) FROM projects"); got != "My name/Long work of mine" {
		t.Error(got)
	}
}

func TestField_SavedWhereItStands(t *testing.T) {
	w, p := gallery(t)
	b := w.As("Lea Lead")
	for _, c := range []struct{ name, path, target, field, value, version string }{
		{"project-status", p.Path() + "/field/status?at=row", "row-p1-status", "status", "2", "1"}, {"project-priority", p.Path() + "/field/priority", "p1-priority", "priority", "3", "1"},
		{"project-lead", p.Path() + "/field/lead", "p1-lead", "lead", "1", "1"}, {"task-status", p.Path() + "/tasks/2/field/status?at=row", "row-t2-status", "status", "3", "1"},
		{"task-assignee", p.Path() + "/tasks/2/field/assignee", "t2-assignee", "assignee", "2", "1"}, {"task-due", p.Path() + "/tasks/2/field/due_on", "t2-due-on", "due_on", "tomorrow", "1"},
		{"task-start", p.Path() + "/tasks/2/field/start_on", "t2-start-on", "start_on", "2026-11-23", "1"}, {"task-name", p.Path() + "/tasks/2/field/name", "t2-name", "name", "Halls & <rooms>", "1"},
		{"task-priority", p.Path() + "/tasks/2/field/priority", "t2-priority", "priority", "1", "1"},
	} {
		a := b.Fragment("POST", c.path, c.target, apptest.Form(c.field, c.value, "version", c.version)).Want(http.StatusOK, `id="`+c.target+`"`)
		apptest.Golden(t, "saved-"+c.name, a.Body)
		plain := b.Post(strings.Split(c.path, "?")[0], apptest.Form(c.field, c.value, "version", "99"))
		if plain.Status != http.StatusSeeOther {
			t.Errorf("%s without scripts: %s", c.name, plain)
		}
		b.Get(plain.Location()).Want(200, "is saved.")
	}
	for _, c := range []struct{ name, path, field, value, says string }{
		{"project-status", p.Path() + "/field/status", "status", "99", "Choose a status from the list."}, {"project-lead", p.Path() + "/field/lead", "lead", "x", "Write a whole number."},
		{"task-due", p.Path() + "/tasks/2/field/due_on", "due_on", "2026-02-30", "is not a day"}, {"task-name", p.Path() + "/tasks/2/field/name", "name", "", "This is needed."},
		{"task-name-nul", p.Path() + "/tasks/2/field/name", "name", "a\x00b", "can&#39;t be kept"}, {"task-name-bytes", p.Path() + "/tasks/2/field/name", "name", "a\xff", "can&#39;t be kept"},
		{"task-late-start", p.Path() + "/tasks/2/field/start_on", "start_on", "2027-01-01", "before it starts"},
	} {
		before := w.kept()
		for _, ask := range []func() apptest.Answer{
			func() apptest.Answer {
				return b.Fragment("POST", c.path, "", apptest.Form(c.field, c.value, "version", "99"))
			},
			func() apptest.Answer { return b.Post(c.path, apptest.Form(c.field, c.value, "version", "99")) },
			func() apptest.Answer { return b.Fragment("POST", c.path, "", apptest.Form("version", "99")) },
			func() apptest.Answer { return b.Fragment("POST", c.path, "", apptest.Form(c.field, c.value)) },
		} {
			ask().Want(http.StatusUnprocessableEntity, "<form", `name="version"`)
		}
		b.Fragment("POST", c.path, "", apptest.Form(c.field, c.value, "version", "99")).Want(http.StatusUnprocessableEntity, c.says)
		if w.kept() != before {
			t.Errorf("%s wrote", c.name)
		}
	}
	b.Post(p.Path()+"/field/name", apptest.Form("name", "X", "version", "1")).Want(404)
	b.Post(p.Path()+"/tasks/2/field/description", apptest.Form("description", "X", "version", "1")).Want(404)
}

func TestField_ClashAndMerge(t *testing.T) {
	w, p := gallery(t)
	lead, admin := w.As("Lea Lead"), w.As("Ada Admin", "admin")
	path := p.Path() + "/tasks/4/field/"
	admin.Fragment("POST", path+"priority", "", apptest.Form("priority", "4", "version", "1")).Want(200)
	a := lead.Fragment("POST", path+"priority", "t4-priority", apptest.Form("priority", "1", "version", "1")).Want(http.StatusConflict, "Ada Admin", "Medium", "Critical", "Low")
	if a.Header.Get("HX-Retarget") != "#dialog-body" {
		t.Error("the clash is not shown in the dialog")
	}
	apptest.Golden(t, "field-clash", a.Body)
	lead.Post(path+"priority", apptest.Form("priority", "1", "version", "1")).Want(http.StatusConflict, "Ada Admin", "Medium", "Critical", "Low", "<main")
	lead.Fragment("POST", path+"due_on", "t4-due-on", apptest.Form("due_on", "2026-12-01", "version", "1")).Want(200, "Tue 1 Dec")
	settled := lead.Fragment("POST", path+"priority", web.ClashID, apptest.Form("priority", "1", "version", "3")).Want(200)
	if settled.Location() != "/" {
		t.Errorf("after the choice: %s, not the page that the dialog stood on", settled.Location())
	}
	if got := w.text("SELECT CONCAT(priority_id, ' ', due_on, ' ', version) FROM tasks WHERE number = 4"); got != "1 2026-12-01 4" {
		t.Error(got)
	}
	lead.Get(p.Path()+"/tasks/4/history").Want(200, "Ada Admin", "priority", "<del>Medium</del>", "<ins>Critical</ins>", "<ins>Low</ins>", "due date")
}

func TestTask_Create(t *testing.T) {
	w, p := gallery(t)
	b := w.As("Lea Lead")
	good := apptest.Form("name", "New one", "status", "1", "priority", "2")
	b.Get(p.Path() + "/tasks/new").Want(200)
	b.Header.Set("Referer", apptest.BaseURL+p.Path()+"/tasks/new")
	made := b.Post(p.Path()+"/tasks", good).Want(http.StatusSeeOther)
	if made.Location() != p.Path()+"/tasks/5" {
		t.Errorf("a browser without scripts is led to %s", made.Location())
	}
	b.Header.Set("Referer", apptest.BaseURL+p.Path()+"/tasks") // after a 422
	if to := b.Post(p.Path()+"/tasks", good).Want(http.StatusSeeOther).Location(); to != p.Path()+"/tasks/6" {
		t.Errorf("after a mistake: led to %s", to)
	}
	b.Header.Del("Referer")
	for _, c := range []struct{ name, field, value, says string }{
		{"fourth-level", "parent", "3", "three levels deep at most"}, {"no-parent", "parent", "77", "There is no task of this number"}, {"odd-day", "due_on", "30 Feb", "is not a day"},
		{"no-name", "name", "", "This is needed."}, {"no-assignee", "assignee", "99", "Choose a person"}, {"no-status", "status", "0", "Choose a status"},
		{"due-before-start", "start_on", "2030-01-01", "before it starts"},
	} {
		f := apptest.Form("name", "Typed", "description", "At length", "status", "1", "priority", "2", "due_on", "2026-12-24")
		f.Set(c.field, c.value)
		before := w.kept()
		b.Fragment("POST", p.Path()+"/tasks", "task-form", f).Want(http.StatusUnprocessableEntity, c.says, "At length", `id="task-form"`)
		b.Post(p.Path()+"/tasks", f).Want(http.StatusUnprocessableEntity, c.says, "At length", "<main")
		if w.kept() != before {
			t.Errorf("%s wrote", c.name)
		}
	}
	f := apptest.Form("name", "Part", "status", "1", "priority", "2", "parent", "2")
	b.Fragment("POST", p.Path()+"/tasks", "task-form", f).Want(200)
	b.Fragment("GET", p.Path()+"/list", "list", nil).Want(200, "tree-2", "Part")
}

func TestTask_EditAndTrash(t *testing.T) {
	w, p := gallery(t)
	b := w.As("Lea Lead")
	f := apptest.Form("name", "Planned", "summary", "S", "description", "D", "status", "5", "priority", "3", "assignee", "2", "due_on", "23.12.2026", "version", "2")
	b.Post(p.Path()+"/tasks/1/edit", f).Want(http.StatusSeeOther)
	b.Get(p.Path()+"/tasks/1").Want(200, "“Planned” is saved.", "Completed", "Wed 23 Dec")
	b.Get(p.Path()+"/tasks/2").Want(200, "Planned") // part of it
	f.Set("name", "")
	b.Post(p.Path()+"/tasks/1/edit", f).Want(http.StatusUnprocessableEntity, "This is needed.")
	f.Set("name", "Mine")
	b.Post(p.Path()+"/tasks/1/edit", f).Want(http.StatusConflict, "Plan", "Planned", "Mine")
	b.Post(p.Path()+"/tasks/1/delete", nil).Want(http.StatusSeeOther)
	b.Get(p.Path()).Want(200, "is in the trash for 30 days.", p.Path()+"/tasks/1/restore").Lacks("Rooms", "Doors")
	for _, n := range []int{1, 2, 3} {
		b.Get(fmt.Sprintf("%s/tasks/%d", p.Path(), n)).Want(404)
	}
	b.Post(p.Path()+"/tasks/2/restore", nil).Want(http.StatusConflict, "Bring that back first.")
	b.Post(p.Path()+"/tasks/1/restore", nil).Want(http.StatusSeeOther)
	b.Get(p.Path()+"/list").Want(200, "Planned", "Rooms", "Doors")
}

func TestTask_Move(t *testing.T) {
	w, p := gallery(t)
	b, admin := w.As("Lea Lead"), w.As("Ada Admin", "admin")
	path := p.Path() + "/tasks/2/move?assignee=-1"
	a := b.Fragment("POST", path, "board", apptest.Form("status", id(w.status("Review")), "version", "1")).Want(200, `data-live-url="/projects/1?assignee=-1"`)
	apptest.Golden(t, "moved", a.Body)
	admin.Post(p.Path()+"/tasks/2/move", apptest.Form("status", id(w.status("Done")), "version", "2")).Want(http.StatusSeeOther)
	b.Fragment("POST", path, "board", apptest.Form("status", id(w.status("Blocked")), "version", "2")).Want(http.StatusConflict, "Ada Admin moved this card to Done first. It stays there.")
	b.Fragment("POST", path, "board", apptest.Form("status", id(w.status("Review")), "version", "2")).Want(http.StatusConflict, "Ada Admin moved this card to Done first.")
	b.Fragment("POST", path, "board", apptest.Form("status", "77", "version", "3")).Want(http.StatusUnprocessableEntity, "There is no such column any more.")
	b.Fragment("POST", path, "board", apptest.Form("status", "x", "after", "y", "version", "z")).Want(http.StatusUnprocessableEntity)
	b.Get(p.Path()+"/tasks/2").Want(200, "Completed", "Done")
	w.figures(p.ID)
}

func TestNotes_Todos(t *testing.T) {
	w, p := gallery(t)
	b := w.As("Lea Lead")
	for _, path := range []string{p.Path(), p.Path() + "/tasks/2"} {
		b.Fragment("POST", path+"/todos", "todos", apptest.Form("text", "  Buy tape  ")).Want(200, "Buy tape", "data-focus")
		todo := id(w.rows("todos", "text = 'Buy tape'")[0])
		b.Fragment("POST", path+"/todos/"+todo+"/tick", "todos", apptest.Form("done", "true")).Want(200, "todo-done")
		b.Fragment("POST", path+"/todos/"+todo+"/tick", "todos", apptest.Form("done", "true")).Want(200)
		b.Fragment("POST", path+"/todos/"+todo+"/tick", "todos", apptest.Form("done", "false")).Want(200)
		b.Fragment("POST", path+"/todos/"+todo+"/delete", "todos", nil).Want(200, "is in the trash", path+"/todos/"+todo+"/restore").Lacks("todo-" + todo + `"`)
		b.Post(path+"/todos/"+todo+"/tick", apptest.Form("done", "true")).Want(404)
		b.Post(path+"/todos/"+todo+"/restore", nil).Want(http.StatusSeeOther)
		b.Post(path+"/todos/"+todo+"/restore", nil).Want(404)
		b.Fragment("POST", path+"/todos", "todos", apptest.Form("text", " ")).Want(http.StatusUnprocessableEntity, "This is needed.")
		b.Post(path+"/todos", apptest.Form("text", strings.Repeat("é", 501))).Want(http.StatusUnprocessableEntity, "At most 500 characters.", "éé")
		w.Exec("DELETE FROM todos WHERE text = 'Buy tape'")
	}
	if n := w.Count("history", "what LIKE 'ticked the todo “Buy tape”'"); n != 2 {
		t.Errorf("ticked %d times", n)
	}
}

func TestNotes_Comments(t *testing.T) {
	w, p := gallery(t)
	author, other, admin := w.As("Walt Watcher"), w.As("Lea Lead"), w.As("Ada Admin", "admin")
	for _, c := range []struct{ path, back string }{{p.Path(), p.Path() + "/comments"}, {p.Path() + "/tasks/1", p.Path() + "/tasks/1"}} {
		author.Fragment("POST", c.path+"/comments", "comments", apptest.Form("text", "First **words**")).Want(200, "<strong>words</strong>")
		comment := id(w.rows("comments", "text = 'First **words**'")[0])
		one := c.path + "/comments/" + comment
		for _, verb := range []string{"/edit", "/delete"} {
			other.Post(one+verb, apptest.Form("text", "Mine", "version", "1")).Want(http.StatusForbidden, "Walt Watcher")
		}
		other.Get(one + "/edit").Want(http.StatusForbidden)
		author.Get(one+"/edit").Want(200, "First **words**", `name="version" value="1"`)
		author.Fragment("POST", one+"/edit", "comments", apptest.Form("text", "", "version", "1")).Want(http.StatusUnprocessableEntity, "This is needed.")
		author.Fragment("POST", one+"/edit", "comments", apptest.Form("text", "Second words", "version", "1")).Want(200, "Second words", "edited")
		author.Fragment("POST", one+"/edit", "comments", apptest.Form("text", "Third words", "version", "1")).Want(http.StatusConflict, "Second words", "Third words")
		author.Post(one+"/edit", apptest.Form("text", "Third words", "version", "1")).Want(http.StatusConflict, "Second words", "Third words", "<main")
		to := author.Fragment("POST", one+"/edit", web.ClashID, apptest.Form("text", "Third words", "version", "2")).Want(200).Location()
		if to != c.back {
			t.Errorf("after the choice: %s", to)
		}
		admin.Post(one+"/delete", nil).Want(http.StatusSeeOther)
		author.Get(c.back).Want(200).Lacks("Third words")
		author.Post(one+"/edit", apptest.Form("text", "X", "version", "3")).Want(404)
		author.Post(one+"/restore", nil).Want(http.StatusSeeOther)
		author.Get(c.back).Want(200, "Third words", "The comment is back.")
		w.Exec("DELETE FROM comments WHERE id = ?", comment)
	}
	if n := w.Count("history", "field = 'comment'", "old_value = 'First **words**'", "new_value = 'Second words'"); n != 2 {
		t.Errorf("the history keeps %d edits", n)
	}
}

func TestNotes_NewestOfVeryManyCommentsAreShown(t *testing.T) {
	w := open(t)
	p := w.project("Talk", "Lea Lead", nil)
	now := w.DB.Now()
	var many []Comment
	for i := range shownNotes + 5 {
		many = append(many, Comment{ProjectID: p.ID, Author: "Lea", Text: fmt.Sprint("Number", i, "."), Version: 1, CreatedAt: now, UpdatedAt: now})
	}
	w.Insert(&many)
	w.As("Lea Lead").Fragment("POST", p.Path()+"/comments", "comments", apptest.Form("text", "The last word")).
		Want(200, "The last word", fmt.Sprint("Number", shownNotes+4, ".")).Lacks("Number0.")
}

// An archived project takes no new tasks, by no way; what is open in it may still be done.
func TestProject_ArchivedTakesNoNewTasks(t *testing.T) {
	w := open(t)
	p := w.project("Cable", "Lea Lead", nil)
	task := w.task(p, "Order", nil)
	b := w.As("Lea Lead")
	b.Get(p.Path()).Want(http.StatusOK, p.Path()+"/tasks/new", `id="quick"`, importPath(p.ID))
	b.Post(p.Path()+"/archive", nil).Want(http.StatusSeeOther)
	makers := []context.Context{w.as("Lea Lead"), w.as("Ada Admin", "admin")}
	before := w.kept()
	b.Get(p.Path()).Want(http.StatusOK, "takes no new tasks").Lacks(p.Path()+"/tasks/new", `id="quick"`, importPath(p.ID))
	b.Get(task.Path()).Want(http.StatusOK).Lacks(p.Path() + "/tasks/new")
	const reason = "“Cable” is archived and takes no new tasks."
	b.Get(p.Path()+"/tasks/new").Want(http.StatusForbidden, reason)
	b.Post(p.Path()+"/tasks", apptest.Form("name", "More", "status", id(w.status("To do")), "priority", id(p.PriorityID))).Want(http.StatusForbidden, reason)
	for _, one := range []string{"", "1"} {
		b.Post(p.Path()+"/quick", apptest.Form("text", "More", "one", one)).Want(http.StatusForbidden, reason)
	}
	for _, ctx := range makers {
		if _, err := w.tasks.Create(ctx, p.ID, taskForm{Name: "More", Status: w.status("To do"), Priority: p.PriorityID}); !fault.Is(err, fault.Forbidden) {
			t.Error(err)
		}
	}
	if now := w.kept(); now != before {
		t.Errorf("something was written:\n%s\n%s", before, now)
	}
	b.Post(task.Path()+"/field/status", apptest.Form("status", id(w.status("Done")), "version", "1")).Want(http.StatusSeeOther)
	b.Post(p.Path()+"/unarchive", nil).Want(http.StatusSeeOther)
	b.Post(p.Path()+"/tasks", apptest.Form("name", "More", "status", id(w.status("To do")), "priority", id(p.PriorityID))).Want(http.StatusSeeOther)
}
