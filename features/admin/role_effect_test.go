package admin_test

import (
	"net/http"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
)

func TestRoles_AChangeOfWhatIsIncludedShowsWhoGainsAndLosesFirst(t *testing.T) {
	w := openUsers(t)
	path := w.role("name", "lead", "includes", "user")
	w.Person("Tom Lead", "lead")
	tom := w.As("Tom Lead")
	form := apptest.Form("name", "lead", "notes", "Leads <all>", "icon", "flag", "second_factor", "1", "version", "1")
	var asked apptest.Answer
	w.same("shown first", func() {
		asked = w.admin.Post(path, form).Want(http.StatusOK, "Change the role lead", "1 person loses access", "Tom Lead", "projects.project.edit.new",
			"<del>user</del>", "<ins>no other role</ins>", `name="confirmed"`, `href="`+path+`"`)
	})
	tom.Get("/projects/new").Want(http.StatusOK)
	again := confirming(asked, "")
	delete(again, "_confirm")
	w.admin.Post(path, again).Want(http.StatusSeeOther)
	tom.Get("/projects/new").Want(http.StatusForbidden)
	w.admin.Get(path).Want(http.StatusOK, "Leads &lt;all&gt;", `value="flag" selected`, `name="second_factor" value="1" checked`)
	w.admin.Post(path, apptest.Form("name", "lead", "includes", "admin", "version", "2")).Want(http.StatusOK, "1 person gains access", "Tom Lead")
}

func TestRoles_WhatAltersNobodysAccessIsSavedAtOnce(t *testing.T) {
	w := openUsers(t)
	path := w.role("name", "lead", "includes", "manager")
	w.Person("Tom Lead", "lead", "admin")
	w.admin.Post(path, apptest.Form("name", "lead", "notes", "x", "includes", "manager", "version", "1")).Want(http.StatusSeeOther)
	w.admin.Post(path, apptest.Form("name", "lead", "version", "2")).Want(http.StatusSeeOther) // Tom administrates the portal
}

func TestRoles_WhatIsRefusedIsRefusedBeforeAnythingIsShown(t *testing.T) {
	w := openUsers(t)
	path := w.role("name", "lead", "includes", "user")
	w.Person("Tom Lead", "lead")
	w.same("refused", func() {
		w.admin.Post(path, apptest.Form("name", "lead", "version", "9")).Want(http.StatusConflict, "Somebody else changed the role lead")
		w.admin.Post(path, apptest.Form("name", "lead", "includes", "king", "version", "1")).Want(http.StatusUnprocessableEntity, `id="includes-error"`)
		w.admin.Post("/admin/roles/999", apptest.Form("name", "lead", "version", "1")).Want(http.StatusNotFound)
		w.admin.Post(path, apptest.Form("name", "lead", "version", "9", "confirmed", "1")).Want(http.StatusConflict)
	})
}

func TestRoles_DeletingOneShowsWhoLosesWhat(t *testing.T) {
	w := openUsers(t)
	path := w.role("name", "lead", "includes", "user")
	w.role("name", "head", "includes", "lead")
	w.Person("Tom Lead", "lead")
	w.Person("Hedda Head", "head")
	w.Person("Una User", "user", "lead")
	_, err := w.Mappings.Save(w.Context(), []auth.MappingEdit{{Node: "admin.audit.see", Version: auth.AnyVersion, Who: &auth.Who{Audience: auth.ForRoles, Roles: []string{"admin", "lead"}}}})
	w.must(err)
	a := w.admin.Get(path+"/delete").Want(http.StatusOK, "3 people lose access", "Tom Lead", "Hedda Head", "Una User", "admin.audit.see.list", "projects.project.edit.new")
	una := w.As("Una User")
	una.Get("/admin/audit").Want(http.StatusOK)
	w.admin.Post(path+"/delete", apptest.Form("version", roleVersion.FindStringSubmatch(a.Body)[1])).Want(http.StatusSeeOther)
	una.Get("/admin/audit").Want(http.StatusForbidden)
	una.Get("/projects/new").Want(http.StatusOK)
	for _, name := range []string{"Tom Lead", "Hedda Head"} {
		w.As(name).Get("/projects/new").Want(http.StatusForbidden)
	}
}

func TestRoles_CellsOfTheGridLeadToTheirRowsOfTheMappings(t *testing.T) {
	w := openUsers(t)
	w.admin.Get("/admin/roles/grid?open=projects").Want(http.StatusOK, `href="/admin/routes?q=projects.project.edit&amp;role=user"`,
		`href="/admin/routes?feature=projects&amp;role=auditor"`, `href="/admin/routes?q=projects.project.edit"`)
	w.admin.Get("/admin/routes?q=projects.project.edit&role=user").Want(http.StatusOK, "projects.project.edit.new").Lacks("No route fits")
	w.admin.Get("/admin/routes?feature=projects&role=auditor").Want(http.StatusOK, "projects.project.see.list").Lacks("projects.project.edit.new")
}
