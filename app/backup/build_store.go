package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"portal/app/data"
	"portal/schema"
)

// Target is a database, and the migrations it can have.
type Target struct {
	DB     *data.DB
	Schema *schema.Runner
}

// Build makes an empty SQLite database into what was backed up, checks it, and migrates it up to this portal.
// Errors: a sentence that says what is wrong with the backup; schema.ErrNewer when a later portal made it.
func (f *File) Build(ctx context.Context, to Target, progress Progress) error {
	if progress == nil {
		progress = func(string, int, int) {}
	}
	if err := f.Sums(progress); err != nil {
		return err
	}
	if err := to.Schema.As(ctx, f.Manifest.Migrations); err != nil {
		return err
	}
	conn, err := to.DB.Writer().Conn(ctx)
	if err != nil {
		return err
	}
	err = f.fill(ctx, conn.Conn, progress)
	if err := errors.Join(err, conn.Close()); err != nil {
		return err
	}
	progress("Migrating", 0, 1)
	if _, err := to.Schema.Up(ctx); err != nil {
		return err
	}
	h, err := to.DB.Health(ctx)
	if err != nil {
		return err
	}
	if len(h.Broken) > 0 {
		return fmt.Errorf("what was made of the backup is damaged (%s); look after the disk", strings.Join(h.Broken, "; "))
	}
	return nil
}

// fill puts the rows into the tables, all or none. References are checked at the end: rows come table by table.
func (f *File) fill(ctx context.Context, conn *sql.Conn, progress Progress) error {
	for _, statement := range []string{"PRAGMA foreign_keys = 0", "BEGIN IMMEDIATE"} {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	err := f.tables(ctx, conn, progress)
	end := "COMMIT"
	if err != nil {
		end = "ROLLBACK"
	}
	for _, statement := range []string{end, "PRAGMA foreign_keys = 1"} {
		_, failed := conn.ExecContext(context.WithoutCancel(ctx), statement)
		err = errors.Join(err, failed)
	}
	return err
}

func (f *File) tables(ctx context.Context, conn *sql.Conn, progress Progress) error {
	s := &snapshot{conn: conn}
	there, err := s.tables(ctx)
	if err != nil {
		return err
	}
	for _, t := range there {
		if strings.HasPrefix(t.name, "migration") {
			continue
		}
		if _, err := conn.ExecContext(ctx, "DELETE FROM "+quoted(t.name)); err != nil { //nolint:gosec // what migrations begin with; names are the catalogue's
			return err
		}
	}
	for i, t := range f.Manifest.Tables {
		progress("Restoring "+t.Table, i, len(f.Manifest.Tables))
		if err := f.table(ctx, conn, there, t); err != nil {
			return err
		}
	}
	for _, m := range f.Manifest.Migrations {
		if _, err := conn.ExecContext(ctx, "UPDATE migrations SET migrated_at = ? WHERE name = ?", sqliteTime(m.At), m.Name); err != nil {
			return err
		}
	}
	return references(ctx, s)
}

// table brings one table's rows.
func (f *File) table(ctx context.Context, conn *sql.Conn, there []table, t Table) error {
	i := slices.IndexFunc(there, func(h table) bool { return h.name == t.Table })
	if i < 0 {
		return fmt.Errorf("the backup holds a table %s that its migrations do not make; it can't be restored", t.Table)
	}
	for _, c := range t.Columns {
		if !slices.Contains(there[i].columns, c) {
			return fmt.Errorf("the backup's table %s has a column %q that its migrations do not make; it can't be restored", t.Table, c)
		}
	}
	in := inserter{conn: conn, table: t.Table, columns: t.Columns, batch: 1}
	err := f.part(t.Part, func(content io.Reader) error {
		lines := newReader(content)
		for {
			row, err := lines.next(len(t.Columns))
			if errors.Is(err, io.EOF) {
				return in.end(ctx)
			}
			if err != nil {
				return f.damaged(t.Name, err)
			}
			if err := in.add(ctx, row); err != nil {
				return err
			}
		}
	})
	if err != nil {
		return err
	}
	if in.count != t.Rows {
		return fmt.Errorf("the backup's table %s has %d rows where %d were backed up", t.Table, in.count, t.Rows)
	}
	if t.LastID > 0 {
		_, err = conn.ExecContext(ctx, "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", t.LastID, t.Table)
		if err == nil && t.Rows == 0 { // a table that was never written has no line yet
			_, err = conn.ExecContext(ctx, "INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)", t.Table, t.LastID, t.Table)
		}
	}
	return err
}

// referencesShown is how many rows that refer to nothing are named.
const referencesShown = 5

// references refuses rows that refer to rows that are not there.
func references(ctx context.Context, s *snapshot) error {
	lost, err := s.texts(ctx, 4, "SELECT * FROM pragma_foreign_key_check")
	if err != nil {
		return fmt.Errorf("check the references: %w", err)
	}
	if len(lost) == 0 {
		return nil
	}
	var said []string
	for _, l := range lost[:min(len(lost), referencesShown)] {
		said = append(said, fmt.Sprintf("row %s of %s refers to a row of %s that is not there", l[1], l[0], l[2]))
	}
	return fmt.Errorf("the backup does not fit together (%d rows): %s", len(lost), strings.Join(said, "; "))
}

// sqliteTime is an instant as all of the portal writes it to SQLite: texts compare as the instants do.
func sqliteTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999999-07:00") }

// inserter adds rows to a table, some at a time.
type inserter struct {
	conn    *sql.Conn
	table   string
	columns []string
	batch   int  // rows a statement
	mysql   bool // its driver knows instants itself

	count   int64
	pending []any
	bytes   int
	stmt    *sql.Stmt // of one row
}

// packet is about how many bytes a statement may have before it is sent.
const packet = 512 << 10

func (i *inserter) add(ctx context.Context, row []any) error {
	for _, v := range row {
		switch x := v.(type) {
		case string:
			i.bytes += len(x)
		case []byte:
			i.bytes += len(x)
		case time.Time:
			if !i.mysql {
				v = sqliteTime(x)
			}
		}
		i.pending = append(i.pending, v)
	}
	i.count++
	if len(i.pending) >= i.batch*len(i.columns) || i.bytes > packet {
		return i.send(ctx)
	}
	return nil
}

func (i *inserter) text(rows int) string {
	names := make([]string, len(i.columns))
	for n, c := range i.columns {
		names[n] = quoted(c)
	}
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", len(names)), ", ") + ")"
	return "INSERT INTO " + quoted(i.table) + " (" + strings.Join(names, ", ") + ") VALUES " + strings.TrimSuffix(strings.Repeat(one+", ", rows), ", ")
}

func (i *inserter) send(ctx context.Context) (err error) {
	switch rows := len(i.pending) / len(i.columns); {
	case rows == 0:
		return nil
	case i.batch > 1:
		_, err = i.conn.ExecContext(ctx, i.text(rows), i.pending...)
	default:
		if i.stmt == nil {
			if i.stmt, err = i.conn.PrepareContext(ctx, i.text(1)); err != nil {
				return fmt.Errorf("restore %s: %w", i.table, err)
			}
		}
		_, err = i.stmt.ExecContext(ctx, i.pending...)
	}
	i.pending, i.bytes = i.pending[:0], 0
	if err != nil {
		return fmt.Errorf("restore %s: %w", i.table, err)
	}
	return nil
}

// end sends what is left.
func (i *inserter) end(ctx context.Context) error {
	err := i.send(ctx)
	if i.stmt != nil {
		err = errors.Join(err, i.stmt.Close())
	}
	return err
}
