package app_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/valyala/fasthttp"

	"portal/app"
	"portal/app/apptest"
	"portal/app/config"
	"portal/app/data"
	"portal/features"
)

// Tests named S… are the lines of the security checklist with that number.

func newPortal(t *testing.T) *apptest.Portal {
	t.Helper()
	return apptest.New(t, features.All...)
}

// production is a portal behind a proxy on this machine that speaks HTTPS to the world.
func production(t *testing.T) *apptest.Portal {
	t.Helper()
	return apptest.With(t, apptest.Options{Features: features.All, Config: func(c *config.Config) {
		c.Env, c.BaseURL, c.TrustedProxies = "production", "https://portal.example.org", []string{"127.0.0.1"}
	}})
}

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

func TestS27_FormsWithoutTheirTokenWriteNothing(t *testing.T) {
	p := newPortal(t)
	b, other := p.As("Ada", "user"), p.As("Bob", "user")
	token := b.Token()
	for name, r := range map[string]struct {
		token  string
		header http.Header
	}{
		"missing":              {"", nil},
		"forged":               {strings.Repeat("A", len(token)), nil},
		"of another session":   {other.Token(), nil},
		"of a visitor":         {p.Visitor().Token(), nil},
		"from another site":    {token, http.Header{"Sec-Fetch-Site": {"cross-site"}}},
		"from a sister domain": {token, http.Header{"Sec-Fetch-Site": {"same-site"}}},
		"of a foreign origin":  {token, http.Header{"Origin": {"https://evil.test"}}},
		"of no origin":         {token, http.Header{"Origin": {"null"}}},
	} {
		form := apptest.Form("theme", "dark", "_csrf", r.token)
		a := b.Do(apptest.Request{Method: http.MethodPost, Path: "/theme", Form: form, Header: r.header})
		if a.Status != http.StatusForbidden {
			t.Errorf("%s: %s", name, a)
		}
	}
	b.Do(apptest.Request{Method: http.MethodPost, Path: "/login", Form: apptest.Form("name", "ada", "password", apptest.Password)}).Want(http.StatusForbidden)
	b.Do(apptest.Request{Method: http.MethodPost, Path: "/logout"}).Want(http.StatusForbidden)
	if n := p.Count("users", "theme = 'dark'"); n != 0 {
		t.Error("a refused form was obeyed")
	}
	b.Get("/sessions").Want(http.StatusOK)
	b.Do(apptest.Request{Method: http.MethodPost, Path: "/theme", Form: apptest.Form("theme", "dark", "_csrf", token),
		Header: http.Header{"Origin": {apptest.BaseURL}, "Sec-Fetch-Site": {"same-origin"}}}).Want(http.StatusSeeOther)
}

// Every route that writes asks for the token before anything else.
func TestS27_EveryFormOfThePortal(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "admin")
	parameter := regexp.MustCompile(`:\w+<int>|:\w+`)
	for _, m := range p.Routes {
		if m.Method != http.MethodPost {
			continue
		}
		path := parameter.ReplaceAllString(m.Path, "1")
		if a := b.Do(apptest.Request{Method: http.MethodPost, Path: path, Form: apptest.Form("x", "y")}); a.Status != http.StatusForbidden {
			t.Errorf("%s: %s", m.Name, a)
		}
	}
}

func TestS28_ReadsWriteNothing(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "admin")
	count := func() int {
		return p.Count("audit_lines") + p.Count("history") + p.Count("sessions") + p.Count("users")
	}
	before := count()
	parameter := regexp.MustCompile(`:\w+<int>|:\w+`)
	for _, m := range p.Routes {
		if m.Method != http.MethodGet || m.Stream {
			continue
		}
		path := parameter.ReplaceAllString(m.Path, "1")
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			a := b.Do(apptest.Request{Method: method, Path: path + "?_method=POST&theme=dark", Header: http.Header{"X-Http-Method-Override": {"POST"}}})
			if a.Status >= http.StatusInternalServerError {
				t.Errorf("%s: %s", m.Name, a)
			}
		}
	}
	if after := count(); after != before {
		t.Errorf("%d rows were written", after-before)
	}
	p.Visitor().Do(apptest.Request{Method: http.MethodPost, Path: "/login?name=ada&password=" + strings.ReplaceAll(apptest.Password, " ", "+")}).Want(http.StatusForbidden)
}

func TestS29_SigningInLeadsNowhereElse(t *testing.T) {
	p := newPortal(t)
	p.Person("Ada", "user")
	for next, want := range map[string]string{
		"/sessions?a=b": "/sessions?a=b", "//evil.test": "/", `/\evil.test`: "/", "https://evil.test": "/", "https:evil.test": "/",
		"javascript:alert(1)": "/", "/\tevil": "/", "": "/", "evil": "/", "\\\\evil.test": "/",
	} {
		b := p.Visitor()
		b.Get("/login")
		if to := b.Post("/login", apptest.Form("name", "ada", "password", apptest.Password, "next", next)).Want(http.StatusSeeOther).Location(); to != want {
			t.Errorf("next=%q leads to %q", next, to)
		}
	}
	b := p.As("Ada")
	b.Header.Set("Referer", "http://portal.test//evil.test/")
	if to := b.Post("/theme", apptest.Form("theme", "dark")).Want(http.StatusSeeOther).Location(); to != "/" {
		t.Errorf("a referer leads to %q", to)
	}
}

func TestS30_OtherBodiesAreRefused(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	token := b.Token()
	for _, kind := range []string{"application/json", "text/plain", "application/xml"} {
		b.Do(apptest.Request{Method: http.MethodPost, Path: "/theme", Body: `{"theme":"dark"}`, Header: http.Header{"Content-Type": {kind}}}).Want(http.StatusForbidden)
		b.Do(apptest.Request{Method: http.MethodPost, Path: "/password", Body: "old=x&_csrf=" + token,
			Header: http.Header{"Content-Type": {kind}, "X-Csrf-Token": {token}}}).Want(http.StatusUnsupportedMediaType)
	}
}

// A megabyte may unpack to a thousand of them: what is compressed is not even looked into.
func TestS30_CompressedBodiesAreRefused(t *testing.T) {
	p := newPortal(t)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte("--x\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\nmany\r\n--x--\r\n")) // a buffer takes everything
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"multipart/form-data; boundary=x", "application/x-www-form-urlencoded"} {
		p.Visitor().Do(apptest.Request{Method: http.MethodPost, Path: "/login", Body: packed.String(),
			Header: http.Header{"Content-Type": {kind}, "Content-Encoding": {"gzip"}}}).Want(http.StatusUnsupportedMediaType, "not compressed")
	}
}

func TestS31_HeadersOfHTMXChangeNoRights(t *testing.T) {
	p := newPortal(t)
	for _, h := range []string{"HX-Request", "HX-Boosted", "X-Requested-With", "Accept", "X-Original-URL", "X-Rewrite-URL", "X-HTTP-Method-Override"} {
		b := p.Visitor()
		b.Header.Set(h, "true")
		if a := b.Get("/sessions"); a.Status != http.StatusSeeOther && a.Status != http.StatusUnauthorized {
			t.Errorf("%s: %s", h, a)
		}
	}
}

func TestS32_HTMXIsHardened(t *testing.T) {
	newPortal(t).Visitor().Get("/login").Want(http.StatusOK, "htmx-config", "selfRequestsOnly&#34;:true", "allowEval&#34;:false",
		"allowScriptTags&#34;:false", "includeIndicatorStyles&#34;:false", "historyCacheSize&#34;:0")
}

func TestS33_PageAndPieceAreNotMixedUp(t *testing.T) {
	b := newPortal(t).As("Ada", "user")
	for _, a := range []apptest.Answer{b.Get("/sessions"), b.Fragment(http.MethodGet, "/sessions", "x", nil)} {
		if !strings.Contains(a.Header.Get("Vary"), "HX-Request") || !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s: Vary %q, Cache-Control %q", a, a.Header.Get("Vary"), a.Header.Get("Cache-Control"))
		}
	}
}

func TestS34_WhatNoMappingCoversIsForAdministrators(t *testing.T) {
	p := newPortal(t)
	user, admin := p.As("Ada", "user"), p.As("Root", "admin")
	user.Get("/projects").Want(http.StatusOK)
	err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
		tx.Changed(data.Change{Feature: "admin", Kind: "mapping", What: "deleted", Stale: []string{app.AccessKey}})
		_, err := tx.NewDelete().Table("route_mappings").Where("node = 'projects.project.see'").Exec(p.Context())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	user.Get("/projects").Want(http.StatusForbidden, "admin")
	admin.Get("/projects").Want(http.StatusOK)
}

func TestS40a_PathTricksOpenNothing(t *testing.T) {
	p := newPortal(t)
	p.Addr()
	for _, path := range []string{
		"/SESSIONS", "/sessions/", "//sessions", "/sessions;x", "/sessions.json", "/./sessions", "/x/../sessions", "/%2e/sessions",
		"/login/../sessions", "/assets/../sessions", "/assets/%2e%2e/sessions", "/assets/..%2fsessions", "/s%65ssions", "/sessions%00",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := p.Raw(method + " " + path + " HTTP/1.1\r\nHost: portal.test\r\nX-Original-URL: /login\r\nConnection: close\r\n\r\n")
			if a.Status != http.StatusSeeOther && a.Status != http.StatusNotFound && a.Status != http.StatusBadRequest {
				t.Errorf("%s %s: %d", method, path, a.Status)
			}
		}
	}
}

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

func TestS40_PagesHaveNoInlineScriptOrStyleAndNothingForeign(t *testing.T) {
	b := newPortal(t).As("Ada", "admin")
	for _, path := range []string{"/", "/login", "/sessions", "/password", "/projects", "/projects/new", "/nowhere"} {
		if found := inline.FindString(b.Get(path).Body); found != "" {
			t.Errorf("S40, S48: %s holds %q", path, found)
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

func TestS53_LargeBodiesAreRefusedBeforeTheyAreRead(t *testing.T) {
	p := newPortal(t)
	a := p.Raw("POST /login HTTP/1.1\r\nHost: portal.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000000000\r\n\r\nname=")
	a.Want(http.StatusRequestEntityTooLarge, "too large")
}

func TestS70_BrokenFormsAreRefused(t *testing.T) {
	p := newPortal(t)
	a := p.Raw("POST /login HTTP/1.1\r\nHost: portal.test\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 7\r\n\r\nnothing")
	if a.Status < 400 || a.Status >= 500 {
		t.Errorf("%s", a)
	}
	headers(t, a)
}

func TestPortal_HeadAnswersAsGetWithoutABody(t *testing.T) {
	b := newPortal(t).As("Ada", "user")
	for _, path := range []string{"/", "/sessions", "/nowhere"} {
		get, head := b.Get(path), b.Do(apptest.Request{Method: http.MethodHead, Path: path})
		if head.Status != get.Status || head.Body != "" {
			t.Errorf("%s: %s and %s", path, get, head)
		}
	}
}

func TestPortal_EveryReadAnswersEverybody(t *testing.T) {
	p := newPortal(t)
	browsers := map[string]*apptest.Browser{"admin": p.As("Root", "admin"), "user": p.As("Ada", "user"), "auditor": p.As("Odo", "auditor"), "nobody": p.As("Nemo"), "visitor": p.Visitor()}
	parameter := regexp.MustCompile(`:\w+<int>|:\w+`)
	fine := []int{http.StatusOK, http.StatusSeeOther, http.StatusForbidden, http.StatusNotFound}
	for _, m := range p.Routes {
		if m.Method != http.MethodGet || m.Stream {
			continue
		}
		for who, b := range browsers {
			if a := b.Get(parameter.ReplaceAllString(m.Path, "1")); !slices.Contains(fine, a.Status) {
				t.Errorf("%s as %s: %s", m.Name, who, a)
			}
		}
	}
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

// R18: who does not read an answer holds nothing for long; only a stream of changes lasts.
func TestPortal_CutsSlowReaders(t *testing.T) {
	server := newPortal(t).Web().Server()
	for address, want := range map[string]bool{"/": false, "/projects": false, "/eventsx": false, "/projects?x=/events": false, "/events": true, "/events?on=projects": true} {
		var h fasthttp.RequestHeader
		h.SetRequestURI(address)
		lasts := server.WriteTimeout
		if own := server.HeaderReceived(&h).WriteTimeout; own > 0 {
			lasts = own
		}
		if lasts <= 0 || (lasts > 5*time.Minute) != want {
			t.Errorf("an answer of %s lasts %s", address, lasts)
		}
	}
}
