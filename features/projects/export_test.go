package projects

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"portal/app/apptest"
)

// csvOf reads a file as a spreadsheet would.
func csvOf(t *testing.T, a apptest.Answer) [][]string {
	t.Helper()
	a.Want(http.StatusOK, "\ufeff")
	if strings.Contains(strings.ReplaceAll(a.Body, "\r\n", ""), "\n") {
		t.Error("lines do not end as RFC 4180 has it")
	}
	return must[[][]string](t)(csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Body, "\ufeff"))).ReadAll())
}

func xlsxOf(t *testing.T, a apptest.Answer) (*excelize.File, [][]string) {
	t.Helper()
	a.Want(http.StatusOK)
	f := must[*excelize.File](t)(excelize.OpenReader(bytes.NewReader([]byte(a.Body))))
	t.Cleanup(func() { _ = f.Close() })
	return f, must[[][]string](t)(f.GetRows(f.GetSheetName(0)))
}

// columnOf are the values of a column, below its heading.
func columnOf(t *testing.T, rows [][]string, title string) []string {
	t.Helper()
	for i, c := range rows[0] {
		if c != title {
			continue
		}
		var all []string
		for _, r := range rows[1:] {
			if i < len(r) {
				all = append(all, r[i])
			} else {
				all = append(all, "")
			}
		}
		return all
	}
	t.Fatalf("no column %s in %v", title, rows[0])
	return nil
}

func TestExport_HoldsExactlyWhatTheListShows(t *testing.T) {
	w := open(t)
	p := w.project("Move the racks", "Lea Lead", nil)
	cable := w.task(p, "Order “cable”, 3 m", func(f *taskForm) { f.DueOn = "2027-02-28"; f.Assignee = w.id("Lea Lead") })
	part := w.task(p, "Part", func(f *taskForm) { f.Parent = cable.Number })
	w.task(p, "Done already", func(f *taskForm) { f.Status = w.status("Done") })
	b := w.As("Lea Lead")
	for _, c := range []struct{ query, keys, columns string }{
		{"", "MTR-1 MTR-2 MTR-3", "Key,Task,Status,Priority,Assignee,Due,Part of,Changed"},
		{"?sort=-name", "MTR-2 MTR-1 MTR-3", "Key,Task,Status,Priority,Assignee,Due,Changed"},
		{"?show=open&columns=status,due", "MTR-1 MTR-2", "Key,Task,Status,Due"},
		{"?q=cable&columns=estimate", "MTR-1", "Key,Task,Estimate (minutes)"},
		{"?group=assignee&columns=due", "MTR-1 MTR-2 MTR-3", "Key,Task,Assignee,Due"},
		{"?status=" + id(w.status("Review")), "", "Key,Task,Status,Priority,Assignee,Due,Changed"},
	} {
		path := p.Path() + "/list/export" + c.query
		rows := csvOf(t, b.Post(path, nil))
		if got := strings.Join(columnOf(t, rows, "Key"), " "); got != c.keys {
			t.Errorf("%s: %s, not %s", c.query, got, c.keys)
		}
		if got := strings.Join(rows[0], ","); got != c.columns {
			t.Errorf("%s: columns %s, not %s", c.query, got, c.columns)
		}
		_, cells := xlsxOf(t, b.Post(path+map[bool]string{true: "&", false: "?"}[c.query != ""]+"format=xlsx", nil))
		if got := strings.Join(columnOf(t, cells, "Key"), " "); got != c.keys {
			t.Errorf("%s as a workbook: %s, not %s", c.query, got, c.keys)
		}
		page := b.Get(p.Path() + "/list/print" + c.query).Want(http.StatusOK)
		for _, key := range strings.Fields(c.keys) {
			page.Want(http.StatusOK, "<td>"+key+"</td>")
		}
	}
	f, _ := xlsxOf(t, b.Post(p.Path()+"/list/export?format=xlsx&columns=due", nil))
	day := must[string](t)(f.GetCellValue("Tasks", "C2"))
	raw := must[string](t)(f.GetCellValue("Tasks", "C2", excelize.Options{RawCellValue: true}))
	if day != "2027-02-28" || raw != "46446" {
		t.Errorf("the due date is %q, %q: no day of a spreadsheet", day, raw)
	}
	if part.Number != 2 {
		t.Fatal("the part has another number")
	}
	a := b.Post(p.Path()+"/list/export?format=xlsx", nil)
	if name := a.Header.Get("Content-Disposition"); name != `attachment; filename="move-the-racks-tasks-`+string(w.today(w.as("Lea Lead")))+`.xlsx"` {
		t.Errorf("the file is called %s", name)
	}
	b.Post(p.Path()+"/list/export?format=exe", nil).Want(http.StatusUnprocessableEntity, "csv or xlsx")
}

func TestExport_TimesAreInTheViewersZone(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	w.task(p, "One", nil)
	w.Exec("UPDATE users SET zone = 'Asia/Tokyo' WHERE id = ?", w.id("Lea Lead"))
	w.Cache.Clear("")
	want := w.DB.Now().In(must[*time.Location](t)(time.LoadLocation("Asia/Tokyo"))).Format("2006-01-02 15:04")
	b := w.As("Lea Lead")
	if got := columnOf(t, csvOf(t, b.Post(p.Path()+"/list/export?columns=created", nil)), "Made")[0]; got != want {
		t.Errorf("made at %s, not %s", got, want)
	}
	_, rows := xlsxOf(t, b.Post(p.Path()+"/list/export?format=xlsx&columns=created", nil))
	if got := columnOf(t, rows, "Made")[0]; got != want {
		t.Errorf("in the workbook made at %s, not %s", got, want)
	}
}

func TestS58_ExportsDefuseFormulas(t *testing.T) {
	w := open(t)
	p := w.project("=cmd|' /C calc'!A0", "Lea Lead", func(f *projectForm) { f.Summary = "@SUM(A1)" })
	names := []string{"=1+1", "+49 1", "-5", "@SUM(A1)", "|calc", "%0A", "plain", "it's, \"quoted\""}
	for _, n := range names {
		w.task(p, n, nil)
	}
	b := w.As("Lea Lead")
	got := columnOf(t, csvOf(t, b.Post(p.Path()+"/list/export?sort=number", nil)), "Task")
	f, rows := xlsxOf(t, b.Post(p.Path()+"/list/export?sort=number&format=xlsx", nil))
	sheet := columnOf(t, rows, "Task")
	for i, n := range names {
		want := n
		if i < 6 {
			want = "'" + n
		}
		if got[i] != want || sheet[i] != want {
			t.Errorf("%q is %q and %q", n, got[i], sheet[i])
		}
	}
	for _, cell := range []string{"B2", "B3", "B4"} {
		if formula := must[string](t)(f.GetCellFormula("Tasks", cell)); formula != "" {
			t.Errorf("%s is the formula %s", cell, formula)
		}
	}
	all := csvOf(t, b.Post("/projects/export", nil))
	if columnOf(t, all, "Project")[0] != "'"+p.Name || columnOf(t, all, "Summary")[0] != "'@SUM(A1)" {
		t.Errorf("the list of projects: %v", all[1])
	}
}

func TestExport_HoldsWhatTheViewerMaySee(t *testing.T) {
	w := open(t)
	w.project("Open Field", "Lea Lead", nil)
	closed := w.project("Closed Room", "Lea Lead", func(f *projectForm) { f.Private = true })
	stan, lea := w.As("Stan Stranger", "user"), w.As("Lea Lead")
	if got := columnOf(t, csvOf(t, stan.Post("/projects/export", nil)), "Project"); len(got) != 1 || got[0] != "Open Field" {
		t.Errorf("a stranger takes %v with them", got)
	}
	if got := columnOf(t, csvOf(t, lea.Post("/projects/export?sort=name", nil)), "Project"); strings.Join(got, ",") != "Closed Room,Open Field" {
		t.Errorf("the lead takes %v with them", got)
	}
	stan.Get("/projects/print").Want(http.StatusOK, "Open Field").Lacks("Closed Room")
	before := w.kept()
	stan.Post(closed.Path()+"/list/export", nil).Want(http.StatusNotFound)
	stan.Get(closed.Path() + "/list/print").Want(http.StatusNotFound)
	if w.kept() != before {
		t.Error("a refused export wrote")
	}
}

func TestS77_ExportsStandInTheAuditLog(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	b.Post(p.Path()+"/list/export?show=open", nil).Want(http.StatusOK)
	b.Post("/projects/export?show=active", nil).Want(http.StatusOK)
	if n := w.Count("audit_lines", "kind = 'projects.export'"); n != 2 {
		t.Errorf("%d lines", n)
	}
	if said := w.text("SELECT fields FROM audit_lines WHERE kind = 'projects.export' AND thing_id = ?", p.ID); !strings.Contains(said, "show=open") {
		t.Errorf("the line says %s", said)
	}
	b.Get("/").Lacks("took the tasks with them")
}

func TestExport_ManyRowsComeInSlices(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	now := w.DB.Now()
	var rows []Task
	for i := range int64(2*exportSlice + 3) {
		rows = append(rows, Task{ProjectID: p.ID, Number: i + 1, Name: "Rack", StatusID: w.status("To do"), PriorityID: p.PriorityID, Position: i * gap, Open: true, Version: 1, CreatedAt: now, UpdatedAt: now})
	}
	w.Insert(&rows)
	b := w.As("Lea Lead")
	if got := csvOf(t, b.Post(p.Path()+"/list/export", nil)); len(got) != len(rows)+1 || got[len(rows)][0] != "RACK-1003" {
		t.Errorf("%d lines", len(got))
	}
	if _, got := xlsxOf(t, b.Post(p.Path()+"/list/export?format=xlsx", nil)); len(got) != len(rows)+1 {
		t.Errorf("%d lines of the workbook", len(got))
	}
	b.Get(p.Path()+"/list/print").Want(http.StatusOK, "RACK-1003", "1003 rows")
}
