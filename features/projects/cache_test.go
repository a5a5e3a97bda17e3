package projects

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/data"
	"portal/app/fault"
)

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
				fmt.Fprintf(&b, " %d %s v%d s%d a%d %s", x.ID, x.Name, x.Version, x.StatusID, data.OrZero(x.AssigneeID), x.DueOn)
			}
			for _, x := range th.Todos {
				fmt.Fprintf(&b, " todo %d %s %v", x.ID, x.Text, x.DoneAt != nil)
			}
			for _, x := range th.Comments {
				fmt.Fprintf(&b, " comment %d %s by %d %s", x.ID, x.Text, data.OrZero(x.AuthorID), x.Author)
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

func shown(h heldProject) string {
	p := h.Project
	return fmt.Sprint(p.Name, p.TaskKey, p.Summary, p.Icon, p.StatusID, p.PriorityID, data.OrZero(p.PercentSet), p.Private, data.OrZero(p.LeadID), p.TasksTotal,
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
