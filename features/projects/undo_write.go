package projects

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// undoLife is how long an act on several rows can be taken back.
const undoLife = 24 * time.Hour

func errNoUndo() error {
	return fault.New(fault.NotFound, "There is nothing to take back: it was done more than a day ago, or has been taken back.")
}

// TakeBack takes a whole act back: each row becomes what it was before, unless others have changed the same since, or a rule
// stands against it. It goes through the same rules as a change of one row.
// Errors: fault.NotFound, also for another person's act; fault.Conflict when no row could be taken back.
func (s *taskStore) TakeBack(ctx context.Context, project, number int64) (act, error) {
	if _, err := s.projects.Get(ctx, project); err != nil {
		return act{}, err
	}
	u, err := undoOf(ctx, s.db, project, number)
	if err != nil {
		return act{}, err
	}
	a := act{Undo: u}
	a.Done, a.Refused = 0, 0
	if a.view, err = s.projects.view(ctx); err != nil {
		return a, err
	}
	for more := true; more; {
		if more, err = s.takeBackSlice(ctx, &a); err != nil {
			return a, err
		}
	}
	switch {
	case len(a.rows) == 0:
		return a, errNoUndo() // somebody's other window was faster
	case a.Done == 0:
		return a, fault.New(fault.Conflict, "Nothing could be taken back. %s", a.reasons(3))
	}
	return a, nil
}

// undoOf is the viewer's act of that number, if it can be taken back; project is 0 for one on projects.
func undoOf(ctx context.Context, db *data.DB, project, number int64) (Undo, error) {
	var u []Undo
	err := db.Read.NewSelect().Model(&u).Where("u.id = ?", number).Where("u.project_id = ?", project).Where("u.user_id = ?", auth.From(ctx).ID).
		Where("u.undone_at IS NULL").Where("u.created_at > ?", db.Now().Add(-undoLife)).Scan(ctx)
	if err == nil && len(u) == 0 {
		err = errNoUndo()
	}
	if err != nil {
		return Undo{}, err
	}
	return u[0], nil
}

// takeBackSlice takes the next rows back in one transaction; it reports whether there may be more.
func (s *taskStore) takeBackSlice(ctx context.Context, a *act) (bool, error) {
	var next act
	var more bool
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		next = *a
		h, err := s.lockProject(ctx, tx, a.ProjectID)
		if err != nil {
			return err
		}
		rows, err := undoRows(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		wrote, err := s.takeBackRows(ctx, tx, next, h, rows)
		if err != nil {
			return err
		}
		if more = len(rows) == bulkSlice; !more {
			if _, err := tx.NewUpdate().Model(&next.Undo).Set("undone_at = ?", tx.Now).WherePK().Exec(ctx); err != nil {
				return fmt.Errorf("end act %d: %w", a.ID, err)
			}
		}
		for _, r := range rows {
			if r.Outcome == rowUndone {
				next.Done++
			} else {
				next.Refused++
			}
		}
		next.rows = slices.Concat(a.rows, rows)
		if !wrote {
			tx.Unchanged()
			return nil
		}
		return s.recount(ctx, tx, a.ProjectID, 0)
	})
	if err == nil {
		*a = next
	}
	return more, err
}

// undoRows are the next rows that can be taken back. Of what went into the trash, the last comes back first: what a task is part
// of may have gone in a later slice of the act.
func undoRows(ctx context.Context, tx *data.Tx, act int64) ([]UndoRow, error) {
	var rows []UndoRow
	err := tx.NewSelect().Model(&rows).Where("undo_id = ?", act).Where("outcome = ?", rowDone).
		OrderExpr("CASE WHEN was LIKE ? THEN became ELSE '' END DESC, number", `{"`+deletedField+`"%`).Limit(bulkSlice).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read what act %d did: %w", act, err)
	}
	return rows, nil
}

// takeBackRows takes the rows back one after another, and keeps what became of each. It reports whether it changed any.
// Those that a rule refused are tried again once others are back.
func (s *taskStore) takeBackRows(ctx context.Context, tx *data.Tx, a act, h heldProject, rows []UndoRow) (bool, error) {
	var wrote bool
	for first, progress := true, true; progress; first = false {
		progress = false
		for i := range rows {
			if !first && !rows[i].again {
				continue
			}
			if err := s.takeBackRow(ctx, tx, a, h, &rows[i]); err != nil {
				return false, fmt.Errorf("take back task %d of project %d: %w", rows[i].Number, a.ProjectID, err)
			}
			progress = progress || rows[i].Outcome == rowUndone
		}
		wrote = wrote || progress
	}
	for i := range rows {
		if _, err := tx.NewUpdate().Model(&rows[i]).Column("outcome", "reason").WherePK().Exec(ctx); err != nil {
			return false, fmt.Errorf("keep what became of task %d: %w", rows[i].Number, err)
		}
	}
	return wrote, nil
}

// takeBackRow makes one task what it was, or says why not.
func (s *taskStore) takeBackRow(ctx context.Context, tx *data.Tx, a act, h heldProject, r *UndoRow) error {
	was, err := stateFrom(r.Was)
	if err != nil {
		return err
	}
	became, err := stateFrom(r.Became)
	if err != nil {
		return err
	}
	err = tx.Try(ctx, func() error {
		t, err := taskBack(ctx, tx, h.Project.ID, r.Number)
		if err != nil {
			return err
		}
		if !h.mayTask(auth.From(ctx), t) {
			return errNotTeam()
		}
		if _, made := was[madeField]; made {
			return s.unmake(ctx, tx, h.Project, t, r.Version)
		}
		if _, gone := was[deletedField]; gone {
			return s.fromTrash(ctx, tx, h, t, became[deletedField])
		}
		if t.DeletedAt != nil {
			return fault.New(fault.Conflict, "It is in the trash.")
		}
		if err := untouched(ctx, tx, t, became, r.Version); err != nil {
			return err
		}
		before := t
		if err := was.back(&t, h, a.view, tx.Now); err != nil {
			return err
		}
		var kept UndoRow
		return s.saveRow(ctx, tx, a.view, wrote{heldProject: h, before: &before, after: &t}, &kept)
	})
	left, err := r.refused(err)
	switch {
	case err != nil:
		return err
	case left.Outcome == rowRefused:
		r.Outcome, r.Reason, r.again = rowLeft, left.Reason, left.again
	default:
		r.Outcome, r.Reason, r.again = rowUndone, "", false
	}
	return nil
}

// madeField marks a row of a task that the act has made: to take it back is to move it to the trash.
const madeField = "made"

// unmake moves a task that was made at that version to the trash, unless somebody has worked on it since.
// Errors: fault.Conflict.
func (s *taskStore) unmake(ctx context.Context, tx *data.Tx, p Project, t Task, version int64) error {
	switch {
	case t.DeletedAt != nil:
		return nil // it went with what it is part of, or somebody put it there
	case t.Version != version:
		return fault.New(fault.Conflict, "It has been changed since.")
	}
	return s.toTrash(ctx, tx, p, &t, true)
}

// taskBack reads a task, be it in the trash.
func taskBack(ctx context.Context, tx *data.Tx, project, number int64) (Task, error) {
	var t []Task
	err := tx.NewSelect().Model(&t).Where("t.project_id = ?", project).Where("t.number = ?", number).Scan(ctx)
	if err == nil && len(t) == 0 {
		err = errNoTask()
	}
	if err != nil {
		return Task{}, err
	}
	return t[0], nil
}

// fromTrash takes the task out of the trash, if it lies there since the act; its parts come with it.
func (s *taskStore) fromTrash(ctx context.Context, tx *data.Tx, h heldProject, t Task, since string) error {
	went, _ := strconv.ParseInt(since, 10, 64)
	switch {
	case t.DeletedAt == nil:
		return nil // it came back with what it is part of, or somebody brought it back
	case t.DeletedAt.UnixMicro() != went:
		return fault.New(fault.Conflict, "Somebody has put it into the trash again since.")
	}
	return s.toTrash(ctx, tx, h.Project, &t, false)
}

// untouched refuses a task of which somebody has changed since what the act changed.
func untouched(ctx context.Context, tx *data.Tx, t Task, became rowState, version int64) error {
	now := stateOf(t)
	names := slices.Sorted(maps.Keys(became))
	names = slices.DeleteFunc(names, func(n string) bool { return n == "position" || now[n] == became[n] })
	if t.Version == version || len(names) == 0 {
		return nil
	}
	said, err := lastChange(ctx, tx, []int64{t.ID}, names, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("version > ?", version) })
	if err != nil {
		return err
	}
	if said[t.ID] == "" {
		said[t.ID] = "It has been changed since."
	}
	return fault.New(fault.Conflict, "%s", said[t.ID])
}

// actsOf are what the viewer has done to several tasks of the project within a day, the latest first; project is 0 for projects.
func actsOf(ctx context.Context, db *data.DB, project int64) ([]Undo, error) {
	var all []Undo
	err := db.Read.NewSelect().Model(&all).Where("u.user_id = ?", auth.From(ctx).ID).Where("u.project_id = ?", project).
		Where("u.created_at > ?", db.Now().Add(-undoLife)).OrderExpr("u.created_at DESC, u.id DESC").Limit(50).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("acts on tasks of project %d: %w", project, err)
	}
	return all, nil
}

// actRows are what became of the rows of an act of the viewer's, the refused ones first; one page of them.
// Errors: fault.NotFound.
func actRows(ctx context.Context, db *data.DB, u Undo, page int) ([]UndoRow, error) {
	var rows []UndoRow
	err := db.Read.NewSelect().Model(&rows).Where("undo_id = ?", u.ID).
		OrderExpr("CASE WHEN outcome IN (?) THEN 0 ELSE 1 END, number", bun.In([]string{rowRefused, rowLeft})).Limit(actPage).Offset(int64(page-1) * actPage).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read act %d: %w", u.ID, err)
	}
	return rows, nil
}

// actPage is how many rows of an act one page shows.
const actPage = 100

// purgeUndos removes what can't be taken back any more.
func (s *taskStore) purgeUndos(ctx context.Context) error {
	old := s.db.Now().Add(-undoLife)
	for {
		var ids []int64
		if err := s.db.Read.NewSelect().Table("undos").Column("id").Where("created_at < ?", old).OrderExpr("created_at").Limit(purgeSlice).Scan(ctx, &ids); err != nil {
			return fmt.Errorf("acts to purge: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		err := s.db.Write(ctx, func(tx *data.Tx) error {
			tx.Unchanged() // nobody misses it
			_, rows := tx.NewDelete().Table("undo_rows").Where("undo_id IN (?)", bun.In(ids)).Exec(ctx)
			_, acts := tx.NewDelete().Table("undos").Where("id IN (?)", bun.In(ids)).Exec(ctx)
			return errors.Join(rows, acts)
		})
		if err != nil {
			return fmt.Errorf("purge acts: %w", err)
		}
	}
}
