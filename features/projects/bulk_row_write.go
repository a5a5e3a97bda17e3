package projects

import (
	"context"
	"fmt"

	"portal/app/data"
)

// relabel makes task_labels say what the task's row does.
func relabel(ctx context.Context, tx *data.Tx, t Task) error {
	if _, err := tx.NewDelete().Table("task_labels").Where("task_id = ?", t.ID).Exec(ctx); err != nil {
		return fmt.Errorf("labels of task %d: %w", t.ID, err)
	}
	var rows []taskLabel
	for _, l := range t.Labels() {
		rows = append(rows, taskLabel{TaskID: t.ID, LabelID: l})
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("labels of task %d: %w", t.ID, err)
	}
	return nil
}

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
