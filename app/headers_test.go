package app_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/config"
	"portal/features"
)

// headers must stand on every answer, whatever it is.
func headers(t *testing.T, a apptest.Answer) {
	t.Helper()
	policy := a.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("%s: the policy lacks %s: %q", a, want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") {
		t.Errorf("%s: %s", a, policy)
	}
	if a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Referrer-Policy") == "" || a.Header.Get("Server") != "" {
		t.Errorf("%s: %v", a, a.Header)
	}
	if kind := a.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset=utf-8") {
		t.Errorf("%s: %s has no character set", a, kind)
	}
	for name := range a.Header {
		if strings.HasPrefix(name, "Access-Control-") {
			t.Errorf("%s: %s", a, name)
		}
	}
}

func TestS40_HeadersStandOnEveryAnswer(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	b.Header.Set("Origin", "https://evil.test")
	for _, a := range []apptest.Answer{
		b.Get("/"), b.Get("/nowhere"), b.Get("/assets/none.css"), b.Get("/healthz"), b.Get("/readyz"), b.Get("/people/99/avatar"),
		p.Visitor().Get("/login"), p.Visitor().Get("/sessions"), b.Post("/theme", apptest.Form("theme", "pink")),
		b.Fragment(http.MethodGet, "/nowhere", "x", nil), b.Get("/.well-known/security.txt"),
		p.Raw("POST /login HTTP/1.1\r\nHost: portal.test\r\nContent-Length: 99999999\r\n\r\n"),
		p.Raw("GET /login HTTP/1.1\r\nHost: portal.test\r\nX-Long: "+strings.Repeat("x", 20000)+"\r\n\r\n").Want(http.StatusRequestHeaderFieldsTooLarge, "too large"),
		p.Raw("BREW /login HTTP/1.1\r\nHost: portal.test\r\n\r\n").Want(http.StatusBadRequest, "could not be understood"),
		p.Raw("GET /login\r\n\r\n").Want(http.StatusBadRequest, "could not be understood"),
	} {
		headers(t, a)
	}
}

var inline = regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>[^<\s]|\son[a-z]+=|<style|\sstyle=|(?:src|href)="(?:https?:)?//`)

func TestS40_S48_PagesHaveNoInlineScriptOrStyleAndNothingForeign(t *testing.T) {
	b := newPortal(t).As("Ada", "admin")
	for _, path := range []string{"/", "/login", "/sessions", "/password", "/projects", "/projects/new", "/nowhere"} {
		if found := inline.FindString(b.Get(path).Body); found != "" {
			t.Errorf("%s holds %q", path, found)
		}
	}
}

func TestS41_HTTPSIsEnforcedBehindATrustedProxyOnly(t *testing.T) {
	p := production(t)
	b := p.Visitor()
	a := b.Get("/login?next=%2Fx").Want(http.StatusPermanentRedirect)
	if a.Location() != "https://portal.example.org/login?next=%2Fx" || a.Header.Get("Strict-Transport-Security") != "" {
		t.Errorf("over http: %v", a.Header)
	}
	if to := p.Raw("GET http://evil.test/login HTTP/1.1\r\nHost: x\r\n\r\n").Location(); to != "https://portal.example.org/login" {
		t.Errorf("an address with another host leads to %q", to)
	}
	b.Do(apptest.Request{Method: http.MethodPost, Path: "/login"}).Want(http.StatusForbidden)
	b.Get("/healthz").Want(http.StatusOK)
	b.Header.Set("X-Forwarded-Proto", "https")
	if got := b.Get("/login").Want(http.StatusOK).Header.Get("Strict-Transport-Security"); got != "max-age=31536000; includeSubDomains" {
		t.Errorf("over https: %q", got)
	}
	plain := newPortal(t).Visitor()
	plain.Header.Set("X-Forwarded-Proto", "https")
	if got := plain.Get("/login").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("outside production: %q", got)
	}
	stranger := apptest.With(t, apptest.Options{Features: features.All, Config: func(c *config.Config) {
		c.Env, c.BaseURL, c.TrustedProxies = "production", "https://portal.example.org", []string{"10.0.0.0/8"}
	}}).Visitor()
	stranger.Header.Set("X-Forwarded-Proto", "https")
	stranger.Get("/login").Want(http.StatusPermanentRedirect)
}

func TestS44_TheHostHeaderIsNeverBelieved(t *testing.T) {
	p := newPortal(t)
	b := p.Visitor()
	b.Header.Set("Host", "evil.test")
	b.Header.Set("X-Forwarded-Host", "evil.test")
	for _, path := range []string{"/login", "/", "/sessions", "/nowhere", "/.well-known/security.txt"} {
		a := b.Get(path).Lacks("evil.test")
		if strings.Contains(a.Location(), "evil.test") {
			t.Errorf("%s leads to %s", path, a.Location())
		}
	}
}

func TestS45_ForwardedAddressesAreReadFromTheRight(t *testing.T) {
	address := func(p *apptest.Portal, lines ...string) string {
		t.Helper()
		p.Person("Ada", "user")
		b := p.Visitor()
		b.Header["X-Forwarded-For"] = lines
		b.SignIn("ada", apptest.Password).Want(http.StatusSeeOther)
		var at string
		if err := p.DB.Read.NewRaw("SELECT address FROM sign_ins ORDER BY id DESC LIMIT 1").Scan(p.Context(), &at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	behind := func(proxies ...string) *apptest.Portal {
		return apptest.With(t, apptest.Options{Features: features.All, Config: func(c *config.Config) { c.TrustedProxies = proxies }})
	}
	if got := address(behind(), "6.6.6.6"); got != "127.0.0.1" {
		t.Errorf("nobody is trusted, and yet it is %s", got)
	}
	p := behind("127.0.0.1", "10.0.0.0/8")
	for want, lines := range map[string][]string{
		"9.9.9.9":     {"6.6.6.6, 9.9.9.9"},
		"9.9.9.8":     {"6.6.6.6, 9.9.9.8, 10.1.2.3"},
		"9.9.9.7":     {"6.6.6.6", "9.9.9.7"},
		"2001:db8::1": {"2001:db8::1"},
		"127.0.0.1":   {"nonsense"},
	} {
		if got := address(p, lines...); got != want {
			t.Errorf("%q gives %s, not %s", lines, got, want)
		}
	}
}

func TestS46_UnknownMethodsAndSmugglingAreRefused(t *testing.T) {
	p := newPortal(t)
	for _, method := range []string{"TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "BREW"} {
		a := p.Raw(method + " /login HTTP/1.1\r\nHost: portal.test\r\nConnection: close\r\n\r\n")
		if a.Status < 400 || a.Status >= 500 {
			t.Errorf("%s: %d", method, a.Status)
		}
	}
	for name, head := range map[string]string{
		"two lengths":       "Content-Length: 3\r\nContent-Length: 4\r\n",
		"length and chunks": "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
	} {
		a := p.Raw("POST /login HTTP/1.1\r\nHost: portal.test\r\n" + head + "\r\n0\r\n\r\n")
		if a.Status < 400 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
}

func TestS47_PersonalPagesAreNotKeptAndFilesAre(t *testing.T) {
	p := newPortal(t)
	ada, bob := p.As("Ada Lovelace", "user"), p.As("Bob", "user")
	page := ada.Get("/nowhere").Want(http.StatusNotFound, "Ada Lovelace")
	if page.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("Cache-Control %q", page.Header.Get("Cache-Control"))
	}
	bob.Get("/nowhere").Want(http.StatusNotFound).Lacks("Ada Lovelace")
	file := regexp.MustCompile(`/assets/css/app\.[0-9a-f]+\.css`).FindString(page.Body)
	a := bob.Get(file).Want(http.StatusOK)
	if !strings.Contains(a.Header.Get("Cache-Control"), "max-age=2592000") || a.Header.Get("ETag") == "" || len(a.Header.Values("Set-Cookie")) > 0 {
		t.Errorf("%s: %v", file, a.Header)
	}
	again := bob.Do(apptest.Request{Method: http.MethodGet, Path: file, Header: http.Header{"If-None-Match": {a.Header.Get("ETag")}}})
	if again.Status != http.StatusNotModified {
		t.Errorf("asked again: %s", again)
	}
}

func TestS49_NothingOfTheMachineIsPublic(t *testing.T) {
	p := apptest.With(t, apptest.Options{Features: features.All, Config: func(c *config.Config) { c.MetricsToken = "a token for the metrics" }})
	b := p.As("Root", "admin")
	for _, path := range []string{"/debug", "/debug/pprof/", "/.git/config", "/.env", "/data/portal.db", "/portal.db", "/go.mod", "/assets/", "/assets/css/"} {
		b.Get(path).Want(http.StatusNotFound)
	}
	b.Get("/metrics").Want(http.StatusOK, "portal_request_seconds")
	b.Header.Set("X-Forwarded-For", "6.6.6.6")
	b.Get("/metrics").Want(http.StatusNotFound)
	b.Header.Set("Authorization", "Bearer a token for the metrics")
	b.Get("/metrics").Want(http.StatusOK)
}
