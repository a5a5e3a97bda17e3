package projects

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

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
	if data.OrZero(got.AssigneeID) != second || w.Count("tasks", "assignee_id = "+id(second)) != 1 {
		t.Errorf("assigned to %d, not to the other one of that name, %d", data.OrZero(got.AssigneeID), second)
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
	h := must[heldProject](t)(w.projects.Get(ctx, p.ID))
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
