package projects

import (
	"context"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// Take makes the viewer the assignee of a task that lies in a queue and is nobody's. It stays in its queue, so that who gives
// it up gives it back to the others.
// Errors: fault.NotFound; fault.Forbidden; fault.Conflict when somebody else was faster, or it lies in no queue.
func (s *taskStore) Take(ctx context.Context, project, number int64) (Task, error) {
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
		me := auth.From(ctx).ID
		switch {
		case data.OrZero(t.AssigneeID) == me && me != 0:
			tx.Unchanged()
			return nil
		case t.AssigneeID != nil:
			return fault.New(fault.Conflict, "%s has taken “%s” already.", known(v.personName(*t.AssigneeID), "Somebody"), t.Name)
		case t.QueueID == nil:
			return fault.New(fault.Conflict, "“%s” lies in no queue any more. Its team can assign it to you.", t.Name)
		}
		was, v := t, v.of(h)
		t.AssigneeID = data.Optional(me)
		return s.save(ctx, tx, wrote{h, &was, &t, data.Changed(v.editedTask(was), v.editedTask(t))})
	})
	return t, err
}
