package schema_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pmezard/go-difflib/difflib"

	"portal/app/apptest"
	"portal/features"
	"portal/schema"
)

// snapshot is the whole schema as the database itself tells it.
func snapshot(t *testing.T, p *apptest.Portal) string {
	t.Helper()
	if p.DB.MySQL {
		return mysqlSnapshot(t, p)
	}
	var statements []string
	err := p.DB.Read.NewRaw("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "+
		"AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY tbl_name, type DESC, name").
		Scan(p.Context(), &statements)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(statements, ";\n\n") + ";\n"
}

var counter = regexp.MustCompile(` AUTO_INCREMENT=\d+`)

func mysqlSnapshot(t *testing.T, p *apptest.Portal) string {
	t.Helper()
	var names []string
	if err := p.DB.Read.NewRaw("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name").Scan(p.Context(), &names); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, name := range names {
		var statement string
		if err := p.DB.Read.DB.QueryRowContext(p.Context(), "SHOW CREATE TABLE "+name).Scan(new(string), &statement); err != nil {
			t.Fatal(err)
		}
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(counter.ReplaceAllString(statement, "") + ";\n")
	}
	return b.String()
}

func snapshotFile() string {
	if apptest.OnMySQL() {
		return "mysql.sql"
	}
	return "sqlite.sql"
}

func diff(t *testing.T, want, got string) string {
	t.Helper()
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{A: difflib.SplitLines(want), B: difflib.SplitLines(got), FromFile: "kept", ToFile: "now", Context: 2})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSnapshot_IsWhatTheMigrationsMake(t *testing.T) {
	got := snapshot(t, apptest.New(t, features.All...))
	if apptest.Update() {
		if err := os.WriteFile(snapshotFile(), []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(snapshotFile())
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("schema/%s is not what the migrations make; run `go tool task schema`:\n%s", snapshotFile(), diff(t, string(want), got))
	}
}

var (
	mysqlTable  = regexp.MustCompile("(?s)CREATE TABLE `(\\w+)` \\((.*?)\n\\)")
	mysqlColumn = regexp.MustCompile("(?m)^  `(\\w+)` ")
)

// Both databases have the same tables with the same columns in the same order.
func TestSnapshot_IsTheSameOnBothDatabases(t *testing.T) {
	raw, err := os.ReadFile("mysql.sql")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, m := range mysqlTable.FindAllStringSubmatch(string(raw), -1) {
		var columns []string
		for _, c := range mysqlColumn.FindAllStringSubmatch(m[2], -1) {
			columns = append(columns, c[1])
		}
		want[m[1]] = strings.Join(columns, " ")
	}
	got := columns(t, apptest.New(t, features.All...))
	for _, name := range slices.Sorted(maps.Keys(want)) {
		// What finds words is the database's own on each.
		if got[name] != want[name] && !strings.HasPrefix(name, "migration") && (name != "search_words" || got[name] == "") {
			t.Errorf("%s has %q here and %q in mysql.sql", name, got[name], want[name])
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s is not in mysql.sql", name)
	}
}

func columns(t *testing.T, p *apptest.Portal) map[string]string {
	t.Helper()
	query := "SELECT m.name AS tab, c.name AS col FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' " +
		"AND m.name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY m.name, c.cid"
	if p.DB.MySQL {
		query = "SELECT table_name AS tab, column_name AS col FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position"
	}
	var rows []struct{ Tab, Col string }
	if err := p.DB.Read.NewRaw(query).Scan(p.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, r := range rows {
		all[r.Tab] = strings.TrimSpace(all[r.Tab] + " " + r.Col)
	}
	return all
}

func TestRunner_UpDownUpMakesTheSame(t *testing.T) {
	p := apptest.New(t, features.All...)
	before := snapshot(t, p)
	ctx := context.Background()
	down, err := p.Schema.Down(ctx)
	if err != nil || len(down) == 0 {
		t.Fatalf("down: %v, %v", down, err)
	}
	left := columns(t, p)
	for name := range left {
		if !strings.HasPrefix(name, "migration") {
			t.Errorf("after going down %s is still there", name)
		}
	}
	up, err := p.Schema.Up(ctx)
	if err != nil || len(up) != len(down) {
		t.Fatalf("up again: %v, %v", up, err)
	}
	if after := snapshot(t, p); after != before {
		t.Errorf("up, down, up makes another schema:\n%s", diff(t, before, after))
	}
}

func TestRunner_UpRunsNothingTwice(t *testing.T) {
	p := apptest.New(t, features.All...)
	if again, err := p.Schema.Up(context.Background()); err != nil || len(again) > 0 {
		t.Errorf("a second time: %v, %v", again, err)
	}
	if n, err := p.Schema.Pending(context.Background()); err != nil || n != 0 {
		t.Errorf("%d wait, %v", n, err)
	}
}

func TestRunner_UpRefusesANewerDatabase(t *testing.T) {
	p := apptest.New(t, features.All...)
	p.Exec("INSERT INTO migrations (name, group_id, migrated_at) VALUES ('29991231235959', 9, '2999-12-31 23:59:59')")
	_, err := p.Schema.Up(context.Background())
	if !errors.Is(err, schema.ErrNewer) || !strings.Contains(fmt.Sprint(err), "29991231235959") {
		t.Errorf("got %v", err)
	}
}

// Two processes that start at once: one migrates, the other waits and finds it done.
func TestRunner_UpAtOnceByTwo(t *testing.T) {
	p := apptest.New(t, features.All...)
	if _, err := p.Schema.Down(context.Background()); err != nil {
		t.Fatal(err)
	}
	other := p.Unprepared()
	results := make(chan error, 2)
	ran := make(chan int, 2)
	for _, r := range []*schema.Runner{p.Schema, other.Schema} {
		go func() {
			names, err := r.Up(context.Background())
			ran <- len(names)
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if a, b := <-ran, <-ran; a*b != 0 || a+b == 0 {
		t.Errorf("the two ran %d and %d migrations", a, b)
	}
}
