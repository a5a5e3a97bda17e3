package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/fault"
)

func TestS16_ASecondFactorIsSetUpByACodeOfThePhone(t *testing.T) {
	p := newPortal(t)
	b, elsewhere := p.As("Ada", "user"), p.As("Ada")
	b.Get("/second-factor").Want(http.StatusOK, "Your password alone signs you in")
	f := scan(t, p, b.Get("/second-factor/set-up").Want(http.StatusOK, `class="qr"`))
	before := b.Cookie("portal")
	b.Post("/second-factor/set-up", apptest.Form("setup", f.sealed, "code", "000000")).Want(http.StatusUnprocessableEntity, "This code is wrong", "aria-invalid")
	again := b.Post("/second-factor/set-up", apptest.Form("setup", f.sealed)).Want(http.StatusUnprocessableEntity)
	if again.Status = http.StatusOK; scan(t, p, again).secret != f.secret {
		t.Error("a form that comes back shows another key")
	}
	if n := p.Count("second_factors") + p.Count("recovery_codes"); n != 0 {
		t.Fatalf("%d rows are kept of what was not set up", n)
	}
	elsewhere.Get("/sessions").Want(http.StatusOK)
	b.Post("/second-factor/set-up", apptest.Form("setup", f.sealed, "code", f.code(t, -30*time.Second))).Want(http.StatusOK, "The second factor is on.")
	if b.Cookie("portal") == before {
		t.Error("the session kept its id")
	}
	b.Get("/second-factor").Want(http.StatusOK, "10 codes")
	elsewhere.Get("/sessions").Want(http.StatusSeeOther) // it never gave the second factor
	if n := p.Count("audit_lines", "action = 'switched on the second factor'"); n != 1 {
		t.Errorf("%d lines in the audit log", n)
	}
	var kept []string
	if err := p.DB.Read.NewRaw("SELECT secret FROM second_factors UNION SELECT code_hash FROM recovery_codes").Scan(p.Context(), &kept); err != nil {
		t.Fatal(err)
	}
	if len(kept) != 11 || slices.ContainsFunc(kept, func(s string) bool { return strings.Contains(s, f.secret) }) {
		t.Errorf("the tables hold %q", kept)
	}
}

func TestS16_ASetUpPageIsOnePersonsForHalfAnHour(t *testing.T) {
	p := newPortal(t)
	b, other := p.As("Ada", "user"), p.As("Bob", "user")
	f := scan(t, p, b.Get("/second-factor/set-up"))
	other.Post("/second-factor/set-up", apptest.Form("setup", f.sealed, "code", f.code(t, 0))).Want(http.StatusUnprocessableEntity, "too old")
	p.Clock.Add(9 * time.Minute)
	b.Get("/confirm") // still fresh enough; the set-up is not
	p.Clock.Add(22 * time.Minute)
	b.Post("/confirm", apptest.Form("password", apptest.Password)).Want(http.StatusSeeOther)
	b.Post("/second-factor/set-up", apptest.Form("setup", f.sealed, "code", f.code(t, 0))).Want(http.StatusUnprocessableEntity, "too old")
	if n := p.Count("second_factors"); n != 0 {
		t.Errorf("%d second factors", n)
	}
}

func TestS16_SwitchingOffNeedsThePasswordAndNoRoleThatRequiresIt(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "manager")
	f, _ := setUp(t, p, b)
	b.Post("/second-factor/off", nil).Want(http.StatusUnprocessableEntity, "not your password")
	b.Post("/second-factor/off", apptest.Form("password", "not this one")).Want(http.StatusUnprocessableEntity)
	requireFactor(p, "user") // which manager includes
	b.Get("/second-factor").Want(http.StatusOK, "The role user requires a second factor").Lacks("Switch off the second factor")
	b.Post("/second-factor/off", apptest.Form("password", apptest.Password)).Want(http.StatusConflict, "The role user requires")
	if n := p.Count("second_factors"); n != 1 {
		t.Fatalf("%d second factors", n)
	}
	moved := scan(t, p, b.Get("/second-factor/set-up").Want(http.StatusOK, "The phone you have now"))
	b.Post("/second-factor/set-up", apptest.Form("setup", moved.sealed, "code", moved.code(t, 0))).Want(http.StatusOK)
	p.Clock.Add(time.Minute)
	give(halfway(t, p, "ada", "/"), f.code(t, 0), "/").Want(http.StatusUnprocessableEntity)
	give(halfway(t, p, "ada", "/"), moved.code(t, 0), "/").Want(http.StatusSeeOther)

	requireFactor(p)
	before := b.Cookie("portal")
	b.Post("/second-factor/off", apptest.Form("password", apptest.Password)).Want(http.StatusSeeOther)
	if b.Cookie("portal") == before {
		t.Error("the session kept its id")
	}
	if n := p.Count("second_factors") + p.Count("recovery_codes"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	p.Visitor().SignIn("ada", apptest.Password).Want(http.StatusSeeOther)
}

// requireFactor makes these roles, and no others, require a second factor.
func requireFactor(p *apptest.Portal, roles ...string) {
	p.Exec("UPDATE roles SET second_factor = FALSE")
	for _, r := range roles {
		p.Exec("UPDATE roles SET second_factor = TRUE WHERE name = ?", r)
	}
	access, err := auth.LoadAccess(p.Context(), p.DB.Read)
	if err != nil {
		panic(err) // the database is the test's own
	}
	p.Gate.Set(access)
}

func TestS16_ARoleThatRequiresOneOpensNothingElse(t *testing.T) {
	p := newPortal(t)
	b, free := p.As("Ada", "manager"), p.As("Audra", "auditor")
	b.Get("/projects").Want(http.StatusOK)
	requireFactor(p, "user")
	free.Get("/projects").Want(http.StatusOK)
	if to := b.Get("/projects?q=x").Want(http.StatusSeeOther).Location(); to != "/second-factor/set-up?next=%2Fprojects%3Fq%3Dx" {
		t.Errorf("leads to %s", to)
	}
	rows := p.Count("projects") + p.Count("users", "theme = 'dark'")
	for _, path := range []string{"/projects", "/theme", "/password", "/sessions/1/end"} {
		if to := b.Post(path, apptest.Form("name", "Any", "theme", "dark")).Want(http.StatusSeeOther).Location(); !strings.HasPrefix(to, "/second-factor/set-up") {
			t.Errorf("POST %s leads to %s", path, to)
		}
		a := b.Fragment(http.MethodPost, path, "any", apptest.Form("name", "Any", "theme", "dark")).Want(http.StatusForbidden)
		if !strings.HasPrefix(a.Location(), "/second-factor/set-up") {
			t.Errorf("a fragment of %s leads to %q", path, a.Location())
		}
	}
	if n := p.Count("projects") + p.Count("users", "theme = 'dark'"); n != rows {
		t.Errorf("%d things were written", n-rows)
	}
	for _, m := range p.Routes {
		if m.Method != http.MethodGet || strings.Contains(m.Path, ":") || strings.HasPrefix(m.Name, "home.signin") {
			continue
		}
		a := b.Get(m.Path)
		open := strings.HasPrefix(m.Name, "home.account.factor") || strings.HasPrefix(m.Name, "home.account.confirm")
		if led := a.Status == http.StatusSeeOther && strings.HasPrefix(a.Location(), "/second-factor/set-up"); led == open && a.Status != http.StatusForbidden {
			t.Errorf("%s: %s, to %s", m.Name, a, a.Location())
		}
	}
	b.Get("/second-factor/set-up").Want(http.StatusOK, "The role user requires one.").Lacks(`aria-label="Menu"`)
	setUp(t, p, b)
	b.Get("/projects").Want(http.StatusOK)

	requireFactor(p, "auditor")
	free.Post("/logout", nil).Want(http.StatusSeeOther)
	again := p.As("Audra")
	again.Get("/projects").Want(http.StatusSeeOther)
}

func TestS16_AnAdministratorResetsALostFactor(t *testing.T) {
	p := newPortal(t)
	setUp(t, p, p.As("Ada", "user"))
	if err := p.Users.ResetFactor(p.Context(), "ada"); err != nil {
		t.Fatal(err)
	}
	p.Visitor().SignIn("ada", apptest.Password).Want(http.StatusSeeOther).Lacks("code")
	if n := p.Count("audit_lines", "action = 'reset the second factor'"); n != 1 {
		t.Errorf("%d lines in the audit log", n)
	}
	for name, kind := range map[string]fault.Kind{"ada": fault.NotFound, "nobody": fault.NotFound} {
		if err := p.Users.ResetFactor(p.Context(), name); !fault.Is(err, kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
