package documents

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/feature"
)

// world is a portal with the store of its feature at hand.
type world struct {
	*apptest.Portal
	base
	t *testing.T
}

// besides are the tests that have said that they run beside others: each has a portal of its own.
var besides sync.Map

func open(t *testing.T) *world {
	t.Helper()
	if _, again := besides.LoadOrStore(t, true); !again { // a test may open several portals
		t.Parallel()
	}
	w := &world{t: t}
	w.Portal = apptest.New(t, func(k feature.Kit) (feature.Feature, error) {
		if w.documents == nil {
			w.base = newBase(k)
		}
		return declare(w.base)
	})
	return w
}

// as is the context of a request of that person, with the role user unless others are named.
func (w *world) as(name string, roles ...string) context.Context {
	w.t.Helper()
	v, err := w.Users.Viewer(w.Context(), w.id(name, roles...))
	if err != nil {
		w.t.Fatal(err)
	}
	return auth.With(context.Background(), v)
}

func (w *world) id(name string, roles ...string) int64 {
	if len(roles) == 0 {
		roles = []string{"user"}
	}
	return w.Person(name, roles...).ID
}

// browser is a browser of that person.
func (w *world) browser(name string, roles ...string) *apptest.Browser {
	w.id(name, roles...)
	if len(roles) == 0 {
		roles = []string{"user"}
	}
	return w.As(name, roles...)
}

// role is the id of the role.
func (w *world) role(name string) int64 { return w.Gate.Access().RoleID(name) }

// document makes a released document of Olga Owner's; change may alter its form.
func (w *world) document(title string, change func(*documentForm)) Document {
	w.t.Helper()
	f := documentForm{Title: title, Content: "The text of " + title + ".", Owner: w.id("Olga Owner"), Release: true}
	if change != nil {
		change(&f)
	}
	d, err := w.documents.Create(w.as("Olga Owner"), f)
	if err != nil {
		w.t.Fatalf("make %s: %v", title, err)
	}
	return d
}

func (w *world) category(name string, in int64, private bool) Category {
	w.t.Helper()
	c, err := w.documents.AddCategory(w.Context(), categoryForm{Name: name, Parent: in, Private: private})
	if err != nil {
		w.t.Fatalf("make %s: %v", name, err)
	}
	return c
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// form is the edit form of a document as it is now, as its owner has it.
func (w *world) form(n int64) documentForm {
	w.t.Helper()
	ctx := w.as("Olga Owner")
	h, _, _, err := w.documents.Get(ctx, n)
	if err != nil {
		w.t.Fatal(err)
	}
	v := must[Version](w.t)(w.documents.Version(ctx, n, h.Document.Latest))
	return formOf(h, v, must[[]Tag](w.t)(w.documents.Tags(ctx)))
}

// refused fails unless the post is answered so and nothing was written.
func (w *world) refused(b *apptest.Browser, path string, status int, pairs ...string) apptest.Answer {
	w.t.Helper()
	var a apptest.Answer
	w.Untouched(func() { a = b.Post(path, apptest.Form(pairs...)) })
	if a.Status != status {
		w.t.Errorf("POST %s: %s", path, a)
	}
	return a
}

func (w *world) done(b *apptest.Browser, path string, pairs ...string) apptest.Answer {
	w.t.Helper()
	return b.Post(path, apptest.Form(pairs...)).Want(http.StatusSeeOther)
}
