package projects

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"portal/app/apptest"
	"portal/app/data"
	"portal/app/fault"
)

// together runs do that many times at once and gives what each returned.
func together[T any](n int, do func(i int) T) []T {
	all := make([]T, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { all[i] = do(i) })
	}
	wait.Wait()
	return all
}

func TestParallel_FiftyTaskNumbersAreUnique(t *testing.T) {
	w := open(t)
	p := w.project("Numbers", "Lea Lead", nil)
	ctx := w.as("Lea Lead")
	got := together(50, func(i int) int64 {
		task, err := w.tasks.Create(ctx, p.ID, taskForm{Name: fmt.Sprint("T", i), Status: w.status("To do"), Priority: w.priority("Low")})
		if err != nil {
			t.Error(err)
		}
		return task.Number
	})
	slices.Sort(got)
	if len(slices.Compact(got)) != 50 || got[0] != 1 || got[49] != 50 {
		t.Errorf("numbers %v", got)
	}
	if n := w.text("SELECT COUNT(DISTINCT position) FROM tasks"); n != "50" {
		t.Errorf("%s places for 50 cards", n)
	}
	w.figures(p.ID)
}

func TestParallel_FiftyProjectsOfOneNameHaveTheirOwnKeys(t *testing.T) {
	w := open(t)
	ctx := w.as("Lea Lead", "user")
	f := projectForm{Name: "Network", Status: w.status("To do"), Priority: w.priority("Low")}
	for _, err := range together(50, func(int) error { _, err := w.projects.Create(ctx, f); return err }) {
		if err != nil {
			t.Error(err)
		}
	}
	if n := w.text("SELECT COUNT(DISTINCT task_key) FROM projects"); n != "50" {
		t.Errorf("%s keys", n)
	}
	f.TaskKey = "SAME"
	made := 0
	for _, err := range together(20, func(int) error { _, err := w.projects.Create(ctx, f); return err }) {
		switch {
		case err == nil:
			made++
		case !fault.Is(err, fault.Invalid):
			t.Error(err)
		}
	}
	if made != 1 || w.Count("projects", "task_key = 'SAME'") != 1 {
		t.Errorf("%d projects of one key", made)
	}
}

func TestParallel_SameFormMakesOneThing(t *testing.T) {
	w := open(t)
	p := w.project("Once", "Lea Lead", nil)
	task := w.task(p, "Task", nil)
	w.As("Lea Lead")
	b := w.As("Lea Lead")
	for _, c := range []struct{ path, table string }{
		{"/projects", "projects"}, {p.Path() + "/tasks", "tasks"}, {p.Path() + "/comments", "comments"}, {task.Path() + "/comments", "comments"},
		{p.Path() + "/todos", "todos"}, {task.Path() + "/todos", "todos"},
	} {
		f := w.form()
		f.Set("once", "one-number-for-all-of-these-forms")
		f.Set("_csrf", b.Token())
		before := w.Count(c.table)
		send := func(int) apptest.Answer { return b.Do(apptest.Request{Method: "POST", Path: c.path, Form: f}) }
		answers := append(together(8, send), send(0))
		for _, a := range answers {
			if a.Status != http.StatusSeeOther || a.Location() != answers[0].Location() {
				t.Errorf("%s: %s to %s, not %s", c.path, a, a.Location(), answers[0].Location())
			}
		}
		if n := w.Count(c.table) - before; n != 1 {
			t.Errorf("%s made %d %s", c.path, n, c.table)
		}
	}
}

func TestParallel_SomebodyElsesFormIsAnotherForm(t *testing.T) {
	w := open(t)
	f := projectForm{Name: "Mine", Status: w.status("To do"), Priority: w.priority("Low"), Once: "the same"}
	a := must[Project](t)(w.projects.Create(w.as("Lea Lead", "user"), f))
	b := must[Project](t)(w.projects.Create(w.as("Stan Stranger", "user"), f))
	if a.ID == b.ID {
		t.Error("somebody got to another person's project by the number of a form")
	}
}

// R22: twenty people add a line to the same summary, each to the one they have seen last.
func TestParallel_NoUpdateIsLost(t *testing.T) {
	w := open(t)
	p := w.project("Edited", "Lea Lead", nil)
	task := w.task(p, "Text", nil)
	w.Person("Ed Editor", "user")
	ctx := w.as("Lea Lead")
	type result struct{ saved, lost int }
	results := together(20, func(i int) result {
		var r result
		for line := range 5 {
			mark := fmt.Sprintf("[%d.%d]", i, line)
			for {
				var now Task
				if err := w.DB.Read.NewSelect().Model(&now).Where("t.id = ?", task.ID).Scan(ctx); err != nil {
					t.Error(err)
					return r
				}
				_, err := w.tasks.Update(ctx, p.ID, task.Number, taskForm{Description: now.Description + mark, Version: now.Version}, []string{"description"})
				if err == nil {
					r.saved++
					break
				}
				if !fault.Is(err, fault.Conflict) {
					t.Errorf("%v", err)
					return r
				}
				r.lost++
			}
		}
		return r
	})
	text := w.text("SELECT description FROM tasks WHERE id = ?", task.ID)
	lost := 0
	for i, r := range results {
		lost += r.lost
		for line := range 5 {
			if strings.Count(text, fmt.Sprintf("[%d.%d]", i, line)) != 1 {
				t.Errorf("line %d of editor %d stands %d times in %s", line, i, strings.Count(text, fmt.Sprintf("[%d.%d]", i, line)), text)
			}
		}
	}
	if v := w.text("SELECT version FROM tasks WHERE id = ?", task.ID); v != "101" {
		t.Errorf("version %s after 100 changes; %d were refused", v, lost)
	}
	if n := w.Count("history", "kind = 'projects.task'", "field = 'description'"); n != 100 {
		t.Errorf("%d lines of history", n)
	}
}

func TestParallel_MovesKeepAStrictOrder(t *testing.T) {
	w := open(t)
	p := w.project("Moved", "Lea Lead", nil)
	var tasks []Task
	for i := range 8 {
		tasks = append(tasks, w.task(p, fmt.Sprint("Card ", i), nil))
	}
	ctx := w.as("Lea Lead")
	together(40, func(i int) error {
		f := moveForm{Status: w.words().Statuses[i%2].ID, Version: 1 << 40, After: tasks[(i*3)%8].ID, Before: tasks[(i*5+1)%8].ID}
		_, err := w.tasks.Move(ctx, p.ID, tasks[i%8].Number, f)
		if err != nil && !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
		return err
	})
	if n := w.text("SELECT COUNT(*) FROM tasks a JOIN tasks b ON a.status_id = b.status_id AND a.position = b.position AND a.id < b.id"); n != "0" {
		t.Errorf("%s pairs of cards lie at the same place", n)
	}
	w.figures(p.ID)
	w.seenAsStored(p.ID)
}

func TestParallel_TicksAndTrashOfOneTodo(t *testing.T) {
	w := open(t)
	p := w.project("Ticked", "Lea Lead", nil)
	ctx := w.as("Lea Lead")
	if err := w.notes.AddTodo(ctx, owner{project: p.ID}, "Once", ""); err != nil {
		t.Fatal(err)
	}
	todo := w.rows("todos", "id > 0")[0]
	together(20, func(i int) error {
		err := w.notes.Tick(ctx, owner{project: p.ID}, todo, i%2 == 0)
		if i == 10 {
			err = w.notes.DeleteTodo(ctx, owner{project: p.ID}, todo, true)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
		return err
	})
	if w.Count("todos", "deleted_at IS NOT NULL") != 1 {
		t.Error("a tick brought a deleted todo back")
	}
	if n, v := w.Count("history", "kind = 'projects.project'", "what LIKE '%todo%'"), w.text("SELECT version FROM todos"); fmt.Sprint(n) != v {
		t.Errorf("%d lines of history at version %s", n, v)
	}
}

func TestTasks_HundredsOfMovesIntoOneGap(t *testing.T) {
	w := open(t)
	p := w.project("Gap", "Lea Lead", nil)
	top, end := w.task(p, "Top", nil), w.task(p, "End", nil)
	a, b := w.task(p, "A", nil), w.task(p, "B", nil)
	hidden := w.task(p, "In the trash", nil)
	ctx := w.as("Lea Lead")
	must[Task](t)(w.tasks.Delete(ctx, p.ID, hidden.Number, true))
	for i := range 300 {
		card, other := a, b
		if i%2 == 1 {
			card, other = b, a
		}
		f := moveForm{Status: top.StatusID, After: top.ID, Version: 1}
		if i%3 == 0 && i > 0 {
			f.Before = other.ID
		}
		must[Task](t)(w.tasks.Move(ctx, p.ID, card.Number, f))
		want := fmt.Sprint([]string{"Top", card.Name, other.Name, "End"})
		if i == 0 {
			want = "[Top A End B]"
		}
		if got := w.order(p); got != want {
			t.Fatalf("move %d: %s, not %s", i, got, want)
		}
	}
	must[Task](t)(w.tasks.Move(ctx, p.ID, end.Number, moveForm{Status: top.StatusID, Before: top.ID, Version: 1}))
	if got := w.order(p); !strings.HasPrefix(got, "[End Top ") {
		t.Errorf("moved to the top: %s", got)
	}
	if v := w.text("SELECT version FROM tasks WHERE id = ?", a.ID); v != "1" {
		t.Errorf("a place in the column is version %s of the task", v)
	}
}

// order are the names on the board's first column.
func (w *world) order(p Project) string {
	w.t.Helper()
	all := must[[]column](w.t)(w.tasks.Board(w.as("Lea Lead"), p.ID, taskFilter{}, today))
	var names []string
	for _, c := range all[0].Cards {
		names = append(names, c.Name)
	}
	return fmt.Sprint(names)
}

func TestTasks_MoveBeforeACardBelowHiddenOnes(t *testing.T) {
	w := open(t)
	p := w.project("Filtered", "Lea Lead", nil)
	var tasks []Task
	for _, name := range []string{"One", "Two", "Three", "Four"} {
		tasks = append(tasks, w.task(p, name, nil))
	}
	// the filter shows Three and Four only: Four is dropped at the top, before Three
	must[Task](t)(w.tasks.Move(w.as("Lea Lead"), p.ID, tasks[3].Number, moveForm{Status: tasks[0].StatusID, Before: tasks[2].ID, Version: 1}))
	if got := w.order(p); got != "[One Two Four Three]" {
		t.Error(got)
	}
}

func TestTasks_StaleMoveWithinAColumnDoesNotTakeTheCardBack(t *testing.T) {
	w := open(t)
	p := w.project("Stale", "Lea Lead", nil)
	card, other := w.task(p, "Card", nil), w.task(p, "Other", nil)
	must[Task](t)(w.tasks.Move(w.as("Ada Admin", "admin"), p.ID, card.Number, moveForm{Status: w.status("Done"), Version: 1}))
	_, err := w.tasks.Move(w.as("Lea Lead"), p.ID, card.Number, moveForm{Status: card.StatusID, After: other.ID, Version: 1})
	clash, ok := data.ClashOf(err)
	if !ok || clash.Who != "Ada Admin" || clash.Fields[0].Theirs.Shown != "Done" {
		t.Fatalf("moved back to a column that it was taken from: %v", err)
	}
	if w.Count("tasks", "id = "+id(card.ID), "status_id = "+id(w.status("Done"))) != 1 {
		t.Error("the card is not where it was moved first")
	}
}
