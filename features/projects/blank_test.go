package projects

import (
	"net/http"
	"testing"

	"portal/app/apptest"
)

// A name of blanks is a link that nobody can see or click.
func TestNames_AreMoreThanBlanks(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	w.task(p, "Label the racks", nil)
	b := w.As("Lea Lead")
	for path, name := range map[string]string{
		"/projects": "name", p.Path() + "/tasks": "name", p.Path() + "/milestones": "name",
		p.Path() + "/tasks/1/field/name": "name", p.Path() + "/comments": "text", p.Path() + "/tasks/1/todos": "text",
	} {
		w.Untouched(func() {
			b.Post(path, apptest.Form(name, " \t\u00a0", "version", "1", "status", id(w.status("To do")), "priority", id(w.priority("Medium")), "lead", "0", "assignee", "0")).
				Want(http.StatusUnprocessableEntity, "This is needed.")
		})
	}
}
