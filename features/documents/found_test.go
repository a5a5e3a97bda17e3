package documents

import (
	"net/http"
	"testing"
)

// What can be found is what each may read: nothing of private documents, nothing of texts that are not released.
func TestFound_OnlyWhatOneMayRead(t *testing.T) {
	w := open(t)
	d := w.document("Turbine manual", func(f *documentForm) { f.Content = "Loosen the **flange** first." })
	secret := w.document("Turbine contract", func(f *documentForm) { f.Private = true })
	draft := w.document("Turbine draft", func(f *documentForm) { f.Release = false })
	f := w.form(d.ID)
	f.Content, f.Release = "Loosen the gasket first.", false
	must[Document](t)(w.documents.Update(w.as("Olga Owner"), d.ID, f))
	owner, walt, reader := w.browser("Olga Owner"), w.browser("Walt Writer"), w.browser("Audra Auditor", "auditor")
	owner.Get("/search?q=turbine").Want(http.StatusOK, d.Path(), secret.Path(), draft.Path())
	walt.Get("/search?q=turbine").Want(http.StatusOK, d.Path(), draft.Path()).Lacks("contract", secret.Path())
	reader.Get("/search?q=turbine").Want(http.StatusOK, d.Path()).Lacks("contract", "Turbine draft")
	reader.Get("/search?q=flan").Want(http.StatusOK, d.Path())
	owner.Get("/search?q=gasket").Want(http.StatusOK).Lacks(d.Path() + "\"")
	must[Document](t)(w.documents.Decide(w.as("Olga Owner"), d.ID, decidedReleased, "", 2))
	reader.Get("/search?q=gasket").Want(http.StatusOK, d.Path())
	reader.Get("/search?q=flange").Want(http.StatusOK).Lacks(d.Path() + "\"")
	w.done(owner, d.Path()+"/delete")
	owner.Get("/search?q=gasket").Want(http.StatusOK).Lacks(d.Path() + "\"")
	w.done(owner, d.Path()+"/restore")
	reader.Get("/search?q=gasket").Want(http.StatusOK, d.Path())
	// Who loses a share finds no more.
	w.done(owner, secret.Path()+"/share", "user", id(w.id("Walt Writer")), "level", "read")
	walt.Get("/search?q=contract").Want(http.StatusOK, secret.Path())
	w.done(owner, secret.Path()+"/share/1/remove")
	walt.Get("/search?q=contract").Want(http.StatusOK).Lacks(secret.Path() + "\"")
	c := w.category("Closed", 0, true)
	w.Exec("UPDATE documents SET category_id = ? WHERE id = ?", c.ID, draft.ID)
	walt.Get("/search?q=turbine").Want(http.StatusOK).Lacks(draft.Path() + "\"")
}
