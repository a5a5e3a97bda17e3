package projects

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/auth"
)

// told are the notifications of a person: kind, title, how often, in their order.
func (w *world) told(name string) []string {
	w.t.Helper()
	var rows []string
	err := w.DB.Writer().NewRaw("SELECT CONCAT(kind, ' ', title, ' ', events) FROM notifications WHERE user_id = ? ORDER BY id", w.id(name)).Scan(w.Context(), &rows)
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func (w *world) forget() { w.Exec("DELETE FROM notifications") }

// cast is a project whose people each have one reason to be told, and nobody two.
func cast(t *testing.T, private bool, change func(*projectForm)) (*world, Project, Task) {
	t.Helper()
	w := open(t)
	p := w.project("Hall B", "Lea Lead", func(f *projectForm) {
		f.Private, f.NotifyCreated, f.NotifyDone, f.NotifyComment = private, true, true, true
		f.Watchers, f.Stakeholders = []int64{w.id("Walt Watcher", "user")}, []int64{w.id("Sam Stakeholder", "user"), w.id("Mia Maker", "user"), w.id("Carl Commenter", "user"), w.id("Asta Assignee", "user"), w.id("Tess Watches", "user")}
		if change != nil {
			change(f)
		}
	})
	w.id("Stan Stranger", "user")
	w.id("Nora None")
	f := taskForm{Name: "Racks", Status: w.status("To do"), Priority: w.priority("Medium"), Assignee: w.id("Asta Assignee"), DueOn: "2026-12-01"}
	task := must[Task](t)(w.tasks.Create(w.as("Mia Maker"), p.ID, f))
	must[Comment](t)(w.notes.AddComment(w.as("Carl Commenter"), owner{p.ID, task.Number}, "First", ""))
	if err := w.tasks.Watch(w.as("Tess Watches"), p.ID, task.Number, true); err != nil {
		t.Fatal(err)
	}
	w.forget()
	return w, p, task
}

var everybodyTold = []string{"Lea Lead", "Walt Watcher", "Sam Stakeholder", "Mia Maker", "Carl Commenter", "Asta Assignee", "Tess Watches", "Stan Stranger", "Nora None"}

// whoTold are the first names of all who were told something of the kind.
func (w *world) whoTold(kind string) string {
	var all []string
	for _, name := range everybodyTold {
		if slices.ContainsFunc(w.told(name), func(s string) bool { return strings.HasPrefix(s, kind+" ") }) {
			all = append(all, strings.Fields(name)[0])
		}
	}
	return strings.Join(all, " ")
}

func TestTell_WhoIsToldOfWhat(t *testing.T) {
	all := func(f *projectForm) {}
	quiet := func(f *projectForm) { f.NotifyCreated, f.NotifyDone, f.NotifyComment = false, false, false }
	done := func(w *world, p Project, task Task, by string) {
		f := taskForm{Status: w.status("Done"), Version: task.Version}
		must[Task](w.t)(w.tasks.Update(w.as(by), p.ID, task.Number, f, []string{"status"}))
	}
	comment := func(text string) func(w *world, p Project, task Task, by string) {
		return func(w *world, p Project, task Task, by string) {
			must[Comment](w.t)(w.notes.AddComment(w.as(by), owner{p.ID, task.Number}, text, ""))
		}
	}
	for _, c := range []struct {
		name     string
		private  bool
		switches func(*projectForm)
		by       string
		do       func(w *world, p Project, task Task, by string)
		want     map[string]string
	}{
		{"a new task tells the lead and who watches the project", false, all, "Mia Maker", func(w *world, p Project, _ Task, by string) {
			must[Task](w.t)(w.tasks.Create(w.as(by), p.ID, taskForm{Name: "New", Status: w.status("To do"), Priority: w.priority("Low")}))
		}, map[string]string{tellMade: "Lea Walt"}},
		{"a new task tells nobody when the switch is off, but the assignee", false, quiet, "Mia Maker", func(w *world, p Project, _ Task, by string) {
			must[Task](w.t)(w.tasks.Create(w.as(by), p.ID, taskForm{Name: "New", Status: w.status("To do"), Priority: w.priority("Low"), Assignee: w.id("Sam Stakeholder")}))
		}, map[string]string{tellMade: "", tellAssigned: "Sam"}},
		{"who assigns a task to themselves is told nothing", false, quiet, "Sam Stakeholder", func(w *world, p Project, task Task, by string) {
			must[Task](w.t)(w.tasks.Update(w.as(by), p.ID, task.Number, taskForm{Assignee: w.id(by), Version: task.Version}, []string{"assignee"}))
		}, map[string]string{tellAssigned: ""}},
		{"who may not know of a private project is not told of a task in it, although it is assigned to them", true, all, "Lea Lead", func(w *world, p Project, task Task, by string) {
			must[Task](w.t)(w.tasks.Update(w.as(by), p.ID, task.Number, taskForm{Assignee: w.id("Stan Stranger"), Version: task.Version}, []string{"assignee"}))
		}, map[string]string{tellAssigned: ""}},
		{"who has no right to see tasks is told of none", false, all, "Lea Lead", func(w *world, p Project, task Task, by string) {
			must[Task](w.t)(w.tasks.Update(w.as(by), p.ID, task.Number, taskForm{Assignee: w.id("Nora None"), Version: task.Version}, []string{"assignee"}))
		}, map[string]string{tellAssigned: ""}},
		{"a completed task tells all who take part and the project's hearers, but not who completed it", false, all, "Asta Assignee", done,
			map[string]string{tellDone: "Lea Walt Mia Carl Tess"}},
		{"a completed task tells only who take part when the switch is off", false, quiet, "Lea Lead", done, map[string]string{tellDone: "Mia Carl Asta Tess"}},
		{"a comment tells all who take part and the project's hearers, but not its author", false, all, "Carl Commenter", comment("Second"),
			map[string]string{tellCommented: "Lea Walt Mia Asta Tess"}},
		{"a comment tells only who take part when the switch is off", false, quiet, "Lea Lead", comment("Second"), map[string]string{tellCommented: "Mia Carl Asta Tess"}},
		{"who is mentioned is told that, and nothing else of it", false, all, "Carl Commenter", comment("Ask @lea.lead and @stan.stranger, not x@walt.watcher"),
			map[string]string{tellMentioned: "Lea Stan", tellCommented: "Walt Mia Asta Tess"}},
		{"who may not know of a private project is not told that they are mentioned in it", true, all, "Carl Commenter", comment("Ask @stan.stranger and @sam.stakeholder"),
			map[string]string{tellMentioned: "Sam"}},
		{"a due date that moves tells the assignee", false, all, "Lea Lead", func(w *world, p Project, task Task, by string) {
			must[Task](w.t)(w.tasks.Update(w.as(by), p.ID, task.Number, taskForm{DueOn: "2026-12-09", Version: task.Version}, []string{"due_on"}))
		}, map[string]string{tellMoved: "Asta"}},
		{"a new name tells nobody", false, all, "Lea Lead", func(w *world, p Project, task Task, by string) {
			must[Task](w.t)(w.tasks.Update(w.as(by), p.ID, task.Number, taskForm{Name: "Other", Version: task.Version}, []string{"name"}))
		}, map[string]string{tellMade: "", tellDone: "", tellAssigned: "", tellMoved: "", tellCommented: "", tellMentioned: ""}},
		{"what waited for nothing else tells its assignee that it can begin", false, all, "Lea Lead", func(w *world, p Project, task Task, by string) {
			next := w.task(p, "Next", func(f *taskForm) { f.Assignee = w.id("Sam Stakeholder") })
			late := w.task(p, "Late", func(f *taskForm) { f.Assignee = w.id("Walt Watcher") })
			other := w.task(p, "Other", nil)
			for _, d := range [][2]int64{{next.ID, task.ID}, {late.ID, task.ID}, {late.ID, other.ID}} {
				w.Exec("INSERT INTO task_dependencies (task_id, needs_id) VALUES (?, ?)", d[0], d[1])
			}
			done(w, p, task, by)
		}, map[string]string{tellUnblocked: "Sam"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, p, task := cast(t, c.private, c.switches)
			c.do(w, p, task, c.by)
			for kind, want := range c.want {
				if got := w.whoTold(kind); got != want {
					t.Errorf("%s: told are %q, not %q", kind, got, want)
				}
			}
		})
	}
}

func TestTell_LockedAccountsAndThoseWhoChoseSoAreToldNothing(t *testing.T) {
	w, p, task := cast(t, false, nil)
	w.Exec("UPDATE users SET locked_at = ? WHERE id = ?", w.DB.Now(), w.id("Walt Watcher"))
	w.Exec("INSERT INTO notification_choices (user_id, kind, choice) VALUES (?, ?, 'none')", w.id("Mia Maker"), tellCommented)
	must[Comment](t)(w.notes.AddComment(w.as("Carl Commenter"), owner{p.ID, task.Number}, "Second", ""))
	var n []int64
	if err := w.DB.Writer().NewRaw("SELECT user_id FROM notifications ORDER BY user_id").Scan(w.Context(), &n); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(n, w.id("Walt Watcher")) || slices.Contains(n, w.id("Mia Maker")) || len(n) != 3 {
		t.Error("told:", n)
	}
}

func TestTell_EventsOfMinutesComeTogetherUntilTheyAreRead(t *testing.T) {
	w, p, task := cast(t, false, nil)
	say := func() {
		must[Comment](t)(w.notes.AddComment(w.as("Carl Commenter"), owner{p.ID, task.Number}, "Again", ""))
	}
	say()
	say()
	if got := w.told("Asta Assignee"); len(got) != 1 || !strings.HasSuffix(got[0], " 2") {
		t.Error("two comments in a minute:", got)
	}
	w.Clock.Add(11 * time.Minute)
	say()
	if got := w.told("Asta Assignee"); len(got) != 2 {
		t.Error("one more eleven minutes later:", got)
	}
	w.Exec("UPDATE notifications SET read_at = ?", w.DB.Now())
	say()
	if got := w.told("Asta Assignee"); len(got) != 3 {
		t.Error("one more after all was read:", got)
	}
}

func TestTell_RemindsOnceInThePersonsMorning(t *testing.T) {
	w := open(t)
	p := w.project("Hall B", "Lea Lead", nil)
	w.Exec("UPDATE users SET zone = 'Pacific/Auckland' WHERE id = ?", w.id("Asta Assignee", "user")) // 13 hours before UTC
	w.Clock.Set(time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC))
	for _, d := range []string{"2026-11-23", "2026-11-25", "2026-11-24", "2026-11-30"} {
		w.task(p, "For Lea "+d, func(f *taskForm) { f.Assignee, f.DueOn = w.id("Lea Lead"), d })
	}
	w.task(p, "For Asta", func(f *taskForm) { f.Assignee, f.DueOn = w.id("Asta Assignee"), "2026-11-26" })
	w.forget()
	remind := func() {
		t.Helper()
		if err := w.tasks.remind(auth.With(w.Context(), auth.System("jobs"))); err != nil {
			t.Fatal(err)
		}
	}
	remind()
	if got := append(w.told("Lea Lead"), w.told("Asta Assignee")...); len(got) != 0 {
		t.Error("at 6 in the morning, and 7 in the evening before:", got)
	}
	w.Clock.Set(time.Date(2026, 11, 24, 7, 5, 0, 0, time.UTC))
	remind()
	remind()
	if got := fmt.Sprint(w.told("Lea Lead")); got != "[projects.task.due Hall B 1]" {
		t.Error("Lea, of two tasks:", got)
	}
	w.Clock.Set(time.Date(2026, 11, 24, 18, 30, 0, 0, time.UTC)) // 7:30 on the 25th
	remind()
	remind()
	if got := w.told("Asta Assignee"); len(got) != 1 || !strings.Contains(got[0], "For Asta") {
		t.Error("Asta:", got)
	}
}
