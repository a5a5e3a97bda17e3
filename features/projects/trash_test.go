package projects

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
)

func TestTrash_ProjectComesBackWithAllThatHungOnIt(t *testing.T) {
	w := open(t)
	s := w.furnish("Whole", false)
	ctx := w.as("Lea Lead")
	must[Task](t)(w.tasks.Delete(ctx, s.project, 1, true)) // stays in the trash
	state := func() string {
		return fmt.Sprint(w.Count("tasks", "deleted_at IS NULL"), w.Count("todos", "deleted_at IS NULL"), w.Count("comments", "deleted_at IS NULL"), w.names(ctx, projectFilter{}))
	}
	before := state()
	w.Clock.Add(time.Minute)
	must[Project](t)(w.projects.Delete(ctx, s.project, true))
	if _, err := w.projects.Get(ctx, s.project); !fault.Is(err, fault.NotFound) {
		t.Errorf("a project in the trash: %v", err)
	}
	if c := must[cards](t)(w.projects.Cards(ctx, today)); c != (cards{}) {
		t.Errorf("a project in the trash counts: %+v", c)
	}
	for name, err := range map[string]error{
		"delete again": second(w.projects.Delete(ctx, s.project, true)), "archive": second(w.projects.Shelve(ctx, s.project, true)),
		"edit":    second(w.projects.Update(ctx, s.project, projectForm{Name: "X", Version: 9}, []string{"name"})),
		"task":    second(w.tasks.Create(ctx, s.project, taskForm{Name: "X"})),
		"comment": second(w.notes.AddComment(ctx, owner{project: s.project}, "X", "")), "todo": w.notes.AddTodo(ctx, owner{project: s.project}, "X", ""),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s in the trash: %v", name, err)
		}
	}
	must[Project](t)(w.projects.Delete(ctx, s.project, false))
	if after := state(); after != before {
		t.Errorf("came back as %s, was %s", after, before)
	}
	if err := second(w.projects.Delete(ctx, s.project, false)); !fault.Is(err, fault.NotFound) {
		t.Errorf("restored twice: %v", err)
	}
	w.figures(s.project)
}

func second[T any](_ T, err error) error { return err }

func TestTrash_TaskGoesAndComesWithItsParts(t *testing.T) {
	w := open(t)
	p := w.project("Tree", "Lea Lead", nil)
	ctx := w.as("Lea Lead")
	top := w.task(p, "Top", nil)
	part := w.task(p, "Part", func(f *taskForm) { f.Parent = top.Number })
	leaf := w.task(p, "Leaf", func(f *taskForm) { f.Parent = part.Number })
	early := w.task(p, "Early", func(f *taskForm) { f.Parent = top.Number })
	if _, err := w.tasks.Create(ctx, p.ID, taskForm{Name: "Too deep", Parent: leaf.Number, Status: top.StatusID, Priority: top.PriorityID}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a fourth level: %v", err)
	}
	must[Task](t)(w.tasks.Delete(ctx, p.ID, early.Number, true))
	w.Clock.Add(time.Minute)
	must[Task](t)(w.tasks.Delete(ctx, p.ID, top.Number, true))
	if n := w.Count("tasks", "deleted_at IS NULL"); n != 0 {
		t.Errorf("%d tasks stayed", n)
	}
	if n := w.Count("history", "what = 'went with the task it is part of'"); n != 2 {
		t.Errorf("%d parts are said to have gone with it; Early had gone before", n)
	}
	if _, err := w.tasks.Delete(ctx, p.ID, leaf.Number, false); !fault.Is(err, fault.Conflict) {
		t.Errorf("a part of a task in the trash came back to nowhere: %v", err)
	}
	must[Task](t)(w.tasks.Delete(ctx, p.ID, top.Number, false))
	if w.Count("tasks", "deleted_at IS NULL") != 3 || w.Count("tasks", "id = "+id(early.ID), "deleted_at IS NOT NULL") != 1 {
		t.Error("something else came back than what went")
	}
	must[Task](t)(w.tasks.Delete(ctx, p.ID, early.Number, false))
	w.figures(p.ID)
	w.seenAsStored(p.ID)
}

func TestPurge_RemovesWhatIsThirtyDaysOld(t *testing.T) {
	w := open(t)
	old, kept := w.furnish("Old", false), w.furnish("Kept", false)
	ctx := w.as("Lea Lead")
	p := must[heldProject](t)(w.projects.Get(ctx, kept.project)).Project
	top := w.task(p, "Top", nil)
	part := w.task(p, "Part", func(f *taskForm) { f.Parent = top.Number })
	must[Task](t)(w.tasks.Delete(ctx, kept.project, top.Number, true))
	must[Project](t)(w.projects.Delete(ctx, old.project, true))
	for _, o := range []owner{{kept.project, 0}, {kept.project, kept.number}} {
		todo, comment := kept.todo, kept.comment
		if o.number != 0 {
			todo, comment = kept.taskTodo, kept.taskComment
		}
		if err := w.notes.DeleteTodo(ctx, o, todo, true); err != nil {
			t.Fatal(err)
		}
		if err := w.notes.DeleteComment(ctx, o, comment, true); err != nil {
			t.Fatal(err)
		}
	}
	var more []Task // more than one slice
	for i := range 2*purgeSlice + 7 {
		more = append(more, Task{ProjectID: old.project, Number: int64(100 + i), StatusID: top.StatusID, PriorityID: top.PriorityID, Version: 1, CreatedAt: w.DB.Now(), UpdatedAt: w.DB.Now()})
	}
	w.Insert(&more)
	purge := w.job("projects.purge")
	w.Clock.Add(29 * 24 * time.Hour)
	before := w.kept()
	if err := purge(w.Context()); err != nil || w.kept() != before {
		t.Fatalf("after 29 days: %v\n%s\n%s", err, before, w.kept())
	}
	w.Clock.Add(24*time.Hour + time.Second)
	if err := purge(w.Context()); err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(w.Count("projects"), w.Count("tasks"), w.Count("todos"), w.Count("comments"))
	if got != "1 3 0 0" {
		t.Errorf("left over: %s", got)
	}
	if _, err := w.projects.Delete(ctx, old.project, false); !fault.Is(err, fault.NotFound) {
		t.Errorf("brought back after the purge: %v", err)
	}
	if _, err := w.tasks.Delete(ctx, kept.project, part.Number, false); !fault.Is(err, fault.NotFound) {
		t.Errorf("a task brought back after the purge: %v", err)
	}
	if next := w.task(p, "Next", nil); next.Number != part.Number+1 {
		t.Errorf("a number was given out twice: %d", next.Number)
	}
	if w.Count("audit_lines", "action LIKE '%for good'") == 0 {
		t.Error("nothing tells that it was removed")
	}
	w.seenAsStored(kept.project)
	after := w.kept()
	if err := purge(w.Context()); err != nil || w.kept() != after {
		t.Errorf("a second run did something: %v", err)
	}
}

// job is the work of the feature's job of that name, which must be done daily.
func (w *world) job(name string) func(context.Context) error {
	w.t.Helper()
	for _, j := range must[feature.Feature](w.t)(declare(w.base)).Jobs {
		if j.Name == name && j.Every == 24*time.Hour {
			return j.Run
		}
	}
	w.t.Fatalf("no daily job %s", name)
	return nil
}

func TestPurge_LeavesATaskWithPartsElsewhere(t *testing.T) {
	w := open(t)
	p := w.project("Tree", "Lea Lead", nil)
	top := w.task(p, "Top", nil)
	w.task(p, "Part", func(f *taskForm) { f.Parent = top.Number })
	w.Exec("UPDATE tasks SET deleted_at = ? WHERE id = ?", w.DB.Now().Add(-40*24*time.Hour), top.ID) // as an import may leave it
	if err := w.notes.purge(w.Context()); err != nil {
		t.Fatal(err)
	}
	if n := w.Count("tasks"); n != 2 {
		t.Errorf("%d tasks left: a part went with a parent that was purged", n)
	}
}

// What has been in the trash for longer than 30 days is gone, also while the purge has not come to it.
func TestTrash_NothingComesBackAfterThirtyDays(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	ctx, o := w.as("Lea Lead"), owner{project: p.ID}
	c := must[Comment](t)(w.notes.AddComment(ctx, o, "Said", ""))
	if err := w.notes.AddTodo(ctx, o, "Todo", ""); err != nil {
		t.Fatal(err)
	}
	file := w.attach(b, p.Path()+"/files", "plan.txt", "the plan")
	things := []string{"/comments/" + id(c.ID), "/todos/" + id(w.rows("todos", "1 = 1")[0]), "/files/" + id(file)}
	for _, thing := range things {
		b.Post(p.Path()+thing+"/delete", nil).Want(http.StatusSeeOther)
	}
	w.Exec("UPDATE comments SET deleted_at = ?", w.DB.Now().Add(-data.TrashKept-time.Hour))
	w.Exec("UPDATE todos SET deleted_at = ?", w.DB.Now().Add(-data.TrashKept-time.Hour))
	w.Exec("UPDATE attachments SET deleted_at = ?", w.DB.Now().Add(-data.TrashKept-time.Hour))
	before := w.kept()
	for _, thing := range things {
		b.Post(p.Path()+thing+"/restore", nil).Want(http.StatusNotFound)
	}
	if after := w.kept(); after != before {
		t.Errorf("%s was %s", after, before)
	}
}
