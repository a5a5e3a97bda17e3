package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"portal/app/clock"
	"portal/app/data"
)

// demoLabels are the labels of every project of the demo department, in the order of their names.
var demoLabels = []struct{ name, tone string }{
	{"Cabling", "teal"}, {"Documentation", "slate"}, {"Hall B", "violet"}, {"Power", "amber"}, {"Vendor", "pink"},
}

// demoEstimates are what the demo department's tasks are estimated at, in minutes; 0 is not at all.
var demoEstimates = []int64{0, 30, 60, 120, 240, 480, 0, 960, 90}

// labelID is the id of one of a project's labels: they are given out by the projects' ids.
func labelID(project int64, place int) int64 {
	return (project-1)*int64(len(demoLabels)) + int64(place) + 1
}

// planTasks gives tasks labels, estimates and a few of them a queue. It goes by the tasks' ids, so that it is the same each time.
func (f *filling) planTasks(ctx context.Context, tx *data.Tx) error {
	var queue int64
	if err := tx.NewSelect().Table("roles").Column("id").Where("name = ?", "manager").Scan(ctx, &queue); err != nil {
		return fmt.Errorf("the role of a queue: %w", err)
	}
	for i := range f.tasks {
		t := &f.tasks[i]
		t.Estimate = demoEstimates[t.ID%int64(len(demoEstimates))]
		var ids []string
		for place := range demoLabels {
			if (t.ID+int64(place)*3)%11 == 0 {
				ids = append(ids, id(labelID(t.ProjectID, place)))
			}
		}
		t.LabelIDs = strings.Join(ids, ",")
		if t.AssigneeID == nil && t.Open && t.ID%5 == 0 {
			t.QueueID = &queue
		}
	}
	return nil
}

// writeLabels writes the labels of all projects, and which tasks have them.
func (f *filling) writeLabels(ctx context.Context, tx *data.Tx) error {
	var rows []Label
	for _, p := range f.projects {
		for place, l := range demoLabels {
			rows = append(rows, Label{
				ID: labelID(p.ID, place), ProjectID: p.ID, Name: l.name, NameKey: data.Fold(l.name), Tone: l.tone, Version: 1, CreatedAt: p.CreatedAt, UpdatedAt: p.CreatedAt,
			})
		}
	}
	if err := writeRows(ctx, tx, f, rows, 0); err != nil {
		return err
	}
	for part := range slices.Chunk(f.tasks, 2000) {
		var marks []taskLabel
		for _, t := range part {
			for _, n := range t.Labels() {
				marks = append(marks, taskLabel{TaskID: t.ID, LabelID: n})
			}
		}
		if err := writeRows(ctx, tx, f, marks, 0); err != nil {
			return err
		}
	}
	return nil
}

// demoSteps are the tasks of the template that a demo department has.
var demoSteps = []struct {
	name     string
	day      int // from the first one's
	estimate int64
}{{"Plan the window with the team", 0, 120}, {"Tell who is affected", 2, 30}, {"Do the work", 7, 480}, {"Check it with the owners", 8, 60}, {"Write up what was learnt", 10, 90}}

// writeTemplate writes a template that new projects can be made from.
func (f *filling) writeTemplate(ctx context.Context, tx *data.Tx) error {
	p := Project{
		Name: "Maintenance window", TaskKey: "MWTPL", Summary: "What every planned outage needs", Icon: "tool", StatusID: f.words.stage(StageTodo).ID, PriorityID: f.words.usual().ID,
		LeadID: &f.IDs[0], NotifyDone: true, NotifyComment: true, WaitsRule: waitsRefuse, Template: true, TasksTotal: int64(len(demoSteps)), LastNumber: int64(len(demoSteps)),
		CreatedBy: &f.IDs[0], Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	p.fill()
	if _, err := tx.NewInsert().Model(&p).Exec(ctx); err != nil {
		return err
	}
	var rows []Task
	past := []pastRow{{Kind: "projects.project", ThingID: p.ID, Version: 1, What: "made the template", UserID: p.CreatedBy, UserName: f.People[0].Name, CreatedAt: tx.Now}}
	first := int64(len(f.tasks) + 1)
	for i, d := range demoSteps {
		t := Task{
			ProjectID: p.ID, Number: int64(i + 1), Name: d.name, StatusID: p.StatusID, PriorityID: p.PriorityID, DueOn: clock.DayOf(tx.Now, time.UTC).Add(d.day), Estimate: d.estimate,
			Position: int64(i+1) * gap, Open: true, CreatedBy: p.CreatedBy, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		t.ID = first + int64(i)
		t.fill(p)
		rows = append(rows, t)
		past = append(past, pastRow{Kind: "projects.task", ThingID: t.ID, ParentID: p.ID, Version: 1, What: "made the task", UserID: p.CreatedBy, UserName: f.People[0].Name, CreatedAt: tx.Now})
	}
	if err := writeRows(ctx, tx, f, past, 0); err != nil {
		return err
	}
	return writeRows(ctx, tx, f, rows, 0)
}
