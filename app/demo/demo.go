// Package demo makes up a believable department. It is pure: it knows no database.
package demo

import (
	"math/rand/v2"
	"time"

	"portal/app/clock"
)

// Options are the size of the department. Zero tasks are none; a department has at least one person and one project.
type Options struct {
	Users, Projects, Tasks int
	Password               string // of all people; empty: one is made
}

// Summary is what was made.
type Summary struct {
	Users    int    `json:"users"`
	Projects int    `json:"projects"`
	Tasks    int    `json:"tasks"`
	Comments int    `json:"comments"`
	Password string `json:"password"`
}

// Department is everybody and everything in it. What refers to another thing does so by its place in these lists.
type Department struct {
	People   []Person
	Projects []Project
	Tasks    []Task // each after the one it is part of, a project's together
	Todos    []Todo
	Comments []Comment // oldest first
}

// None is the place of what is not there.
const None = -1

// Person is somebody of the department.
type Person struct {
	Username, Name, Email, Phone string
	Number                       string // of the employee
	Zone                         string // IANA name
	Role                         string // admin, manager, user or auditor
	Picture                      []byte // PNG; nil for none
	Made                         time.Time
}

// Project is a piece of the department's work.
type Project struct {
	Name, Summary, Icon string
	Text                string // Markdown
	Stage               string // as statuses have it: todo, in-progress, review, done or cancelled
	Priority            int    // 0, the least urgent, to 3
	Private             bool
	Lead                int // place of a person
	Watchers            []int
	Stakeholders        []int
	Shareholders        []int
	Made                time.Time
	Ended               time.Time // zero while it runs
	Archived            time.Time // zero when it is not

	area int // place in areas
}

// Task is a task of a project.
type Task struct {
	Project  int
	Parent   int   // place of a task, or None
	Number   int64 // within the project, from 1
	Name     string
	Summary  string
	Text     string // Markdown
	Stage    string
	Blocked  bool // in progress, but waiting for something
	Priority int
	By       int // who made it
	Assignee int // place of a person, or None
	Start    clock.Day
	Due      clock.Day
	Made     time.Time
	Started  time.Time // zero: not yet
	Ended    time.Time // done or cancelled; zero while open

	depth int // 0 for the top
}

// Changed is when the task was last changed.
func (t Task) Changed() time.Time {
	switch {
	case !t.Ended.IsZero():
		return t.Ended
	case !t.Started.IsZero():
		return t.Started
	}
	return t.Made
}

// Todo is a line of the tick list of a task, or of a project when Task is None.
type Todo struct {
	Project, Task int
	Text          string
	By            int
	Made          time.Time
	Done          time.Time // zero: open
}

// Comment is on a task, or on a project when Task is None.
type Comment struct {
	Project, Task int
	Author        int
	Text          string // Markdown
	Made          time.Time
}

// maker makes one department.
type maker struct {
	*Department
	rand *rand.Rand
	now  time.Time
	size Options
	me   int     // the place of the account `user`, who is given a full start page
	team [][]int // of each project, its lead first
}

// New makes the department as it is now; the same seed makes the same one.
func New(o Options, now time.Time, seed uint64) *Department {
	o.Users, o.Projects, o.Tasks = max(o.Users, 1), max(o.Projects, 1), max(o.Tasks, 0)
	m := &maker{
		Department: &Department{}, rand: rand.New(rand.NewPCG(seed, 0x706f7274616c)),
		now: now.UTC().Truncate(time.Second), size: o, me: min(2, o.Users-1),
	}
	m.people()
	m.projects()
	m.tasks()
	m.todos()
	m.comments()
	return m.Department
}

// Rows is how many rows the department has in all, its people left out.
func (d *Department) Rows() int {
	return len(d.Projects) + len(d.Tasks) + len(d.Todos) + len(d.Comments)
}

// pick is one of them.
func pick[T any](m *maker, of []T) T { return of[m.rand.IntN(len(of))] }

// chance is true so many times of a hundred.
func (m *maker) chance(percent int) bool { return m.rand.IntN(100) < percent }

// between is a moment in working hours, never outside of from and to.
func (m *maker) between(from, to time.Time) time.Time {
	if !to.After(from) {
		return from
	}
	t := from.Add(time.Duration(m.rand.Int64N(int64(to.Sub(from)))))
	switch t.Weekday() {
	case time.Saturday:
		t = t.AddDate(0, 0, -1)
	case time.Sunday:
		t = t.AddDate(0, 0, 1)
	}
	t = time.Date(t.Year(), t.Month(), t.Day(), 8+m.rand.IntN(10), m.rand.IntN(60), m.rand.IntN(60), 0, time.UTC)
	switch {
	case t.Before(from):
		return from
	case t.After(to):
		return to
	}
	return t
}

func (m *maker) ago(days int) time.Time { return m.now.AddDate(0, 0, -days) }

// day is the working day at t or the next one.
func day(t time.Time) clock.Day {
	switch t.Weekday() {
	case time.Saturday:
		t = t.AddDate(0, 0, 2)
	case time.Sunday:
		t = t.AddDate(0, 0, 1)
	}
	return clock.DayOf(t, time.UTC)
}
