package projects

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/fault"
)

// waits makes the one task wait for the other.
func (w *world) waits(a, b Task) error {
	return w.tasks.AddWait(w.Context(), end{a.ProjectID, a.Number}, end{b.ProjectID, b.Number})
}

// waitsOn is what the task waits for, as it is kept.
func (w *world) waitsOn(t Task) string {
	return w.text("SELECT waits_on FROM tasks WHERE id = ?", t.ID)
}

// status sets a task's status, as the portal itself.
func (w *world) set(t Task, status string) error {
	_, err := w.tasks.Update(w.Context(), t.ProjectID, t.Number, taskForm{Status: w.status(status), Version: int64(w.version(t))}, []string{"status"})
	return err
}

func (w *world) version(t Task) (n int) {
	_, _ = fmt.Sscan(w.text("SELECT version FROM tasks WHERE id = ?", t.ID), &n)
	return n
}

// waitSaid is what is wrong with the field.
func waitSaid(err error, field string) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Fields[field]
	}
	return ""
}

func TestWait_LoopsOfAnyLengthAreRefusedAndNamed(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", func(f *projectForm) { f.TaskKey = "NET" })
	q := w.project("Other", "Lea Lead", func(f *projectForm) { f.TaskKey = "OTH" })
	var all []Task
	for i := range 4 {
		all = append(all, w.task(p, fmt.Sprintf("Task %d", i), nil))
	}
	far := w.task(q, "Far", nil)
	part := w.task(p, "Part", func(f *taskForm) { f.Parent = 1 })
	deep := w.task(p, "Deep part", func(f *taskForm) { f.Parent = part.Number })
	for _, c := range []struct {
		name        string
		waits, need Task
		said        string // empty: allowed
	}{
		{"one for another", all[0], all[1], ""},
		{"again", all[0], all[1], ""},
		{"itself", all[0], all[0], "A task can't wait for itself."},
		{"back at once", all[1], all[0], "That would close a loop: NET-2 → NET-1 → NET-2."},
		{"a second step", all[1], all[2], ""},
		{"back over two", all[2], all[0], "That would close a loop: NET-3 → NET-1 → NET-2 → NET-3."},
		{"into another project", all[2], far, ""},
		{"back from another project", far, all[0], "That would close a loop: OTH-1 → NET-1 → NET-2 → NET-3 → OTH-1."},
		{"a diamond", all[0], all[2], ""},
		{"its part", all[0], part, "“Part” is part of “Task 0”: a part and its whole can't wait for each other."},
		{"what it is part of", deep, all[0], "“Deep part” is part of “Task 0”: a part and its whole can't wait for each other."},
		{"a part for a stranger", part, all[3], ""},
	} {
		before := w.kept()
		err := w.waits(c.waits, c.need)
		if got := waitSaid(err, "find"); got != c.said || c.said == "" && err != nil {
			t.Errorf("%s: %v, not %q", c.name, err, c.said)
		}
		if c.said != "" && w.kept() != before {
			t.Errorf("%s wrote", c.name)
		}
	}
	if n := w.Count("task_dependencies"); n != 5 {
		t.Errorf("%d dependencies", n)
	}
}

func TestWait_LoopClosedFromBothEndsAtOnceIsRefusedToOne(t *testing.T) {
	w := open(t)
	p, q := w.project("Network", "Lea Lead", nil), w.project("Other", "Lea Lead", nil)
	for round := range 6 {
		a, b := w.task(p, "A", nil), w.task(q, "B", nil)
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, pair := range [][2]Task{{a, b}, {b, a}} {
			both.Go(func() { errs[i] = w.waits(pair[0], pair[1]) })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("round %d: %v and %v", round, errs[0], errs[1])
		}
	}
	if n := w.Count("task_dependencies"); n != 6 {
		t.Errorf("%d dependencies", n)
	}
}

func TestS73_LoopOfFiveThousandIsRefusedInASecond(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", nil)
	first := w.task(p, "First", nil)
	tasks := make([]Task, 5000)
	for i := range tasks {
		tasks[i] = Task{ProjectID: p.ID, Number: int64(i + 2), Name: "Task", StatusID: first.StatusID, PriorityID: first.PriorityID, Open: true, Version: 1, CreatedAt: w.DB.Now(), UpdatedAt: w.DB.Now()}
	}
	w.Insert(&tasks)
	w.Exec("INSERT INTO task_dependencies (task_id, needs_id) SELECT t.id, n.id FROM tasks AS t JOIN tasks AS n ON n.project_id = t.project_id AND n.number = t.number + 1")
	last := tasks[len(tasks)-1]
	last.ProjectID, last.Number = p.ID, 5001
	began := time.Now()
	err := w.waits(last, first)
	if took := time.Since(began); took > 20*time.Second { // a second on a machine that does nothing else; what grows with the square takes minutes
		t.Errorf("it took %s", took)
	}
	if said := waitSaid(err, "find"); !strings.HasPrefix(said, "That would close a loop: ") || !strings.Contains(said, "more …") || len(said) > 300 {
		t.Errorf("%v", err)
	}
}

func TestWait_CountsWhatIsOpenThroughAllThatHappensToIt(t *testing.T) {
	w := open(t)
	p, q := w.project("Network", "Lea Lead", nil), w.project("Other", "Lea Lead", nil)
	a, near, far := w.task(p, "A", nil), w.task(p, "Near", nil), w.task(q, "Far", nil)
	whole := w.task(q, "Whole", nil)
	part := w.task(q, "Part", func(f *taskForm) { f.Parent = whole.Number })
	done := w.task(p, "Done", func(f *taskForm) { f.Status = w.status("Done") })
	for _, n := range []Task{near, far, part, done} {
		if err := w.waits(a, n); err != nil {
			t.Fatal(err)
		}
	}
	trash := func(t Task, gone bool) func() error {
		return func() error { _, err := w.tasks.Delete(w.Context(), t.ProjectID, t.Number, gone); return err }
	}
	project := func(gone bool) func() error {
		return func() error { _, err := w.projects.Delete(w.Context(), q.ID, gone); return err }
	}
	for _, c := range []struct {
		name string
		do   func() error
		want string
	}{
		{"as made", func() error { return nil }, "3"},
		{"one closes", func() error { return w.set(near, "Done") }, "2"},
		{"it opens again", func() error { return w.set(near, "Review") }, "3"},
		{"from open to open", func() error { return w.set(near, "Blocked") }, "3"},
		{"cancelled is closed", func() error { return w.set(near, "Cancelled") }, "2"},
		{"from closed to closed", func() error { return w.set(near, "Done") }, "2"},
		{"a closed one goes into the trash", trash(near, true), "2"},
		{"and comes back", trash(near, false), "2"},
		{"an open one goes into the trash", trash(far, true), "1"},
		{"and comes back open", trash(far, false), "2"},
		{"one goes with what it is part of", trash(whole, true), "1"},
		{"and comes back with it", trash(whole, false), "2"},
		{"their project goes", project(true), "0"},
		{"their project comes back", project(false), "2"},
		{"a dependency ends", func() error {
			return w.tasks.RemoveWait(w.Context(), end{p.ID, a.Number}, far.ID, waitsFor)
		}, "1"},
		{"it ends twice", func() error {
			return w.tasks.RemoveWait(w.Context(), end{p.ID, a.Number}, far.ID, waitsFor)
		}, "1"},
		{"from the other end", func() error {
			return w.tasks.RemoveWait(w.Context(), end{q.ID, part.Number}, a.ID, neededBy)
		}, "0"},
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := w.waitsOn(a); got != c.want {
			t.Errorf("%s: waits for %s, not %s", c.name, got, c.want)
		}
	}
}

func TestWait_CompletesOnlyWhatWaitsForNothing(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", func(f *projectForm) { f.TaskKey = "NET" })
	closed := w.project("Closed Room", "Ada Admin", func(f *projectForm) { f.Private, f.TaskKey = true, "SEC" })
	a, near, far := w.task(p, "A", nil), w.task(p, "Near", nil), w.task(closed, "Secret wall", nil)
	for _, n := range []Task{near, far} {
		if err := w.waits(a, n); err != nil {
			t.Fatal(err)
		}
	}
	lea := w.As("Lea Lead")
	before := w.kept()
	lea.Post(a.Path()+"/field/status", apptest.Form("status", id(w.status("Done")), "version", "1")).
		Want(http.StatusUnprocessableEntity, "waits for NET-2 and a task you may not see").Lacks("SEC-1", "Secret wall")
	lea.Fragment("POST", a.Path()+"/move", "board", apptest.Form("status", id(w.status("Done")), "version", "1")).
		Want(http.StatusUnprocessableEntity, "waits for NET-2 and a task you may not see")
	if after := w.kept(); after != before {
		t.Errorf("refused, and written:\n%s\n%s", before, after)
	}
	w.Exec("UPDATE projects SET waits_rule = 'warn' WHERE id = ?", p.ID)
	w.Cache.Clear("")
	lea.Fragment("POST", a.Path()+"/field/status", "t"+id(a.ID)+"-status", apptest.Form("status", id(w.status("Done")), "version", "1")).
		Want(http.StatusOK, "It still waits for 2 open tasks.")
}

func TestWait_PageAddsFindsAndEnds(t *testing.T) {
	w := open(t)
	p := w.project("Network", "Lea Lead", func(f *projectForm) { f.TaskKey = "NET" })
	other := w.project("Power", "Lea Lead", func(f *projectForm) { f.TaskKey = "PWR" })
	closed := w.project("Closed Room", "Ada Admin", func(f *projectForm) { f.Private, f.TaskKey = true, "SEC" })
	a, cable := w.task(p, "Mount the rack", nil), w.task(p, "Order the cable", nil)
	w.task(p, "Order the screws", nil)
	ups, wall := w.task(other, "Replace the UPS", nil), w.task(closed, "Secret wall", nil)
	lea := w.As("Lea Lead")
	add := func(kind, find string) apptest.Answer {
		return lea.Fragment("POST", a.Path()+"/waits", "waits", apptest.Form("kind", kind, "find", find))
	}
	lea.Fragment("GET", a.Path()+"/waits/find?find=order", "wait-options", nil).Want(http.StatusOK, "NET-2", "Order the cable", "NET-3").Lacks("Mount")
	lea.Fragment("GET", a.Path()+"/waits/find?find=pwr+ups", "wait-options", nil).Want(http.StatusOK, "PWR-1", "Replace the UPS")
	for _, find := range []string{"SEC-1", "sec wall", "secret"} {
		lea.Fragment("GET", a.Path()+"/waits/find?find="+strings.ReplaceAll(find, " ", "+"), "wait-options", nil).Want(http.StatusOK).Lacks("Secret wall")
		add(waitsFor, find).Want(http.StatusUnprocessableEntity, "No task fits").Lacks("Secret wall")
	}
	add(waitsFor, "order").Want(http.StatusUnprocessableEntity, "Several tasks fit", `name="pick" value="NET-2"`)
	add(waitsFor, "").Want(http.StatusUnprocessableEntity, "Which task?")
	add("sideways", "2").Want(http.StatusUnprocessableEntity)
	add(waitsFor, "cable").Want(http.StatusOK, "Waits for", "Order the cable")
	add(neededBy, "pwr-1").Want(http.StatusOK, "Needed by", "Replace the UPS")
	if err := w.waits(a, wall); err != nil {
		t.Fatal(err)
	}
	apptest.Golden(t, "waits", lea.Fragment("GET", a.Path(), "waits", nil).Want(http.StatusOK, "A task you may not see").Lacks("Secret wall", "SEC-1").Body)
	w.As("Stan Stranger", "user").Get(a.Path()).Want(http.StatusOK, "Order the cable").Lacks("Secret wall", "/waits/remove")
	w.As("Ada Admin", "admin").Get(a.Path()).Want(http.StatusOK, "Secret wall")
	lea.Get(cable.Path()).Want(http.StatusOK, "Needed by", "Mount the rack")
	lea.Get(ups.Path()).Want(http.StatusOK, "Waits for", "Mount the rack")
	lea.Post(a.Path()+"/waits/remove", apptest.Form("other", id(wall.ID))).Want(http.StatusSeeOther)
	lea.Get(a.Path()).Want(http.StatusOK).Lacks("A task you may not see")
	lea.Get(a.Path()+"/history").Want(http.StatusOK, "NET-2").Lacks("SEC-1", "Secret wall")
}

func TestWait_PagesOfBothEndsShowEachOthersWritesAtOnce(t *testing.T) {
	w := open(t)
	p, q := w.project("Network", "Lea Lead", nil), w.project("Power", "Ada Admin", nil)
	a, n := w.task(p, "Mount the rack", nil), w.task(q, "Replace the UPS", nil)
	if err := w.waits(a, n); err != nil {
		t.Fatal(err)
	}
	lea, ada := w.As("Lea Lead"), w.As("Ada Admin", "admin")
	look := func(texts ...string) apptest.Answer {
		return lea.Get(a.Path()).Want(http.StatusOK, texts...)
	}
	look("Replace the UPS")
	ada.Post(n.Path()+"/field/name", apptest.Form("name", "Change the battery", "version", "1")).Want(http.StatusSeeOther)
	look("Change the battery")
	ada.Post(projectPath(q.ID)+"/field/status", apptest.Form("status", id(w.status("Review")), "version", "1")).Want(http.StatusSeeOther)
	look("Change the battery")
	w.Exec("UPDATE projects SET version = 2 WHERE id = ?", q.ID)
	private := projectForm{Name: q.Name, Private: true, Version: 2}
	if _, err := w.projects.Update(w.Context(), q.ID, private, []string{"private"}); err != nil {
		t.Fatal(err)
	}
	look("A task you may not see").Lacks("Change the battery")
	ada.Post(n.Path()+"/delete", nil).Want(http.StatusSeeOther)
	look().Lacks("A task you may not see", "Change the battery")
}
