package admin_test

import (
	"fmt"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/features/admin"
	"portal/features/projects"
)

// userWorld is a portal with an administrator at its browser.
type userWorld struct {
	*apptest.Portal
	admin *apptest.Browser
	t     *testing.T
}

func openUsers(t *testing.T) userWorld {
	t.Helper()
	p := apptest.New(t, projects.New, admin.New)
	return userWorld{p, p.As("Ada Admin", "admin"), t}
}

// path is the address of the person's page, with more behind it.
func (w userWorld) path(name, more string) string {
	return fmt.Sprintf("/admin/users/%d%s", w.Person(name).ID, more)
}

// user is the account as it is stored.
func (w userWorld) user(name string) auth.User {
	w.t.Helper()
	u, err := w.Users.ByID(w.Context(), w.Person(name).ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return u
}

// same fails the test when do has written anything that the logs know of.
func (w userWorld) same(what string, do func()) {
	w.t.Helper()
	tables := []string{"audit_lines", "history", "users", "user_roles", "roles", "role_includes", "one_time_links"}
	var before []int
	for _, name := range tables {
		before = append(before, w.Count(name))
	}
	do()
	for i, name := range tables {
		if n := w.Count(name); n != before[i] {
			w.t.Errorf("%s: %d rows of %s became %d", what, before[i], name, n)
		}
	}
}

// viewer is the person as one who asks.
func (w userWorld) viewer(name string) *auth.Viewer {
	w.t.Helper()
	v, err := w.Users.Viewer(w.Context(), w.Person(name).ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}
