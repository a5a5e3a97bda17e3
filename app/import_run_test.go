package app_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/legacy"
)

// tables are those that an import writes to.
var tables = strings.Fields("users avatars user_preferences roles role_includes user_roles menu_categories route_mappings route_mapping_roles " +
	"statuses priorities projects project_people project_roles tasks task_dependencies todos comments history activities audit_lines changes legacy_ids")

// dump is all rows of these tables, to compare.
func dump(t *testing.T, p *apptest.Portal) string {
	t.Helper()
	var b strings.Builder
	for _, table := range tables {
		dumpTable(t, p, &b, table)
	}
	return b.String()
}

func dumpTable(t *testing.T, p *apptest.Portal, b *strings.Builder, table string) {
	t.Helper()
	rows, err := p.DB.Read.QueryContext(context.Background(), "SELECT * FROM "+table+" ORDER BY 1, 2")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(b, "%s %q\n", table, values)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

func TestImport_SecondRunChangesNothing(t *testing.T) {
	p, from, _ := imported(t)
	p.Exec("UPDATE projects SET name = ? WHERE id = 7", "Renamed since")
	p.Exec("DELETE FROM project_people WHERE project_id = 7")
	before := dump(t, p)
	r, err := p.ImportLegacy(context.Background(), from, legacy.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range r.Tables() {
		if l.Imported+l.Merged+l.Skipped+l.Mended > 0 || l.Known != l.Read {
			t.Errorf("%+v", l)
		}
	}
	if dump(t, p) != before {
		t.Error("the second run has changed something")
	}
}

func TestImport_LaterRunBringsWhatIsNew(t *testing.T) {
	p, from, _ := imported(t)
	where := from
	if !apptest.OnMySQL() {
		where = "sqlite://" + from
	}
	runOn(t, where, []string{"INSERT INTO `task` (id, project_id, parent_id, name, status_id, priority_id, list_position) VALUES (11, 7, 3, 'eleven', 1, 1, 'todo')"})
	r, err := p.ImportLegacy(context.Background(), from, legacy.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if l := *r.Table("task"); l.Imported != 1 || l.Known != 10 {
		t.Errorf("%+v", l)
	}
	if got := one(t, p, "SELECT number FROM tasks WHERE id = 11"); got != "9" {
		t.Errorf("number %s, want 9", got)
	}
	if got := one(t, p, "SELECT tasks_total FROM projects WHERE id = 7"); got != "9" {
		t.Errorf("%s tasks counted, want 9", got)
	}
}
