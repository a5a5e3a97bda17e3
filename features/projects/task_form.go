package projects

import (
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

// taskForm is what a person fills in; the texts as typed.
type taskForm struct {
	Name        string  `form:"name" validate:"required,max=200"`
	Summary     string  `form:"summary" validate:"max=500"`
	Description string  `form:"description" validate:"max=100000"`
	Status      int64   `form:"status"`
	Priority    int64   `form:"priority"`
	Assignee    int64   `form:"assignee"`
	StartOn     string  `form:"start_on" validate:"max=40"`
	DueOn       string  `form:"due_on" validate:"max=40"`
	Parent      int64   `form:"parent"` // its number, 0 for none
	Labels      []int64 `form:"labels"`
	NewLabels   string  `form:"new_labels" validate:"max=400"` // names, between commas: those that the project does not have are made
	Estimate    string  `form:"estimate" validate:"max=40"`    // "2h 30m"
	Milestone   int64   `form:"milestone"`                     // 0 for none
	Queue       int64   `form:"queue"`                         // a role, 0 for none
	Version     int64   `form:"version"`
	Once        string  `form:"once" validate:"max=64"`
}

func taskFormOf(t Task, parent *Task) taskForm {
	f := taskForm{
		Name: t.Name, Summary: t.Summary, Description: t.Description, Status: t.StatusID, Priority: t.PriorityID,
		Assignee: data.OrZero(t.AssigneeID), StartOn: string(t.StartOn), DueOn: string(t.DueOn), Version: t.Version,
		Labels: t.Labels(), Estimate: estimateText(t.Estimate), Milestone: data.OrZero(t.MilestoneID), Queue: data.OrZero(t.QueueID),
	}
	if parent != nil {
		f.Parent = parent.Number
	}
	return f
}

// editedTask are the task's fields as a form sends them and as people read them.
func (v view) editedTask(t Task) []data.Edited {
	return labelled([]data.Edited{
		{Name: "name", Value: t.Name}, {Name: "summary", Value: t.Summary}, {Name: "description", Value: t.Description},
		{Name: "status", Value: id(t.StatusID), Shown: v.words.Status(t.StatusID).Name},
		{Name: "priority", Value: id(t.PriorityID), Shown: v.words.Priority(t.PriorityID).Name},
		{Name: "assignee", Value: id(data.OrZero(t.AssigneeID)), Shown: v.exactName(data.OrZero(t.AssigneeID))},
		{Name: "start_on", Value: string(t.StartOn)}, {Name: "due_on", Value: string(t.DueOn)},
		{Name: "parent", Value: number(t.ParentNumber), Shown: parentText(t.ParentNumber)},
		{Name: "labels", Value: joined(t.Labels()), Shown: v.labelNames(t.Labels())},
		{Name: "estimate", Value: estimateText(t.Estimate), Shown: estimateText(t.Estimate)},
		{Name: "milestone", Value: id(data.OrZero(t.MilestoneID)), Shown: v.milestoneName(data.OrZero(t.MilestoneID))},
		{Name: "queue", Value: id(data.OrZero(t.QueueID)), Shown: v.queueName(data.OrZero(t.QueueID))},
	})
}

// into writes the form's fields of those names into the row.
func (f taskForm) into(t *Task, v view, names map[string]bool, at moment) error {
	if names["status"] {
		st := v.words.Status(f.Status)
		if st.ID == 0 {
			return fault.Field("status", "Choose a status from the list.")
		}
		t.move(st, at.now)
	}
	if names["priority"] {
		if v.words.Priority(f.Priority).ID == 0 {
			return fault.Field("priority", "Choose a priority from the list.")
		}
		t.PriorityID = f.Priority
	}
	if names["assignee"] {
		if f.Assignee != 0 && v.people.ByID(f.Assignee).ID == 0 {
			return fault.Field("assignee", "Choose a person from the list.")
		}
		t.AssigneeID = data.Optional(f.Assignee)
	}
	if names["parent"] {
		t.ParentNumber = f.Parent
	}
	if err := f.planInto(t, v, names); err != nil {
		return err
	}
	for name, text := range map[string]*string{"name": &t.Name, "summary": &t.Summary, "description": &t.Description} {
		if names[name] {
			*text = map[string]string{"name": f.Name, "summary": f.Summary, "description": f.Description}[name]
		}
	}
	return f.days(t, names, at.today)
}

func (f taskForm) days(t *Task, names map[string]bool, today clock.Day) error {
	for _, d := range []struct {
		name, typed string
		day         *clock.Day
	}{{"start_on", f.StartOn, &t.StartOn}, {"due_on", f.DueOn, &t.DueOn}} {
		if !names[d.name] {
			continue
		}
		day, err := clock.ParseDay(d.typed, today)
		if err != nil {
			return fault.Field(d.name, "%s.", err)
		}
		*d.day = day
	}
	if t.StartOn != "" && t.DueOn != "" && t.DueOn < t.StartOn {
		field := "due_on"
		if !names[field] {
			field = "start_on"
		}
		return fault.Field(field, "The task would be due before it starts.")
	}
	return nil
}
