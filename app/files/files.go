// Package files keeps what people attach: each thing once, under a random key, in the folder files of the data folder.
package files

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"portal/app/fault"
)

// Folder is the folder of the data folder that holds the objects.
const Folder = "files"

// Store keeps objects. The zero Store keeps none; Open makes one.
type Store struct {
	root *os.Root // the folder; no key leads out of it
	data string   // the data folder
}

// Object is what Put has kept.
type Object struct {
	Key    string // where it lies; never made of what people send
	Size   int64  // bytes
	SHA256 string // of the content, in hexadecimal digits
}

// Open opens the store of a data folder, and makes its folder when there is none. Nobody but this account may look into it.
// Errors: a sentence with the cause.
func Open(dataDir string) (*Store, error) {
	folder := filepath.Join(dataDir, Folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of files: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("open the folder of files: %w", err)
	}
	return &Store{root, dataDir}, nil
}

// Close gives the store back.
func (s *Store) Close() error {
	if s == nil || s.root == nil {
		return nil
	}
	return s.root.Close()
}

// newKey is a place nobody can guess; its first letters are a folder, so that no folder grows without end.
func newKey() string {
	text := strings.ToLower(rand.Text())
	return text[:2] + "/" + text[2:]
}

// Put keeps all that r gives, without holding it in memory. When it returns without an error, the object is on the disk.
// Errors: r's own; whatever stands against writing. Nothing is kept then.
func (s *Store) Put(ctx context.Context, r io.Reader) (Object, error) {
	o := Object{Key: newKey()}
	if err := s.write(ctx, &o, r); err != nil {
		return o, errors.Join(fmt.Errorf("keep a file: %w", err), s.Delete(context.WithoutCancel(ctx), o.Key))
	}
	return o, nil
}

// write writes an object in its place: before Put returns nobody has its key, so nobody reads half of it.
func (s *Store) write(ctx context.Context, o *Object, r io.Reader) error {
	folder := path.Dir(o.Key)
	if err := s.root.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := s.root.OpenFile(o.Key, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	o.Size, err = io.Copy(io.MultiWriter(f, sum), r)
	if err = errors.Join(err, ctx.Err()); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	o.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return errors.Join(s.settle(folder), s.settle("."))
}

// settle waits until the names in a folder are on the disk.
func (s *Store) settle(folder string) error {
	f, err := s.root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Get reads an object from offset on, length bytes of it; all that follow when length is negative. The reader may outlive ctx.
// Errors: fault.NotFound when there is no such object.
func (s *Store) Get(_ context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	f, err := s.root.Open(key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "This file is not there any more. Ask an administrator for a backup.").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(fmt.Errorf("read a file: %w", err), f.Close())
	}
	if length < 0 {
		return f, nil
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(f, length), f}, nil
}

// Delete removes an object; one that is not there is no error.
func (s *Store) Delete(_ context.Context, key string) error {
	if err := s.root.Remove(key); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}

// Has reports whether there is such an object.
func (s *Store) Has(_ context.Context, key string) (bool, error) {
	_, err := s.root.Stat(key)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Each calls do for every object, in the order of their keys, with the moment it was written; also for what a write
// left behind that was killed.
func (s *Store) Each(ctx context.Context, do func(key string, at time.Time) error) error {
	return fs.WalkDir(s.root.FS(), ".", func(key string, e fs.DirEntry, err error) error {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return fmt.Errorf("list files: %w", err)
		}
		if !e.Type().IsRegular() {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // gone since
		}
		if err != nil {
			return fmt.Errorf("list files: %w", err)
		}
		return do(key, info.ModTime())
	})
}
