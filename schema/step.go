package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

// progress is how far the migration has come that is under way: the only row of migration_steps, a table that is there
// only while the database migrates. So one that was killed goes on where it was, instead of adding a column twice.
type progress struct {
	bun.BaseModel `bun:"table:migration_steps"`
	File          string `bun:",pk"`
	Total         int    // statements there are
	Begun         int    // how many of them were begun
	Done          int    // how many of them were done
}

// stepwise are the migrations found, each run statement by statement.
func (r *Runner) stepwise(found *migrate.Migrations) *migrate.Migrations {
	all := migrate.NewMigrations()
	for _, m := range found.Sorted() {
		m.Up, m.Down = r.steps(m.String()+".up.sql"), r.steps(m.String()+".down.sql")
		all.Add(m)
	}
	return all
}

// steps runs what is left to do of a file.
func (r *Runner) steps(file string) func(context.Context, *migrate.Migrator, *migrate.Migration) error {
	return func(ctx context.Context, _ *migrate.Migrator, _ *migrate.Migration) error {
		if r.text[file] == nil {
			return fmt.Errorf("there is no %s", file)
		}
		all := statements(string(r.text[file].Data))
		p, err := r.begin(ctx, file, len(all))
		if err != nil {
			return err
		}
		for again := p.Begun > p.Done; p.Done < len(all); again = false {
			if err := r.step(ctx, &p, all[p.Done], again); err != nil {
				return fmt.Errorf("%s, statement %d of %d: %w", file, p.Done+1, len(all), err)
			}
		}
		return nil
	}
}

// statements are the parts of a migration between its --bun:split lines.
func statements(text string) []string {
	var all []string
	var one strings.Builder
	for line := range strings.Lines(text + "\n--bun:split\n") {
		switch {
		case strings.TrimSpace(line) != "--bun:split":
			one.WriteString(line)
		case strings.TrimSpace(one.String()) != "":
			all = append(all, one.String())
			fallthrough
		default:
			one.Reset()
		}
	}
	return all
}

// begin is how far the file has come: not at all, unless it was interrupted.
func (r *Runner) begin(ctx context.Context, file string, total int) (progress, error) {
	if _, err := r.db.Bun.NewCreateTable().Model((*progress)(nil)).IfNotExists().Exec(ctx); err != nil {
		return progress{}, fmt.Errorf("keep how far migrations have come: %w", err)
	}
	var p progress
	err := r.db.Bun.NewSelect().Model(&p).Limit(1).Scan(ctx)
	if err == nil && p.File == file {
		return p, nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("read how far migrations have come: %w", err)
	}
	p = progress{File: file, Total: total}
	err = r.db.Bun.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*progress)(nil)).Where("1 = 1").Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&p).Exec(ctx)
		return err
	})
	return p, err
}

// step runs one statement and keeps that it is done. SQLite does both or neither; so does MySQL, unless the statement
// changes the schema: that it commits by itself, and one that was begun before (again) may be done already.
func (r *Runner) step(ctx context.Context, p *progress, statement string, again bool) error {
	p.Begun = p.Done + 1
	if r.db.MySQL {
		if _, err := r.db.Bun.NewUpdate().Model(p).WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	next := *p
	next.Done++
	err := r.db.Bun.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, statement); err != nil && (!again || !doneBefore(err)) {
			return err
		}
		_, err := tx.NewUpdate().Model(&next).WherePK().Exec(ctx)
		return err
	})
	if err == nil {
		*p = next
	}
	return err
}

// doneBefore reports whether MySQL refuses a change of the schema because it is made: a table, column or index is there
// already, or gone. https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
func doneBefore(err error) bool {
	var me *mysql.MySQLError
	return errors.As(err, &me) && slices.Contains([]uint16{1050, 1051, 1060, 1061, 1091}, me.Number)
}

// interrupted refuses to go the other way while a migration is half done.
func (r *Runner) interrupted(ctx context.Context, way string) error {
	there, err := r.migrating(ctx)
	if err != nil || !there {
		return err
	}
	var p progress
	err = r.db.Bun.NewSelect().Model(&p).Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read how far migrations have come: %w", err)
	}
	if p.Done == p.Total || strings.HasSuffix(p.File, "."+way+".sql") {
		return nil
	}
	other := "down"
	if way == other {
		other = "up"
	}
	return fmt.Errorf("the migration %s was interrupted; finish it first by “portal migrate %s”", p.File, other)
}

// migrating reports whether the table of progress is there.
func (r *Runner) migrating(ctx context.Context) (bool, error) {
	query := "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration_steps'"
	if r.db.MySQL {
		query = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'migration_steps'"
	}
	var n int
	if err := r.db.Bun.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return false, fmt.Errorf("look whether a migration was interrupted: %w", err)
	}
	return n > 0, nil
}

// settle forgets the progress once all is done.
func (r *Runner) settle(ctx context.Context) error {
	if _, err := r.db.Bun.NewDropTable().Model((*progress)(nil)).IfExists().Exec(ctx); err != nil {
		return fmt.Errorf("forget how far migrations have come: %w", err)
	}
	return nil
}
