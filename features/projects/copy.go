package projects

import (
	"cmp"
	"slices"
	"time"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

// copyForm says what a copy of a project takes along. Comments and history are never taken, and nothing is done in it yet.
type copyForm struct {
	Name       string `form:"name" validate:"required,max=200"`
	TaskKey    string `form:"task_key" validate:"omitempty,max=10,alphanum,uppercase"` // empty: made from the name
	FirstOn    string `form:"first_on" validate:"max=40"`                              // the day of what comes first; empty: days stay as they are
	Weekdays   bool   `form:"weekdays"`                                                // what would fall on a weekend goes to the Monday after it
	Tasks      bool   `form:"tasks"`
	Todos      bool   `form:"todos"`
	Labels     bool   `form:"labels"`
	Milestones bool   `form:"milestones"`
	Waits      bool   `form:"waits"` // what waits for what, among the tasks
	Assignees  bool   `form:"assignees"`
	Team       bool   `form:"team"`
	Template   bool   `form:"template"` // the copy is a template
	Once       string `form:"once" validate:"max=64"`
}

// copied is all of a project that a copy takes along, as the source has it.
type copied struct {
	heldProject heldProject
	about       string // the project's description
	tasks       []Task
	todos       []Todo
	milestones  []Milestone
	needs       []needRow
}

// shift moves days by as many as lie between what comes first and where that shall be.
type shift struct {
	days     int
	weekdays bool
}

// shiftTo is the shift that puts the earliest of the days on first; none when there is no such day.
func shiftTo(first clock.Day, weekdays bool, days []clock.Day) shift {
	s := shift{weekdays: weekdays}
	days = slices.DeleteFunc(days, func(d clock.Day) bool { return d == "" || !d.Valid() })
	if first == "" || len(days) == 0 {
		return s
	}
	s.days = clock.DaysBetween(slices.Min(days), first)
	return s
}

// of is the day, moved; none stays none.
// Errors: fault.Invalid for one before 1900 or after 9999.
func (s shift) of(d clock.Day) (clock.Day, error) {
	if d == "" || !d.Valid() {
		return "", nil
	}
	to := d
	if s.days != 0 {
		to = d.Add(s.days)
	}
	if s.weekdays && to.Valid() {
		t, _ := time.Parse(time.DateOnly, string(to))
		switch t.Weekday() {
		case time.Saturday:
			to = to.Add(2)
		case time.Sunday:
			to = to.Add(1)
		}
	}
	if !to.Valid() {
		return "", fault.Field("first_on", "Some of the days would lie outside the years 1900 to 9999.")
	}
	return to, nil
}

// days are all days of what is taken along.
func (c copied) days() []clock.Day {
	var all []clock.Day
	for _, t := range c.tasks {
		all = append(all, t.StartOn, t.DueOn)
	}
	for _, t := range c.todos {
		all = append(all, t.DueOn)
	}
	for _, m := range c.milestones {
		all = append(all, m.DueOn)
	}
	return all
}

// ordered are the tasks as the copy numbers them: by their numbers; and each one's place on the board, as the source has it.
func (c copied) ordered(words *words) (tasks []Task, place map[int64]int64) {
	board := slices.Clone(c.tasks)
	rank := map[int64]int64{}
	for _, s := range words.Statuses {
		rank[s.ID] = s.Position
	}
	slices.SortFunc(board, func(a, b Task) int {
		return cmp.Or(cmp.Compare(rank[a.StatusID], rank[b.StatusID]), cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	place = map[int64]int64{}
	for i, t := range board {
		place[t.ID] = int64(i+1) * gap
	}
	tasks = slices.Clone(c.tasks)
	slices.SortFunc(tasks, func(a, b Task) int { return cmp.Compare(a.Number, b.Number) })
	return tasks, place
}

// copyIDs are the ids in the copy of what the source has, by the source's.
type copyIDs struct{ tasks, labels, milestones map[int64]int64 }

// in is the id in the copy, nil for what it has not.
func in(ids map[int64]int64, of *int64) *int64 {
	if of == nil {
		return nil
	}
	return data.Optional(ids[*of])
}
