package projects

import (
	"context"
	"fmt"
	"strconv"

	"portal/app/data"
	"portal/app/fault"
)

// TakeBack takes a whole act on projects back, as taskStore.TakeBack does one on tasks.
// Errors: fault.NotFound, also for another person's act; fault.Conflict when no row could be taken back.
func (s *projectStore) TakeBack(ctx context.Context, number int64) (act, error) {
	u, err := undoOf(ctx, s.db, 0, number)
	if err != nil {
		return act{}, err
	}
	a := act{Undo: u}
	a.Done, a.Refused = 0, 0
	if a.view, err = s.view(ctx); err != nil {
		return a, err
	}
	var next act
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		next = a
		if _, err := tx.NewUpdate().Model(&next.Undo).Set("undone_at = ?", tx.Now).WherePK().Exec(ctx); err != nil { // the row is the lock
			return fmt.Errorf("end act %d: %w", a.ID, err)
		}
		rows, err := undoRows(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := s.backRow(ctx, tx, a.view, &rows[i]); err != nil {
				return fmt.Errorf("take back project %d: %w", rows[i].Number, err)
			}
			if rows[i].Outcome == rowUndone {
				next.Done++
			} else {
				next.Refused++
			}
		}
		next.rows = rows
		if next.Done == 0 {
			tx.Unchanged()
		}
		return nil
	})
	switch {
	case err != nil:
		return a, err
	case len(next.rows) == 0:
		return next, errNoUndo()
	case next.Done == 0:
		return next, fault.New(fault.Conflict, "Nothing could be taken back. %s", next.reasons(3))
	}
	return next, nil
}

// backRow makes one project what it was, or says why not, and keeps what became of it.
func (s *projectStore) backRow(ctx context.Context, tx *data.Tx, v view, r *UndoRow) error {
	was, err := stateFrom(r.Was)
	if err != nil {
		return err
	}
	became, err := stateFrom(r.Became)
	if err != nil {
		return err
	}
	err = tx.Try(ctx, func() error {
		h, err := s.lock(ctx, tx, r.Number, became[deletedField] != "")
		if err != nil {
			return err
		}
		now := projectState(h.Project)
		for name, value := range became {
			if now[name] != value {
				return fault.New(fault.Conflict, "It has been changed since.")
			}
		}
		p := h.Project
		if err := was.backProject(&p, v); err != nil {
			return err
		}
		return s.saveMarked(ctx, tx, v, twice{h.Project, &p})
	})
	left, err := r.refused(err)
	if err != nil {
		return err
	}
	r.Outcome, r.Reason = rowUndone, ""
	if left.Outcome == rowRefused {
		r.Outcome, r.Reason = rowLeft, left.Reason
	}
	_, err = tx.NewUpdate().Model(r).Column("outcome", "reason").WherePK().Exec(ctx)
	return err
}

// backProject writes what was into the project.
func (r rowState) backProject(p *Project, v view) error {
	for name, was := range r {
		n, _ := strconv.ParseInt(was, 10, 64) // marks are no numbers
		switch name {
		case "status":
			if v.words.Status(n).ID == 0 {
				return fault.New(fault.Conflict, "Its status is not there any more.")
			}
			p.StatusID = n
		case "priority":
			if v.words.Priority(n).ID == 0 {
				return fault.New(fault.Conflict, "Its priority is not there any more.")
			}
			p.PriorityID = n
		case "lead":
			p.LeadID = data.Optional(n)
		case archivedField:
			p.ArchivedAt = nil
		case deletedField:
			p.DeletedAt = nil
		}
	}
	return nil
}
