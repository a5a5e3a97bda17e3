package app_test

import (
	"bufio"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/app/apptest"
)

// with is a browser that has this session's id and nothing else.
func with(p *apptest.Portal, id string) *apptest.Browser {
	b := p.Visitor()
	b.SetCookie("portal", id)
	return b
}

func TestS18_OtherRightsMakeANewId(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	changes := []struct {
		said string
		do   func() error
	}{
		{"granted", func() error { return p.Users.Grant(p.Context(), "ada", "manager") }},
		{"taken", func() error { return p.Users.Revoke(p.Context(), "ada", "manager") }},
		{"ended", func() error {
			p.Exec("UPDATE user_roles SET until_at = ? WHERE user_id = ?", p.Clock.Now().Add(time.Minute), b.User.ID)
			p.Cache.Clear("")
			p.Clock.Add(2 * time.Minute)
			return nil
		}},
	}
	for _, c := range changes {
		b.Get("/sessions").Want(http.StatusOK)
		before := b.Cookie("portal")
		form := b.Token()
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		b.Get("/sessions").Want(http.StatusOK)
		after := b.Cookie("portal")
		if before == after {
			t.Fatalf("%s: the session kept its id", c.said)
		}
		b.Get("/sessions").Want(http.StatusOK, "This one")
		if b.Cookie("portal") != after {
			t.Errorf("%s: the id changes with every request", c.said)
		}
		if b.Token() != form {
			t.Errorf("%s: pages that were open can't be sent any more", c.said)
		}
		p.Clock.Add(11 * time.Second)
		with(p, before).Get("/sessions").Want(http.StatusSeeOther)
		b.Get("/sessions").Want(http.StatusOK)
	}
	if n := p.Count("sign_ins"); n != 1 {
		t.Errorf("%d sessions in the list, of one", n)
	}
}

func TestS18_WhatAPageAsksForByItselfKeepsTheId(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	before := b.Cookie("portal")
	if err := p.Users.Grant(p.Context(), "ada", "manager"); err != nil {
		t.Fatal(err)
	}
	b.Do(apptest.Request{Method: http.MethodGet, Path: "/", Header: http.Header{"Portal-Live": {"1"}}}).Want(http.StatusOK)
	if b.Cookie("portal") != before {
		t.Error("the id changed where nobody may have read the answer")
	}
}

func TestS18_RequestsUnderWayWithTheOldIdGoOn(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	old := b.Cookie("portal")
	if err := p.Users.Grant(p.Context(), "ada", "manager"); err != nil {
		t.Fatal(err)
	}
	// Twelve at once, as a page with its pictures and panels asks.
	var all sync.WaitGroup
	browsers := make([]*apptest.Browser, 12)
	for i := range browsers {
		browsers[i] = with(p, old)
	}
	answers := make([]apptest.Answer, len(browsers))
	for i, each := range browsers {
		all.Go(func() { answers[i] = each.Get("/sessions") })
	}
	all.Wait()
	next := ""
	for i, each := range browsers {
		answers[i].Want(http.StatusOK)
		id := each.Cookie("portal")
		if id == old || next != "" && id != next {
			t.Errorf("request %d ends with the id %q, another with %q; the old one was %q", i, id, next, old)
		}
		next = id
	}
	if n := p.Count("sign_ins"); n != 1 {
		t.Errorf("%d sessions", n)
	}
	// One whose answer was lost is told again, also by the second process.
	late := p.Second().Visitor()
	late.SetCookie("portal", old)
	p.Clock.Add(9 * time.Second)
	late.Get("/sessions").Want(http.StatusOK)
	if id := late.Cookie("portal"); id != next {
		t.Errorf("it is told %q, not %q", id, next)
	}
	// Two changes within the moment.
	if err := p.Users.Revoke(p.Context(), "ada", "manager"); err != nil {
		t.Fatal(err)
	}
	with(p, next).Get("/sessions").Want(http.StatusOK)
	with(p, old).Get("/sessions").Want(http.StatusOK)
	p.Clock.Add(2 * time.Second)
	with(p, old).Get("/sessions").Want(http.StatusSeeOther)
}

func TestS18_TheOldIdEndsWithTheNewOne(t *testing.T) {
	for name, end := range map[string]func(*apptest.Portal, *apptest.Browser) error{
		"signed out": func(_ *apptest.Portal, b *apptest.Browser) error { b.Post("/logout", nil); return nil },
		"locked":     func(p *apptest.Portal, _ *apptest.Browser) error { return p.Users.Lock(p.Context(), "ada", true) },
		"another password": func(p *apptest.Portal, b *apptest.Browser) error {
			return p.Users.SetPassword(p.Context(), b.User.ID, "x", 0)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t)
			b := p.As("Ada", "user")
			old := b.Cookie("portal")
			if err := p.Users.Grant(p.Context(), "ada", "manager"); err != nil {
				t.Fatal(err)
			}
			b.Get("/sessions").Want(http.StatusOK)
			next := b.Cookie("portal")
			if err := end(p, b); err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{old, next} {
				with(p, id).Get("/sessions").Want(http.StatusSeeOther)
			}
		})
	}
}

func TestS18_FromTheOldIdNobodyWorksOutTheNewOne(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	old := b.Cookie("portal")
	if err := p.Users.Grant(p.Context(), "ada", "manager"); err != nil {
		t.Fatal(err)
	}
	b.Get("/sessions").Want(http.StatusOK)
	if strings.HasPrefix(b.Cookie("portal"), old[:10]) {
		t.Error("the ids look alike")
	}
	// Set before: a known id that never was a session's opens nothing, however it is signed.
	with(p, strings.Repeat("A", 26)+old[26:]).Get("/sessions").Want(http.StatusSeeOther)
}

// The stream of changes is open for hours, and does not keep its session in use.
func TestS20_AStreamIsNoUse(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	for range 3 {
		p.Clock.Add(50 * time.Minute)
		res := b.Open(apptest.Request{Method: http.MethodGet, Path: "/events?on=projects", Header: http.Header{"Accept": {"text/event-stream"}}})
		if res.StatusCode == http.StatusOK {
			if _, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil {
				t.Error(err)
			}
		}
		_ = res.Body.Close()
	}
	b.Get("/sessions").Want(http.StatusSeeOther)
}

func TestS26_SessionsWorkAtTwoProcessesAndAfterARestart(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	there := func() *apptest.Browser {
		other := p.Second().Visitor() // a process that has not seen the session
		other.SetCookie("portal", b.Cookie("portal"))
		return other
	}
	second := there()
	second.Get("/sessions").Want(http.StatusOK, "This one")
	second.Post("/theme", apptest.Form("theme", "dark")).Want(http.StatusSeeOther)
	third := there() // as after a restart
	third.Get("/sessions").Want(http.StatusOK)
	third.Post("/logout", nil).Want(http.StatusSeeOther)
	b.Get("/sessions").Want(http.StatusSeeOther)
	there().Get("/sessions").Want(http.StatusSeeOther)
}

func TestS26_WhatEndedIsRemoved(t *testing.T) {
	p := newPortal(t)
	p.As("Ada", "user")
	p.Clock.Add(31 * 24 * time.Hour)
	if err := p.Users.Sweep(p.Context()); err != nil {
		t.Fatal(err)
	}
	if n := p.Count("sign_ins"); n != 0 {
		t.Errorf("%d sign-ins are kept that ended a day ago", n)
	}
}
