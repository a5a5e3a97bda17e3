package projects

import (
	"context"
	"fmt"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/inbox"
)

// tell tells people of what concerns them. Of one write each is told once, by what concerns them most.
func (s *taskStore) tell(ctx context.Context, tx *data.Tx, w wrote) error {
	h, t, was := w.heldProject, *w.after, Task{}
	if w.before != nil {
		was = *w.before
	}
	var all []inbox.Notice
	if to := data.OrZero(t.AssigneeID); to != 0 && to != data.OrZero(was.AssigneeID) {
		all = append(all, h.notice(to, tellAssigned, t, "assigned the task to you", "assigned %d tasks to you"))
	}
	mentioned, err := newlyMentioned(ctx, tx, was.Description, t.Description)
	if err != nil {
		return err
	}
	for _, to := range mentioned {
		all = append(all, h.notice(to, tellMentioned, t, "mentioned you in the task", "mentioned you in %d tasks"))
	}
	if w.before == nil {
		for _, to := range h.toldIf(h.Project.NotifyCreated) {
			all = append(all, h.notice(to, tellMade, t, "made the task", "made %d tasks"))
		}
		s.inbox.Tell(ctx, tx, all)
		return nil
	}
	if was.DueOn != t.DueOn {
		all = append(all, h.notice(data.OrZero(t.AssigneeID), tellMoved, t, movedDue(was.DueOn, t.DueOn), "moved the due dates of %d of your tasks"))
	}
	more, err := s.tellClosed(ctx, tx, h, was, t)
	s.inbox.Tell(ctx, tx, append(all, more...))
	return err
}

// toldIf are the project's hearers, if its switch is on.
func (h heldProject) toldIf(on bool) []int64 {
	if !on {
		return nil
	}
	return h.hearers()
}

// movedDue says how a due date changed.
func movedDue(from, to clock.Day) string {
	switch {
	case to == "":
		return "took the due date off your task"
	case from == "":
		return "gave your task the due date " + string(to)
	}
	return "moved the due date of your task from " + string(from) + " to " + string(to)
}

// tellClosed is what people are told of a task that is done: those who take part in it whatever the project's
// switches say, the project's hearers if its switch is on, and the assignees of tasks that waited for nothing else.
func (s *taskStore) tellClosed(ctx context.Context, tx *data.Tx, h heldProject, was, t Task) ([]inbox.Notice, error) {
	var all []inbox.Notice
	if was.Open && !t.Open {
		ready, err := s.ready(ctx, tx, t.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range ready {
			at := h
			if r.ProjectID != h.Project.ID {
				if at, err = loadHeld(ctx, tx, r.ProjectID); err != nil {
					return nil, err
				}
			}
			all = append(all, at.notice(data.OrZero(r.AssigneeID), tellUnblocked, r, "completed the last thing your task waited for", "completed what %d of your tasks waited for"))
		}
	}
	if was.CompletedAt == nil && t.CompletedAt != nil {
		people, err := s.participants(ctx, tx, t)
		if err != nil {
			return nil, err
		}
		for _, to := range append(people, h.toldIf(h.Project.NotifyDone)...) {
			all = append(all, h.notice(to, tellDone, t, "completed the task", "completed %d tasks"))
		}
	}
	return all, nil
}

// participants are who watches the task, is assigned to it, made it, or commented on it.
func (s *taskStore) participants(ctx context.Context, tx *data.Tx, t Task) ([]int64, error) {
	var people []int64
	err := tx.NewRaw("SELECT user_id FROM task_watchers WHERE task_id = ? UNION SELECT author_id FROM comments WHERE task_id = ? AND deleted_at IS NULL AND author_id IS NOT NULL",
		t.ID, t.ID).Scan(ctx, &people)
	if err != nil {
		return nil, fmt.Errorf("who takes part in task %d: %w", t.ID, err)
	}
	return append(people, data.OrZero(t.AssigneeID), data.OrZero(t.CreatedBy)), nil
}

// ready are the open, assigned tasks that waited for this one and wait for nothing open any more.
func (s *taskStore) ready(ctx context.Context, tx *data.Tx, id int64) ([]Task, error) {
	var rows []Task
	err := tx.NewSelect().Model(&rows).Join("JOIN task_dependencies AS d ON d.task_id = t.id").Where("d.needs_id = ?", id).
		Where("t.open = TRUE").Where("t.deleted_at IS NULL").Where("t.assignee_id IS NOT NULL").
		Where("NOT EXISTS (SELECT 1 FROM task_dependencies AS o JOIN tasks AS n ON n.id = o.needs_id WHERE o.task_id = t.id AND n.open AND n.deleted_at IS NULL AND n.id <> ?)", id).
		Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("what waited for task %d: %w", id, err)
	}
	return rows, nil
}

// tell tells people of a comment that concerns them.
func (s *noteStore) tell(ctx context.Context, tx *data.Tx, r remark) error {
	if r.after.DeletedAt != nil || r.before != nil && r.before.DeletedAt != nil { // neither the trash nor what comes back from it is news
		return nil
	}
	before := ""
	if r.before != nil {
		before = r.before.Text
	}
	mentioned, err := newlyMentioned(ctx, tx, before, r.after.Text)
	if err != nil {
		return err
	}
	var all []inbox.Notice
	for _, to := range mentioned {
		all = append(all, r.notice(to, tellMentioned, "mentioned you in a comment"))
	}
	if r.before == nil {
		people := r.held.toldIf(r.held.Project.NotifyComment)
		if r.held.task != nil {
			others, err := s.tasks.participants(ctx, tx, *r.held.task)
			if err != nil {
				return err
			}
			people = append(others, people...)
		}
		for _, to := range people {
			all = append(all, r.notice(to, tellCommented, "commented"))
		}
	}
	s.tasks.inbox.Tell(ctx, tx, all)
	return nil
}

// notice is what somebody is told of the comment, at the address where it stands.
func (r remark) notice(to int64, kind, what string) inbox.Notice {
	h := r.held
	at := "#c" + id(r.after.ID)
	if h.task != nil {
		n := h.notice(to, kind, *h.task, what, "")
		n.URL += at
		return n
	}
	n := h.notice(to, kind, Task{}, what, "")
	n.Thing, n.ThingID, n.Title, n.URL = "projects.project", h.Project.ID, h.Project.Name, h.Project.Path()+"/comments"+at
	return n
}
