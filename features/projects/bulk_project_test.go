package projects

import (
	"net/http"
	"testing"

	"portal/app/apptest"
)

func TestBulk_ProjectsChangeTogetherAndComeBackAsOne(t *testing.T) {
	w := open(t)
	one, two := w.project("One", "Lea Lead", nil), w.project("Two", "Lea Lead", nil)
	other := w.project("Other", "Stan Stranger", nil)
	closed := w.project("Closed Room", "Stan Stranger", func(f *projectForm) { f.Private = true })
	b := w.As("Lea Lead")
	for _, c := range []struct{ name, value, sql, want, was string }{
		{"set_priority", id(w.priority("High")), "priority_id", id(w.priority("High")), id(w.priority("Medium"))},
		{"set_status", id(w.status("Done")), "status_id", id(w.status("Done")), id(w.status("To do"))},
		{"set_lead", id(b.User.ID), "lead_id", id(b.User.ID), id(b.User.ID)},
		{"do", "archive", "archived_at IS NOT NULL", "1", "0"}, {"do", "trash", "deleted_at IS NOT NULL", "1", "0"},
	} {
		f := apptest.Form(c.name, c.value)
		for _, p := range []Project{one, two, other, closed} {
			f.Add("project", id(p.ID))
		}
		if c.name == "set_lead" { // it is theirs already
			b.Post("/projects/several", f).Want(http.StatusConflict, "Nothing was changed")
			continue
		}
		to := b.Post("/projects/several", f).Want(http.StatusSeeOther).Location()
		b.Get(to).Want(200, "2 "+map[string]string{"archive": "archived", "trash": "in the trash"}[c.value], "2 refused", "lead and administrators", "There is no such project").Lacks("Closed Room")
		for _, p := range []Project{one, two} {
			if got := w.text("SELECT "+c.sql+" FROM projects WHERE id = ?", p.ID); got != c.want {
				t.Errorf("%s: %s is %s", c.name, p.Name, got)
			}
		}
		if got := w.text("SELECT "+c.sql+" FROM projects WHERE id = ?", other.ID); got != c.was {
			t.Errorf("%s: another's project is %s", c.name, got)
		}
		undo := "/projects/several/" + w.lastAct() + "/undo"
		w.As("Stan Stranger").Post(undo, nil).Want(http.StatusNotFound)
		b.Post(undo, nil).Want(http.StatusSeeOther)
		for _, p := range []Project{one, two} {
			if got := w.text("SELECT "+c.sql+" FROM projects WHERE id = ?", p.ID); got != c.was {
				t.Errorf("%s taken back: %s is %s", c.name, p.Name, got)
			}
		}
		b.Post(undo, nil).Want(http.StatusNotFound)
	}
	before := w.kept()
	b.Post("/projects/several", apptest.Form("do", "trash")).Want(http.StatusUnprocessableEntity, "Tick the projects first.")
	b.Post("/projects/several", apptest.Form("project", id(one.ID), "set_status", "77")).Want(http.StatusUnprocessableEntity, "Choose a status")
	b.Post("/projects/several", apptest.Form("project", id(other.ID), "set_status", "1")).Want(http.StatusConflict)
	if w.kept() != before {
		t.Error("a refused act wrote")
	}
}
