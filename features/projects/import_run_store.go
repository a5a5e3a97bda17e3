package projects

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
)

// importJob works on imports as soon as there is one.
func importJob(b base) feature.Job {
	s := newImportStore(b)
	return feature.Job{Name: "projects.import", Title: "Work on imports of tasks, and remove files that nobody came back to", Every: time.Second, Run: s.work, Ready: s.waiting}
}

// work runs all imports that wait, one after the other. Only one process does so at a time; what was running when it
// begins has been left by one that stopped.
func (s *importStore) work(ctx context.Context) error {
	if err := s.abandon(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		var i fileImport
		var all []fileImport
		err := s.db.Read.NewSelect().Model(&all).Where("i.state IN (?)", bun.In([]string{importCheck, importStart})).OrderExpr("i.updated_at, i.id").Limit(1).Scan(ctx)
		if err != nil || len(all) == 0 {
			return err
		}
		i = all[0]
		if err := s.run(ctx, i); err != nil {
			return fmt.Errorf("import %d: %w", i.ID, err)
		}
	}
	return nil
}

// abandon ends what was left running, and files that nobody came back to for a day.
func (s *importStore) abandon(ctx context.Context) error {
	var left []fileImport
	err := s.db.Read.NewSelect().Model(&left).Column("id", "state").Where("i.state IN (?)", bun.In([]string{importChecking, importRunning, importCancelling})).Scan(ctx)
	if err != nil {
		return err
	}
	for _, i := range left {
		state, said := importFailed, "The portal stopped while it was working on this. Nothing was made; please send the file again."
		if i.State == importCancelling {
			state, said = importCancelled, ""
		}
		if err := s.end(ctx, i.ID, state, said); err != nil {
			return err
		}
	}
	var old []int64
	before := s.db.Now().Add(-importKept)
	stale := []string{importMapping, importChecked}
	if err := s.db.Read.NewSelect().Table("imports").Column("id").Where("state IN (?)", bun.In(stale)).Where("updated_at < ?", before).Scan(ctx, &old); err != nil {
		return err
	}
	for _, n := range old {
		err := s.db.Write(ctx, func(tx *data.Tx) error {
			tx.Unchanged()
			_, err := tx.NewUpdate().Table("imports").Set("state = ?", importCancelled).Set("said = ?", "Nobody came back to it for a day.").
				Set("ended_at = ?", tx.Now).Where("id = ?", n).Where("state IN (?)", bun.In(stale)).Where("updated_at < ?", before).Exec(ctx)
			return err
		})
		if err != nil {
			return err
		}
		if err := s.clear(ctx, n); err != nil {
			return err
		}
	}
	return s.clearLeft(ctx)
}

// clearLeft removes the files and rows of imports that have ended, where the database was too busy to do it then.
func (s *importStore) clearLeft(ctx context.Context) error {
	var ended []int64
	err := s.db.Read.NewSelect().TableExpr("imports AS i").Column("i.id").Where("i.ended_at IS NOT NULL").
		Where("EXISTS (SELECT 1 FROM import_parts AS p WHERE p.import_id = i.id)").Scan(ctx, &ended)
	if err != nil {
		return fmt.Errorf("what ended imports left: %w", err)
	}
	for _, n := range ended {
		if err := s.clear(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// errCancelled ends a run that somebody has cancelled.
var errCancelled = errors.New("cancelled")

// run does what the import waits for, as who began it, and keeps how it ended.
func (s *importStore) run(ctx context.Context, i fileImport) error {
	as, err := s.viewerOf(ctx, i)
	if err == nil {
		var cancel context.CancelFunc
		as, cancel = context.WithTimeout(as, importDeadline)
		defer cancel()
		if i.State == importCheck {
			err = s.check(as, i)
		} else {
			err = s.make(as, i)
		}
	}
	ctx = context.WithoutCancel(ctx) // also when the portal stops
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errCancelled):
		return s.end(ctx, i.ID, importCancelled, "")
	case fault.Is(err, fault.Broken) || fault.Of(err).Kind == fault.Broken:
		return errors.Join(err, s.end(ctx, i.ID, importFailed, "Something went wrong on our side. Nothing was made; please try again."))
	}
	return s.end(ctx, i.ID, importFailed, fault.Of(err).Public)
}

// step changes the state of a run, or says that it is cancelled.
func (s *importStore) step(ctx context.Context, tx *data.Tx, importID int64, from string, set func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	tx.Unchanged()
	res, err := set(tx.NewUpdate().Table("imports").Set("updated_at = ?", tx.Now)).Where("id = ?", importID).Where("state = ?", from).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, errCancelled)
	}
	return nil
}

// check reads the whole file: rows without errors wait in import_rows to become tasks, unless there is any error.
func (s *importStore) check(ctx context.Context, i fileImport) error {
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		if _, err := tx.NewDelete().Table("import_parts").Where("import_id = ?", i.ID).Where("kind = ?", partErrors).Exec(ctx); err != nil {
			return err
		}
		return s.step(ctx, tx, i.ID, importCheck, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("state = ?", importChecking) })
	})
	if err != nil {
		return err
	}
	if err := s.clearRows(ctx, i.ID); err != nil {
		return err
	}
	body, err := s.Body(ctx, i.ID, partFile)
	if err != nil {
		return err
	}
	r, err := s.reader(ctx, i)
	if err != nil {
		return err
	}
	total, err := s.count(ctx, i, body, r)
	if err != nil {
		return err
	}
	c := &checking{store: s, of: i, errors: csv.NewWriter(nil)}
	c.errors = csv.NewWriter(&c.list)
	c.errors.UseCRLF = true
	c.list.WriteString("\ufeff") // Excel then knows that it is UTF-8
	_ = c.errors.Write([]string{"Row", "Column", "Error"})
	if err := c.all(ctx, body, r); err != nil {
		return err
	}
	if c.bad > 0 {
		if err := s.clearRows(ctx, i.ID); err != nil {
			return err
		}
	}
	return s.db.Write(ctx, func(tx *data.Tx) error {
		return s.step(ctx, tx, i.ID, importChecking, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Set("state = ?", importChecked).Set("total = ?", total).Set("done = ?", total).Set("bad = ?", c.bad).Set("problems = ?", importJSON(c.first))
		})
	})
}
