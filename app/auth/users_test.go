package auth_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/fault"
)

// S36: two administrators who remove each other at the same time can't both succeed.
func TestUsers_OneAdministratorIsLeft(t *testing.T) {
	p := apptest.New(t)
	p.Person("Ada", "admin")
	p.Person("Bob", "admin")
	for round := range 10 {
		results := together(
			func() error { return p.Users.Revoke(p.Context(), "ada", "admin") },
			func() error {
				if round%2 == 0 {
					return p.Users.Lock(p.Context(), "bob", true)
				}
				return p.Users.Revoke(p.Context(), "bob", "admin")
			},
		)
		won := 0
		for _, err := range results {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.Conflict):
				t.Fatal(err)
			}
		}
		if won != 1 {
			t.Fatalf("round %d: %d of the two succeeded", round, won)
		}
		for _, name := range []string{"ada", "bob"} {
			if err := p.Users.Lock(p.Context(), name, false); err != nil {
				t.Fatal(err)
			}
			if err := p.Users.Grant(p.Context(), name, "admin"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// together runs all at the same time and gives their errors.
func together(all ...func() error) []error {
	errs := make([]error, len(all))
	var work sync.WaitGroup
	start := make(chan struct{})
	for i, do := range all {
		work.Go(func() {
			<-start
			errs[i] = do()
		})
	}
	close(start)
	work.Wait()
	return errs
}

// Each of two writes at the same moment sees the other: no version is given out twice.
func TestUsers_WritesOfOneAccountAtOnceAreBothCounted(t *testing.T) {
	p := apptest.New(t)
	p.Person("Ada", "admin")
	tom := p.Person("Tom", "user")
	for round := range 20 {
		was, err := p.Users.ByID(p.Context(), tom.ID)
		if err != nil {
			t.Fatal(err)
		}
		d := auth.DetailsOf(was)
		d.Phone = fmt.Sprint("+49 ", round)
		for _, err := range together(
			func() error { _, err := p.Users.Edit(p.Context(), tom.ID, was.Version, d); return err },
			func() error { return p.Users.Shut(p.Context(), tom.ID, fmt.Sprint("round ", round)) },
		) {
			if err != nil {
				t.Fatal(err)
			}
		}
		is, err := p.Users.ByID(p.Context(), tom.ID)
		if err != nil || is.Version != was.Version+2 || is.Phone != d.Phone || is.LockedAt == nil {
			t.Fatalf("round %d: version %d after %d, %+v, %v", round, is.Version, was.Version, is, err)
		}
	}
}

func TestUsers_ALinkMakesOneAdministrator(t *testing.T) {
	p := apptest.New(t)
	token, err := p.Users.Link(p.Context(), auth.FirstAdmin, 0)
	if err != nil {
		t.Fatal(err)
	}
	var tries []func() error
	for i := range 8 {
		tries = append(tries, func() error {
			name := "admin" + string(rune('a'+i))
			_, err := p.Users.CreateFirst(p.Context(), token, auth.NewUser{Username: name, Name: name})
			return err
		})
	}
	won := 0
	for _, err := range together(tries...) {
		switch {
		case err == nil:
			won++
		case !fault.Is(err, fault.NotFound):
			t.Error(err)
		}
	}
	if n := p.Count("users"); won != 1 || n != 1 {
		t.Errorf("%d succeeded, %d accounts", won, n)
	}
}

func TestUsers_ALinkEnds(t *testing.T) {
	p := apptest.New(t)
	link := func() string {
		t.Helper()
		token, err := p.Users.Link(p.Context(), auth.FirstAdmin, 0)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	gone := func(token, why string) {
		t.Helper()
		_, err := p.Users.CreateFirst(p.Context(), token, auth.NewUser{Username: "eve", Name: "Eve"})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", why, err)
		}
	}
	first := link()
	second := link()
	gone(first, "an older link")
	gone("", "no link")
	p.Clock.Add(24 * time.Hour)
	gone(second, "a link of yesterday")
	third := link()
	p.Person("Ada", "admin")
	gone(third, "a link when there is an administrator")
}

func TestUsers_APasswordLinkWorksOnceAndEndsSessions(t *testing.T) {
	p := apptest.New(t)
	b := p.As("Ada", "user")
	token, err := p.Users.Link(p.Context(), auth.SetPasswordFor, b.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	var tries []func() error
	for range 6 {
		tries = append(tries, func() error { _, err := p.Users.SetPasswordBy(p.Context(), token, "x"); return err })
	}
	won := 0
	for _, err := range together(tries...) {
		if err == nil {
			won++
		}
	}
	if won != 1 || p.Count("sessions") != 0 {
		t.Errorf("%d succeeded, %d sessions live on", won, p.Count("sessions"))
	}
}

func TestUsers_CreateRefusesAtTheField(t *testing.T) {
	p := apptest.New(t)
	p.Person("Ada")
	for field, n := range map[string]auth.NewUser{
		"username": {Username: "Ädä", Name: "x"}, "name": {Username: "x", Name: " "}, "email": {Username: "x", Name: "x", Email: "Ada <ada@example.org>"},
		"roles": {Username: "y", Name: "y", Roles: []string{"king"}},
	} {
		_, err := p.Users.Create(context.Background(), n)
		if !fault.Is(err, fault.Invalid) || fault.Of(err).Fields[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	if n := p.Count("users"); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

// S08: who was verified by the password of a moment ago does not get a session that outlives it.
func TestUsers_ASignInDuringAChangeOfPasswordIsRefused(t *testing.T) {
	p := apptest.New(t)
	was := p.Person("Ada", "user")
	if _, err := p.Users.Began(p.Context(), was, auth.SignIn{SessionKey: "before", EndsAt: p.DB.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	p.Clock.Add(time.Millisecond)
	if err := p.Users.SetPassword(p.Context(), was.ID, "another", 0); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Users.Began(p.Context(), was, auth.SignIn{SessionKey: "after", EndsAt: p.DB.Now().Add(time.Hour)}); !fault.Is(err, fault.SignIn) {
		t.Errorf("a sign-in by the old password: %v", err)
	}
	if n := p.Count("sign_ins"); n != 0 {
		t.Errorf("%d sign-ins are kept", n)
	}
}
