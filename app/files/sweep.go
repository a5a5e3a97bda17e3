package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// Spared is how young an object may be that nothing refers to yet: its row may still be on the way.
const Spared = time.Hour

// sweepStep is how many objects are asked for at a time.
const sweepStep = 500

// Known gives those of the keys that something refers to.
type Known func(ctx context.Context, keys []string) ([]string, error)

// Orphans calls do for each object older than Spared before now that nothing refers to.
func (s *Store) Orphans(ctx context.Context, now time.Time, known Known, do func(key string) error) error {
	var keys []string
	ask := func() error {
		have, err := known(ctx, keys)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if slices.Contains(have, key) {
				continue
			}
			if err := do(key); err != nil {
				return err
			}
		}
		keys = keys[:0]
		return nil
	}
	err := s.Each(ctx, func(key string, at time.Time) error {
		if now.Sub(at) < Spared {
			return nil
		}
		if keys = append(keys, key); len(keys) < sweepStep {
			return nil
		}
		return ask()
	})
	if err != nil || len(keys) == 0 {
		return err
	}
	return ask()
}

// Sweep removes the orphans, unless a backup is under way: what it has seen referred to must still be there when it comes to it.
func (s *Store) Sweep(ctx context.Context, now time.Time, known Known) (removed int, err error) {
	unlock, err := hold(s.data, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return 0, nil // the next run comes soon enough
	}
	if err != nil {
		return 0, err
	}
	defer unlock()
	err = s.Orphans(ctx, now, known, func(key string) error {
		removed++
		return s.Delete(ctx, key)
	})
	return removed, err
}

// Hold keeps all objects of a data folder from being swept until the returned func is called. It waits for a sweep to end.
func Hold(dataDir string) (func(), error) { return hold(dataDir, syscall.LOCK_SH) }

// hold takes the lock of the sweep. The kernel gives it back when the process ends.
func hold(dataDir string, how int) (func(), error) {
	f, err := os.OpenFile(filepath.Join(dataDir, "files.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("hold the files: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), how); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("hold the files: %w", err)
	}
	return func() { _ = f.Close() }, nil
}
