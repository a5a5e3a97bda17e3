package apptest

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Untouched fails the test if do added, removed or changed a row: what is refused must leave nothing behind.
// Only what the portal keeps of sessions may change.
func (p *Portal) Untouched(do func()) {
	p.t.Helper()
	before := p.rows()
	do()
	for table, now := range p.rows() {
		if was := before[table]; !slices.Equal(was, now) {
			p.t.Errorf("%s was written to: %d rows, and %d before; new or changed: %s", table, len(now), len(was), firstOther(now, was))
		}
	}
}

// firstOther is the first of the rows that is not among the others.
func firstOther(rows, others []string) string {
	for _, r := range rows {
		if _, there := slices.BinarySearch(others, r); !there {
			return r
		}
	}
	return "none"
}

// rows are all rows of all tables as texts, in an order of their own, by table.
func (p *Portal) rows() map[string][]string {
	p.t.Helper()
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
	if p.DB.MySQL {
		list = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
	}
	var tables []string
	if err := p.DB.Writer().NewRaw(list).Scan(p.Context(), &tables); err != nil {
		p.t.Fatalf("list tables: %v", err)
	}
	all := map[string][]string{}
	for _, table := range tables {
		if table == "sessions" || table == "sign_ins" {
			continue
		}
		rows, err := p.tableRows(p.Context(), table)
		if err != nil {
			p.t.Fatalf("read %s: %v", table, err)
		}
		all[table] = rows
	}
	return all
}

func (p *Portal) tableRows(ctx context.Context, table string) ([]string, error) {
	var rows []map[string]any
	if err := p.DB.Writer().NewSelect().Table(table).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	all := make([]string, len(rows))
	for i, r := range rows {
		for name, value := range r {
			if raw, ok := value.([]byte); ok {
				r[name] = string(raw)
			}
		}
		all[i] = strings.TrimPrefix(fmt.Sprint(r), "map") // maps are printed in the order of their keys
	}
	slices.Sort(all)
	return all, nil
}
