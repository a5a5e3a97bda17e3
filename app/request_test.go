package app_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/config"
	"portal/app/data"
	"portal/app/feature"
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
		const but = "action NOT LIKE 'exported%'" // that somebody took a copy is kept
		return p.Count("audit_lines", but) + p.Count("sessions") + p.Count("users")
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
		tx.Changed(data.Change{Feature: "admin", Kind: "mapping", What: "deleted", Stale: []string{auth.AccessKey}})
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

func TestS53_LargeBodiesAreRefusedBeforeTheyAreRead(t *testing.T) {
	p := newPortal(t)
	a := p.Raw("POST /login HTTP/1.1\r\nHost: portal.test\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2000000000\r\n\r\nname=")
	a.Want(http.StatusRequestEntityTooLarge, "too large")
}

// A route says how large a body it takes; more is refused unread, on it and on every other, and what is large for everybody is
// refused of who shows no session.
func TestS53_ARouteTakesTheBodyItDeclares(t *testing.T) {
	took := 0
	sizes := func(feature.Kit) (feature.Feature, error) {
		take := func(c *fiber.Ctx) error {
			took = len(c.Body())
			return c.SendString("taken")
		}
		large, small, plain := feature.Post("large.take", "/large/:id<int>", "Take much", take), feature.Post("small.take", "/small", "Take little", take), feature.Post("plain.take", "/plain", "Take", take)
		large.Body, small.Body = 3<<20, 100
		return feature.Feature{Name: "sizes", Routes: []feature.Route{large, small, plain}, Access: []feature.Access{{Node: "sizes", Label: "Sizes", Roles: []string{auth.SignedIn}}}}, nil
	}
	p := apptest.New(t, sizes)
	p.Addr()
	b := p.As("Ada", "user")
	for path, most := range map[string]int{"/sizes/large/7": 3 << 20, "/sizes/small": 100, "/sizes/plain": 1 << 20} {
		own := "Cookie: portal=" + b.Cookie("portal") + "\r\n"
		head := "POST " + path + " HTTP/1.1\r\nHost: portal.test\r\nContent-Type: text/plain\r\nConnection: close\r\n"
		if a := p.Raw(head + own + fmt.Sprintf("Content-Length: %d\r\n\r\nx", most+1)); a.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s takes a byte more: %s", path, a)
		}
		if a := p.Raw(head + own + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", most+1, strings.Repeat("x", most+1))); a.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s takes a byte more in a chunk: %s", path, a)
		}
		took = 0
		for who, cookie := range map[string]string{"a visitor": "", "a forger": "Cookie: portal=" + strings.Repeat("A", 26) + "." + strings.Repeat("A", 24) + "\r\n"} {
			if a := p.Raw(head + cookie + fmt.Sprintf("Content-Length: %d\r\n\r\nx", 32<<10+1)); a.Status != http.StatusRequestEntityTooLarge {
				t.Errorf("%s takes more than a few lines of %s: %s", path, who, a)
			}
		}
		a := b.Do(apptest.Request{Method: http.MethodPost, Path: path, Body: strings.Repeat("x", most), Header: http.Header{
			"Content-Type": {"text/plain"}, "X-CSRF-Token": {b.Token()},
		}})
		if a.Status != http.StatusOK || took != most {
			t.Errorf("%s took %d of %d: %s", path, took, most, a)
		}
	}
}

// Who reads the log must not open what an address with a token opens, whatever feature it belongs to.
func TestLog_HoldsNoTokenOfAnAddress(t *testing.T) {
	var log bytes.Buffer
	links := func(feature.Kit) (feature.Feature, error) {
		broken := func(*fiber.Ctx) error { return errors.New("broken on purpose") }
		return feature.Feature{Name: "links", Routes: []feature.Route{feature.Get("feed", "/feeds/:token.ics", "A feed", broken)}, Access: []feature.Access{{Node: "links", Label: "Links", Roles: []string{auth.Anyone}}}}, nil
	}
	p := apptest.With(t, apptest.Options{Features: []feature.New{links}, Log: &log})
	p.Visitor().Get("/links/feeds/VERYSECRET.ics").Want(http.StatusInternalServerError)
	if said := log.String(); strings.Contains(said, "VERYSECRET") || !strings.Contains(said, "/links/feeds/…") {
		t.Error(said)
	}
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
	fine := []int{http.StatusOK, http.StatusSeeOther, http.StatusForbidden, http.StatusNotFound, http.StatusConflict}
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
