package backup

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"portal/app/data"
	"portal/schema"
)

// fleeting are the tables whose rows a backup leaves out. What they hold is true for a moment only, or would
// open what has been shut since: ended sessions, links that were used.
var fleeting = []string{"sessions", "sign_ins", "sign_in_failures", "one_time_links", "forgotten_passwords", "changes", "jobs", "migrations", "migration_locks",
	"search_entries", "search_words", "search_states"} // made anew from all else

// snapshot reads the database as it was at one moment.
type snapshot struct {
	conn  *sql.Conn
	mysql bool
}

// table is what is known of a table of the database.
type table struct {
	name    string
	columns []string
	key     []string // primary key: rows come in its order, so that the same state makes the same bytes
	unset   []string // columns that are read as NULL: they refer to rows that are left out
	lastID  int64
	out     bool // its rows are left out
}

// open begins the moment. https://www.sqlite.org/isolation.html, https://dev.mysql.com/doc/refman/8.0/en/commit.html
func open(ctx context.Context, db *data.DB) (*snapshot, error) {
	conn, err := db.Read.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the database for the backup: %w", err)
	}
	s := &snapshot{conn.Conn, db.MySQL}
	begin := []string{"BEGIN", "SELECT count(*) FROM sqlite_master"} // the first read sets the moment
	if s.mysql {
		begin = []string{"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"}
	}
	for _, statement := range begin {
		if _, err := s.conn.ExecContext(ctx, statement); err != nil {
			s.close()
			return nil, fmt.Errorf("begin the backup: %w", err)
		}
	}
	return s, nil
}

// close ends the moment. The connection is not used again, so nothing of it can reach others.
func (s *snapshot) close() {
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = s.conn.Close()
}

// texts are the rows of a query for texts, NULL being empty.
func (s *snapshot) texts(ctx context.Context, width int, query string) ([][]string, error) {
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var all [][]string
	for rows.Next() {
		cells, into := make([]sql.NullString, width), make([]any, width)
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := make([]string, width)
		for i := range cells {
			row[i] = cells[i].String
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

func (s *snapshot) pick(mysql, sqlite string) string {
	if s.mysql {
		return mysql
	}
	return sqlite
}

// errEmpty means that there is no portal in the database yet.
var errEmpty = errors.New("the database is empty, so there is nothing to back up")

// migrations are those that have run.
// Errors: a sentence when none has.
func (s *snapshot) migrations(ctx context.Context, there []table) ([]schema.Ran, error) {
	if !slices.ContainsFunc(there, func(t table) bool { return t.name == "migrations" }) {
		return nil, errEmpty
	}
	rows, err := s.conn.QueryContext(ctx, "SELECT name, group_id, migrated_at FROM migrations ORDER BY name")
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var all []schema.Ran
	for rows.Next() {
		var r schema.Ran
		if err := rows.Scan(&r.Name, &r.Group, &r.At); err != nil {
			return nil, fmt.Errorf("read the migrations: %w", err)
		}
		r.At = r.At.UTC()
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errEmpty
	}
	return all, nil
}

// tables are all of the database, by name.
func (s *snapshot) tables(ctx context.Context) ([]table, error) {
	columns, err := s.texts(ctx, 4, s.pick(
		`SELECT c.table_name, c.column_name, c.is_nullable = 'NO', c.column_key = 'PRI' FROM information_schema.columns c
		JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
		WHERE c.table_schema = DATABASE() ORDER BY c.table_name, c.ordinal_position`,
		`SELECT m.name, c.name, c."notnull", c.pk > 0 FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
		AND m.name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY m.name, c.cid`))
	if err != nil {
		return nil, fmt.Errorf("list the tables: %w", err)
	}
	var all []table
	must := map[[2]string]bool{} // columns that can't be NULL
	for _, c := range columns {
		if len(all) == 0 || all[len(all)-1].name != c[0] {
			all = append(all, table{name: c[0], out: slices.Contains(fleeting, c[0])})
		}
		last := &all[len(all)-1]
		last.columns = append(last.columns, c[1])
		if c[3] == "1" {
			last.key = append(last.key, quoted(c[1]))
		}
		must[[2]string{c[0], c[1]}] = c[2] == "1"
	}
	if err := s.cutOff(ctx, all, must); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, nil // SQLite makes its table of counters with the first one of ours
	}
	return all, s.counters(ctx, all)
}

// cutOff leaves out what can't be without rows that are left out: rows that must refer to one go too,
// references that need not be are read as NULL.
func (s *snapshot) cutOff(ctx context.Context, all []table, must map[[2]string]bool) error {
	references, err := s.texts(ctx, 3, s.pick(
		`SELECT table_name, column_name, referenced_table_name FROM information_schema.key_column_usage
		WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL`,
		`SELECT m.name, f."from", f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`))
	if err != nil {
		return fmt.Errorf("list the references: %w", err)
	}
	find := func(name string) *table {
		i := slices.IndexFunc(all, func(t table) bool { return t.name == name })
		if i < 0 {
			return &table{}
		}
		return &all[i]
	}
	for more := true; more; {
		more = false
		for _, r := range references {
			if t := find(r[0]); find(r[2]).out && !t.out && must[[2]string{r[0], r[1]}] {
				t.out, more = true, true
			}
		}
	}
	for _, r := range references {
		if t := find(r[0]); find(r[2]).out && !t.out {
			t.unset = append(t.unset, r[1])
		}
	}
	return nil
}

// counters are the highest numbers that were given out: none is given out a second time after a restore.
func (s *snapshot) counters(ctx context.Context, all []table) error {
	if s.mysql { // MySQL 8 answers from a cache of a day; MariaDB does not know the setting
		_, _ = s.conn.ExecContext(ctx, "SET SESSION information_schema_stats_expiry = 0")
	}
	last, err := s.texts(ctx, 2, s.pick(
		"SELECT table_name, auto_increment - 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND auto_increment IS NOT NULL",
		"SELECT name, seq FROM sqlite_sequence"))
	if err != nil {
		return fmt.Errorf("read the counters: %w", err)
	}
	for _, l := range last {
		for i := range all {
			if all[i].name == l[0] {
				_, _ = fmt.Sscan(l[1], &all[i].lastID) // a number of the database's own
			}
		}
	}
	return nil
}

// quoted is a name as both databases take it.
func quoted(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// rows gives each row: nil, int64, float64, string, []byte or time.Time.
func (s *snapshot) rows(ctx context.Context, t table, each func([]any) error) error {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		if names[i] = quoted(c); slices.Contains(t.unset, c) {
			names[i] = "NULL"
		}
	}
	query := "SELECT " + strings.Join(names, ", ") + " FROM " + quoted(t.name) //nolint:gosec // names are the catalogue's
	if len(t.key) > 0 {
		query += " ORDER BY " + strings.Join(t.key, ", ")
	}
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	into := make([]any, len(names))
	for rows.Next() {
		row := make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for i := range row {
			row[i] = plain(row[i], s.mysql && !strings.HasSuffix(types[i].DatabaseTypeName(), "BLOB") && !strings.HasSuffix(types[i].DatabaseTypeName(), "BINARY"))
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// plain is a driver's value as one of the few sorts that backups know.
func plain(v any, text bool) any {
	switch v := v.(type) {
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case float32:
		return float64(v)
	case []byte:
		if text {
			return string(v)
		}
	case time.Time:
		return v.UTC()
	}
	return v
}
