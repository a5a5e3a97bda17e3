package projects

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"portal/app/data"
	"portal/app/fault"
)

// moveForm says where a card was dropped.
type moveForm struct {
	Status  int64  `form:"status"`
	After   int64  `form:"after"`  // id of the card above, 0 for none
	Before  int64  `form:"before"` // id of the card below, 0 for none
	Lanes   string `form:"lanes"`  // what the board's lanes are by; empty when it has none
	Lane    int64  `form:"lane"`   // the person or priority whose lane it was dropped in, 0 for nobody
	Version int64  `form:"version"`
}

// fields are the fields that the move sets, as a form of the task sends them.
// Errors: fault.Invalid for lanes by something else.
func (f moveForm) fields() (taskForm, []string, error) {
	form := taskForm{Status: f.Status, Version: f.Version}
	switch f.Lanes {
	case "":
		return form, []string{"status"}, nil
	case laneAssignee:
		form.Assignee = f.Lane
	case lanePriority:
		form.Priority = f.Lane
	default:
		return form, nil, fault.Field("lanes", "There are no such lanes. Reload the page.")
	}
	return form, []string{"status", f.Lanes}, nil
}

// Move puts a card where it was dropped: into the column and the lane, between the two cards, all in one write.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid, also for a column that is full; *data.Clash when somebody
// else moved it to another column or lane.
func (s *taskStore) Move(ctx context.Context, project, number int64, f moveForm) (Task, error) {
	v, err := s.projects.view(ctx)
	if err != nil {
		return Task{}, err
	}
	form, names, err := f.fields()
	if err != nil {
		return Task{}, err
	}
	if v.words.Status(f.Status).ID == 0 {
		return Task{}, fault.Field("status", "There is no such column any more. Reload the page.")
	}
	var t Task
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		h, got, err := s.lockTask(ctx, tx, project, number, false)
		if err != nil {
			return err
		}
		t = got
		before := v.editedTask(t)
		was, mine := t, t
		if err := form.into(&mine, v, set(names), at(ctx, tx.Now)); err != nil {
			return err
		}
		wanted := slices.DeleteFunc(v.editedTask(mine), func(e data.Edited) bool { return !slices.Contains(names, e.Name) })
		write, err := tx.Merge(ctx, "projects.task", t.ID, f.Version, before, wanted)
		if err == nil { // mine stays in its column or lane, theirs has left it
			err = s.movedAway(ctx, tx, t, before, slices.DeleteFunc(wanted, func(e data.Edited) bool { return slices.Contains(write, e.Name) }))
		}
		if err != nil {
			return withVersion(err, t.Version)
		}
		if err := form.into(&t, v, set(write), at(ctx, tx.Now)); err != nil {
			return err
		}
		if t.Position, err = s.between(ctx, tx, t, f); err != nil {
			return err
		}
		return s.saveMove(ctx, tx, wrote{h, &was, &t, data.Changed(before, v.editedTask(t))})
	})
	return t, err
}

// movedAway is the clash of a card that is put elsewhere in the column or lane that somebody else has taken it from;
// nil when it still has all that the mover left as it was.
func (s *taskStore) movedAway(ctx context.Context, tx *data.Tx, t Task, theirs, mine []data.Edited) error {
	for _, m := range mine {
		now := theirs[slices.IndexFunc(theirs, func(e data.Edited) bool { return e.Name == m.Name })]
		if now.Value == m.Value {
			continue
		}
		var who []string
		err := tx.NewSelect().Table("history").Column("user_name").Where("kind = ?", "projects.task").Where("thing_id = ?", t.ID).
			Where("field = ?", m.Name).OrderExpr("id DESC").Limit(1).Scan(ctx, &who)
		if err != nil {
			return fmt.Errorf("who moved task %d: %w", t.ID, err)
		}
		clash := &data.Clash{
			Fault:  fault.New(fault.Conflict, "Somebody else moved this card first."),
			Fields: []data.ClashField{{Base: m.Shown, Theirs: now, Mine: m}},
		}
		if len(who) > 0 {
			clash.Who = who[0]
		}
		return clash
	}
	return nil
}

// saveMove writes the place; only a change of column is a change of the task that its history shows.
func (s *taskStore) saveMove(ctx context.Context, tx *data.Tx, w wrote) error {
	if len(w.fields) > 0 {
		return s.save(ctx, tx, w)
	}
	t := w.after
	if _, err := tx.NewUpdate().Model(t).Column("position").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("place task %d: %w", t.ID, err)
	}
	tx.Changed(t.change(w.heldProject.Project, movedWithin))
	return nil
}

// movedWithin is what a move says that changes nothing but the order.
const movedWithin = "moved the task within its column"

// between is a position between the two cards, or at the column's end when neither is there any more.
// What lies beside a card is looked up where only one is given: others may have been put there, or a filter hides them.
func (s *taskStore) between(ctx context.Context, tx *data.Tx, t Task, f moveForm) (int64, error) {
	for range 2 {
		after, before, err := s.neighbours(ctx, tx, t, f)
		switch {
		case err != nil:
			return 0, err
		case after == nil && before == nil:
			end := t
			err := s.place(ctx, tx, &end, 0)
			return end.Position, err
		case before == nil:
			return *after + gap, nil
		case after == nil:
			return *before - gap, nil
		case *before-*after > 1:
			return *after + (*before-*after)/2, nil
		}
		if err := s.spread(ctx, tx, t); err != nil {
			return 0, err
		}
	}
	return 0, fault.New(fault.Conflict, "The column changed at the same moment. Please try again.")
}

// neighbours are the positions above and below the place; nil where the column ends.
func (s *taskStore) neighbours(ctx context.Context, tx *data.Tx, t Task, f moveForm) (after, before *int64, err error) {
	if after, err = s.position(ctx, tx, t, f.After); err != nil {
		return nil, nil, err
	}
	if before, err = s.position(ctx, tx, t, f.Before); err != nil {
		return nil, nil, err
	}
	switch {
	case after != nil && (before == nil || *before < *after):
		before, err = s.beside(ctx, tx, t, "MIN(position)", "position > ?", *after)
	case after == nil && before != nil:
		after, err = s.beside(ctx, tx, t, "MAX(position)", "position < ?", *before)
	}
	return after, before, err
}

// position is where a card lies, nil when it is not in the task's column any more.
func (s *taskStore) position(ctx context.Context, tx *data.Tx, t Task, card int64) (*int64, error) {
	var at []int64
	err := tx.NewSelect().Table("tasks").Column("position").Where("id = ?", card).Where("id <> ?", t.ID).
		Where("project_id = ?", t.ProjectID).Where("status_id = ?", t.StatusID).Where("deleted_at IS NULL").Scan(ctx, &at)
	if err != nil || len(at) == 0 {
		return nil, err
	}
	return &at[0], nil
}

// beside is the position next to one, nil at the column's end. Cards in the trash keep their places.
func (s *taskStore) beside(ctx context.Context, tx *data.Tx, t Task, which, where string, position int64) (*int64, error) {
	var next sql.NullInt64
	err := tx.NewSelect().Table("tasks").ColumnExpr(which).Where("project_id = ?", t.ProjectID).Where("status_id = ?", t.StatusID).
		Where(where, position).Where("id <> ?", t.ID).Scan(ctx, &next)
	if err != nil || !next.Valid {
		return nil, err
	}
	return &next.Int64, nil
}

// spread makes room between all cards of a column.
func (s *taskStore) spread(ctx context.Context, tx *data.Tx, t Task) error {
	var ids []int64
	err := tx.NewSelect().Table("tasks").Column("id").Where("project_id = ?", t.ProjectID).Where("status_id = ?", t.StatusID).OrderExpr("position, id").Scan(ctx, &ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		if _, err := tx.NewUpdate().Table("tasks").Set("position = ?", int64(i+1)*gap).Where("id = ?", id).Exec(ctx); err != nil {
			return fmt.Errorf("spread column: %w", err)
		}
	}
	return nil
}
