package admin_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/config"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/mail"
	"portal/features/admin"
)

// outboxWorld is a portal with a mail server, and an administrator's browser.
type outboxWorld struct {
	*apptest.Portal
	server *apptest.MailServer
	b      *apptest.Browser
	t      *testing.T
}

func openOutbox(t *testing.T) outboxWorld {
	t.Helper()
	s := apptest.NewMailServer(t, apptest.MailOptions{})
	p := apptest.With(t, apptest.Options{Features: []feature.New{admin.New}, Config: func(c *config.Config) {
		c.SMTPURL, c.MailFrom = "smtp://"+s.Address(), "portal@example.org"
	}})
	u := p.Person("Root", "admin")
	p.Exec("UPDATE users SET email = 'root@example.org' WHERE id = ?", u.ID)
	return outboxWorld{p, s, p.As("Root"), t}
}

func (w outboxWorld) queue(many int) {
	w.t.Helper()
	err := w.DB.Write(w.Context(), func(tx *data.Tx) error {
		tx.Unchanged()
		for i := range many {
			if err := w.Mail.Queue(w.Context(), tx, mail.Mail{
				Event: fmt.Sprintf("test|%d", i), Kind: "password.forgot", To: fmt.Sprintf("p%d@example.org", i), Subject: fmt.Sprintf("Mail %d", i),
				Body: mail.Body{{Text: "Marker", Path: "/set-password/MARKER"}}, Secret: i%2 == 0, Until: tx.Now.Add(30 * time.Minute),
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w outboxWorld) run() {
	w.t.Helper()
	if err := w.Mail.Run(w.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func TestOutbox_ShowsWhatBecameOfMailsAndNoText(t *testing.T) {
	w := openOutbox(t)
	w.b.Get("/admin/outbox").Want(http.StatusOK, "No mails yet", "Send a test mail to me").Lacks("Retry all failed", "is not set up")
	w.queue(2)
	w.server.Be(apptest.MailNever)
	w.run()
	w.b.Get("/admin/outbox").Want(http.StatusOK, "p0@example.org", "Mail 1", "Failed", "550", "nobody by that name", "Forgotten password", "Retry all failed").
		Lacks("MARKER", "Marker")
	w.b.Get("/admin/outbox?state=sent").Want(http.StatusOK, "No mail fits").Lacks("p0@example.org")
	w.b.Get("/admin/outbox?q=p1%40&sort=-tries&size=50").Want(http.StatusOK, "p1@example.org").Lacks("p0@example.org")
	w.b.Get("/admin/outbox?q=%25&sort=nothing&page=99&state=nothing").Want(http.StatusOK, "No mail fits")
	w.b.Fragment(http.MethodGet, "/admin/outbox?state=failed", "list", nil).Want(http.StatusOK, "p0@example.org").Lacks("<h1>")
}

func TestOutbox_RetriesAndDiscards(t *testing.T) {
	w := openOutbox(t)
	w.queue(3)
	w.server.Be(apptest.MailNever)
	w.run()
	w.server.Be(apptest.MailTaken)
	back := apptest.Form("back", "/admin/outbox?state=failed")
	if to := w.b.Post("/admin/outbox/1/retry", back).Want(http.StatusSeeOther).Location(); to != "/admin/outbox?state=failed" {
		t.Errorf("leads to %q", to)
	}
	w.run()
	if l := w.server.One(); l.To != "p0@example.org" {
		t.Errorf("%+v", l)
	}
	w.b.Post("/admin/outbox/2/discard", apptest.Form("back", "https://evil.test/")).Want(http.StatusSeeOther)
	w.b.Post("/admin/outbox/2/retry", nil).Want(http.StatusConflict, "discarded already")
	w.b.Post("/admin/outbox/1/discard", nil).Want(http.StatusConflict, "sent already")
	w.b.Post("/admin/outbox/99/retry", nil).Want(http.StatusNotFound)
	w.b.Post("/admin/outbox/99/discard", nil).Want(http.StatusNotFound)
	w.b.Post("/admin/outbox/retry", nil).Want(http.StatusSeeOther)
	w.run()
	if n := len(w.server.Letters()); n != 2 || w.Count("mails", "state = 'sent'") != 2 || w.Count("mails", "state = 'discarded'") != 1 {
		t.Errorf("%d came", n)
	}
	if n := w.Count("audit_lines", "kind = 'admin.mail'"); n != 3 {
		t.Errorf("%d lines in the log", n)
	}
	w.queue(4)
	w.server.Be(apptest.MailNever)
	w.run()
	w.Clock.Add(31 * time.Minute)
	w.run()
	var last int64
	if err := w.DB.Read.NewSelect().Table("mails").Column("id").Where("event = 'test|3'").Scan(w.Context(), &last); err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("/admin/outbox/%d/retry", last)
	w.b.Post(path, nil).Want(http.StatusConflict, "works no more")
	w.b.Get("/admin/outbox?state=failed").Want(http.StatusOK, "Mail 3").Lacks(path)
}

func TestOutbox_ATestMailGoesToWhoAsks(t *testing.T) {
	w := openOutbox(t)
	w.b.Post("/admin/outbox/test", apptest.Form("address", "eve@example.org")).Want(http.StatusSeeOther)
	w.run()
	if l := w.server.One(); l.To != "root@example.org" {
		t.Errorf("%+v", l)
	}
	w.b.Get("/admin/outbox").Want(http.StatusOK, "A test of the portal", "Sent")
	w.Exec("UPDATE users SET email = ''")
	w.Cache.Clear("")
	w.b.Post("/admin/outbox/test", nil).Want(http.StatusConflict, "no e-mail address")
	if w.Count("mails") != 1 {
		t.Error("another mail is kept")
	}
}

func TestOutbox_WithoutAServerThePageSaysSo(t *testing.T) {
	p := apptest.New(t, admin.New)
	b := p.As("Root", "admin")
	b.Get("/admin/outbox").Want(http.StatusOK, "Mail is not set up", "PORTAL_SMTP_URL").Lacks("Send a test mail to me")
	p.Exec("UPDATE users SET email = 'root@example.org'")
	p.Cache.Clear("")
	b.Post("/admin/outbox/test", nil).Want(http.StatusConflict, "not set up")
	if p.Count("mails") != 0 {
		t.Error("a mail is kept")
	}
}

func TestOutbox_IsForAdministrators(t *testing.T) {
	w := openOutbox(t)
	w.queue(1)
	for _, role := range []string{"manager", "user", "auditor"} {
		b := w.As("A "+role, role)
		b.Get("/admin/outbox").Want(http.StatusForbidden).Lacks("p0@example.org")
		for _, path := range []string{"/admin/outbox/1/retry", "/admin/outbox/1/discard", "/admin/outbox/retry", "/admin/outbox/test"} {
			b.Post(path, nil).Want(http.StatusForbidden)
		}
	}
	if w.Count("mails", "state = 'waiting'", "tries = 0") != 1 {
		t.Error("something was done")
	}
}

func TestOutbox_TakesAsManyQueriesForManyMails(t *testing.T) {
	w := openOutbox(t)
	count := func() int { return len(w.Queries(func() { w.b.Get("/admin/outbox").Want(http.StatusOK) })) }
	w.queue(1)
	count()
	few := count()
	w.queue(60)
	if many := count(); many != few || many > 6 {
		t.Errorf("%d queries for many, %d for few: %s", many, few, strings.Join(w.Queries(func() { w.b.Get("/admin/outbox") }), "\n"))
	}
}
