package admin

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/audit"
)

func (w *logWorld) line(user, action, kind string, thing int, at time.Time) {
	w.t.Helper()
	w.Exec("INSERT INTO audit_lines (user_id, user_name, address, request_id, action, kind, thing_id, title, url, fields, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '/things', ?, ?)",
		w.Person(user).ID, user, "10.9.8.7", "req-"+action, action, kind, thing, "Title of "+action, `[{"field":"name","old":"before it","new":"after it"}]`, at)
}

func TestAudit_EachFilterFindsItsLinesOnly(t *testing.T) {
	w := openLogs(t)
	now := w.DB.Now()
	w.line("Uwe User", "painted", "shed.wall", 7, now.AddDate(0, 0, -3))
	w.line("Vera User", "washed", "shed.floor", 8, now)
	uwe := fmt.Sprint(w.Person("Uwe User").ID)
	day := now.AddDate(0, 0, -3).Format(time.DateOnly)
	for _, q := range []string{
		"user=" + uwe + "&kind=shed.wall", "kind=shed.wall", "action=painted", "thing=7", "request=req-painted", "from=" + day + "&to=" + day,
		"address=10.9.8.7&action=painted", "user=" + uwe + "&action=painted",
	} {
		w.admin.Fragment("GET", "/admin/audit?"+q, "list", nil).Want(http.StatusOK, "Title of painted", "before it", "after it", `href="/things"`).Lacks("Title of washed")
	}
	w.admin.Get("/admin/audit?user=-1").Want(http.StatusOK).Lacks("Title of painted")
	w.admin.Get("/admin/audit?kind=none").Want(http.StatusOK, "No line fits")
	w.admin.Get("/admin/audit?from=nonsense&thing=x&after=y&before=1-&size=7").Want(http.StatusOK, "Title of painted")
}

func TestAudit_PagesGoOnWithTheFilters(t *testing.T) {
	w := openLogs(t)
	for i := range 60 {
		w.line("Uwe User", fmt.Sprintf("step%02d", i), "shed.wall", 7, w.DB.Now().Add(time.Duration(i)*time.Second))
	}
	a := w.admin.Get("/admin/audit?kind=shed.wall").Want(http.StatusOK, "Title of step59", "Title of step35", ">Older<").Lacks("Title of step34", ">Newer<")
	next := a.Body[strings.Index(a.Body, "after="):]
	next = next[:strings.IndexAny(next, `"&`)]
	a = w.admin.Get("/admin/audit?kind=shed.wall&"+next).Want(http.StatusOK, "Title of step34", "Title of step10", ">Newer<").Lacks("Title of step35", "Title of step09")
	back := a.Body[strings.Index(a.Body, "before="):]
	back = back[:strings.IndexAny(back, `"&`)]
	w.admin.Get("/admin/audit?kind=shed.wall&"+back).Want(http.StatusOK, "Title of step59", "Title of step35").Lacks("Title of step34")
}

func TestAudit_CSVHoldsWhatIsFilteredAndNoFormula(t *testing.T) {
	w := openLogs(t)
	w.line("Uwe User", "=HYPERLINK(1)", "shed.wall", 7, w.DB.Now())
	w.line("Uwe User", "washed", "shed.floor", 8, w.DB.Now())
	a := w.admin.Post("/admin/audit/lines.csv?kind=shed.wall", nil).Want(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(a.Body)).ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v: %s", len(rows), err, a)
	}
	if rows[1][5] != "'=HYPERLINK(1)" || rows[1][10] != "name: before it → after it" {
		t.Errorf("%q", rows[1])
	}
	if w.lines("exported the audit log") != 1 {
		t.Error("the export is not in the log")
	}
}

func TestAudit_CSVSaysWhenThereIsMore(t *testing.T) {
	w := openLogs(t)
	for i := range 12 {
		w.line("Uwe User", "painted", "shed.wall", i+1, w.DB.Now())
	}
	var b bytes.Buffer
	to := bufio.NewWriter(&b)
	if err := (auditHandlers{Kit: w.kit}).writeCSV(w.Context(), to, audit.Filter{Kind: "shed.wall"}, 10); err != nil {
		t.Fatal(err)
	}
	_ = to.Flush()
	if n := strings.Count(b.String(), "painted,shed.wall"); n != 10 || !strings.Contains(b.String(), "Only the latest 10 lines") {
		t.Errorf("%d lines: %s", n, b.String())
	}
}

func TestAudit_TheButtonVerifiesAndThePageSaysSo(t *testing.T) {
	w := openLogs(t)
	w.admin.Get("/admin/audit").Want(http.StatusOK, "Not verified yet")
	auditor := w.As("Audra Auditor", "auditor")
	a := auditor.Fragment("POST", "/admin/audit/verify", "audit-check", url.Values{}).Want(http.StatusOK, "begins in a moment", `hx-get="/admin/audit/check"`)
	if strings.Contains(a.Body, "<button class=\"button\">") && strings.Contains(a.Body, "shield-lock") {
		t.Error("it can be asked for twice")
	}
	if err := w.RunJob(w.Context(), "audit.verify"); err != nil {
		t.Fatal(err)
	}
	auditor.Fragment("GET", "/admin/audit/check", "audit-check", nil).Want(http.StatusOK, "Holds", "sealed lines are as they were written")
	w.Exec("UPDATE audit_lines SET action = 'nothing' WHERE seal = 1")
	if err := w.RunJob(w.Context(), "audit.verify"); err == nil {
		t.Error("the job takes a touched log for whole")
	}
	auditor.Get("/admin/audit").Want(http.StatusOK, "Does not hold", "was changed after it was sealed")
	w.admin.Get("/admin").Want(http.StatusOK, "was changed after it was sealed", "Does not hold", "failed")
}

func TestS77_NoRouteTouchesALine(t *testing.T) {
	w := openLogs(t)
	user := w.As("Uwe User", "user")
	before := w.text("SELECT CONCAT(COUNT(*), '/', MAX(id)) FROM audit_lines")
	for _, b := range []*apptest.Browser{user, w.admin} {
		for _, path := range []string{"/admin/audit", "/admin/audit/1", "/admin/audit/1/delete"} {
			if a := b.Post(path, apptest.Form("action", "x")); a.Status != http.StatusNotFound && a.Status != http.StatusMethodNotAllowed {
				t.Errorf("POST %s: %s", path, a)
			}
		}
	}
	if after := w.text("SELECT CONCAT(COUNT(*), '/', MAX(id)) FROM audit_lines"); after != before {
		t.Errorf("the log was %s and is %s", before, after)
	}
}

// Whatever the log is about, it says who, when, from where, and old and new.
func TestS77_ALineSaysWhoWhenFromWhereAndWhat(t *testing.T) {
	w := openLogs(t)
	w.admin.Post("/admin/settings/portal.name", apptest.Form("was", "Portal", "value", "Workshop")).Want(http.StatusSeeOther)
	got := w.text("SELECT CONCAT(user_id, '|', user_name, '|', address <> '', '|', request_id <> '', '|', title, '|', fields) FROM audit_lines WHERE action = 'changed the setting'")
	want := fmt.Sprintf(`%d|Ada Admin|1|1|Name of the portal|[{"field":"portal.name","old":"Portal","new":"Workshop"}]`, w.admin.User.ID)
	if got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if w.lines("changed the setting") != 1 {
		t.Error("not exactly one line")
	}
}

func TestS77_SignInsAndSignOutsAreLines(t *testing.T) {
	w := openLogs(t)
	u := w.As("Uwe User", "user")
	u.Post("/logout", nil).Want(http.StatusSeeOther)
	w.Visitor().SignIn(u.User.Username, "wrong password")
	w.admin.Get("/admin/audit?user="+fmt.Sprint(u.User.ID)).Want(http.StatusOK, ">signed in<", ">signed out<")
	for _, action := range []string{"signed in", "signed out"} {
		if n := w.Count("audit_lines", "action = '"+action+"'", fmt.Sprintf("user_id = %d", u.User.ID)); n != 1 {
			t.Errorf("%s: %d lines", action, n)
		}
	}
	if w.Count("audit_lines", "action = 'failed to sign in'", "address <> ''", fmt.Sprintf("thing_id = %d", u.User.ID)) != 1 {
		t.Error("the failure has not one line")
	}
}
