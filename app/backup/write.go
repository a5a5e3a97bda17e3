package backup

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"portal/app/files"
)

// belonging are the folders of the data folder whose files belong to the portal, and so into its backups.
var belonging = []string{files.Folder, "uploads"}

// writer adds parts to a backup.
type writer struct {
	zip *zip.Writer
	at  time.Time
}

func (w writer) create(name string) (io.Writer, error) {
	entry, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.at})
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return entry, nil
}

// tally counts what is written.
type tally struct{ n int64 }

// Write counts.
func (t *tally) Write(p []byte) (int, error) { t.n += int64(len(p)); return len(p), nil }

// part adds what fill writes.
func (w writer) part(name string, fill func(io.Writer) error) (Part, error) {
	entry, err := w.create(name)
	if err != nil {
		return Part{}, err
	}
	sum, size := sha256.New(), &tally{}
	b := bufio.NewWriterSize(io.MultiWriter(entry, sum, size), 1<<16)
	if err := fill(b); err != nil {
		return Part{}, err
	}
	if err := b.Flush(); err != nil {
		return Part{}, fmt.Errorf("write %s: %w", name, err)
	}
	return Part{Name: name, Bytes: size.n, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

func (w writer) table(ctx context.Context, s *snapshot, t table) (Table, error) {
	all := Table{Table: t.name, Columns: t.columns, LastID: t.lastID}
	var err error
	all.Part, err = w.part(tablePart(t.name), func(to io.Writer) error {
		line := newLines(to)
		return s.rows(ctx, t, func(values []any) error {
			all.Rows++
			return line.write(values)
		})
	})
	return all, err
}

func tablePart(table string) string { return "tables/" + table + ".jsonl" }

// files adds those of the data folder; links and the like are no part of it.
func (w writer) files(dataDir string) ([]Part, error) {
	all := []Part{}
	for _, folder := range belonging {
		root := filepath.Join(dataDir, folder)
		err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil // no such folder, or gone since
			}
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			inner, err := filepath.Rel(dataDir, path)
			if err != nil {
				return err
			}
			part, err := w.file(path, filepath.ToSlash(inner))
			if err == nil {
				all = append(all, part)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("back up the folder %s: %w", folder, err)
		}
	}
	return all, nil
}

func (w writer) file(path, inner string) (Part, error) {
	f, err := os.Open(path)
	if err != nil {
		return Part{}, err
	}
	defer func() { _ = f.Close() }()
	return w.part("files/"+inner, func(to io.Writer) error {
		_, err := io.Copy(to, f)
		return err
	})
}

// Folder is where backups lie that were given no other place.
func Folder(dataDir string) string { return filepath.Join(dataDir, "backups") }

// stamp is how a moment is written in the names of files.
const stamp = "20060102T150405.000Z"

func nameAt(at time.Time) string { return "portal-" + at.UTC().Format(stamp) + ".zip" }

// ours are the files of the folder that Make has named.
var ours = regexp.MustCompile(`^portal-\d{8}T\d{6}\.\d{3}Z\.zip$`)

// List is the paths of the backups in the folder, the newest first; none when there is no such folder.
func List(dataDir string) ([]string, error) {
	entries, err := os.ReadDir(Folder(dataDir))
	if err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("look into the folder of backups: %w", err)
	}
	var all []string
	for _, e := range entries {
		if ours.MatchString(e.Name()) && e.Type().IsRegular() {
			all = append(all, filepath.Join(Folder(dataDir), e.Name()))
		}
	}
	slices.SortFunc(all, func(a, b string) int { return strings.Compare(b, a) })
	return all, nil
}

// Newest is when the newest backup in the folder was begun, as its name says; zero when there is none.
func Newest(dataDir string) (time.Time, error) {
	all, err := List(dataDir)
	if err != nil || len(all) == 0 {
		return time.Time{}, err
	}
	name := filepath.Base(all[0])
	return time.Parse(stamp, strings.TrimSuffix(strings.TrimPrefix(name, "portal-"), ".zip"))
}

// prune removes all backups of the folder but the newest.
func prune(folder string, keep int) ([]string, error) {
	all, err := List(filepath.Dir(folder))
	if err != nil || len(all) <= keep {
		return nil, err
	}
	old := all[keep:]
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("remove an old backup: %w", err)
		}
	}
	return old, nil
}

// lock lets one backup at a time be made of a data folder. The kernel gives it back when the process ends.
func lock(dataDir string) (func(), error) {
	f, err := os.OpenFile(filepath.Join(dataDir, "backup.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the backups: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another backup of %s is under way; wait for its end", dataDir)
	}
	return func() { _ = f.Close() }, nil
}

// unfinished begins the names of files that are being written.
const unfinished = ".portal-backup-"

// sweep removes what backups left that were killed. Nobody else writes there while the lock is held.
func sweep(folder string) {
	old, _ := filepath.Glob(filepath.Join(folder, unfinished+"*"))
	for _, path := range old {
		_ = os.Remove(path)
	}
}
