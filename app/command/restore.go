package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/backup"
	"portal/app/config"
	"portal/app/data"
)

func (t *tool) restoreCommand() *cobra.Command {
	var replace bool
	c := &cobra.Command{
		Use: "restore <file>", Short: "Put a backup in the place of the database; no server may run", Args: words("a file"),
		Long: "Put a backup in the place of the database, of either kind. All of it is checked first; when anything fails,\n" +
			"the database stays as it was. Everybody has to sign in again afterwards.",
		RunE: func(c *cobra.Command, args []string) error { return t.restore(c.Context(), args[0], replace) },
	}
	c.Flags().BoolVar(&replace, "replace", false, "do it although the database holds accounts")
	return c
}

// restored is what a program is told of it.
type restored struct {
	backedUp
	Kept []string `json:"kept"` // what was there before, under its new name
}

func (t *tool) restore(ctx context.Context, path string, replace bool) error {
	c, err := settings()
	if err != nil {
		return err
	}
	unlock, err := alone(c)
	if err != nil {
		return err
	}
	f, err := backup.Open(path)
	if err != nil {
		unlock()
		return err
	}
	said := restored{backedUp: backedUpOf(path, 0, f.Manifest), Kept: []string{}}
	now := time.Now()
	if place, ok := strings.CutPrefix(c.DatabaseURL, "sqlite://"); ok {
		said.Kept, err = t.restoreSQLite(ctx, f, place, replace, now)
	} else {
		err = t.restoreMySQL(ctx, c, f, replace)
	}
	if err == nil {
		var kept []string
		kept, err = f.RestoreFiles(c.DataDir, now)
		said.Kept = append(said.Kept, kept...)
	}
	err = errors.Join(err, f.Close())
	unlock()
	if err == nil {
		err = t.with(ctx, logRestore(filepath.Base(path), f.Manifest.MadeAt))
	}
	if err != nil {
		return err
	}
	sentence := "All is as it was at %s: %s in %s. Everybody has to sign in again."
	if len(said.Kept) > 0 {
		sentence += "\nWhat was there before is kept as " + strings.Join(said.Kept, " and ") + "; remove it when you need it no more."
	}
	return t.say(said, sentence, moment(said.MadeAt), count(int(said.Rows), "row"), count(said.Tables, "table"))
}

// logRestore keeps in the restored audit log that it was restored.
func logRestore(name string, of time.Time) func(context.Context, *app.Portal) error {
	return func(ctx context.Context, p *app.Portal) error {
		return p.DB.Write(ctx, func(tx *data.Tx) error {
			tx.Changed(data.Change{
				Feature: "admin", Kind: "backup", What: "restored a backup", Title: name,
				Fields: []data.Field{{Name: "as of", New: of.Format(time.RFC3339)}},
			})
			return nil
		})
	}
}

// occupied refuses to replace what people use, unless told so.
func occupied(ctx context.Context, db *data.DB, replace bool) error {
	n, err := backup.Accounts(ctx, db)
	if err != nil || n == 0 || replace {
		return err
	}
	return wrongly("the database holds %s; write -replace to put the backup in its place", count(n, "account"))
}

// restoreSQLite builds the database beside the old one, and exchanges them when it is whole.
func (t *tool) restoreSQLite(ctx context.Context, f *backup.File, place string, replace bool, now time.Time) ([]string, error) {
	if err := occupiedFile(ctx, place, replace); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(place), ".restore-*") // on the same disk, so that it can take the place in one step
	if err != nil {
		return nil, fmt.Errorf("make room beside the database: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	built := filepath.Join(dir, "portal.db")
	if err := t.build(ctx, f, built, nil); err != nil {
		return nil, err
	}
	kept, err := backup.Swap(built, place, now)
	if err != nil || kept == "" {
		return []string{}, err
	}
	return []string{kept}, nil
}

// occupiedFile looks into the file, if there is one. A damaged one is what a restore is for.
func occupiedFile(ctx context.Context, place string, replace bool) error {
	if info, err := os.Stat(place); err != nil || info.Size() == 0 {
		return nil
	}
	db, err := data.Open(ctx, data.Options{URL: "sqlite://" + place, Pool: 1, Recycle: time.Hour, Timeout: time.Second})
	if err == nil {
		err = errors.Join(occupied(ctx, db, replace), db.Close())
	}
	var wrong usage
	switch {
	case errors.As(err, &wrong):
		return wrong
	case err != nil && !replace:
		return wrongly("the database %s can't be read (%s); write -replace to put the backup in its place", place, sentence(err))
	}
	return nil
}

// restoreMySQL builds the database in a file first, and then brings it over in one transaction.
func (t *tool) restoreMySQL(ctx context.Context, c config.Config, f *backup.File, replace bool) error {
	p, err := t.open(as(ctx), c)
	if err != nil {
		return err
	}
	return errors.Join(t.overMySQL(ctx, c, f, p, replace), p.Close())
}

func (t *tool) overMySQL(ctx context.Context, c config.Config, f *backup.File, p *app.Portal, replace bool) error {
	if err := unused(ctx, p.DB); err != nil {
		return err
	}
	if err := occupied(ctx, p.DB, replace); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(c.DataDir, ".restore-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	return t.build(ctx, f, filepath.Join(dir, "portal.db"), func(ctx context.Context, built *app.Portal) error {
		if _, err := p.Schema.Up(ctx); err != nil { // as a start of this portal does
			return err
		}
		b := bar{tool: t}
		err := backup.Copy(ctx, built.DB, p.DB, b.show)
		b.end()
		return err
	})
}
