package search

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// Progress hears how many of all things have their entries; nil is not asked.
type Progress func(done, all int)

// Ready reports whether entries are missing: after an upgrade, a restore, an import of many things.
func (x *Index) Ready(ctx context.Context) (bool, error) {
	missing, err := x.missing(ctx)
	return len(missing) > 0, err
}

// missing are the kinds of which not all entries are made.
func (x *Index) missing(ctx context.Context) ([]Kind, error) {
	var rows []stateRow
	if err := x.db.Read.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read how far the search is: %w", err)
	}
	made := map[string]bool{}
	for _, r := range rows {
		made[fmt.Sprint(r.Kind, r.Version)] = r.AfterID == whole
	}
	var all []Kind
	for _, k := range x.kinds() {
		if !made[fmt.Sprint(k.Name, k.Version)] {
			all = append(all, k)
		}
	}
	return all, nil
}

// Entries is how many things have entries.
func (x *Index) Entries(ctx context.Context) (int, error) {
	n, err := x.db.Read.NewSelect().Model((*entryRow)(nil)).Count(ctx)
	return int(n), err
}

// Forget has all entries be made anew. What is there stays until it is replaced, so that all is found meanwhile.
func (x *Index) Forget(ctx context.Context) error {
	return x.db.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		_, err := tx.NewDelete().Model((*stateRow)(nil)).Where("1 = 1").Exec(ctx)
		return err
	})
}

// Fill makes the entries that are missing, a slice in each transaction, so that others write in between. One that was
// stopped goes on where it was.
func (x *Index) Fill(ctx context.Context, progress Progress) error {
	missing, err := x.missing(ctx)
	if err != nil {
		return err
	}
	done, all := 0, 0
	for _, k := range missing {
		n, err := x.db.Read.NewSelect().Table(k.Table).Count(ctx)
		if err != nil {
			return fmt.Errorf("count %s: %w", k.Name, err)
		}
		all += int(n)
	}
	for _, k := range missing {
		for more := true; more; {
			var n int
			if n, more, err = x.fill(ctx, k); err != nil {
				return fmt.Errorf("make the entries of %s: %w", k.Name, err)
			}
			done += n
			if progress != nil {
				progress(min(done, all), all)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillAtOnce is how many things get their entries in one transaction.
const fillAtOnce = 200

// fill makes the entries of the next things, and takes away those of things that are gone.
func (x *Index) fill(ctx context.Context, k Kind) (n int, more bool, err error) {
	err = x.db.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		var err error
		n, more, err = x.fillNext(ctx, tx, k)
		return err
	})
	return n, more, err
}

func (x *Index) fillNext(ctx context.Context, tx *data.Tx, k Kind) (n int, more bool, err error) {
	state := stateRow{Kind: k.Name, Version: k.Version}
	if _, err := tx.NewInsert().Model(&state).Ignore().Exec(ctx); err != nil {
		return 0, false, err
	}
	if err := tx.Lock(tx.NewSelect().Model(&state).WherePK()).Scan(ctx); err != nil {
		return 0, false, err
	}
	if state.Version != k.Version { // they were made by another version of the portal
		state.Version, state.AfterID = k.Version, 0
	}
	if state.AfterID == whole {
		return 0, false, nil
	}
	var ids []int64
	err = tx.NewSelect().Table(k.Table).Column("id").Where("id > ?", state.AfterID).OrderExpr("id").Limit(fillAtOnce).Scan(ctx, &ids)
	if err != nil {
		return 0, false, err
	}
	if err := x.keep(ctx, tx, k, ids); err != nil {
		return 0, false, err
	}
	next := int64(whole)
	if len(ids) == fillAtOnce {
		next = ids[len(ids)-1]
	}
	var gone []int64
	q := tx.NewSelect().Model((*entryRow)(nil)).Column("id").Where("kind = ?", k.Name).Where("thing_id > ?", state.AfterID).Where("thing_id <= ?", next)
	if len(ids) > 0 {
		q = q.Where("thing_id NOT IN (?)", bun.In(ids))
	}
	if err := q.Scan(ctx, &gone); err != nil {
		return 0, false, err
	}
	if err := remove(ctx, tx, gone); err != nil {
		return 0, false, err
	}
	state.AfterID = next
	_, err = tx.NewUpdate().Model(&state).WherePK().Exec(ctx)
	return len(ids), next != whole, err
}
