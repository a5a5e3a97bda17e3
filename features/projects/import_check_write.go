package projects

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"strconv"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/sheet"
)

// checking is one check of a file.
type checking struct {
	store  *importStore
	of     fileImport
	rows   []importRow // that are not written yet
	size   int         // of their texts, in bytes
	done   int
	bad    int
	first  []importProblem
	list   bytes.Buffer // of errors that are not written yet
	errors *csv.Writer  // into it
	parts  int64        // of the list that are written
}

func (c *checking) all(ctx context.Context, body []byte, r *importReader) error {
	err := eachRow(ctx, body, r.settings.Sheet, func(row int, cells []string) error {
		c.done++
		t := r.read(c.done, row, cells)
		t.ImportID = c.of.ID
		c.note(r.bad)
		if c.bad == 0 {
			c.rows = append(c.rows, t)
			c.size += len(t.Description)
		}
		if c.done%importSlice == 0 || c.size > partSize {
			return c.flush(ctx)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.flush(ctx)
}

// note keeps what is wrong with a row.
func (c *checking) note(bad []importProblem) {
	for _, p := range bad {
		if c.bad < importShown {
			c.first = append(c.first, p)
		}
		c.bad++
		_ = c.errors.Write([]string{strconv.Itoa(p.Row), sheet.Cell(p.Column), sheet.Cell(p.Said)}) // into memory
	}
	if c.bad > 0 {
		c.rows, c.size = nil, 0
	}
}

// flush writes what has come together, unless the import is cancelled.
func (c *checking) flush(ctx context.Context) error {
	c.errors.Flush()
	err := c.store.db.Write(ctx, func(tx *data.Tx) error {
		err := c.store.step(ctx, tx, c.of.ID, importChecking, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Set("done = ?", c.done).Set("bad = ?", c.bad)
		})
		if err != nil {
			return err
		}
		if c.bad > 0 {
			return keepParts(ctx, tx, c.of.ID, partErrors, c.parts, c.list.Bytes())
		}
		return c.write(ctx, tx)
	})
	if err != nil {
		return err
	}
	if c.bad > 0 {
		c.parts += int64((c.list.Len() + partSize - 1) / partSize)
		c.list.Reset()
	}
	c.rows, c.size = c.rows[:0], 0
	return nil
}

func (c *checking) write(ctx context.Context, tx *data.Tx) error {
	if len(c.rows) == 0 {
		return nil
	}
	if _, err := tx.NewInsert().Model(&c.rows).Exec(ctx); err != nil {
		return fmt.Errorf("keep rows of import %d: %w", c.of.ID, err)
	}
	var labels []importLabel
	for _, t := range c.rows {
		for _, name := range t.labels {
			labels = append(labels, importLabel{ImportID: c.of.ID, Place: t.Place, NameKey: data.Key(name), Name: name})
		}
	}
	if len(labels) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&labels).Exec(ctx)
	return err
}
