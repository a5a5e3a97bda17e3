package projects

import (
	"context"

	"portal/app/data"
)

// trashRow moves the task with its parts to the trash; one that has gone there with another row of the act counts as done.
func (s *taskStore) trashRow(ctx context.Context, tx *data.Tx, w wrote, r *UndoRow) error {
	now, err := tasksOf(ctx, tx, w.hot.Project.ID, []int64{w.before.Number})
	if err != nil {
		return err
	}
	if t, there := now[w.before.Number]; there {
		if err := s.toTrash(ctx, tx, w.hot.Project, &t, true); err != nil {
			return err
		}
		r.Version = t.Version
	} else {
		r.Version = w.before.Version + 1
	}
	r.Was, r.Became = rowState{deletedField: ""}.json(), rowState{deletedField: id(tx.Now.UnixMicro())}.json()
	return nil
}
