package app_test

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/legacy"
	"portal/features"
)

//go:embed testdata/legacy.sql
var legacySQL string

// mess is the statements of the messy old database, with hashes of real passwords.
func mess(t *testing.T) []string {
	t.Helper()
	script := legacySQL
	for name, password := range map[string]string{"HASH_ADMIN": "admin123", "HASH_MARIA": "portal-legacy-1"} {
		sum, err := pbkdf2.Key(sha256.New, password, []byte("somesalt"), 1000, 32)
		if err != nil {
			t.Fatal(err)
		}
		script = strings.ReplaceAll(script, name, hex.EncodeToString(sum))
	}
	return strings.Split(strings.TrimSuffix(strings.TrimSpace(script), ";"), ";\n")
}

// oldPortal is the messy old database, in a SQLite file, or on the server when the tests run on MySQL.
func oldPortal(t *testing.T, statements []string) string {
	t.Helper()
	where := "sqlite://" + filepath.Join(t.TempDir(), "old.db")
	if apptest.OnMySQL() {
		where = apptest.Database(t)
	}
	runOn(t, where, statements)
	return strings.TrimPrefix(where, "sqlite://")
}

func runOn(t *testing.T, where string, statements []string) {
	t.Helper()
	driver, dsn := "sqlite", strings.TrimPrefix(where, "sqlite://")
	if rest, ok := strings.CutPrefix(where, "mysql://"); ok {
		login, place, _ := strings.Cut(rest, "@")
		host, name, _ := strings.Cut(place, "/")
		c := mysql.NewConfig()
		c.User, c.Passwd, _ = strings.Cut(login, ":")
		c.Net, c.Addr, c.DBName = "tcp", host, name
		driver, dsn = "mysql", c.FormatDSN()
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, s := range statements {
		if _, err := db.ExecContext(context.Background(), s); err != nil {
			t.Fatalf("%v in %s", err, s)
		}
	}
}

// imported is a portal with an account "boss" of its own, into which the messy database has come.
func imported(t *testing.T) (*apptest.Portal, string, *legacy.Report) {
	t.Helper()
	p := apptest.New(t, features.All...)
	if _, err := p.Users.Create(p.Context(), auth.NewUser{Username: "Boss", Name: "The Boss", Roles: []string{"admin"}}); err != nil {
		t.Fatal(err)
	}
	from := oldPortal(t, mess(t))
	r, err := p.ImportLegacy(context.Background(), from, legacy.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, from, r
}

// one is the only value of a query.
func one(t *testing.T, p *apptest.Portal, query string, args ...any) string {
	t.Helper()
	var v sql.NullString
	if err := p.DB.Read.QueryRowContext(context.Background(), query, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if !v.Valid {
		return "NULL"
	}
	return v.String
}

// Documents keep their numbers and every text they ever had, in its author's name; nothing of them runs.
func TestImport_DocumentsKeepTheirVersions(t *testing.T) {
	p, _, _ := imported(t)
	for query, want := range map[string]string{
		"SELECT COUNT(*) FROM documents":                                                                                                 "3",
		"SELECT latest FROM documents WHERE id = 1":                                                                                      "3",
		"SELECT released FROM documents WHERE id = 1":                                                                                    "3",
		"SELECT content FROM document_versions WHERE document_id = 1 AND number = 1":                                                     "first",
		"SELECT content FROM document_versions WHERE document_id = 1 AND number = 2":                                                     "**second**",
		"SELECT content FROM document_versions WHERE document_id = 1 AND number = 3":                                                     "# Third\n\nnow",
		"SELECT COUNT(*) FROM document_versions WHERE author = 'Old Admin'":                                                              "3",
		"SELECT COUNT(*) FROM documents AS d JOIN document_categories AS c ON c.id = d.category_id WHERE d.id = 1 AND c.name = 'Guides'": "1",
		"SELECT template FROM documents WHERE id = 3":                                                                                    "1",
		"SELECT level FROM document_shares":                                                                                              "manage",
		"SELECT COUNT(*) FROM document_tag_links":                                                                                        "1",
	} {
		if got := one(t, p, query); got != want {
			t.Errorf("%s: %q, not %q", query, got, want)
		}
	}
}

func TestImport_LinksKeepTheirNumbersAndTraps(t *testing.T) {
	p, _, r := imported(t)
	for query, want := range map[string]string{
		"SELECT url FROM links WHERE id = 1":                                               "https://wiki.example.org/",
		"SELECT name FROM links WHERE id = 2":                                              "WIKI.example.org",
		"SELECT url FROM links WHERE id = 4":                                               "https://tickets.example.org",
		"SELECT COUNT(*) FROM links":                                                       "3",
		"SELECT COUNT(*) FROM links WHERE notes LIKE '%script%' OR url LIKE 'javascript%'": "0",
		"SELECT icon FROM links WHERE id = 1":                                              "book",
		"SELECT COUNT(*) FROM links WHERE category_id = 1":                                 "2",
		"SELECT name FROM link_tags WHERE id = 2":                                          "a b",
	} {
		if got := one(t, p, query); got != want {
			t.Errorf("%s: %s, not %s", query, got, want)
		}
	}
	said := fmt.Sprint(r.Rows)
	for _, want := range []string{"javascript:alert(1)", "leads where link 1 leads, too"} {
		if !strings.Contains(said, want) {
			t.Errorf("the report does not say %s", want)
		}
	}
}

func TestImport_EveryRowIsAccountedFor(t *testing.T) {
	_, _, r := imported(t)
	want := []legacy.Line{
		{Table: "role", Read: 5, Imported: 1, Merged: 3, Skipped: 1},
		{Table: "user", Read: 7, Imported: 5, Merged: 2, Mended: 3},
		{Table: "user_roles", Read: 8, Imported: 5, Merged: 1, Skipped: 2},
		{Table: "user_preference", Read: 5, Imported: 2, Skipped: 3},
		{Table: "navigation_category", Read: 3, Imported: 1, Merged: 1, Skipped: 1},
		{Table: "page_route_mapping", Read: 8, Imported: 4, Merged: 1, Skipped: 3},
		{Table: "route_roles", Read: 5, Imported: 2, Merged: 1, Skipped: 2},
		{Table: "project_status", Read: 5, Imported: 2, Merged: 2, Skipped: 1, Mended: 2},
		{Table: "project_priority", Read: 2, Imported: 1, Merged: 1},
		{Table: "project", Read: 2, Imported: 2, Mended: 2},
		{Table: "project_watchers", Read: 5, Imported: 2, Merged: 1, Skipped: 2},
		{Table: "project_stakeholders"},
		{Table: "project_shareholders"},
		{Table: "project_roles", Read: 2, Imported: 1, Skipped: 1},
		{Table: "task", Read: 10, Imported: 9, Skipped: 1, Mended: 7},
		{Table: "task_dependencies", Read: 6, Imported: 3, Skipped: 3, Mended: 1},
		{Table: "todo", Read: 6, Imported: 4, Skipped: 2, Mended: 2},
		{Table: "comment", Read: 4, Imported: 2, Skipped: 2, Mended: 2},
		{Table: "history", Read: 5, Imported: 4, Skipped: 1, Mended: 1},
		{Table: "document_categories", Read: 3, Imported: 2, Merged: 1, Mended: 1},
		{Table: "document_tags", Read: 2, Imported: 1, Merged: 1, Mended: 1},
		{Table: "documents", Read: 3, Imported: 3, Mended: 3},
		{Table: "document_changes", Read: 4, Imported: 3, Skipped: 1},
		{Table: "document_tag_association", Read: 3, Imported: 1, Merged: 1, Skipped: 1},
		{Table: "document_shares", Read: 6, Imported: 1, Merged: 2, Skipped: 3},
		{Table: "weblink_categories", Read: 3, Imported: 1, Merged: 1, Skipped: 1},
		{Table: "weblink_tags", Read: 2, Imported: 2, Mended: 1},
		{Table: "weblinks", Read: 4, Imported: 3, Skipped: 1, Mended: 3},
		{Table: "weblink_tag_association", Read: 4, Imported: 2, Skipped: 2},
	}
	if got := r.Tables(); !slices.Equal(got, want) {
		for i := range want {
			if i < len(got) && got[i] != want[i] {
				t.Errorf("\n got %+v\nwant %+v", got[i], want[i])
			}
		}
		t.Errorf("%d tables, want %d", len(got), len(want))
	}
	for _, l := range r.Tables() {
		if l.Read != l.Imported+l.Merged+l.Skipped {
			t.Errorf("%s: rows got lost: %+v", l.Table, l)
		}
	}
}

// messes are rows that the report must have, by a part of their reason.
var messes = []legacy.Row{
	{Table: "role", Key: "5", Action: "skipped", Reason: "no name"},
	{Table: "user", Key: "3", Action: "mended", Reason: "called MARIA-2 now"},
	{Table: "user", Key: "3", Action: "mended", Reason: "neither PNG nor JPEG"},
	{Table: "user", Key: "4", Action: "merged", Reason: "one person's"},
	{Table: "user", Key: "5", Action: "mended", Reason: "no longer accepted"},
	{Table: "user", Key: "5", Action: "mended", Reason: "picture is left out: it is empty"},
	{Table: "user", Key: "6", Action: "mended", Reason: "called legacy-6 now"},
	{Table: "user", Key: "7", Action: "merged", Reason: "There is an account Boss already"},
	{Table: "user", Key: "admin", Action: "warning", Reason: "Change it at once"},
	{Table: "user", Key: "maria, bob", Action: "warning", Reason: "share the e-mail address"},
	{Table: "user", Key: "", Action: "unknown", Reason: "shoe_size"},
	{Table: "user_preference", Key: "2:avatar", Action: "skipped", Reason: "file of the old server"},
	{Table: "user_preference", Key: "5:theme", Action: "skipped", Reason: "no look"},
	{Table: "page_route_mapping", Key: "1", Action: "merged", Reason: "goes with the mapping of admin"},
	{Table: "page_route_mapping", Key: "5", Action: "skipped", Reason: "parameter"},
	{Table: "page_route_mapping", Key: "6", Action: "skipped", Reason: "no such page"},
	{Table: "page_route_mapping", Key: "7", Action: "skipped", Reason: "scripts of other pages"},
	{Table: "page_route_mapping", Key: "auditor", Action: "access", Reason: "can no longer open"},
	{Table: "project_status", Key: "2", Action: "merged", Reason: "In progress"},
	{Table: "project_status", Key: "3", Action: "mended", Reason: "does not say how far"},
	{Table: "project", Key: "7", Action: "mended", Reason: "1 × <script>"},
	{Table: "project", Key: "7", Action: "mended", Reason: "140 % is 100 %"},
	{Table: "project", Key: "8", Action: "mended", Reason: "it had no name"},
	{Table: "project", Key: "8", Action: "mended", Reason: "Nowhere was in no list"},
	{Table: "task", Key: "2", Action: "mended", Reason: `"2021-13-45" is no day`},
	{Table: "task", Key: "4", Action: "mended", Reason: "it lay 4 levels deep; it is part of task 2"},
	{Table: "task", Key: "5", Action: "mended", Reason: "it lay 5 levels deep; it is part of task 2"},
	{Table: "task", Key: "6", Action: "mended", Reason: "part of itself (6 in 7 in 6)"},
	{Table: "task", Key: "8", Action: "mended", Reason: "belongs to another project"},
	{Table: "task", Key: "9", Action: "mended", Reason: "task 500 that it was part of is not there"},
	{Table: "task", Key: "10", Action: "skipped", Reason: "project 99 is not there"},
	{Table: "task_dependencies", Key: "3:1", Action: "skipped", Reason: "in a loop: NRE-3 → NRE-1 → NRE-2 → NRE-3"},
	{Table: "task_dependencies", Key: "4:4", Action: "skipped", Reason: "wait for itself"},
	{Table: "task_dependencies", Key: "5:12345", Action: "skipped", Reason: "not there"},
	{Table: "task_dependencies", Key: "1:8", Action: "mended", Reason: "another project"},
	{Table: "todo", Key: "3", Action: "mended", Reason: "nobody knows since when"},
	{Table: "todo", Key: "4", Action: "skipped", Reason: "no project and no task"},
	{Table: "todo", Key: "6", Action: "mended", Reason: "belongs to the project now"},
	{Table: "comment", Key: "1", Action: "mended", Reason: "handler onerror"},
	{Table: "comment", Key: "2", Action: "mended", Reason: "carries the name ghost"},
	{Table: "comment", Key: "4", Action: "skipped", Reason: "no text"},
	{Table: "history", Key: "3", Action: "mended", Reason: "account 404"},
	{Table: "document_categories", Key: "2", Action: "merged", Reason: "the category Guides"},
	{Table: "document_categories", Key: "3", Action: "mended", Reason: "called Net-Power now"},
	{Table: "document_tags", Key: "1", Action: "mended", Reason: "called How to now"},
	{Table: "documents", Key: "1", Action: "mended", Reason: "1 × <script>"},
	{Table: "documents", Key: "2", Action: "mended", Reason: "document 1 has the same title"},
	{Table: "documents", Key: "2", Action: "mended", Reason: "its owner is not there"},
	{Table: "documents", Key: "2", Action: "mended", Reason: "only administrators"},
	{Table: "documents", Key: "3", Action: "mended", Reason: "it had no title"},
	{Table: "documents", Key: "3", Action: "mended", Reason: "its category 9 is not there"},
	{Table: "document_changes", Key: "4", Action: "skipped", Reason: "document 99"},
	{Table: "document_shares", Key: "6", Action: "skipped", Reason: "allows"},
	{Table: "surprise", Key: "", Action: "unknown", Reason: "does not know this table"},
}

func TestImport_EveryMessHasItsReason(t *testing.T) {
	_, _, r := imported(t)
	for _, c := range messes {
		if !slices.ContainsFunc(r.Rows, func(row legacy.Row) bool {
			return row.Table == c.Table && row.Key == c.Key && row.Action == c.Action && strings.Contains(row.Reason, c.Reason)
		}) {
			t.Errorf("no row %s %s %s …%s…", c.Table, c.Key, c.Action, c.Reason)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func TestImport_ThingsAreAsTheyWere(t *testing.T) {
	p, _, _ := imported(t)
	for query, want := range map[string]string{
		"SELECT theme FROM users WHERE username = 'maria'":                                                                 "dark",
		"SELECT avatar_version FROM users WHERE username = 'maria'":                                                        "1",
		"SELECT value FROM user_preferences WHERE name = 'language'":                                                       "en",
		"SELECT locked_at IS NOT NULL FROM users WHERE username = 'bob'":                                                   "1",
		"SELECT password_hash FROM users WHERE username = 'bob'":                                                           "",
		"SELECT name FROM users WHERE username_key = 'boss'":                                                               "The Boss",
		"SELECT password_hash FROM users WHERE username_key = 'boss'":                                                      "",
		"SELECT audience FROM route_mappings WHERE node = 'dispatch'":                                                      "signed-in",
		"SELECT audience FROM route_mappings WHERE node = 'reports'":                                                       "roles",
		"SELECT title FROM route_mappings WHERE node = 'projects.project.see.list'":                                        "All projects",
		"SELECT name FROM projects WHERE id = 7":                                                                           "Network renewal",
		"SELECT description FROM projects WHERE id = 7":                                                                    "## Plan\n\n- one\n- **two**",
		"SELECT description FROM projects WHERE id = 8":                                                                    "plain *text*",
		"SELECT icon FROM projects WHERE id = 7":                                                                           "server",
		"SELECT notify_comment FROM projects WHERE id = 7":                                                                 "0",
		"SELECT tasks_total FROM projects WHERE id = 7":                                                                    "8",
		"SELECT tasks_done FROM projects WHERE id = 7":                                                                     "2",
		"SELECT last_number FROM projects WHERE id = 7":                                                                    "8",
		"SELECT stage FROM statuses WHERE name_key = 'completed'":                                                          "done",
		"SELECT s.name FROM tasks AS t JOIN statuses AS s ON s.id = t.status_id WHERE t.id = 6":                            "Completed",
		"SELECT COALESCE(parent_id, 0) FROM tasks WHERE id = 6":                                                            "0",
		"SELECT parent_id FROM tasks WHERE id = 7":                                                                         "6",
		"SELECT parent_id FROM tasks WHERE id = 5":                                                                         "2",
		"SELECT due_on FROM tasks WHERE id = 1":                                                                            "2021-09-10",
		"SELECT COUNT(*) FROM tasks WHERE id = 3 AND completed_at LIKE '2021-05-07%'":                                      "1",
		"SELECT COUNT(*) FROM projects WHERE id = 7 AND created_at LIKE '2021-05-06%09.123456%'":                           "1",
		"SELECT number FROM tasks WHERE id = 9":                                                                            "8",
		"SELECT text FROM comments WHERE id = 1":                                                                           "Look here or [there](https://example.com/a)",
		"SELECT text FROM comments WHERE id = 2":                                                                           "plain & simple: 1 < 2",
		"SELECT author FROM comments WHERE id = 2":                                                                         "ghost",
		"SELECT new_value FROM history WHERE thing_id = 3 AND field = 'assignee'":                                          "Maria Maier",
		"SELECT old_value FROM history WHERE thing_id = 3 AND field = 'status'":                                            "In Progress",
		"SELECT what FROM history WHERE thing_id = 1 AND kind = 'projects.task' AND what LIKE 'added%'":                    "added a todo: description buy ⚡ cable",
		"SELECT text FROM todos WHERE project_id = 7 AND task_id IS NULL ORDER BY position LIMIT 1":                        "first",
		"SELECT COUNT(*) FROM audit_lines WHERE kind = 'admin.user' AND action = 'granted the role manager by the import'": "1",
		"SELECT COUNT(*) FROM legacy_ids WHERE kind = 'task'":                                                              "10",
	} {
		if got := one(t, p, query); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	if v, err := p.Users.ByName(context.Background(), "maria"); err != nil {
		t.Error(err)
	} else if viewer, err := p.Users.Viewer(context.Background(), v.ID); err != nil || !viewer.Can("projects.project.see.list") || viewer.Can("reports") {
		t.Errorf("maria may see the wrong things (%v)", err)
	}
}

func TestImport_OldPasswordSignsIn(t *testing.T) {
	p, _, _ := imported(t)
	u, err := p.Users.ByLogin(context.Background(), "maria")
	if err != nil {
		t.Fatal(err)
	}
	ok, renew, err := p.Passwords.Verify(context.Background(), u.PasswordHash, "portal-legacy-1")
	if err != nil || !ok || !renew {
		t.Errorf("old password: ok %v, renew %v, %v", ok, renew, err)
	}
	if ok, _, err = p.Passwords.Verify(context.Background(), u.PasswordHash, "portal-legacy-2"); ok || err != nil {
		t.Errorf("wrong password: ok %v, %v", ok, err)
	}
}
