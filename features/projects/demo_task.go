package projects

import (
	"time"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/demo"
)

// lane is a column of a project's board.
type lane struct{ project, status int64 }

func (f *filling) makeTasks() {
	last := map[lane]int64{}
	for i, d := range f.Tasks {
		p := &f.projects[d.Project]
		t := Task{
			ID: int64(i + 1), ProjectID: p.ID, Number: d.Number, Name: d.Name, Summary: d.Summary, Description: d.Text,
			PriorityID: f.priority(d.Priority), AssigneeID: f.person(d.Assignee), StartOn: d.Start, DueOn: d.Due,
			CreatedBy: f.person(d.By), CreatedAt: d.Made, UpdatedAt: d.Changed(),
		}
		if d.Parent != demo.None {
			up := f.tasks[d.Parent].ID
			t.ParentID = &up
		}
		status := f.status(d)
		if begun := d.Started; !begun.IsZero() && status.Stage != StageCancelled {
			t.StartedAt = &begun
		}
		t.move(status, d.Changed())
		t.fill(*p)
		t.Version = f.taskPast(t, d, status)
		at := lane{p.ID, t.StatusID}
		last[at] += gap
		t.Position = last[at]
		f.count(p, t, status.Stage)
		f.tasks = append(f.tasks, t)
	}
}

// count keeps the project's figures.
func (f *filling) count(p *Project, t Task, stage Stage) {
	if stage != StageCancelled {
		p.TasksTotal++
	}
	if stage == StageDone {
		p.TasksDone++
	}
	if t.Open && t.DueOn != "" && (p.NextDueOn == "" || t.DueOn < p.NextDueOn) {
		p.NextDueOn = t.DueOn
	}
	p.LastNumber = max(p.LastNumber, t.Number)
	if t.UpdatedAt.After(p.UpdatedAt) && p.ArchivedAt == nil {
		p.UpdatedAt = t.UpdatedAt
	}
}

// status is the task's: the last one of work in progress when it is blocked, else the first of its stage.
func (f *filling) status(d demo.Task) Status {
	found := f.words.stage(Stage(d.Stage))
	if !d.Blocked {
		return found
	}
	for _, s := range f.words.Statuses {
		if s.Stage == found.Stage {
			found = s
		}
	}
	return found
}

// taskPast writes the task's history, a line a version, and returns its version now.
func (f *filling) taskPast(t Task, d demo.Task, now Status) int64 {
	line := pastRow{
		Kind: "projects.task", ThingID: t.ID, ParentID: t.ProjectID, Version: 1, What: "made the task",
		UserID: t.CreatedBy, UserName: f.People[d.By].Name, CreatedAt: d.Made,
	}
	f.past = append(f.past, line)
	if d.Assignee != demo.None {
		line.UserID, line.UserName = t.AssigneeID, f.People[d.Assignee].Name
	}
	was := f.words.stage(StageTodo)
	step := func(to Status) {
		if to.ID == was.ID {
			return
		}
		line.Version, line.Field, line.OldValue, line.NewValue = line.Version+1, "status", was.Name, to.Name
		line.What = sentence([]data.Field{{Name: "status", Old: was.Name, New: to.Name}})
		f.past = append(f.past, line)
		was = to
	}
	if !d.Started.IsZero() {
		line.CreatedAt = d.Started
		first := f.words.stage(StageProgress)
		if d.Ended.IsZero() {
			first = now
		}
		step(first)
	}
	line.CreatedAt = d.Changed()
	step(now)
	return line.Version
}

func (f *filling) makeTodos() []Todo {
	rows := make([]Todo, len(f.Todos))
	last := map[lane]int64{} // by project and task
	for i, d := range f.Todos {
		t := Todo{ProjectID: f.projects[d.Project].ID, Text: d.Text, CreatedBy: f.person(d.By), Version: 1, CreatedAt: d.Made, UpdatedAt: d.Made}
		t.TaskID = f.taskID(d.Task)
		if !d.Done.IsZero() {
			t.DoneAt, t.DoneBy, t.Version, t.UpdatedAt = &f.Todos[i].Done, t.CreatedBy, 2, d.Done
		}
		if i%3 == 0 { // a third is somebody's, by a day
			t.AssigneeID, t.DueOn = t.CreatedBy, clock.DayOf(d.Made.AddDate(0, 0, 4+i%40), time.UTC)
		}
		at := lane{t.ProjectID, data.OrZero(t.TaskID)}
		last[at] += gap
		t.Position = last[at]
		rows[i] = t
	}
	return rows
}

func (f *filling) makeComments() []Comment {
	rows := make([]Comment, len(f.Comments))
	for i, d := range f.Comments {
		rows[i] = Comment{
			ID: int64(i + 1), ProjectID: f.projects[d.Project].ID, TaskID: f.taskID(d.Task), AuthorID: f.person(d.Author), Author: f.People[d.Author].Name,
			Text: d.Text, Version: 1, CreatedAt: d.Made, UpdatedAt: d.Made,
		}
	}
	return rows
}

// taskID is the id of the task at that place, nil for none.
func (f *filling) taskID(place int) *int64 {
	if place == demo.None {
		return nil
	}
	return &f.tasks[place].ID
}
