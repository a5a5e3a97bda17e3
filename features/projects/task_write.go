package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/formresult"
)

// moment is the now of a write, and the viewer's day in it.
type moment struct {
	now   time.Time
	today clock.Day
}

func at(ctx context.Context, now time.Time) moment {
	return moment{now, clock.DayOf(now, auth.From(ctx).Zone)}
}

func errNotTeam() error {
	return fault.New(fault.Forbidden, "Only the project's team works on its tasks. Ask its lead to add you.")
}

// gap is the room left between two cards, so that one can be put between them without moving others.
const gap = 1024

// lockProject reads the project for a write to its tasks, so that numbers and counts stay right.
func (s *taskStore) lockProject(ctx context.Context, tx *data.Tx, id int64) (heldProject, error) {
	h, err := holdProject(ctx, tx, id)
	if err == nil && (!h.mayKnow(auth.From(ctx)) || h.Project.DeletedAt != nil) {
		err = errNoProject()
	}
	return h, err
}

// lockTask reads a task for writing, if the viewer may work on it.
func (s *taskStore) lockTask(ctx context.Context, tx *data.Tx, project, number int64, deleted bool) (heldProject, Task, error) {
	h, err := s.lockProject(ctx, tx, project)
	if err != nil {
		return h, Task{}, err
	}
	var t Task
	err = tx.NewSelect().Model(&t).ColumnExpr("t.*").ColumnExpr(parentNumber).Where("t.project_id = ?", project).Where("t.number = ?", number).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) || err == nil && ((t.DeletedAt != nil) != deleted || data.TrashOver(t.DeletedAt, tx.Now)) {
		return h, t, errNoTask()
	}
	if err != nil {
		return h, t, err
	}
	if !h.mayTask(auth.From(ctx), t) {
		return h, t, errNotTeam()
	}
	return h, t, nil
}

// Create makes a task at the end of its column.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field that is wrong.
func (s *taskStore) Create(ctx context.Context, project int64, f taskForm) (Task, error) {
	v, err := s.projects.view(ctx)
	if err != nil {
		return Task{}, err
	}
	var t Task
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.lockProject(ctx, tx, project)
		if err != nil {
			return err
		}
		if err := h.allowNew(auth.From(ctx)); err != nil {
			return err
		}
		sent := formresult.Form{Makes: "task of " + id(project), Once: f.Once}
		if made, err := sent.Before(ctx, tx); err != nil || made != 0 {
			tx.Unchanged()
			t.ID = made
			return errors.Join(err, tx.NewSelect().Model(&t).WherePK().Scan(ctx))
		}
		f := f
		if h, f, err = s.newLabels(ctx, tx, h, f); err != nil {
			return err
		}
		if t, err = s.add(ctx, tx, &h, v, f); err != nil {
			return err
		}
		if err := sent.Keep(ctx, tx, t.ID); err != nil {
			return err
		}
		return s.recount(ctx, tx, project, t.Number)
	})
	return t, err
}

// newTaskFields are what add takes from the form; what the task is part of decides its place.
var newTaskFields = slices.DeleteFunc(slices.Clone(taskFieldNames), func(name string) bool { return name == "parent" })

// add makes one task of several within a transaction, at the end of its column, and all that follows from it. The project was
// locked for it, and is counted anew by who has made all of them.
func (s *taskStore) add(ctx context.Context, tx *data.Tx, h *heldProject, v view, f taskForm) (Task, error) {
	t := Task{
		ProjectID: h.Project.ID, Number: h.Project.LastNumber + 1, CreatedBy: data.Optional(auth.From(ctx).ID),
		Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if err := f.into(&t, v.of(*h), set(newTaskFields), at(ctx, tx.Now)); err != nil {
		return t, err
	}
	if err := s.place(ctx, tx, &t, f.Parent); err != nil {
		return t, err
	}
	t.fill(h.Project)
	w := wrote{heldProject: *h, after: &t}
	if err := s.allow(ctx, tx, w); err != nil {
		return t, err
	}
	if _, err := tx.NewInsert().Model(&t).Exec(ctx); err != nil {
		return t, fmt.Errorf("make task: %w", err)
	}
	h.Project.LastNumber = t.Number
	tx.Changed(t.change(h.Project, "made the task"))
	return t, s.follow(ctx, tx, w)
}

// place puts a new task below its parent and at the end of its column.
func (s *taskStore) place(ctx context.Context, tx *data.Tx, t *Task, parent int64) error {
	if parent != 0 {
		p, depth, err := s.parent(ctx, tx, t.ProjectID, parent)
		if err != nil {
			return err
		}
		if depth >= levels-1 {
			return fault.Field("parent", "Tasks lie in each other three levels deep at most.")
		}
		t.ParentID = &p.ID
	}
	var last sql.NullInt64
	if err := tx.NewSelect().Table("tasks").ColumnExpr("MAX(position)").Where("project_id = ?", t.ProjectID).Where("status_id = ?", t.StatusID).Scan(ctx, &last); err != nil {
		return err
	}
	t.Position = last.Int64 + gap
	return nil
}

// parent is the task of that number, and how deep it lies: 0 for the top.
func (s *taskStore) parent(ctx context.Context, tx *data.Tx, project, number int64) (Task, int, error) {
	var p Task
	err := tx.NewSelect().Model(&p).Where("t.project_id = ?", project).Where("t.number = ?", number).Where("t.deleted_at IS NULL").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return p, 0, fault.Field("parent", "There is no task of this number in the project.")
	}
	depth := 0
	for up := p.ParentID; err == nil && up != nil && depth < levels; depth++ {
		var next struct{ ParentID *int64 }
		err = tx.NewSelect().Table("tasks").Column("parent_id").Where("id = ?", *up).Scan(ctx, &next)
		up = next.ParentID
	}
	return p, depth, err
}

// setCounts sets the figures of projects that follow from their tasks.
func setCounts(q *bun.UpdateQuery) *bun.UpdateQuery {
	const count = "(SELECT COUNT(*) FROM tasks AS t JOIN statuses AS s ON s.id = t.status_id WHERE t.project_id = projects.id AND t.deleted_at IS NULL AND s.stage "
	const due = "COALESCE((SELECT MIN(t.due_on) FROM tasks AS t WHERE t.project_id = projects.id AND t.open = TRUE AND t.due_on > '' AND t.deleted_at IS NULL), '')"
	return q.Set("tasks_total = " + count + "<> 'cancelled')").Set("tasks_done = " + count + "= 'done')").Set("next_due_on = " + due)
}

// recount keeps the project's figures true after a change of its tasks.
func (s *taskStore) recount(ctx context.Context, tx *data.Tx, project, number int64) error {
	_, err := tx.NewUpdate().TableExpr("projects").
		Apply(setCounts).
		Set("last_number = CASE WHEN last_number < ? THEN ? ELSE last_number END", number, number).
		Set("updated_at = ?", tx.Now).Where("id = ?", project).Exec(ctx)
	if err != nil {
		return fmt.Errorf("count tasks of project %d: %w", project, err)
	}
	return nil
}

// Update writes the fields of the form that it names, merged with what others saved meanwhile.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid; *data.Clash when both changed the same field.
func (s *taskStore) Update(ctx context.Context, project, number int64, f taskForm, names []string) (Task, error) {
	v, err := s.projects.view(ctx)
	if err != nil {
		return Task{}, err
	}
	var t Task
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		var h heldProject
		if h, t, err = s.lockTask(ctx, tx, project, number, false); err != nil {
			return err
		}
		f := f
		if h, f, err = s.newLabels(ctx, tx, h, f); err != nil {
			return err
		}
		v := v.of(h)
		was, mine := t, t
		if err := f.into(&mine, v, set(names), at(ctx, tx.Now)); err != nil {
			return err
		}
		theirs := v.editedTask(t)
		wanted := slices.DeleteFunc(v.editedTask(mine), func(e data.Edited) bool { return !slices.Contains(names, e.Name) })
		write, err := tx.Merge(ctx, "projects.task", t.ID, f.Version, theirs, wanted)
		if err != nil {
			return withVersion(err, t.Version)
		}
		if len(write) == 0 {
			tx.Unchanged()
			return nil
		}
		if err := f.into(&t, v, set(write), at(ctx, tx.Now)); err != nil {
			return err
		}
		if slices.Contains(write, "parent") {
			if err := s.hang(ctx, tx, &t); err != nil {
				return err
			}
		}
		if slices.Contains(write, "status") {
			if err := s.place(ctx, tx, &t, 0); err != nil {
				return err
			}
		}
		return s.save(ctx, tx, wrote{h, &was, &t, data.Changed(theirs, v.editedTask(t))})
	})
	return t, err
}

// save writes the row with its next version, if no rule stands against it, says what changed, writes what follows, and
// counts the project's tasks.
func (s *taskStore) save(ctx context.Context, tx *data.Tx, w wrote) error {
	if err := s.put(ctx, tx, w); err != nil {
		return err
	}
	return s.recount(ctx, tx, w.after.ProjectID, 0)
}

// put is save without the count, for many rows in one transaction: their caller counts once.
func (s *taskStore) put(ctx context.Context, tx *data.Tx, w wrote) error {
	if err := s.allow(ctx, tx, w); err != nil {
		return err
	}
	p, t, was := w.heldProject.Project, w.after, w.after.Version
	t.Version, t.UpdatedAt = was+1, tx.Now
	t.fill(p)
	ours, err := tx.UpdateIf(ctx, t, was, "name", "summary", "description", "status_id", "priority_id", "assignee_id", "start_on", "due_on",
		"position", "open", "completed_at", "started_at", "estimate", "milestone_id", "queue_id", "repeat_rule", "label_ids", "parent_id",
		"search_text", "name_key", "version", "updated_at")
	if err != nil {
		return fmt.Errorf("save task %d: %w", t.ID, err)
	}
	if !ours {
		return fault.New(fault.Conflict, "Somebody else changed “%s” at the same moment. Please try again.", t.Name)
	}
	c := t.change(p, sentence(w.fields), w.fields...)
	if w.before != nil && w.before.ParentID != nil && data.OrZero(w.before.ParentID) != data.OrZero(t.ParentID) {
		c.Stale = append(c.Stale, taskKey(*w.before.ParentID))
	}
	var parts []int64 // their pages name what they are part of
	if err := tx.NewSelect().Table("tasks").Column("id").Where("parent_id = ?", t.ID).Scan(ctx, &parts); err != nil {
		return fmt.Errorf("parts of task %d: %w", t.ID, err)
	}
	for _, n := range parts {
		c.Stale = append(c.Stale, taskKey(n))
	}
	tx.Changed(c)
	return s.follow(ctx, tx, w)
}
