package projects

import (
	"context"

	"portal/app/data"
)

// trashRow moves the task with its parts to the trash; one that has gone there with another row of the act counts as done.
func (s *taskStore) trashRow(ctx context.Context, tx *data.Tx, w wrote, r *UndoRow) error {
	t, err := taskBack(ctx, tx, w.hot.Project.ID, w.before.Number)
	if err == nil && t.DeletedAt == nil {
		err = s.toTrash(ctx, tx, w.hot.Project, &t, true)
	}
	if err != nil {
		return err
	}
	r.Version = t.Version
	r.Was, r.Became = rowState{deletedField: ""}.json(), rowState{deletedField: id(t.DeletedAt.UnixMicro())}.json()
	return nil
}
