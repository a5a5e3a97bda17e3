package projects

import (
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

// milestoneForm is what a person fills in; the texts as typed.
type milestoneForm struct {
	Name        string `form:"name" validate:"required,max=200"`
	DueOn       string `form:"due_on" validate:"max=40"`
	Description string `form:"description" validate:"max=20000"`
	Version     int64  `form:"version"`
	Once        string `form:"once" validate:"max=64"`
}

// milestoneNames are the fields of the form.
var milestoneNames = []string{"name", "due_on", "description"}

func milestoneFormOf(m Milestone) milestoneForm {
	return milestoneForm{Name: m.Name, DueOn: string(m.DueOn), Description: m.Description, Version: m.Version}
}

// into writes the form's fields of those names into the row.
func (f milestoneForm) into(m *Milestone, names map[string]bool, today clock.Day) error {
	if names["name"] {
		m.Name = f.Name
	}
	if names["description"] {
		m.Description = f.Description
	}
	if !names["due_on"] {
		return nil
	}
	day, err := clock.ParseDay(f.DueOn, today)
	if err != nil {
		return fault.Field("due_on", "%s.", err)
	}
	m.DueOn = day
	return nil
}

// editedMilestone are the fields as a form sends them and as people read them.
func editedMilestone(m Milestone) []data.Edited {
	return labelled([]data.Edited{{Name: "name", Value: m.Name}, {Name: "due_on", Value: string(m.DueOn)}, {Name: "description", Value: m.Description}})
}

// milestonesMost bounds how many milestones a project has: they are kept with it, and each is offered to each task.
const milestonesMost = 200

func errNoMilestone() error {
	return fault.New(fault.NotFound, "There is no such milestone, or it is not for you.")
}

func milestonesPath(project int64) string { return projectPath(project) + "/milestones" }

// change is the sentence a write says about the milestone.
func (m Milestone) change(what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "projects", Kind: "milestone", ID: m.ID, Parent: m.ProjectID, Version: m.Version, What: what + " the milestone “" + m.Name + "”",
		Title: m.Name, Fields: fields, Stale: []string{projectKey(m.ProjectID), seenFamily(m.ProjectID)},
		Live: []string{projectTopic(m.ProjectID)}, Guard: projectTopic(m.ProjectID),
	}
}
