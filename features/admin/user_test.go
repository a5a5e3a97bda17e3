package admin_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
)

func TestUsers_ListFiltersSortsAndPages(t *testing.T) {
	w := openUsers(t)
	for i := range 30 {
		w.Person(fmt.Sprintf("Person %02d", i), "user")
	}
	w.Person("Zoe Roleless")
	if err := w.Users.Shut(w.Context(), w.Person("Person 03").ID, "Left"); err != nil {
		t.Fatal(err)
	}
	if err := w.Users.SetGrant(w.Context(), w.Person("Person 04").ID, "auditor", auth.Term{Until: "2026-12-31"}); err != nil {
		t.Fatal(err)
	}
	w.admin.Get("/admin/users").Want(http.StatusOK, "Ada Admin", "1–25 of 32 users", "Person 00").Lacks("Zoe Roleless")
	w.admin.Get("/admin/users?page=2").Want(http.StatusOK, "Zoe Roleless", "26–32 of 32 users")
	w.admin.Get("/admin/users?state=locked").Want(http.StatusOK, "Person 03", "1–1 of 1 user").Lacks("Person 04")
	w.admin.Get("/admin/users?state=no-role").Want(http.StatusOK, "Zoe Roleless", "1–1 of 1 user")
	w.admin.Get("/admin/users?role=auditor").Want(http.StatusOK, "Person 04", "31 Dec 2026", "1–1 of 1 user")
	w.admin.Get("/admin/users?q=person+07").Want(http.StatusOK, "Person 07", "1–1 of 1 user")
	w.admin.Get("/admin/users?q=nobody").Want(http.StatusOK, "No account fits")
	w.admin.Get("/admin/users?source=ldap").Want(http.StatusOK, "No account fits")
	last := w.admin.Get("/admin/users?sort=-name&size=100").Want(http.StatusOK).Body
	if strings.Index(last, "Zoe Roleless") > strings.Index(last, "Person 00") {
		t.Error("the list does not turn round")
	}
	w.admin.Fragment("GET", "/admin/users?q=zoe", "list", nil).Want(http.StatusOK, `<section id="list"`).Lacks("<html")
	w.Clock.Add(91 * 24 * time.Hour)
	w.Exec("UPDATE users SET last_sign_in_at = ? WHERE username = 'person.05'", w.DB.Now())
	again := w.As("Ada Admin")
	again.Get("/admin/users?state=dormant&size=100").Want(http.StatusOK, "Person 06").Lacks("Person 05", "Person 03")
	again.Get("/admin/users?role=auditor").Want(http.StatusOK, "No account fits") // its grant is over
}

func TestUsers_ListsRunAsManyQueriesForManyAsForFew(t *testing.T) {
	w := openUsers(t)
	count := func(path string) int {
		return len(w.Queries(func() { w.admin.Get(path).Want(http.StatusOK) }))
	}
	paths := []string{"/admin/users", "/admin/users/new", "/admin/users/import", w.path("Ada Admin", ""), w.path("Ada Admin", "/hand-over"),
		"/admin/users/export", "/admin/roles", "/admin/roles/1", "/admin/roles/grid?open=projects", "/admin/roles/new"}
	few := map[string]int{}
	for _, p := range paths {
		few[p] = count(p)
	}
	for i := range 60 {
		w.Person(fmt.Sprintf("Person %02d", i), "user", "admin")
	}
	for _, p := range paths {
		count(p) // the people are read anew
		n := count(p)
		if n > few[p] || n > 6 {
			t.Errorf("%s: %d queries with few rows, %d with many", p, few[p], n)
		}
	}
}

func TestUsers_ExportDefusesFormulas(t *testing.T) {
	w := openUsers(t)
	for i, name := range []string{"=1+1", "+1", "-1", "@x"} {
		if _, err := w.Users.Create(w.Context(), auth.NewUser{Username: fmt.Sprint("p", i), Name: name, Phone: "+49 30 1"}); err != nil {
			t.Fatal(err)
		}
	}
	a := w.admin.Get("/admin/users/export?q=p").Want(http.StatusOK, "'=1+1", "'+1", "'-1", "'@x", "'+49 30 1").Lacks(",=1", ",+1", ",-1", ",@x")
	if kind := a.Header.Get("Content-Type"); kind != "text/csv; charset=utf-8" {
		t.Error(kind)
	}
	if n := strings.Count(a.Body, "\n"); n != 5 {
		t.Errorf("%d lines", n)
	}
	w.admin.Get("/admin/users/export?q=nobody").Want(http.StatusOK).Lacks("Ada")
}

var setLink = regexp.MustCompile(`value="` + regexp.QuoteMeta(apptest.BaseURL) + `(/set-password/[^"]+)"`)

func TestUsers_NewUserGetsALinkThatWorksOnce(t *testing.T) {
	w := openUsers(t)
	a := w.admin.Post("/admin/users", apptest.Form("username", "maria", "name", "Maria Jung", "email", "maria@example.org", "phone", "12",
		"employee_number", "7", "zone", "Europe/Berlin", "roles", "user", "roles", "auditor")).Want(http.StatusOK, "Maria Jung")
	m := setLink.FindStringSubmatch(a.Body)
	if m == nil {
		t.Fatal(a.Body)
	}
	u, err := w.Users.ByName(w.Context(), "maria")
	if err != nil || u.Zone != "Europe/Berlin" || u.Phone != "12" || u.EmployeeNumber != "7" || w.Count("user_roles", fmt.Sprint("user_id = ", u.ID)) != 2 {
		t.Errorf("%+v, %v", u, err)
	}
	maria := w.Visitor()
	maria.Get(m[1]).Want(http.StatusOK)
	maria.Post(m[1], apptest.Form("password", apptest.Password, "again", apptest.Password)).Want(http.StatusSeeOther)
	maria.Get(m[1]).Want(http.StatusNotFound)
	if a := w.Visitor().SignIn("maria", apptest.Password); a.Status != http.StatusSeeOther {
		t.Error(a)
	}
	again := w.admin.Post(fmt.Sprintf("/admin/users/%d/link", u.ID), nil).Want(http.StatusOK, "/set-password/")
	if second := setLink.FindStringSubmatch(again.Body); second == nil || second[1] == m[1] {
		t.Error("there is no second link")
	}
}

func TestUsers_NewUserIsRefusedAtTheField(t *testing.T) {
	w := openUsers(t)
	for field, form := range map[string][]string{
		"username": {"username", "ADA.ADMIN", "name", "X"}, "name": {"username", "x", "name", ""}, "email": {"username", "x", "name", "X", "email", "no"},
		"zone": {"username", "x", "name", "X", "zone", "Mars/Base"}, "roles": {"username", "x", "name", "X", "roles", "king"},
		"phone": {"username", "x", "name", "X", "phone", strings.Repeat("1", 61)},
	} {
		w.same(field, func() {
			w.admin.Post("/admin/users", apptest.Form(form...)).Want(http.StatusUnprocessableEntity, `id="`+field+`-error"`)
		})
	}
}

func TestS39_ExtraFieldsOfAUserAreIgnored(t *testing.T) {
	w := openUsers(t)
	tom := w.Person("Tom", "user")
	w.admin.Post(w.path("Tom", "?id=1&name=Query"), apptest.Form("username", "tom", "name", "Tom", "version", fmt.Sprint(tom.Version), "phone", "5",
		"id", "99", "source", "ldap", "password_hash", "x", "roles", "admin", "locked_at", "2026-01-01", "created_at", "2020-01-01", "directory_id", "x")).
		Want(http.StatusSeeOther)
	u := w.user("Tom")
	if u.ID != tom.ID || u.Phone != "5" || u.Name != "Tom" || u.Source != "local" || u.PasswordHash != tom.PasswordHash || u.LockedAt != nil ||
		!u.CreatedAt.Equal(tom.CreatedAt) || u.DirectoryID != "" || w.Count("user_roles", fmt.Sprint("user_id = ", u.ID)) != 1 {
		t.Errorf("%+v", u)
	}
}

func TestUsers_ARenameKeepsHistoryAndSession(t *testing.T) {
	w := openUsers(t)
	tom := w.As("Tom", "user")
	w.admin.Post(w.path("Tom", ""), apptest.Form("username", "thomas", "name", "Thomas", "version", fmt.Sprint(tom.User.Version))).Want(http.StatusSeeOther)
	tom.Get("/projects").Want(http.StatusOK, "Thomas")
	w.admin.Get(fmt.Sprintf("/admin/users/%d", tom.User.ID)).Want(http.StatusOK, "<del>tom</del>", "<ins>thomas</ins>", "made the account", "signed in")
	w.same("a name that is taken", func() {
		w.admin.Post(fmt.Sprintf("/admin/users/%d", tom.User.ID), apptest.Form("username", "ada.admin", "name", "Thomas", "version", "9")).
			Want(http.StatusUnprocessableEntity, "There is an account ada.admin already.")
	})
}

func TestUsers_TwoEditsOfDifferentFieldsBothStandOfTheSameOneIsAsked(t *testing.T) {
	w := openUsers(t)
	tom := w.Person("Tom", "user")
	v := fmt.Sprint(tom.Version)
	send := func(phone, email string) apptest.Answer {
		return w.admin.Post(w.path("Tom", ""), apptest.Form("username", "tom", "name", "Tom", "phone", phone, "email", email, "version", v))
	}
	send("1", "").Want(http.StatusSeeOther)
	send("", "tom@example.org").Want(http.StatusSeeOther)
	if u := w.user("Tom"); u.Phone != "1" || u.Email != "tom@example.org" {
		t.Errorf("%q, %q", u.Phone, u.Email)
	}
	w.same("a clash", func() { send("2", "").Want(http.StatusConflict, "Choose what shall stand") })
	if u := w.user("Tom"); u.Phone != "1" {
		t.Errorf("the phone is %q", u.Phone)
	}
}

func TestUsers_RolesAreGrantedChangedAndRevoked(t *testing.T) {
	w := openUsers(t)
	w.Person("Tom")
	w.admin.Post(w.path("Tom", "/roles"), apptest.Form("role", "auditor", "until", "2026-12-31", "reason", "Stands in for Eva")).Want(http.StatusSeeOther)
	w.admin.Get(w.path("Tom", "")).Want(http.StatusOK, "through Thu 31 Dec 2026", "Stands in for Eva")
	w.admin.Post(w.path("Tom", "/roles"), apptest.Form("role", "auditor")).Want(http.StatusSeeOther)
	w.admin.Get(w.path("Tom", "")).Want(http.StatusOK, "without an end", "changed the term of the role auditor")
	for field, form := range map[string][]string{
		"until": {"role", "auditor", "until", "2026-11-22"}, "role": {"role", "king"}, "reason": {"role", "user", "reason", strings.Repeat("x", 301)},
	} {
		w.same(field, func() {
			w.admin.Post(w.path("Tom", "/roles"), apptest.Form(form...)).Want(http.StatusUnprocessableEntity, `id="`+field+`-error"`)
		})
	}
	w.admin.Post(w.path("Tom", "/roles/revoke"), apptest.Form("role", "auditor")).Want(http.StatusSeeOther)
	w.admin.Get(w.path("Tom", "")).Want(http.StatusOK, "holds no role")
	w.admin.Post(w.path("Tom", "/roles/revoke"), apptest.Form("role", "auditor")).Want(http.StatusNotFound)
}
