package search

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// entryRow is a row of search_entries: what one thing is found by. Its words are in search_words, under the same id.
type entryRow struct {
	bun.BaseModel `bun:"table:search_entries,alias:e"`
	ID            int64 `bun:",pk,autoincrement"`
	Kind          string
	ThingID       int64
	ParentID      int64
	Title         string
	TitleKey      string // folded
	URL           string
	Digest        string // of all that is found and shown: who changes nothing of it writes nothing
	UpdatedAt     time.Time
	Text          string
}

// stateRow is a row of search_states: how far the entries of a kind have been made.
type stateRow struct {
	bun.BaseModel `bun:"table:search_states"`
	Kind          string `bun:",pk"`
	Version       int64  // the Kind's, by which they were made
	AfterID       int64  // things up to this id have their entries; whole when all have
}

// whole is the AfterID of a kind whose entries are all made.
const whole = math.MaxInt64

// The bounds of an entry.
const (
	titleMost = 300     // characters
	textMost  = 1 << 18 // bytes; what stands behind them is not found
	atOnce    = 100     // things whose entries are made by one statement
)

// Index keeps the entries true.
type Index struct {
	db    *data.DB
	kinds func() []Kind // of all features, also of those that are off
}

// NewIndex keeps the entries of the kinds.
func NewIndex(db *data.DB, kinds func() []Kind) *Index { return &Index{db, kinds} }

// Within makes, in the transaction of a write, the entries of all that it changed.
func (x *Index) Within(ctx context.Context, tx *data.Tx, changes []data.Change) error {
	touched, from := tx.AllTouched()
	for _, k := range x.kinds() {
		ids := slices.Clone(touched[k.Name])
		for _, c := range changes {
			if c.ID != 0 && c.Feature+"."+c.Kind == k.Name {
				ids = append(ids, c.ID)
			}
		}
		slices.Sort(ids)
		if err := x.keep(ctx, tx, k, slices.Compact(ids)); err != nil {
			return err
		}
		if after, ok := from[k.Name]; ok {
			if err := x.stale(ctx, tx, k, after); err != nil {
				return err
			}
		}
	}
	return nil
}

// stale has the entries of things behind the id made anew in the background.
func (x *Index) stale(ctx context.Context, tx *data.Tx, k Kind, after int64) error {
	row := stateRow{Kind: k.Name, Version: k.Version, AfterID: 0}
	if _, err := tx.NewInsert().Model(&row).Ignore().Exec(ctx); err != nil {
		return fmt.Errorf("keep that entries of %s are missing: %w", k.Name, err)
	}
	_, err := tx.NewUpdate().Model((*stateRow)(nil)).Set("after_id = ?", after).Where("kind = ?", k.Name).Where("after_id > ?", after).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep that entries of %s are missing: %w", k.Name, err)
	}
	return nil
}

// keep makes the entries of the things as Load says: those that it leaves out have none.
func (x *Index) keep(ctx context.Context, tx *data.Tx, k Kind, ids []int64) error {
	for part := range slices.Chunk(ids, atOnce) {
		entries, err := k.Load(ctx, tx, part)
		if err != nil {
			return fmt.Errorf("load what %s are found by: %w", k.Name, err)
		}
		var old []entryRow
		err = tx.NewSelect().Model(&old).Column("id", "thing_id", "digest", "updated_at").Where("kind = ?", k.Name).Where("thing_id IN (?)", bun.In(part)).Scan(ctx)
		if err != nil {
			return fmt.Errorf("read entries of %s: %w", k.Name, err)
		}
		if err := x.write(ctx, tx, k, old, entries); err != nil {
			return fmt.Errorf("write entries of %s: %w", k.Name, err)
		}
	}
	return nil
}

// write brings the old entries to the new ones.
func (x *Index) write(ctx context.Context, tx *data.Tx, k Kind, old []entryRow, entries []Entry) error {
	had := map[int64]entryRow{}
	for _, o := range old {
		had[o.ThingID] = o
	}
	var fresh, changed []entryRow
	for _, e := range entries {
		row := e.row(k)
		was, there := had[e.ID]
		delete(had, e.ID)
		row.ID = was.ID
		switch {
		case !there:
			fresh = append(fresh, row)
		case was.Digest != row.Digest:
			changed = append(changed, row)
		case !was.UpdatedAt.Equal(row.UpdatedAt):
			if _, err := tx.NewUpdate().Model(&row).Column("updated_at").WherePK().Exec(ctx); err != nil {
				return err
			}
		}
	}
	var gone []int64
	for _, o := range had {
		gone = append(gone, o.ID)
	}
	if err := remove(ctx, tx, gone); err != nil {
		return err
	}
	for i := range changed {
		if _, err := tx.NewUpdate().Model(&changed[i]).WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	if len(fresh) > 0 {
		if err := insert(ctx, tx, k, fresh); err != nil {
			return err
		}
	}
	return words(ctx, tx, append(changed, fresh...))
}

// insert writes new entries and sets their ids.
func insert(ctx context.Context, tx *data.Tx, k Kind, fresh []entryRow) error {
	if _, err := tx.NewInsert().Model(&fresh).Exec(ctx); err != nil {
		return err
	}
	things := make([]int64, len(fresh))
	for i, f := range fresh {
		things[i] = f.ThingID
	}
	var made []entryRow // MySQL says the id of the first only
	err := tx.NewSelect().Model(&made).Column("id", "thing_id").Where("kind = ?", k.Name).Where("thing_id IN (?)", bun.In(things)).Scan(ctx)
	if err != nil {
		return err
	}
	ids := map[int64]int64{}
	for _, m := range made {
		ids[m.ThingID] = m.ID
	}
	for i := range fresh {
		fresh[i].ID = ids[fresh[i].ThingID]
	}
	return nil
}

// kindWord is a kind as one word of SQLite's index: so one kind's things are found without a look at all others.
func kindWord(kind string) string { return strings.Join(split(kind), "") }

// words writes the words of entries, in place of those they had.
func words(ctx context.Context, tx *data.Tx, rows []entryRow) error {
	for _, r := range rows {
		title, text := split(r.Title), split(r.Text)
		var err error
		if tx.MySQL {
			_, err = tx.ExecContext(ctx, "REPLACE INTO search_words (id, title, words) VALUES (?, ?, ?)", r.ID, padded(title)+" ", padded(title)+" "+pad+padded(text)+" ")
		} else {
			_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO search_words (rowid, title, text, kind) VALUES (?, ?, ?, ?)", r.ID, strings.Join(title, " "), strings.Join(text, " "), kindWord(r.Kind))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// remove takes entries and their words away.
func remove(ctx context.Context, tx *data.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	key := "rowid"
	if tx.MySQL {
		key = "id"
	}
	if _, err := tx.NewDelete().Table("search_words").Where("? IN (?)", bun.Ident(key), bun.In(ids)).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewDelete().Model((*entryRow)(nil)).Where("id IN (?)", bun.In(ids)).Exec(ctx)
	return err
}

// row is the entry as it is kept.
func (e Entry) row(k Kind) entryRow {
	text := e.Text
	if len(text) > textMost {
		text = strings.ToValidUTF8(text[:textMost], "")
	}
	r := entryRow{
		Kind: k.Name, ThingID: e.ID, ParentID: e.Parent, Title: data.Cut(e.Title, titleMost), TitleKey: data.Key(e.Title),
		Text: text, URL: e.URL, UpdatedAt: e.At.UTC().Truncate(time.Microsecond),
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{strconv.FormatInt(r.ParentID, 10), r.Title, r.URL, r.Text}, "\x00")))
	r.Digest = hex.EncodeToString(sum[:])
	return r
}
