package projects

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/config"
)

// busy makes a project of that many tasks, todos, comments and lines of history, among that many projects.
func busy(t *testing.T, many int) (*world, Project, Task) {
	t.Helper()
	w := openWith(t, func(c *config.Config) { c.CacheMB = 64 }) // as much as a portal has unless it is told otherwise
	p := w.project("Busy", "Lea Lead", nil)
	task := w.task(p, "First", func(f *taskForm) { f.Assignee = w.id("Lea Lead") })
	now := w.DB.Now()
	before := now.Add(-time.Hour) // so that the busy one is among those that are warmed
	var projects []Project
	var tasks []Task
	var todos []Todo
	var comments []Comment
	for i := range many {
		projects = append(projects, Project{
			Name: fmt.Sprintf("Project %d", i), TaskKey: fmt.Sprintf("P%d", i), Icon: "folder", StatusID: p.StatusID, PriorityID: p.PriorityID,
			LeadID: p.LeadID, Version: 1, CreatedAt: before, UpdatedAt: before,
		})
		part := Task{
			ProjectID: p.ID, Number: int64(i + 2), Name: fmt.Sprintf("Task %d", i), StatusID: w.words().Statuses[i%5].ID, PriorityID: p.PriorityID,
			AssigneeID: p.LeadID, Position: int64(i+2) * gap, Open: i%5 != 4, DueOn: "2026-11-20", Version: 1, CreatedAt: now, UpdatedAt: now,
		}
		if i%3 == 1 {
			part.ParentID = &task.ID
		}
		tasks = append(tasks, part)
		for _, of := range []*int64{nil, &task.ID} {
			todos = append(todos, Todo{ProjectID: p.ID, TaskID: of, Text: "Todo", Position: int64(i), Version: 1, CreatedAt: now, UpdatedAt: now})
			comments = append(comments, Comment{ProjectID: p.ID, TaskID: of, AuthorID: p.LeadID, Author: "Lea", Text: "Said", Version: 1, CreatedAt: now, UpdatedAt: now})
		}
	}
	w.Insert(&projects)
	w.Insert(&tasks)
	w.Insert(&todos)
	w.Insert(&comments)
	one := fileImport{
		ProjectID: p.ID, UserID: w.id("Lea Lead"), FileName: "tasks.csv", Preview: `{"heads":["Name"]}`, State: importChecked, Total: 1, Bad: 1,
		Problems: `[{"row":2,"column":"Name","said":"The task has no name."}]`, CreatedAt: now, UpdatedAt: now,
	}
	w.Insert(&[]fileImport{one})
	w.Insert(&[]importPart{{ImportID: 1, Kind: partErrors, Body: []byte("Row,Column,Error")}})
	w.Insert(&Label{ID: labelAt(p.ID, 0), ProjectID: p.ID, Name: "Power", NameKey: "power", Tone: "blue", Version: 1, CreatedAt: now, UpdatedAt: now})
	for i := range many {
		w.Exec("INSERT INTO history (kind, thing_id, parent_id, version, field, old_value, new_value, what, user_name, created_at) "+
			"VALUES ('projects.task', ?, ?, ?, 'name', 'a', 'b', 'changed', 'Lea', ?)", task.ID, p.ID, i, now)
	}
	w.Cache.Clear("")
	return w, p, task
}

// elsewhere are reads that answer a member with something else than a page.
var elsewhere = []string{"home.people.avatar", "home.signin.form", "home.signin.code.form", "home.viewas.see", "projects.project.see.board.more", "projects.project.see.limit"}

// counted are the queries of each read of the portal, cold and then warm.
func counted(t *testing.T, many int) map[string][2]int {
	t.Helper()
	w, p, task := busy(t, many)
	b, admin := w.As("Lea Lead", "user"), w.As("Ada Admin", "admin")
	s := spot{project: p.ID, number: task.Number}
	s.file = w.attach(b, task.Path()+"/files", "photo.png", picture(t, 8))
	s.todo, s.taskTodo = w.rows("todos", "task_id IS NULL")[0], w.rows("todos", "task_id IS NOT NULL")[0]
	s.milestone = w.milestone(p, "Half way")
	s.comment, s.taskComment = w.rows("comments", "task_id IS NULL")[0], w.rows("comments", "task_id IS NOT NULL")[0]
	all := map[string][2]int{}
	for _, r := range w.Routes {
		if r.Method != http.MethodGet || r.Stream || strings.Contains(r.Path, ":token") {
			continue
		}
		path := s.address(r.Path)
		if r.Name == "home.people.avatar" {
			path = fmt.Sprintf("/people/%d/avatar", b.User.ID)
		}
		var n [2]int
		for i := range n {
			if i == 0 {
				w.asStarted()
			}
			var a apptest.Answer
			who := b
			if strings.Contains(r.Name, ".word.") { // which nobody else has
				who = admin
			}
			n[i] = len(w.Queries(func() { a = who.Get(path) }))
			if a.Status != http.StatusOK && !strings.HasSuffix(r.Name, "see.field") && !slices.Contains(elsewhere, r.Name) {
				t.Errorf("%s: %s", r.Name, a)
			}
		}
		all[r.Name] = n
	}
	return all
}

// asStarted leaves the caches as they are when a portal has just started: with what it warms, and nothing else.
func (w *world) asStarted() {
	w.t.Helper()
	w.Cache.Clear("")
	if err := w.Warm(w.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// coldMost is how many queries a page runs at most on a started portal; two of them are who asks, and what they have unread.
const coldMost = 8

func TestQueries_NoPageRunsOneForEachRow(t *testing.T) {
	few, many := counted(t, 10), counted(t, 1000)
	heldProject := map[string]bool{"projects.project.see.list": true, "projects.project.see.board": true, "projects.task.see.one": true}
	for route, n := range few {
		t.Logf("%-40s cold %d, warm %d", route, n[0], n[1])
		if m := many[route]; m != n {
			t.Errorf("%s: %v queries with 10 rows, %v with 1,000", route, n, m)
		}
		if n[0] > coldMost || many[route][0] > coldMost {
			t.Errorf("%s: %d queries cold, %d with 1,000 rows", route, n[0], many[route][0])
		}
		if heldProject[route] && n[1] > 2 {
			t.Errorf("%s: %d queries warm", route, n[1])
		}
	}
	if len(few) < 25 {
		t.Errorf("only %d routes", len(few))
	}
}

func TestQueries_BoardOfForty(t *testing.T) {
	w, p, _ := busy(t, 39)
	b := w.As("Lea Lead", "user")
	w.asStarted()
	for i, most := range []int{6, 2} {
		said := w.Queries(func() { b.Get(p.Path()).Want(http.StatusOK, "First", "Task 38") })
		if len(said) > most {
			t.Errorf("look %d: %d queries:\n%s", i+1, len(said), strings.Join(said, "\n"))
		}
	}
}

func TestQueries_ListTreeInQueriesOfLevels(t *testing.T) {
	for _, many := range []int{10, 1000} {
		w, p, _ := busy(t, many)
		b := w.As("Lea Lead", "user")
		b.Get(p.Path() + "/list")
		said := w.Queries(func() { b.Fragment("GET", p.Path()+"/list?size=100", "list", nil).Want(http.StatusOK) })
		if len(said) > 4 {
			t.Errorf("%d tasks: %d queries", many, len(said))
		}
	}
}
