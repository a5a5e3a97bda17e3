// Package session keeps Fiber's sessions in the portal's own database.
package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/storage/mysql/v2"
	"github.com/uptrace/bun"
)

// Table is where sessions are kept on both databases: k, v and e, the end in unix seconds.
const Table = "sessions"

// sweepEvery is how often ended sessions are removed.
const sweepEvery = 5 * time.Minute

// Open gives the storage for the database: gofiber's own on MySQL, ours on SQLite.
// The table must be there already.
func Open(read, write *bun.DB, onMySQL bool) (storage fiber.Storage, err error) {
	if !onMySQL {
		get, err := read.Prepare("SELECT v FROM sessions WHERE k = ? AND (e = 0 OR e > ?)") // asked with every request
		if err != nil {
			return nil, fmt.Errorf("sessions: %w", err)
		}
		s := &sqlite{get.Stmt, write, make(chan struct{})}
		go s.sweep()
		return s, nil
	}
	defer func() {
		if r := recover(); r != nil { // its New panics when the database is away
			err = fmt.Errorf("sessions: the database does not answer: %v", r)
		}
	}()
	return bounded{mysql.New(mysql.Config{Db: write.DB, Table: Table, GCInterval: sweepEvery})}, nil
}

// bounded is gofiber's storage with queries that end: every request has one, and a database that hangs
// would hold it for as long as the driver waits.
type bounded struct{ *mysql.Storage }

// Get returns nil for a key that is not there or has ended.
func (s bounded) Get(key string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return s.GetWithContext(ctx, key)
}

// Set keeps the value until life has passed; 0 keeps it for ever.
func (s bounded) Set(key string, v []byte, life time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return s.SetWithContext(ctx, key, v, life)
}

// Delete removes the key; it need not be there.
func (s bounded) Delete(key string) error {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return s.DeleteWithContext(ctx, key)
}

// sqlite is a fiber.Storage over Bun.
type sqlite struct {
	get   *sql.Stmt
	write *bun.DB
	done  chan struct{}
}

// wait bounds each query: fiber.Storage knows no context.
const wait = 10 * time.Second

// Get returns nil for a key that is not there or has ended.
func (s *sqlite) Get(key string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	var v []byte
	err := s.get.QueryRowContext(ctx, key, time.Now().Unix()).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return v, err
}

// Set keeps the value until life has passed; 0 keeps it for ever.
func (s *sqlite) Set(key string, v []byte, life time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	var end int64
	if life > 0 {
		end = time.Now().Add(life).Unix()
	}
	_, err := s.write.ExecContext(ctx, "INSERT INTO sessions (k, v, e) VALUES (?, ?, ?) ON CONFLICT (k) DO UPDATE SET v = EXCLUDED.v, e = EXCLUDED.e", key, v, end)
	return err
}

// Delete removes the key; it need not be there.
func (s *sqlite) Delete(key string) error {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	_, err := s.write.ExecContext(ctx, "DELETE FROM sessions WHERE k = ?", key)
	return err
}

// Reset removes all.
func (s *sqlite) Reset() error {
	_, err := s.write.ExecContext(context.Background(), "DELETE FROM sessions")
	return err
}

// Close ends the sweeping; the database stays open.
func (s *sqlite) Close() error {
	close(s.done)
	return s.get.Close()
}

func (s *sqlite) sweep() {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-s.done:
			return
		case <-tick.C:
			ctx, cancel := context.WithTimeout(context.Background(), wait)
			_, _ = s.write.ExecContext(ctx, "DELETE FROM sessions WHERE e <> 0 AND e <= ?", time.Now().Unix()) // the next sweep tries again
			cancel()
		}
	}
}
