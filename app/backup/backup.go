// Package backup writes the whole portal, as it is at one moment, into one file, and brings it back.
// The file means the same to both databases: what was backed up on one can be restored into the other.
package backup

import (
	"archive/zip"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"portal/app/data"
	"portal/app/files"
	"portal/schema"
)

// format is the number of this way to write a backup; a reader refuses any other.
const format = 1

// Manifest is what a backup says of itself.
type Manifest struct {
	Format     int          `json:"format"`
	Portal     string       `json:"portal"`     // the version that made it
	MadeAt     time.Time    `json:"made_at"`    // the moment all of it is of; UTC
	Database   string       `json:"database"`   // sqlite or mysql
	Migrations []schema.Ran `json:"migrations"` // that had run, oldest first
	Tables     []Table      `json:"tables"`
	Files      []Part       `json:"files"`    // of the data folder
	LeftOut    []string     `json:"left_out"` // tables whose rows do not come back: sessions, leases
}

// Part is one entry of the file: a table's rows, or a file of the data folder.
type Part struct {
	Name   string `json:"name"`  // within the backup: tables/users.jsonl
	Bytes  int64  `json:"bytes"` // before it was compressed
	SHA256 string `json:"sha256"`
}

// Table is the part of one table: a JSON array for each row, its values in the order of the columns.
type Table struct {
	Part
	Table   string   `json:"table"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	LastID  int64    `json:"last_id"` // the highest number that was ever given out; 0 when nothing is known of it
}

// Progress hears the name of each step, and how many of all are done; it may be nil.
type Progress func(step string, done, all int)

// Options say what is backed up, and whereto.
type Options struct {
	DB       *data.DB
	DataDir  string // whose files belong to the portal; the lock lies in it too
	To       string // the file; empty for one named after the moment in the folder backups of DataDir
	Keep     int    // how many files of that folder stay, the newest; 0 for all
	Version  string // of the portal
	Progress Progress
}

// Made is a backup that was written.
type Made struct {
	Path     string
	Bytes    int64
	Manifest Manifest
	Removed  []string // older backups that went
}

// manifestName is the last entry of each backup.
const manifestName = "manifest.json"

// Make writes a backup while the portal goes on: it reads one moment, and writers do not wait for it.
// The file appears under its name once it is whole and on the disk.
// Errors: a sentence, when another backup is under way, the disk is full or the database is empty; then no file is left.
func Make(ctx context.Context, o Options) (m Made, err error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	unlock, err := lock(o.DataDir)
	if err != nil {
		return m, err
	}
	defer unlock()
	now := o.DB.Now()
	if m.Path = o.To; m.Path == "" {
		m.Path = filepath.Join(Folder(o.DataDir), nameAt(now))
		if err := os.MkdirAll(Folder(o.DataDir), 0o700); err != nil {
			return m, fmt.Errorf("make the folder of backups: %w", err)
		}
		sweep(Folder(o.DataDir))
	}
	if _, err := os.Lstat(m.Path); err == nil {
		return m, fmt.Errorf("%s is there already; name another file by -to", m.Path)
	}
	m.Manifest, m.Bytes, err = write(ctx, o, m.Path, now)
	if err != nil {
		return m, roomFor(err, m.Path)
	}
	if o.To == "" && o.Keep > 0 {
		m.Removed, err = prune(Folder(o.DataDir), o.Keep)
	}
	return m, err
}

// roomFor turns a full disk into a sentence.
func roomFor(err error, path string) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("the disk is full, so no backup was made in %s; make room, or name a file on another disk by -to", filepath.Dir(path))
	}
	return err
}

// write makes the file beside its place and moves it there when it is on the disk.
func write(ctx context.Context, o Options, path string, now time.Time) (m Manifest, size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), unfinished+"*") // with mode 0600
	if err != nil {
		return m, 0, fmt.Errorf("make the backup: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	m, err = pack(ctx, o, f, now)
	if err == nil {
		err = seal(f)
	}
	if err == nil {
		err = f.Sync()
	}
	if size, err = sizeOf(f, err); err != nil {
		_ = f.Close()
		return m, 0, err
	}
	if err := f.Close(); err != nil {
		return m, 0, fmt.Errorf("close the backup: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return m, 0, fmt.Errorf("put the backup in its place: %w", err)
	}
	return m, size, syncFolder(filepath.Dir(path))
}

func sizeOf(f *os.File, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// syncFolder has the folder's names on the disk.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// pack writes all parts, and the manifest after them: it tells of what was read.
func pack(ctx context.Context, o Options, to io.Writer, now time.Time) (Manifest, error) {
	m := Manifest{Format: format, Portal: o.Version, MadeAt: now, Database: kind(o.DB), Files: []Part{}}
	release, err := files.Hold(o.DataDir) // until they are packed: what the moment's rows refer to must be there still
	if err != nil {
		return m, err
	}
	defer release()
	s, err := open(ctx, o.DB)
	if err != nil {
		return m, err
	}
	defer s.close()
	all, err := s.tables(ctx)
	if err != nil {
		return m, err
	}
	if m.Migrations, err = s.migrations(ctx, all); err != nil {
		return m, err
	}
	z := zip.NewWriter(to)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	w := writer{z, now}
	m.LeftOut = []string{}
	for i, t := range all {
		o.Progress("Backing up "+t.name, i, len(all))
		if t.out {
			m.LeftOut = append(m.LeftOut, t.name)
			continue
		}
		part, err := w.table(ctx, s, t)
		if err != nil {
			return m, fmt.Errorf("back up %s: %w", t.name, err)
		}
		m.Tables = append(m.Tables, part)
	}
	if m.Files, err = w.files(o.DataDir); err != nil {
		return m, err
	}
	o.Progress("Backing up", len(all), len(all))
	entry, err := w.create(manifestName)
	if err != nil {
		return m, err
	}
	e := json.NewEncoder(entry)
	e.SetIndent("", " ")
	if err := e.Encode(m); err != nil {
		return m, fmt.Errorf("write the manifest: %w", err)
	}
	if err := z.SetComment(sealWord + strings.Repeat("0", sealDigits)); err != nil {
		return m, err
	}
	return m, z.Close()
}

func kind(db *data.DB) string {
	if db.MySQL {
		return "mysql"
	}
	return "sqlite"
}
