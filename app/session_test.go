package app_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"portal/app/apptest"
	"portal/app/config"
	"portal/features"
)

func cookies(a apptest.Answer, name string) []string {
	var all []string
	for _, c := range a.Header.Values("Set-Cookie") {
		if strings.HasPrefix(c, name+"=") {
			all = append(all, c)
		}
	}
	return all
}

func TestS17_CookiesAreForTheServerAlone(t *testing.T) {
	p := newPortal(t)
	p.Person("Ada", "user")
	b := p.Visitor()
	for _, c := range cookies(b.SignIn("ada", apptest.Password), "portal") {
		for _, want := range []string{"HttpOnly", "SameSite=Lax", "path=/"} {
			if !strings.Contains(c, want) {
				t.Errorf("%s lacks %s", c, want)
			}
		}
		if strings.Contains(c, "secure") {
			t.Errorf("over http the cookie is for https only: %s", c)
		}
	}
	https := production(t)
	a := https.Visitor().Do(apptest.Request{Method: http.MethodGet, Path: "/login", Header: http.Header{"X-Forwarded-Proto": {"https"}}})
	all := a.Header.Values("Set-Cookie")
	if len(all) == 0 {
		t.Fatal("no cookie for a visitor")
	}
	for _, c := range all {
		if !strings.HasPrefix(c, "__Host-") || !strings.Contains(c, "secure") || !strings.Contains(c, "HttpOnly") {
			t.Errorf("over https: %s", c)
		}
	}
}

func TestS18_SigningInMakesANewSession(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	first := b.Cookie("portal")
	b.Get("/")
	b.Post("/login", apptest.Form("name", "ada", "password", apptest.Password)).Want(http.StatusSeeOther)
	second := b.Cookie("portal")
	if first == second {
		t.Error("the session kept its id")
	}
	old := p.Visitor()
	old.SetCookie("portal", first)
	old.Get("/sessions").Want(http.StatusSeeOther)
	if n := p.Count("sessions"); n != 1 {
		t.Errorf("%d sessions are kept", n)
	}
}

func TestS18_ChangingThePasswordEndsOtherSessions(t *testing.T) {
	p := newPortal(t)
	b, elsewhere := p.As("Ada", "user"), p.As("Ada")
	before := b.Cookie("portal")
	const next = "quiet lantern over marble"
	b.Post("/password", apptest.Form("old", "not this", "password", next, "again", next)).Want(http.StatusUnprocessableEntity)
	elsewhere.Get("/sessions").Want(http.StatusOK)
	b.Post("/password", apptest.Form("old", apptest.Password, "password", next, "again", next)).Want(http.StatusSeeOther)
	if b.Cookie("portal") == before {
		t.Error("the session kept its id")
	}
	b.Get("/sessions").Want(http.StatusOK)
	elsewhere.Get("/sessions").Want(http.StatusSeeOther)
	p.Visitor().SignIn("ada", apptest.Password).Want(http.StatusUnprocessableEntity)
	p.Visitor().SignIn("ada", next).Want(http.StatusSeeOther)
}

func TestS19_SigningOutEndsTheSession(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	id := b.Cookie("portal")
	b.Get("/logout").Want(http.StatusNotFound)
	b.Post("/logout", nil).Want(http.StatusSeeOther)
	if n := p.Count("sessions"); n != 0 {
		t.Errorf("%d sessions are kept", n)
	}
	b.SetCookie("portal", id)
	b.Get("/sessions").Want(http.StatusSeeOther)
}

func TestS20_SessionsEndWhenNobodyUsesThem(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	p.Clock.Add(119 * time.Minute)
	b.Get("/sessions").Want(http.StatusOK)
	p.Clock.Add(119 * time.Minute)
	b.Get("/sessions").Want(http.StatusOK)
	p.Clock.Add(121 * time.Minute)
	if to := b.Get("/sessions").Want(http.StatusSeeOther).Location(); to != "/login?next=%2Fsessions" {
		t.Errorf("leads to %q", to)
	}
	a := b.Fragment(http.MethodGet, "/sessions", "list", nil).Want(http.StatusUnauthorized)
	if !strings.HasPrefix(a.Location(), "/login") || a.Body != "Unauthorized" {
		t.Errorf("a fragment gets %q and leads to %q", a.Body, a.Location())
	}
}

func TestS20_WhatAPageAsksForByItselfIsNoUse(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	for range 3 {
		p.Clock.Add(50 * time.Minute)
		b.Do(apptest.Request{Method: http.MethodGet, Path: "/", Header: http.Header{"Portal-Live": {"1"}}})
	}
	b.Get("/sessions").Want(http.StatusSeeOther)
}

func TestS20_SessionsEndWhateverHappens(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	kept := p.Visitor()
	kept.Get("/login")
	kept.Post("/login", apptest.Form("name", "ada", "password", apptest.Password, "keep", "1")).Want(http.StatusSeeOther)
	for range 11 {
		p.Clock.Add(time.Hour)
		b.Get("/sessions").Want(http.StatusOK)
	}
	p.Clock.Add(61 * time.Minute)
	b.Get("/sessions").Want(http.StatusSeeOther)
	p.Clock.Add(29 * 24 * time.Hour)
	kept.Get("/sessions").Want(http.StatusOK)
	p.Clock.Add(24 * time.Hour)
	kept.Get("/sessions").Want(http.StatusSeeOther)
}

// A short lifetime is idle time, though use is kept only now and then.
func TestS20_AShortLifetimeIsNotShorterThanItsUse(t *testing.T) {
	p := apptest.With(t, apptest.Options{Features: features.All, Config: func(c *config.Config) { c.SessionLife = 40 * time.Second }})
	b := p.As("Ada", "user")
	for range 6 {
		p.Clock.Add(30 * time.Second)
		b.Get("/sessions").Want(http.StatusOK)
	}
}

func TestS22_ForgedCookiesAreAVisitors(t *testing.T) {
	p := newPortal(t)
	real := p.As("Ada", "user").Cookie("portal")
	id, mac, _ := strings.Cut(real, ".")
	for name, value := range map[string]string{
		"cut": real[:20], "no signature": id, "another signature": id + "." + strings.Repeat("A", len(mac)),
		"another id": strings.Repeat("A", 26) + "." + mac, "empty": "", "huge": strings.Repeat("x", 6000), "SQL": "' OR 1=1 --",
	} {
		b := p.Visitor()
		b.Header.Set("Cookie", "portal="+value)
		a := b.Get("/sessions")
		if a.Status != http.StatusSeeOther {
			t.Errorf("%s: %s", name, a)
		}
	}
}

func TestS23_OnesOwnSessionsAreSeenAndEnded(t *testing.T) {
	p := newPortal(t)
	here, there, stranger := p.As("Ada", "user"), p.As("Ada"), p.As("Bob", "user")
	page := here.Get("/sessions").Want(http.StatusOK, "127.0.0.1", "This one").Body
	links := regexp.MustCompile(`action="(/sessions/\d+/end)"`).FindAllStringSubmatch(page, -1)
	if len(links) != 1 {
		t.Fatalf("%d sessions can be ended", len(links))
	}
	stranger.Post(links[0][1], nil).Want(http.StatusNotFound)
	there.Get("/sessions").Want(http.StatusOK)
	here.Post(links[0][1], nil).Want(http.StatusSeeOther)
	there.Get("/sessions").Want(http.StatusSeeOther)
	here.Post(links[0][1], nil).Want(http.StatusNotFound)
}

// ender ends a session just before its use is kept.
type ender struct {
	before string // how the statement begins
	once   sync.Once
	end    func()
}

// BeforeQuery is Bun's hook.
func (e *ender) BeforeQuery(ctx context.Context, q *bun.QueryEvent) context.Context {
	if strings.HasPrefix(q.Query, e.before) {
		e.once.Do(e.end)
	}
	return ctx
}

// AfterQuery is Bun's hook.
func (e *ender) AfterQuery(context.Context, *bun.QueryEvent) {}

func TestS24_AnEndedSessionIsNotKeptAliveByItsLastRequest(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	id := p.Person("Ada").ID
	all, err := p.Users.SignIns(p.Context(), id)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d sessions, %v", len(all), err)
	}
	statement := `UPDATE "sign_ins"`
	if p.DB.MySQL {
		statement = "UPDATE `sign_ins`"
	}
	p.DB.Writer().AddQueryHook(&ender{before: statement, end: func() { //nolint:staticcheck // WithQueryHook would make another handle
		if err := p.Users.End(p.Context(), id, all[0].ID); err != nil {
			t.Error(err)
		}
	}})
	p.Clock.Add(2 * time.Minute)
	b.Get("/sessions")
	b.Get("/sessions").Want(http.StatusSeeOther)
	if n := p.Count("sessions"); n != 0 {
		t.Errorf("%d sessions are kept", n)
	}
}

// R08: when nothing can be written, pages are still shown.
func TestSession_ReadsGoOnWhenItsUseCannotBeKept(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	if p.DB.MySQL {
		p.Exec("CREATE TRIGGER full BEFORE UPDATE ON sessions FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'full'")
	} else {
		p.Exec("CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE(FAIL, 'full'); END")
	}
	p.Clock.Add(2 * time.Minute)
	b.Get("/projects").Want(http.StatusOK)
	p.Exec("DROP TRIGGER full")
	b.Get("/projects").Want(http.StatusOK)
}
