package projects

import (
	"context"
	"encoding/csv"
	"errors"
	"net/http"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/data"
	"portal/app/fault"
)

func TestImport_CancelLeavesNothing(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	before := w.tasksKept()
	for _, state := range []string{importMapping, importCheck, importChecking, importChecked, importStart, importRunning} {
		to := uploaded(t, b, p, sheetLines(10, ""))
		number := w.text("SELECT MAX(id) FROM imports")
		if state != importMapping {
			b.Post(to+"/check", columns("name", "status", "labels")).Want(http.StatusSeeOther)
		}
		if state == importChecked || state == importStart || state == importRunning {
			w.work()
			b.Get(to).Want(http.StatusOK, "All 10 rows are right.")
		}
		w.Exec("UPDATE imports SET state = ? WHERE id = ?", state, number)
		b.Post(to+"/cancel", nil).Want(http.StatusSeeOther)
		w.work()
		b.Get(to).Want(http.StatusOK, "The import was cancelled. No task was made.")
		b.Post(to+"/start", nil).Want(http.StatusConflict, "cancelled")
		b.Post(to+"/cancel", nil).Want(http.StatusConflict)
		if n := w.Count("import_parts", "1 = 1"); n != 0 {
			t.Errorf("%s: the file is still there", state)
		}
	}
	if after := w.tasksKept(); after != before {
		t.Errorf("%s was %s", after, before)
	}
}

// Cancelled while rows are read or tasks are made: the run sees it with its next step.
func TestImport_CancelledInTheMiddle(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	ctx := w.as("Lea Lead", "user")
	s := w.imports()
	before := w.tasksKept()
	i := must[fileImport](t)(s.Upload(ctx, p.ID, "tasks.csv", []byte(sheetLines(3000, ""))))
	i = must[fileImport](t)(s.Check(ctx, p.ID, i.ID, importForm{Columns: []string{"name", "status", "labels"}}))
	c := &checking{store: s, of: i, errors: csv.NewWriter(nil)}
	c.errors = csv.NewWriter(&c.list)
	w.Exec("UPDATE imports SET state = 'checking'")
	r := must[*importReader](t)(s.reader(ctx, i))
	c.rows = []importRow{r.read(1, 2, []string{"First", "", "x"})}
	c.rows[0].ImportID = i.ID
	if err := c.flush(ctx); err != nil || w.Count("import_rows", "1 = 1") != 1 {
		t.Fatalf("the first slice: %v", err)
	}
	must[fileImport](t)(s.Cancel(ctx, p.ID, i.ID))
	if err := c.flush(ctx); !errors.Is(err, errCancelled) {
		t.Errorf("the next slice says %v", err)
	}
	w.work()
	if after := w.tasksKept(); after != before {
		t.Errorf("%s was %s", after, before)
	}
	i = must[fileImport](t)(s.Upload(ctx, p.ID, "tasks.csv", []byte(sheetLines(20, ""))))
	must[fileImport](t)(s.Check(ctx, p.ID, i.ID, importForm{Columns: []string{"name", "status", "labels"}}))
	w.work()
	i = must[fileImport](t)(s.Start(ctx, p.ID, i.ID))
	w.Exec("UPDATE imports SET state = 'cancelling' WHERE id = ?", i.ID) // after the run has read that it may begin
	err := w.DB.Write(ctx, func(tx *data.Tx) error { return s.makeTasks(ctx, tx, i) })
	if !errors.Is(err, errCancelled) {
		t.Errorf("the making says %v", err)
	}
	w.work()
	if after := w.tasksKept(); after != before {
		t.Errorf("%s was %s", after, before)
	}
}

// While the tasks are made their project is held. On MySQL a cancel comes through all the same and the making ends with
// nothing; on SQLite writers take turns, so a cancel comes too late and says so.
func TestImport_CancelledWhileItsTasksAreMade(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	ctx, soon := context.WithTimeout(w.as("Lea Lead", "user"), 5*time.Second)
	defer soon()
	s := w.imports()
	before := w.tasksKept()
	i := must[fileImport](t)(s.Upload(ctx, p.ID, "tasks.csv", []byte(sheetLines(20, ""))))
	must[fileImport](t)(s.Check(ctx, p.ID, i.ID, importForm{Columns: []string{"name", "status", "labels"}}))
	w.work()
	i = must[fileImport](t)(s.Start(ctx, p.ID, i.ID))
	w.Exec("UPDATE imports SET state = 'importing' WHERE id = ?", i.ID)
	err := w.DB.Write(ctx, func(tx *data.Tx) error {
		if _, err := s.tasks.lockProject(ctx, tx, p.ID); err != nil {
			return err
		}
		if apptest.OnMySQL() {
			if _, err := s.Cancel(ctx, p.ID, i.ID); err != nil {
				return err
			}
		}
		return s.makeTasks(ctx, tx, i)
	})
	if !apptest.OnMySQL() {
		if _, late := s.Cancel(ctx, p.ID, i.ID); err != nil || !fault.Is(late, fault.Conflict) || w.Count("tasks", "1 = 1") != 20 {
			t.Errorf("made with %v; the cancel says %v", err, late)
		}
		return
	}
	if !errors.Is(err, errCancelled) {
		t.Errorf("the making says %v", err)
	}
	w.work()
	if after := w.tasksKept(); after != before {
		t.Errorf("%s was %s", after, before)
	}
}

func TestImport_LeftByAProcessThatStoppedIsEnded(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	before := w.tasksKept()
	for _, state := range []string{importChecking, importRunning} {
		to := uploaded(t, b, p, sheetLines(10, ""))
		b.Post(to+"/check", columns("name", "status", "labels")).Want(http.StatusSeeOther)
		w.work()
		w.Exec("UPDATE imports SET state = ? WHERE state = 'checked'", state)
		if ready, err := w.imports().waiting(w.Context()); !ready || err != nil {
			t.Errorf("%s is no work: %v", state, err)
		}
		w.work()
		b.Get(to).Want(http.StatusOK, "The portal stopped while it was working on this.", "No task was made.")
	}
	old := uploaded(t, b, p, sheetLines(10, ""))
	w.Exec("UPDATE imports SET updated_at = ? WHERE state = 'mapping'", w.DB.Now().Add(-2*importKept))
	w.work()
	b.Get(old).Want(http.StatusOK, "Nobody came back to it for a day.")
	if ready, err := w.imports().waiting(w.Context()); ready || err != nil {
		t.Errorf("there is work left: %v", err)
	}
	if after := w.tasksKept(); after != before || w.Count("import_parts", "1 = 1") != 0 {
		t.Errorf("%s was %s", after, before)
	}
}

// 100,000 tasks take longer to trash than a request has.
func TestImport_UndoOutlivesTheTimeOfARequest(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	ctx := w.as("Lea Lead", "user")
	s := w.imports()
	i := must[fileImport](t)(s.Upload(ctx, p.ID, "tasks.csv", []byte(sheetLines(madeSlice+5, ""))))
	must[fileImport](t)(s.Check(ctx, p.ID, i.ID, importForm{Columns: []string{"name", "status", "labels"}}))
	w.work()
	must[fileImport](t)(s.Start(ctx, p.ID, i.ID))
	w.work()
	over, cancel := context.WithTimeout(ctx, 0)
	defer cancel()
	for _, c := range []struct {
		undo bool
		kept int
	}{{true, 0}, {false, madeSlice + 5}} {
		must[fileImport](t)(s.Undo(over, p.ID, i.ID, c.undo))
		if n := w.Count("tasks", "deleted_at IS NULL"); n != c.kept {
			t.Errorf("undo %v leaves %d tasks", c.undo, n)
		}
	}
	if n := w.Count("task_labels", "1 = 1"); n != 2*(madeSlice+5) {
		t.Errorf("%d labels", n)
	}
}

func TestImport_WhatAnEndedOneLeftIsRemoved(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	before := w.tasksKept()
	to := uploaded(t, b, p, sheetLines(10, ""))
	b.Post(to+"/check", columns("name", "status", "labels")).Want(http.StatusSeeOther)
	w.work()
	w.Exec("UPDATE imports SET state = 'failed', ended_at = updated_at") // and then the database was too busy
	w.work()
	if after := w.tasksKept(); after != before || w.Count("import_parts", "1 = 1") != 0 {
		t.Errorf("%s was %s", after, before)
	}
}
