package projects

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// The outcomes of a row.
const (
	rowDone    = "done"
	rowSame    = "same"    // it was so before
	rowRefused = "refused" // by a rule, which Reason names
	rowUndone  = "undone"  // done, and taken back
	rowLeft    = "left"    // done, and could not be taken back
)

// Undo is a row of undos: what somebody did to several rows at once.
type Undo struct {
	bun.BaseModel `bun:"table:undos,alias:u"`
	ID            int64 `bun:",pk,autoincrement"`
	UserID        int64
	ProjectID     int64  // whose tasks; 0 for projects
	What          string // in the past tense
	Done          int64  // rows
	Refused       int64
	UndoneAt      *time.Time
	CreatedAt     time.Time
}

// UndoRow is a row of undo_rows: what became of one of them.
type UndoRow struct {
	bun.BaseModel `bun:"table:undo_rows"`
	UndoID        int64 `bun:",pk"`
	Number        int64 `bun:",pk"` // of a task in its project, or a project's id
	Name          string
	Outcome       string
	Reason        string
	Version       int64
	Was           string
	Became        string

	again bool // refused by a rule that may allow it once other rows are changed
}

// act is an act under way, and what came of it.
type act struct {
	Undo
	form bulkForm
	view view
	rows []UndoRow // of all slices
}

// ChangeMany does to all tasks of the form, or all that the filter finds, what the form says: each that may be changed is,
// and each of the others says why not. Up to bulkSlice rows it is one transaction, beyond that one for each slice; either
// way it is taken back as one.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid for what is wrong for every row; fault.Conflict when no row could be changed.
func (s *taskStore) ChangeMany(ctx context.Context, project int64, f bulkForm, filter taskFilter) (act, error) {
	a := act{form: f, Undo: Undo{UserID: auth.From(ctx).ID, ProjectID: project}}
	h, err := s.projects.Get(ctx, project)
	if err != nil {
		return a, err
	}
	if v := auth.From(ctx); !h.mayWork(v) && !slices.Contains(h.Assignees, v.ID) {
		return a, errNotTeam()
	}
	if a.view, err = s.projects.view(ctx); err != nil {
		return a, err
	}
	now := at(ctx, s.db.Now())
	if err := f.check(h, a.view, now); err != nil {
		return a, err
	}
	numbers := f.Tasks
	if f.All {
		if numbers, err = s.matching(ctx, project, filter, now.today); err != nil {
			return a, err
		}
	}
	slices.Sort(numbers)
	for part := range slices.Chunk(slices.Compact(numbers), bulkSlice) {
		if err := s.changeSlice(ctx, &a, part); err != nil {
			return a, err
		}
	}
	return a, a.outcome()
}

// outcome is the fault of an act that could change nothing.
func (a act) outcome() error {
	if a.Done > 0 || a.Refused == 0 {
		return nil
	}
	if len(a.rows) == 1 {
		return fault.New(fault.Conflict, "Nothing was changed. %s", a.reasons(1))
	}
	return fault.New(fault.Conflict, "Nothing was changed: all %d rows were refused. %s", len(a.rows), a.reasons(3))
}

// changeSlice changes those tasks in one transaction.
func (s *taskStore) changeSlice(ctx context.Context, a *act, numbers []int64) error {
	var next act
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		next = *a // a transaction that lost to another one is run again
		h, err := s.lockProject(ctx, tx, a.ProjectID)
		if err != nil {
			return err
		}
		rows, err := s.changeRows(ctx, tx, next, h, numbers)
		if err != nil {
			return err
		}
		var wrote bool
		for _, r := range rows {
			wrote = wrote || r.Outcome == rowDone
			next.count(r)
		}
		if !wrote && next.ID == 0 {
			next.rows = slices.Concat(a.rows, rows)
			tx.Unchanged()
			return nil
		}
		if wrote {
			err = s.recount(ctx, tx, a.ProjectID, 0)
		} else {
			tx.Unchanged()
		}
		return errors.Join(err, next.keep(ctx, tx, next.form.what(), rows))
	})
	if err == nil {
		*a = next
	}
	return err
}

func (a *act) count(r UndoRow) {
	switch r.Outcome {
	case rowDone:
		a.Done++
	case rowRefused:
		a.Refused++
	}
}

// keep writes what the act has done so far. What was refused before anything was done comes with it.
func (a *act) keep(ctx context.Context, tx *data.Tx, what string, rows []UndoRow) error {
	write := rows
	a.rows = slices.Concat(a.rows, rows)
	if a.ID == 0 {
		a.What, a.CreatedAt, write = what, tx.Now, a.rows
		if _, err := tx.NewInsert().Model(&a.Undo).Exec(ctx); err != nil {
			return fmt.Errorf("keep an act: %w", err)
		}
	} else if _, err := tx.NewUpdate().Model(&a.Undo).Column("done", "refused").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("keep act %d: %w", a.ID, err)
	}
	for i := range write {
		write[i].UndoID = a.ID
	}
	for part := range slices.Chunk(write, bulkSlice) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return fmt.Errorf("keep what act %d did: %w", a.ID, err)
		}
	}
	return nil
}

// changeRows changes the tasks one after another. Those that a rule refused are tried again once others are done:
// a task may have waited for one that is completed with it.
func (s *taskStore) changeRows(ctx context.Context, tx *data.Tx, a act, h heldProject, numbers []int64) ([]UndoRow, error) {
	tasks, err := tasksOf(ctx, tx, h.Project.ID, numbers)
	if err != nil {
		return nil, err
	}
	others, err := changedSince(ctx, tx, a.form, tasks)
	if err != nil {
		return nil, err
	}
	rows, progress := make([]UndoRow, len(numbers)), true
	for first := true; progress; first = false {
		progress = false
		for i, n := range numbers {
			if !first && !rows[i].again {
				continue
			}
			t, there := tasks[n]
			if !there {
				t.Number = n
			}
			if rows[i], err = s.changeRow(ctx, tx, a, wrote{heldProject: h, before: &t}, others[t.ID]); err != nil {
				return nil, fmt.Errorf("change task %d of project %d: %w", n, h.Project.ID, err)
			}
			progress = progress || rows[i].Outcome == rowDone
		}
	}
	return rows, nil
}

// changeRow changes one task, or says why not; other is who else has changed what the act changes.
func (s *taskStore) changeRow(ctx context.Context, tx *data.Tx, a act, w wrote, other string) (UndoRow, error) {
	t := *w.before
	r := UndoRow{Number: t.Number, Name: data.Cut(t.Key(w.heldProject.Project)+" "+t.Name, 220), Outcome: rowDone, Was: "{}", Became: "{}"}
	err := tx.Try(ctx, func() error {
		switch {
		case t.ID == 0:
			return errNoTask()
		case !w.heldProject.mayTask(auth.From(ctx), t):
			return errNotTeam()
		case other != "":
			return fault.New(fault.Conflict, "%s", other)
		case a.form.Do == bulkTrash:
			return s.trashRow(ctx, tx, w, &r)
		}
		if err := a.form.into(&t, w.heldProject, a.view, at(ctx, tx.Now)); err != nil {
			return err
		}
		return s.saveRow(ctx, tx, a.view, wroteTo(w, &t), &r)
	})
	return r.refused(err)
}

// refused is the row with the reason, if the fault is one that a person can do something about; else the error goes on.
func (r UndoRow) refused(err error) (UndoRow, error) {
	if err == nil {
		return r, nil
	}
	for _, kind := range []fault.Kind{fault.Invalid, fault.Conflict, fault.Forbidden, fault.NotFound} {
		if fault.Is(err, kind) {
			r.Outcome, r.Reason, r.Was, r.Became, r.Version = rowRefused, data.Cut(fault.Of(err).Public, 500), "{}", "{}", 0
			r.again = kind == fault.Conflict || kind == fault.Invalid
			return r, nil
		}
	}
	return r, err
}

func wroteTo(w wrote, t *Task) wrote {
	w.after = t
	return w
}

// saveRow writes the task as w has it, through all rules and with all that follows, and keeps in the row what changed.
func (s *taskStore) saveRow(ctx context.Context, tx *data.Tx, v view, w wrote, r *UndoRow) error {
	t := w.after
	if w.before.StatusID != t.StatusID && w.before.Position == t.Position {
		if err := s.place(ctx, tx, t, 0); err != nil {
			return err
		}
	}
	was, became := apart(stateOf(*w.before), stateOf(*t))
	if len(was) == 0 {
		r.Outcome = rowSame
		return nil
	}
	named := v.of(w.heldProject)
	w.fields = data.Changed(named.editedTask(*w.before), named.editedTask(*t))
	if err := s.put(ctx, tx, w); err != nil {
		return err
	}
	r.Was, r.Became, r.Version = was.json(), became.json(), t.Version
	return nil
}

// trashRow moves the task with its parts to the trash; one that has gone there with another row of the act counts as done.
func (s *taskStore) trashRow(ctx context.Context, tx *data.Tx, w wrote, r *UndoRow) error {
	t, err := taskBack(ctx, tx, w.heldProject.Project.ID, w.before.Number)
	if err == nil && t.DeletedAt == nil {
		err = s.toTrash(ctx, tx, w.heldProject.Project, &t, true)
	}
	if err != nil {
		return err
	}
	r.Version = t.Version
	r.Was, r.Became = rowState{deletedField: ""}.json(), rowState{deletedField: id(t.DeletedAt.UnixMicro())}.json()
	return nil
}
