package projects

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// Followers are the open tasks that wait for the task, by themselves or through others, as they would move by days: only
// forward, all by as much, so that each keeps its length. What the viewer may not change stays, and all behind it.
// Errors: fault.Invalid when there are too many.
func (s *taskStore) Followers(ctx context.Context, db bun.IDB, from Task, days int64) (plan, error) {
	p := plan{days: days}
	seen, held := map[int64]bool{from.ID: true}, map[int64]heldProject{}
	for level := []int64{from.ID}; len(level) > 0; {
		var rows []Task
		err := db.NewSelect().Model(&rows).Join("JOIN projects AS p ON p.id = t.project_id").
			Where("t.id IN (SELECT d.task_id FROM task_dependencies AS d WHERE d.needs_id IN (?))", list(level)).Where("t.open").Where("t.deleted_at IS NULL").
			Where("p.deleted_at IS NULL").OrderExpr("t.project_id, t.number").Scan(ctx)
		if err != nil {
			return p, fmt.Errorf("what follows task %d: %w", from.ID, err)
		}
		level = nil
		for _, t := range rows {
			if seen[t.ID] {
				continue
			}
			seen[t.ID] = true
			goes, err := s.plan(ctx, db, &p, held, t)
			if err != nil {
				return p, err
			}
			if goes {
				level = append(level, t.ID)
			}
		}
		if len(seen) > followMost {
			return p, fault.New(fault.Conflict, "More than %d tasks hang on this one. Move some of them by hand first.", followMost)
		}
	}
	return p, nil
}

// plan puts one follower into the plan, and reports whether what waits for it follows too.
func (s *taskStore) plan(ctx context.Context, db bun.IDB, p *plan, held map[int64]heldProject, t Task) (bool, error) {
	h, ok := held[t.ProjectID]
	if !ok {
		var err error
		if h, err = loadHeld(ctx, db, t.ProjectID); err != nil {
			return false, err
		}
		held[t.ProjectID] = h
	}
	v := auth.From(ctx)
	f := follower{Hot: h, Task: t, Unseen: !h.mayKnow(v)}
	switch {
	case !h.mayTask(v, t):
		f.Why = "You may not change it."
	case t.StartOn == "" && t.DueOn == "":
		return true, nil // nothing of it moves, but what waits for it does
	default:
		f.moveBy(p.days)
	}
	if f.Why != "" {
		p.stays = append(p.stays, f)
		return false, nil
	}
	p.moved = append(p.moved, f)
	return true, nil
}

// errOtherPlan is the fault of a plan that has changed since it was shown.
func errOtherPlan() error {
	return fault.New(fault.Conflict, "What follows has changed meanwhile. Look at the plan again; nothing has moved yet.")
}

// Follow moves what follows the task, all or nothing, and returns the act by which it can be taken back.
// Errors: fault.NotFound; fault.Forbidden; fault.Conflict when the plan is not the one that was shown.
func (s *taskStore) Follow(ctx context.Context, at end, f followForm) (act string, moved int, err error) {
	from, err := s.taskAt(ctx, at)
	if err != nil {
		return "", 0, err
	}
	seen, err := s.Followers(ctx, s.db.Read, from, f.Days)
	if err != nil {
		return "", 0, err
	}
	projects := []int64{at.project}
	for _, m := range seen.moved {
		projects = append(projects, m.Task.ProjectID)
	}
	act = rand.Text()
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		if err := lockProjects(ctx, tx, projects...); err != nil {
			return err
		}
		_, t, err := s.lockTask(ctx, tx, at.project, at.number, false)
		if err != nil {
			return err
		}
		p, err := s.Followers(ctx, tx, t, f.Days)
		if err != nil {
			return err
		}
		if p.serial() != f.Plan || slices.ContainsFunc(p.moved, func(m follower) bool { return !slices.Contains(projects, m.Task.ProjectID) }) {
			return errOtherPlan()
		}
		moved = len(p.moved)
		return s.moveAll(ctx, tx, p.moved, act)
	})
	return act, moved, err
}

// taskAt is the task of that number in a project that the viewer may know of.
func (s *taskStore) taskAt(ctx context.Context, at end) (Task, error) {
	h, err := s.projects.Get(ctx, at.project)
	if err != nil {
		return Task{}, err
	}
	t, err := s.Get(ctx, h, at.number)
	return t.Task, err
}

// moveAll moves tasks to their new dates, and keeps what moved under the act; an empty act is kept nowhere.
func (s *taskStore) moveAll(ctx context.Context, tx *data.Tx, all []follower, act string) error {
	if len(all) == 0 {
		tx.Unchanged()
		return nil
	}
	var kept []dateMove
	for _, f := range all {
		kept = append(kept, dateMove{
			Act: act, UserID: data.Optional(auth.From(ctx).ID), TaskID: f.Task.ID, OldStart: f.Task.StartOn, OldDue: f.Task.DueOn,
			NewStart: f.NewStart, NewDue: f.NewDue, CreatedAt: tx.Now,
		})
		if err := s.moveDates(ctx, tx, f); err != nil {
			return err
		}
	}
	if act == "" {
		return nil
	}
	if _, err := tx.NewInsert().Model(&kept).Exec(ctx); err != nil {
		return fmt.Errorf("keep what moved: %w", err)
	}
	return nil
}

// moveDates writes one task's new dates, and what follows from that.
func (s *taskStore) moveDates(ctx context.Context, tx *data.Tx, f follower) error {
	was := f.Task
	t := f.Task
	t.StartOn, t.DueOn, t.Version, t.UpdatedAt = f.NewStart, f.NewDue, was.Version+1, tx.Now
	ours, err := tx.UpdateIf(ctx, &t, was.Version, "start_on", "due_on", "version", "updated_at")
	if err != nil {
		return fmt.Errorf("move task %d: %w", t.ID, err)
	}
	if !ours {
		return errOtherPlan()
	}
	var fields []data.Field
	if was.StartOn != t.StartOn {
		fields = append(fields, data.Field{Name: "start_on", Old: string(was.StartOn), New: string(t.StartOn)})
	}
	if was.DueOn != t.DueOn {
		fields = append(fields, data.Field{Name: "due_on", Old: string(was.DueOn), New: string(t.DueOn)})
	}
	tx.Changed(t.change(f.Hot.Project, sentence(fields), fields...))
	return s.follow(ctx, tx, wrote{heldProject: f.Hot, before: &was, after: &t, fields: fields})
}

// Unfollow takes an act of the viewer's back, all or nothing.
// Errors: fault.NotFound when there is no such act; fault.Forbidden; fault.Conflict when one of its tasks has other dates by now.
func (s *taskStore) Unfollow(ctx context.Context, at end, act string) (moved int, err error) {
	if _, err := s.taskAt(ctx, at); err != nil {
		return 0, err
	}
	projects, err := s.projectsOfAct(ctx, act)
	if err != nil {
		return 0, err
	}
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		if err := lockProjects(ctx, tx, projects...); err != nil {
			return err
		}
		var rows []dateMove
		err := tx.NewSelect().TableExpr("date_moves AS m").ColumnExpr("m.*").Where("m.act = ?", act).Where("COALESCE(m.user_id, 0) = ?", auth.From(ctx).ID).
			OrderExpr("m.id").Scan(ctx, &rows)
		if err == nil && len(rows) == 0 {
			err = errNoAct()
		}
		if err != nil {
			return err
		}
		back, err := s.backwards(ctx, tx, rows)
		if err != nil {
			return err
		}
		if _, err := tx.NewDelete().Table("date_moves").Where("act = ?", act).Exec(ctx); err != nil {
			return err
		}
		moved = len(back)
		return s.moveAll(ctx, tx, back, "")
	})
	return moved, err
}

// projectsOfAct are the projects of an act's tasks, which never leave them.
func (s *taskStore) projectsOfAct(ctx context.Context, act string) ([]int64, error) {
	var projects []int64
	err := s.db.Read.NewSelect().TableExpr("date_moves AS m").Join("JOIN tasks AS t ON t.id = m.task_id").ColumnExpr("DISTINCT t.project_id").
		Where("m.act = ?", act).Scan(ctx, &projects)
	if err == nil && len(projects) == 0 {
		err = errNoAct()
	}
	return projects, err
}

// errNoAct is the fault of an act that is not there, or is another one's.
func errNoAct() error { return fault.New(fault.NotFound, "There is nothing to take back any more.") }

// backwards are the tasks of an act on their way back.
func (s *taskStore) backwards(ctx context.Context, tx *data.Tx, rows []dateMove) ([]follower, error) {
	var back []follower
	held := map[int64]heldProject{}
	for _, r := range rows {
		var t Task
		if err := tx.NewSelect().Model(&t).Where("t.id = ?", r.TaskID).Scan(ctx); err != nil {
			return nil, fmt.Errorf("task %d of an act: %w", r.TaskID, err)
		}
		h, ok := held[t.ProjectID]
		if !ok {
			var err error
			if h, err = loadHeld(ctx, tx, t.ProjectID); err != nil {
				return nil, err
			}
			held[t.ProjectID] = h
		}
		switch {
		case !h.mayTask(auth.From(ctx), t) || h.Project.DeletedAt != nil:
			return nil, errNotTeam()
		case t.StartOn != r.NewStart || t.DueOn != r.NewDue || t.DeletedAt != nil:
			return nil, fault.New(fault.Conflict, "“%s” has other dates by now, or is gone. Nothing was taken back; move the tasks by hand.", t.Name)
		}
		back = append(back, follower{Hot: h, Task: t, NewStart: r.OldStart, NewDue: r.OldDue})
	}
	return back, nil
}
