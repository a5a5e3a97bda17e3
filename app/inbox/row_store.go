package inbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// Filter is the query string of the inbox.
type Filter struct {
	data.List
	Show string `query:"show"` // empty for unread, all
	Kind string `query:"kind"` // empty for all
}

// List is a page of the viewer's inbox.
type List struct {
	data.Rows[Row]
	Unread int            // of all kinds
	Counts map[string]int // by kind, among what Show shows
}

// scope is how much the viewer has of one kind behind one guard.
type scope struct {
	Guard, Kind string
	Total, Open int
}

// heard are the guards of the scopes that the viewer may hear; the empty one is always.
func (s *Store) heard(ctx context.Context, scopes []scope) ([]string, error) {
	var ask []string
	for _, c := range scopes {
		if c.Guard != "" {
			ask = append(ask, c.Guard)
		}
	}
	slices.Sort(ask)
	if ask = slices.Compact(ask); len(ask) == 0 {
		return []string{""}, nil
	}
	may, err := s.Heard(ctx, ask)
	return append([]string{""}, may...), err
}

// Unread is how many unread rows the viewer has of what they may see. It runs no query while it is held, else two.
func (s *Store) Unread(ctx context.Context) (int, error) {
	v := auth.From(ctx)
	key := s.unread.Family(family(v.ID), s.unread.Family(RightsKey, v.Sight()))
	return s.unread.Get(ctx, key, func(ctx context.Context) (int, error) {
		var scopes []scope
		err := s.DB.Read.NewSelect().Table("notifications").Column("guard").ColumnExpr("COUNT(*) AS total").Where("user_id = ?", v.ID).
			Where("read_at IS NULL").Group("guard").Scan(ctx, &scopes)
		if err != nil || len(scopes) == 0 {
			return 0, err
		}
		may, err := s.heard(ctx, scopes)
		n := 0
		for _, c := range scopes {
			if slices.Contains(may, c.Guard) {
				n += c.Total
			}
		}
		return n, err
	})
}

// List is one page of the viewer's inbox, the latest first, in three queries.
func (s *Store) List(ctx context.Context, f Filter) (List, error) {
	f.List = f.Tidy()
	me := auth.From(ctx).ID
	l := List{Counts: map[string]int{}, Rows: data.Rows[Row]{Page: 1, Size: f.Size}}
	var scopes []scope
	err := s.DB.Read.NewSelect().Table("notifications").Column("guard", "kind").ColumnExpr("COUNT(*) AS total").
		ColumnExpr("SUM(CASE WHEN read_at IS NULL THEN 1 ELSE 0 END) AS open").Where("user_id = ?", me).Group("guard", "kind").Scan(ctx, &scopes)
	if err != nil {
		return l, fmt.Errorf("count the inbox of %d: %w", me, err)
	}
	may, err := s.heard(ctx, scopes)
	if err != nil {
		return l, err
	}
	for _, c := range scopes {
		if !slices.Contains(may, c.Guard) {
			continue
		}
		l.Unread += c.Open
		shown := c.Open
		if f.Show == "all" {
			shown = c.Total
		}
		l.Counts[c.Kind] += shown
		if f.Kind == "" || f.Kind == c.Kind {
			l.Total += shown
		}
	}
	if l.Total == 0 {
		return l, nil
	}
	l.Page = max(1, min(f.Page, (l.Total+f.Size-1)/f.Size))
	err = f.of(s.DB.Read.NewSelect().Model(&l.Items), me).Where("guard IN (?)", bun.In(may)).OrderExpr("updated_at DESC, id DESC").
		Limit(int64(f.Size)).Offset(int64((l.Page - 1) * f.Size)).Scan(ctx)
	if err != nil {
		return l, fmt.Errorf("inbox of %d: %w", me, err)
	}
	return l, nil
}

// of limits the query to the person's rows that the filter shows.
func (f Filter) of(q *bun.SelectQuery, user int64) *bun.SelectQuery {
	q = q.Where("user_id = ?", user)
	if f.Show != "all" {
		q = q.Where("read_at IS NULL")
	}
	if f.Kind != "" {
		q = q.Where("kind = ?", f.Kind)
	}
	return q
}

func errNoRow() error {
	return fault.New(fault.NotFound, "There is no such notification, or it is not for you any more.")
}

// Mark makes one of the viewer's notifications read or unread, and returns it.
// Errors: fault.NotFound, also for another's and for what the viewer may not see any more.
func (s *Store) Mark(ctx context.Context, id int64, read bool) (Row, error) {
	me := auth.From(ctx).ID
	row, err := s.mine(ctx, id)
	if err != nil {
		return row, err
	}
	err = s.DB.Write(ctx, func(tx *data.Tx) error {
		var at *time.Time
		if read {
			at = &tx.Now
		}
		tx.Unchanged()
		if (row.ReadAt != nil) == read {
			return nil
		}
		_, err := tx.NewUpdate().Table("notifications").Set("read_at = ?", at).Where("id = ?", id).Where("user_id = ?", me).Exec(ctx)
		if err != nil {
			return fmt.Errorf("mark notification %d: %w", id, err)
		}
		tx.Changed(news(me))
		return nil
	})
	return row, err
}

// mine is the viewer's own row, if they may see it.
func (s *Store) mine(ctx context.Context, id int64) (Row, error) {
	var rows []Row
	err := s.DB.Read.NewSelect().Model(&rows).Where("id = ?", id).Where("user_id = ?", auth.From(ctx).ID).Scan(ctx)
	if err != nil {
		return Row{}, fmt.Errorf("notification %d: %w", id, err)
	}
	if len(rows) == 0 {
		return Row{}, errNoRow()
	}
	may, err := s.heard(ctx, []scope{{Guard: rows[0].Guard}})
	if err == nil && !slices.Contains(may, rows[0].Guard) {
		err = errNoRow()
	}
	return rows[0], err
}

// MarkAll makes all of the viewer's notifications of the kind read, all kinds when it is empty, but none of which something
// came in after that moment: what the person has not been shown stays unread.
func (s *Store) MarkAll(ctx context.Context, kind string, until time.Time) error {
	me := auth.From(ctx).ID
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		q := tx.NewUpdate().Table("notifications").Set("read_at = ?", tx.Now).Where("user_id = ?", me).Where("read_at IS NULL").Where("updated_at <= ?", until)
		if kind != "" {
			q = q.Where("kind = ?", kind)
		}
		if _, err := q.Exec(ctx); err != nil {
			return fmt.Errorf("mark all of %d: %w", me, err)
		}
		tx.Unchanged()
		tx.Changed(news(me))
		return nil
	})
}

// Kept is how long a notification stays once it is read; purgeStep how many are removed at a time.
const (
	Kept      = 90 * 24 * time.Hour
	purgeStep = 5000
)

// Purge removes what was read longer ago than Kept.
func (s *Store) Purge(ctx context.Context) error {
	for {
		// Twice wrapped: MySQL knows no limit in a subquery, and no subquery on the table it deletes from.
		res, err := s.DB.Writer().ExecContext(ctx, "DELETE FROM notifications WHERE id IN (SELECT id FROM (SELECT id FROM notifications WHERE read_at < ? ORDER BY read_at LIMIT ?) AS old)",
			s.DB.Now().Add(-Kept), purgeStep)
		if err != nil {
			return fmt.Errorf("remove old notifications: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n < purgeStep {
			return err
		}
	}
}
