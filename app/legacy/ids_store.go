package legacy

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// IDs are the old keys of all that has come over, ours beside them.
type IDs struct {
	known map[[2]string]int64
	fresh []idRow
}

// idRow is a row of legacy_ids.
type idRow struct {
	bun.BaseModel `bun:"table:legacy_ids"`
	Kind          string // the old table
	LegacyID      string
	ID            int64 // ours; 0: looked at and left out
}

// LoadIDs reads what earlier runs have brought over.
func LoadIDs(ctx context.Context, db bun.IDB) (*IDs, error) {
	var rows []idRow
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read what came over before: %w", err)
	}
	ids := &IDs{known: make(map[[2]string]int64, len(rows))}
	for _, r := range rows {
		ids.known[[2]string{r.Kind, r.LegacyID}] = r.ID
	}
	return ids, nil
}

// Key is the old key of a row whose primary key is one number, or several.
func Key(parts ...int64) string {
	var key []byte
	for i, p := range parts {
		if i > 0 {
			key = append(key, ':')
		}
		key = strconv.AppendInt(key, p, 10)
	}
	return string(key)
}

// Seen reports whether the old row was dealt with, in this run or an earlier one.
func (i *IDs) Seen(kind, key string) bool {
	_, ok := i.known[[2]string{kind, key}]
	return ok
}

// Of is our id of the old row, 0 when it is not here.
func (i *IDs) Of(kind string, old int64) int64 { return i.known[[2]string{kind, Key(old)}] }

// Keep says which id of ours an old row has; 0 when it was left out for good.
func (i *IDs) Keep(kind, key string, id int64) {
	i.known[[2]string{kind, key}] = id
	i.fresh = append(i.fresh, idRow{Kind: kind, LegacyID: key, ID: id})
}

// Save writes what this run has kept.
func (i *IDs) Save(ctx context.Context, tx *data.Tx) error {
	if err := Insert(ctx, tx, i.fresh); err != nil {
		return fmt.Errorf("keep the old ids: %w", err)
	}
	i.fresh = nil
	return nil
}

// batch is how many rows go into one statement: even texts of 64 KB then stay below MySQL's usual packet.
const batch = 200

// Insert writes rows of one table, many in a statement.
func Insert[T any](ctx context.Context, tx *data.Tx, rows []T) error {
	for part := range slices.Chunk(rows, batch) {
		if _, err := tx.NewInsert().Model(&part).Returning("NULL").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Numbers gives ids to new rows of a table: the old one where it is free, so that old links still lead there.
type Numbers struct{ taken, top int64 }

// NumbersFor reads how far the table's ids go; above all of ours and of the old ones new ids begin.
func NumbersFor(ctx context.Context, tx *data.Tx, table string, old []Record) (*Numbers, error) {
	var last int64
	if err := tx.NewSelect().Table(table).ColumnExpr("COALESCE(MAX(id), 0)").Scan(ctx, &last); err != nil {
		return nil, fmt.Errorf("read ids of %s: %w", table, err)
	}
	n := &Numbers{taken: last, top: last}
	for _, r := range old {
		n.top = max(n.top, r.ID())
	}
	return n, nil
}

// Give is the id of the row that had the old one.
func (n *Numbers) Give(old int64) int64 {
	if old > n.taken {
		return old
	}
	n.top++
	return n.top
}
