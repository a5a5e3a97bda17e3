package projects

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
)

// quickText is a value of all tasks' facts, in their order.
const quickText = "SELECT COALESCE(GROUP_CONCAT(f ORDER BY n), '') FROM (SELECT t.number AS n, CONCAT(t.number, ' ', t.name, ' ', r.name, ' ', COALESCE(u.name, '-'), ' ', t.due_on, ' ', t.estimate, ' ', " +
	"COALESCE((SELECT p.number FROM tasks AS p WHERE p.id = t.parent_id), '-'), ' ', COALESCE((SELECT MIN(l.name) FROM task_labels AS x JOIN labels AS l ON l.id = x.label_id WHERE x.task_id = t.id), '-'), '/') AS f " +
	"FROM tasks AS t JOIN priorities AS r ON r.id = t.priority_id LEFT JOIN users AS u ON u.id = t.assignee_id) AS q"

func TestQuick_OneLineMakesATaskAndStaysReady(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", nil)
	maria := w.Person("Maria Diaz", "user")
	b := w.As("Lea Lead", "user")
	line := "Replace the UPS !high @" + maria.Username + " *power tomorrow ~2h"
	b.Fragment("POST", p.Path()+"/quick/preview", "quick-chips", apptest.Form("text", line, "one", "1")).Want(200, "High", "Maria Diaz", "power", "Tue 24 Nov", "2h")
	a := b.Fragment("POST", p.Path()+"/quick", "quick", apptest.Form("text", line, "one", "1", "once", "A")).Want(200, `id="quick"`, "data-focus", "NET-1", "is made.", "/tasks/1/delete").Lacks(`value="Replace`)
	if !strings.Contains(a.Header.Get("HX-Trigger"), "portal.done") {
		t.Error("the board does not hear of it")
	}
	apptest.Golden(t, "quick-line", a.Body)
	b.Fragment("POST", p.Path()+"/quick", "quick", apptest.Form("text", line, "one", "1", "once", "A")).Want(200) // sent twice
	if got, want := w.text(quickText), "1 Replace the UPS High Maria Diaz 2026-11-24 120 - power/"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	b.Get(p.Path()).Want(200, "Replace the UPS", `data-key="q"`)
	b.Get(p.Path()+"/list").Want(200, `data-key="q"`)
	w.As("Stan Stranger", "user").Get(p.Path()).Want(200, "Replace the UPS").Lacks(`id="quick"`)
	if got := w.text("SELECT label_ids FROM tasks"); got != w.text("SELECT id FROM labels") {
		t.Errorf("the task's row says labels %s", got)
	}
	w.figures(p.ID)
}

func TestQuick_SeveralLinesMakeAllOrNone(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", nil)
	b := w.As("Lea Lead", "user")
	text := "Move the racks *move\n  Label them\n    Print labels\n  Book a van !low\nClean up *MOVE\n"
	b.Fragment("POST", p.Path()+"/quick/preview", "quick-preview", apptest.Form("text", text)).Want(200, "5 tasks", "tree-2", "Print labels")
	b.Post(p.Path()+"/quick", apptest.Form("text", text)).Want(http.StatusSeeOther)
	b.Get(p.Path()).Want(200, "5 tasks are made.")
	if got, want := w.text(quickText), "1 Move the racks Medium -  0 - move/,2 Label them Medium -  0 1 -/,3 Print labels Medium -  0 2 -/,4 Book a van Low -  0 1 -/,5 Clean up Medium -  0 - move/"; got != want {
		t.Errorf("%s\nnot\n%s", got, want)
	}
	w.figures(p.ID)
	for _, c := range []struct{ name, text, says string }{
		{"nothing", "", "This is needed."}, {"blank lines", "\n \n\t\n", "This is needed."}, {"a line without a name", "Good\n!high\nGood", "Line 2: Write what there is to do"},
		{"a fourth level", "a\n b\n  c\n   d", "three levels deep at most"}, {"a parent that is not there", "Good\nBad >77", "Line 2: There is no task of this number"},
		{"a parent too deep", "Good\nBad >3", "Line 2: Tasks lie in each other"}, {"below a parent too deep", "Good >3", "three levels deep at most"},
		{"too many", strings.Repeat("x\n", 501), "These are 501 lines"}, {"too long", strings.Repeat("x", 100_001), "At most 100000 characters."},
		{"a name too long", strings.Repeat("é", 201), "at most 200 characters"}, {"a label of a refused text", "New *fresh\nBad >77", "Nothing was made."},
	} {
		before := w.kept()
		b.Post(p.Path()+"/quick", apptest.Form("text", c.text)).Want(http.StatusUnprocessableEntity, c.says, "quick-several", "<main")
		b.Fragment("POST", p.Path()+"/quick", "quick-form", apptest.Form("text", c.text)).Want(http.StatusUnprocessableEntity, c.says, `id="quick-form"`)
		b.Fragment("POST", p.Path()+"/quick", "quick", apptest.Form("text", c.text, "one", "1")).Want(http.StatusUnprocessableEntity, c.says, `id="quick"`)
		if w.kept() != before {
			t.Errorf("%s wrote", c.name)
		}
	}
}

func TestQuick_FiveHundredLinesAtOnce(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", nil)
	b := w.As("Lea Lead", "user")
	var text strings.Builder
	for i := range 500 {
		fmt.Fprintf(&text, "Task %d *l%d\n", i, i%5)
	}
	b.Post(p.Path()+"/quick", apptest.Form("text", text.String())).Want(http.StatusSeeOther)
	if got := w.text("SELECT CONCAT(tasks_total, ' ', last_number, ' ', (SELECT COUNT(*) FROM labels), ' ', (SELECT COUNT(*) FROM task_labels)) FROM projects"); got != "500 500 5 500" {
		t.Error(got)
	}
}

func TestS50_QuickAddStaysText(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", nil)
	b := w.As("Lea Lead", "user")
	for _, text := range attacks {
		for _, line := range []string{text, `*"` + text + `"`, "Call @" + text} {
			form := apptest.Form("text", line+"\nNext")
			harmless(t, "the preview of "+line, b.Fragment("POST", p.Path()+"/quick/preview", "quick-preview", form).Want(200).Body)
			harmless(t, "the form of "+line, b.Post(p.Path()+"/quick", apptest.Form("text", line+"\n >77")).Want(http.StatusUnprocessableEntity).Body)
		}
	}
}
