package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
)

func TestS36_AnAdministratorKeepsTheirOwnRoleAndAccount(t *testing.T) {
	w := openUsers(t)
	w.Person("Bob", "admin")
	w.same("one's own", func() {
		w.admin.Post(w.path("Ada Admin", "/lock"), nil).Want(http.StatusConflict, "lock your own account")
		w.admin.Post(w.path("Ada Admin", "/roles/revoke"), apptest.Form("role", "admin")).Want(http.StatusConflict, "your own role of administrator")
		w.admin.Post(w.path("Ada Admin", "/roles"), apptest.Form("role", "admin", "until", "2026-12-31")).Want(http.StatusConflict)
	})
	w.admin.Post("/admin/users/many", apptest.Form("do", "lock", "user", fmt.Sprint(w.admin.User.ID), "user", fmt.Sprint(w.Person("Bob").ID), "user", "999")).
		Want(http.StatusOK, "1 user: locked, 2 refused", "lock your own account", "There is no account 999.")
	if w.user("Bob").LockedAt == nil || w.user("Ada Admin").LockedAt != nil {
		t.Error("the wrong ones are locked")
	}
}

func TestUsers_ManyAtOnce(t *testing.T) {
	w := openUsers(t)
	tom, eva := w.As("Tom", "user"), w.As("Eva", "user")
	many := func(pairs ...string) apptest.Answer {
		return w.admin.Post("/admin/users/many", apptest.Form(append(pairs, "user", fmt.Sprint(tom.User.ID), "user", fmt.Sprint(eva.User.ID))...))
	}
	many("do", "end").Want(http.StatusSeeOther)
	tom.Get("/projects").Want(http.StatusSeeOther)
	many("do", "grant", "role", "auditor").Want(http.StatusSeeOther)
	if n := w.Count("user_roles"); n != 5 {
		t.Errorf("%d grants", n)
	}
	many("do", "revoke", "role", "auditor").Want(http.StatusSeeOther)
	many("do", "lock").Want(http.StatusSeeOther)
	many("do", "unlock", "back", "https://evil.test/").Want(http.StatusSeeOther)
	if w.user("Tom").LockedAt != nil {
		t.Error("Tom is still locked")
	}
	w.same("nothing chosen", func() {
		many("do", "").Want(http.StatusUnprocessableEntity)
		many("do", "grant").Want(http.StatusUnprocessableEntity, "Choose the role")
		w.admin.Post("/admin/users/many", apptest.Form("do", "lock")).Want(http.StatusUnprocessableEntity, "Nobody is ticked")
	})
}

func TestS04_ALockEndsEverythingAtOnce(t *testing.T) {
	w := openUsers(t)
	tom := w.As("Tom", "user")
	tom.Get("/projects").Want(http.StatusOK)
	w.admin.Post(w.path("Tom", "/lock"), apptest.Form("reason", "Has left")).Want(http.StatusSeeOther)
	tom.Get("/projects").Want(http.StatusSeeOther)
	if a := w.Visitor().SignIn("tom", apptest.Password); a.Status == http.StatusSeeOther {
		t.Error("Tom may sign in")
	}
	if n := w.Count("sign_ins", fmt.Sprint("user_id = ", tom.User.ID)); n != 0 {
		t.Errorf("%d sessions live on", n)
	}
	w.admin.Get(w.path("Tom", "")).Want(http.StatusOK, "Has left", "locked the account", "failed to sign in")
	w.admin.Post(w.path("Tom", "/unlock"), nil).Want(http.StatusSeeOther)
	if a := w.Visitor().SignIn("tom", apptest.Password); a.Status != http.StatusSeeOther {
		t.Error(a)
	}
}

func TestS24_AnAdministratorEndsSessions(t *testing.T) {
	w := openUsers(t)
	tom, again := w.As("Tom", "user"), w.As("Tom")
	all, err := w.Users.SignIns(w.Context(), tom.User.ID)
	if err != nil || len(all) != 2 {
		t.Fatal(len(all), err)
	}
	w.admin.Post(w.path("Tom", fmt.Sprintf("/sessions/%d/end", all[0].ID)), nil).Want(http.StatusSeeOther)
	if (tom.Get("/projects").Status == http.StatusOK) == (again.Get("/projects").Status == http.StatusOK) {
		t.Error("not exactly one session lives on")
	}
	w.admin.Post(w.path("Ada Admin", fmt.Sprintf("/sessions/%d/end", all[1].ID)), nil).Want(http.StatusNotFound)
	w.admin.Post(w.path("Tom", "/sessions/end"), nil).Want(http.StatusSeeOther)
	tom.Get("/projects").Want(http.StatusSeeOther)
	again.Get("/projects").Want(http.StatusSeeOther)
}

func TestUsers_UnknownOnesAreNotFound(t *testing.T) {
	w := openUsers(t)
	for _, r := range w.Routes {
		if !strings.HasPrefix(r.Name, "admin.user.") && !strings.HasPrefix(r.Name, "admin.role.") || !strings.Contains(r.Path, ":id<int>") {
			continue
		}
		path := strings.NewReplacer(":id<int>", "999", ":session<int>", "1").Replace(r.Path)
		w.same(r.Name, func() {
			if r.Method == http.MethodGet {
				w.admin.Get(path).Want(http.StatusNotFound)
				return
			}
			form := apptest.Form("username", "x", "name", "x", "role", "user", "user", fmt.Sprint(w.admin.User.ID), "to", fmt.Sprint(w.admin.User.ID), "version", "1")
			w.admin.Post(path, form).Want(http.StatusNotFound)
		})
	}
}

func TestS81_OnlyAdministratorsSeeOthersAddresses(t *testing.T) {
	w := openUsers(t)
	if _, err := w.Users.Create(w.Context(), auth.NewUser{Username: "eva", Name: "Eva", Email: "eva@secret.example", Phone: "0815-4711", EmployeeNumber: "EMP-77", Roles: []string{"user"}}); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{"user", "manager", "auditor"} {
		b := w.As("One "+role, role)
		for _, r := range w.Routes {
			if r.Stream || strings.Contains(r.Path, ":token") {
				continue
			}
			path := strings.NewReplacer(":id<int>", "1", ":session<int>", "1").Replace(r.Path)
			if strings.HasPrefix(r.Name, "admin.user.") || strings.HasPrefix(r.Name, "admin.role.") {
				w.same(r.Name+" as "+role, func() {
					if r.Method == http.MethodGet {
						b.Get(path).Want(http.StatusForbidden)
					} else {
						b.Post(path, nil).Want(http.StatusForbidden)
					}
				})
			} else if r.Method == http.MethodGet && !strings.Contains(path, ":") && r.Feature != "admin" {
				b.Get(path).Lacks("eva@secret.example", "0815-4711", "EMP-77")
			}
		}
	}
}

func TestUsers_WhoIsNoAdministratorNeitherMakesOneNorTakesAnothersPlace(t *testing.T) {
	w := openUsers(t)
	help := w.role("name", "helpdesk", "includes", "user")
	for _, node := range []string{"admin.user.see", "admin.user.edit", "admin.role.see", "admin.role.edit"} {
		w.Exec("INSERT INTO route_mapping_roles (mapping_id, role_id) SELECT m.id, r.id FROM route_mappings AS m, roles AS r WHERE m.node = ? AND r.name = 'helpdesk'", node)
	}
	access, err := auth.LoadAccess(w.Context(), w.DB.Read)
	if err != nil {
		t.Fatal(err)
	}
	w.Gate.Set(access)
	hal, tom := w.As("Hal", "helpdesk"), w.Person("Tom", "user")
	w.Person("Bob", "admin")
	ada, admin := fmt.Sprint(w.admin.User.ID), fmt.Sprintf("/admin/roles/%d", w.Gate.Access().RoleID("admin"))
	session := fmt.Sprintf("/sessions/%d/end", 1)
	for path, form := range map[string][]string{
		w.path("Ada Admin", "/link"): nil, w.path("Ada Admin", "/lock"): nil, w.path("Ada Admin", "/sessions/end"): nil, w.path("Ada Admin", session): nil,
		w.path("Ada Admin", ""):              {"username", "ada", "name", "Ada", "version", "1"},
		w.path("Ada Admin", "/roles/revoke"): {"role", "admin"},
		w.path("Tom", "/roles"):              {"role", "admin"},
		w.path("Hal", "/roles"):              {"role", "admin", "until", "2026-12-31"},
		"/admin/users":                       {"username", "x", "name", "X", "roles", "admin"},
		admin + "/members":                   {"user", fmt.Sprint(tom.ID)},
		admin + "/members/revoke":            {"user", ada},
		admin:                                {"name", "admin", "version", "1", "second_factor", "1"},
		"/admin/roles":                       {"name", "x", "includes", "admin"},
		help:                                 {"name", "helpdesk", "includes", "admin", "version", "1"},
	} {
		w.same(path, func() { hal.Post(path, apptest.Form(form...)).Want(http.StatusForbidden) })
	}
	w.same("a file", func() {
		plan, err := w.Users.PlanImport(w.Context(), []byte("username,roles\ntom,admin\n"))
		if err != nil {
			t.Fatal(err)
		}
		hal.Post("/admin/users/import/do", apptest.Form("sum", plan.Sum, "text", "username,roles\ntom,admin\n")).Want(http.StatusForbidden)
	})
	hal.Post("/admin/users/many", apptest.Form("do", "lock", "user", ada, "user", fmt.Sprint(tom.ID))).Want(http.StatusOK, "1 refused", "administrator&#39;s")
	if w.user("Ada Admin").LockedAt != nil || w.user("Tom").LockedAt == nil {
		t.Error("the wrong one is locked")
	}
	hal.Post(w.path("Tom", "/roles"), apptest.Form("role", "auditor")).Want(http.StatusSeeOther)
}
