package weblinks

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"portal/app/apptest"
)

func TestCheck_NamesALinkAfterItsPage(t *testing.T) {
	w := open(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, "<title>Wiki <script>alert(1)</script></title>")
	}))
	defer s.Close()
	w.mia.Post("/weblinks", apptest.Form("url", s.URL+"/a")).Want(made)
	w.mia.Post("/weblinks", apptest.Form("url", s.URL+"/b", "name", "My own")).Want(made)
	w.mia.Get("/weblinks").Want(http.StatusOK, "Wiki &lt;script&gt;alert(1)", "My own").Lacks("<script>alert")
}

func TestCheck_ListsWhatBrokeAndOneRequestAHostAtATime(t *testing.T) {
	w := open(t)
	var now, most atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer now.Add(-1)
		switch r.URL.Path {
		case "/gone":
			w.WriteHeader(http.StatusNotFound)
		case "/in":
			http.Redirect(w, r, "http://169.254.169.254/", http.StatusFound)
		case "/who":
			w.WriteHeader(http.StatusUnauthorized)
		case "/get":
			if r.Method == http.MethodHead {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}
	}))
	defer s.Close()
	for _, p := range []string{"gone", "ok", "who", "get", "in"} {
		w.add("Mia Miller", linkForm{URL: s.URL + "/" + p, Name: "Page " + p})
	}
	w.add("Mia Miller", linkForm{URL: "mailto:a@example.org", Name: "Mail"})
	w.add("Mia Miller", linkForm{URL: "http://127.0.0.2:1/", Name: "Inside"})
	if due, err := w.links.mustCheck(w.Context()); err != nil || !due {
		t.Fatal(due, err)
	}
	if err := w.links.check(context.Background()); err != nil {
		t.Fatal(err)
	}
	if due, _ := w.links.mustCheck(w.Context()); due {
		t.Error("some were not looked at")
	}
	if most.Load() != 1 {
		t.Errorf("%d requests at once", most.Load())
	}
	w.mia.Get("/weblinks?show=broken").Want(http.StatusOK, "Page gone", "It answers with 404 Not Found.").Lacks("Page ok", "Page who", "Page get", "Page in", "Inside", ">Mail<")
	if w.Count("links", "broken_at IS NOT NULL AND version = 1") != 1 || w.Count("links", "broken LIKE 'The portal does not ask%'") != 2 {
		t.Error("it was found otherwise")
	}
	w.mia.Post("/weblinks/1/field/url", apptest.Form("value", s.URL+"/found", "version", "1")).Want(made)
	if w.Count("links", "broken_at IS NOT NULL") != 0 {
		t.Error("the new address is broken like the old one")
	}
	w.Clock.Add(8 * 24 * time.Hour)
	if due, _ := w.links.mustCheck(w.Context()); !due {
		t.Error("nothing is looked at again")
	}
}

func TestCheck_KeepsItsResultFromAnotherAddress(t *testing.T) {
	w := open(t)
	l := w.add("Mia Miller", linkForm{URL: "https://a.example", Name: "A"})
	w.mia.Post("/weblinks/1/field/url", apptest.Form("value", "https://b.example", "version", "1")).Want(made)
	if err := w.links.checked(w.Context(), l, strings.Repeat("x", 300), true); err != nil || w.Count("links", "broken_at IS NOT NULL") != 0 {
		t.Errorf("the old address's look is kept (%v)", err)
	}
}
