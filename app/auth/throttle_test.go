package auth_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/features"
)

// S12, S13: the waits after so many failures, by account and by address.
func TestThrottle_WaitsGrow(t *testing.T) {
	p := apptest.New(t)
	th := auth.NewThrottle(p.DB)
	fail := func(n int, account, address string) {
		t.Helper()
		for range n {
			if err := th.Failed(p.Context(), account, address); err != nil {
				t.Fatal(err)
			}
		}
	}
	expect := func(account, address string, want time.Duration) {
		t.Helper()
		if got, err := th.Wait(p.Context(), account, address); err != nil || got != want {
			t.Errorf("%s at %s waits %s, %v; not %s", account, address, got, err, want)
		}
	}
	fail(4, "ada", "1.1.1.1")
	expect("ada", "1.1.1.1", 0)
	fail(1, "ada", "1.1.1.1")
	expect("ada", "1.1.1.1", 15*time.Second)
	for _, same := range []string{"Ada", "ADA ", " ada", "ádà", "a\u00adda", "\u200bad\u2060a", "𝐀da"} {
		expect(same, "1.1.1.1", 15*time.Second)
	}
	expect("ada", "::ffff:1.1.1.1", 15*time.Second)
	expect("ada", "2.2.2.2", 0)
	expect("bob", "1.1.1.1", 0)
	p.Clock.Add(16 * time.Second)
	expect("ada", "1.1.1.1", 0)
	fail(1, "ada", "1.1.1.1")
	expect("ada", "1.1.1.1", 30*time.Second)
	fail(10, "ada", "1.1.1.1")
	expect("ada", "1.1.1.1", 15*time.Minute)
	p.Clock.Add(16 * time.Minute)
	expect("ada", "1.1.1.1", 0)

	fail(5, "eve", "2001:db8:1:2::1")
	expect("eve", "2001:db8:1:2:ffff::9", 15*time.Second)
	expect("eve", "2001:db8:1:3::1", 0)

	for i := range 30 {
		fail(1, "user"+string(rune('a'+i)), "3.3.3.3")
	}
	expect("somebody", "3.3.3.3", 15*time.Second)
	if err := th.Succeeded(p.Context(), "somebody", "3.3.3.3"); err != nil {
		t.Fatal(err)
	}
	expect("somebody", "3.3.3.3", 15*time.Second)
}

func TestThrottle_SuccessForgetsTheAccountsFailures(t *testing.T) {
	p := apptest.New(t)
	th := auth.NewThrottle(p.DB)
	for range 5 {
		if err := th.Failed(p.Context(), "ada", "1.1.1.1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := th.Succeeded(p.Context(), "Ada", "1.1.1.1"); err != nil {
		t.Fatal(err)
	}
	if wait, err := th.Wait(p.Context(), "ada", "1.1.1.1"); err != nil || wait != 0 {
		t.Errorf("%s, %v", wait, err)
	}
}

// S11, S12, S14 through the forms.
func TestThrottle_CountsEveryForm(t *testing.T) {
	p := apptest.New(t, features.All...)
	p.Person("Ada", "user")
	b := p.Visitor()
	known, unknown := b.SignIn("ada", "wrong"), b.SignIn("nobody", "wrong")
	if known.Status != http.StatusUnprocessableEntity || unknown.Status != known.Status {
		t.Errorf("%s and %s", known, unknown)
	}
	for range 4 {
		b.SignIn("ada", "wrong")
	}
	if a := b.SignIn("ada", apptest.Password).Want(http.StatusTooManyRequests, "Too many attempts"); a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
	p.Clock.Add(16 * time.Second)
	b.SignIn("ada", apptest.Password).Want(http.StatusSeeOther)
	for range 5 {
		b.Post("/password", apptest.Form("old", "wrong", "password", "x", "again", "x")).Want(http.StatusUnprocessableEntity)
	}
	b.Post("/password", apptest.Form("old", apptest.Password, "password", "x", "again", "x")).Want(http.StatusTooManyRequests)
}

// meanwhile does something once, before the account is looked up.
type meanwhile struct{ do func() }

// BeforeQuery is Bun's hook.
func (m *meanwhile) BeforeQuery(ctx context.Context, q *bun.QueryEvent) context.Context {
	if do := m.do; do != nil && strings.Contains(q.Query, "username_key = ") {
		m.do = nil
		do()
	}
	return ctx
}

// AfterQuery is Bun's hook.
func (m *meanwhile) AfterQuery(context.Context, *bun.QueryEvent) {}

// S12: of guesses that come all at once, those that waited to be verified learn nothing once too many have failed.
func TestThrottle_ManyAtOnceLearnNoMoreThanInTurn(t *testing.T) {
	p := apptest.New(t, features.All...)
	p.Person("Ada", "user")
	b := p.Visitor()
	th := auth.NewThrottle(p.DB)
	p.DB.Read.AddQueryHook(&meanwhile{func() { //nolint:staticcheck // WithQueryHook would make another handle
		for range 5 {
			if err := th.Failed(p.Context(), "ada", "127.0.0.1"); err != nil {
				t.Error(err)
			}
		}
	}})
	b.SignIn("ada", apptest.Password).Want(http.StatusTooManyRequests)
}
