package admin

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
)

func TestJobs_RunNowMakesTheJobDue(t *testing.T) {
	w := openLogs(t)
	if err := w.RunJob(w.Context(), "auth.sweep"); err != nil {
		t.Fatal(err)
	}
	w.admin.Get("/admin/jobs").Want(http.StatusOK, "Remove sessions, links", "Well", "every 10 minutes", "in 10 minutes")
	a := w.admin.Fragment("POST", "/admin/jobs/auth.sweep/run", "job-auth-sweep", nil).Want(http.StatusOK, "Begins in a moment", `hx-get="/admin/jobs/auth.sweep/row"`)
	if strings.Contains(a.Body, "Run now") {
		t.Error("it can be asked for twice")
	}
	if w.lines("asked to run the job now") != 1 {
		t.Error("it is not in the log")
	}
	w.Start()
	eventually(t, "the job", func() bool { return w.Count("job_runs", "job = 'auth.sweep'") == 2 })
	w.refused(w.admin, "/admin/jobs/nothing/run", http.StatusNotFound)
}

func TestJobs_TimesReadAsPeopleSayThem(t *testing.T) {
	for d, want := range map[time.Duration]string{time.Second: "every second", 10 * time.Minute: "every 10 minutes", time.Hour: "every hour", 24 * time.Hour: "every day", 90 * time.Minute: "every 90 minutes"} {
		if got := jobEvery(d); got != want {
			t.Errorf("%s reads %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{0: "under 1 ms", 33 * time.Millisecond: "33 ms", 2340 * time.Millisecond: "2.3 s", 2 * time.Minute: "2m0s"} {
		if got := jobTook(d); got != want {
			t.Errorf("%d took %q, want %q", d, got, want)
		}
	}
	for bytes, want := range map[int64]string{83: "83 B", 1249: "1.2 kB", 22 << 10: "22 kB", 6000 << 10: "5.9 MB", 23 << 30: "23 GB"} {
		if got := sizeText(bytes); got != want {
			t.Errorf("%d bytes read %q, want %q", bytes, got, want)
		}
	}
}

func TestJobs_WhatRunsIsNotBegunAgain(t *testing.T) {
	w := openLogs(t)
	if err := w.RunJob(w.Context(), "auth.sweep"); err != nil {
		t.Fatal(err)
	}
	w.Exec("UPDATE jobs SET holder = 'elsewhere', held_until = ? WHERE name = 'auth.sweep'", w.DB.Now().Add(time.Minute))
	w.admin.Get("/admin/jobs").Want(http.StatusOK, "Running", "on process elsewhere")
	w.refused(w.admin, "/admin/jobs/auth.sweep/run", http.StatusConflict)
	if err := w.RunJob(w.Context(), "auth.sweep"); err == nil {
		t.Error("the command line ran it beside")
	}
}

func TestJobs_FailuresStandOutAndTheLastTwentyRunsAreKept(t *testing.T) {
	w := openLogs(t)
	for range 23 {
		w.Clock.Add(time.Minute)
		if err := w.RunJob(w.Context(), "auth.sweep"); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.Count("job_runs", "job = 'auth.sweep'"); n != 20 {
		t.Errorf("%d runs are kept", n)
	}
	w.Exec("UPDATE jobs SET error = 'the disk is full' WHERE name = 'auth.sweep'")
	w.admin.Get("/admin/jobs").Want(http.StatusOK, "Failed", "the disk is full")
	w.admin.Get("/admin/jobs/auth.sweep").Want(http.StatusOK, "the disk is full", "Process")
	w.admin.Get("/admin").Want(http.StatusOK, "the disk is full")
	w.admin.Get("/admin/jobs/nothing").Want(http.StatusNotFound)
}

func TestS80_RetentionRemovesOldActivityAndOldAuditLines(t *testing.T) {
	w := openLogs(t)
	w.set("audit.days", "0", "30").Want(http.StatusSeeOther)
	w.set("activity.days", "0", "30").Want(http.StatusSeeOther)
	lines, activity := w.Count("audit_lines"), w.Count("activities")
	w.Clock.Add(31 * 24 * time.Hour)
	if _, err := w.Audit.SealAll(w.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.RunJob(w.Context(), "audit.purge"); err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprintf("created_at < '%s'", w.DB.Now().Add(-30*24*time.Hour).Format("2006-01-02 15:04:05"))
	if lines == 0 || activity == 0 || w.Count("audit_lines", before) != 0 || w.Count("activities", before) != 0 {
		t.Error("old lines are left")
	}
	if v, err := w.Audit.Verify(w.Context(), nil); err != nil || !v.OK || v.Removed == 0 {
		t.Errorf("%+v, %v", v, err)
	}
}

func TestCaches_AreClearedInEveryProcess(t *testing.T) {
	w := openLogs(t)
	other := w.second()
	there := other.As("Ada Admin", "admin")
	there.Get("/admin/audit").Want(http.StatusOK)
	held := func() bool {
		for _, s := range other.Cache.Stats() {
			if s.Region == "admin.audit" {
				return s.Entries > 0
			}
		}
		return false
	}
	if !held() {
		t.Fatal("nothing is held to be cleared")
	}
	w.admin.Get("/admin/caches").Want(http.StatusOK, "admin.audit", "All regions")
	w.admin.Post("/admin/caches/clear", apptest.Form("region", "admin.audit")).Want(http.StatusSeeOther)
	eventually(t, "the cache of another process", func() bool { return !held() })
	w.admin.Post("/admin/caches/clear", nil).Want(http.StatusSeeOther)
	w.admin.Post("/admin/caches/warm", nil).Want(http.StatusSeeOther)
	w.refused(w.admin, "/admin/caches/clear", http.StatusNotFound, "region", "nothing")
	if w.lines("emptied the cache") != 2 {
		t.Error("it is not in the log")
	}
}

func TestOverview_WhatNeedsAttentionGoesWhenItIsMended(t *testing.T) {
	w := openLogs(t)
	w.Person("Second Admin", "admin")
	quiet := func(a apptest.Answer) { // they have no second factor, which is said; nothing else is
		t.Helper()
		a.Want(http.StatusOK, "Needs attention", "2 administrators have no second factor")
		if n := strings.Count(a.Body, `class="need`) - strings.Count(a.Body, `class="needs"`); n != 1 {
			t.Errorf("%d things need attention", n)
		}
	}
	quiet(w.admin.Get("/admin"))
	bare := w.Person("Bare Person", "user")
	w.Exec("DELETE FROM user_roles WHERE user_id = ?", bare.ID)
	w.Exec("INSERT INTO route_mappings (node, audience, title, icon, weight, shown, changed, version, updated_at) VALUES ('gone.route', 'anyone', '', '', 0, ?, ?, 1, ?)", false, false, w.DB.Now())
	for range signInBurst {
		w.Exec("INSERT INTO sign_in_failures (account_key, address_key, failed_at) VALUES ('x', 'y', ?)", w.DB.Now())
	}
	second := w.Second().As("Ada Admin", "admin")
	second.Get("/admin").Want(http.StatusOK, "1 account has no role", "gone.route", "30 sign-ins failed")
	w.Clock.Add(2 * time.Hour)
	w.Exec("DELETE FROM users WHERE id = ?", bare.ID)
	w.Exec("DELETE FROM route_mappings WHERE node = 'gone.route'")
	quiet(w.Second().As("Ada Admin", "admin").Get("/admin"))
}
