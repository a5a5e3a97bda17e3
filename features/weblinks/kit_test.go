package weblinks

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/config"
	"portal/app/feature"
)

// world is a portal with the store of its feature at hand, and two people.
type world struct {
	*apptest.Portal
	links     *linkStore
	mia, otto *apptest.Browser // two users
	t         *testing.T
}

func open(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{t: t}
	allow := func(c *config.Config) { c.FetchAllow = []string{"127.0.0.1/32"} }
	w.Portal = apptest.With(t, apptest.Options{Config: allow, Features: []feature.New{func(k feature.Kit) (feature.Feature, error) {
		links, err := newLinkStore(k)
		if w.links == nil { // a second portal of the test has its own
			w.links = links
		}
		if err != nil {
			return feature.Feature{}, err
		}
		return declare(linkHandlers{links})
	}}})
	w.mia, w.otto = w.As("Mia Miller", "user"), w.As("Otto Other", "user")
	return w
}

// as is the context of a request of that person.
func (w *world) as(name string, roles ...string) context.Context {
	w.t.Helper()
	v, err := w.Users.Viewer(w.Context(), w.Person(name, roles...).ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return auth.With(context.Background(), v)
}

// add makes a link of that person's.
func (w *world) add(name string, f linkForm) Link {
	w.t.Helper()
	l, err := w.links.Create(w.as(name, "user"), f)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// refused posts what must be refused, and must write nothing.
func (w *world) refused(b *apptest.Browser, path string, status int, pairs ...string) apptest.Answer {
	w.t.Helper()
	var a apptest.Answer
	w.Untouched(func() { a = b.Post(path, apptest.Form(pairs...)).Want(status) })
	return a
}

func (w *world) Gate() *auth.Access { return w.links.Gate.Access() }

func contains(t *testing.T, queries []string, most int) {
	t.Helper()
	if len(queries) > most {
		t.Errorf("%d queries:\n%s", len(queries), strings.Join(queries, "\n"))
	}
}

const made = http.StatusSeeOther
