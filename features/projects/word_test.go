package projects

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"portal/app"
	"portal/app/apptest"
)

// ordered are the names of a list's words, in their order.
func (w *world) ordered(l wordList) string {
	w.t.Helper()
	w.Cache.Clear("")
	var names []string
	for _, one := range w.words().of(l) {
		names = append(names, one.Name)
	}
	return strings.Join(names, " ")
}

// counts are the kept and the counted tasks of all projects, and what tasks wait for: both halves are the same when all is true.
func (w *world) counts() (kept, counted string) {
	w.t.Helper()
	kept = w.text("SELECT CONCAT((SELECT COALESCE(SUM(tasks_total * 1000 + tasks_done), 0) FROM projects), ' ', (SELECT COALESCE(SUM(waits_on), 0) FROM tasks), ' ', " +
		"(SELECT COUNT(*) FROM tasks WHERE open), ' ', (SELECT COUNT(*) FROM tasks WHERE completed_at IS NOT NULL))")
	counted = w.text("SELECT CONCAT((SELECT COALESCE(SUM(CASE WHEN s.stage = 'cancelled' THEN 0 WHEN s.stage = 'done' THEN 1001 ELSE 1000 END), 0) FROM tasks t JOIN statuses s ON s.id = t.status_id WHERE t.deleted_at IS NULL), ' ', " +
		"(SELECT COUNT(*) FROM task_dependencies d JOIN tasks t ON t.id = d.needs_id JOIN statuses s ON s.id = t.status_id WHERE s.stage NOT IN ('done', 'cancelled') AND t.deleted_at IS NULL), ' ', " +
		"(SELECT COUNT(*) FROM tasks t JOIN statuses s ON s.id = t.status_id WHERE s.stage NOT IN ('done', 'cancelled')), ' ', " +
		"(SELECT COUNT(*) FROM tasks t JOIN statuses s ON s.id = t.status_id WHERE s.stage = 'done'))")
	return kept, counted
}

// true fails when what is kept of all tasks is not what is so.
func (w *world) true(when string) {
	w.t.Helper()
	if kept, counted := w.counts(); kept != counted {
		w.t.Errorf("%s: kept %s, counted %s", when, kept, counted)
	}
}

// waiting makes two projects with tasks of every status, each waiting for the next.
func (w *world) waiting() []Project {
	w.t.Helper()
	var all []Project
	for _, name := range []string{"Racks", "Cables"} {
		p := w.project(name, "Lea Lead", nil)
		var last Task
		for _, s := range w.words().Statuses {
			t := w.task(p, "Task "+s.Name, func(f *taskForm) { f.Status = s.ID })
			if last.ID != 0 {
				w.Insert(&needRow{TaskID: last.ID, NeedsID: t.ID})
				if t.Open {
					w.Exec("UPDATE tasks SET waits_on = 1 WHERE id = ?", last.ID)
				}
			}
			last = t
		}
		all = append(all, p)
	}
	w.Cache.Clear("")
	w.true("at first")
	return all
}

func TestWord_StageDecidesAtOnceWhatIsOpen(t *testing.T) {
	w := open(t)
	p := w.waiting()[0]
	b := w.As("Ada Admin", "admin")
	for i, stage := range []Stage{StageDone, StageTodo, StageCancelled, StageReview, StageDone, StageProgress} {
		path := fmt.Sprintf("/projects/words/statuses/%d/edit", w.status("Review"))
		b.Post(path, apptest.Form("name", "Review", "colour", "violet", "stage", string(stage), "version", id(int64(i+1)))).Want(http.StatusSeeOther)
		w.true(string(stage))
		if got := w.text("SELECT CASE WHEN open THEN 'open' ELSE 'closed' END FROM tasks WHERE name = 'Task Review' AND project_id = ?", p.ID); got == "open" != stage.Open() {
			t.Errorf("%s is %s", stage, got)
		}
		h := must[heldProject](t)(w.projects.Get(w.as("Lea Lead"), p.ID))
		if done := map[bool]int64{false: 1, true: 2}[stage == StageDone]; h.Project.TasksDone != done {
			t.Errorf("%s: the project's page counts %d done", stage, h.Project.TasksDone)
		}
	}
}

func TestWord_MergeMovesAllThatHasIt(t *testing.T) {
	for _, c := range []struct {
		from, into string
		l          wordList
	}{{"Blocked", "In progress", statusList}, {"Review", "Done", statusList}, {"Done", "Cancelled", statusList}, {"Cancelled", "To do", statusList}, {"Medium", "High", priorityList}} {
		t.Run(c.from+" into "+c.into, func(t *testing.T) {
			w := open(t)
			p := w.waiting()[0]
			from, into := w.priority("Medium"), w.priority("High")
			if c.l == statusList {
				from, into = w.status(c.from), w.status(c.into)
			}
			b := w.As("Ada Admin", "admin")
			if c.from == "Done" { // another one has to remain
				b.Post("/projects/words/statuses", apptest.Form("name", "Finished", "stage", "done", "colour", "green")).Want(http.StatusSeeOther)
			}
			path := fmt.Sprintf("/projects/words/%s/%d/", c.l.table, from)
			had := w.Count("tasks", c.l.column()+" = "+id(from))
			b.Get(path+"merge").Want(http.StatusOK, "in use by", "There is no way back")
			b.Post(path+"merge", apptest.Form("into", id(into))).Want(http.StatusSeeOther)
			w.true("merged")
			if n := w.Count("history", fmt.Sprintf("kind = 'projects.task' AND field = '%s' AND old_value = '%s' AND new_value = '%s'", c.l.noun, c.from, c.into)); n != had || n == 0 {
				t.Errorf("%d lines of history for %d tasks", n, had)
			}
			w.Cache.Clear("")
			b.Get(p.Path()+"/list").Want(http.StatusOK, c.into).Lacks(">" + c.from + "<")
			b.Get(path + "edit").Want(http.StatusNotFound)
		})
	}
}

// Where both columns had a limit, the one that stays may hold as many as both together; one without a limit keeps none. The form says which steps go.
func TestWord_MergeOfStatusesAddsLimitsAndNamesSteps(t *testing.T) {
	w := open(t)
	ada := w.As("Ada Admin", "admin")
	blocked, progress := w.status("Blocked"), w.status("In progress")
	limits := map[string][3]string{"Both": {"3", "5", "8"}, "One": {"3", "", ""}, "Other": {"", "5", "5"}, "Most": {"9999", "5", "9999"}}
	pages := map[string]Project{}
	for name, l := range limits {
		p := w.project(name, "Lea Lead", nil)
		pages[name] = p
		for i, status := range []int64{blocked, progress} {
			ada.Post(p.Path()+"/limits/"+id(status), apptest.Form("most", l[i])).Want(http.StatusSeeOther)
		}
		ada.Get(p.Path()).Want(http.StatusOK)
	}
	w.setStep(ada, "Blocked", "Done", "who", "nobody").Want(http.StatusSeeOther)
	w.setStep(ada, "In progress", "Review", "who", "nobody").Want(http.StatusSeeOther)
	path := fmt.Sprintf("/projects/words/statuses/%d/merge", blocked)
	ada.Get(path).Want(http.StatusOK, "as many as both together", "is set for one step, which goes with it")
	ada.Post(path, apptest.Form("into", id(progress))).Want(http.StatusSeeOther)
	for name, l := range limits {
		if got := w.text("SELECT COALESCE(MAX(most), '') FROM project_limits WHERE project_id = ?", pages[name].ID); got != l[2] {
			t.Errorf("%s: %q", name, got)
		}
		h := must[heldProject](t)(w.projects.Get(w.as("Lea Lead"), pages[name].ID))
		if got := number(h.limit(progress)); got != l[2] {
			t.Errorf("%s: the board says %q", name, got)
		}
	}
	if n := w.Count("status_steps", "from_id = "+id(progress)); n != 1 || w.Count("status_steps", "1 = 1") != 1 {
		t.Error("other steps are set")
	}
}

func TestWord_InUseIsMergedNotDeleted(t *testing.T) {
	w := open(t)
	w.waiting()
	b := w.As("Ada Admin", "admin")
	before := w.kept()
	path := fmt.Sprintf("/projects/words/statuses/%d/delete", w.status("Blocked"))
	b.Post(path, nil).Want(http.StatusConflict, "is in use by 2 tasks", "Merge it into another status instead.", `name="into"`)
	if w.kept() != before {
		t.Error("something was written")
	}
	b.Post("/projects/words/statuses", apptest.Form("name", "Waiting", "stage", "review", "colour", "pink")).Want(http.StatusSeeOther)
	b.Post(fmt.Sprintf("/projects/words/statuses/%d/delete", w.status("Waiting")), nil).Want(http.StatusSeeOther)
	if got := w.ordered(statusList); strings.Contains(got, "Waiting") {
		t.Error(got)
	}
}

func TestWord_RefusedWritesNothing(t *testing.T) {
	w := open(t)
	w.waiting()
	b := w.As("Ada Admin", "admin")
	todo, done := w.status("To do"), w.status("Done")
	one := func(n int64, verb string) string { return fmt.Sprintf("/projects/words/statuses/%d/%s", n, verb) }
	for _, c := range []struct {
		name, path string
		form       []string
		status     int
		says       string
	}{
		{"without a name", "/projects/words/statuses", []string{"name", " ", "stage", "todo"}, 422, "This is needed."},
		{"a name twice", "/projects/words/statuses", []string{"name", "DONE", "stage", "todo"}, 422, "of this name already"},
		{"a comma", "/projects/words/priorities", []string{"name", "a,b"}, 422, "has no comma"},
		{"a long name", "/projects/words/priorities", []string{"name", strings.Repeat("x", 61)}, 422, "At most 60 characters."},
		{"no colour", "/projects/words/priorities", []string{"name", "x", "colour", "url(x)"}, 422, "Choose a colour"},
		{"no stage", "/projects/words/statuses", []string{"name", "x", "stage", "later"}, 422, "Choose a stage"},
		{"no such list", "/projects/words/colours", []string{"name", "x"}, 404, ""},
		{"renamed to another's", one(todo, "edit"), []string{"name", "Done", "stage", "todo", "version", "1"}, 422, "Merge the two instead"},
		{"the last one to do", one(todo, "edit"), []string{"name", "To do", "stage", "review", "version", "1"}, 422, "has to remain"},
		{"the last one done", one(done, "merge"), []string{"into", id(todo)}, 422, "has to remain"},
		{"into itself", one(todo, "merge"), []string{"into", id(todo)}, 422, "Choose another status"},
		{"into nothing", one(todo, "merge"), nil, 422, "Choose another status"},
		{"into a priority", one(todo, "merge"), []string{"into", "999"}, 422, "Choose another status"},
		{"no such word", one(999, "edit"), []string{"name", "x", "version", "1"}, 404, ""},
		{"to the other list", "/projects/words/statuses/move", []string{"node", id(todo), "category", "priorities"}, 422, "stays among the statuses"},
		{"nowhere", "/projects/words/statuses/move", []string{"node", "999", "direction", "up"}, 404, ""},
	} {
		before := w.kept()
		b.Post(c.path, apptest.Form(c.form...)).Want(c.status, c.says)
		if w.kept() != before {
			t.Errorf("%s: something was written", c.name)
		}
	}
}

func TestWord_ClashAsksAndMergesByField(t *testing.T) {
	w := open(t)
	ada, bea := w.As("Ada Admin", "admin"), w.As("Bea Boss", "admin")
	path := fmt.Sprintf("/projects/words/statuses/%d/edit", w.status("Review"))
	ada.Post(path, apptest.Form("name", "Check", "colour", "violet", "stage", "review", "version", "1")).Want(http.StatusSeeOther)
	bea.Post(path, apptest.Form("name", "Test", "colour", "violet", "stage", "review", "version", "1")).Want(http.StatusConflict, "Ada Admin", "Review", "Check", "Test")
	bea.Post(path, apptest.Form("name", "Review", "colour", "pink", "stage", "review", "version", "1")).Want(http.StatusSeeOther)
	if got := w.text("SELECT CONCAT(name, ' ', tone, ' ', version) FROM statuses WHERE name = 'Check'"); got != "Check pink 3" {
		t.Error(got)
	}
}

func TestWord_OrderByButtonsAndByDropping(t *testing.T) {
	w := open(t)
	b := w.As("Ada Admin", "admin")
	node := id(w.priority("High"))
	for _, c := range []struct{ field, value, want string }{
		{"direction", "up", "Low High Medium Critical"}, {"direction", "up", "High Low Medium Critical"}, {"direction", "up", "High Low Medium Critical"},
		{"direction", "down", "Low High Medium Critical"}, {"before", id(w.priority("Low")), "High Low Medium Critical"},
		{"before", "", "Low Medium Critical High"}, {"direction", "down", "Low Medium Critical High"}, {"before", id(w.priority("Critical")), "Low Medium High Critical"},
	} {
		b.Fragment("POST", "/projects/words/priorities/move", "list", apptest.Form("node", node, c.field, c.value)).Want(http.StatusOK, `id="list"`)
		if got := w.ordered(priorityList); got != c.want {
			t.Errorf("%s %s: %s, not %s", c.field, c.value, got, c.want)
		}
	}
}

// Whoever makes or moves tasks while a status goes away either sees it gone, or their task goes with it.
func TestWord_MergeWhileOthersWrite(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	from, into := w.status("Blocked"), w.status("Done")
	task := w.task(p, "Moves", nil)
	lead, admin := w.as("Lea Lead"), w.as("Ada Admin", "admin")
	var all sync.WaitGroup
	var mu sync.Mutex
	var odd []error
	keep := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil && !strings.Contains(err.Error(), "what you chose is gone") && !strings.Contains(err.Error(), "Choose a status") {
			odd = append(odd, err)
		}
	}
	for i := range 6 {
		all.Go(func() {
			_, err := w.tasks.Create(lead, p.ID, taskForm{Name: fmt.Sprintf("Task %d", i), Status: from, Priority: w.priority("Low")})
			keep(err)
		})
	}
	all.Go(func() {
		_, err := w.tasks.Update(lead, p.ID, task.Number, taskForm{Status: from, Version: 1}, []string{"status"})
		keep(err)
	})
	all.Go(func() {
		_, _, err := w.projects.words.Merge(admin, statusList, from, into)
		keep(err)
	})
	all.Wait()
	for _, err := range odd {
		t.Error(err)
	}
	w.true("after all")
	if w.Count("statuses", "id = "+id(from)) != 0 || w.Count("tasks", "status_id = "+id(from)) != 0 {
		t.Error("the status is still there")
	}
}

func TestWord_PagesLook(t *testing.T) {
	w := open(t)
	b := w.As("Ada Admin", "admin")
	apptest.Golden(t, "words", b.Fragment("GET", wordsPath, "list", nil).Want(http.StatusOK).Body)
	b.Get("/projects/words/statuses/3/edit").Want(http.StatusOK, "<main", "Edit the status “Blocked”")
	apptest.Golden(t, "word-dialog", b.Fragment("GET", "/projects/words/statuses/3/edit", "dialog-body", nil).Want(http.StatusOK).Body)
	b.Get("/").Want(http.StatusOK, `href="`+wordsPath+`"`)
	w.As("Uma User", "user").Get("/").Want(http.StatusOK).Lacks(`href="` + wordsPath + `"`)
}

// A merge of a status in use by many tasks ends within the time that a request has.
func TestWord_MergeOfThousands(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	now := w.DB.Now()
	var tasks []Task
	for i := range 5000 {
		tasks = append(tasks, Task{ProjectID: p.ID, Number: int64(i + 1), Name: "T", StatusID: w.status("Blocked"), PriorityID: p.PriorityID, Position: int64(i), Open: true, Version: 1, CreatedAt: now, UpdatedAt: now})
	}
	for part := range slices.Chunk(tasks, 500) {
		w.Insert(&part)
	}
	said := w.Queries(func() {
		_, _, err := w.projects.words.Merge(w.as("Ada Admin", "admin"), statusList, w.status("Blocked"), w.status("Done"))
		if err != nil {
			t.Error(err)
		}
	})
	if len(said) > 40 {
		t.Errorf("%d queries", len(said))
	}
	w.true("merged")
}

// freshStatus puts back the status that the test's addresses name, which routes merge and delete.
func (w *world) freshStatus(r app.Mounted) {
	w.t.Helper()
	if !strings.Contains(r.Path, ":list") {
		return
	}
	if len(w.rows("statuses", "id = 3")) == 0 {
		w.Insert(&Status{ID: 3, Name: "Blocked", NameKey: "blocked", Tone: "red", Stage: StageProgress, Position: 30, Version: 1, UpdatedAt: w.DB.Now()})
	}
	w.Exec("UPDATE statuses SET name = 'Blocked', name_key = 'blocked', version = 1 WHERE id = 3")
	w.Exec("DELETE FROM history WHERE kind = 'projects.status'")
	w.Cache.Clear("")
}
