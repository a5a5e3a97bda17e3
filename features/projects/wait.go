package projects

import (
	"strings"

	"portal/app/clock"
	"portal/app/data"
	"portal/components"
)

// dependency is a task that another one waits for, or that waits for it.
type dependency struct {
	ID         int64
	ProjectID  int64
	Number     int64
	Name       string
	StatusID   int64
	AssigneeID *int64
	DueOn      clock.Day
	Open       bool
	Waits      bool // the other one waits for this task; false: this task waits for the other one
}

// What a form about a dependency says of the page's task.
const (
	waitsFor = "waits"  // it waits for the other task
	neededBy = "needed" // the other task waits for it
)

// waitForm is a new dependency.
type waitForm struct {
	Kind string `form:"kind" validate:"omitempty,oneof=waits needed"` // empty means waits
	Find string `form:"find" validate:"max=200"`                      // a number, a key, or a part of a name
	Pick string `form:"pick" validate:"max=40"`                       // the key of one of those that Find has found
}

// waitsMost bounds how many tasks one waits for, and how many wait for one.
const waitsMost = 100

// loopMost bounds how many dependencies are read to look for a loop.
const loopMost = 200_000

// end is one end of a dependency.
type end struct{ project, number int64 }

// unseenTask stands for a task that the viewer may not know of.
const unseenTask = "a task you may not see"

// inWords are the names of a loop; the middle of a long one is left out.
func inWords(names []string) string {
	const ends = 5
	if len(names) > 2*ends+1 {
		left := len(names) - 2*ends
		names = append(append(append([]string{}, names[:ends]...), "… "+id(int64(left))+" more …"), names[len(names)-ends:]...)
	}
	return strings.Join(names, " → ")
}

// elsewhere is the quiet change of what shows the task besides its own project's pages' next write: its page, and all drawn with it.
func (l linked) elsewhere(counted bool) data.Change {
	c := data.Change{
		Feature: "projects", Kind: "task", ID: l.ID, Parent: l.ProjectID, Quiet: true,
		Stale: []string{taskKey(l.ID), seenFamily(l.ProjectID)}, Live: []string{projectTopic(l.ProjectID)}, Guard: projectTopic(l.ProjectID),
	}
	if counted {
		c.Stale = append(c.Stale, boardKey(l.ProjectID))
	}
	return c
}

// doneWarning says that a task was completed though it waits for others; empty when it was not, or waits for none.
func doneWarning(before, after Task) string {
	if before.CompletedAt != nil || after.CompletedAt == nil || after.WaitsOn == 0 {
		return ""
	}
	return " It still waits for " + components.Plural(int(after.WaitsOn), "open task") + "."
}
