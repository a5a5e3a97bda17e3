package home_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
)

func TestS15_ALinkWorksOnceAndNotForLong(t *testing.T) {
	for name, ending := range map[string]func(w world, id int64){
		"used": func(w world, _ int64) {
			b := w.Visitor()
			b.Get(w.link())
			b.Post(w.link(), apptest.Form("password", next, "again", next)).Want(http.StatusSeeOther)
		},
		"30 minutes": func(w world, _ int64) { w.Clock.Add(30 * time.Minute) },
		"the password has changed": func(w world, _ int64) {
			b := w.As("Ada")
			b.Post("/password", apptest.Form("old", apptest.Password, "password", next, "again", next)).Want(http.StatusSeeOther)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			id := w.person("Ada", "ada@example.org")
			w.forgot("ada")
			w.post()
			b := w.Visitor()
			b.Get(w.link()).Want(http.StatusOK)
			ending(w, id)
			var hash string
			if err := w.DB.Read.NewSelect().Table("users").Column("password_hash").Where("id = ?", id).Scan(w.Context(), &hash); err != nil {
				t.Fatal(err)
			}
			b.Get(w.link()).Want(http.StatusNotFound, "This link has ended", `href="/forgot"`)
			b.Post(w.link(), apptest.Form("password", "ember gravel tuesday fox", "again", "ember gravel tuesday fox")).
				Want(http.StatusNotFound, "This link has ended", `href="/forgot"`)
			if w.Count("users", fmt.Sprintf("id = %d", id), "password_hash = '"+hash+"'") != 1 {
				t.Error("the password is another one")
			}
		})
	}
}

func TestS15_ANewerLinkEndsTheOlder(t *testing.T) {
	w := open(t)
	w.person("Ada", "ada@example.org")
	w.forgot("ada")
	w.post()
	old := w.link()
	w.forgot("ada")
	w.post()
	if old == w.link() {
		t.Fatal("the same link twice")
	}
	w.Visitor().Get(old).Want(http.StatusNotFound, "This link has ended")
	w.Visitor().Get(w.link()).Want(http.StatusOK)
}

func TestS44_TheMailsLinkIsOfTheSettings(t *testing.T) {
	w := open(t)
	w.person("Ada", "ada@example.org")
	b := w.Visitor()
	b.Header = http.Header{"Host": {"evil.test"}, "X-Forwarded-Host": {"evil.test"}, "X-Forwarded-For": {"9.9.9.9"}, "Forwarded": {"host=evil.test"}}
	b.Get("/forgot")
	b.Post("/forgot", apptest.Form("name", "ada")).Want(http.StatusOK)
	w.post()
	l := w.mail.One()
	if strings.Contains(l.Raw, "evil.test") || len(w.links()) != 1 {
		t.Errorf("%s", l.Raw)
	}
}

func TestForgot_AccountsWithOneAddressShareAMail(t *testing.T) {
	w := open(t)
	for _, name := range []string{"Ada", "Ada Two", "Ada Locked"} {
		w.person(name, "Shared@example.org")
	}
	w.person("Other", "sháred@example.org") // reads alike, and is somebody else's
	w.Exec("UPDATE users SET email_key = 'shared@example.org' WHERE username = 'other'")
	if err := w.Users.Lock(w.Context(), "ada.locked", true); err != nil {
		t.Fatal(err)
	}
	w.forgot("shared@EXAMPLE.org")
	w.post()
	l := w.mail.One()
	if len(w.links()) != 2 || !strings.Contains(l.Text, "account ada by") || !strings.Contains(l.Text, "account ada.two by") || strings.Contains(l.Text, "locked") {
		t.Errorf("%s", l.Text)
	}
	for _, to := range w.links() {
		w.Visitor().Get(to).Want(http.StatusOK)
	}
}

func TestForgot_ADirectorysAccountIsSentThere(t *testing.T) {
	w := open(t)
	id := w.person("Ada", "ada@example.org")
	w.Exec("UPDATE users SET source = 'ldap', directory_id = 'ada', password_hash = '' WHERE id = ?", id)
	w.forgot("ada")
	w.post()
	if l := w.mail.One(); !strings.Contains(l.Text, "company's directory") || len(w.links()) > 0 || w.Count("one_time_links") > 0 {
		t.Errorf("%s", l.Text)
	}
	token, err := w.Users.Link(w.Context(), "set-password", id)
	if err != nil {
		t.Fatal(err)
	}
	b := w.Visitor()
	b.Get("/login")
	b.Post("/set-password/"+token, apptest.Form("password", next, "again", next)).Want(http.StatusConflict, "the one of the directory")
	if w.Count("users", "password_hash <> ''", "source = 'ldap'") > 0 {
		t.Error("a password was kept")
	}
}

func TestForgot_WithoutMailThePageSaysSo(t *testing.T) {
	p := apptest.New(t)
	p.Person("Ada", "user")
	b := p.Visitor()
	b.Get("/login")
	b.Get("/forgot").Want(http.StatusOK, "Mail is not set up").Lacks("Mail me a link")
	b.Post("/forgot", apptest.Form("name", "ada")).Want(http.StatusConflict, "Mail is not set up")
	if p.Count("forgotten_passwords") > 0 {
		t.Error("the request is kept")
	}
}

func TestUsers_AnAdministratorMailsALink(t *testing.T) {
	w := open(t)
	id := w.person("Ada", "ada@example.org")
	if err := w.Users.MailPasswordLink(w.Context(), id); err != nil {
		t.Fatal(err)
	}
	w.post()
	w.Clock.Add(23 * time.Hour)
	w.Visitor().Get(w.link()).Want(http.StatusOK)
	w.Clock.Add(time.Hour)
	w.Visitor().Get(w.link()).Want(http.StatusNotFound)
	for name, spoil := range map[string]string{
		"no address":     "UPDATE users SET email = ''",
		"locked":         "UPDATE users SET email = 'ada@example.org', locked_at = created_at",
		"of a directory": "UPDATE users SET locked_at = NULL, source = 'ldap'",
	} {
		w.Exec(spoil)
		if err := w.Users.MailPasswordLink(w.Context(), id); err == nil {
			t.Errorf("%s: a link was made", name)
		}
	}
	if w.Count("mails") != 1 {
		t.Error("another mail was made")
	}
}
