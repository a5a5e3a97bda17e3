package app_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"portal/app/apptest"
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
		-time.Minute: "behind by about a minute", -2 * time.Minute: "behind by about 2 minutes", -5 * time.Minute: "behind by about 5 minutes",
	} {
		p.Clock.Add(20 * time.Minute)
		b := halfway(t, p, "ada", "/")
		give(b, f.code(t, off), "/").Want(http.StatusUnprocessableEntity, said)
		b.Get("/").Want(http.StatusSeeOther) // to the sign-in
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

func TestS16_ManyCodesAtOnceAreAsLimited(t *testing.T) {
	p := newPortal(t)
	setUp(t, p, p.As("Ada", "user"))
	p.Clock.Add(time.Minute)
	b := halfway(t, p, "ada", "/")
	b.Get("/login/code")
	form := apptest.Form("code", "111111", "_csrf", b.Token())
	statuses := make(chan int, 30)
	var all sync.WaitGroup
	for range cap(statuses) {
		all.Go(func() {
			res := b.Open(apptest.Request{Method: http.MethodPost, Path: "/login/code", Form: form}) // which remembers nothing
			_ = res.Body.Close()
			statuses <- res.StatusCode
		})
	}
	all.Wait()
	close(statuses)
	count := map[int]int{}
	for s := range statuses {
		count[s]++
	}
	if count[http.StatusUnprocessableEntity] != 5 || count[http.StatusTooManyRequests] != 25 {
		t.Errorf("of 30: %v", count)
	}
}

// Another secret key makes the app's codes unreadable; who has a recovery code still gets in.
func TestS16_WithAnotherSecretKeyRecoveryCodesGoOn(t *testing.T) {
	p := newPortal(t)
	f, codes := setUp(t, p, p.As("Ada", "user"))
	p.Exec("UPDATE second_factors SET secret = 'v1.AAAA'")
	p.Clock.Add(time.Minute)
	give(halfway(t, p, "ada", "/"), f.code(t, 0), "/").Want(http.StatusUnprocessableEntity, "Use a recovery code, or ask an administrator")
	give(halfway(t, p, "ada", "/"), codes[0], "/").Want(http.StatusSeeOther)
}

func TestS16_KeepMeSignedInGoesThroughBothSteps(t *testing.T) {
	p := newPortal(t)
	f, _ := setUp(t, p, p.As("Ada", "user"))
	p.Clock.Add(time.Minute)
	b := p.Visitor()
	b.Get("/login")
	b.Post("/login", apptest.Form("name", "ada", "password", apptest.Password, "keep", "1")).Want(http.StatusSeeOther)
	give(b, f.code(t, 0), "/").Want(http.StatusSeeOther)
	p.Clock.Add(20 * 24 * time.Hour)
	b.Get("/projects").Want(http.StatusOK)
	// What is confirmed wants the password, however long one stays signed in.
	b.Get("/second-factor/set-up").Want(http.StatusSeeOther)
}
