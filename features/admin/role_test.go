package admin_test

import (
	"fmt"
	"net/http"
	"regexp"
	"testing"

	"portal/app/apptest"
)

var roleVersion = regexp.MustCompile(`name="version" value="(\d+)"`)

// role makes a role and gives its address.
func (w userWorld) role(pairs ...string) string {
	w.t.Helper()
	return w.admin.Post("/admin/roles", apptest.Form(pairs...)).Want(http.StatusSeeOther).Location()
}

func TestRoles_AreMadeChangedAndDeleted(t *testing.T) {
	w := openUsers(t)
	path := w.role("name", "shift lead", "notes", "Leads a shift", "icon", "flag", "includes", "user", "second_factor", "1")
	a := w.admin.Get(path).Want(http.StatusOK, "shift lead", "Leads a shift", "Nobody holds this role")
	w.admin.Get("/admin/roles").Want(http.StatusOK, "shift lead", "Needed", "1–5 of 5 roles")
	w.admin.Get("/admin/roles?q=shift").Want(http.StatusOK, "1–1 of 1 role")
	w.admin.Fragment("GET", "/admin/roles?q=xyz", "list", nil).Want(http.StatusOK, "No role fits").Lacks("<html")
	version := roleVersion.FindStringSubmatch(a.Body)[1]
	w.admin.Post(path, apptest.Form("name", "head of shift", "includes", "manager", "version", version)).Want(http.StatusSeeOther)
	w.same("an old version", func() {
		w.admin.Post(path, apptest.Form("name", "other", "version", version)).Want(http.StatusConflict, "Somebody else changed the role head of shift")
	})
	w.Person("Tom", "head of shift")
	tom := w.As("Tom")
	tom.Get("/projects/new").Want(http.StatusOK) // by manager, which includes user
	again := w.admin.Get(path+"/delete").Want(http.StatusOK, "Members who lose it: 1.", "This can't be undone")
	w.admin.Post(path+"/delete", apptest.Form("version", roleVersion.FindStringSubmatch(again.Body)[1])).Want(http.StatusSeeOther)
	tom.Get("/projects/new").Want(http.StatusForbidden)
	w.admin.Get(path).Want(http.StatusNotFound)
}

func TestRoles_AreRefusedAtTheField(t *testing.T) {
	w := openUsers(t)
	path := w.role("name", "lead", "includes", "manager")
	for field, form := range map[string][]string{
		"name": {"name", "Lead"}, "includes": {"name", "x", "includes", "king"},
	} {
		w.same(field, func() {
			w.admin.Post("/admin/roles", apptest.Form(form...)).Want(http.StatusUnprocessableEntity, `id="`+field+`-error"`)
		})
	}
	w.same("taken", func() {
		w.admin.Post("/admin/roles", apptest.Form("name", "lead")).Want(http.StatusUnprocessableEntity, "There is a role lead already.")
	})
	w.same("a loop", func() {
		w.admin.Post(path, apptest.Form("name", "lead", "includes", "lead", "version", "1")).Want(http.StatusUnprocessableEntity, "lead includes lead")
	})
	admin := fmt.Sprintf("/admin/roles/%d", w.Gate.Access().RoleID("admin"))
	w.same("a built-in role", func() {
		w.admin.Post(admin, apptest.Form("name", "root", "version", "1")).Want(http.StatusUnprocessableEntity)
		w.admin.Get(admin + "/delete").Want(http.StatusConflict)
		w.admin.Post(admin+"/delete", apptest.Form("version", "1")).Want(http.StatusConflict, "comes with the portal")
	})
}

// A loop over three is named whole, and what else the form says is not written either.
func TestRoles_ALoopLeavesTheRoleAsItWas(t *testing.T) {
	w := openUsers(t)
	first := w.role("name", "first", "notes", "As it was")
	w.role("name", "second", "includes", "first")
	w.role("name", "third", "includes", "second")
	w.same("a loop", func() {
		w.admin.Post(first, apptest.Form("name", "renamed", "notes", "Another", "includes", "third", "includes", "user", "version", "1")).
			Want(http.StatusUnprocessableEntity, "That would be a loop: first includes third includes second includes first.", `value="renamed"`)
	})
	w.admin.Get(first).Want(http.StatusOK, `value="first"`, "As it was")
}

func TestRoles_MembersComeAndGo(t *testing.T) {
	w := openUsers(t)
	tom := w.Person("Tom")
	path := fmt.Sprintf("/admin/roles/%d", w.Gate.Access().RoleID("auditor"))
	w.admin.Post(path+"/members", apptest.Form("user", fmt.Sprint(tom.ID), "until", "2026-12-31", "reason", "Audit")).Want(http.StatusSeeOther)
	w.admin.Get(path).Want(http.StatusOK, "Tom", "Thu 31 Dec 2026", "Audit", "1–1 of 1 member")
	w.same("nobody", func() {
		w.admin.Post(path+"/members", apptest.Form("user", "999")).Want(http.StatusUnprocessableEntity, `id="user-error"`)
		w.admin.Post(path+"/members", apptest.Form("user", fmt.Sprint(tom.ID), "until", "2020-01-01")).Want(http.StatusUnprocessableEntity, `id="until-error"`)
	})
	w.admin.Post(path+"/members/revoke", apptest.Form("user", fmt.Sprint(tom.ID))).Want(http.StatusSeeOther)
	w.admin.Get(path).Want(http.StatusOK, "Nobody holds this role")
	own := fmt.Sprintf("/admin/roles/%d", w.Gate.Access().RoleID("admin"))
	w.same("the last administrator", func() {
		w.admin.Post(own+"/members/revoke", apptest.Form("user", fmt.Sprint(w.admin.User.ID))).Want(http.StatusConflict, "This is the last administrator")
	})
}

func TestRoles_GridSaysWhatEachMayUse(t *testing.T) {
	w := openUsers(t)
	a := w.admin.Get("/admin/roles/grid?open=projects").Want(http.StatusOK, "Make and change projects", `href="/admin/routes?q=projects.project.edit"`)
	row := regexp.MustCompile(`(?s)Make and change projects\s*</th>(.*?)</tr>`).FindStringSubmatch(a.Body)
	if row == nil {
		t.Fatal(a.Body)
	}
	var cells []string
	for _, m := range regexp.MustCompile(`grid-cell grid-(\w+)"`).FindAllStringSubmatch(row[1], -1) {
		cells = append(cells, m[1])
	}
	if got := fmt.Sprint(cells); got != "[all none all all]" { // admin, auditor, manager, user
		t.Error(got)
	}
	w.admin.Get("/admin/roles/grid").Want(http.StatusOK).Lacks("Make and change projects")
}
