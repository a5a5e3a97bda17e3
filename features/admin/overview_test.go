package admin

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/config"
	"portal/app/feature"
)

func TestOverview_NamesMailsThatFailed(t *testing.T) {
	w := openLogs(t)
	insert := "INSERT INTO mails (event, kind, recipient, subject, body, secret, state, tries, next_at, error, message_id, created_at) VALUES (?, 'test', 'ada@example.org', 'x', '[]', FALSE, ?, 1, ?, 'no', 'x', ?)"
	w.Exec(insert, "one", "waiting", w.DB.Now(), w.DB.Now())
	if a := w.admin.Get("/admin").Want(http.StatusOK); strings.Contains(a.Body, "could not be sent") {
		t.Error("a mail that waits has failed")
	}
	w.Exec(insert, "two", "failed", w.DB.Now(), w.DB.Now())
	w.admin.Get("/admin").Want(http.StatusOK, "1 mail could not be sent.", `href="/admin/outbox?state=failed"`)
}

func TestOverview_NamesWhoLacksASecondFactor(t *testing.T) {
	w := openLogs(t)
	bob := w.Person("Bob Admin", "admin")
	w.Person("Una User", "user")
	a := w.admin.Get("/admin").Want(http.StatusOK, "2 administrators have no second factor")
	if strings.Contains(a.Body, "roles require a second factor") {
		t.Error("no role requires one")
	}
	w.Exec("INSERT INTO second_factors (user_id, secret, last_step, created_at) VALUES (?, 'x', 0, ?)", bob.ID, w.DB.Now())
	w.admin.Get("/admin").Want(http.StatusOK, "1 administrator has no second factor")
	w.Exec("UPDATE roles SET second_factor = TRUE WHERE name = 'user'")
	access, err := auth.LoadAccess(w.Context(), w.DB.Read)
	if err != nil {
		t.Fatal(err)
	}
	w.Gate.Set(access)
	w.admin.Get("/admin").Want(http.StatusOK, "Of those whose roles require a second factor, 1 has none yet, and sets one up at the next sign-in.")
}

func TestOverview_NamesBackupsThatAreNotMade(t *testing.T) {
	var dir string
	p := apptest.With(t, apptest.Options{Features: []feature.New{New}, Config: func(c *config.Config) { c.BackupEvery, dir = 24*time.Hour, c.DataDir }})
	admin := p.As("Ada Admin", "admin")
	admin.Get("/admin").Want(http.StatusOK, "There is no backup yet, though PORTAL_BACKUP_EVERY asks for them.")
	name := func(at time.Time) string {
		return filepath.Join(dir, "backups", "portal-"+at.UTC().Format("20060102T150405.000Z")+".zip")
	}
	if err := os.MkdirAll(filepath.Join(dir, "backups"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name(p.DB.Now().AddDate(0, 0, -3)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	admin.Get("/admin").Want(http.StatusOK, "The newest backup is of ", "older than PORTAL_BACKUP_EVERY asks for")
	if err := os.WriteFile(name(p.DB.Now().Add(-time.Hour)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if a := admin.Get("/admin").Want(http.StatusOK); strings.Contains(a.Body, "PORTAL_BACKUP_EVERY") {
		t.Error("a backup of an hour ago is too old")
	}
}

// Pages of who runs the portal take at most six queries when nothing is cached, however many rows there are.
func TestQueries_OfTheDashboardAndTheAuditLog(t *testing.T) {
	w := openLogs(t)
	w.admin.Get("/admin")
	for _, many := range []int{0, 300} {
		for i := range many {
			w.Exec("INSERT INTO audit_lines (user_name, address, request_id, action, kind, thing_id, title, fields, created_at) VALUES ('', '', '', ?, 'x', 1, '', '[]', ?)", "did "+itoa(int64(i)), w.DB.Now())
		}
		for _, path := range []string{"/admin", "/admin/audit"} {
			w.Cache.Clear("")
			if err := w.Warm(w.Context()); err != nil {
				t.Fatal(err)
			}
			said := w.Queries(func() { w.admin.Get(path).Want(http.StatusOK) })
			if len(said) > 6+1 { // the bell's count is cold too
				t.Errorf("%s: %d queries\n%s", path, len(said), strings.Join(said, "\n"))
			}
		}
	}
}
