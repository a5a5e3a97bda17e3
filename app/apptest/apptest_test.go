package apptest_test

import (
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/features"
)

func TestPortal_AsSignsIn(t *testing.T) {
	p := apptest.New(t, features.All...)
	b := p.As("Ada Lovelace", "user")
	b.Get("/").Want(http.StatusOK, "Ada", "Sign out")
	if n := p.Count("sign_ins"); n != 1 {
		t.Errorf("%d sign-ins", n)
	}
	p.Visitor().Get("/sessions").Want(http.StatusSeeOther)
	b.Fragment("POST", "/theme", "", apptest.Form("theme", "dark")).Want(http.StatusOK)
	if n := p.Count("users", "theme = 'dark'"); n != 1 {
		t.Errorf("%d with a dark theme", n)
	}
}

func TestPortal_QueriesCountsBothHandles(t *testing.T) {
	p := apptest.New(t)
	got := p.Queries(func() {
		p.Count("users")
		p.Exec("UPDATE users SET name = name")
	})
	if len(got) != 2 {
		t.Errorf("%d queries: %v", len(got), got)
	}
	if after := p.Queries(func() {}); len(after) != 0 {
		t.Errorf("after the count: %v", after)
	}
}

func TestTidy_MasksWhatDiffersEachTime(t *testing.T) {
	got := apptest.Tidy(`<div><input type="hidden" name="_csrf" value="abc"><p>a
		b</p><img src="/assets/css/app.0123456789ab.css"></div>`)
	want := "<div>\n  <input type=\"hidden\" name=\"_csrf\" value=\"TOKEN\">\n  <p>\n    a b\n  </p>\n" +
		"  <img src=\"/assets/css/app.HASH.css\">\n</div>\n"
	if got != want {
		t.Errorf("got\n%s", got)
	}
	if strings.Contains(apptest.Tidy(`<body hx-headers="{&#34;X-CSRF-Token&#34;:&#34;secret&#34;}">`), "secret") {
		t.Error("a token in hx-headers is not masked")
	}
}
