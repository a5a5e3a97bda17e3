package projects

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
)

// gallery is a small department whose pages are looked at: two projects, a tree of tasks, todos and comments.
func gallery(t *testing.T) (*world, Project) {
	t.Helper()
	w := open(t)
	w.Person("Lea Lead", "user")
	w.Person("Walt Watcher", "user")
	p := w.project("Move the racks", "Lea Lead", func(f *projectForm) {
		f.Summary, f.Description, f.Watchers, f.Icon = "To hall B", "Before **Christmas**.", []int64{w.id("Walt Watcher")}, "server"
	})
	w.project("Kept secret", "Walt Watcher", func(f *projectForm) { f.Private = true })
	ctx := w.as("Lea Lead")
	plan := w.task(p, "Plan", func(f *taskForm) {
		f.DueOn, f.Assignee, f.Description = "2026-11-20", w.id("Lea Lead"), "See `plan.ods`."
	})
	rooms := w.task(p, "Rooms", func(f *taskForm) { f.Parent, f.Priority = plan.Number, w.priority("Critical") })
	w.task(p, "Doors", func(f *taskForm) { f.Parent = rooms.Number })
	w.task(p, "Order cable", func(f *taskForm) { f.Status = w.status("Done"); f.DueOn = "2026-11-30" })
	w.Clock.Add(time.Hour)
	must[Task](t)(w.tasks.Update(ctx, p.ID, plan.Number, taskForm{Priority: w.priority("High"), Version: 1}, []string{"priority"}))
	for _, o := range []owner{{p.ID, 0}, {p.ID, plan.Number}} {
		for _, text := range []string{"Ask for keys", "Book the van"} {
			if err := w.notes.AddTodo(ctx, o, text, ""); err != nil {
				t.Fatal(err)
			}
		}
		must[Comment](t)(w.notes.AddComment(w.as("Walt Watcher"), o, "Which _hall_?", ""))
	}
	if err := w.notes.Tick(ctx, owner{p.ID, 0}, w.rows("todos", "task_id IS NULL")[0], true); err != nil {
		t.Fatal(err)
	}
	return w, p
}

func TestPages_Look(t *testing.T) {
	w, _ := gallery(t)
	for _, c := range []struct{ name, who, path, target string }{
		{"list", "Lea Lead", "/projects", "list"}, {"list-page", "Lea Lead", "/projects", ""}, {"list-chips", "Lea Lead", "/projects?q=racks&status=1&priority=2&lead=1&show=active&sort=-name&size=50", "list"},
		{"list-none-fits", "Lea Lead", "/projects?q=nothing", "list"}, {"list-trash-empty", "Lea Lead", "/projects?show=trash", "list"},
		{"list-reader", "Audra Auditor", "/projects", "list"}, {"new", "Lea Lead", "/projects/new", ""},
		{"board", "Lea Lead", "/projects/1", "board"}, {"board-reader", "Audra Auditor", "/projects/1", ""}, {"board-none-fits", "Lea Lead", "/projects/1?q=nothing", "board"},
		{"tasks", "Lea Lead", "/projects/1/list", "list"}, {"tasks-filtered", "Lea Lead", "/projects/1/list?show=overdue&assignee=-1", "list"},
		{"tasks-sorted", "Lea Lead", "/projects/1/list?sort=-due", "list"}, {"task", "Lea Lead", "/projects/1/tasks/1", "task"}, {"task-panel", "Lea Lead", "/projects/1/tasks/3", "panel"},
		{"task-reader", "Audra Auditor", "/projects/1/tasks/1", "task"}, {"task-new", "Lea Lead", "/projects/1/tasks/new?status=2&parent=1", "dialog-body"},
		{"task-edit", "Lea Lead", "/projects/1/tasks/1/edit", ""}, {"task-history", "Lea Lead", "/projects/1/tasks/1/history", ""},
		{"todos", "Lea Lead", "/projects/1/todos", "todos"}, {"comments", "Walt Watcher", "/projects/1/comments", "comments"}, {"comments-other", "Lea Lead", "/projects/1/comments", "comments"},
		{"comment-edit", "Walt Watcher", "/projects/1/comments/1/edit", "c1"}, {"history", "Lea Lead", "/projects/1/history", ""}, {"about", "Lea Lead", "/projects/1/about", ""},
		{"edit", "Lea Lead", "/projects/1/edit", ""}, {"field", "Lea Lead", "/projects/1/field/status?at=row", "row-p1-status"}, {"field-reader", "Audra Auditor", "/projects/1/field/lead", "p1-lead"},
		{"field-editor", "Lea Lead", "/projects/1/field/lead/edit", "p1-lead"}, {"field-editor-page", "Lea Lead", "/projects/1/tasks/1/field/due_on/edit", ""},
		{"mine", "Lea Lead", "/projects/panels/tasks", "mine"}, {"mine-empty", "Walt Watcher", "/projects/panels/tasks", "mine"},
		{"my-projects", "Lea Lead", "/projects/panels/projects", "my-projects"}, {"latest", "Walt Watcher", "/projects/panels/latest", "latest"}, {"latest-reader", "Audra Auditor", "/projects/panels/latest", "latest"},
	} {
		t.Run(c.name, func(t *testing.T) {
			roles := []string{"user"}
			if c.who == "Audra Auditor" {
				roles = []string{"auditor"}
			}
			b := w.As(c.who, roles...)
			var a apptest.Answer
			if c.target == "" {
				a = b.Get(c.path)
			} else {
				a = b.Fragment("GET", c.path, c.target, nil)
			}
			if a.Status != http.StatusOK {
				t.Fatal(a)
			}
			_, body, page := strings.Cut(a.Body, "<main")
			if page {
				a.Body, _, _ = strings.Cut("<main"+body, "</main>")
			}
			apptest.Golden(t, c.name, a.Body)
		})
	}
}

// Whoever may not sign in any more stays in the team when somebody saves the form.
func TestPages_EditFormKeepsLockedPeople(t *testing.T) {
	w, p := gallery(t)
	if err := w.Users.Lock(w.as("Lea Lead"), w.Person("Walt Watcher").Username, true); err != nil {
		t.Fatal(err)
	}
	walt := `<option value="` + id(w.id("Walt Watcher")) + `" selected>Walt Watcher`
	w.As("Lea Lead").Get(p.Path()+"/edit").Want(http.StatusOK, walt)
}

// Who is refused by the project itself is not sent to ask for a role that they have.
func TestPages_RefusedNamesWhatIsMissing(t *testing.T) {
	w, p := gallery(t)
	w.As("Walt Watcher", "user").Get(p.Path()+"/edit").Want(http.StatusForbidden, "lead and administrators").Lacks("one of these roles")
	w.As("Audra Auditor", "auditor").Get("/projects/new").Want(http.StatusForbidden, "for the roles", "one of these roles")
}

func TestPages_EmptyPortalSaysWhatToDo(t *testing.T) {
	w := open(t)
	apptest.Golden(t, "list-empty", w.As("Lea Lead", "user").Fragment("GET", "/projects", "list", nil).Want(200).Body)
	apptest.Golden(t, "list-empty-reader", w.As("Audra Auditor", "auditor").Fragment("GET", "/projects", "list", nil).Want(200).Lacks("/projects/new").Body)
	p := w.project("Bare", "Lea Lead", nil)
	b := w.As("Lea Lead")
	apptest.Golden(t, "tasks-empty", b.Fragment("GET", p.Path()+"/list", "list", nil).Want(200).Body)
	b.Get(p.Path()+"/todos").Want(200, "Small steps")
	b.Get(p.Path()+"/comments").Want(200, "Nobody has said anything yet")
	b.Get(p.Path()+"/about").Want(200, "No description yet")
}

func TestPages_ListPagesAndSorts(t *testing.T) {
	w := open(t)
	for i := range 60 {
		w.project(fmt.Sprintf("Project %02d", i), "Lea Lead", nil)
	}
	b := w.As("Lea Lead")
	rows := func(q string) []string {
		var all []string
		for _, part := range strings.Split(b.Fragment("GET", "/projects?"+q, "list", nil).Want(200).Body, `class="clip" href="/projects/`)[1:] {
			_, name, _ := strings.Cut(part, ">")
			name, _, _ = strings.Cut(name, "<")
			all = append(all, name)
		}
		return all
	}
	for _, c := range []struct {
		q           string
		many        int
		first, last string
	}{
		{"sort=name", 25, "Project 00", "Project 24"}, {"sort=name&page=3", 10, "Project 50", "Project 59"}, {"sort=-name&size=100", 60, "Project 59", "Project 00"},
		{"sort=name&size=50", 50, "Project 00", "Project 49"}, {"sort=name&page=1000000000000000000", 25, "Project 00", "Project 24"}, {"sort=name&page=-3&size=-1", 25, "Project 00", "Project 24"},
		{"sort=name&page=99999999999999999999999&size=1000000000", 25, "Project 00", "Project 24"}, {"sort=name&page=x&size=NaN", 25, "Project 00", "Project 24"},
		{"sort=%3Bdrop+table+projects&size=100", 60, "Project 00", "Project 59"}, {"sort=p.id&size=100", 60, "Project 00", "Project 59"}, {"sort=-&size=100", 60, "Project 00", "Project 59"},
		{"q=%27+OR+1%3D1+--", 0, "", ""}, {"q=project+59&sort=name", 2, "Project 58", "Project 59"}, {"status=-1&priority=99&lead=abc&show=%00", 0, "", ""},
	} {
		got := rows(c.q)
		if len(got) != c.many || c.many > 0 && (got[0] != c.first || got[len(got)-1] != c.last) {
			t.Errorf("%s: %d rows %v", c.q, len(got), got)
		}
	}
	if a := b.Fragment("GET", "/projects?sort=name&page=2", "list", nil); a.Header.Get("HX-Push-Url") != "/projects?page=2&sort=name" {
		t.Errorf("pushed %s", a.Header.Get("HX-Push-Url"))
	}
}

func TestPages_EverySortOfTasks(t *testing.T) {
	w, p := gallery(t)
	b := w.As("Lea Lead")
	for key := range taskSorts {
		for _, way := range []string{"", "-"} {
			b.Get(p.Path()+"/list?sort="+url.QueryEscape(way+key)).Want(200, "Order cable")
		}
	}
	for _, q := range []string{"sort=%27;--", "page=1000000000000000000", "size=-1", "assignee=-9&status=-1", "show=odd", "q=%25", "q=%FF%00"} {
		b.Get(p.Path() + "/list?" + q).Want(200)
		b.Get(p.Path() + "?" + q).Want(200)
	}
	for _, q := range []string{"page=1000000000000000000", "page=-1", "page=x"} {
		b.Get(p.Path() + "/history?" + q).Want(200)
		b.Get(p.Path() + "/tasks/1/history?" + q).Want(200)
	}
}

func TestPages_LiveLookPushesNoAddress(t *testing.T) {
	w, p := gallery(t)
	b := w.As("Lea Lead")
	b.Header.Set("Portal-Live", "1")
	for _, path := range []string{"/projects", p.Path() + "/list"} {
		if to := b.Fragment("GET", path, "list", nil).Want(200).Header.Get("HX-Push-Url"); to != "" {
			t.Errorf("%s pushed %s", path, to)
		}
	}
}
