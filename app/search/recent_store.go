package search

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
)

// recentRow is a row of search_recents: what a person opened last by searching.
type recentRow struct {
	bun.BaseModel `bun:"table:search_recents"`
	UserID        int64  `bun:",pk"`
	Kind          string `bun:",pk"`
	ThingID       int64  `bun:",pk"`
	OpenedAt      time.Time
}

// recentMost is how many things each person's list holds.
const recentMost = 20

// Opened keeps that the viewer opened a thing; of what they opened, the last are kept. What is no thing that can be found is
// not kept. Whether they may know of it is asked when the list is read.
func (f *Finder) Opened(ctx context.Context, kind string, id int64) error {
	v := auth.From(ctx)
	there, err := f.allowed(f.db.Read.NewSelect().TableExpr("search_entries AS e"), v, kind).Where("e.thing_id = ?", id).Count(ctx)
	if err != nil || there == 0 {
		return err
	}
	row := recentRow{UserID: v.ID, Kind: kind, ThingID: id, OpenedAt: f.db.Now()}
	w := f.db.Writer()
	res, err := w.NewUpdate().Model(&row).Column("opened_at").WherePK().Exec(ctx)
	if err == nil {
		var n int64
		if n, err = res.RowsAffected(); err == nil && n == 0 {
			_, err = w.NewInsert().Model(&row).Ignore().Exec(ctx)
		}
	}
	if err != nil {
		return fmt.Errorf("keep what was opened: %w", err)
	}
	var old []recentRow
	if err := w.NewSelect().Model(&old).Where("user_id = ?", v.ID).OrderExpr("opened_at DESC, kind, thing_id").Offset(recentMost).Limit(recentMost).Scan(ctx); err != nil {
		return fmt.Errorf("read what was opened: %w", err)
	}
	for _, o := range old {
		if _, err := w.NewDelete().Model(&o).WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("forget what was opened: %w", err)
		}
	}
	return nil
}

// Recent are the things that the viewer opened last and may still know of, the last first.
func (f *Finder) Recent(ctx context.Context, limit int) ([]Hit, error) {
	v := auth.From(ctx)
	var ids []int64
	q := f.db.Read.NewSelect().TableExpr("search_recents AS r").Join("JOIN search_entries AS e ON e.kind = r.kind AND e.thing_id = r.thing_id").
		Column("e.id").Where("r.user_id = ?", v.ID)
	if err := f.allowed(q, v, "").OrderExpr("r.opened_at DESC").Limit(int64(limit)).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("what was opened last: %w", err)
	}
	return f.hits(ctx, ids, Query{})
}
