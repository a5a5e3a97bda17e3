package schema_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun"

	"portal/app/apptest"
	"portal/app/data"
	"portal/schema"
)

// cutting ends the work at the n-th statement that changes something, before or after that is done, as a kill would.
type cutting struct {
	at, seen int
	after    bool
	cut      context.CancelFunc
}

// counts is true of what can't be taken back by a transaction, and of new rows.
func (c *cutting) counts(e *bun.QueryEvent) bool {
	for _, word := range []string{"CREATE", "ALTER", "DROP", "INSERT"} {
		if strings.Contains(e.Query, word+" ") {
			return true
		}
	}
	return false
}

func (c *cutting) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if c.counts(e) {
		c.seen++
		if c.seen == c.at && !c.after {
			c.cut()
		}
	}
	return ctx
}

func (c *cutting) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	if c.counts(e) && c.seen == c.at && c.after {
		c.cut()
	}
}

// risky are migrations that can't simply be run again.
func risky() fs.FS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"20260101000001_shelves.up.sql": file("CREATE TABLE shelves (id {{.ID}}, name VARCHAR(20) NOT NULL\n" +
			"{{- .Index \"shelves_name\" \"shelves\" \"name\"}}) {{.Table}};\n--bun:split\nINSERT INTO shelves (name) VALUES ('one')"),
		"20260101000001_shelves.down.sql": file("DROP TABLE shelves"),
		"20260101000002_places.up.sql": file("ALTER TABLE shelves ADD COLUMN place BIGINT NOT NULL DEFAULT 0;\n--bun:split\n" +
			"-- Twice as many.\nINSERT INTO shelves (name, place) SELECT name, place + 1 FROM shelves;\n--bun:split\n" +
			"CREATE INDEX shelves_place ON shelves (place);\n--bun:split\nDROP INDEX shelves_name{{if .MySQL}} ON shelves{{end}};"),
		"20260101000002_places.down.sql": file("CREATE INDEX shelves_name ON shelves (name);\n--bun:split\n" +
			"DROP INDEX shelves_place{{if .MySQL}} ON shelves{{end}};\n--bun:split\nALTER TABLE shelves DROP COLUMN place"),
	}
}

// R10: a migration that was killed at any step goes on at the next start, up and down, and does nothing twice.
func TestRunner_GoesOnWhereItWasKilled(t *testing.T) {
	whole := func(db *data.DB) string {
		t.Helper()
		var rows, places int
		if err := db.Read.QueryRowContext(t.Context(), "SELECT COUNT(*), COALESCE(SUM(place), 0) FROM shelves").Scan(&rows, &places); err != nil {
			return err.Error()
		}
		return fmt.Sprint(rows, " rows, ", places)
	}
	for _, after := range []bool{true, false} {
		if !after && apptest.OnMySQL() {
			break // before a statement is after the one before it, and each takes its time there
		}
		for at := 1; ; at++ {
			db := emptyDatabase(t)
			c := &cutting{at: at, after: after}
			runner, err := schema.New(schema.Database{Bun: db.Writer().WithQueryHook(c), MySQL: db.MySQL, Path: db.Path}, risky())
			if err != nil {
				t.Fatal(err)
			}
			var ctx context.Context
			ctx, c.cut = context.WithCancel(t.Context())
			_, err = runner.Up(ctx)
			if err == nil {
				_, err = runner.Down(ctx)
			} else if _, err := again(t, db).Up(t.Context()); err != nil {
				t.Fatalf("killed at statement %d (after it: %v): %v", at, after, err)
			} else if got := whole(db); got != "2 rows, 1" {
				t.Fatalf("killed at statement %d (after it: %v): %s", at, after, got)
			}
			killed := ctx.Err() != nil // whatever the driver said of it: a transaction that is gone, too
			c.cut()
			if err != nil && killed {
				_, err = again(t, db).Down(t.Context())
			}
			if err != nil {
				t.Fatalf("killed at statement %d (after it: %v), going down: %v", at, after, err)
			}
			if c.seen < at {
				break // there are no more
			}
		}
	}
}

func TestRunner_FinishesOneWayBeforeItGoesTheOther(t *testing.T) {
	db := emptyDatabase(t)
	half := risky().(fstest.MapFS)
	half["20260101000002_places.up.sql"] = &fstest.MapFile{Data: []byte("ALTER TABLE shelves ADD COLUMN place BIGINT NOT NULL DEFAULT 0;\n--bun:split\nINSERT INTO nowhere (id) VALUES (1)")}
	runner, err := schema.New(schema.Database{Bun: db.Writer(), MySQL: db.MySQL, Path: db.Path}, half)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := runner.Up(t.Context()); err == nil || !strings.Contains(err.Error(), "20260101000002_places.up.sql, statement 2 of 2") {
		t.Fatalf("got %v", err)
	}
	if _, err := runner.Down(t.Context()); err == nil || !strings.Contains(err.Error(), "was interrupted; finish it first by “portal migrate up”") {
		t.Errorf("got %v", err)
	}
	half["20260101000002_places.up.sql"].Data = []byte("ALTER TABLE shelves ADD COLUMN place BIGINT NOT NULL DEFAULT 0;\n--bun:split\nINSERT INTO shelves (name) VALUES ('two')")
	mended, err := schema.New(schema.Database{Bun: db.Writer(), MySQL: db.MySQL, Path: db.Path}, half)
	if err != nil {
		t.Fatal(err)
	}
	if ran, err := mended.Up(t.Context()); err != nil || len(ran) != 1 {
		t.Errorf("%v %v", ran, err)
	}
}

func again(t *testing.T, db *data.DB) *schema.Runner {
	t.Helper()
	r, err := schema.New(schema.Database{Bun: db.Writer(), MySQL: db.MySQL, Path: db.Path}, risky())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// emptyDatabase has no tables yet.
func emptyDatabase(t *testing.T) *data.DB {
	t.Helper()
	db, err := data.Open(t.Context(), data.Options{URL: apptest.Database(t), Pool: 4, Recycle: time.Hour, Timeout: 10 * time.Second, Fast: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}
