package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// lockProjects locks the projects' rows in the order of their ids, so that two writes to the same ones never wait for each other.
func lockProjects(ctx context.Context, tx *data.Tx, ids ...int64) error {
	if !tx.MySQL {
		return nil
	}
	var got []int64
	q := tx.NewSelect().Table("projects").Column("id").Where("id IN (?)", list(sorted(ids))).OrderExpr("id")
	if err := tx.Lock(q).Scan(ctx, &got); err != nil {
		return fmt.Errorf("lock projects: %w", err)
	}
	return nil
}

// bothEnds are the two tasks of a dependency, as found for a write.
type bothEnds struct {
	waits, needs               Task
	waitsProject, needsProject heldProject
}

// lockEnds locks both ends: nobody else makes a dependency meanwhile, and neither task opens or closes.
// Errors: as lockTask for the task that waits; fault.Invalid when the viewer may not know of the other one.
func (s *taskStore) lockEnds(ctx context.Context, tx *data.Tx, waits, needs end) (bothEnds, error) {
	var b bothEnds
	if tx.MySQL {
		var one []int64
		if err := tx.Lock(tx.NewSelect().Table("dependency_locks").Column("id")).Scan(ctx, &one); err != nil {
			return b, fmt.Errorf("lock dependencies: %w", err)
		}
	}
	err := lockProjects(ctx, tx, waits.project, needs.project)
	if err != nil {
		return b, err
	}
	if b.waitsProject, b.waits, err = s.lockTask(ctx, tx, waits.project, waits.number, false); err != nil {
		return b, err
	}
	if b.needsProject, err = s.lockProject(ctx, tx, needs.project); err == nil {
		b.needs, _, err = s.parent(ctx, tx, needs.project, needs.number)
	}
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
		err = fault.Field("find", "There is no such task, or it is not for you.")
	}
	return b, err
}

// AddWait makes a task wait for another one; nothing is written when it does already.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid for what can't wait for each other, a loop with its tasks named.
func (s *taskStore) AddWait(ctx context.Context, waits, needs end) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		b, err := s.lockEnds(ctx, tx, waits, needs)
		if err != nil {
			return err
		}
		there, err := s.mayWait(ctx, tx, b)
		if err != nil || there {
			tx.Unchanged()
			return err
		}
		if _, err := tx.NewInsert().Model(&needRow{TaskID: b.waits.ID, NeedsID: b.needs.ID}).Exec(ctx); err != nil {
			return fmt.Errorf("make task %d wait: %w", b.waits.ID, err)
		}
		if err := b.count(ctx, tx, 1); err != nil {
			return err
		}
		b.say(tx, "made it wait for "+b.said(), data.Field{Name: "waits", New: b.said()})
		return nil
	})
}

// RemoveWait ends a dependency; nothing is written when there is none.
// Errors: fault.NotFound; fault.Forbidden.
func (s *taskStore) RemoveWait(ctx context.Context, at end, other int64, kind string) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		var projects []int64
		if err := tx.NewSelect().Table("tasks").Column("project_id").Where("id = ?", other).Scan(ctx, &projects); err != nil {
			return err
		}
		if err := lockProjects(ctx, tx, append(projects, at.project)...); err != nil {
			return err
		}
		b, err := s.knownEnds(ctx, tx, at, other, kind)
		if err != nil {
			return err
		}
		res, err := tx.NewDelete().Table("task_dependencies").Where("task_id = ?", b.waits.ID).Where("needs_id = ?", b.needs.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("end a dependency of task %d: %w", b.waits.ID, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			tx.Unchanged()
			return err
		}
		if err := b.count(ctx, tx, -1); err != nil {
			return err
		}
		b.say(tx, "let it wait no more for "+b.said(), data.Field{Name: "waits", Old: b.said()})
		return nil
	})
}

// knownEnds are the ends of a dependency that the viewer ends: who may work on the task that waits may end it, also when they may not know what for.
// Without the dependency there is no other end, so that nobody learns by asking which ids there are.
func (s *taskStore) knownEnds(ctx context.Context, tx *data.Tx, at end, other int64, kind string) (bothEnds, error) {
	var b bothEnds
	h, err := s.lockProject(ctx, tx, at.project)
	if err != nil {
		return b, err
	}
	here, _, err := s.parent(ctx, tx, at.project, at.number)
	if err != nil {
		return b, errNoTask()
	}
	there, thereProject := Task{}, heldProject{}
	link := "t.id IN (SELECT d.needs_id FROM task_dependencies AS d WHERE d.task_id = ?)"
	if kind == neededBy {
		link = "t.id IN (SELECT d.task_id FROM task_dependencies AS d WHERE d.needs_id = ?)"
	}
	err = tx.NewSelect().Model(&there).Where("t.id = ?", other).Where(link, here.ID).Scan(ctx)
	if err == nil {
		thereProject, err = loadHeld(ctx, tx, there.ProjectID)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return b, err
	}
	b = bothEnds{here, there, h, thereProject}
	if kind == neededBy {
		b = bothEnds{there, here, thereProject, h}
	}
	v := auth.From(ctx)
	if b.waits.ID != 0 && !b.waitsProject.mayTask(v, b.waits) || !h.mayTask(v, here) {
		return b, errNotTeam()
	}
	return b, nil
}

// mayWait refuses what can't wait for each other; there is true when the one waits for the other already.
func (s *taskStore) mayWait(ctx context.Context, tx *data.Tx, b bothEnds) (there bool, err error) {
	if b.waits.ID == b.needs.ID {
		return false, fault.Field("find", "A task can't wait for itself.")
	}
	if b.waits.ProjectID != b.needs.ProjectID && (b.waitsProject.Project.Template || b.needsProject.Project.Template) {
		return false, fault.Field("find", "Tasks of a template wait only for tasks of the same template.")
	}
	for _, pair := range [][2]Task{{b.waits, b.needs}, {b.needs, b.waits}} {
		up, err := isAbove(ctx, tx, pair[0].ID, pair[1])
		if err != nil {
			return false, err
		}
		if up {
			return false, fault.Field("find", "“%s” is part of “%s”: a part and its whole can't wait for each other.", pair[1].Name, pair[0].Name)
		}
	}
	var rows []needRow
	err = tx.NewSelect().Model(&rows).Where("task_id = ?", b.waits.ID).WhereOr("needs_id = ?", b.needs.ID).Scan(ctx)
	if err != nil {
		return false, fmt.Errorf("dependencies of task %d: %w", b.waits.ID, err)
	}
	needs := 0
	for _, r := range rows {
		there = there || r.TaskID == b.waits.ID && r.NeedsID == b.needs.ID
		if r.TaskID == b.waits.ID {
			needs++
		}
	}
	switch {
	case there:
		return true, nil
	case needs >= waitsMost:
		return false, fault.Field("find", "“%s” waits for %d tasks already; it can't wait for more.", b.waits.Name, waitsMost)
	case len(rows)-needs >= waitsMost:
		return false, fault.Field("find", "%d tasks wait for “%s” already; more can't.", waitsMost, b.needs.Name)
	}
	return false, s.noLoop(ctx, tx, b)
}

// isAbove reports whether the task is part of the one with that id, or of a part of it.
func isAbove(ctx context.Context, tx *data.Tx, above int64, t Task) (bool, error) {
	for up := t.ParentID; up != nil; {
		if *up == above {
			return true, nil
		}
		var next []*int64
		if err := tx.NewSelect().Table("tasks").Column("parent_id").Where("id = ?", *up).Scan(ctx, &next); err != nil {
			return false, fmt.Errorf("what task %d is part of: %w", t.ID, err)
		}
		if up = nil; len(next) > 0 {
			up = next[0]
		}
	}
	return false, nil
}

// noLoop refuses a dependency that would close a loop. Dependencies are read a project at a time, which takes a few
// queries however long the loop is: to follow them one by one takes as many as it has tasks.
func (s *taskStore) noLoop(ctx context.Context, tx *data.Tx, b bothEnds) error {
	all, read := waiting{}, 0
	seen := map[int64]bool{}
	for next := []int64{b.needs.ProjectID}; len(next) > 0; {
		var rows []struct {
			needRow `bun:",extend"`
			Leads   int64 // the project of the needed task
		}
		err := tx.NewSelect().TableExpr("tasks AS t").Join("JOIN task_dependencies AS d ON d.task_id = t.id").Join("JOIN tasks AS n ON n.id = d.needs_id").
			ColumnExpr("d.task_id, d.needs_id, n.project_id AS leads").Where("t.project_id IN (?)", list(next)).Limit(loopMost).Scan(ctx, &rows)
		if err != nil {
			return fmt.Errorf("dependencies of projects: %w", err)
		}
		for _, n := range next {
			seen[n] = true
		}
		next = nil
		for _, r := range rows {
			all[r.TaskID] = append(all[r.TaskID], r.NeedsID)
			if !seen[r.Leads] && !slices.Contains(next, r.Leads) {
				next = append(next, r.Leads)
			}
		}
		if read += len(rows); read >= loopMost {
			return fault.Field("find", "Too many tasks hang together here: more than %d dependencies. End some of them first.", loopMost)
		}
	}
	way := all.way(b.needs.ID, b.waits.ID)
	if way == nil {
		return nil
	}
	names, err := s.namesOf(ctx, tx, append([]int64{b.waits.ID}, way...))
	if err != nil {
		return err
	}
	return fault.Field("find", "That would close a loop: %s.", inWords(names))
}

// namesOf are the keys of the tasks, in their order; those that the viewer may not know of have none.
func (s *taskStore) namesOf(ctx context.Context, tx *data.Tx, ids []int64) ([]string, error) {
	var rows []Task
	if err := tx.NewSelect().Model(&rows).Column("id", "project_id", "number").Where("t.id IN (?)", list(sorted(ids))).Scan(ctx); err != nil {
		return nil, fmt.Errorf("name tasks: %w", err)
	}
	byID, projects := map[int64]Task{}, []int64{}
	for _, t := range rows {
		byID[t.ID] = t
		projects = append(projects, t.ProjectID)
	}
	known, err := s.projects.knownAmong(ctx, tx, projects)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, n := range ids {
		p, ok := known[byID[n].ProjectID]
		if !ok {
			names = append(names, unseenTask)
			continue
		}
		names = append(names, byID[n].Key(p))
	}
	return names, nil
}

// count adds to what the waiting task waits for, if the needed one is open and there.
func (b bothEnds) count(ctx context.Context, tx *data.Tx, by int) error {
	if !b.needs.Open || b.needs.DeletedAt != nil || b.needsProject.Project.DeletedAt != nil && b.needs.ProjectID != b.waits.ProjectID {
		return nil
	}
	_, err := tx.NewUpdate().Table("tasks").Set("waits_on = waits_on + ?", by).Where("id = ?", b.waits.ID).Exec(ctx)
	return err
}

// said is the needed task as the history of the waiting one names it: who reads that need not know of the other's project.
func (b bothEnds) said() string {
	if b.needsProject.Project.Private && b.needs.ProjectID != b.waits.ProjectID {
		return "a task of another project"
	}
	return b.needs.Key(b.needsProject.Project)
}

// say is the change of a dependency: of the task that waits. The other one's page shows it too.
func (b bothEnds) say(tx *data.Tx, what string, f data.Field) {
	tx.Changed(b.waits.change(b.waitsProject.Project, what, f), linked{ID: b.needs.ID, ProjectID: b.needs.ProjectID}.elsewhere(false))
}
