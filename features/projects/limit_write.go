package projects

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// allowLimit refuses to put a task into a column that is full. What is in a column already may be moved within it,
// however many there are: a limit that was set too late sends nobody away.
// Errors: fault.Invalid at the status.
func (s *taskStore) allowLimit(ctx context.Context, tx *data.Tx, w wrote) error {
	to := w.after.StatusID
	most := w.heldProject.limit(to)
	if most == 0 || w.before != nil && w.before.StatusID == to {
		return nil
	}
	n, err := tasksIn(ctx, tx, w.after.ProjectID, to)
	if err != nil || n < most {
		return err
	}
	words, err := loadWords(ctx, tx)
	if err != nil {
		return err
	}
	return fault.Field("status", "“%s” is full: it holds %d of %d. Move a task out of it first, or ask the project's lead to raise the limit.", words.Status(to).Name, n, most)
}

// tasksIn counts the tasks of a column.
func tasksIn(ctx context.Context, db bun.IDB, project, status int64) (int64, error) {
	n, err := db.NewSelect().Table("tasks").Where("project_id = ?", project).Where("status_id = ?", status).Where("deleted_at IS NULL").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count column %d of project %d: %w", status, project, err)
	}
	return n, nil
}

// SetLimit sets how many tasks the project's column of that status may hold; only its lead and administrators may.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field.
func (s *projectStore) SetLimit(ctx context.Context, project, status int64, f limitForm) error {
	w, err := s.words.All(ctx)
	if err != nil {
		return err
	}
	st := w.Status(status)
	if st.ID == 0 {
		return errNoColumn()
	}
	most, err := strconv.ParseInt(known(strings.TrimSpace(f.Most), "0"), 10, 64)
	if err != nil || most < 0 || most > mostLimit {
		return fault.Field("most", "Write a whole number from 1 to %d, or nothing for no limit.", mostLimit)
	}
	return s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.lock(ctx, tx, project, false)
		if err != nil {
			return err
		}
		was := h.limit(status)
		if was == most {
			tx.Unchanged()
			return nil
		}
		if err := writeLimit(ctx, tx, Limit{ProjectID: project, StatusID: status, Most: most}); err != nil {
			return err
		}
		shown := func(n int64) string { return st.Name + ": " + known(number(n), "none") }
		tx.Changed(h.Project.change("set the limit of the column “"+st.Name+"”", data.Field{Name: "limit", Old: shown(was), New: shown(most)}))
		return nil
	})
}

func writeLimit(ctx context.Context, tx *data.Tx, l Limit) error {
	var err error
	if l.Most == 0 {
		_, err = tx.NewDelete().Model(&l).WherePK().Exec(ctx)
	} else {
		_, err = tx.Upsert(tx.NewInsert().Model(&l), "project_id, status_id", "most").Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("set limit of column %d in project %d: %w", l.StatusID, l.ProjectID, err)
	}
	return nil
}

func errNoColumn() error {
	return fault.New(fault.NotFound, "There is no such column any more. Reload the page.")
}
