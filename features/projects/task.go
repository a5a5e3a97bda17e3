package projects

import (
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/clock"
	"portal/app/data"
)

// Task is a row of tasks.
type Task struct {
	bun.BaseModel `bun:"table:tasks,alias:t"`

	ID          int64 `bun:",pk,autoincrement"`
	ProjectID   int64
	Number      int64 // within the project: 12 of NET-12
	ParentID    *int64
	Name        string
	Summary     string
	Description string // Markdown
	StatusID    int64
	PriorityID  int64
	AssigneeID  *int64
	StartOn     clock.Day
	DueOn       clock.Day
	Position    int64 // in its column of the board; gaps are left between
	Open        bool  // its status is neither done nor cancelled
	CompletedAt *time.Time
	StartedAt   *time.Time // when it first left the stage todo
	Estimate    int64      // minutes of work; 0 for not estimated
	MilestoneID *int64
	QueueID     *int64 // a role whose people may take the task
	RepeatRule  string // an RRULE of RFC 5545; empty for never
	LabelIDs    string `bun:"label_ids"` // joined by commas, in the order of the labels' names; task_labels has them too
	WaitsOn     int64  // how many open tasks it waits for
	NextID      *int64 // the task that was made when this one was done, as its rule says; nil: none yet
	SearchText  string
	NameKey     string
	CreatedBy   *int64
	DeletedAt   *time.Time
	Version     int64
	CreatedAt   time.Time
	UpdatedAt   time.Time

	ParentNumber int64 `bun:",scanonly"` // number of the task it is part of, where it was asked for; 0 for none
}

// levels is how deep tasks may lie in each other.
const levels = 3

// Key is what people call the task: NET-12.
func (t Task) Key(p Project) string { return p.TaskKey + "-" + strconv.FormatInt(t.Number, 10) }

// Path is the task's address.
func (t Task) Path() string { return taskPath(t.ProjectID, t.Number) }

func taskPath(project, number int64) string {
	return projectPath(project) + "/tasks/" + strconv.FormatInt(number, 10)
}

// Overdue reports whether the task should have been done before today.
func (t Task) Overdue(today clock.Day) bool { return t.Open && t.DueOn != "" && t.DueOn < today }

// fill sets the columns that follow from others.
func (t *Task) fill(p Project) {
	t.NameKey = data.Cut(data.Fold(t.Name), 250)
	t.SearchText = data.Cut(data.Fold(t.Key(p)+" "+t.Name+" "+t.Summary), 800)
}

// move gives the task its status, and what follows from it.
func (t *Task) move(to Status, now time.Time) {
	t.StatusID, t.Open = to.ID, to.Stage.Open()
	if t.StartedAt == nil && to.Stage != StageTodo && to.Stage != StageCancelled {
		t.StartedAt = &now
	}
	switch {
	case to.Stage != StageDone:
		t.CompletedAt = nil
	case t.CompletedAt == nil:
		t.CompletedAt = &now
	}
}

// Labels are the ids of the task's labels.
func (t Task) Labels() []int64 { return split(t.LabelIDs) }

// mayTake reports whether the task lies in the queue of a role that the viewer has.
func (t Task) mayTake(v *auth.Viewer) bool {
	return v.Known() && t.QueueID != nil && slices.Contains(v.Roles(), *t.QueueID)
}

// change is the sentence a write says about the task.
func (t Task) change(p Project, what string, fields ...data.Field) data.Change {
	c := data.Change{
		Feature: "projects", Kind: "task", ID: t.ID, Parent: t.ProjectID, Version: t.Version, What: what, Title: t.Key(p) + " " + t.Name,
		URL: t.Path(), Fields: fields, Stale: []string{taskKey(t.ID), boardKey(t.ProjectID), projectKey(t.ProjectID), listFamily, seenFamily(t.ProjectID)},
		Live: []string{projectTopic(t.ProjectID), listTopic}, Guard: projectTopic(t.ProjectID),
	}
	if t.ParentID != nil {
		c.Stale = append(c.Stale, taskKey(*t.ParentID))
	}
	return c
}
