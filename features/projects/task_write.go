package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
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
func (s *taskStore) lockProject(ctx context.Context, tx *data.Tx, id int64) (hot, error) {
	h, err := loadHot(ctx, tx, id)
	if err != nil {
		return h, err
	}
	if !h.mayKnow(auth.From(ctx)) || h.Project.DeletedAt != nil {
		return h, errNoProject()
	}
	q := tx.NewSelect().Model(&h.Project).Where("p.id = ?", id)
	return h, tx.Lock(q).Scan(ctx)
}

// lockTask reads a task for writing, if the viewer may work on it.
func (s *taskStore) lockTask(ctx context.Context, tx *data.Tx, project, number int64, deleted bool) (hot, Task, error) {
	h, err := s.lockProject(ctx, tx, project)
	if err != nil {
		return h, Task{}, err
	}
	var t Task
	err = tx.NewSelect().Model(&t).Where("t.project_id = ?", project).Where("t.number = ?", number).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) || err == nil && (t.DeletedAt != nil) != deleted {
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
		if !h.mayWork(auth.From(ctx)) {
			return errNotTeam()
		}
		if made, err := doneBefore(ctx, tx, f.Once); err != nil || made != 0 {
			tx.Unchanged()
			t.ID = made
			return errors.Join(err, tx.NewSelect().Model(&t).WherePK().Scan(ctx))
		}
		t = Task{
			ProjectID: project, Number: h.Project.LastNumber + 1, CreatedBy: optional(auth.From(ctx).ID),
			Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if err := f.into(&t, v, set([]string{"name", "summary", "description", "status", "priority", "assignee", "start_on", "due_on"}), at(ctx, tx.Now)); err != nil {
			return err
		}
		if err := s.place(ctx, tx, &t, f.Parent); err != nil {
			return err
		}
		t.fill(h.Project)
		if _, err := tx.NewInsert().Model(&t).Exec(ctx); err != nil {
			return fmt.Errorf("make task: %w", err)
		}
		if err := keepDone(ctx, tx, f.Once, t.ID); err != nil {
			return err
		}
		if err := s.recount(ctx, tx, project, t.Number); err != nil {
			return err
		}
		tx.Changed(t.change(h.Project, "made the task"))
		return nil
	})
	return t, err
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

// recount keeps the project's figures true after a change of its tasks.
func (s *taskStore) recount(ctx context.Context, tx *data.Tx, project, number int64) error {
	_, err := tx.NewUpdate().TableExpr("projects").
		Set("tasks_total = (SELECT COUNT(*) FROM tasks AS t JOIN statuses AS s ON s.id = t.status_id WHERE t.project_id = projects.id AND t.deleted_at IS NULL AND s.stage <> 'cancelled')").
		Set("tasks_done = (SELECT COUNT(*) FROM tasks AS t JOIN statuses AS s ON s.id = t.status_id WHERE t.project_id = projects.id AND t.deleted_at IS NULL AND s.stage = 'done')").
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
		var h hot
		if h, t, err = s.lockTask(ctx, tx, project, number, false); err != nil {
			return err
		}
		mine := t
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
		if slices.Contains(write, "status") {
			if err := s.place(ctx, tx, &t, 0); err != nil {
				return err
			}
		}
		return s.save(ctx, tx, h.Project, &t, changed(theirs, v.editedTask(t)))
	})
	return t, err
}

// save writes the row with its next version and says what changed.
func (s *taskStore) save(ctx context.Context, tx *data.Tx, p Project, t *Task, fields []data.Field) error {
	was := t.Version
	t.Version, t.UpdatedAt = was+1, tx.Now
	t.fill(p)
	ours, err := tx.UpdateIf(ctx, t, was, "name", "summary", "description", "status_id", "priority_id", "assignee_id", "start_on", "due_on",
		"position", "open", "completed_at", "search_text", "name_key", "version", "updated_at")
	if err != nil {
		return fmt.Errorf("save task %d: %w", t.ID, err)
	}
	if !ours {
		return fault.New(fault.Conflict, "Somebody else changed “%s” at the same moment. Please try again.", t.Name)
	}
	if err := s.recount(ctx, tx, t.ProjectID, 0); err != nil {
		return err
	}
	tx.Changed(t.change(p, sentence(fields), fields...))
	return nil
}

// moveForm says where a card was dropped.
type moveForm struct {
	Status  int64 `form:"status"`
	After   int64 `form:"after"`  // id of the card above, 0 for none
	Before  int64 `form:"before"` // id of the card below, 0 for none
	Version int64 `form:"version"`
}

// Move puts a card where it was dropped: into the column, between the two cards.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid; *data.Clash when somebody else moved it to another column.
func (s *taskStore) Move(ctx context.Context, project, number int64, f moveForm) (Task, error) {
	v, err := s.projects.view(ctx)
	if err != nil {
		return Task{}, err
	}
	var t Task
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		h, got, err := s.lockTask(ctx, tx, project, number, false)
		if err != nil {
			return err
		}
		t = got
		to := v.words.Status(f.Status)
		if to.ID == 0 {
			return fault.Field("status", "There is no such column any more. Reload the page.")
		}
		before := v.editedTask(t)
		mine := t
		mine.move(to, tx.Now)
		wanted := slices.DeleteFunc(v.editedTask(mine), func(e data.Edited) bool { return e.Name != "status" })
		if _, err := tx.Merge(ctx, "projects.task", t.ID, f.Version, before, wanted); err != nil {
			return withVersion(err, t.Version)
		}
		t.move(to, tx.Now)
		if t.Position, err = s.between(ctx, tx, t, f); err != nil {
			return err
		}
		return s.saveMove(ctx, tx, h.Project, &t, changed(before, v.editedTask(t)))
	})
	return t, err
}

// saveMove writes the place; only a change of column is a change of the task that its history shows.
func (s *taskStore) saveMove(ctx context.Context, tx *data.Tx, p Project, t *Task, fields []data.Field) error {
	if len(fields) > 0 {
		return s.save(ctx, tx, p, t, fields)
	}
	if _, err := tx.NewUpdate().Model(t).Column("position").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("place task %d: %w", t.ID, err)
	}
	tx.Changed(t.change(p, movedWithin))
	return nil
}

// movedWithin is what a move says that changes nothing but the order.
const movedWithin = "moved the task within its column"

// between is a position between the two cards, or at the column's end when neither is there any more.
func (s *taskStore) between(ctx context.Context, tx *data.Tx, t Task, f moveForm) (int64, error) {
	for range 2 {
		after, err := s.position(ctx, tx, t, f.After)
		if err != nil {
			return 0, err
		}
		before, err := s.position(ctx, tx, t, f.Before)
		if err != nil {
			return 0, err
		}
		switch {
		case after == nil && before == nil:
			end := t
			err := s.place(ctx, tx, &end, 0)
			return end.Position, err
		case before == nil:
			next, err := s.neighbour(ctx, tx, t, *after)
			if err != nil || next == nil {
				return *after + gap, err
			}
			before = next
		case after == nil:
			return *before - gap, nil
		}
		if *before-*after > 1 {
			return *after + (*before-*after)/2, nil
		}
		if err := s.spread(ctx, tx, t); err != nil {
			return 0, err
		}
	}
	return 0, fault.New(fault.Conflict, "The column changed at the same moment. Please try again.")
}

// position is where a card lies, nil when it is not in the task's column any more.
func (s *taskStore) position(ctx context.Context, tx *data.Tx, t Task, card int64) (*int64, error) {
	var at []int64
	err := tx.NewSelect().Table("tasks").Column("position").Where("id = ?", card).Where("id <> ?", t.ID).
		Where("project_id = ?", t.ProjectID).Where("status_id = ?", t.StatusID).Where("deleted_at IS NULL").Scan(ctx, &at)
	if err != nil || len(at) == 0 {
		return nil, err
	}
	return &at[0], nil
}

// neighbour is the position of the card below, nil at the end.
func (s *taskStore) neighbour(ctx context.Context, tx *data.Tx, t Task, after int64) (*int64, error) {
	var next sql.NullInt64
	err := tx.NewSelect().Table("tasks").ColumnExpr("MIN(position)").Where("project_id = ?", t.ProjectID).Where("status_id = ?", t.StatusID).
		Where("position > ?", after).Where("id <> ?", t.ID).Where("deleted_at IS NULL").Scan(ctx, &next)
	if err != nil || !next.Valid {
		return nil, err
	}
	return &next.Int64, nil
}

// spread makes room between all cards of a column.
func (s *taskStore) spread(ctx context.Context, tx *data.Tx, t Task) error {
	var ids []int64
	err := tx.NewSelect().Table("tasks").Column("id").Where("project_id = ?", t.ProjectID).Where("status_id = ?", t.StatusID).OrderExpr("position, id").Scan(ctx, &ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if _, err := tx.NewUpdate().Table("tasks").Set("position = ?", int64(i+1)*gap).Where("id = ?", id).Exec(ctx); err != nil {
			return fmt.Errorf("spread column: %w", err)
		}
	}
	return nil
}

// Delete moves a task with its parts to the trash, or takes it back.
func (s *taskStore) Delete(ctx context.Context, project, number int64, deleted bool) (Task, error) {
	var t Task
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, got, err := s.lockTask(ctx, tx, project, number, !deleted)
		if err != nil {
			return err
		}
		t = got
		what, mark := "took the task out of the trash", (*time.Time)(nil)
		if deleted {
			what, mark = "moved the task to the trash", &tx.Now
		}
		if err := s.markFamily(ctx, tx, t, mark); err != nil {
			return err
		}
		t.Version++
		t.DeletedAt = mark
		if err := s.recount(ctx, tx, project, 0); err != nil {
			return err
		}
		tx.Changed(t.change(h.Project, what))
		return nil
	})
	return t, err
}

// markFamily marks the task and its parts; what comes back is what went at the same moment.
func (s *taskStore) markFamily(ctx context.Context, tx *data.Tx, t Task, mark *time.Time) error {
	level := []int64{t.ID}
	for range levels {
		q := tx.NewUpdate().Table("tasks").Set("deleted_at = ?", mark).Set("version = version + 1").Where("id IN (?)", list(level))
		if mark == nil {
			q = q.Where("deleted_at = ?", t.DeletedAt)
		} else {
			q = q.Where("deleted_at IS NULL")
		}
		if _, err := q.Exec(ctx); err != nil {
			return fmt.Errorf("mark task %d: %w", t.ID, err)
		}
		var next []int64
		if err := tx.NewSelect().Table("tasks").Column("id").Where("parent_id IN (?)", list(level)).Scan(ctx, &next); err != nil {
			return err
		}
		for _, id := range next {
			tx.Changed(data.Change{Feature: "projects", Kind: "task", ID: id, Parent: t.ProjectID, What: "went with the task it is part of", Stale: []string{taskKey(id)}})
		}
		if level = next; len(level) == 0 {
			return nil
		}
	}
	return nil
}
