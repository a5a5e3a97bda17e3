package projects

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

// How many rows one act changes at most, and how many of them one transaction writes: others write meanwhile.
const (
	bulkMost  = 10_000
	bulkSlice = 250
)

// bulkForm is what the bar below a list sends: the rows that are ticked, and what to do with them. Empty fields are left as they are.
type bulkForm struct {
	Tasks       []int64 `form:"task"` // their numbers
	All         bool    `form:"all"`  // all that the filter finds, whatever is ticked
	Do          string  `form:"do"`   // bulkTrash, or empty for a change of fields
	Status      string  `form:"set_status"`
	Priority    string  `form:"set_priority"`
	Assignee    string  `form:"set_assignee"` // 0 takes them from whoever has them
	DueOn       string  `form:"set_due_on" validate:"max=40"`
	Days        string  `form:"set_days" validate:"max=5"` // moves the due date
	Milestone   string  `form:"set_milestone"`             // 0 for none
	AddLabel    string  `form:"add_label"`
	RemoveLabel string  `form:"remove_label"`
	Seen        int64   `form:"seen"` // when the list was drawn, in microseconds; 0 for unknown
}

// verb is what was done to the rows, behind their number.
func (f bulkForm) verb() string {
	if f.Do == bulkTrash {
		return "in the trash for 30 days"
	}
	return "changed"
}

// bulkTrash is the act that moves rows to the trash.
const bulkTrash = "trash"

// noDay is what is typed to take a day away.
const noDay = "none"

// names are the fields that the form changes.
func (f bulkForm) names() []string {
	var all []string
	for _, n := range []struct{ name, typed string }{
		{"status", f.Status}, {"priority", f.Priority}, {"assignee", f.Assignee}, {"due_on", f.DueOn + f.Days},
		{"milestone", f.Milestone}, {"labels", f.AddLabel + f.RemoveLabel},
	} {
		if strings.TrimSpace(n.typed) != "" {
			all = append(all, n.name)
		}
	}
	return all
}

// check refuses what is wrong for every row.
// Errors: fault.Invalid, at the field where there is one.
func (f bulkForm) check(h heldProject, v view, at moment) error {
	switch {
	case !f.All && len(f.Tasks) == 0:
		return fault.New(fault.Invalid, "Tick the tasks first.")
	case len(f.Tasks) > bulkMost:
		return errTooManyRows()
	case f.Do == bulkTrash:
		return nil
	case f.Do != "":
		return fault.New(fault.Invalid, "There is no such act.")
	case len(f.names()) == 0:
		return fault.New(fault.Invalid, "Say what to change.")
	case strings.TrimSpace(f.DueOn) != "" && strings.TrimSpace(f.Days) != "":
		return fault.Field("days", "Write a due date or a number of days, not both.")
	}
	t := Task{DueOn: at.today}
	return f.into(&t, h, v, at)
}

func errTooManyRows() error {
	return fault.New(fault.Invalid, "At most %d rows are changed at once. Narrow the filter.", bulkMost)
}

// into writes what the form says into one row.
func (f bulkForm) into(t *Task, h heldProject, v view, at moment) error {
	one, names := taskForm{StartOn: string(t.StartOn), DueOn: string(t.DueOn)}, map[string]bool{}
	for _, c := range []struct {
		name, typed string
		to          *int64
	}{{"status", f.Status, &one.Status}, {"priority", f.Priority, &one.Priority}, {"assignee", f.Assignee, &one.Assignee}} {
		if c.typed == "" {
			continue
		}
		n, err := strconv.ParseInt(c.typed, 10, 64)
		if err != nil {
			return fault.Field(c.name, "Choose from the list.")
		}
		*c.to, names[c.name] = n, true
	}
	if err := f.due(&one, t.DueOn); err != nil {
		return err
	}
	names["due_on"] = one.DueOn != string(t.DueOn)
	if err := one.into(t, v, names, at); err != nil {
		return err
	}
	if err := f.milestone(t, h); err != nil {
		return err
	}
	return f.label(t, h)
}

func (f bulkForm) due(one *taskForm, was clock.Day) error {
	if typed := strings.TrimSpace(f.DueOn); typed != "" {
		one.DueOn = typed
		if strings.EqualFold(typed, noDay) {
			one.DueOn = ""
		}
	}
	if f.Days == "" {
		return nil
	}
	n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(f.Days), "+"))
	switch {
	case err != nil || n < -3660 || n > 3660:
		return fault.Field("days", "Write a whole number of days, such as 7 or -2.")
	case was == "":
		return fault.Field("days", "It has no due date that could be moved.")
	}
	one.DueOn = string(was.Add(n))
	return nil
}

func (f bulkForm) milestone(t *Task, h heldProject) error {
	if f.Milestone == "" {
		return nil
	}
	n, err := strconv.ParseInt(f.Milestone, 10, 64)
	if err != nil || n != 0 && h.milestone(n).ID == 0 {
		return fault.Field("milestone", "Choose a milestone of the project.")
	}
	t.MilestoneID = data.Optional(n)
	return nil
}

// label adds and takes away; it keeps the order of the project's labels.
func (f bulkForm) label(t *Task, h heldProject) error {
	ids := t.Labels()
	for _, c := range []struct {
		name, typed string
		add         bool
	}{{"add_label", f.AddLabel, true}, {"remove_label", f.RemoveLabel, false}} {
		if c.typed == "" {
			continue
		}
		n, err := strconv.ParseInt(c.typed, 10, 64)
		if err != nil || h.label(n).ID == 0 {
			return fault.Field(c.name, "Choose a label of the project.")
		}
		ids = slices.DeleteFunc(ids, func(have int64) bool { return have == n })
		if c.add {
			ids = append(ids, n)
		}
	}
	if f.AddLabel+f.RemoveLabel == "" {
		return nil
	}
	return putLabels(t, h, ids)
}

// putLabels gives the task those of the labels that its project has, in their order.
func putLabels(t *Task, h heldProject, ids []int64) error {
	var all []string
	for _, l := range h.Labels {
		if slices.Contains(ids, l.ID) {
			all = append(all, id(l.ID))
		}
	}
	if t.LabelIDs = strings.Join(all, ","); len(t.LabelIDs) > 300 {
		return fault.Field("add_label", "It has as many labels as a task can have.")
	}
	return nil
}

// rowState is what an act changes of a row, by field, as undo_rows keeps it.
type rowState map[string]string

// deletedField is the state's field of what went to the trash: the moment, in microseconds.
const deletedField = "deleted"

// stateOf are the fields of a task that acts change.
func stateOf(t Task) rowState {
	return rowState{
		"status": id(t.StatusID), "priority": id(t.PriorityID), "assignee": id(data.OrZero(t.AssigneeID)), "due_on": string(t.DueOn),
		"milestone": id(data.OrZero(t.MilestoneID)), "labels": t.LabelIDs, "position": id(t.Position),
	}
}

// apart are the fields that differ, as they were and as they are.
func apart(before, after rowState) (was, became rowState) {
	was, became = rowState{}, rowState{}
	for name, old := range before {
		if after[name] != old {
			was[name], became[name] = old, after[name]
		}
	}
	return was, became
}

// back writes what was into the task.
func (r rowState) back(t *Task, h heldProject, v view, now time.Time) error {
	for name, was := range r {
		n, _ := strconv.ParseInt(was, 10, 64) // texts are no numbers
		switch name {
		case "status":
			to := v.words.Status(n)
			if to.ID == 0 {
				return fault.New(fault.Conflict, "Its status is not there any more.")
			}
			t.move(to, now)
		case "priority":
			if v.words.Priority(n).ID == 0 {
				return fault.New(fault.Conflict, "Its priority is not there any more.")
			}
			t.PriorityID = n
		case "assignee":
			t.AssigneeID = data.Optional(n)
		case "due_on":
			t.DueOn = clock.Day(was)
		case "milestone":
			if n != 0 && h.milestone(n).ID == 0 {
				return fault.New(fault.Conflict, "Its milestone is not there any more.")
			}
			t.MilestoneID = data.Optional(n)
		case "labels":
			if err := putLabels(t, h, split(was)); err != nil {
				return err
			}
		case "position":
			t.Position = n
		}
	}
	return nil
}

func (r rowState) json() string {
	raw, err := json.Marshal(r)
	if err != nil { // texts by texts always are
		return "{}"
	}
	return string(raw)
}

func stateFrom(text string) (rowState, error) {
	r := rowState{}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return nil, fmt.Errorf("read what a row was: %w", err)
	}
	return r, nil
}
