package projects

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/fault"
)

// tasksKept is what an import may change, in one text: what is the same before and after, nothing was imported into.
func (w *world) tasksKept() string {
	w.t.Helper()
	return w.text("SELECT CONCAT((SELECT COUNT(*) FROM tasks), '/', (SELECT COALESCE(SUM(version), 0) FROM tasks), '/', (SELECT COUNT(*) FROM labels), '/', (SELECT COUNT(*) FROM task_labels), '/', " +
		"(SELECT COUNT(*) FROM history), '/', (SELECT COUNT(*) FROM activities), '/', (SELECT COUNT(*) FROM import_rows), '/', (SELECT COUNT(*) FROM import_labels), '/', (SELECT COALESCE(SUM(last_number), 0) FROM projects))")
}

// sheetLines are a file of that many tasks, each with a label.
func sheetLines(many int, last string) string {
	var b strings.Builder
	b.WriteString("Name;Status;Labels\n")
	for i := range many {
		fmt.Fprintf(&b, "Task %d;To do;new, power\n", i+1)
	}
	b.WriteString(last)
	return b.String()
}

func TestImport_SaysWhatIsWrongByRow(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	for _, user := range []string{"ben.one", "ben.two"} {
		w.Exec("UPDATE users SET name = 'Ben' WHERE id = ?", w.id(user, "user"))
	}
	w.Cache.Clear("")
	b := w.As("Lea Lead")
	before := w.tasksKept()
	to := uploaded(t, b, p, "Key;Name;Status;Priority;Assignee;Start;Due;Estimate;Labels;Milestone;Part of;Done\n"+
		"1;;Wrong;Urgent;ben;2026-02-30;9999-12-31;many;x;Big;7;maybe\n"+
		"2;"+strings.Repeat("x", 201)+";;;nobody;2026-02-02;2026-02-01;;;;2;\n\n"+
		"3;=cmd|'/c';;;;;;;;;4;\n4;Loop;;;;;;;;;3;\n5;Fine;;;;;;;;;;yes\n")
	f := columns("key", "name", "status", "priority", "assignee", "start_on", "due_on", "estimate", "labels", "milestone", "parent", "done")
	f.Set("labels", unknownRefuse)
	b.Post(to+"/check", f).Want(http.StatusSeeOther)
	w.work()
	page := b.Get(to).Want(http.StatusOK, "17 errors in 5 rows", "The task has no name.", "There is no status “Wrong”.", "There is no priority “Urgent”.", "Two people are called “ben”",
		"There is no day “2026-02-30”.", "The year 9999", "is no estimate", "The project has no label “x”.", "no milestone “Big”", "no row and no task “7”", "Write yes, no or a day",
		"longer than 200 characters", "Nobody is called “nobody”.", "due before it starts", "in a circle")
	apptest.Golden(t, "import-errors", b.Fragment("GET", to, "import", nil).Body)
	page.Lacks("/start\"")
	list := b.Get(to+"/errors.csv").Want(http.StatusOK, "\ufeffRow,Column,Error\r\n")
	rows, err := csv.NewReader(strings.NewReader(list.Body)).ReadAll()
	if err != nil || len(rows) != 18 || rows[1][0] != "2" || rows[17][0] != "6" || rows[15][0] != "3" || rows[16][0] != "5" {
		t.Errorf("%v %v", rows, err)
	}
	b.Post(to+"/start", nil).Want(http.StatusConflict, "Nothing is imported until it has none.")
	if after := w.tasksKept(); after != before {
		t.Errorf("%s was %s", after, before)
	}
	b.Post(to+"/columns", nil).Want(http.StatusSeeOther)
	b.Get(to).Want(http.StatusOK, "Which column is what?")
}

func TestImport_AllOrNothing(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	before := w.tasksKept()
	to := uploaded(t, b, p, sheetLines(2500, "Last;No such;x\n")) // in the last row, when others wait already
	b.Post(to+"/check", columns("name", "status", "labels")).Want(http.StatusSeeOther)
	w.work()
	b.Get(to).Want(http.StatusOK, "1 error in 2,501 rows")
	if after := w.tasksKept(); after != before {
		t.Fatalf("%s was %s", after, before)
	}
	for name, c := range map[string]struct {
		spoil, says string
		state       string
	}{
		"a status that has gone":    {"UPDATE import_rows SET status_id = 999 WHERE place = 1200", "changed or deleted after the check", importMapping},
		"a milestone that has gone": {"UPDATE import_rows SET milestone_id = 999 WHERE place = 1", "changed or deleted after the check", importMapping},
		"a row that is not there":   {"DELETE FROM import_rows WHERE place = 3", "changed or deleted after the check", importMapping},
		"a number that is taken":    {"UPDATE tasks SET number = 1250", "Something went wrong on our side", importFailed},
	} {
		t.Run(name, func(t *testing.T) {
			to := uploaded(t, b, p, sheetLines(1300, ""))
			b.Post(to+"/check", columns("name", "status", "labels")).Want(http.StatusSeeOther)
			w.work()
			b.Post(to+"/start", nil).Want(http.StatusSeeOther)
			if strings.HasPrefix(c.spoil, "UPDATE tasks") {
				w.task(p, "Taken", nil)
			}
			w.Exec(c.spoil)
			kept := w.tasksKept()
			if err := w.imports().work(w.Context()); (err != nil) != (c.state == importFailed) {
				t.Errorf("the work says %v", err)
			}
			b.Get(to).Want(http.StatusOK, c.says)
			if got := w.text("SELECT state FROM imports ORDER BY id DESC LIMIT 1"); got != c.state {
				t.Errorf("it is %s", got)
			}
			if c.state == importMapping {
				b.Post(to+"/cancel", nil).Want(http.StatusSeeOther)
			}
			parts := func(s string) []string { return strings.Split(s, "/") }
			was, is := parts(kept), parts(w.tasksKept())
			if fmt.Sprint(was[:6], was[8]) != fmt.Sprint(is[:6], is[8]) || is[6] != "0" || is[7] != "0" {
				t.Errorf("%v was %v", is, was)
			}
		})
	}
}

func TestImport_TwoAtOnceHaveNumbersInARow(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	var ends sync.WaitGroup
	for _, name := range []string{"Lea Lead", "Ada Admin"} {
		b := w.As(name, "admin")
		to := uploaded(t, b, p, sheetLines(60, ""))
		b.Post(to+"/check", columns("name", "status", "labels")).Want(http.StatusSeeOther)
	}
	w.work()
	var all []fileImport
	for _, n := range w.rows("imports", "state = 'checked'") {
		i := must[fileImport](t)(w.imports().Get(w.Context(), p.ID, n))
		by := "Lea Lead"
		if i.UserID == w.id("Ada Admin") {
			by = "Ada Admin"
		}
		all = append(all, must[fileImport](t)(w.imports().Start(w.as(by), p.ID, i.ID)))
	}
	if len(all) != 2 {
		t.Fatalf("%d imports", len(all))
	}
	ctx := auth.With(context.Background(), auth.From(w.as("Ada Admin")))
	for _, i := range all {
		ends.Go(func() {
			if err := w.imports().make(ctx, i); err != nil {
				t.Error(err)
			}
		})
	}
	for n := range 5 {
		ends.Go(func() { w.task(p, fmt.Sprintf("Beside %d", n), nil) })
	}
	ends.Wait()
	if got := w.text("SELECT CONCAT(COUNT(*), '/', COUNT(DISTINCT number), '/', MAX(number), '/', (SELECT tasks_total FROM projects), '/', (SELECT last_number FROM projects), '/', (SELECT COUNT(*) FROM labels)) FROM tasks"); got != "125/125/125/125/125/2" {
		t.Error(got)
	}
	if n := w.Count("history", "what LIKE 'imported the task%'"); n != 120 {
		t.Errorf("%d tasks have a beginning", n)
	}
}

func TestImport_ReadsItsOwnWordsBack(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	w.task(p, "Old", nil)
	b := w.As("Lea Lead")
	to := send(b, p, `C:\files\tasks.xlsx`, book(t, "", []any{"Key", "Name", "Parent", "Status"}, []any{"RACK-1", "'=1+1 is text", "", ""}, []any{"RACK-2", "Below", "RACK-1", "Done"})).Want(http.StatusSeeOther).Location()
	b.Get(to).Want(http.StatusOK, "tasks.xlsx", "Excel workbook, sheet “Sheet1”", "Show this sheet")
	b.Post(to+"/sheet", apptest.Form("sheet", "Second")).Want(http.StatusSeeOther)
	b.Get(to).Want(http.StatusOK, "Of the second")
	b.Post(to+"/sheet", apptest.Form("sheet", "Sheet1")).Want(http.StatusSeeOther)
	b.Post(to+"/check", columns("key", "name", "parent", "status")).Want(http.StatusSeeOther)
	w.work()
	b.Get(to).Want(http.StatusOK, "All 2 rows are right.")
	b.Post(to+"/start", nil).Want(http.StatusSeeOther)
	w.work()
	if got := w.text("SELECT CONCAT(t.name, '/', u.name, '/', u.number) FROM tasks AS t JOIN tasks AS u ON u.id = t.parent_id"); !strings.HasSuffix(got, "/2") || !strings.HasPrefix(got, "Below/") {
		t.Error(got) // the row of that key, not the task
	}
}

// How much memory that takes is measured, not tested: what lies on the heap afterwards says nothing of it.
func TestImport_ShowsTheFirstErrorsAndListsAll(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	ctx := w.as("Lea Lead", "user")
	var b strings.Builder
	b.WriteString("Name;Status;Due\n")
	const many = 8000
	for i := range many {
		fmt.Fprintf(&b, "Task %d;Wrong;9999-01-01\n", i)
	}
	i := must[fileImport](t)(w.imports().Upload(ctx, p.ID, "tasks.csv", []byte(b.String())))
	must[fileImport](t)(w.imports().Check(ctx, p.ID, i.ID, importForm{Columns: []string{"name", "status", "due_on"}}))
	w.work()
	i = must[fileImport](t)(w.imports().Get(ctx, p.ID, i.ID))
	if i.Bad != 2*many || len(i.problems()) != importShown || i.Total != many {
		t.Errorf("%d errors, %d shown, of %d rows", i.Bad, len(i.problems()), i.Total)
	}
	list := must[[]byte](t)(w.imports().Body(ctx, i.ID, partErrors))
	if n := strings.Count(string(list), "\r\n"); n != 2*many+1 {
		t.Errorf("the list has %d lines", n)
	}
	if _, err := w.imports().Upload(ctx, p.ID, "tasks.csv", make([]byte, importBytes+1)); !fault.Is(err, fault.Invalid) {
		t.Errorf("a file of more than 30 MB: %v", err)
	}
	_, err := w.imports().Upload(ctx, p.ID, "tasks.csv", []byte("Name\n"+strings.Repeat("x\n", importRows+1)))
	if err != nil {
		t.Fatal(err)
	}
	must[fileImport](t)(w.imports().Check(ctx, p.ID, i.ID+1, importForm{Columns: []string{"name"}}))
	w.work()
	if got := w.text("SELECT said FROM imports ORDER BY id DESC LIMIT 1"); got != "The file has more than 100,000 rows. Split it." {
		t.Error(got)
	}
}
