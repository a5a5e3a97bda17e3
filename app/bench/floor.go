package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
)

// floorReaders is how many connections read at once, as many as the portal has.
const floorReaders = 8

// Floor serves, until ctx ends, what every page is measured against: a bare handler that reads one row of
// the database by its primary key. It prints where it listens, as JSON.
func Floor(ctx context.Context, path string, out io.Writer) error {
	db, err := openBeside(path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(floorReaders)
	db.SetMaxIdleConns(floorReaders)
	var last int64
	if err := db.QueryRowContext(ctx, "SELECT max(id) FROM tasks").Scan(&last); err != nil {
		return fmt.Errorf("the floor finds no tasks in %s: %w", path, err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the floor finds no free port: %w", err)
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", floorHandler(db, last))
	if err := json.NewEncoder(out).Encode(map[string]string{"address": "http://" + l.Addr().String()}); err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() { served <- app.Listener(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		return app.ShutdownWithTimeout(time.Second)
	}
}

// stride takes the reads through the whole table, as no two people ask for the same.
const stride = 7919

func floorHandler(db *sql.DB, last int64) fiber.Handler {
	var asked atomic.Int64
	return func(c *fiber.Ctx) error {
		var name string
		err := db.QueryRowContext(c.Context(), "SELECT name FROM tasks WHERE id = ?", 1+asked.Add(stride)%last).Scan(&name)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		return c.SendString(name)
	}
}
