package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/config"
	"portal/features"
)

func TestS01_NoAccountIsThereFromTheStart(t *testing.T) {
	p := newPortal(t)
	if n := p.Count("users"); n != 0 {
		t.Fatalf("a new portal has %d accounts", n)
	}
	b := p.Visitor()
	for _, password := range []string{"admin", "admin123", "test123", "changeme"} {
		b.SignIn("admin", password).Want(http.StatusUnprocessableEntity)
		p.Clock.Add(time.Minute)
	}
	b.SignIn("admin", "").Want(http.StatusUnprocessableEntity)
	if n := p.Count("sessions"); n != 0 {
		t.Errorf("%d sessions were begun", n)
	}
}

func TestS02_TheFirstLinkWorksOnceAndForADay(t *testing.T) {
	p := newPortal(t)
	link := func() string {
		t.Helper()
		token, err := p.Users.Link(p.Context(), auth.FirstAdmin, 0)
		if err != nil {
			t.Fatal(err)
		}
		return "/welcome/" + token
	}
	person := apptest.Form("username", "ada", "name", "Ada", "password", "quiet lantern over marble", "again", "quiet lantern over marble")
	late := link()
	p.Clock.Add(25 * time.Hour)
	p.Visitor().Get(late).Want(http.StatusNotFound, "too old", "start it again", `href="/login"`)
	p.Visitor().Post(late, person).Want(http.StatusNotFound, "start it again")
	good := link()
	p.Visitor().Post(late, person).Want(http.StatusNotFound)
	p.Visitor().Post(good, apptest.Form("username", "ada", "name", "Ada", "password", "short", "again", "short")).Want(http.StatusUnprocessableEntity)
	if n := p.Count("users"); n != 0 {
		t.Fatalf("%d accounts were made by refused forms", n)
	}
	p.Visitor().Post(good, person).Want(http.StatusSeeOther)
	p.Visitor().Get(good).Want(http.StatusNotFound, "has been used")
	p.Visitor().Post(good, person).Want(http.StatusNotFound)
	if n := p.Count("users"); n != 1 {
		t.Errorf("%d accounts were made", n)
	}
}

func TestS05_S06_PasswordsAreJudgedByTheirStrength(t *testing.T) {
	p := newPortal(t)
	b := p.As("Adalbert Müller", "user")
	change := func(next string) apptest.Answer {
		return b.Post("/password", apptest.Form("old", apptest.Password, "password", next, "again", next))
	}
	for next, said := range map[string]string{
		"kurz123":                  "at least 10 characters",
		"password1234":             "too easily guessed",
		"Sommer2026!":              "too easily guessed",
		"my portal, my castle":     "portal",
		"adalbert has a big hat":   "adalbert",
		strings.Repeat("aB3 ", 40): "at most 128 characters",
		"qwertzuiop":               "too easily guessed",
		"               ":          "too easily guessed",
	} {
		change(next).Want(http.StatusUnprocessableEntity, said)
	}
	p.Visitor().SignIn("adalbert.muller", apptest.Password).Want(http.StatusSeeOther)
	for _, next := range []string{" 🦊 Größe zählt, 64 Zeichen mit Leerzeichen sind erlaubt, ja doch! ", strings.Repeat("x9 Ü", 32)} {
		a := change(next)
		if next[0] == 'x' { // long, but one pattern only
			a.Want(http.StatusUnprocessableEntity)
			continue
		}
		a.Want(http.StatusSeeOther)
		p.Visitor().SignIn("adalbert.muller", next).Want(http.StatusSeeOther)
		p.Visitor().SignIn("adalbert.muller", strings.TrimSpace(next)).Want(http.StatusUnprocessableEntity)
	}
}

func TestS07_ThePresentPasswordIsNeeded(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	const next = "quiet lantern over marble"
	before := p.Count("audit_lines")
	for _, old := range []string{"", "wrong", apptest.Password + " "} {
		b.Post("/password", apptest.Form("old", old, "password", next, "again", next)).Want(http.StatusUnprocessableEntity)
	}
	b.Post("/password", apptest.Form("old", apptest.Password, "password", next, "again", next+"x")).Want(http.StatusUnprocessableEntity)
	if n := p.Count("audit_lines"); n != before {
		t.Errorf("%d lines were written", n-before)
	}
	p.Visitor().SignIn("ada", apptest.Password).Want(http.StatusSeeOther)
}

func TestS09_S10_PasswordsAreComparedWholeAndKeptAsHashes(t *testing.T) {
	p := newPortal(t)
	const password = "seventy-two bytes of text that bcrypt would cut without any word about it" // 73
	b := p.As("Ada", "user")
	b.Post("/password", apptest.Form("old", apptest.Password, "password", password, "again", password)).Want(http.StatusSeeOther)
	for _, wrong := range []string{password[:72], password + "X", password[:72] + "X", password + "\x00", strings.ToUpper(password)} {
		p.Visitor().SignIn("ada", wrong).Want(http.StatusUnprocessableEntity)
		p.Clock.Add(16 * time.Minute)
	}
	p.Visitor().SignIn("ada", password).Want(http.StatusSeeOther)
	p.Visitor().SignIn("ada", strings.Repeat("x", 30_000)).Want(http.StatusUnprocessableEntity)
	u, err := p.Users.ByName(p.Context(), "ada")
	if err != nil || !strings.HasPrefix(u.PasswordHash, "{sha256-bcrypt}$2") || strings.Contains(u.PasswordHash, password) {
		t.Errorf("the password is kept as %.20q, %v", u.PasswordHash, err)
	}
}

func TestS11_EveryFailureLooksTheSame(t *testing.T) {
	p := newPortal(t)
	p.Person("Ada", "user")
	p.Person("Lou", "user")
	if err := p.Users.Lock(p.Context(), "lou", true); err != nil {
		t.Fatal(err)
	}
	var bodies []string
	for _, name := range []string{"ada", "lou", "nobody"} {
		a := p.Visitor().SignIn(name, "not the password").Want(http.StatusUnprocessableEntity)
		bodies = append(bodies, strings.ReplaceAll(apptest.Tidy(a.Body), name, "…"))
	}
	if bodies[0] != bodies[1] || bodies[0] != bodies[2] {
		t.Errorf("the answers differ:\n%s", strings.Join(bodies, "\n----\n"))
	}
	locked := p.Visitor().SignIn("lou", apptest.Password).Want(http.StatusUnprocessableEntity)
	if strings.ReplaceAll(apptest.Tidy(locked.Body), "lou", "…") != bodies[0] {
		t.Error("a locked account is told so to who knows its password")
	}
}

// behind is a portal whose proxy on this machine says where requests come from.
func behind(t *testing.T) *apptest.Portal {
	t.Helper()
	return apptest.With(t, apptest.Options{Features: features.All, Config: func(c *config.Config) { c.TrustedProxies = []string{"127.0.0.1"} }})
}

func from(p *apptest.Portal, address string) *apptest.Browser {
	b := p.Visitor()
	b.Header.Set("X-Forwarded-For", address)
	return b
}

func TestS12_AStrangerShutsNobodyOut(t *testing.T) {
	p := behind(t)
	p.Person("Ada", "user")
	for range 6 {
		from(p, "198.51.100.7").SignIn("ada", "wrong")
	}
	a := from(p, "198.51.100.7").SignIn("ada", apptest.Password).Want(http.StatusTooManyRequests)
	if a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to try again")
	}
	from(p, "203.0.113.9").SignIn("ada", apptest.Password).Want(http.StatusSeeOther)
}

func TestS13_NothingAboutARequestEvadesTheWait(t *testing.T) {
	p := newPortal(t)
	p.Person("Ada", "user")
	for i := range 6 {
		from(p, "10.0.0."+string(rune('1'+i))).SignIn([]string{"ada", "ADA", " ada ", "Ada", "ádà", "ada"}[i], "wrong")
	}
	from(p, "10.9.9.9").SignIn("aDa ", apptest.Password).Want(http.StatusTooManyRequests)
	other := p.Second()
	other.Visitor().SignIn("ada", apptest.Password).Want(http.StatusTooManyRequests)
	v6 := behind(t)
	v6.Person("Ada", "user")
	for i := range 6 {
		from(v6, "2001:db8:1:2::"+string(rune('1'+i))).SignIn("ada", "wrong")
	}
	from(v6, "2001:db8:1:2:ffff::1").SignIn("ada", apptest.Password).Want(http.StatusTooManyRequests)
	from(v6, "2001:db8:9::1").SignIn("ada", apptest.Password).Want(http.StatusSeeOther)
}

func TestS77_SignInsAreInTheAuditLog(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	p.Visitor().SignIn("ada", "wrong")
	p.Visitor().SignIn("Robert'); DROP\nTABLE", "wrong")
	b.Post("/logout", nil).Want(http.StatusSeeOther)
	for _, action := range []string{"signed in", "signed out"} {
		if n := p.Count("audit_lines", "action = '"+action+"' AND title = 'Ada' AND address = '127.0.0.1'"); n != 1 {
			t.Errorf("%d lines say %q", n, action)
		}
	}
	if n := p.Count("audit_lines", "action = 'failed to sign in'"); n != 2 {
		t.Errorf("%d lines say that a sign-in failed", n)
	}
}

func TestS42_S43_AnswersSayNothingOfTheServerAndNothingToOtherSites(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	b.Header.Set("Origin", "https://evil.test")
	for _, path := range []string{"/", "/projects", "/login", "/no-such-page", "/healthz", "/assets/none"} {
		a := b.Get(path)
		for name := range a.Header {
			if strings.HasPrefix(name, "Access-Control-") || name == "Server" || name == "X-Powered-By" {
				t.Errorf("%s sends %s: %s", path, name, a.Header.Get(name))
			}
		}
		if a.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s may be taken for another type", path)
		}
		if kind := a.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset=utf-8") {
			t.Errorf("%s is %s", path, kind)
		}
	}
}

func TestS72_ListsAreBounded(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "admin")
	for _, m := range p.Routes {
		if m.Method != http.MethodGet || m.Stream || strings.Contains(m.Path, ":") {
			continue
		}
		for _, query := range []string{"?page=1000000000000000000", "?page=-1&size=1000000", "?size=-1&sort=;drop", "?q=%00%ff&sort=-", "?page[]=1&size=NaN"} {
			if a := b.Get(m.Path + query); a.Status >= http.StatusInternalServerError {
				t.Errorf("%s", a)
			}
		}
	}
}
