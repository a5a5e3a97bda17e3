package projects

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/config"
	"portal/app/feature"
)

// world is a portal with the stores of its feature at hand.
type world struct {
	*apptest.Portal
	base
	reader *apptest.Browser // of seenAsStored, once it has looked
	t      *testing.T
}

func open(t *testing.T) *world {
	t.Helper()
	return openWith(t, nil)
}

// besides are the tests that have said that they run beside others: each has a portal of its own.
var besides sync.Map

// openWith is open with other settings.
func openWith(t *testing.T, change func(*config.Config)) *world {
	t.Helper()
	if _, again := besides.LoadOrStore(t, true); !again { // a test may open several portals
		t.Parallel()
	}
	w := &world{t: t}
	w.Portal = apptest.With(t, apptest.Options{Config: change, Features: []feature.New{func(k feature.Kit) (feature.Feature, error) {
		b := newBase(k)
		if w.projects == nil { // a second portal of the test has its own
			w.base = b
		}
		return declare(b)
	}}})
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

// id is that of the person.
func (w *world) id(name string, roles ...string) int64 { return w.Person(name, roles...).ID }

func (w *world) words() *words {
	w.t.Helper()
	all, err := w.projects.words.All(w.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

func (w *world) status(name string) int64 {
	for _, s := range w.words().Statuses {
		if s.Name == name {
			return s.ID
		}
	}
	w.t.Fatalf("no status %s", name)
	return 0
}

func (w *world) priority(name string) int64 {
	for _, p := range w.words().Priorities {
		if p.Name == name {
			return p.ID
		}
	}
	w.t.Fatalf("no priority %s", name)
	return 0
}

// project makes a project that the person leads; change may alter its form.
func (w *world) project(name, lead string, change func(*projectForm)) Project {
	w.t.Helper()
	ctx := w.as(lead, "user")
	f := projectForm{Name: name, Status: w.status("To do"), Priority: w.priority("Medium"), Lead: w.id(lead)}
	if change != nil {
		change(&f)
	}
	p, err := w.projects.Create(ctx, f)
	if err != nil {
		w.t.Fatalf("make %s: %v", name, err)
	}
	return p
}

// task makes a task in the project, as the portal itself.
func (w *world) task(p Project, name string, change func(*taskForm)) Task {
	w.t.Helper()
	f := taskForm{Name: name, Status: w.status("To do"), Priority: w.priority("Medium")}
	if change != nil {
		change(&f)
	}
	t, err := w.tasks.Create(w.Context(), p.ID, f)
	if err != nil {
		w.t.Fatalf("make %s: %v", name, err)
	}
	return t
}

// rows are the ids in a table that meet the condition, in their order.
func (w *world) rows(table, where string) []int64 {
	w.t.Helper()
	var ids []int64
	if err := w.DB.Writer().NewSelect().Table(table).Column("id").Where(where).OrderExpr("id").Scan(w.Context(), &ids); err != nil {
		w.t.Fatal(err)
	}
	return ids
}

// text is the first column of the first row that a query finds, as text.
func (w *world) text(query string, args ...any) string {
	w.t.Helper()
	var s string
	if err := w.DB.Writer().NewRaw(query, args...).Scan(w.Context(), &s); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return s
}

// kept are all rows of the database but sessions, counted, and the versions of what the feature keeps:
// what is the same before and after, nothing has written to.
func (w *world) kept() string {
	w.t.Helper()
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
	if apptest.OnMySQL() {
		list = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name"
	}
	var tables []string
	if err := w.DB.Writer().NewRaw(list).Scan(w.Context(), &tables); err != nil {
		w.t.Fatal(err)
	}
	parts := []string{
		"'versions ', (SELECT COALESCE(SUM(version), 0) FROM projects)", "(SELECT COALESCE(SUM(version), 0) FROM tasks)",
		"(SELECT COALESCE(SUM(version), 0) FROM todos)", "(SELECT COALESCE(SUM(version), 0) FROM comments)",
		"(SELECT COALESCE(SUM(position), 0) FROM tasks)", "(SELECT COALESCE(SUM(version), 0) FROM milestones)", "(SELECT COALESCE(SUM(waits_on), 0) FROM tasks)",
	}
	for _, name := range tables {
		if name != "sessions" && name != "sign_ins" {
			parts = append(parts, fmt.Sprintf("'%s ', (SELECT COUNT(*) FROM %s)", name, name))
		}
	}
	return w.text("SELECT CONCAT(" + strings.Join(parts, ", ' ', ") + ")")
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
