package projects

import (
	"context"
	"fmt"

	"portal/app/data"
	"portal/app/fault"
)

// parentText is what a task is part of, as its history says it; empty for nothing.
func parentText(number int64) string {
	if number == 0 {
		return ""
	}
	return "Task " + id(number)
}

// hang makes the task a part of the one whose number it names, or of none; its own parts go with it.
// Errors: fault.Invalid at the parent, when there is no such task, when it is the task itself or one of its parts, or
// when the parts would lie too deep.
func (s *taskStore) hang(ctx context.Context, tx *data.Tx, t *Task) error {
	if t.ParentNumber == 0 {
		t.ParentID = nil
		return nil
	}
	if t.ParentNumber == t.Number {
		return fault.Field("parent", "A task can't be part of itself.")
	}
	up, depth, err := s.parent(ctx, tx, t.ProjectID, t.ParentNumber)
	if err != nil {
		return err
	}
	below, err := partsBelow(ctx, tx, t.ID)
	if err != nil {
		return err
	}
	for _, level := range below {
		for _, n := range level {
			if n == up.ID {
				return fault.Field("parent", "“%s” is a part of this task, so this task can't be a part of it.", up.Name)
			}
		}
	}
	if depth+1+len(below) > levels-1 {
		return fault.Field("parent", "Tasks lie in each other three levels deep at most.")
	}
	t.ParentID = &up.ID
	return nil
}

// partsBelow are the ids of the task's parts, level by level, with those in the trash: they may come back.
func partsBelow(ctx context.Context, tx *data.Tx, task int64) ([][]int64, error) {
	var all [][]int64
	for level := []int64{task}; len(all) < levels; {
		var next []int64
		err := tx.NewSelect().Table("tasks").Column("id").Where("parent_id IN (?)", list(level)).Scan(ctx, &next)
		if err != nil {
			return nil, fmt.Errorf("parts of task %d: %w", task, err)
		}
		if len(next) == 0 {
			break
		}
		all, level = append(all, next), next
	}
	return all, nil
}
