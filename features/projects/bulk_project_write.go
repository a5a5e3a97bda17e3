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
	r := rowState{"status": id(p.StatusID), "priority": id(p.PriorityID), "lead": id(data.OrZero(p.LeadID)), archivedField: "", deletedField: ""}
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
		r.Name = data.Cut(p.TaskKey+" "+p.Name, 220)
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
	fields := data.Changed(v.edited(was), v.edited(*p))
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
