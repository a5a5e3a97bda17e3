package projects

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/feature"
	"portal/app/legacy"
)

// needRow is a row of task_dependencies.
type needRow struct {
	bun.BaseModel `bun:"table:task_dependencies"`
	TaskID        int64
	NeedsID       int64
}

// slot is a column of a board.
type slot struct{ project, status int64 }

func (a *arrival) takeTasks(ctx context.Context) error {
	all, err := a.Rows(ctx, "task")
	if err != nil {
		return err
	}
	rows, err := a.Unseen(ctx, "task", feature.ByID)
	if err != nil {
		return err
	}
	ids, err := legacy.NumbersFor(ctx, a.tx, "tasks", rows)
	if err != nil {
		return err
	}
	past, err := a.Rows(ctx, "history")
	if err != nil {
		return err
	}
	ends, err := a.ownTasks(ctx)
	if err != nil {
		return err
	}
	t := newTree(all, func(r legacy.Record) bool { return a.IDs.Of("project", r.Int("project_id")) != 0 })
	done := doneAt(past)
	tasks := map[int64]Task{}
	for _, r := range rows {
		if t.project[r.ID()] == 0 {
			a.Leave("task", feature.ByID(r), "Its project %s is not there.", oldNumber(r, "project_id"))
			continue
		}
		task, mended, err := a.task(ctx, r, done[r.ID()])
		if err != nil {
			return err
		}
		task.ID = ids.Give(r.ID())
		tasks[r.ID()] = task
		a.finish("task", feature.ByID(r), task.ID, append(mended, t.mended[r.ID()]...))
	}
	a.arrange(rows, tasks, ends)
	return a.insertTasks(ctx, rows, tasks, t)
}

// task is what an old row becomes, but for its id, its place and what it is part of.
func (a *arrival) task(ctx context.Context, r legacy.Record, done time.Time) (Task, []string, error) {
	var mended []string
	text := textsOf(r, "Task", &mended)
	t := Task{
		ProjectID: a.IDs.Of("project", r.Int("project_id")), Name: text.name, Summary: text.summary, Description: text.description,
		AssigneeID: a.who(r, "assigned_to_id", "assignee", &mended), DueOn: day(r, "due_date", &mended), CreatedBy: a.by(r.Text("created_by")), Version: 1,
	}
	status, err := a.taskStatus(ctx, r, &mended)
	if err != nil {
		return t, nil, err
	}
	priority, err := a.taskPriority(ctx, r, &mended)
	if err != nil {
		return t, nil, err
	}
	p := a.projects[t.ProjectID]
	p.LastNumber++
	a.projects[p.ID], a.touched[p.ID] = p, true
	t.Number, t.PriorityID = p.LastNumber, priority.ID
	t.CreatedAt, t.UpdatedAt = times(r, p.CreatedAt, &mended)
	if done.IsZero() {
		done = t.UpdatedAt
	}
	t.move(status, done)
	t.fill(p)
	return t, mended, nil
}

// ownTasks reads the tasks that are here already; ends is the last place of each column.
func (a *arrival) ownTasks(ctx context.Context) (ends map[slot]int64, err error) {
	var ours []Task
	if err := a.tx.NewSelect().Model(&ours).Column("id", "project_id", "number", "name", "status_id", "position", "open", "deleted_at", "created_at", "updated_at").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	ends = map[slot]int64{}
	for _, t := range ours {
		a.tasks[t.ID] = t
		at := slot{t.ProjectID, t.StatusID}
		ends[at] = max(ends[at], t.Position)
	}
	return ends, nil
}

// arrange puts the new tasks at the end of their columns, in the order they had.
func (a *arrival) arrange(rows []legacy.Record, tasks map[int64]Task, ends map[slot]int64) {
	for _, r := range slices.SortedFunc(slices.Values(rows), inColumn) {
		t, ok := tasks[r.ID()]
		if !ok {
			continue
		}
		at := slot{t.ProjectID, t.StatusID}
		ends[at] += gap
		t.Position = ends[at]
		tasks[r.ID()] = t
	}
}

// insertTasks writes the tasks, those that others are part of first.
func (a *arrival) insertTasks(ctx context.Context, rows []legacy.Record, tasks map[int64]Task, t *tree) error {
	var fresh []Task
	depth := map[int64]int{} // by our id
	for _, r := range rows {
		task, ok := tasks[r.ID()]
		if !ok {
			continue
		}
		if parent := t.parent[r.ID()]; parent != 0 {
			task.ParentID = data.Optional(a.IDs.Of("task", parent))
		}
		depth[task.ID] = t.depth(r.ID())
		a.tasks[task.ID] = task
		fresh = append(fresh, task)
	}
	slices.SortStableFunc(fresh, func(x, y Task) int { return cmp.Compare(depth[x.ID], depth[y.ID]) })
	return legacy.Insert(ctx, a.tx, fresh)
}

// taskName is what people call a task.
func (a *arrival) taskName(id int64) string {
	t := a.tasks[id]
	return t.Key(a.projects[t.ProjectID])
}

func (a *arrival) takeDependencies(ctx context.Context) error {
	key := func(r legacy.Record) string { return legacy.Key(r.Int("task_id"), r.Int("dependency_id")) }
	rows, err := a.Unseen(ctx, "task_dependencies", key)
	if err != nil || len(rows) == 0 {
		return err
	}
	var ours []needRow
	if err := a.tx.NewSelect().Model(&ours).Scan(ctx); err != nil {
		return fmt.Errorf("read dependencies: %w", err)
	}
	waits := waiting{}
	for _, n := range ours {
		waits[n.TaskID] = append(waits[n.TaskID], n.NeedsID)
	}
	var fresh []needRow
	for _, r := range rows {
		task, needs := a.IDs.Of("task", r.Int("task_id")), a.IDs.Of("task", r.Int("dependency_id"))
		way := waits.way(needs, task)
		switch {
		case task == 0 || needs == 0:
			a.Leave("task_dependencies", key(r), "One of the tasks %d and %d is not there.", r.Int("task_id"), r.Int("dependency_id"))
			continue
		case task == needs:
			a.Leave("task_dependencies", key(r), "%s would wait for itself.", a.taskName(task))
			continue
		case way != nil:
			a.Leave("task_dependencies", key(r), "The tasks would wait for each other in a loop: %s.", a.loop(task, way))
			continue
		case slices.Contains(waits[task], needs):
			a.Report.Merge("task_dependencies", key(r), "%s waits for %s already.", a.taskName(task), a.taskName(needs))
			a.IDs.Keep("task_dependencies", key(r), task)
			continue
		}
		var mended []string
		if a.tasks[task].ProjectID != a.tasks[needs].ProjectID {
			mended = append(mended, fmt.Sprintf("%s waits for %s, a task of another project", a.taskName(task), a.taskName(needs)))
		}
		waits[task] = append(waits[task], needs)
		fresh = append(fresh, needRow{TaskID: task, NeedsID: needs})
		a.finish("task_dependencies", key(r), task, mended)
	}
	if err := legacy.Insert(ctx, a.tx, fresh); err != nil {
		return err
	}
	return a.countWaits(ctx, fresh)
}

// countWaits counts what the tasks of new dependencies wait for.
func (a *arrival) countWaits(ctx context.Context, fresh []needRow) error {
	counts := map[int64]int{}
	for _, n := range fresh {
		if t := a.tasks[n.NeedsID]; t.Open && t.DeletedAt == nil {
			counts[n.TaskID]++
		}
	}
	for n, more := range counts {
		if _, err := a.tx.NewUpdate().Table("tasks").Set("waits_on = waits_on + ?", more).Where("id = ?", n).Exec(ctx); err != nil {
			return fmt.Errorf("count what task %d waits for: %w", n, err)
		}
	}
	return nil
}

// loop names the tasks of a loop: the one that would close it, and the way back to it.
func (a *arrival) loop(task int64, way []int64) string {
	names := []string{a.taskName(task)}
	for _, id := range way {
		names = append(names, a.taskName(id))
	}
	return strings.Join(names, " → ")
}
