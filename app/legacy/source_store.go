package legacy

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Source is an old database, open for reading; it stays as it was when it was opened.
type Source struct {
	Name string // the file, or the server's address without the password

	db      *sql.DB
	conn    *sql.Conn // holds the one transaction that everything is read in
	mysql   bool
	columns map[string][]string // by table, as they are
	held    map[string][]Record
}

// Open opens a SQLite file, or a database named as mysql://user:password@host:port/name.
// Errors: a sentence that says what is wrong with it.
func Open(ctx context.Context, from string) (*Source, error) {
	s := &Source{Name: from, columns: map[string][]string{}, held: map[string][]Record{}}
	open := s.openFile
	if strings.HasPrefix(from, "mysql://") {
		open = s.openServer
	}
	err := open(ctx)
	if err == nil {
		err = s.readSchema(ctx)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close lets the old database go.
func (s *Source) Close() {
	if s.conn != nil {
		_, _ = s.conn.ExecContext(context.Background(), "ROLLBACK") // nothing was written
		_ = s.conn.Close()
	}
	if s.db != nil {
		_ = s.db.Close()
	}
}

// readSchema reads the actual tables and columns, and checks that this is such a database.
func (s *Source) readSchema(ctx context.Context) error {
	query := "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!'"
	if s.mysql {
		query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position"
	}
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("%s can't be read: %s", s.Name, plain(err))
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return fmt.Errorf("%s can't be read: %s", s.Name, plain(err))
		}
		s.columns[table] = append(s.columns[table], column)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s can't be read: %s", s.Name, plain(err))
	}
	for _, table := range slices.Sorted(maps.Keys(required)) {
		if !slices.Contains(s.columns[table], required[table]) {
			return fmt.Errorf("%s is no database of the old portal: it has no table %s with a column %s", s.Name, table, required[table])
		}
	}
	return nil
}

// Rows are all rows of a table by today's name, in the order of their ids; those of its older name come after.
// A table that is not there has none.
func (s *Source) Rows(ctx context.Context, table string) ([]Record, error) {
	if rows, ok := s.held[table]; ok {
		return rows, nil
	}
	var all []Record
	for _, name := range []string{table, older[table]} {
		if s.columns[name] == nil {
			continue
		}
		rows, err := s.read(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("table %s of %s can't be read: %s", name, s.Name, plain(err))
		}
		all = append(all, rows...)
	}
	for today, was := range olderColumns[table] {
		for _, r := range all {
			if !r.Has(today) {
				r[today] = r[was]
			}
		}
	}
	s.held[table] = all
	return all, nil
}

// Count is how many rows the table has that has exactly this name.
func (s *Source) Count(ctx context.Context, table string) (n int, err error) {
	if s.columns[table] == nil {
		return 0, nil
	}
	err = s.conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+s.quote(table)).Scan(&n)
	return n, err
}

// read reads a table whose name and columns the database itself has told us.
func (s *Source) read(ctx context.Context, table string) ([]Record, error) {
	columns := s.columns[table]
	var wanted, order []string
	for _, c := range columns {
		// The sign takes the declared type away, so that SQLite's driver leaves the value as it is stored.
		sign := "+"
		if s.mysql {
			sign = ""
		}
		wanted = append(wanted, sign+s.quote(c))
		if c == "id" || strings.HasSuffix(c, "_id") && !slices.Contains(columns, "id") {
			order = append(order, s.quote(c))
		}
	}
	query := "SELECT " + strings.Join(wanted, ", ") + " FROM " + s.quote(table) //nolint:gosec // names the database has, quoted
	if len(order) > 0 {
		query += " ORDER BY " + strings.Join(order, ", ")
	}
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all []Record
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		r := make(Record, len(columns))
		for i, c := range columns {
			r[c] = values[i]
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

func (s *Source) quote(name string) string {
	if s.mysql {
		return "`" + strings.ReplaceAll(name, "`", "``") + "`"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// Strange notes in the report every table and column that the import does not read.
// done are the features that bring their tables over themselves.
func (s *Source) Strange(ctx context.Context, report *Report, done []string) error {
	today := map[string]string{}
	for name, was := range older {
		today[was] = name
	}
	for _, table := range slices.Sorted(maps.Keys(s.columns)) {
		name := table
		if n, ok := today[table]; ok {
			name = n
		}
		if columns, ok := known[name]; ok {
			for _, c := range s.columns[table] {
				if !slices.Contains(strings.Fields(columns), c) {
					report.Note(table, "", Unknown, "The column %s is not known to the import; what it holds stays behind.", c)
				}
			}
			continue
		}
		if err := s.leave(ctx, report, table, done); err != nil {
			return err
		}
	}
	return nil
}

// leave notes why a table stays behind.
func (s *Source) leave(ctx context.Context, report *Report, table string, done []string) error {
	n, err := s.Count(ctx, table)
	if err != nil || n == 0 || slices.Contains(never, table) {
		return err
	}
	for feature, tables := range later {
		if !slices.Contains(strings.Fields(tables), table) {
			continue
		}
		if !slices.Contains(done, feature) {
			report.Note(table, "", Later, "%d rows stay in the old database until this portal has %s; run the import again then.", n, feature)
		}
		return nil
	}
	report.Note(table, "", Unknown, "The import does not know this table; its %d rows stay behind.", n)
	return nil
}
