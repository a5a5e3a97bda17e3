package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/setting"
)

// eventually waits for what another process hears of within a quarter of a second.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if ok() {
			return
		}
	}
	t.Errorf("%s: not after ten seconds", what)
}

func (w *logWorld) set(name, was, value string) apptest.Answer {
	w.t.Helper()
	return w.admin.Post("/admin/settings/"+name, apptest.Form("was", was, "value", value))
}

func TestSettings_AreInForceAtTheNextRequest(t *testing.T) {
	w := openLogs(t)
	visitor := w.Visitor()
	visitor.Get("/login").Want(http.StatusOK, "<title>Sign in · Portal</title>", "Keep me signed in").Lacks("Maintenance")
	w.set("portal.name", "Portal", "Workshop").Want(http.StatusSeeOther)
	w.set("signin.notice", "", "Maintenance on <Friday>").Want(http.StatusSeeOther)
	w.set("signin.keep", "on", "off").Want(http.StatusSeeOther)
	w.set("portal.contact", "", "help@example.org").Want(http.StatusSeeOther)
	visitor.Get("/login").Want(http.StatusOK, "<title>Sign in · Workshop</title>", "Maintenance on &lt;Friday&gt;").Lacks("Keep me signed in")
	w.admin.Get("/").Want(http.StatusOK, ">Workshop</span>", "· Workshop</title>")
	w.admin.Get("/nowhere").Want(http.StatusNotFound, "mailto:help@example.org")
	visitor.Get("/.well-known/security.txt").Want(http.StatusOK, "Contact: mailto:help@example.org")
}

func TestSettings_KeepIsRefusedWhenItIsNotOffered(t *testing.T) {
	w := openLogs(t)
	w.set("signin.keep", "on", "off").Want(http.StatusSeeOther)
	u := w.As("Uwe User", "user")
	b := w.Visitor()
	b.Get("/login")
	a := b.Post("/login", apptest.Form("name", u.User.Username, "password", "wrong", "keep", "1"))
	if a.Status == http.StatusSeeOther || w.Count("sign_ins", "kept") != 0 {
		t.Errorf("kept without an offer: %s", a)
	}
}

func TestSettings_AreInForceInEveryProcess(t *testing.T) {
	w := openLogs(t)
	other := w.second()
	w.set("portal.name", "Portal", "Workshop").Want(http.StatusSeeOther)
	eventually(t, "the name in another process", func() bool { return setting.Name.Of(other.Settings) == "Workshop" })
}

func TestSettings_WrongOnesAreRefusedAtTheField(t *testing.T) {
	w := openLogs(t)
	for name, c := range map[string][2]string{
		"portal.name": {"Portal", ""}, "portal.zone": {"UTC", "Mars/Olympus"}, "signin.keep": {"on", "perhaps"},
		"audit.days": {"0", "-1"}, "activity.days": {"0", "many"}, "users.dormant": {"90", "1"}, "portal.contact": {"", strings.Repeat("x", 201)},
	} {
		w.refused(w.admin, "/admin/settings/"+name, http.StatusUnprocessableEntity, "was", c[0], "value", c[1])
	}
	w.refused(w.admin, "/admin/settings/portal.name", http.StatusConflict, "was", "Something else", "value", "Workshop")
	w.refused(w.admin, "/admin/settings/portal.nothing", http.StatusNotFound, "was", "", "value", "x")
	if w.Count("settings") != 0 {
		t.Error("something was kept")
	}
	w.admin.Fragment("POST", "/admin/settings/portal.zone", "setting-portal-zone", apptest.Form("was", "UTC", "value", "Mars/Olympus")).
		Want(http.StatusUnprocessableEntity, "Mars/Olympus", "There is no time zone")
}

func TestSettings_GoBackToTheDefault(t *testing.T) {
	w := openLogs(t)
	w.set("portal.name", "Portal", "Workshop").Want(http.StatusSeeOther)
	w.admin.Post("/admin/settings/portal.name", apptest.Form("was", "Workshop", "value", "Workshop", "reset", "1")).Want(http.StatusSeeOther)
	if w.Count("settings") != 0 || setting.Name.Of(w.Settings) != "Portal" {
		t.Error("it is not the default")
	}
}

func TestSettings_ZoneIsForPeopleWithoutOne(t *testing.T) {
	w := openLogs(t)
	w.set("portal.zone", "UTC", "Asia/Tokyo").Want(http.StatusSeeOther)
	w.admin.Get("/admin/audit").Want(http.StatusOK, "JST")
}

func TestS75_TheEnvironmentShowsNoSecret(t *testing.T) {
	w := openLogs(t)
	w.admin.Get("/admin/settings/environment").Want(http.StatusOK, "PORTAL_SECRET_KEY", "is set, and not shown", "Version").Lacks("only for tests")
	for in, out := range map[string]string{
		"mysql://portal:s3cret@db:3306/portal": "mysql://portal:(not shown)@db:3306/portal", "sqlite://data/portal.db": "sqlite://data/portal.db",
		"https://feed.example.org/x?token=s3cret": "https://feed.example.org/x?(not shown)", "mysql://portal:s3 %zz@db/portal": "not shown, since it can't be read",
	} {
		if got := maskURL(in); got != out || strings.Contains(got, "s3cret") {
			t.Errorf("%s is shown as %s", in, got)
		}
	}
}
