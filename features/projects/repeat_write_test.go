package projects

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"portal/app/apptest"
)

// routine is a project with a task that comes again each month on the 31st.
func routine(t *testing.T) (*world, Project, Task) {
	t.Helper()
	w := open(t)
	w.Clock.Set(time.Date(2026, 10, 31, 9, 0, 0, 0, time.UTC))
	p := w.project("Hall B", "Lea Lead", nil)
	task := w.task(p, "Check the racks", func(f *taskForm) {
		f.Description, f.Assignee, f.StartOn, f.DueOn = "All of them", w.id("Asta Assignee", "user"), "2026-10-28", "2026-10-31"
	})
	rule := repeatRule{Freq: freqMonth, Every: 1, Day: 31}
	task = must[Task](t)(w.tasks.SetRepeat(w.as("Lea Lead"), p.ID, task.Number, rule, task.Version))
	for _, text := range []string{"Rack 1", "Rack 2"} {
		if err := w.notes.AddTodo(w.as("Lea Lead"), owner{p.ID, task.Number}, text, ""); err != nil {
			t.Fatal(err)
		}
	}
	w.Exec("UPDATE todos SET done_at = ?", w.DB.Now())
	return w, p, task
}

// setStatus brings the task to the status.
func (w *world) setStatus(by string, task Task, status string) error {
	var now Task
	if err := w.DB.Writer().NewSelect().Model(&now).Where("t.id = ?", task.ID).Scan(w.Context()); err != nil {
		w.t.Fatal(err)
	}
	_, err := w.tasks.Update(w.as(by), task.ProjectID, task.Number, taskForm{Status: w.status(status), Version: now.Version}, []string{"status"})
	return err
}

func TestRepeat_DoneMakesTheNextOneOnce(t *testing.T) {
	w, p, task := routine(t)
	w.forget()
	for _, status := range []string{"Done", "In progress", "Done", "To do", "Done"} {
		if err := w.setStatus("Lea Lead", task, status); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.Count("tasks"); n != 2 {
		t.Fatalf("%d tasks", n)
	}
	got := w.text("SELECT CONCAT(number, ' ', name, ' ', description, ' ', start_on, ' ', due_on, ' ', repeat_rule, ' ', CASE WHEN open THEN 'open' ELSE 'closed' END) FROM tasks WHERE number = 2")
	if want := "2 Check the racks All of them 2026-11-27 2026-11-30 FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1 open"; got != want {
		t.Errorf("the next one is\n%s, not\n%s", got, want)
	}
	if n := w.Count("todos", "task_id = (SELECT id FROM tasks WHERE number = 2)", "done_at IS NULL"); n != 2 {
		t.Errorf("%d open todos", n)
	}
	if n := w.Count("history", "what = 'made "+p.TaskKey+"-2, the next one'"); n != 1 {
		t.Errorf("the history says it %d times", n)
	}
	if got := w.told("Asta Assignee"); len(got) != 2 {
		t.Error("the assignee is told:", got)
	}
	w.figures(p.ID)
}

func TestRepeat_TwoWhoCompleteAtOnceMakeOneNext(t *testing.T) {
	w, _, task := routine(t)
	lea, asta := w.as("Lea Lead"), w.as("Asta Assignee")
	done := taskForm{Status: w.status("Done"), Version: task.Version}
	var both sync.WaitGroup
	for _, ctx := range []context.Context{lea, asta} {
		both.Go(func() {
			_, err := w.tasks.Update(ctx, task.ProjectID, task.Number, done, []string{"status"})
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if n := w.Count("tasks"); n != 2 {
		t.Errorf("%d tasks", n)
	}
}

func TestRepeat_EndsAfterItsNumber(t *testing.T) {
	w, p, task := routine(t)
	w.Exec("UPDATE tasks SET repeat_rule = 'FREQ=DAILY;COUNT=2'")
	for range 5 {
		if err := w.setStatus("Lea Lead", task, "Done"); err != nil {
			t.Fatal(err)
		}
		if err := w.DB.Writer().NewSelect().Model(&task).Where("t.project_id = ?", p.ID).OrderExpr("t.id DESC").Limit(1).Scan(w.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.Count("tasks"); n != 3 {
		t.Errorf("%d tasks, not the first and two more", n)
	}
	if task.RepeatRule != "" {
		t.Errorf("the last one repeats %s", task.RepeatRule)
	}
}

func TestRepeat_CancelledMakesNone(t *testing.T) {
	w, _, task := routine(t)
	if err := w.setStatus("Lea Lead", task, "Cancelled"); err != nil {
		t.Fatal(err)
	}
	if n := w.Count("tasks"); n != 1 {
		t.Errorf("%d tasks", n)
	}
}

func TestRepeat_FormSaysWhatIsWrongAndKeepsWhatIsRight(t *testing.T) {
	w, p, task := routine(t)
	lea, stan := w.As("Lea Lead"), w.As("Stan Stranger", "user")
	path := task.Path() + "/repeat"
	apptest.Golden(t, "repeat-form", lea.Fragment("GET", path, "dialog-body", nil).Want(http.StatusOK, "By months").Body)
	lea.Get(task.Path()).Want(http.StatusOK, "Every month on day 31", "Skip this one", "Mon 30 Nov")
	stan.Get(path).Want(http.StatusForbidden)
	stan.Get(task.Path()).Want(http.StatusOK, "Every month on day 31").Lacks("Skip this one")
	for _, c := range []struct {
		name, says string
		pairs      []string
	}{
		{"no such unit", "Choose from the list.", []string{"freq", "SECONDLY"}},
		{"too seldom", "Write a number from 1 to 99.", []string{"freq", freqDay, "every", "100"}},
		{"negative", "Write a number from 1 to 99.", []string{"freq", freqDay, "every", "-1"}},
		{"no number", "Write a whole number.", []string{"freq", freqDay, "every", "x"}},
		{"an eighth day of the week", "Choose days of the week.", []string{"freq", freqWeek, "days", "8"}},
		{"the 32nd", "Write a day of the month, from 1 to 31.", []string{"freq", freqMonth, "on", onDay, "day", "32"}},
		{"the fifth Monday", "Choose which weekday of the month.", []string{"freq", freqMonth, "on", onWeekday, "nth", "5", "weekday", "1"}},
		{"until no day", "Write the last day.", []string{"freq", freqDay, "ends", endsOn}},
		{"until an odd day", "is not a day", []string{"freq", freqDay, "ends", endsOn, "until", "30 Feb"}},
		{"no more times", "Write a number from 1 to 99.", []string{"freq", freqDay, "ends", endsTimes}},
	} {
		before := w.kept()
		lea.Fragment("POST", path, "repeat-form", apptest.Form(append(c.pairs, "version", id(task.Version))...)).Want(http.StatusUnprocessableEntity, c.says, `id="repeat-form"`)
		if w.kept() != before {
			t.Errorf("%s wrote", c.name)
		}
	}
	for _, c := range []struct {
		rule, text string
		pairs      []string
	}{
		{"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "Every 2 weeks on Mon, Sun", []string{"freq", freqWeek, "every", "2", "days", "7,1"}},
		{"FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2;X-AFTER=DONE", "on the second Tuesday, counted from", []string{"freq", freqMonth, "on", onWeekday, "nth", "2", "weekday", "2", "after", afterDone}},
		{"FREQ=MONTHLY;BYMONTHDAY=-1;UNTIL=20270630", "on the last day, until 2027-06-30", []string{"freq", freqMonth, "on", onLast, "ends", endsOn, "until", "30.6.2027"}},
		{"FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=28,29,30,31;BYSETPOS=-1;COUNT=3", "on 31 October, 3 more times", []string{"freq", freqYear, "ends", endsTimes, "times", "3"}},
		{"", "Never", []string{"freq", ""}},
	} {
		version := w.text("SELECT version FROM tasks")
		lea.Post(path, apptest.Form(append(c.pairs, "version", version)...)).Want(http.StatusSeeOther)
		if got := w.text("SELECT repeat_rule FROM tasks"); got != c.rule {
			t.Errorf("%v: %q, not %q", c.pairs, got, c.rule)
		}
		lea.Get(p.Path()+"/tasks/1").Want(http.StatusOK, c.text)
	}
	lea.Fragment("POST", path, "repeat-form", apptest.Form("freq", freqDay, "version", id(task.Version))).Want(http.StatusConflict, "Lea Lead changed this first", "Never")
}

func TestRepeat_SkipMovesOnWithoutMakingOne(t *testing.T) {
	w, _, task := routine(t)
	lea, stan := w.As("Lea Lead"), w.As("Stan Stranger", "user")
	stan.Token()
	path := task.Path() + "/repeat/skip"
	lea.Post(path, apptest.Form("version", "1")).Want(http.StatusConflict, "Somebody else changed")
	lea.Post(path, apptest.Form("version", id(task.Version))).Want(http.StatusSeeOther)
	if got := w.text("SELECT CONCAT(start_on, ' ', due_on, ' ', (SELECT COUNT(*) FROM tasks)) FROM tasks"); got != "2026-11-27 2026-11-30 1" {
		t.Error("skipped:", got)
	}
	w.Exec("UPDATE tasks SET repeat_rule = ''")
	before := w.kept()
	lea.Post(path, apptest.Form("version", w.text("SELECT version FROM tasks"))).Want(http.StatusConflict, "does not come again")
	stan.Post(path, apptest.Form("version", "3")).Want(http.StatusForbidden)
	if w.kept() != before {
		t.Error("a refused skip wrote")
	}
}
