package projects

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// projectBulkMost is how many projects one act changes at most: all of them in one transaction, since each is locked by itself.
const projectBulkMost = 200

// bulkArchive is the act that archives projects.
const bulkArchive = "archive"

// archivedField is the state's field of what was archived: yes or empty.
const archivedField = "archived"

// projectBulk is what the bar below the list of projects sends. Empty fields are left as they are.
type projectBulk struct {
	Projects []int64 `form:"project"`
	Do       string  `form:"do"` // bulkArchive, bulkTrash, or empty for a change of fields
	Status   string  `form:"set_status"`
	Priority string  `form:"set_priority"`
	Lead     string  `form:"set_lead"` // 0 for nobody
}

func (f projectBulk) names() []string {
	var all []string
	for _, n := range []struct{ name, typed string }{{"status", f.Status}, {"priority", f.Priority}, {"lead", f.Lead}} {
		if n.typed != "" {
			all = append(all, n.name)
		}
	}
	return all
}

// what is the act in the past tense, verb what was done to the rows, behind their number.
func (f projectBulk) what() (what, verb string) {
	switch f.Do {
	case bulkTrash:
		return "moved projects to the trash", "in the trash for 30 days"
	case bulkArchive:
		return "archived projects", "archived"
	}
	var names []string
	for _, n := range f.names() {
		names = append(names, strings.ToLower(labels[n]))
	}
	return "changed " + strings.Join(names, ", ") + " of projects", "changed"
}

// check refuses what is wrong for every row.
// Errors: fault.Invalid, at the field where there is one.
func (f projectBulk) check(v view) error {
	switch {
	case len(f.Projects) == 0:
		return fault.New(fault.Invalid, "Tick the projects first.")
	case len(f.Projects) > projectBulkMost:
		return fault.New(fault.Invalid, "At most %d projects are changed at once.", projectBulkMost)
	case f.Do == bulkTrash, f.Do == bulkArchive:
		return nil
	case f.Do != "":
		return fault.New(fault.Invalid, "There is no such act.")
	case len(f.names()) == 0:
		return fault.New(fault.Invalid, "Say what to change.")
	}
	return f.into(&Project{}, v)
}

func (f projectBulk) into(p *Project, v view) error {
	var one projectForm
	for _, c := range []struct {
		name, typed string
		to          *int64
	}{{"status", f.Status, &one.Status}, {"priority", f.Priority, &one.Priority}, {"lead", f.Lead, &one.Lead}} {
		if c.typed == "" {
			continue
		}
		n, err := strconv.ParseInt(c.typed, 10, 64)
		if err != nil {
			return fault.Field(c.name, "Choose from the list.")
		}
		*c.to = n
	}
	return one.into(p, v, set(f.names()))
}

// projectState are the fields of a project that acts change.
func projectState(p Project) rowState {
	r := rowState{"status": id(p.StatusID), "priority": id(p.PriorityID), "lead": id(value(p.LeadID)), archivedField: "", deletedField: ""}
	if p.ArchivedAt != nil {
		r[archivedField] = "yes"
	}
	if p.DeletedAt != nil {
		r[deletedField] = id(p.DeletedAt.UnixMicro())
	}
	return r
}

// ChangeMany does to all projects of the form what it says, in one transaction: each that may be changed is, and each of the
// others says why not.
// Errors: fault.Invalid for what is wrong for every row; fault.Conflict when no row could be changed.
func (s *projectStore) ChangeMany(ctx context.Context, f projectBulk) (act, error) {
	a := act{Undo: Undo{UserID: auth.From(ctx).ID}}
	var err error
	if a.view, err = s.view(ctx); err != nil {
		return a, err
	}
	if err := f.check(a.view); err != nil {
		return a, err
	}
	what, _ := f.what()
	ids := slices.Compact(sorted(f.Projects))
	var next act
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		next = a
		var rows []UndoRow
		for _, n := range ids {
			r, err := s.changeRow(ctx, tx, n, projectAct{f, a.view})
			if err != nil {
				return fmt.Errorf("change project %d: %w", n, err)
			}
			next.count(r)
			rows = append(rows, r)
		}
		if next.Done == 0 {
			next.rows = rows
			tx.Unchanged()
			return nil
		}
		return next.keep(ctx, tx, what, rows)
	})
	if err != nil {
		return a, err
	}
	return next, next.outcome()
}

// do writes what the form says into one project.
func (f projectBulk) do(p *Project, v view, tx *data.Tx) error {
	switch f.Do {
	case bulkTrash:
		p.DeletedAt = &tx.Now
	case bulkArchive:
		if p.ArchivedAt == nil {
			p.ArchivedAt = &tx.Now
		}
	default:
		return f.into(p, v)
	}
	return nil
}

// projectAct is what is done to each project, and what turns ids into words.
type projectAct struct {
	projectBulk
	view view
}

// changeRow changes one project, or says why not.
func (s *projectStore) changeRow(ctx context.Context, tx *data.Tx, n int64, a projectAct) (UndoRow, error) {
	r := UndoRow{Number: n, Name: "Project " + id(n), Outcome: rowDone, Was: "{}", Became: "{}"}
	err := tx.Try(ctx, func() error {
		h, err := s.lock(ctx, tx, n, false)
		if err != nil {
			return err
		}
		p := h.Project
		r.Name = cut(p.TaskKey+" "+p.Name, 220)
		if err := a.do(&p, a.view, tx); err != nil {
			return err
		}
		was, became := apart(projectState(h.Project), projectState(p))
		if len(was) == 0 {
			r.Outcome = rowSame
			return nil
		}
		if err := s.saveMarked(ctx, tx, a.view, twice{h.Project, &p}); err != nil {
			return err
		}
		r.Was, r.Became, r.Version = was.json(), became.json(), p.Version
		return nil
	})
	return r.refused(err)
}

// twice is a project as it was and as it is to be.
type twice struct {
	was Project
	now *Project
}

// saveMarked writes the project, and says what changed: its fields, or that it went to the archive or the trash, or came back.
func (s *projectStore) saveMarked(ctx context.Context, tx *data.Tx, v view, t twice) error {
	was, p := t.was, t.now
	fields := changed(v.edited(was), v.edited(*p))
	if len(fields) > 0 {
		return s.save(ctx, tx, p, fields)
	}
	what := "archived the project"
	switch {
	case p.DeletedAt != nil && was.DeletedAt == nil:
		what = "moved the project to the trash"
	case p.DeletedAt == nil && was.DeletedAt != nil:
		what = "took the project out of the trash"
	case p.ArchivedAt == nil:
		what = "took the project out of the archive"
	}
	version := p.Version
	p.Version, p.UpdatedAt = version+1, tx.Now
	ours, err := tx.UpdateIf(ctx, p, version, "archived_at", "deleted_at", "version", "updated_at")
	if err != nil {
		return fmt.Errorf("mark project %d: %w", p.ID, err)
	}
	if !ours {
		return fault.New(fault.Conflict, "Somebody else changed “%s” at the same moment. Please try again.", p.Name)
	}
	tx.Changed(p.change(what))
	return nil
}

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
			p.LeadID = optional(n)
		case archivedField:
			p.ArchivedAt = nil
		case deletedField:
			p.DeletedAt = nil
		}
	}
	return nil
}
