package projects

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

const today = clock.Day("2026-11-23")

// names are the projects' names in a list, sorted.
func (w *world) names(ctx context.Context, f projectFilter) string {
	w.t.Helper()
	rows := must[data.Rows[projectRow]](w.t)(w.projects.List(ctx, f, today))
	var all []string
	for _, r := range rows.Items {
		all = append(all, r.Name)
	}
	slices.Sort(all)
	if rows.Total != len(all) && rows.Total <= rows.Size {
		w.t.Errorf("total %d, rows %v", rows.Total, all)
	}
	return strings.Join(all, " ")
}

func TestProjects_EachViewerSeesExactly(t *testing.T) {
	w := open(t)
	private := func(f *projectForm) { f.Private = true }
	w.project("Open", "Lea Lead", nil)
	w.project("Led", "Lea Lead", private)
	for kind, set := range map[string]func(*projectForm, []int64){
		"Watched": func(f *projectForm, ids []int64) { f.Watchers = ids },
		"Staked":  func(f *projectForm, ids []int64) { f.Stakeholders = ids },
		"Shared":  func(f *projectForm, ids []int64) { f.Shareholders = ids },
	} {
		w.project(kind, "Lea Lead", func(f *projectForm) { f.Private = true; set(f, []int64{w.id("Tom Team", "user")}) })
	}
	w.project("Roled", "Lea Lead", func(f *projectForm) { f.Private = true; f.Roles = []int64{w.Gate.Access().RoleID("user")} })
	assigned := w.project("Assigned", "Lea Lead", private)
	w.task(assigned, "Theirs", func(f *taskForm) { f.Assignee = w.id("Asta Assignee", "auditor"); f.DueOn = "2026-11-23" })
	for who, want := range map[string]string{
		"Lea Lead": "Assigned Led Open Roled Shared Staked Watched", "Tom Team": "Open Roled Shared Staked Watched",
		"Asta Assignee": "Open", "Mona Manager": "Open Roled", "Ada Admin": "Assigned Led Open Roled Shared Staked Watched",
	} {
		roles := map[string][]string{"Mona Manager": {"manager"}, "Ada Admin": {"admin"}}[who]
		ctx := w.as(who, roles...)
		if got := w.names(ctx, projectFilter{}); got != want {
			t.Errorf("%s sees %q, not %q", who, got, want)
		}
		c := must[cards](t)(w.projects.Cards(ctx, today))
		if n := len(strings.Fields(want)); c.Active != n {
			t.Errorf("%s counts %d, not %d", who, c.Active, n)
		}
		if due := strings.Contains(want, "Assigned"); (c.Due == 1) != due {
			t.Errorf("%s counts %d due", who, c.Due)
		}
	}
	if mine := must[[]startTask](t)(newStartStore(w.projects).Tasks(w.as("Asta Assignee"))); len(mine) != 0 {
		t.Errorf("a task in a private project is among mine: %v", mine)
	}
}

func TestProjects_ListFilters(t *testing.T) {
	w := open(t)
	a := w.project("Änderung 100% fertig", "Lea Lead", func(f *projectForm) { f.Summary = "under_score" })
	w.project("Aenderung 100 fertig", "Lea Lead", func(f *projectForm) { f.Status = w.status("Done"); f.Priority = w.priority("High") })
	w.task(a, "Late", func(f *taskForm) { f.DueOn = "2026-11-22" })
	w.task(a, "Now", func(f *taskForm) { f.DueOn = "2026-11-23" })
	ctx := w.as("Lea Lead")
	for _, c := range []struct {
		f    projectFilter
		want int
	}{
		{projectFilter{}, 2}, {projectFilter{Show: "active"}, 1}, {projectFilter{Show: "due"}, 1}, {projectFilter{Show: "overdue"}, 1},
		{projectFilter{Show: "mine"}, 2}, {projectFilter{Show: "archived"}, 0}, {projectFilter{Show: "trash"}, 0},
		{projectFilter{Status: w.status("Done")}, 1}, {projectFilter{Priority: w.priority("High")}, 1}, {projectFilter{Lead: w.id("Lea Lead")}, 2},
		{projectFilter{Lead: 4711}, 0}, {projectFilter{List: data.List{Text: "100%"}}, 1}, {projectFilter{List: data.List{Text: "under_"}}, 1},
		{projectFilter{List: data.List{Text: "_"}}, 1}, {projectFilter{List: data.List{Text: "%"}}, 1}, {projectFilter{List: data.List{Text: "ANDERUNG fertig"}}, 1},
		{projectFilter{List: data.List{Text: "!"}}, 0}, {projectFilter{List: data.List{Text: `\`}}, 0}, {projectFilter{List: data.List{Text: "'"}}, 0},
		{projectFilter{List: data.List{Page: 99}}, 2},
	} {
		rows := must[data.Rows[projectRow]](t)(w.projects.List(ctx, c.f, today))
		if len(rows.Items) != c.want {
			t.Errorf("%+v: %d rows, not %d", c.f, len(rows.Items), c.want)
		}
	}
}

func TestMerge_Cases(t *testing.T) {
	w := open(t)
	p := w.project("Merged", "Lea Lead", nil)
	ctx := w.as("Lea Lead")
	for _, c := range []struct {
		name              string
		theirs, mine      func(*taskForm)
		theirsOf, mineOf  string
		want, wantClashOf string
	}{
		{"different fields", func(f *taskForm) { f.Name = "theirs" }, func(f *taskForm) { f.DueOn = "2026-12-24" }, "name", "due_on", "theirs 2026-12-24", ""},
		{"same value", func(f *taskForm) { f.Name = "same" }, func(f *taskForm) { f.Name = "same" }, "name", "name", "same ", ""},
		{"same field", func(f *taskForm) { f.Name = "theirs" }, func(f *taskForm) { f.Name = "mine" }, "name", "name", "theirs ", "name"},
		{"mine unchanged", func(f *taskForm) { f.Name = "theirs" }, func(f *taskForm) { f.Name = "base" }, "name", "name", "theirs ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			task := w.task(p, "base", nil)
			theirs, mine := taskForm{Name: "base", Version: 1}, taskForm{Name: "base", Version: 1}
			c.theirs(&theirs)
			c.mine(&mine)
			must[Task](t)(w.tasks.Update(ctx, p.ID, task.Number, theirs, []string{c.theirsOf}))
			_, err := w.tasks.Update(ctx, p.ID, task.Number, mine, []string{c.mineOf})
			var clash *data.Clash
			if errors.As(err, &clash) != (c.wantClashOf != "") {
				t.Fatalf("got %v", err)
			}
			if clash != nil {
				f := clash.Fields[0]
				if f.Mine.Name != c.wantClashOf || f.Base != "base" || f.Theirs.Shown != "theirs" || f.Mine.Shown != "mine" || clash.Who != "Lea Lead" || clash.Version != 2 {
					t.Errorf("clash %+v", clash)
				}
			}
			if got := w.text("SELECT CONCAT(name, ' ', due_on) FROM tasks WHERE id = ?", task.ID); got != c.want {
				t.Errorf("stored %q, not %q", got, c.want)
			}
		})
	}
}

func TestMerge_PeopleOfOneName(t *testing.T) {
	w := open(t)
	first, second := w.id("Ann Twin"), w.id("Ann.Twin2")
	w.Exec("UPDATE users SET name = 'Ann Twin' WHERE id = ?", second)
	w.Cache.Clear("")
	p := w.project("Twins", "Lea Lead", nil)
	task := w.task(p, "Whose", func(f *taskForm) { f.Assignee = first })
	got := must[Task](t)(w.tasks.Update(w.as("Lea Lead"), p.ID, task.Number, taskForm{Assignee: second, Version: 1}, []string{"assignee"}))
	if value(got.AssigneeID) != second || w.Count("tasks", "assignee_id = "+id(second)) != 1 {
		t.Errorf("assigned to %d, not to the other one of that name, %d", value(got.AssigneeID), second)
	}
}

func TestMerge_TeamsOfTwoEditors(t *testing.T) {
	w := open(t)
	p := w.project("Team", "Lea Lead", nil)
	ctx := w.as("Lea Lead")
	opened := formOf(p, Team{})
	theirs := opened
	theirs.Watchers = []int64{w.id("Walt Watcher")}
	must[Project](t)(w.projects.Update(ctx, p.ID, theirs, projectFields))
	mine := opened
	mine.Summary = "Mine"
	must[Project](t)(w.projects.Update(ctx, p.ID, mine, projectFields))
	h := must[hot](t)(w.projects.Get(ctx, p.ID))
	if len(h.Team.Watchers) != 1 || h.Project.Summary != "Mine" {
		t.Errorf("an edit of the summary took a watcher out of the team: %+v", h)
	}
	mine.Watchers = []int64{w.id("Other Watcher")}
	_, err := w.projects.Update(ctx, p.ID, mine, projectFields)
	var clash *data.Clash
	if !errors.As(err, &clash) || clash.Fields[0].Theirs.Shown != "Walt Watcher" || clash.Fields[0].Mine.Shown != "Other Watcher" {
		t.Errorf("two teams at once: %v", err)
	}
	for _, bad := range []func(*projectForm){func(f *projectForm) { f.Watchers = []int64{99999} }, func(f *projectForm) { f.Roles = []int64{99999} }} {
		f := formOf(h.Project, h.Team)
		bad(&f)
		if _, err := w.projects.Update(ctx, p.ID, f, projectFields); !fault.Is(err, fault.Invalid) {
			t.Errorf("a team of nobody: %v", err)
		}
	}
}

// figures compares the project's kept totals with a count.
func (w *world) figures(p int64) {
	w.t.Helper()
	kept := w.text("SELECT CONCAT(tasks_total, '/', tasks_done) FROM projects WHERE id = ?", p)
	counted := w.text("SELECT CONCAT((SELECT COUNT(*) FROM tasks t JOIN statuses s ON s.id = t.status_id WHERE t.project_id = ? AND t.deleted_at IS NULL AND s.stage <> 'cancelled'), "+
		"'/', (SELECT COUNT(*) FROM tasks t JOIN statuses s ON s.id = t.status_id WHERE t.project_id = ? AND t.deleted_at IS NULL AND s.stage = 'done'))", p, p)
	if kept != counted {
		w.t.Fatalf("kept %s, counted %s", kept, counted)
	}
}

func TestTasks_TotalsStayTrue(t *testing.T) {
	w := open(t)
	p := w.project("Counted", "Lea Lead", nil)
	ctx := w.as("Lea Lead")
	random := rand.New(rand.NewPCG(1, 2))
	for step := range 150 {
		w.Clock.Add(time.Second)
		n := int64(random.IntN(12) + 1)
		var err error
		switch random.IntN(6) {
		case 0, 1:
			f := taskForm{Name: "T", Status: w.words().Statuses[random.IntN(6)].ID, Priority: w.priority("Low")}
			if random.IntN(2) == 0 {
				f.Parent = n
			}
			_, err = w.tasks.Create(ctx, p.ID, f)
		case 2:
			_, err = w.tasks.Move(ctx, p.ID, n, moveForm{Status: w.words().Statuses[random.IntN(6)].ID, Version: 1 << 40})
		case 3:
			_, err = w.tasks.Update(ctx, p.ID, n, taskForm{Status: w.words().Statuses[random.IntN(6)].ID, Version: 1 << 40}, []string{"status"})
		case 4:
			_, err = w.tasks.Delete(ctx, p.ID, n, true)
		case 5:
			_, err = w.tasks.Delete(ctx, p.ID, n, false)
		}
		if fault.Is(err, fault.Broken) || err != nil && fault.Of(err).Kind == fault.Broken {
			t.Fatalf("step %d: %v", step, err)
		}
		w.figures(p.ID)
	}
	w.seenAsStored(p.ID)
}

// seenAsStored compares what this portal shows, caches and all, with what one sees that has just started.
func (w *world) seenAsStored(project int64) {
	w.t.Helper()
	ctx := w.as("Lea Lead")
	if w.reader == nil {
		w.reader = w.As("Lea Lead")
	}
	look := func() string {
		var b strings.Builder
		h, err := w.projects.Get(ctx, project)
		fmt.Fprintf(&b, "%+v %v\n", shown(h), err)
		for n := int64(1); n <= h.Project.LastNumber; n++ {
			th, err := w.tasks.Get(ctx, h, n)
			fmt.Fprintf(&b, "%d: %v", n, err)
			for _, x := range append(append([]Task{th.Task}, th.Parts...), at0(th.Parent)...) {
				fmt.Fprintf(&b, " %d %s v%d s%d a%d %s", x.ID, x.Name, x.Version, x.StatusID, value(x.AssigneeID), x.DueOn)
			}
			for _, x := range th.Todos {
				fmt.Fprintf(&b, " todo %d %s %v", x.ID, x.Text, x.DoneAt != nil)
			}
			for _, x := range th.Comments {
				fmt.Fprintf(&b, " comment %d %s by %d %s", x.ID, x.Text, value(x.AuthorID), x.Author)
			}
			b.WriteByte('\n')
		}
		c, err := w.projects.Cards(ctx, today)
		fmt.Fprintf(&b, "%+v %v\n", c, err)
		for _, path := range []string{"/projects", "/projects?show=archived", projectPath(project), projectPath(project) + "/list", projectPath(project) + "/todos", "/projects/panels/projects", "/projects/panels/tasks"} {
			a := w.reader.Get(path)
			fmt.Fprintf(&b, "%s: %d\n%s\n", path, a.Status, apptest.Tidy(a.Body))
		}
		return b.String()
	}
	warm := look()
	w.Cache.Clear("")
	if cold := look(); warm != cold {
		w.t.Fatalf("the caches and the database differ:\n%s", difference(cold, warm))
	}
}

// difference are the lines that only one of two texts has.
func difference(a, b string) string {
	var all []string
	for _, x := range []struct{ mark, of, other string }{{"- ", a, b}, {"+ ", b, a}} {
		have := strings.Split(x.other, "\n")
		for _, line := range strings.Split(x.of, "\n") {
			if !slices.Contains(have, line) {
				all = append(all, x.mark+line)
			}
		}
	}
	return strings.Join(all, "\n")
}

func shown(h hot) string {
	p := h.Project
	return fmt.Sprint(p.Name, p.TaskKey, p.Summary, p.Icon, p.StatusID, p.PriorityID, value(p.PercentSet), p.Private, value(p.LeadID), p.TasksTotal,
		p.TasksDone, p.LastNumber, p.ArchivedAt != nil, p.DeletedAt != nil, p.Version, h.Team)
}

func at0(t *Task) []Task {
	if t == nil {
		return nil
	}
	return []Task{*t}
}

func TestCaches_AfterEveryWrite(t *testing.T) {
	w := open(t)
	p := w.project("Cached", "Lea Lead", nil)
	ctx := w.as("Lea Lead")
	top := w.task(p, "Top", nil)
	part := w.task(p, "Part", func(f *taskForm) { f.Parent = top.Number })
	o := owner{p.ID, part.Number}
	todo := func() int64 { return w.rows("todos", "task_id = "+id(part.ID))[0] }
	comment := func() int64 { return w.rows("comments", "task_id = "+id(part.ID))[0] }
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"rename the parent", func() error {
			_, err := w.tasks.Update(ctx, p.ID, top.Number, taskForm{Name: "Renamed", Version: 1}, []string{"name"})
			return err
		}},
		{"assign a part", func() error {
			_, err := w.tasks.Update(ctx, p.ID, part.Number, taskForm{Assignee: w.id("Lea Lead"), Version: 1}, []string{"assignee"})
			return err
		}},
		{"move a part", func() error {
			_, err := w.tasks.Move(ctx, p.ID, part.Number, moveForm{Status: w.status("Done"), Version: 2})
			return err
		}},
		{"add a todo", func() error { return w.notes.AddTodo(ctx, o, "Todo", "") }},
		{"tick it", func() error { return w.notes.Tick(ctx, o, todo(), true) }},
		{"delete it", func() error { return w.notes.DeleteTodo(ctx, o, todo(), true) }},
		{"bring it back", func() error { return w.notes.DeleteTodo(ctx, o, todo(), false) }},
		{"comment", func() error { _, err := w.notes.AddComment(ctx, o, "Said", ""); return err }},
		{"edit it", func() error { return w.notes.EditComment(ctx, o, comment(), "Said better", 1) }},
		{"delete the comment", func() error { return w.notes.DeleteComment(ctx, o, comment(), true) }},
		{"bring the comment back", func() error { return w.notes.DeleteComment(ctx, o, comment(), false) }},
		{"add a part", func() error {
			_, err := w.tasks.Create(ctx, p.ID, taskForm{Name: "Deep", Parent: part.Number, Status: w.status("To do"), Priority: w.priority("Low")})
			return err
		}},
		{"delete the family", func() error { _, err := w.tasks.Delete(ctx, p.ID, top.Number, true); return err }},
		{"bring it all back", func() error { _, err := w.tasks.Delete(ctx, p.ID, top.Number, false); return err }},
		{"change the project", func() error {
			f := formOf(p, Team{})
			f.Name, f.Private, f.Watchers, f.Version = "Changed", true, []int64{w.id("Lea Lead")}, 1
			_, err := w.projects.Update(ctx, p.ID, f, projectFields)
			return err
		}},
		{"archive", func() error { _, err := w.projects.Shelve(ctx, p.ID, true); return err }},
		{"take out of the archive", func() error { _, err := w.projects.Shelve(ctx, p.ID, false); return err }},
		{"delete the project", func() error { _, err := w.projects.Delete(ctx, p.ID, true); return err }},
		{"restore the project", func() error { _, err := w.projects.Delete(ctx, p.ID, false); return err }},
	} {
		w.seenAsStored(p.ID) // fills the caches
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		w.t.Log(step.name)
		w.seenAsStored(p.ID)
	}
}

// Another process that has just started shows what this one shows, caches and all.
func TestCaches_AnotherProcessShowsTheSame(t *testing.T) {
	w, p := gallery(t)
	b := w.As("Lea Lead")
	pages := func(b *apptest.Browser) string {
		var all strings.Builder
		for _, path := range []string{"/projects", p.Path(), p.Path() + "/list", p.Path() + "/tasks/1", p.Path() + "/comments", p.Path() + "/history"} {
			all.WriteString(apptest.Tidy(b.Get(path).Want(200).Body))
		}
		return all.String()
	}
	pages(b)
	must[Task](t)(w.tasks.Move(w.as("Lea Lead"), p.ID, 2, moveForm{Status: w.status("Review"), Version: 1}))
	if here, there := pages(b), pages(w.Second().As("Lea Lead")); here != there {
		t.Errorf("the two differ:\n%s", difference(there, here))
	}
}

func TestProjects_NewKeyFindsItsTasks(t *testing.T) {
	w := open(t)
	p := w.project("Keys", "Lea Lead", nil)
	w.task(p, "Lay the cable", nil)
	must[Project](t)(w.projects.Update(w.as("Lea Lead"), p.ID, projectForm{TaskKey: "LONGER", Version: 1}, []string{"task_key"}))
	for text, want := range map[string]int{"longer-1": 1, "keys-1": 0, "cable": 1} {
		rows := must[data.Rows[taskRow]](t)(w.tasks.List(w.as("Lea Lead"), p.ID, taskFilter{List: data.List{Text: text}}, today))
		if len(rows.Items) != want {
			t.Errorf("%s finds %d, not %d", text, len(rows.Items), want)
		}
	}
}
