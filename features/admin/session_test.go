package admin

import (
	"fmt"
	"net/http"
	"testing"

	"portal/app/apptest"
)

// sessionOf is the id of a live session of the person, the latest.
func (w *logWorld) sessionOf(b *apptest.Browser) string {
	w.t.Helper()
	return w.text("SELECT CONCAT(MAX(id), '') FROM sign_ins WHERE user_id = ?", b.User.ID)
}

func TestS24_AnAdministratorEndsOneSession(t *testing.T) {
	w := openLogs(t)
	user := w.As("Uwe User", "user")
	user.Get("/").Want(http.StatusOK)
	other := w.Second()
	id := w.sessionOf(user)
	w.admin.Get("/admin/sessions").Want(http.StatusOK, "Uwe User", "This one")
	w.admin.Post("/admin/sessions/"+id+"/end", nil).Want(http.StatusSeeOther)
	if a := user.Get("/"); a.Status != http.StatusSeeOther {
		t.Errorf("the ended session goes on: %s", a)
	}
	_ = other // what was open in another process reads the same rows
	w.admin.Get("/").Want(http.StatusOK)
	if w.lines("ended a session") != 1 {
		t.Error("it is not in the log")
	}
	w.refused(w.admin, "/admin/sessions/"+id+"/end", http.StatusNotFound)
}

func TestS24_AllSessionsOfAPersonEnd(t *testing.T) {
	w := openLogs(t)
	one, two, other := w.As("Uwe User", "user"), w.As("Uwe User", "user"), w.As("Vera User", "user")
	w.admin.Get(fmt.Sprintf("/admin/sessions/end?user=%d", one.User.ID)).Want(http.StatusOK, "2 sessions will end", "Uwe User")
	w.admin.Post(fmt.Sprintf("/admin/sessions/person/%d/end", one.User.ID), nil).Want(http.StatusSeeOther)
	for _, b := range []*apptest.Browser{one, two} {
		if a := b.Get("/"); a.Status != http.StatusSeeOther {
			t.Errorf("an ended session goes on: %s", a)
		}
	}
	other.Get("/").Want(http.StatusOK)
	w.refused(w.admin, "/admin/sessions/person/99999/end", http.StatusNotFound)
}

func TestS24_AllEndButTheOneThatAsks(t *testing.T) {
	w := openLogs(t)
	one, two := w.As("Uwe User", "user"), w.As("Vera User", "user")
	w.admin.Get("/admin/sessions/end").Want(http.StatusOK, "2 sessions will end")
	w.admin.Post("/admin/sessions/end", nil).Want(http.StatusSeeOther)
	for _, b := range []*apptest.Browser{one, two} {
		if a := b.Get("/"); a.Status != http.StatusSeeOther {
			t.Errorf("an ended session goes on: %s", a)
		}
	}
	w.admin.Get("/admin/sessions").Want(http.StatusOK, "1 session").Lacks("Uwe User</span>")
	w.admin.Get("/admin/sessions/end").Want(http.StatusOK, "No other session is open").Lacks("End them")
	if w.lines("ended the sessions of everybody") != 1 || w.Count("sessions") != 1 {
		t.Error("the log or the storage does not say so")
	}
}

func TestS23_OneEndsAllOtherSessionsOfOnesOwn(t *testing.T) {
	w := openLogs(t)
	here, there, other := w.As("Uwe User", "user"), w.As("Uwe User", "user"), w.As("Vera User", "user")
	here.Get("/sessions").Want(http.StatusOK, "End all other sessions")
	other.Get("/sessions").Want(http.StatusOK).Lacks("End all other sessions")
	here.Post("/sessions/end-others", nil).Want(http.StatusSeeOther)
	if a := there.Get("/"); a.Status != http.StatusSeeOther {
		t.Errorf("the other session goes on: %s", a)
	}
	here.Get("/").Want(http.StatusOK)
	other.Get("/").Want(http.StatusOK)
}

func TestSessions_AreFilteredAndSorted(t *testing.T) {
	w := openLogs(t)
	u := w.As("Uwe User", "user")
	w.Exec("UPDATE sign_ins SET address = '10.1.1.1' WHERE user_id = ?", u.User.ID)
	w.admin.Fragment("GET", fmt.Sprintf("/admin/sessions?user=%d", u.User.ID), "list", nil).Want(http.StatusOK, "Uwe User", "1 session").Lacks("Ada Admin")
	w.admin.Fragment("GET", "/admin/sessions?address=10.1.1.1&sort=-began", "list", nil).Want(http.StatusOK, "Uwe User", "descending").Lacks("Ada Admin")
	w.admin.Get("/admin/sessions?address=none").Want(http.StatusOK, "No session fits")
}
