package apptest_test

import (
	"fmt"
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

// recorder is a test that only remembers what it was told.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) { r.said += fmt.Sprintf(format, args...) }

func TestPortal_UntouchedSeesEveryWrite(t *testing.T) {
	r := &recorder{TB: t}
	p := apptest.New(r)
	b := p.As("Ada Lovelace", "user")
	p.Untouched(func() {
		b.Get("/")
		b.Post("/theme", apptest.Form("theme", "green")).Want(http.StatusUnprocessableEntity)
	})
	if r.said != "" {
		t.Errorf("where nothing was written: %s", r.said)
	}
	for _, c := range []struct{ name, write string }{
		{"a change", "UPDATE users SET theme = 'dark'"},
		{"a new row", "INSERT INTO menu_categories (name, icon, description, weight, version, updated_at) VALUES ('x', '', '', 1, 1, '2026-11-23 09:00:00')"},
		{"a row that goes", "DELETE FROM menu_categories"}, // the one before this
	} {
		r.said = ""
		p.Untouched(func() { p.Exec(c.write) })
		if !strings.Contains(r.said, "was written to") {
			t.Errorf("%s: %q", c.name, r.said)
		}
	}
}

func TestAnswer_SaysWhatOfAPageIsWrong(t *testing.T) {
	r := &recorder{TB: t}
	a := apptest.New(r).As("Ada Lovelace", "user").Get("/password")
	a.Want(http.StatusOK, "no such text")
	if !strings.Contains(r.said, "<main") || strings.Contains(r.said, "<nav class=\"side\"") || !strings.Contains(r.said, "\n") {
		t.Errorf("for a text that is missing:\n%s", r.said)
	}
	r.said = ""
	a.Lacks("Change password")
	if len(r.said) > 1000 || !strings.Contains(r.said, "Change password") {
		t.Errorf("for a text too many:\n%s", r.said)
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
