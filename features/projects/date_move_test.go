package projects

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/clock"
)

// dates are a task's start and due day, as they are kept.
func (w *world) dates(t Task) string {
	return w.text("SELECT CONCAT(start_on, '–', due_on) FROM tasks WHERE id = ?", t.ID)
}

// dated makes a task with a start and a due day.
func (w *world) dated(p Project, name, start, due string) Task {
	return w.task(p, name, func(f *taskForm) { f.StartOn, f.DueOn = start, due })
}

func TestDaysForm_MovesWhatItSays(t *testing.T) {
	for _, c := range []struct {
		name       string
		start, due clock.Day
		f          daysForm
		want       string
	}{
		{"both ends, over a month's end", "2026-11-28", "2026-11-30", daysForm{Start: 3, Due: 3}, "2026-12-01–2026-12-03"},
		{"back", "2026-03-02", "2026-03-03", daysForm{Start: -2, Due: -2}, "2026-02-28–2026-03-01"},
		{"into a leap day", "", "2028-02-28", daysForm{Start: 1, Due: 1}, "–2028-02-29"},
		{"over the hour that summer time skips", "2026-03-28", "2026-03-29", daysForm{Start: 1, Due: 1}, "2026-03-29–2026-03-30"},
		{"the end alone", "2026-11-01", "2026-11-02", daysForm{Due: 5}, "2026-11-01–2026-11-07"},
		{"the start alone", "2026-11-05", "2026-11-09", daysForm{Start: -2}, "2026-11-03–2026-11-09"},
		{"a second end for one with a due day", "", "2026-11-09", daysForm{Start: -2}, "2026-11-07–2026-11-09"},
		{"a second end for one with a start", "2026-11-09", "", daysForm{Due: 2}, "2026-11-09–2026-11-11"},
		{"nothing without dates", "", "", daysForm{Start: 2, Due: 2}, "–"},
		{"nothing by no days", "2026-11-09", "2026-11-10", daysForm{}, "2026-11-09–2026-11-10"},
	} {
		f, _ := c.f.into(Task{StartOn: c.start, DueOn: c.due})
		if got := f.StartOn + "–" + f.DueOn; got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
}

var planSerial = regexp.MustCompile(`name="plan" value="([0-9a-f]+)"`)

func TestDateMove_OffersPreviewsMovesAndTakesBackWhatFollows(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", func(f *projectForm) { f.TaskKey = "NET" })
	foreign := w.project("Power", "Ada Admin", func(f *projectForm) { f.TaskKey = "PWR" })
	closed := w.project("Closed Room", "Ada Admin", func(f *projectForm) { f.Private = true })
	first := w.dated(p, "First", "2026-11-23", "2026-11-24")
	second, third := w.dated(p, "Second", "2026-11-25", "2026-11-26"), w.dated(p, "Third", "", "2026-11-27")
	between := w.dated(p, "Without dates", "", "")
	done := w.task(p, "Done", func(f *taskForm) { f.DueOn, f.Status = "2026-11-28", w.status("Done") })
	theirs, secret, edge := w.dated(foreign, "Theirs", "", "2026-11-29"), w.dated(closed, "Secret wall", "", "2026-11-29"), w.dated(p, "At the end of time", "", "9999-12-30")
	for _, d := range [][2]Task{{second, first}, {between, second}, {third, between}, {third, first}, {done, first}, {theirs, third}, {secret, third}, {edge, third}} {
		if err := w.waits(d[0], d[1]); err != nil {
			t.Fatal(err)
		}
	}
	lea := w.As("Lea Lead")
	lea.Fragment("POST", first.Path()+"/field/due_on", "t"+id(first.ID)+"-due-on", apptest.Form("due_on", "2026-11-20", "version", "1")).
		Want(http.StatusUnprocessableEntity)
	lea.Fragment("POST", first.Path()+"/field/due_on", "t"+id(first.ID)+"-due-on", apptest.Form("due_on", "2026-11-28", "version", "1")).
		Want(http.StatusOK, "2 tasks wait for this one. Move them by 4 days too?", first.Path()+"/follow?days=4")
	preview := lea.Get(first.Path()+"/follow?days=4").Want(http.StatusOK, "Second", "Sun 29 Nov – Mon 30 Nov", "Third", "Tue 1 Dec", "Move 2 tasks", "These do not move", "Theirs", "A task you may not see", "Its dates would lie past the year 9999").
		Lacks("Secret wall", "Without dates")
	serial := planSerial.FindStringSubmatch(preview.Body)[1]
	stan, ada := w.As("Stan Stranger", "user"), w.As("Ada Admin", "admin")
	before := w.kept()
	lea.Post(first.Path()+"/follow", apptest.Form("days", "4", "plan", "stale")).Want(http.StatusConflict, "has changed meanwhile", "Move 2 tasks")
	lea.Post(first.Path()+"/follow", apptest.Form("days", "0", "plan", serial)).Want(http.StatusUnprocessableEntity)
	stan.Post(first.Path()+"/follow", apptest.Form("days", "4", "plan", serial)).Want(http.StatusForbidden)
	if after := w.kept(); after != before {
		t.Errorf("refused, and written:\n%s\n%s", before, after)
	}
	a := lea.Fragment("POST", first.Path()+"/follow", "dialog-body", apptest.Form("days", "4", "plan", serial)).Want(http.StatusOK, "2 tasks moved.")
	for task, want := range map[Task]string{first: "2026-11-23–2026-11-28", second: "2026-11-29–2026-11-30", third: "–2026-12-01", done: "–2026-11-28", theirs: "–2026-11-29", secret: "–2026-11-29", edge: "–9999-12-30"} {
		if got := w.dates(task); got != want {
			t.Errorf("%s: %s, not %s", task.Name, got, want)
		}
	}
	lea.Get(third.Path()+"/history").Want(http.StatusOK, "2026-12-01")
	undo := regexp.MustCompile(first.Path() + `/follow/[A-Z0-9]+/undo`).FindString(a.Body)
	ada.Post(undo, nil).Want(http.StatusNotFound)
	lea.Post(undo, nil).Want(http.StatusSeeOther)
	if got := w.dates(second) + w.dates(third); got != "2026-11-25–2026-11-26–2026-11-27" {
		t.Errorf("not taken back: %s", got)
	}
	lea.Post(undo, nil).Want(http.StatusNotFound)
}

func TestDateMove_TakesBackAllOrNothing(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	first, second, third := w.dated(p, "First", "", "2026-11-24"), w.dated(p, "Second", "", "2026-11-25"), w.dated(p, "Third", "", "2026-11-26")
	for _, d := range [][2]Task{{second, first}, {third, second}} {
		if err := w.waits(d[0], d[1]); err != nil {
			t.Fatal(err)
		}
	}
	ctx := w.as("Lea Lead")
	shown := must[plan](t)(w.tasks.Followers(ctx, w.DB.Read, first, 3))
	act, moved, err := w.tasks.Follow(ctx, end{p.ID, first.Number}, followForm{3, shown.serial()})
	if err != nil || moved != 2 {
		t.Fatalf("%v, %d moved", err, moved)
	}
	w.Exec("UPDATE tasks SET due_on = '2026-12-24' WHERE id = ?", third.ID)
	if _, err := w.tasks.Unfollow(ctx, end{p.ID, first.Number}, act); err == nil || !strings.Contains(err.Error(), "“Third” has other dates by now") {
		t.Errorf("%v", err)
	}
	if got := w.dates(second); got != "–2026-11-28" {
		t.Errorf("half of it was taken back: %s", got)
	}
}

func TestDateMove_DragAnswersWithWhatItLiesIn(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	task, waits := w.dated(p, "Mount the rack", "2026-11-23", "2026-11-24"), w.dated(p, "Wire it", "", "2026-11-25")
	if err := w.waits(waits, task); err != nil {
		t.Fatal(err)
	}
	lea := w.As("Lea Lead")
	lea.Fragment("POST", task.Path()+"/days?in=calendar&month=2026-11", "calendar", apptest.Form("start", "2", "due", "2", "version", "1")).
		Want(http.StatusOK, `id="calendar"`, "from Wed 25 Nov to Thu 26 Nov", "One task waits for this one. Move it by 2 days too?")
	a := lea.Fragment("POST", task.Path()+"/days?in=timeline&from=2026-11-16", "timeline", apptest.Form("due", "1", "version", "2")).
		Want(http.StatusOK, `id="timeline"`, "from Wed 25 Nov to Fri 27 Nov")
	if a.Header.Get("HX-Push-Url") != "false" {
		t.Error("the browser would go to an address that is only written to")
	}
	lea.Post(task.Path()+"/days", apptest.Form("start", "-1", "version", "3")).Want(http.StatusSeeOther)
	stan, ada := w.As("Stan Stranger", "user"), w.As("Ada Admin", "admin")
	before := w.kept()
	for _, f := range []string{"start=9&version=4", "due=-9&version=4", "due=4000000000&version=4", "due=x&version=4"} {
		pairs := strings.FieldsFunc(f, func(r rune) bool { return r == '=' || r == '&' })
		lea.Fragment("POST", task.Path()+"/days?in=timeline", "timeline", apptest.Form(pairs...)).Want(http.StatusUnprocessableEntity)
	}
	ada.Fragment("POST", task.Path()+"/days?in=timeline", "timeline", apptest.Form("start", "7", "due", "7", "version", "1")).Want(http.StatusConflict, "Lea Lead moved “Mount the rack” first")
	stan.Post(task.Path()+"/days", apptest.Form("start", "1", "due", "1", "version", "4")).Want(http.StatusForbidden)
	if after := w.kept(); after != before {
		t.Errorf("refused, and written:\n%s\n%s", before, after)
	}
	if got := w.dates(task); got != "2026-11-24–2026-11-27" {
		t.Error(got)
	}
}
