package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"portal/app"
	"portal/app/backup"
	"portal/app/data"
)

func (t *tool) backupCommand() *cobra.Command {
	var to string
	var keep int
	c := &cobra.Command{
		Use: "backup", Short: "Write all of the portal into one file while it runs; “backup verify” checks one",
		Long: "Write all of the portal, as it is at one moment, into one file. A running server goes on meanwhile.\n" +
			"Sessions and links that were sent are not in it, and the secret key is not either: keep that at another\n" +
			"place, for without it the second factors and other sealed secrets in the backup can't be opened.",
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknown(c, args[0])
			}
			if keep < 0 {
				return wrongly("-keep: %d is no number of backups; write 0 for all, or more", keep)
			}
			return t.bare(c.Context(), func(ctx context.Context, p *app.Portal) error { return t.backUp(ctx, p, to, keep) })
		},
	}
	c.Flags().StringVar(&to, "to", "", "the file (else one named after the moment, in the folder backups of the data folder)")
	c.Flags().IntVar(&keep, "keep", 0, "how many backups of that folder stay, the newest; 0 for all")
	c.AddCommand(t.backupVerify(), t.backupList())
	return c
}

// backedUp is what a program is told of a backup.
type backedUp struct {
	Path    string    `json:"path"`
	Bytes   int64     `json:"bytes"`
	MadeAt  time.Time `json:"made_at"`
	Tables  int       `json:"tables"`
	Rows    int64     `json:"rows"`
	Files   int       `json:"files"`
	Removed []string  `json:"removed"`
}

func backedUpOf(path string, bytes int64, m backup.Manifest) backedUp {
	b := backedUp{Path: path, Bytes: bytes, MadeAt: m.MadeAt, Tables: len(m.Tables), Files: len(m.Files), Removed: []string{}}
	for _, one := range m.Tables {
		b.Rows += one.Rows
	}
	return b
}

func (t *tool) backUp(ctx context.Context, p *app.Portal, to string, keep int) error {
	b := bar{tool: t}
	made, err := p.Backup(ctx, to, keep, b.show)
	b.end()
	if err != nil {
		return err
	}
	said := backedUpOf(made.Path, made.Bytes, made.Manifest)
	said.Removed = append(said.Removed, made.Removed...)
	err = t.say(said, "The backup is %s: %s in %s, %.1f MB, as of %s.\nThe secret key is not in it; keep it at another place.",
		said.Path, count(int(said.Rows), "row"), count(said.Tables, "table"), float64(said.Bytes)/1e6, moment(said.MadeAt))
	return errors.Join(err, logBackup(ctx, p, filepath.Base(made.Path)))
}

// logBackup keeps in the audit log that somebody took a copy. A database that waits for migrations is only read.
func logBackup(ctx context.Context, p *app.Portal, name string) error {
	if waiting, err := p.Schema.Pending(ctx); err != nil || waiting > 0 {
		return err
	}
	return p.DB.Write(ctx, func(tx *data.Tx) error {
		tx.Changed(data.Change{Feature: "admin", Kind: "backup", What: "made a backup", Title: name})
		return nil
	})
}

func (t *tool) backupList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the backups in the data folder, the newest first", Args: words(),
		RunE: func(*cobra.Command, []string) error {
			c, err := settings()
			if err != nil {
				return err
			}
			paths, err := backup.List(c.DataDir)
			if err != nil {
				return err
			}
			all := []backedUp{}
			for _, path := range paths {
				f, err := backup.Open(path)
				if err != nil {
					t.tell("portal: " + sentence(err) + "\n")
					continue
				}
				info, err := os.Stat(path)
				if err := errors.Join(err, f.Close()); err != nil {
					return err
				}
				all = append(all, backedUpOf(path, info.Size(), f.Manifest))
			}
			return t.print(all, func(w *bytes.Buffer) {
				row(w, "FILE", "AS OF", "ROWS", "MB")
				for _, b := range all {
					row(w, b.Path, when(&b.MadeAt), b.Rows, fmt.Sprintf("%.1f", float64(b.Bytes)/1e6))
				}
			})
		},
	}
}

func (t *tool) backupVerify() *cobra.Command {
	return &cobra.Command{
		Use: "verify <file>", Short: "Read a backup whole, and restore it into a database that goes afterwards", Args: words("a file"),
		RunE: func(c *cobra.Command, args []string) error {
			dir, err := os.MkdirTemp("", "portal-verify-")
			if err != nil {
				return err
			}
			defer func() { _ = os.RemoveAll(dir) }()
			f, err := backup.Open(args[0])
			if err != nil {
				return err
			}
			err = t.build(c.Context(), f, filepath.Join(dir, "portal.db"), nil)
			if err := errors.Join(err, f.Close()); err != nil {
				return err
			}
			info, err := os.Stat(args[0])
			if err != nil {
				return err
			}
			said := backedUpOf(args[0], info.Size(), f.Manifest)
			return t.say(said, "The backup is whole: %s in %s fit together, as of %s.",
				count(int(said.Rows), "row"), count(said.Tables, "table"), moment(said.MadeAt))
		},
	}
}

// build makes a SQLite database of the backup at the path, which is free, and then does what is given with it.
func (t *tool) build(ctx context.Context, f *backup.File, path string, then func(context.Context, *app.Portal) error) error {
	c, err := settings()
	if err != nil {
		return err
	}
	c.DatabaseURL = "sqlite://" + path
	p, err := t.openFast(as(ctx), c)
	if err != nil {
		return err
	}
	b := bar{tool: t}
	err = f.Build(as(ctx), backup.Target{DB: p.DB, Schema: p.Schema}, b.show)
	b.end()
	if err == nil && then != nil {
		err = then(as(ctx), p)
	}
	return errors.Join(err, p.Close())
}
