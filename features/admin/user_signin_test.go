package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/setting"
)

// factorOn gives the person a second factor, as the set-up does.
func (w userWorld) factorOn(name string) {
	w.t.Helper()
	w.Exec("INSERT INTO second_factors (user_id, secret, last_step, created_at) VALUES (?, 'x', 0, ?)", w.Person(name).ID, w.DB.Now())
	w.Exec("INSERT INTO recovery_codes (user_id, code_hash, created_at) VALUES (?, ?, ?)", w.Person(name).ID, strings.Repeat("a", 64), w.DB.Now())
}

func TestUsers_ThePageLeadsToWhyAndToViewAs(t *testing.T) {
	w := openUsers(t)
	tom := w.Person("Tom", "user")
	w.admin.Get(w.path("Tom", "")).Want(http.StatusOK, `href="/admin/why?person=tom"`, fmt.Sprintf(`href="/view-as?person=%d"`, tom.ID))
	w.admin.Get(w.path("Ada Admin", "")).Want(http.StatusOK).Lacks("/view-as?person=")
	role := w.Gate.Access().RoleID("user")
	w.admin.Get(fmt.Sprint("/admin/roles/", role)).Want(http.StatusOK, fmt.Sprintf(`href="/view-as?role=%d"`, role))
	w.must(w.Users.Shut(w.Context(), tom.ID, ""))
	w.admin.Get(w.path("Tom", "")).Want(http.StatusOK).Lacks("/view-as?person=")
}

func TestUsers_ThePageSaysWhetherThereIsASecondFactorAndResetsIt(t *testing.T) {
	w := openUsers(t)
	w.role("name", "lead", "second_factor", "1")
	w.role("name", "head", "includes", "lead")
	w.Person("Tom", "user")
	w.admin.Get(w.path("Tom", "")).Want(http.StatusOK, "none of their roles requires one").Lacks("Reset the second factor")
	w.Person("Hedda", "head")
	w.admin.Get(w.path("Hedda", "")).Want(http.StatusOK, "though the role head requires one")
	w.factorOn("Hedda")
	w.admin.Get(w.path("Hedda", "")).Want(http.StatusOK, "1 recovery code left", "The role head requires it", "Reset the second factor")
	w.same("there is none", func() { w.admin.Post(w.path("Tom", "/factor/reset"), nil).Want(http.StatusNotFound) })
	w.admin.Post(w.path("Hedda", "/factor/reset"), nil).Want(http.StatusSeeOther)
	if n := w.Count("second_factors") + w.Count("recovery_codes"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	w.admin.Get(w.path("Hedda", "")).Want(http.StatusOK, "reset the second factor", "though the role head requires one")
}

func TestUsers_TheListFindsThoseWithoutASecondFactor(t *testing.T) {
	w := openUsers(t)
	w.role("name", "lead", "second_factor", "1")
	w.role("name", "head", "includes", "lead")
	w.Person("Tom Free", "user")
	w.Person("Hedda Missing", "head")
	w.Person("Lea Ended", "lead")
	w.Exec("UPDATE user_roles SET until_at = ? WHERE user_id = ?", w.DB.Now().Add(-time.Hour), w.Person("Lea Ended").ID)
	w.Person("Ludo Locked", "lead")
	w.must(w.Users.Shut(w.Context(), w.Person("Ludo Locked").ID, ""))
	w.Person("Flo Has", "lead")
	w.factorOn("Flo Has")
	w.admin.Get("/admin/users?factor=missing").Want(http.StatusOK, "Hedda Missing", "1–1 of 1 user", "Second factor missing though required")
	w.admin.Get("/admin/users?factor=none").Want(http.StatusOK, "Tom Free", "Lea Ended", "1–5 of 5 users").Lacks("Flo Has")
	w.admin.Get("/admin/users?factor=on").Want(http.StatusOK, "Flo Has", "1–1 of 1 user")
	w.admin.Get("/admin/users/export?factor=on").Want(http.StatusOK, "flo.has").Lacks("tom.free")
}

func TestUsers_TheListFindsNobodyMissingAFactorThatNoRoleRequires(t *testing.T) {
	w := openUsers(t)
	w.admin.Get("/admin/users?factor=missing").Want(http.StatusOK, "No account fits")
}

func TestUsers_DormantIsWhatTheSettingSays(t *testing.T) {
	w := openUsers(t)
	w.Person("Tom", "user")
	w.Clock.Add(31 * 24 * time.Hour)
	admin := w.As("Ada Admin")
	admin.Get("/admin/users").Want(http.StatusOK, "Dormant for 90 days")
	admin.Get("/admin/users?state=dormant").Want(http.StatusOK, "No account fits")
	admin.Get("/admin").Want(http.StatusOK).Lacks("was not used for")
	w.must(w.Settings.Set(w.Context(), setting.Named("users.dormant"), "90", "30"))
	admin.Get("/admin/users?state=dormant").Want(http.StatusOK, "Tom", "1–1 of 1 user", "Dormant for 30 days")
	admin.Get("/admin").Want(http.StatusOK, "1 account was not used for 30 days.")
}

func TestUsers_ALinkIsMailedWhereThatCanBe(t *testing.T) {
	w := withMail(t)
	if _, err := w.Users.Create(w.Context(), auth.NewUser{Username: "eva", Name: "Eva", Email: "eva@example.org"}); err != nil {
		t.Fatal(err)
	}
	w.Person("Tom", "user")
	w.admin.Get(w.path("Tom", "")).Want(http.StatusOK, "Set-password link").Lacks("Mail the link") // without an address
	w.same("without an address", func() { w.admin.Post(w.path("Tom", "/mail"), nil).Want(http.StatusConflict, "no e-mail address") })
	w.admin.Get(w.path("Eva", "")).Want(http.StatusOK, "Mail the link")
	w.admin.Post(w.path("Eva", "/mail"), nil).Want(http.StatusSeeOther)
	if n := w.Count("mails", "kind = 'password.link'"); n != 1 {
		t.Errorf("%d mails", n)
	}
	w.admin.Get(w.path("Eva", "")).Want(http.StatusOK, "mailed a link to set the password", "is mailed to eva@example.org")
	w.must(w.Users.Shut(w.Context(), w.Person("Eva").ID, ""))
	w.admin.Get(w.path("Eva", "")).Want(http.StatusOK).Lacks("Mail the link")
}

func TestUsers_ANewUserIsMailedTheLink(t *testing.T) {
	w := withMail(t)
	w.admin.Get("/admin/users/new").Want(http.StatusOK, "Mail the link to them")
	w.same("without an address", func() {
		w.admin.Post("/admin/users", apptest.Form("username", "eva", "name", "Eva", "mail", "1")).
			Want(http.StatusUnprocessableEntity, `id="email-error"`, `name="mail" value="1" checked`)
	})
	w.admin.Post("/admin/users", apptest.Form("username", "eva", "name", "Eva", "email", "eva@example.org", "mail", "1")).Want(http.StatusSeeOther)
	if n := w.Count("mails", "kind = 'password.link'"); n != 1 {
		t.Errorf("%d mails", n)
	}
}

func TestUsers_NothingIsMailedWhereMailIsNotSetUp(t *testing.T) {
	w := openUsers(t)
	w.admin.Get("/admin/users/new").Want(http.StatusOK).Lacks("Mail the link")
	w.admin.Post("/admin/users", apptest.Form("username", "eva", "name", "Eva", "email", "eva@example.org", "mail", "1")).Want(http.StatusOK, "/set-password/")
	w.admin.Get(w.path("Eva", "")).Want(http.StatusOK).Lacks("Mail the link")
	w.same("no mail", func() { w.admin.Post(w.path("Eva", "/mail"), nil).Want(http.StatusConflict, "Mail is not set up") })
}

func TestUsers_DirectoryAccountsGetNoPasswordLink(t *testing.T) {
	w := withMail(t)
	w.Person("Dora", "user")
	w.Exec("UPDATE users SET source = 'ldap', email = 'dora@example.org' WHERE username = 'dora'")
	w.admin.Get(w.path("Dora", "")).Want(http.StatusOK, "The password is changed there").Lacks("Set-password link", "Mail the link")
	w.same("directory", func() {
		w.admin.Post(w.path("Dora", "/link"), nil).Want(http.StatusConflict)
		w.admin.Post(w.path("Dora", "/mail"), nil).Want(http.StatusConflict)
	})
}

func TestS36_WhoIsNoAdministratorNeitherMailsAnAdministratorALinkNorResetsTheirFactor(t *testing.T) {
	w := withMail(t)
	w.role("name", "helpdesk", "includes", "user")
	for _, node := range []string{"admin.user.see", "admin.user.edit"} {
		_, err := w.Mappings.Save(w.Context(), []auth.MappingEdit{{Node: node, Version: auth.AnyVersion, Who: &auth.Who{Audience: auth.ForRoles, Roles: []string{"admin", "helpdesk"}}}})
		w.must(err)
	}
	w.Exec("UPDATE users SET email = 'ada@example.org', email_key = 'ada@example.org' WHERE id = ?", w.admin.User.ID)
	w.factorOn("Ada Admin")
	hal := w.As("Hal", "helpdesk")
	w.same("an administrator's account", func() {
		hal.Post(w.path("Ada Admin", "/mail"), nil).Want(http.StatusForbidden)
		hal.Post(w.path("Ada Admin", "/factor/reset"), nil).Want(http.StatusForbidden)
	})
	if w.Count("second_factors") != 1 || w.Count("mails", "kind = 'password.link'") != 0 {
		t.Error("something was written")
	}
}
