package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portal/app/data"
)

// tasks writes the tasks, those that others are parts of first.
func (c *copying) tasks(ctx context.Context) error {
	c.ids.tasks = map[int64]int64{}
	rest, place := c.from.ordered(c.view.words)
	taken, numbers := map[int64]bool{}, map[int64]int64{}
	for i, t := range rest {
		taken[t.ID], numbers[t.ID] = true, int64(i+1)
	}
	waits := c.waits(taken)
	for len(rest) > 0 {
		var rows []Task
		var level, later []Task
		for _, t := range rest {
			if t.ParentID != nil && taken[*t.ParentID] && c.ids.tasks[*t.ParentID] == 0 {
				later = append(later, t)
				continue
			}
			row, err := c.task(t)
			if err != nil {
				return err
			}
			row.Number, row.Position, row.WaitsOn = numbers[t.ID], place[t.ID], waits[t.ID]
			row.fill(c.to)
			rows, level = append(rows, row), append(level, t)
		}
		if len(level) == 0 { // only damaged data has parts in a loop
			return fmt.Errorf("copy project %d: tasks are parts of each other", c.from.heldProject.Project.ID)
		}
		if err := insertAll(ctx, c.tx, rows); err != nil {
			return err
		}
		if err := c.number(ctx, level, numbers); err != nil {
			return err
		}
		rest = later
	}
	return nil
}

// number looks up which ids the tasks have got that were written.
func (c *copying) number(ctx context.Context, level []Task, numbers map[int64]int64) error {
	var rows []struct{ ID, Number int64 }
	if err := c.tx.NewSelect().Table("tasks").Column("id", "number").Where("project_id = ?", c.to.ID).Scan(ctx, &rows); err != nil {
		return fmt.Errorf("copy a project: %w", err)
	}
	byNumber := map[int64]int64{}
	for _, r := range rows {
		byNumber[r.Number] = r.ID
	}
	for _, t := range level {
		c.ids.tasks[t.ID] = byNumber[numbers[t.ID]]
	}
	return nil
}

// task is the copy of a task: not begun, whatever it was.
func (c *copying) task(t Task) (Task, error) {
	row := Task{
		ProjectID: c.to.ID, ParentID: in(c.ids.tasks, t.ParentID), Name: t.Name, Summary: t.Summary, Description: t.Description, StatusID: t.StatusID,
		PriorityID: t.PriorityID, Open: true, Estimate: t.Estimate, MilestoneID: in(c.ids.milestones, t.MilestoneID), RepeatRule: t.RepeatRule,
		CreatedBy: c.to.CreatedBy, Version: 1, CreatedAt: c.tx.Now, UpdatedAt: c.tx.Now,
	}
	if c.view.words.Status(t.StatusID).Stage != StageTodo {
		row.StatusID = c.view.words.stage(StageTodo).ID
	}
	if c.form.Assignees {
		row.AssigneeID, row.QueueID = c.person(t.AssigneeID), t.QueueID
	}
	var labels []string
	for _, n := range t.Labels() {
		if to := c.ids.labels[n]; to != 0 {
			labels = append(labels, id(to))
		}
	}
	row.LabelIDs = strings.Join(labels, ",")
	var err error
	if row.StartOn, err = c.shift.of(t.StartOn); err != nil {
		return row, err
	}
	row.DueOn, err = c.shift.of(t.DueOn)
	return row, err
}

// person is who a task or todo of the source is assigned to, nil when they may not sign in any more.
func (c *copying) person(n *int64) *int64 {
	if p := c.view.people.ByID(data.OrZero(n)); p.ID == 0 || p.Locked {
		return nil
	}
	return n
}

// waits is for how many tasks each one waits in the copy, where all are open.
func (c *copying) waits(taken map[int64]bool) map[int64]int64 {
	c.from.needs = slices.DeleteFunc(c.from.needs, func(r needRow) bool { return !taken[r.TaskID] || !taken[r.NeedsID] })
	all := map[int64]int64{}
	for _, r := range c.from.needs {
		all[r.TaskID]++
	}
	return all
}

// taskLabels writes which task has which labels.
func (c *copying) taskLabels(ctx context.Context) error {
	var rows []taskLabel
	for _, t := range c.from.tasks {
		for _, n := range t.Labels() {
			if to := c.ids.labels[n]; to != 0 {
				rows = append(rows, taskLabel{TaskID: c.ids.tasks[t.ID], LabelID: to})
			}
		}
	}
	return insertAll(ctx, c.tx, rows)
}

// needs writes what waits for what.
func (c *copying) needs(ctx context.Context) error {
	var rows []needRow
	for _, r := range c.from.needs {
		rows = append(rows, needRow{TaskID: c.ids.tasks[r.TaskID], NeedsID: c.ids.tasks[r.NeedsID]})
	}
	return insertAll(ctx, c.tx, rows)
}

// todos writes the todos of the project and of the tasks that are taken along, none of them ticked.
func (c *copying) todos(ctx context.Context) error {
	var rows []Todo
	for _, t := range c.from.todos {
		if t.TaskID != nil && c.ids.tasks[*t.TaskID] == 0 {
			continue
		}
		due, err := c.shift.of(t.DueOn)
		if err != nil {
			return err
		}
		row := Todo{
			ProjectID: c.to.ID, TaskID: in(c.ids.tasks, t.TaskID), Text: t.Text, DueOn: due, Position: t.Position, CreatedBy: c.to.CreatedBy, Version: 1,
			CreatedAt: c.tx.Now, UpdatedAt: c.tx.Now,
		}
		if c.form.Assignees {
			row.AssigneeID = c.person(t.AssigneeID)
		}
		rows = append(rows, row)
	}
	return insertAll(ctx, c.tx, rows)
}
