package app_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/fault"
)

var (
	secretShown = regexp.MustCompile(`class="secret"[^>]*>([A-Z2-7 ]+)<`)
	setupSealed = regexp.MustCompile(`name="setup" value="([^"]+)"`)
	codeShown   = regexp.MustCompile(`<li>([A-Z2-7]{4}(?:-[A-Z2-7]{4}){3})</li>`)
)

// phone is an authenticator app that has taken a key.
type phone struct {
	p      *apptest.Portal
	secret string
	sealed string // of the form that showed the key
}

// scan takes the key of the set-up page.
func scan(t *testing.T, p *apptest.Portal, page apptest.Answer) phone {
	t.Helper()
	page.Want(http.StatusOK)
	key, sealed := secretShown.FindStringSubmatch(page.Body), setupSealed.FindStringSubmatch(page.Body)
	if key == nil || sealed == nil {
		t.Fatalf("the page shows no key:\n%s", page.Body)
	}
	return phone{p, strings.ReplaceAll(key[1], " ", ""), html.UnescapeString(sealed[1])}
}

// code is what the phone shows when its clock is off by so much.
func (f phone) code(t *testing.T, off time.Duration) string {
	t.Helper()
	code, err := totp.GenerateCode(f.secret, f.p.Clock.Now().Add(off))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// setUp switches the person's second factor on; it gives the phone and the recovery codes.
func setUp(t *testing.T, p *apptest.Portal, b *apptest.Browser) (phone, []string) {
	t.Helper()
	f := scan(t, p, b.Get("/second-factor/set-up"))
	a := b.Post("/second-factor/set-up", apptest.Form("setup", f.sealed, "code", f.code(t, 0))).Want(http.StatusOK, "shown this once")
	var codes []string
	for _, m := range codeShown.FindAllStringSubmatch(a.Body, -1) {
		codes = append(codes, m[1])
	}
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	return f, codes
}

// halfway signs in up to the second step.
func halfway(t *testing.T, p *apptest.Portal, name, next string) *apptest.Browser {
	t.Helper()
	b := p.Visitor()
	b.Get("/login")
	a := b.Post("/login", apptest.Form("name", name, "password", apptest.Password, "next", next)).Want(http.StatusSeeOther)
	if to := a.Location(); to != "/login/code?next="+url.QueryEscape(next) {
		t.Fatalf("the password leads to %s", to)
	}
	return b
}

func give(b *apptest.Browser, code, next string) apptest.Answer {
	return b.Post("/login/code", apptest.Form("code", code, "next", next))
}

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

func TestS16_SigningInNeedsTheCodeAfterThePassword(t *testing.T) {
	p := newPortal(t)
	f, _ := setUp(t, p, p.As("Ada", "user"))
	p.Clock.Add(time.Minute)
	b := halfway(t, p, "ada", "/projects?q=x")
	if id := b.Cookie("portal"); id != "" {
		t.Errorf("the password alone began a session: %s", id)
	}
	b.Get("/projects").Want(http.StatusSeeOther)
	b.Get("/login/code?next=%2Fprojects%3Fq%3Dx").Want(http.StatusOK, `autocomplete="one-time-code"`, `value="/projects?q=x"`)
	sessions := p.Count("sessions")
	give(b, "123456", "/projects?q=x").Want(http.StatusUnprocessableEntity, "This code is wrong").Lacks("phone's clock")
	give(b, "", "/").Want(http.StatusUnprocessableEntity, "This is needed.")
	if n := p.Count("sessions"); n != sessions {
		t.Errorf("%d sessions were begun", n-sessions)
	}
	if to := give(b, f.code(t, 0)[:3]+" "+f.code(t, 0)[3:], "/projects?q=x").Want(http.StatusSeeOther).Location(); to != "/projects?q=x" {
		t.Errorf("leads to %s", to)
	}
	b.Get("/projects").Want(http.StatusOK)
	if step := b.Cookie("portal_step"); step != "" {
		t.Error("the first step can be gone on from")
	}
	if n := p.Count("audit_lines", "action = 'gave a wrong second factor'"); n != 1 {
		t.Errorf("%d lines in the audit log", n)
	}
}

func TestS16_ACodeWorksOnce(t *testing.T) {
	p := newPortal(t)
	f, _ := setUp(t, p, p.As("Ada", "user"))
	give(halfway(t, p, "ada", "/"), f.code(t, 0), "/").Want(http.StatusUnprocessableEntity, "has been used")
	p.Clock.Add(time.Minute)
	code := f.code(t, 0)
	before := f.code(t, -30*time.Second)
	give(halfway(t, p, "ada", "/"), code, "/").Want(http.StatusSeeOther)
	give(halfway(t, p, "ada", "/"), code, "/").Want(http.StatusUnprocessableEntity, "has been used")
	give(halfway(t, p, "ada", "/"), before, "/").Want(http.StatusUnprocessableEntity, "has been used")
	// Of several at once, one.
	p.Clock.Add(time.Minute)
	id, code := p.Person("Ada").ID, f.code(t, 0)
	var all sync.WaitGroup
	results := make(chan error, 8)
	for range 8 {
		all.Go(func() { results <- p.Factors.Check(p.Context(), id, code) })
	}
	all.Wait()
	close(results)
	passed := 0
	for err := range results {
		if err == nil {
			passed++
		} else if !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	}
	if passed != 1 {
		t.Errorf("%d of 8 passed with one code", passed)
	}
}

func TestS16_ACodeMayBeOneStepOffAndAClockThatIsFurtherOffIsNamed(t *testing.T) {
	p := newPortal(t)
	f, _ := setUp(t, p, p.As("Ada", "user"))
	for _, off := range []time.Duration{-30 * time.Second, 30 * time.Second} {
		p.Clock.Add(2 * time.Minute)
		give(halfway(t, p, "ada", "/"), f.code(t, off), "/").Want(http.StatusSeeOther)
	}
	for off, said := range map[time.Duration]string{
		time.Minute: "ahead by about a minute", 2 * time.Minute: "ahead by about 2 minutes", 5 * time.Minute: "ahead by about 5 minutes",
		-time.Minute: "behind by about a minute", -5 * time.Minute: "behind by about 5 minutes",
	} {
		p.Clock.Add(20 * time.Minute)
		give(halfway(t, p, "ada", "/"), f.code(t, off), "/").Want(http.StatusUnprocessableEntity, said)
	}
	p.Clock.Add(20 * time.Minute)
	give(halfway(t, p, "ada", "/"), f.code(t, 330*time.Second), "/").Want(http.StatusUnprocessableEntity, "This code is wrong")
}

func TestS16_WrongCodesAreLimitedWhateverThePasswordDoes(t *testing.T) {
	p := newPortal(t)
	f, codes := setUp(t, p, p.As("Ada", "user"))
	p.Clock.Add(time.Minute)
	for range 5 {
		give(halfway(t, p, "ada", "/"), "111111", "/").Want(http.StatusUnprocessableEntity) // each with the right password again
	}
	b := halfway(t, p, "ada", "/")
	if a := give(b, f.code(t, 0), "/").Want(http.StatusTooManyRequests, "Too many attempts"); a.Header.Get("Retry-After") == "" {
		t.Error("it is not said when to try again")
	}
	give(b, codes[0], "/").Want(http.StatusTooManyRequests)
	if n := p.Count("recovery_codes", "used_at IS NULL"); n != 10 {
		t.Errorf("%d recovery codes are left", n)
	}
	p.Clock.Add(time.Minute)
	give(b, f.code(t, 0), "/").Want(http.StatusSeeOther)
}

func TestS16_TheSecondStepIsOneBrowsersForFiveMinutes(t *testing.T) {
	p := newPortal(t)
	f, _ := setUp(t, p, p.As("Ada", "user"))
	p.Clock.Add(time.Minute)
	b := halfway(t, p, "ada", "/projects")
	if to := p.Visitor().Get("/login/code").Want(http.StatusSeeOther).Location(); to != "/login?next=%2F" {
		t.Errorf("a browser without the first step is led to %s", to)
	}
	forged := p.Visitor()
	forged.Get("/login")
	forged.SetCookie("portal_step", b.Cookie("portal_step")+"x")
	give(forged, f.code(t, 0), "/").Want(http.StatusSeeOther)
	forged.Get("/projects").Want(http.StatusSeeOther)
	p.Clock.Add(5 * time.Minute)
	if to := give(b, f.code(t, 0), "/projects").Want(http.StatusSeeOther).Location(); to != "/login?next=%2Fprojects" {
		t.Errorf("too late, it leads to %s", to)
	}
	b.Get("/projects").Want(http.StatusSeeOther)
}

func TestS16_WhatHappensBetweenTheStepsCounts(t *testing.T) {
	p := newPortal(t)
	f, _ := setUp(t, p, p.As("Ada", "user"))
	user := p.Person("Ada")
	p.Clock.Add(time.Minute)
	b := halfway(t, p, "ada", "/")
	hash, err := p.Passwords.Hash(p.Context(), "quiet lantern over marble")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Users.SetPassword(p.Context(), user.ID, hash, 0); err != nil {
		t.Fatal(err)
	}
	give(b, f.code(t, 0), "/").Want(http.StatusSeeOther)
	b.Get("/projects").Want(http.StatusSeeOther)
	if n := p.Count("sign_ins"); n != 0 {
		t.Errorf("%d sessions with a password that is no more", n)
	}
}

func TestS16_RecoveryCodesWorkOnceEachAndAreMadeAnew(t *testing.T) {
	p := newPortal(t)
	_, codes := setUp(t, p, p.As("Ada", "user"))
	give(halfway(t, p, "ada", "/"), strings.ToLower(codes[3]), "/").Want(http.StatusSeeOther)
	give(halfway(t, p, "ada", "/"), codes[3], "/").Want(http.StatusUnprocessableEntity, "wrong, or has been used")
	b := halfway(t, p, "ada", "/")
	give(b, strings.ReplaceAll(codes[4], "-", " "), "/").Want(http.StatusSeeOther)
	b.Get("/second-factor").Want(http.StatusOK, "8 codes")
	page := b.Post("/second-factor/codes", nil).Want(http.StatusOK).Body
	fresh := codeShown.FindAllStringSubmatch(page, -1)
	if len(fresh) != 10 || !strings.Contains(page, `download="portal-recovery-codes.txt"`) {
		t.Fatalf("%d new codes", len(fresh))
	}
	give(halfway(t, p, "ada", "/"), codes[5], "/").Want(http.StatusUnprocessableEntity)
	give(halfway(t, p, "ada", "/"), fresh[0][1], "/").Want(http.StatusSeeOther)
	other := p.As("Bob", "user")
	_, _ = setUp(t, p, other)
	give(halfway(t, p, "bob", "/"), fresh[1][1], "/").Want(http.StatusUnprocessableEntity) // another's
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
