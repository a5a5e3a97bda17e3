package projects

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/clock"
	"portal/app/data"
)

func TestCopy_ShiftsDaysOverMonthEndsAndLeapDays(t *testing.T) {
	for _, c := range []struct {
		first    clock.Day
		weekdays bool
		days     []clock.Day
		want     string
	}{
		{"2027-01-31", false, []clock.Day{"2026-12-31", "2027-01-28", ""}, "2027-01-31 2027-02-28 "},
		{"2028-02-28", false, []clock.Day{"2026-02-27", "2026-02-28", "2026-03-01"}, "2028-02-28 2028-02-29 2028-03-01"},
		{"2026-02-28", false, []clock.Day{"2028-02-29", "2028-03-01"}, "2026-02-28 2026-03-01"},
		{"", false, []clock.Day{"2026-11-28", ""}, "2026-11-28 "}, {"", true, []clock.Day{"2026-11-28", "2026-11-29", "2026-11-30"}, "2026-11-30 2026-11-30 2026-11-30"},
		{"2026-11-28", true, []clock.Day{"2026-11-02", "2026-11-04"}, "2026-11-30 2026-11-30"}, {"2026-11-02", false, []clock.Day{"2026-11-30", "2026-12-01"}, "2026-11-02 2026-11-03"},
		{"9999-12-30", false, []clock.Day{"2026-11-23", "2026-11-25"}, "9999-12-30 error"}, {"2026-11-23", false, nil, ""},
	} {
		var got []string
		s := shiftTo(c.first, c.weekdays, slices.Clone(c.days))
		for _, d := range c.days {
			to, err := s.of(d)
			if err != nil {
				to = "error"
			}
			got = append(got, string(to))
		}
		if all := strings.Join(got, " "); all != c.want {
			t.Errorf("%v on %s: %s, not %s", c.days, c.first, all, c.want)
		}
	}
}

// source makes a project with all that a copy may take along.
func (w *world) source(private bool) Project {
	w.t.Helper()
	p := w.project("Move the racks", "Lea Lead", func(f *projectForm) {
		f.Private, f.Description, f.Watchers, f.Priority = private, "Before **Christmas**.", []int64{w.id("Walt Watcher", "user")}, w.priority("High")
	})
	now := w.DB.Now()
	w.Insert(&Milestone{ProjectID: p.ID, Name: "Power on", DueOn: "2026-12-15", ReachedAt: &now, Version: 1, CreatedAt: now, UpdatedAt: now})
	w.Cache.Clear("")
	m := w.rows("milestones", "1 = 1")[0]
	w.task(p, "Gone", nil)
	plan := w.task(p, "Plan", func(f *taskForm) {
		f.Status, f.StartOn, f.DueOn, f.NewLabels, f.Estimate, f.Milestone = w.status("Done"), "2026-12-01", "2026-12-04", "Paper, Office", "3d", m
		f.Assignee = w.id("Asta Assignee", "user")
	})
	rooms := w.task(p, "Rooms", func(f *taskForm) { f.Parent, f.Queue = plan.Number, w.Gate.Access().RoleID("manager") })
	doors := w.task(p, "Doors", func(f *taskForm) { f.Parent, f.Status = rooms.Number, w.status("Review") })
	w.task(p, "Dropped", func(f *taskForm) { f.Status = w.status("Cancelled") })
	w.Insert(&needRow{TaskID: doors.ID, NeedsID: plan.ID})
	ctx := w.as("Lea Lead")
	must[Task](w.t)(w.tasks.Delete(ctx, p.ID, 1, true))
	for _, o := range []owner{{p.ID, 0}, {p.ID, rooms.Number}, {p.ID, 5}} {
		if err := w.notes.AddTodo(ctx, o, "Todo", ""); err != nil {
			w.t.Fatal(err)
		}
		must[Comment](w.t)(w.notes.AddComment(ctx, o, "Said", ""))
	}
	if err := w.notes.Tick(ctx, owner{p.ID, 0}, w.rows("todos", "task_id IS NULL")[0], true); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// tree are the tasks of a project in one text.
func (w *world) tree(p int64) string {
	w.t.Helper()
	var rows []string
	if err := w.DB.Writer().NewRaw("SELECT CONCAT(t.number, ' ', t.name, ' ', s.name, ' in ', COALESCE((SELECT u.number FROM tasks u WHERE u.id = t.parent_id), 0), ' ', t.start_on, ' ', t.due_on, ' ', t.estimate, "+
		"' m', COALESCE((SELECT m.name FROM milestones m WHERE m.id = t.milestone_id AND m.project_id = t.project_id), '-'), ' w', t.waits_on, '/', (SELECT COUNT(*) FROM task_dependencies d WHERE d.task_id = t.id), "+
		"' a', CASE WHEN t.assignee_id IS NULL THEN '-' ELSE '+' END, ' q', CASE WHEN t.queue_id IS NULL THEN '-' ELSE '+' END, ' ', t.open, CASE WHEN t.completed_at IS NULL AND t.started_at IS NULL THEN '' ELSE ' begun' END) "+
		"FROM tasks t JOIN statuses s ON s.id = t.status_id WHERE t.project_id = ? AND t.deleted_at IS NULL ORDER BY t.number", p).Scan(w.Context(), &rows); err != nil {
		w.t.Fatal(err)
	}
	return strings.Join(rows, "\n")
}

// copyOf is the project that the answer leads to.
func (w *world) copyOf(a apptest.Answer) int64 {
	w.t.Helper()
	ids := w.rows("projects", "id = "+strings.TrimPrefix(a.Want(http.StatusSeeOther).Location(), "/projects/"))
	return ids[0]
}

var takeAll = []string{"name", "Next move", "first_on", "2028-02-28", "tasks", "1", "todos", "1", "labels", "1", "milestones", "1", "waits", "1", "assignees", "1", "team", "1"}

func TestCopy_TakesTheTreeAnewFromNumberOne(t *testing.T) {
	w := open(t)
	p := w.source(false)
	b := w.As("Stan Stranger", "user")
	b.Get(copyPath(p.ID)).Want(200, "Copy of Move the racks", "Comments and history stay behind")
	to := w.copyOf(b.Post(copyPath(p.ID), apptest.Form(takeAll...)))
	want := "1 Plan To do in 0 2028-02-28 2028-03-02 1440 mPower on w0/0 a+ q- 1\n2 Rooms To do in 1   0 m- w0/0 a- q+ 1\n3 Doors To do in 2   0 m- w1/1 a- q- 1"
	if got := w.tree(to); got != want {
		t.Errorf("\n%s\nnot\n%s", got, want)
	}
	w.true("copied")
	h := must[heldProject](t)(w.projects.Get(w.as("Stan Stranger"), to))
	if h.Project.TaskKey == p.TaskKey || data.OrZero(h.Project.LeadID) != b.User.ID || h.Project.LastNumber != 3 || h.Project.TasksTotal != 3 || len(h.Team.Watchers) != 1 || len(h.Labels) != 2 ||
		h.Milestones[0].ReachedAt != nil || h.Milestones[0].DueOn != "2028-03-13" || h.Project.PriorityID != p.PriorityID {
		t.Errorf("%+v", h)
	}
	if n := w.Count("todos", fmt.Sprintf("project_id = %d AND done_at IS NULL", to)); n != 2 {
		t.Errorf("%d todos", n)
	}
	if n := w.Count("comments", fmt.Sprintf("project_id = %d", to)); n != 0 {
		t.Errorf("%d comments", n)
	}
	b.Get(projectPath(to)+"/tasks/1").Want(200, "Paper", "Office", "Power on", "3d")
	bare := w.copyOf(b.Post(copyPath(p.ID), apptest.Form("name", "Bare", "tasks", "1")))
	if got := w.tree(bare); got != "1 Plan To do in 0 2026-12-01 2026-12-04 1440 m- w0/0 a- q- 1\n2 Rooms To do in 1   0 m- w0/0 a- q- 1\n3 Doors To do in 2   0 m- w0/0 a- q- 1" {
		t.Error(got)
	}
	if n := w.Count("task_labels", "task_id IN (SELECT id FROM tasks WHERE project_id = "+id(bare)+")") + w.Count("labels", "project_id = "+id(bare)); n != 0 {
		t.Error("labels went along")
	}
}

func TestS85_CopySentTwiceMakesOne(t *testing.T) {
	w := open(t)
	p := w.source(false)
	b := w.As("Lea Lead", "user")
	f := append(slices.Clone(takeAll), "once", "ABC")
	first := b.Post(copyPath(p.ID), apptest.Form(f...)).Want(http.StatusSeeOther).Location()
	if again := b.Post(copyPath(p.ID), apptest.Form(f...)).Want(http.StatusSeeOther).Location(); again != first || w.Count("projects", "name = 'Next move'") != 1 {
		t.Errorf("%s, then %s", first, again)
	}
}

func TestCopy_OfAPrivateProjectIsPrivateAndForWhoKnowsIt(t *testing.T) {
	w := open(t)
	p := w.source(true)
	stan, walt := w.As("Stan Stranger", "user"), w.As("Walt Watcher", "user")
	before := w.kept()
	stan.Get(copyPath(p.ID)).Want(http.StatusNotFound)
	stan.Post(copyPath(p.ID), apptest.Form(takeAll...)).Want(http.StatusNotFound)
	for field, c := range map[string][2]string{"name": {"", "This is needed."}, "first_on": {"9999-12-30", "outside the years"}, "task_key": {p.TaskKey, "Another project has this key."}} {
		f := apptest.Form(takeAll...)
		f.Set(field, c[0])
		walt.Post(copyPath(p.ID), f).Want(http.StatusUnprocessableEntity, c[1], `name="weekdays"`)
	}
	if w.kept() != before {
		t.Error("something was written")
	}
	to := w.copyOf(walt.Post(copyPath(p.ID), apptest.Form("name", "Mine", "tasks", "1")))
	stan.Get(projectPath(to)).Want(http.StatusNotFound)
	walt.Get(projectPath(to)+"/history").Want(200, "made the project from another one").Lacks("Move the racks")
	w.As("Lea Lead").Get(projectPath(to)).Want(http.StatusNotFound) // without the team it is the copier's alone
}

func TestTemplate_IsInNoListButItsOwn(t *testing.T) {
	w := open(t)
	p := w.source(false)
	lead, asta := w.As("Lea Lead", "user"), w.As("Asta Assignee", "user")
	w.task(p, "Racking", func(f *taskForm) { f.Assignee, f.DueOn = w.id("Asta Assignee"), "2026-11-20" })
	asta.Get("/projects/panels/tasks").Want(200, "Racking")
	made := w.copyOf(lead.Post(copyPath(p.ID), apptest.Form(append(slices.Clone(takeAll), "template", "1")...)))
	lead.Post(p.Path()+"/template", apptest.Form("on", "1")).Want(http.StatusSeeOther)
	for _, b := range []*apptest.Browser{lead, asta} {
		for _, path := range []string{"/projects", "/projects?show=mine", "/projects?show=overdue", "/projects?show=archived", "/projects?q=move", "/projects/panels/tasks", "/projects/panels/projects", "/projects/panels/latest"} {
			b.Get(path).Want(200).Lacks("Racking", "Next move", ">Move the racks", p.Path()+`"`)
		}
		b.Get("/projects").Lacks(`<span class="stat-value">1</span>`, `<span class="stat-value">2</span>`)
		b.Get("/projects?show=templates").Want(200, "Next move", "Move the racks")
		b.Get("/projects/new").Want(200, "Begin from a template", "Next move", copyPath(made))
	}
	lead.Get(projectPath(made)).Want(200, "This is a template.", copyPath(made))
	to := w.copyOf(lead.Post(copyPath(made), apptest.Form(takeAll...)))
	lead.Get(projectPath(to)).Want(200, "Plan").Lacks("This is a template.")
	lead.Post(p.Path()+"/template", apptest.Form("on", "0")).Want(http.StatusSeeOther)
	asta.Get("/projects").Want(200, "Move the racks")
	before := w.kept()
	asta.Post(p.Path()+"/template", apptest.Form("on", "1")).Want(http.StatusForbidden)
	lead.Post(p.Path()+"/template", apptest.Form("on", "0")).Want(http.StatusSeeOther) // it is none
	if w.kept() != before {
		t.Error("something was written")
	}
	secret := w.project("Kept secret", "Walt Watcher", func(f *projectForm) { f.Private = true })
	w.As("Walt Watcher").Post(secret.Path()+"/template", apptest.Form("on", "1")).Want(http.StatusSeeOther)
	lead.Get("/projects?show=templates").Want(200).Lacks("Kept secret")
	lead.Get("/projects/new").Want(200).Lacks("Kept secret")
}

func TestCopy_OfThousandsOfTasksIsFast(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	now := w.DB.Now()
	var tasks []Task
	for i := range 5000 {
		tasks = append(tasks, Task{ProjectID: p.ID, Number: int64(i + 1), Name: "T", StatusID: w.words().Statuses[i%5].ID, PriorityID: p.PriorityID, Position: int64(i), Open: i%5 != 4, Version: 1, CreatedAt: now, UpdatedAt: now})
	}
	for part := range slices.Chunk(tasks, 500) {
		w.Insert(&part)
	}
	began := time.Now()
	said := w.Queries(func() {
		made, err := w.projects.Copy(w.as("Lea Lead"), p.ID, copyForm{Name: "Copy", Tasks: true, Todos: true, Labels: true, Waits: true})
		if err != nil || made.TasksTotal != 5000 {
			t.Error(made.TasksTotal, err)
		}
	})
	t.Logf("%d queries in %s", len(said), time.Since(began))
	if len(said) > 60 {
		t.Errorf("%d queries", len(said))
	}
}
