package admin

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/feature"
)

// logWorld is a portal with its administrator's browser and its kit at hand.
type logWorld struct {
	*apptest.Portal
	kit   feature.Kit
	admin *apptest.Browser
	t     *testing.T
}

func openLogs(t *testing.T) *logWorld {
	t.Helper()
	w := &logWorld{t: t}
	w.Portal = apptest.New(t, func(k feature.Kit) (feature.Feature, error) {
		if w.kit.DB == nil { // a second portal of the test has its own
			w.kit = k
		}
		return New(k)
	})
	w.admin = w.As("Ada Admin", "admin")
	return w
}

// text is the first column of the first row that a query finds, as text.
func (w *logWorld) text(query string, args ...any) string {
	w.t.Helper()
	var s string
	if err := w.DB.Writer().NewRaw(query, args...).Scan(context.Background(), &s); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return s
}

// lines is how many audit lines say that.
func (w *logWorld) lines(action string) int {
	w.t.Helper()
	return w.Count("audit_lines", "action = '"+action+"'")
}

// refused sends a form that must not be taken, and looks that nothing was written.
func (w *logWorld) refused(b *apptest.Browser, path string, status int, pairs ...string) {
	w.t.Helper()
	before := w.Count("audit_lines")
	b.Post(path, apptest.Form(pairs...)).Want(status)
	if after := w.Count("audit_lines"); after != before {
		w.t.Errorf("%s: refused with %d, and %d lines were written", path, status, after-before)
	}
}

// second is another process on the same database, with work in the background.
func (w *logWorld) second() *apptest.Portal {
	w.t.Helper()
	other := w.Second()
	other.Start()
	return other
}

func TestLogPages_AreForAdministratorsAndAuditorsOnly(t *testing.T) {
	w := openLogs(t)
	user, auditor := w.As("Uwe User", "user"), w.As("Audra Auditor", "auditor")
	for path, forAuditor := range map[string]bool{
		"/admin": false, "/admin/audit": true, "/admin/sessions": false, "/admin/sessions/end": false,
		"/admin/categories": false, "/admin/categories/new": false, "/admin/caches": false, "/admin/jobs": false, "/admin/jobs/audit.verify": false,
		"/admin/settings": false, "/admin/settings/environment": false,
	} {
		w.admin.Get(path).Want(http.StatusOK)
		user.Get(path).Want(http.StatusForbidden)
		want := http.StatusForbidden
		if forAuditor {
			want = http.StatusOK
		}
		auditor.Get(path).Want(want)
	}
	if a := auditor.Get("/"); !strings.Contains(a.Body, `href="/admin/audit"`) || strings.Contains(a.Body, `href="/admin/settings"`) {
		t.Error("the auditor's menu has not the audit log alone")
	}
	w.refused(user, "/admin/audit/lines.csv", http.StatusForbidden)
	w.refused(user, "/admin/audit/verify", http.StatusForbidden)
	auditor.Post("/admin/audit/lines.csv", nil).Want(http.StatusOK, "Line,Time (UTC)")
	for _, path := range []string{"/admin/sessions/end", "/admin/sessions/1/end", "/admin/sessions/person/1/end", "/admin/categories", "/admin/caches/clear", "/admin/caches/warm", "/admin/jobs/auth.sweep/run", "/admin/settings/portal.name"} {
		w.refused(user, path, http.StatusForbidden)
		w.refused(auditor, path, http.StatusForbidden)
	}
}

// Pages run no query for each row, and few in all.
func TestLogPages_RunFewQueries(t *testing.T) {
	count := func(many int) map[string]int {
		w := openLogs(t)
		for i := range many {
			w.Person(strings.Repeat("P", i%20+1)+" Person", "user")
			w.Exec("INSERT INTO audit_lines (user_name, address, request_id, action, kind, thing_id, title, fields, created_at) VALUES ('x', '', '', 'y', 'z', ?, '', '[]', ?)", i, w.DB.Now())
			w.Exec("INSERT INTO menu_categories (name, icon, description, weight, version, updated_at) VALUES (?, '', '', ?, 1, ?)", strings.Repeat("c", i+1), i, w.DB.Now())
		}
		all := map[string]int{}
		for _, path := range []string{"/admin", "/admin/audit", "/admin/sessions", "/admin/sessions/end", "/admin/categories", "/admin/caches", "/admin/jobs", "/admin/jobs/audit.verify", "/admin/settings", "/admin/settings/environment"} {
			w.Cache.Clear("")
			all[path] = len(w.Queries(func() { w.admin.Get(path).Want(http.StatusOK) }))
		}
		return all
	}
	few, many := count(2), count(30)
	for path, n := range many {
		t.Logf("%-30s %d", path, n)
		if few[path] != n {
			t.Errorf("%s: %d queries with few rows, %d with many", path, few[path], n)
		}
		// Two of them are the session's and the viewer's, with empty caches.
		if n > 6+2+4 || path != "/admin" && n > 6+2 {
			t.Errorf("%s: %d queries", path, n)
		}
	}
}
