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
	"portal/app/formresult"
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
		sent := formresult.Form{Makes: "copy of " + id(source), Once: f.Once}
		if made, err := sent.Before(ctx, tx); err != nil || made != 0 {
			tx.Unchanged()
			p.ID = made
			return err
		}
		h, err := loadHeld(ctx, tx, source)
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
		if err := sent.Keep(ctx, tx, p.ID); err != nil {
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
	src, me := c.from.heldProject.Project, auth.From(ctx).ID
	c.to = Project{
		Name: strings.TrimSpace(c.form.Name), TaskKey: c.form.TaskKey, Summary: src.Summary, Description: c.from.about, Icon: src.Icon, StatusID: c.view.words.stage(StageTodo).ID,
		PriorityID: src.PriorityID, Private: src.Private, LeadID: data.Optional(me), NotifyCreated: src.NotifyCreated, NotifyDone: src.NotifyDone,
		NotifyComment: src.NotifyComment, WaitsRule: src.WaitsRule, Template: c.form.Template, CreatedBy: data.Optional(me), Version: 1,
		CreatedAt: c.tx.Now, UpdatedAt: c.tx.Now,
	}
	if c.to.Name == "" {
		return c.to, fault.Field("name", "This is needed.")
	}
	if err := s.insert(ctx, c.tx, &c.to); err != nil {
		return c.to, err
	}
	if c.form.Team {
		if _, err := setTeam(ctx, c.tx, c.to.ID, Team{}, c.from.heldProject.Team.there(c.view), c.view); err != nil {
			return c.to, err
		}
	}
	for _, write := range []func(context.Context) error{c.limits, c.labels, c.milestones, c.tasks, c.taskLabels, c.needs, c.todos} {
		if err := write(ctx); err != nil {
			return c.to, err
		}
	}
	c.to.TasksTotal, c.to.LastNumber = int64(len(c.from.tasks)), int64(len(c.from.tasks))
	if _, err := c.tx.NewUpdate().TableExpr("projects").Apply(setCounts).Set("last_number = ?", c.to.LastNumber).Where("id = ?", c.to.ID).Exec(ctx); err != nil {
		return c.to, err
	}
	for _, id := range c.ids.milestones {
		c.tx.Touched(findMilestone, id)
	}
	return c.to, touchTasks(ctx, c.tx, "t.project_id = ?", c.to.ID)
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

// limits writes how many tasks the columns of the board may hold.
func (c *copying) limits(ctx context.Context) error {
	var rows []Limit
	for _, l := range c.from.heldProject.Limits {
		rows = append(rows, Limit{ProjectID: c.to.ID, StatusID: l.StatusID, Most: l.Most})
	}
	return insertAll(ctx, c.tx, rows)
}

// labels writes the project's labels.
func (c *copying) labels(ctx context.Context) error {
	c.ids.labels = map[int64]int64{}
	if !c.form.Labels || len(c.from.heldProject.Labels) == 0 {
		return nil
	}
	var rows []Label
	for _, l := range c.from.heldProject.Labels {
		rows = append(rows, Label{ProjectID: c.to.ID, Name: l.Name, NameKey: data.Key(l.Name), Tone: l.Tone, Version: 1, CreatedAt: c.tx.Now, UpdatedAt: c.tx.Now})
	}
	if err := insertAll(ctx, c.tx, rows); err != nil {
		return err
	}
	made := heldProject{Project: c.to}
	if err := loadPlan(ctx, c.tx, &made); err != nil {
		return err
	}
	for _, l := range c.from.heldProject.Labels {
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
