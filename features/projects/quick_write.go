package projects

import (
	"context"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/formresult"
)

// CreateLines makes the tasks of a text of quick add: all of them, or none. A task that is indented lies below the one
// that stands before it. What the same form has made before is not made again: it then returns no tasks. Several tasks
// are an act that can be taken back as one, whose number it returns; 0 for one task.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at "text", also when a line is wrong, which its Wrong then says.
func (s *taskStore) CreateLines(ctx context.Context, project int64, lines []quickTask, once string) (made []Task, undo int64, err error) {
	v, err := s.projects.view(ctx)
	if err != nil {
		return nil, 0, err
	}
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		made, undo = nil, 0
		h, err := s.lockProject(ctx, tx, project)
		if err != nil {
			return err
		}
		if err := h.allowNew(auth.From(ctx)); err != nil {
			return err
		}
		sent := formresult.Form{Makes: "tasks of " + id(project), Once: once}
		if before, err := sent.Before(ctx, tx); err != nil || before != 0 {
			tx.Unchanged()
			return err
		}
		known, err := s.ensureLabels(ctx, tx, &h, lines)
		if err != nil {
			return err
		}
		var above []int64 // the numbers of the tasks that the next one may lie below
		for i := range lines {
			t, err := s.addLine(ctx, tx, &h, v, known, above, &lines[i])
			if err != nil {
				return err
			}
			above = append(above[:min(lines[i].Depth, len(above))], t.Number)
			made = append(made, t)
		}
		if err := sent.Keep(ctx, tx, made[0].ID); err != nil {
			return err
		}
		if undo, err = keepMade(ctx, tx, h.Project, made); err != nil {
			return err
		}
		return s.recount(ctx, tx, project, h.Project.LastNumber)
	})
	return made, undo, err
}

// keepMade keeps what was made as an act that can be taken back as one, if it is more than one task.
func keepMade(ctx context.Context, tx *data.Tx, p Project, made []Task) (int64, error) {
	if len(made) < 2 {
		return 0, nil
	}
	a := act{Undo: Undo{UserID: auth.From(ctx).ID, ProjectID: p.ID, Done: int64(len(made))}}
	var rows []UndoRow
	for _, t := range made {
		rows = append(rows, UndoRow{
			Number: t.Number, Name: data.Cut(t.Key(p)+" "+t.Name, 220), Outcome: rowDone, Version: t.Version,
			Was: rowState{madeField: ""}.json(), Became: rowState{madeField: id(t.ID)}.json(),
		})
	}
	err := a.keep(ctx, tx, "made tasks", rows)
	return a.ID, err
}

// addLine makes the task of one line; what stands against it is kept in the line.
func (s *taskStore) addLine(ctx context.Context, tx *data.Tx, h *heldProject, v view, known map[string]Label, above []int64, q *quickTask) (Task, error) {
	n := taskForm{
		Name: q.Name, Status: v.words.stage(StageTodo).ID, Priority: q.Priority, Assignee: q.Assignee,
		StartOn: string(q.Start), DueOn: string(q.Due), Parent: q.Parent, Estimate: estimateText(q.Estimate), Milestone: h.milestone(q.Milestone).ID,
	}
	if n.Priority == 0 {
		n.Priority = v.words.usual().ID
	}
	if q.Depth > 0 && q.Depth <= len(above) {
		n.Parent = above[q.Depth-1]
	}
	for _, name := range q.Labels {
		add(&n.Labels, known[data.Key(name)].ID)
	}
	t, err := s.add(ctx, tx, h, v, n)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		q.Wrong = saidOf(err)
		return t, errLine(*q)
	}
	return t, err
}

// saidOf is what a person reads of a fault, at whatever field.
func saidOf(err error) string {
	for _, said := range fault.Of(err).Fields {
		return said
	}
	return fault.Of(err).Public
}

// errLine is the fault of a text that no tasks were made of because of this line.
func errLine(q quickTask) error {
	return fault.Field("text", "Line %d: %s Nothing was made.", q.Line, q.Wrong)
}

// ensureLabels are the labels that lines name, by their folded names; those that the project does not have yet are made.
func (s *taskStore) ensureLabels(ctx context.Context, tx *data.Tx, h *heldProject, lines []quickTask) (map[string]Label, error) {
	known := map[string]Label{}
	for _, l := range h.Labels {
		known[data.Key(l.Name)] = l
	}
	for _, q := range lines {
		for _, name := range q.Labels {
			key := data.Key(name)
			if known[key].ID != 0 {
				continue
			}
			l, err := addLabel(ctx, tx, *h, Label{Name: name})
			if err != nil {
				return nil, err
			}
			known[key], h.Labels = l, append(h.Labels, l)
		}
	}
	return known, nil
}
