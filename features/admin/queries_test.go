package admin_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
)

// rows puts that many rows into a table by one statement; row gives the values of each.
func (w userWorld) rows(table, columns string, many int, row func(i int) []any) {
	w.t.Helper()
	var values []any
	for i := range many {
		values = append(values, row(i)...)
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", strings.Count(columns, ",")+1), ", ") + ")"
	w.Exec("INSERT INTO "+table+" ("+columns+") VALUES "+strings.TrimSuffix(strings.Repeat(one+", ", many), ", "), values...)
}

// crowded is a portal with that many rows of everything that a page of administration lists.
func crowded(t *testing.T, many int) userWorld {
	t.Helper()
	w := openUsers(t)
	now := w.DB.Now()
	tom := w.Person("Tom", "auditor")
	w.role("name", "crowd")
	role := w.Gate.Access().RoleID("crowd")
	w.rows("users", "id, username, username_key, name, search_text, email, email_key, phone, employee_number, directory_id, source, password_hash, zone, theme, avatar_version, version, created_at, updated_at", many, func(i int) []any {
		name := fmt.Sprintf("p%d", i)
		return []any{1000 + i, name, name, name, name, "", "", "", "", "", "local", "x", "", "system", 0, 1, now, now}
	})
	w.rows("user_roles", "user_id, role_id, reason, granted_at", many, func(i int) []any { return []any{1000 + i, role, "", now} })
	w.rows("sessions", "k, v, e", many, func(i int) []any { return []any{fmt.Sprint("key", i), "", time.Now().Add(time.Hour).Unix()} })
	w.rows("sign_ins", "session_key, user_id, address, device, kept, created_at, seen_at, ends_at", many, func(i int) []any {
		return []any{fmt.Sprint("key", i), []int64{tom.ID, w.admin.User.ID}[i%2], "10.0.0.1", "Firefox", false, now, now, now.Add(time.Hour)}
	})
	w.rows("audit_lines", "user_id, user_name, address, request_id, action, kind, thing_id, title, fields, created_at", many, func(i int) []any {
		return []any{1000 + i, "x", "", "", "changed", "admin.user", tom.ID, "", "[]", now}
	})
	w.rows("mails", "event, kind, user_id, recipient, subject, body, secret, state, tries, next_at, error, message_id, created_at", many, func(i int) []any {
		return []any{fmt.Sprint("event", i), "portal.test", 1000 + i, "a@example.org", "s", "[]", false, []string{"failed", "sent"}[i%2], 1, now, "", "", now}
	})
	w.rows("job_runs", "job, node, began_at, ended_at, error", many, func(int) []any { return []any{"audit.seal", "n", now, now, ""} })
	w.rows("menu_categories", "name, icon, description, weight, version, updated_at", many, func(i int) []any { return []any{fmt.Sprint("c", i), "", "", i, 1, now} })
	w.rows("route_mappings", "node, audience, title, icon, weight, shown, changed, version, updated_at", many, func(i int) []any {
		return []any{fmt.Sprint("gone.part", i), "signed-in", "", "", i, true, true, 1, now}
	})
	w.rows("projects", "name, task_key, summary, description, icon, status_id, priority_id, private, lead_id, notify_created, notify_done, notify_comment, tasks_total, tasks_done, last_number, search_text, name_key, version, created_at, updated_at", many, func(i int) []any {
		return []any{"p", fmt.Sprint("K", i), "", "", "folder", 1, 1, false, tom.ID, false, false, false, 0, 0, 0, "", "p", 1, now, now}
	})
	w.role("name", "last") // so that the mappings are read
	w.Cache.Clear("")
	return w
}

// spot is an address of the route that has something to show.
func (w userWorld) spot(path string) string {
	id := w.Person("Tom").ID
	switch {
	case strings.HasPrefix(path, "/admin/roles/"):
		id = w.Gate.Access().RoleID("crowd")
	case strings.HasPrefix(path, "/admin/categories/"):
		id = 1
	}
	field := "title"
	if strings.Contains(path, "categories") {
		field = "name"
	}
	return strings.NewReplacer(":id<int>", fmt.Sprint(id), ":node", "projects.project.see.list", ":field", field, ":name", "audit.seal", ":token", "none").Replace(path)
}

// refusing are reads that answer somebody who is signed in, or a token of nobody, with something else than a page.
var refusing = []string{"home.people.avatar", "home.signin.form", "home.signin.code.form", "home.signin.welcome", "home.signin.set"}

// pieces are reads of a part of a page, which answer nobody else.
var pieces = []string{"admin.mapping.see.who", "admin.mapping.see.menu", "admin.category.see.field", "admin.audit.see.check", "admin.job.see.row"}

// counted are the queries of each read of the administration and of the portal's own pages, the second time.
func counted(t *testing.T, many int) map[string][]string {
	t.Helper()
	w := crowded(t, many)
	all := map[string][]string{}
	for _, r := range w.Routes {
		own := strings.HasPrefix(r.Name, "admin.") || strings.HasPrefix(r.Name, "home.")
		if !own || r.Method != http.MethodGet || r.Stream {
			continue
		}
		path := w.spot(r.Path)
		look := func() apptest.Answer { return w.admin.Get(path) }
		if slices.Contains(pieces, r.Name) {
			look = func() apptest.Answer { return w.admin.Fragment(http.MethodGet, path, "any", nil) }
		}
		a := look()
		all[r.Name] = w.Queries(func() { a = look() })
		if a.Status != http.StatusOK && !slices.Contains(refusing, r.Name) {
			t.Errorf("%s, %s: %s", r.Name, path, a)
		}
	}
	return all
}

func TestQueries_NoPageOfTheAdministrationRunsOneForEachRow(t *testing.T) {
	few, many := counted(t, 10), counted(t, 1000)
	for route, queries := range many {
		t.Logf("%-40s %d", route, len(queries))
		if n := len(few[route]); n != len(queries) {
			t.Errorf("%s: %d queries with 10 rows, %d with 1,000:\n%s", route, n, len(queries), strings.Join(queries[:min(len(queries), 12)], "\n"))
		}
		most := 6
		if route == "admin.role.edit.delete.form" { // what would change is compared with the access as it is stored, not as it is held
			most = 10
		}
		if len(queries) > most {
			t.Errorf("%s: %d queries:\n%s", route, len(queries), strings.Join(queries[:min(len(queries), 12)], "\n"))
		}
	}
	if len(many) < 45 {
		t.Errorf("only %d routes", len(many))
	}
}
