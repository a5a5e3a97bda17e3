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
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/gcerrors"

	"portal/app/fault"
)

// Folder is the folder of the data folder that holds the objects.
const Folder = "files"

// Store keeps objects. The zero Store keeps none; Open makes one.
type Store struct {
	bucket *blob.Bucket
	root   string // the folder
	data   string // the data folder
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
	root := filepath.Join(dataDir, Folder)
	if err := os.MkdirAll(root, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of files: %w", err)
	}
	// Objects are written beside their place: the folder of temporary files may lie on another disk.
	bucket, err := fileblob.OpenBucket(root, &fileblob.Options{NoTempDir: true, DirFileMode: 0o700, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("open the folder of files: %w", err)
	}
	return &Store{bucket, root, dataDir}, nil
}

// Close gives the store back.
func (s *Store) Close() error {
	if s == nil || s.bucket == nil {
		return nil
	}
	return s.bucket.Close()
}

// newKey is a place nobody can guess; its first letters are a folder, so that no folder grows without end.
func newKey() string {
	text := strings.ToLower(rand.Text())
	return text[:2] + "/" + text[2:]
}

// Put keeps all that r gives, without holding it in memory. When it returns without an error, the object is on the disk.
// Errors: r's own; fault.Away for a disk that is full or fails; whatever else stands against writing. Nothing is kept then.
func (s *Store) Put(ctx context.Context, r io.Reader) (Object, error) {
	o := Object{Key: newKey()}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := s.bucket.NewWriter(ctx, o.Key, &blob.WriterOptions{ContentType: "application/octet-stream"})
	if err != nil {
		return o, unkept(err)
	}
	sum := sha256.New()
	o.Size, err = io.Copy(io.MultiWriter(w, sum), r)
	if err != nil {
		cancel() // so that closing throws away what was written
		_ = w.Close()
		return o, unkept(err)
	}
	if err := w.Close(); err != nil {
		return o, unkept(err)
	}
	if err := s.settle(o.Key); err != nil {
		return o, unkept(errors.Join(err, s.Delete(context.WithoutCancel(ctx), o.Key)))
	}
	o.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return o, nil
}

// unkept is why an object was not kept; a disk without room, or that fails, is no fault of who sent it.
func unkept(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fault.New(fault.Away, "The disk is full, so the file was not kept. Tell the operator of this portal.").Because(err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EIO):
		return fault.New(fault.Away, "The disk can't be written at the moment, so the file was not kept. Tell the operator of this portal.").Because(err)
	}
	return fmt.Errorf("keep a file: %w", err)
}

// settle waits until the object and its name are on the disk, and closes it to other accounts: the library does neither.
func (s *Store) settle(key string) error {
	path := filepath.Join(s.root, filepath.FromSlash(key))
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	for _, name := range []string{path, filepath.Dir(path), s.root} {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

// Get reads an object from offset on, length bytes of it; all that follow when length is negative. The reader may outlive ctx.
// Errors: fault.NotFound when there is no such object.
func (s *Store) Get(ctx context.Context, key string, offset, length int64) (io.ReadCloser, error) {
	r, err := s.bucket.NewRangeReader(context.WithoutCancel(ctx), key, offset, length, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fault.New(fault.NotFound, "This file is not there any more. Ask an administrator for a backup.").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	return r, nil
}

// Delete removes an object; one that is not there is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := s.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}

// Has reports whether there is such an object.
func (s *Store) Has(ctx context.Context, key string) (bool, error) { return s.bucket.Exists(ctx, key) }

// Each calls do for every object, in the order of their keys, with the moment it was written; also for what a write
// left behind that was killed. It looks into the folder itself: the library's list begins anew for every page of it.
func (s *Store) Each(ctx context.Context, do func(key string, at time.Time) error) error {
	return filepath.WalkDir(s.root, func(name string, e fs.DirEntry, err error) error {
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
		key, err := filepath.Rel(s.root, name)
		if err != nil {
			return err
		}
		return do(filepath.ToSlash(key), info.ModTime())
	})
}
