package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

// copyBatch is how many rows of a copy one statement writes.
const copyBatch = 250

// copying is a copy on its way into the database.
type copying struct {
	tx    *data.Tx
	view  view
	form  copyForm
	from  copied
	to    Project
	shift shift
	ids   copyIDs
}

// Copy makes a project from another one, which the viewer must know of and leads from then on. A private one's copy is private.
// What is done in the source starts anew; tasks get numbers from 1 on.
// Errors: fault.NotFound; fault.Invalid at the field.
func (s *projectStore) Copy(ctx context.Context, source int64, f copyForm) (Project, error) {
	v, err := s.view(ctx)
	if err != nil {
		return Project{}, err
	}
	var p Project
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		if made, err := doneBefore(ctx, tx, "copy of "+id(source), f.Once); err != nil || made != 0 {
			tx.Unchanged()
			p.ID = made
			return err
		}
		h, err := loadHot(ctx, tx, source)
		if err != nil {
			return err
		}
		if !h.mayKnow(auth.From(ctx)) || h.Project.DeletedAt != nil {
			return errNoProject()
		}
		c := &copying{tx: tx, view: v, form: f}
		if c.from, err = s.readCopy(ctx, tx, h, f); err != nil {
			return err
		}
		if c.shift, err = f.shift(c.from, at(ctx, tx.Now)); err != nil {
			return err
		}
		if p, err = s.copyInto(ctx, c); err != nil {
			return err
		}
		if err := keepDone(ctx, tx, "copy of "+id(source), f.Once, p.ID); err != nil {
			return err
		}
		tx.Changed(p.change(copySaid(h.Project, f)))
		return nil
	})
	return p, err
}

// copySaid is the sentence of a copy. A private source has no name in it: others may come to know of the copy.
func copySaid(source Project, f copyForm) string {
	what := "made the project from another one"
	if f.Template {
		what = "made the template from a project"
	}
	if source.Private {
		return what
	}
	return what + ": " + source.Name
}

// shift is how the days of what is taken along move.
// Errors: fault.Invalid at the day.
func (f copyForm) shift(c copied, at moment) (shift, error) {
	first, err := clock.ParseDay(f.FirstOn, at.today)
	if err != nil {
		return shift{}, fault.Field("first_on", "%s.", err)
	}
	return shiftTo(first, f.Weekdays, c.days()), nil
}

// copyInto writes the project and all that it takes along.
func (s *projectStore) copyInto(ctx context.Context, c *copying) (Project, error) {
	src, me := c.from.hot.Project, auth.From(ctx).ID
	c.to = Project{
		Name: strings.TrimSpace(c.form.Name), TaskKey: c.form.TaskKey, Summary: src.Summary, Description: c.from.about, Icon: src.Icon, StatusID: c.view.words.stage(StageTodo).ID,
		PriorityID: src.PriorityID, Private: src.Private, LeadID: optional(me), NotifyCreated: src.NotifyCreated, NotifyDone: src.NotifyDone,
		NotifyComment: src.NotifyComment, WaitsRule: src.WaitsRule, Template: c.form.Template, CreatedBy: optional(me), Version: 1,
		CreatedAt: c.tx.Now, UpdatedAt: c.tx.Now,
	}
	if c.to.Name == "" {
		return c.to, fault.Field("name", "This is needed.")
	}
	if err := s.insert(ctx, c.tx, &c.to); err != nil {
		return c.to, err
	}
	if c.form.Team {
		if _, err := setTeam(ctx, c.tx, c.to.ID, Team{}, c.from.hot.Team.there(c.view), c.view); err != nil {
			return c.to, err
		}
	}
	for _, write := range []func(context.Context) error{c.labels, c.milestones, c.tasks, c.taskLabels, c.needs, c.todos} {
		if err := write(ctx); err != nil {
			return c.to, err
		}
	}
	c.to.TasksTotal, c.to.LastNumber = int64(len(c.from.tasks)), int64(len(c.from.tasks))
	_, err := c.tx.NewUpdate().Model(&c.to).Column("tasks_total", "last_number").WherePK().Exec(ctx)
	return c.to, err
}

// there is the team without roles and people that are gone.
func (t Team) there(v view) Team {
	gone := func(n int64) bool { return v.people.ByID(n).ID == 0 }
	return Team{
		Watchers: slices.DeleteFunc(slices.Clone(t.Watchers), gone), Stakeholders: slices.DeleteFunc(slices.Clone(t.Stakeholders), gone),
		Shareholders: slices.DeleteFunc(slices.Clone(t.Shareholders), gone),
		Roles:        slices.DeleteFunc(slices.Clone(t.Roles), func(r int64) bool { return v.access.RoleName(r) == "" }),
	}
}

// insertAll writes the rows, so many with each statement.
func insertAll[T any](ctx context.Context, tx *data.Tx, rows []T) error {
	for part := range slices.Chunk(rows, copyBatch) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return fmt.Errorf("copy a project: %w", err)
		}
	}
	return nil
}

// labels writes the project's labels.
func (c *copying) labels(ctx context.Context) error {
	c.ids.labels = map[int64]int64{}
	if !c.form.Labels || len(c.from.hot.Labels) == 0 {
		return nil
	}
	var rows []Label
	for _, l := range c.from.hot.Labels {
		rows = append(rows, Label{ProjectID: c.to.ID, Name: l.Name, NameKey: data.Fold(l.Name), Tone: l.Tone, Version: 1, CreatedAt: c.tx.Now, UpdatedAt: c.tx.Now})
	}
	if err := insertAll(ctx, c.tx, rows); err != nil {
		return err
	}
	made := hot{Project: c.to}
	if err := loadPlan(ctx, c.tx, &made); err != nil {
		return err
	}
	for _, l := range c.from.hot.Labels {
		at := slices.IndexFunc(made.Labels, func(o Label) bool { return o.Name == l.Name })
		c.ids.labels[l.ID] = made.Labels[at].ID
	}
	return nil
}

// milestones writes the project's milestones, none of them reached.
func (c *copying) milestones(ctx context.Context) error {
	c.ids.milestones = map[int64]int64{}
	for _, m := range c.from.milestones {
		due, err := c.shift.of(m.DueOn)
		if err != nil {
			return err
		}
		row := Milestone{
			ProjectID: c.to.ID, Name: m.Name, Description: m.Description, DueOn: due, CreatedBy: c.to.CreatedBy, Version: 1,
			CreatedAt: c.tx.Now, UpdatedAt: c.tx.Now,
		}
		if _, err := c.tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("copy a milestone: %w", err)
		}
		c.ids.milestones[m.ID] = row.ID
	}
	return nil
}

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
			return fmt.Errorf("copy project %d: tasks are parts of each other", c.from.hot.Project.ID)
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
	if p := c.view.people.ByID(value(n)); p.ID == 0 || p.Locked {
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
