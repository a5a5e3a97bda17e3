package home_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/config"
)

const next = "quiet lantern over marble"

// world is a portal with a mail server.
type world struct {
	*apptest.Portal
	mail *apptest.MailServer
	t    *testing.T
}

func open(t *testing.T) world {
	t.Helper()
	s := apptest.NewMailServer(t, apptest.MailOptions{})
	return world{apptest.With(t, apptest.Options{Config: func(c *config.Config) {
		c.SMTPURL, c.MailFrom = "smtp://"+s.Address(), "Portal <portal@example.org>"
	}}), s, t}
}

// person makes an account with that address.
func (w world) person(name, email string) int64 {
	w.t.Helper()
	u := w.Person(name, "user")
	w.Exec("UPDATE users SET email = ?, email_key = ? WHERE id = ?", email, strings.ToLower(email), u.ID)
	return u.ID
}

// post does what the job does: it answers requests and sends mails.
func (w world) post() {
	w.t.Helper()
	if err := w.Users.AnswerForgotten(w.Context()); err != nil {
		w.t.Fatal(err)
	}
	if err := w.Mail.Run(w.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w world) forgot(name string) {
	w.t.Helper()
	b := w.Visitor()
	b.Get("/forgot").Want(http.StatusOK, "Mail me a link")
	b.Post("/forgot", apptest.Form("name", name)).Want(http.StatusOK, "Look into your mail")
}

var links = regexp.MustCompile(regexp.QuoteMeta(apptest.BaseURL) + `(/set-password/[A-Z0-9]+)`)

// links are the addresses of all links that came, the newest mail's last.
func (w world) links() []string {
	var all []string
	for _, l := range w.mail.Letters() {
		for _, m := range links.FindAllStringSubmatch(l.Text, -1) {
			all = append(all, m[1])
		}
	}
	return all
}

func (w world) link() string {
	w.t.Helper()
	all := w.links()
	if len(all) == 0 {
		w.t.Fatal("no link came")
	}
	return all[len(all)-1]
}

func TestForgot_AMailedLinkSetsThePassword(t *testing.T) {
	w := open(t)
	w.person("Ada", "ada@example.org")
	other := w.As("Ada")
	w.Visitor().Get("/login").Want(http.StatusOK, `href="/forgot"`)
	w.forgot("ada@example.org")
	w.post()
	l := w.mail.One()
	if l.To != "ada@example.org" || !strings.Contains(l.Text, "account ada") || !strings.Contains(l.Text, "30 minutes") {
		t.Errorf("%+v", l)
	}
	b := w.Visitor()
	b.Get(w.link()).Want(http.StatusOK, "For the account ada")
	b.Post(w.link(), apptest.Form("password", next, "again", next)).Want(http.StatusSeeOther)
	other.Get("/sessions").Want(http.StatusSeeOther)
	w.Visitor().SignIn("ada", apptest.Password).Want(http.StatusUnprocessableEntity)
	w.Visitor().SignIn("ada", next).Want(http.StatusSeeOther)
	if n := w.Count("mails", "kind = 'password.forgot'", "body <> ''"); n != 0 {
		t.Error("the link is still in the outbox")
	}
}

func TestS08_AChangedPasswordIsTold(t *testing.T) {
	w := open(t)
	id := w.person("Ada", "ada@example.org")
	nameless := w.Person("Ben", "user") // has no address
	b := w.As("Ada")
	b.Post("/password", apptest.Form("old", apptest.Password, "password", next, "again", next)).Want(http.StatusSeeOther)
	hash, err := w.Passwords.Hash(w.Context(), next)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []int64{id, nameless.ID} { // as an administrator does
		if err := w.Users.SetPassword(w.Context(), one, hash, 0); err != nil {
			t.Fatal(err)
		}
	}
	w.Exec("UPDATE users SET email = 'no address' WHERE id = ?", id)
	if err := w.Users.SetPassword(w.Context(), id, hash, 0); err != nil {
		t.Errorf("an address that can't be used keeps the password from being changed: %v", err)
	}
	w.post()
	all := w.mail.Letters()
	if len(all) != 2 {
		t.Fatalf("%d mails came", len(all))
	}
	for _, l := range all {
		if l.To != "ada@example.org" || !strings.Contains(l.Text, "was changed") || !strings.Contains(l.Text, apptest.BaseURL+"/forgot") {
			t.Errorf("%+v", l)
		}
	}
}

func TestS11_ForgottenSaysTheSameForEveryName(t *testing.T) {
	w := open(t)
	w.person("Ada", "ada@example.org")
	w.person("Locked", "locked@example.org")
	w.Person("Addressless", "user")
	if err := w.Users.Lock(w.Context(), "locked", true); err != nil {
		t.Fatal(err)
	}
	var bodies []string
	var queries []int
	for _, name := range []string{"ada", "nobody", "locked", "addressless", "ada@example.org", "nobody@example.org", "' OR 1=1 --"} {
		b := w.Visitor()
		b.Get("/forgot")
		queries = append(queries, len(w.Queries(func() {
			bodies = append(bodies, b.Post("/forgot", apptest.Form("name", name)).Want(http.StatusOK).Body)
		})))
	}
	for i := range bodies {
		if mask(bodies[i]) != mask(bodies[0]) || queries[i] != queries[0] {
			t.Errorf("answer %d is another one, or took %d statements and not %d", i, queries[i], queries[0])
		}
	}
	w.post()
	for _, l := range w.mail.Letters() {
		if l.To != "ada@example.org" {
			t.Errorf("%s got a mail", l.To)
		}
	}
	if w.Count("forgotten_passwords") != 0 {
		t.Error("requests are left")
	}
}

// mask takes out what is another one for each visitor.
func mask(body string) string {
	_, main, _ := strings.Cut(body, "<main")
	return regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(main, "")
}

func TestS14_ForgottenIsThrottled(t *testing.T) {
	w := open(t)
	w.person("Ada", "ada@example.org")
	b := w.Visitor()
	b.Get("/forgot")
	for range 5 {
		b.Post("/forgot", apptest.Form("name", "ada")).Want(http.StatusOK)
	}
	for _, name := range []string{"ada", "ADA", " ada "} {
		if a := b.Post("/forgot", apptest.Form("name", name)).Want(http.StatusTooManyRequests, "Too many attempts"); a.Header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
	}
	for i := range 25 {
		b.Post("/forgot", apptest.Form("name", fmt.Sprint("name", i))).Want(http.StatusOK)
	}
	b.Post("/forgot", apptest.Form("name", "yet another")).Want(http.StatusTooManyRequests)
	w.post()
	if n := len(w.mail.Letters()); n > 3 {
		t.Errorf("%d mails to one address", n)
	}
	before := w.Count("forgotten_passwords")
	b.Post("/forgot", apptest.Form("name", "")).Want(http.StatusUnprocessableEntity, "This is needed")
	b.Post("/forgot", apptest.Form("name", strings.Repeat("x", 201))).Want(http.StatusUnprocessableEntity)
	if w.Count("forgotten_passwords") != before {
		t.Error("a refused request is kept")
	}
	w.Clock.Add(15 * time.Minute)
	w.Visitor().SignIn("ada", apptest.Password).Want(http.StatusSeeOther)
}

// One who makes up names, or a room full of people who ask, keeps nobody at that address from signing in.
func TestS12_AsksForLinksAreCountedApartFromSignIns(t *testing.T) {
	w := open(t)
	w.Person("Ada", "user")
	b := w.Visitor()
	b.Get("/forgot").Want(http.StatusOK)
	last := 0
	for i := range 32 {
		last = b.Post("/forgot", apptest.Form("name", fmt.Sprint("nobody", i))).Status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the 32nd: %d", last)
	}
	w.Visitor().SignIn("ada", apptest.Password).Want(http.StatusSeeOther)
}
