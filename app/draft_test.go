package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/features"
)

const draftForm = "/projects/1/comments"

func draftOf(text string) []string {
	return []string{"form", draftForm, "page", "/projects/1/comments?x=1", "title", "Comments of Net", "fields", `{"text":"` + text + `"}`}
}

func TestDraft_KeptForItsWriterOnEveryDevice(t *testing.T) {
	p := apptest.New(t, features.All...)
	max, mia, away := p.As("Max Moor", "user"), p.As("Mia Moor", "user"), p.As("Max Moor")
	max.Fragment("GET", "/drafts?form="+draftForm, "", nil).Want(200).Lacks("draft-offer")
	max.Fragment("POST", "/drafts", "", apptest.Form(draftOf("Typed at length")...)).Want(200, "Draft saved", "data-draft-at")
	offer := away.Fragment("GET", "/drafts?form="+draftForm, "", nil).Want(200, "You have a draft from", "Typed at length", "Use it", "Discard")
	away.Get("/drafts").Want(200, "Typed at length", `href="/projects/1/comments?x=1"`, "Comments of Net")
	mia.Fragment("GET", "/drafts?form="+draftForm, "", nil).Want(200).Lacks("Typed at length")
	mia.Get("/drafts").Want(200, "No drafts").Lacks("Typed at length")
	mia.Post("/drafts/discard", apptest.Form("form", draftForm)).Want(http.StatusSeeOther)
	if p.Count("drafts", "1 = 1") != 1 {
		t.Fatal("another person discarded it")
	}
	_, at, _ := strings.Cut(offer.Body, `data-draft-at="`)
	at, _, _ = strings.Cut(at, `"`)
	p.Clock.Add(time.Minute)
	away.Fragment("POST", "/drafts", "", apptest.Form(append(draftOf("Typed more"), "known", at)...)).Want(200, "Draft saved").Lacks("another window")
	max.Fragment("POST", "/drafts", "", apptest.Form(append(draftOf("Typed otherwise"), "known", at)...)).Want(200, "It took the place of what you typed in another window.")
	max.Post("/drafts/discard", apptest.Form("form", draftForm)).Want(http.StatusSeeOther)
	if p.Count("drafts", "1 = 1") != 0 {
		t.Error("a discarded draft is kept")
	}
}

func TestDraft_GoesWhenItsFormIsTaken(t *testing.T) {
	p := apptest.New(t, features.All...)
	max, mia := p.As("Max Moor", "user"), p.As("Mia Moor", "user")
	max.Post("/projects", apptest.Form("name", "Net", "status", "1", "priority", "2")).Want(http.StatusSeeOther)
	for _, b := range []*apptest.Browser{max, mia} {
		b.Fragment("POST", "/drafts", "", apptest.Form(draftOf("Typed")...)).Want(200)
	}
	left := func(want int, after string) {
		t.Helper()
		if n := p.Count("drafts", "1 = 1"); n != want {
			t.Errorf("%s: %d drafts, not %d", after, n, want)
		}
	}
	max.Post(draftForm, apptest.Form("text", "", "_draft", draftForm)).Want(http.StatusUnprocessableEntity)
	left(2, "a refused form")
	max.Post(draftForm, apptest.Form("text", "Typed", "_draft", draftForm)).Want(http.StatusSeeOther)
	left(1, "a form that was taken")
	mia.Fragment("POST", draftForm, "comments", apptest.Form("text", "Typed", "_draft", draftForm)).Want(200)
	left(0, "a form of a piece of a page")
}

func TestDraft_RefusedWhenItCantBeOne(t *testing.T) {
	p := apptest.New(t, features.All...)
	max := p.As("Max Moor", "user")
	for name, form := range map[string][]string{
		"no form": {"fields", "{}"}, "another site": {"form", "https://evil.test/", "fields", "{}"}, "no local address": {"form", "//evil.test", "fields", "{}"},
		"no JSON": {"form", draftForm, "fields", "x"}, "JSON of others": {"form", draftForm, "fields", `{"a":{"b":1}}`}, "long": {"form", draftForm, "fields", `{"a":"` + strings.Repeat("x", 400_000) + `"}`},
		"long address": {"form", "/" + strings.Repeat("x", 200), "fields", "{}"},
	} {
		if a := max.Fragment("POST", "/drafts", "", apptest.Form(form...)); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %s", name, a)
		}
	}
	p.Visitor().Get("/drafts").Want(http.StatusSeeOther)
	if n := p.Count("drafts", "1 = 1"); n != 0 {
		t.Errorf("%d drafts", n)
	}
	max.Fragment("POST", "/drafts", "", apptest.Form("form", draftForm, "page", "https://evil.test/", "fields", `{"a":"<script>alert(1)</script>"}`)).Want(200)
	max.Get("/drafts").Want(200, "&lt;script&gt;").Lacks("evil.test", "<script>alert")
}

func TestDraft_OldestGoWhenThereAreTooManyAndAllAfterThirtyDays(t *testing.T) {
	p := apptest.New(t, features.All...)
	max := p.As("Max Moor", "user")
	for i := range 103 {
		p.Clock.Add(time.Second)
		max.Fragment("POST", "/drafts", "", apptest.Form("form", "/f/"+strings.Repeat("x", i), "fields", "{}")).Want(200)
	}
	if n := p.Count("drafts", "1 = 1"); n != 100 {
		t.Errorf("%d drafts", n)
	}
	if p.Count("drafts", "address = '/f/'") != 0 || p.Count("drafts", "address LIKE '/f/x%'") != 100 {
		t.Error("it was not the oldest that went")
	}
	p.Clock.Add(31 * 24 * time.Hour)
	if err := p.RunJob(p.Context(), "home.drafts"); err != nil {
		t.Fatal(err)
	}
	if n := p.Count("drafts", "1 = 1"); n != 0 {
		t.Errorf("%d drafts after 31 days", n)
	}
}
