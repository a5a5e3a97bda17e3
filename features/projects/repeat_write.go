package projects

import (
	"context"
	"fmt"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

// rule is when the task comes again; never, for what is no rule of ours.
func (t Task) rule() repeatRule {
	r, err := parseRepeat(t.RepeatRule)
	if err != nil {
		return repeatRule{}
	}
	return r
}

// nextDays are the start and the due date of the task's next one, if it is done today; ok is false when none comes.
func (t Task) nextDays(r repeatRule, today clock.Day) (start, due clock.Day, ok bool) {
	anchor := t.DueOn
	if anchor == "" {
		anchor = t.StartOn
	}
	day := r.next(anchor, today)
	switch {
	case r.Freq == "" || day == "":
		return "", "", false
	case t.DueOn == "" && t.StartOn != "":
		return day, "", true
	case t.StartOn == "":
		return "", day, true
	}
	return day.Add(-clock.DaysBetween(t.StartOn, t.DueOn)), day, true
}

// repeat makes the next task of one that comes again, when it is done: once, however often it is opened and done again.
func (s *taskStore) repeat(ctx context.Context, tx *data.Tx, w wrote) error {
	t := w.after
	if w.before == nil || w.before.CompletedAt != nil || t.CompletedAt == nil || t.RepeatRule == "" || t.NextID != nil || w.heldProject.Project.Template {
		return nil
	}
	rule := t.rule()
	start, due, ok := t.nextDays(rule, clock.DayOf(tx.Now, auth.From(ctx).Zone))
	if !ok {
		return nil
	}
	next, err := s.makeNext(ctx, tx, *t, Task{StartOn: start, DueOn: due, RepeatRule: rule.following().String()})
	if err != nil {
		return err
	}
	t.NextID = &next.ID
	if _, err := tx.NewUpdate().Model(t).Column("next_id").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("note what follows task %d: %w", t.ID, err)
	}
	next.fill(w.heldProject.Project)
	if _, err := tx.NewUpdate().Model(&next).Column("search_text", "name_key").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("make the next of task %d: %w", t.ID, err)
	}
	if err := s.recount(ctx, tx, t.ProjectID, next.Number); err != nil {
		return err
	}
	tx.Changed(t.change(w.heldProject.Project, "made "+next.Key(w.heldProject.Project)+", the next one"), next.change(w.heldProject.Project, "made the task, the next one of "+t.Key(w.heldProject.Project)))
	return s.follow(ctx, tx, wrote{heldProject: w.heldProject, after: &next})
}

// makeNext writes the next task, with the labels and the todos of the one that is done; none of them is ticked.
func (s *taskStore) makeNext(ctx context.Context, tx *data.Tx, t, days Task) (Task, error) {
	next := Task{
		ProjectID: t.ProjectID, ParentID: t.ParentID, Name: t.Name, Summary: t.Summary, Description: t.Description, PriorityID: t.PriorityID,
		AssigneeID: t.AssigneeID, StartOn: days.StartOn, DueOn: days.DueOn, RepeatRule: days.RepeatRule, Open: true, Estimate: t.Estimate,
		MilestoneID: t.MilestoneID, QueueID: t.QueueID, LabelIDs: t.LabelIDs, CreatedBy: data.Optional(auth.From(ctx).ID), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	err := tx.NewSelect().Table("projects").ColumnExpr("last_number + 1").Where("id = ?", t.ProjectID).Scan(ctx, &next.Number)
	if err == nil {
		err = tx.NewSelect().Table("statuses").Column("id").Where("stage = ?", StageTodo).OrderExpr("position, id").Limit(1).Scan(ctx, &next.StatusID)
	}
	if err == nil {
		err = s.place(ctx, tx, &next, 0)
	}
	if err == nil {
		_, err = tx.NewInsert().Model(&next).Exec(ctx)
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, "INSERT INTO task_labels (task_id, label_id) SELECT ?, label_id FROM task_labels WHERE task_id = ?", next.ID, t.ID)
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, "INSERT INTO todos (project_id, task_id, text, due_on, assignee_id, position, created_by, version, created_at, updated_at) "+
			"SELECT project_id, ?, text, '', assignee_id, position, created_by, 1, ?, ? FROM todos WHERE task_id = ? AND deleted_at IS NULL", next.ID, tx.Now, tx.Now, t.ID)
	}
	if err != nil {
		return next, fmt.Errorf("make the next of task %d: %w", t.ID, err)
	}
	return next, nil
}

// SetRepeat says when the task comes again.
// Errors: fault.NotFound; fault.Forbidden; *data.Clash when somebody else has set it since version.
func (s *taskStore) SetRepeat(ctx context.Context, project, number int64, r repeatRule, version int64) (Task, error) {
	var t Task
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		var h heldProject
		var err error
		if h, t, err = s.lockTask(ctx, tx, project, number, false); err != nil {
			return err
		}
		was := t
		theirs, mine := []data.Edited{repeatEdited(t.rule())}, []data.Edited{repeatEdited(r)}
		write, err := tx.Merge(ctx, "projects.task", t.ID, version, theirs, mine)
		if err != nil {
			return withVersion(err, t.Version)
		}
		if len(write) == 0 {
			tx.Unchanged()
			return nil
		}
		t.RepeatRule = r.String()
		return s.save(ctx, tx, wrote{h, &was, &t, data.Changed(theirs, mine)})
	})
	return t, err
}

// repeatEdited is the rule as a field of the task.
func repeatEdited(r repeatRule) data.Edited {
	return data.Edited{Name: "repeat", Label: labels["repeat"], Value: r.String(), Shown: r.Text()}
}

// Skip moves an open task on to its rule's next day, without making another one.
// Errors: fault.NotFound; fault.Forbidden; fault.Conflict when no day comes any more, or somebody else changed the task since version.
func (s *taskStore) Skip(ctx context.Context, project, number, version int64) (Task, error) {
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
		was, rule := t, t.rule()
		rule.AfterDone = false // what is skipped is not done: it goes on from its day
		start, due, ok := t.nextDays(rule, clock.DayOf(tx.Now, auth.From(ctx).Zone))
		switch {
		case t.Version != version:
			return fault.New(fault.Conflict, "Somebody else changed “%s” first. Look at it again.", t.Name)
		case !t.Open || t.RepeatRule == "":
			return fault.New(fault.Conflict, "“%s” does not come again.", t.Name)
		case !ok || rule.Left == 1:
			return fault.New(fault.Conflict, "“%s” is the last one, so there is nothing to skip to.", t.Name)
		}
		next := t.rule().following()
		t.StartOn, t.DueOn, t.RepeatRule = start, due, next.String()
		theirs := append(v.editedTask(was), repeatEdited(was.rule()))
		return s.save(ctx, tx, wrote{h, &was, &t, data.Changed(theirs, append(v.editedTask(t), repeatEdited(next)))})
	})
	return t, err
}
