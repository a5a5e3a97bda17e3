package projects

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/demo"
	"portal/app/fault"
	"portal/app/feature"
)

// filling is a demo department on its way into the database. Ids are given out here, from 1
// on, so that rows can name each other before they are written.
type filling struct {
	feature.Department
	words    *words
	projects []Project
	tasks    []Task
	past     []pastRow
	done     int // rows written
}

// pastRow is a row of history.
type pastRow struct {
	bun.BaseModel `bun:"table:history"`
	ID            int64 `bun:",pk,autoincrement"`
	Kind          string
	ThingID       int64
	ParentID      int64
	Version       int64
	Field         string
	OldValue      string
	NewValue      string
	What          string
	UserID        *int64
	UserName      string
	CreatedAt     time.Time
}

// memberRow is a row of project_people.
type memberRow struct {
	bun.BaseModel `bun:"table:project_people"`
	ProjectID     int64  `bun:",pk"`
	UserID        int64  `bun:",pk"`
	Kind          string `bun:",pk"`
}

// fillDemo writes the department's projects and all that hangs on them.
// Errors: fault.Conflict when there is a project already.
func fillDemo(ctx context.Context, tx *data.Tx, d feature.Department) error {
	have, err := tx.NewSelect().Table("projects").Count(ctx)
	if err != nil {
		return fmt.Errorf("count projects: %w", err)
	}
	if have > 0 {
		return fault.New(fault.Conflict, "This database is not empty (projects: %d); the demo department needs an empty one. Name another by PORTAL_DATA_DIR or PORTAL_DATABASE_URL.", have)
	}
	f := &filling{Department: d}
	if f.words, err = loadWords(ctx, tx); err != nil {
		return err
	}
	f.makeProjects()
	f.makeTasks()
	f.makeRepeats()
	if err := f.planTasks(ctx, tx); err != nil {
		return err
	}
	plan := f.plan(tx.Now)
	if err := writeRows(ctx, tx, f, f.projects, 1); err != nil {
		return fmt.Errorf("projects: %w", err)
	}
	if err := writeRows(ctx, tx, f, f.members(), 0); err != nil {
		return fmt.Errorf("teams: %w", err)
	}
	if err := writeRows(ctx, tx, f, f.limits(), 0); err != nil {
		return fmt.Errorf("limits: %w", err)
	}
	if err := writeRows(ctx, tx, f, f.tasks, 1); err != nil {
		return fmt.Errorf("tasks: %w", err)
	}
	if err := f.writeLabels(ctx, tx); err != nil {
		return fmt.Errorf("labels: %w", err)
	}
	if err := f.writeTemplate(ctx, tx); err != nil {
		return fmt.Errorf("template: %w", err)
	}
	if err := writeRows(ctx, tx, f, plan.milestones, 0); err != nil {
		return fmt.Errorf("milestones: %w", err)
	}
	if err := writeRows(ctx, tx, f, plan.needs, 0); err != nil {
		return fmt.Errorf("dependencies: %w", err)
	}
	if err := writeRows(ctx, tx, f, f.makeTodos(), 1); err != nil {
		return fmt.Errorf("todos: %w", err)
	}
	comments := f.makeComments()
	mentions := f.nameOthers(comments)
	if err := writeRows(ctx, tx, f, comments, 1); err != nil {
		return fmt.Errorf("comments: %w", err)
	}
	told, watchers := f.makeTold()
	if err := writeRows(ctx, tx, f, watchers, 0); err != nil {
		return fmt.Errorf("watchers: %w", err)
	}
	if err := writeRows(ctx, tx, f, told, 0); err != nil {
		return fmt.Errorf("notifications: %w", err)
	}
	if err := writeRows(ctx, tx, f, mentions, 0); err != nil {
		return fmt.Errorf("mentions: %w", err)
	}
	slices.SortStableFunc(f.past, func(a, b pastRow) int { return a.CreatedAt.Compare(b.CreatedAt) })
	if err := writeRows(ctx, tx, f, f.past, 0); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	if err := writeRows(ctx, tx, f, f.lately(), 0); err != nil {
		return fmt.Errorf("activities: %w", err)
	}
	if err := f.writeViews(ctx, tx); err != nil {
		return fmt.Errorf("saved views: %w", err)
	}
	tx.Changed(data.Change{
		Feature: "projects", Kind: "project", What: "filled the portal with a demo department",
		Title: fmt.Sprintf("%d projects", len(f.projects)), URL: "/projects", Stale: []string{listFamily}, Live: []string{listTopic},
	})
	return nil
}

// demoLately is how much of what happened last stands among the activities too, for the start page.
const demoLately = 300

// latelyRow is a row of activities.
type latelyRow struct {
	bun.BaseModel `bun:"table:activities"`
	ID            int64 `bun:",pk,autoincrement"`
	UserID        *int64
	UserName      string
	Kind          string
	ThingID       int64
	ParentID      int64
	What          string
	Title         string
	URL           string
	CreatedAt     time.Time
}

// lately are the activities of what happened last, oldest first.
func (f *filling) lately() []latelyRow {
	var rows []latelyRow
	for _, l := range f.past[max(0, len(f.past)-demoLately):] {
		row := latelyRow{
			UserID: l.UserID, UserName: l.UserName, Kind: l.Kind, ThingID: l.ThingID, ParentID: l.ParentID, What: l.What, CreatedAt: l.CreatedAt,
		}
		if l.ParentID == 0 { // ids are given out from 1 on, in the rows' order
			p := f.projects[l.ThingID-1]
			row.Title, row.URL = p.Name, p.Path()
		} else {
			t := f.tasks[l.ThingID-1]
			row.Title, row.URL = t.Key(f.projects[l.ParentID-1])+" "+t.Name, t.Path()
		}
		rows = append(rows, row)
	}
	return rows
}

// demoBatch is how many rows one statement writes: some 200 kB, well below the packet a server takes.
const demoBatch = 250

// writeRows inserts the rows; each counts weight on the progress bar.
func writeRows[T any](ctx context.Context, tx *data.Tx, f *filling, rows []T, weight int) error {
	for part := range slices.Chunk(rows, demoBatch) {
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return err
		}
		f.done += weight * len(part)
		f.Progress(f.done, f.Rows())
	}
	return nil
}

// person is the id of the person at that place, nil for none.
func (f *filling) person(place int) *int64 {
	if place == demo.None {
		return nil
	}
	return &f.IDs[place]
}

func (f *filling) makeProjects() {
	keys := map[string]bool{}
	for i, d := range f.Projects {
		p := Project{
			ID: int64(i + 1), Name: d.Name, Summary: d.Summary, Description: d.Text, Icon: d.Icon, Private: d.Private,
			StatusID: f.words.stage(Stage(d.Stage)).ID, PriorityID: f.priority(d.Priority), LeadID: f.person(d.Lead),
			NotifyDone: true, NotifyComment: true, WaitsRule: waitsRefuse, CreatedBy: f.person(d.Lead), Version: 1, CreatedAt: d.Made, UpdatedAt: d.Made,
		}
		base := keyFrom(d.Name)
		for n := 1; p.TaskKey == "" || keys[p.TaskKey]; n++ {
			p.TaskKey = numbered(base, n)
		}
		keys[p.TaskKey] = true
		p.fill()
		f.projectPast(&p, d)
		f.projects = append(f.projects, p)
	}
}

func (f *filling) priority(n int) int64 {
	return f.words.Priorities[min(n, len(f.words.Priorities)-1)].ID
}

// projectPast is the project's history; each line is a version of it.
func (f *filling) projectPast(p *Project, d demo.Project) {
	line := pastRow{
		Kind: "projects.project", ThingID: p.ID, Version: 1, What: "made the project",
		UserID: f.person(d.Lead), UserName: f.People[d.Lead].Name, CreatedAt: d.Made,
	}
	f.past = append(f.past, line)
	if !d.Ended.IsZero() {
		was, now := f.words.stage(StageTodo).Name, f.words.Status(p.StatusID).Name
		line.Version, line.Field, line.OldValue, line.NewValue, line.CreatedAt = line.Version+1, "status", was, now, d.Ended
		line.What = sentence([]data.Field{{Name: "status", Old: was, New: now}})
		f.past = append(f.past, line)
	}
	if !d.Archived.IsZero() {
		p.ArchivedAt = &d.Archived
		line.Version, line.Field, line.OldValue, line.NewValue, line.CreatedAt = line.Version+1, "", "", "", d.Archived
		line.What = "archived the project"
		f.past = append(f.past, line)
	}
	p.Version, p.UpdatedAt = line.Version, line.CreatedAt
}

func (f *filling) members() []memberRow {
	var rows []memberRow
	for i, d := range f.Projects {
		for _, k := range []struct {
			kind   string
			people []int
		}{{kindWatcher, d.Watchers}, {kindStakeholder, d.Stakeholders}, {kindShareholder, d.Shareholders}} {
			for _, place := range k.people {
				rows = append(rows, memberRow{ProjectID: f.projects[i].ID, UserID: f.IDs[place], Kind: k.kind})
			}
		}
	}
	return rows
}
