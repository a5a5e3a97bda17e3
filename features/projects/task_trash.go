package projects

import (
	"context"
	"fmt"
	"time"

	"portal/app/data"
	"portal/app/fault"
)

// Delete moves a task with its parts to the trash, or takes it back with those that went with it.
// Errors: fault.NotFound; fault.Forbidden; fault.Conflict for one that is part of a task in the trash.
func (s *taskStore) Delete(ctx context.Context, project, number int64, deleted bool) (Task, error) {
	var t Task
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, got, err := s.lockTask(ctx, tx, project, number, !deleted)
		if err != nil {
			return err
		}
		t = got
		if err := s.toTrash(ctx, tx, h.Project, &t, deleted); err != nil {
			return err
		}
		return s.recount(ctx, tx, project, 0)
	})
	return t, err
}

// toTrash moves a task that was read for it with its parts to the trash, or takes it back, and says so.
// The project's tasks are counted by the caller.
func (s *taskStore) toTrash(ctx context.Context, tx *data.Tx, p Project, t *Task, deleted bool) error {
	what, mark := "took the task out of the trash", (*time.Time)(nil)
	if deleted {
		what, mark = "moved the task to the trash", &tx.Now
	} else if err := s.parentThere(ctx, tx, *t); err != nil {
		return err
	}
	went, err := s.markFamily(ctx, tx, p, *t, mark)
	if err != nil {
		return err
	}
	t.Version++
	t.DeletedAt = mark
	tx.Changed(t.change(p, what))
	return dropNamed(ctx, tx, went...)
}

// parentThere refuses to bring back a task that would be seen nowhere, since what it is part of is in the trash.
func (s *taskStore) parentThere(ctx context.Context, tx *data.Tx, t Task) error {
	if t.ParentID == nil {
		return nil
	}
	var up Task
	if err := tx.NewSelect().Model(&up).Where("t.id = ?", *t.ParentID).Scan(ctx); err != nil {
		return fmt.Errorf("what task %d is part of: %w", t.ID, err)
	}
	if up.DeletedAt != nil {
		return fault.New(fault.Conflict, "“%s” is part of “%s”, which is in the trash. Bring that back first.", t.Name, up.Name)
	}
	return nil
}

// markFamily marks the task and its parts, and returns their ids; what comes back is what went at the same moment.
func (s *taskStore) markFamily(ctx context.Context, tx *data.Tx, p Project, t Task, mark *time.Time) ([]int64, error) {
	what := "came back with the task it is part of"
	if mark != nil {
		what = "went with the task it is part of"
	}
	went, counts := []int64{t.ID}, map[int64]int{t.ID: t.counts(mark)}
	for level := went; len(level) > 0; {
		q := tx.NewSelect().Model((*Task)(nil)).Where("t.parent_id IN (?)", list(level))
		if mark == nil {
			q = q.Where("t.deleted_at = ?", t.DeletedAt)
		} else {
			q = q.Where("t.deleted_at IS NULL")
		}
		var parts []Task
		if err := q.Scan(ctx, &parts); err != nil {
			return nil, fmt.Errorf("parts of task %d: %w", t.ID, err)
		}
		level = nil
		for _, part := range parts {
			level = append(level, part.ID)
			counts[part.ID] = part.counts(mark)
			part.Version++
			c := part.change(p, what)
			c.URL = "" // the task it is part of is news enough
			tx.Changed(c)
		}
		went = append(went, level...)
	}
	_, err := tx.NewUpdate().Table("tasks").Set("deleted_at = ?", mark).Set("version = version + 1").Where("id IN (?)", list(went)).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("mark task %d: %w", t.ID, err)
	}
	return went, relink(ctx, tx, counts)
}

// counts is what the task adds to those that wait for it when it goes into the trash, or comes back for a nil mark.
func (t Task) counts(mark *time.Time) int {
	switch {
	case !t.Open:
		return 0
	case mark != nil:
		return -1
	}
	return 1
}
