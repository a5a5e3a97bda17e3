package schema

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun/migrate"
)

// Ran is a migration that has run. Those of one group ran together.
type Ran struct {
	Name  string    `json:"name"`
	Group int64     `json:"group"`
	At    time.Time `json:"at"`
}

// As brings an empty database to where another one was: the same migrations in the same groups, and none beside.
// Errors: ErrNewer when one of them is unknown here.
func (r *Runner) As(ctx context.Context, ran []Ran) error {
	groups := map[int64][]string{}
	for _, m := range ran {
		if !slices.ContainsFunc(r.all.Sorted(), func(k migrate.Migration) bool { return k.Name == m.Name }) {
			return fmt.Errorf("%w: it holds migration %s, which this portal does not know; use the newer portal", ErrNewer, m.Name)
		}
		groups[m.Group] = append(groups[m.Group], m.Name)
	}
	if err := r.migr.Init(ctx); err != nil {
		return fmt.Errorf("make the table of migrations: %w", err)
	}
	var until []string
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		until = append(until, groups[group]...)
		part, err := r.only(until)
		if err != nil {
			return err
		}
		if _, err := part.Migrate(ctx); err != nil {
			return fmt.Errorf("migrate to where the backup was: %w", err)
		}
	}
	return nil
}

// only is a migrator that knows just these.
func (r *Runner) only(names []string) (*migrate.Migrator, error) {
	some := fstest.MapFS{}
	for file, text := range r.text {
		if number, _, _ := strings.Cut(file, "_"); slices.Contains(names, number) {
			some[file] = text
		}
	}
	all := migrate.NewMigrations()
	if err := all.Discover(some); err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return migrate.NewMigrator(r.db.Bun, all, migrate.WithMarkAppliedOnSuccess(true),
		migrate.WithTableName("migrations"), migrate.WithLocksTableName("migration_locks")), nil
}
