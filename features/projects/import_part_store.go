package projects

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// importPart is a row of import_parts.
type importPart struct {
	bun.BaseModel `bun:"table:import_parts"`
	ImportID      int64  `bun:",pk"`
	Kind          string `bun:",pk"`
	Number        int64  `bun:",pk"`
	Body          []byte
}

// The kinds of parts, and how large one is, in bytes.
const (
	partFile   = "file"
	partErrors = "errors"
	partSize   = 1 << 20
)

// Body is the file, or the list of its errors; empty when it has been removed.
func (s *importStore) Body(ctx context.Context, importID int64, kind string) ([]byte, error) {
	var parts []importPart
	err := s.db.Read.NewSelect().Model(&parts).Column("body").Where("import_id = ?", importID).Where("kind = ?", kind).OrderExpr("number").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("file of import %d: %w", importID, err)
	}
	size := 0
	for _, p := range parts {
		size += len(p.Body)
	}
	whole := make([]byte, 0, size)
	for i := range parts {
		whole = append(whole, parts[i].Body...)
		parts[i].Body = nil
	}
	return whole, nil
}

// keepParts writes bytes in parts, numbered from first on.
func keepParts(ctx context.Context, tx *data.Tx, importID int64, kind string, first int64, body []byte) error {
	for n := first; len(body) > 0; n++ {
		size := min(partSize, len(body))
		part := importPart{ImportID: importID, Kind: kind, Number: n, Body: body[:size]}
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return fmt.Errorf("keep a part of import %d: %w", importID, err)
		}
		body = body[size:]
	}
	return nil
}

// clear removes the file, its errors and the rows that were to become tasks, in slices: others write meanwhile.
func (s *importStore) clear(ctx context.Context, importID int64) error {
	if err := s.clearRows(ctx, importID); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		_, err := tx.NewDelete().Table("import_parts").Where("import_id = ?", importID).Exec(ctx)
		return err
	})
}

// importSlice is how many rows are written or removed in one transaction.
const importSlice = 1000

func (s *importStore) clearRows(ctx context.Context, importID int64) error {
	for from := int64(0); from <= importRows; {
		var next int64 // not from itself: a write that lost to another one is run again, and must begin where it began
		err := s.db.Write(ctx, func(tx *data.Tx) (err error) {
			tx.Unchanged()
			next, err = clearSlice(ctx, tx, importID, from)
			return err
		})
		if err != nil {
			return fmt.Errorf("clear import %d: %w", importID, err)
		}
		from = next
	}
	return nil
}

// clearSlice removes the first rows from that place on, and returns the place behind them: past importRows when there are none.
func clearSlice(ctx context.Context, tx *data.Tx, importID, from int64) (int64, error) {
	var first sql.NullInt64
	err := tx.NewSelect().Table("import_rows").ColumnExpr("MIN(place)").Where("import_id = ?", importID).Where("place >= ?", from).Scan(ctx, &first)
	if err != nil || !first.Valid {
		return importRows + 1, err
	}
	next := first.Int64 + 5*importSlice
	for _, table := range []string{"import_labels", "import_rows"} {
		if _, err := tx.NewDelete().Table(table).Where("import_id = ?", importID).Where("place >= ? AND place < ?", first.Int64, next).Exec(ctx); err != nil {
			return 0, err
		}
	}
	return next, nil
}

// end gives an import that the background had its last state.
func (s *importStore) end(ctx context.Context, importID int64, state, said string) error {
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		_, err := tx.NewUpdate().Table("imports").Set("state = ?", state).Set("said = ?", data.Cut(said, 500)).Set("ended_at = ?", tx.Now).Set("updated_at = ?", tx.Now).
			Where("id = ?", importID).Where("state IN (?)", bun.In(importBusy)).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("end import %d: %w", importID, err)
	}
	return s.clear(ctx, importID)
}
