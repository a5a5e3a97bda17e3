package projects

import (
	"slices"
	"strings"

	"portal/app/data"
	"portal/app/fault"
	"portal/components"
)

// planNames are the fields of a task that say how it is planned.
var planNames = []string{"labels", "estimate", "milestone", "queue"}

// labelsMost is how many labels a task may have: their ids stand in one column of it.
const labelsMost = 20

// planInto writes the form's labels, estimate, milestone and queue into the row, those of them that are named.
// Errors: fault.Invalid at the field.
func (f taskForm) planInto(t *Task, v view, names map[string]bool) error {
	if names["labels"] {
		ids, err := v.labelIDs(f.Labels)
		if err != nil {
			return err
		}
		t.LabelIDs = ids
	}
	if names["estimate"] {
		minutes, err := parseEstimate(f.Estimate)
		if err != nil {
			return fault.Field("estimate", "%s.", err)
		}
		t.Estimate = minutes
	}
	if names["milestone"] {
		if f.Milestone != 0 && (v.plan == nil || v.plan.milestone(f.Milestone).ID == 0) {
			return fault.Field("milestone", "Choose a milestone from the list.")
		}
		t.MilestoneID = data.Optional(f.Milestone)
	}
	if names["queue"] {
		if f.Queue != 0 && v.access.RoleName(f.Queue) == "" {
			return fault.Field("queue", "Choose a role from the list.")
		}
		t.QueueID = data.Optional(f.Queue)
	}
	return nil
}

// labelIDs are the ids as a task's row keeps them: in the order of the labels' names.
func (v view) labelIDs(chosen []int64) (string, error) {
	var all []string
	wanted := sorted(chosen)
	if v.plan != nil {
		for _, l := range v.plan.Labels {
			if slices.Contains(wanted, l.ID) {
				all = append(all, id(l.ID))
			}
		}
	}
	switch {
	case len(all) < len(wanted):
		return "", fault.Field("labels", "Choose labels from the list: one of these is not there any more.")
	case len(all) > labelsMost:
		return "", fault.Field("labels", "A task has at most %d labels.", labelsMost)
	}
	return strings.Join(all, ","), nil
}

// labelsOf are the task's labels, in the order of their names.
func (v view) labelsOf(t Task) []Label {
	var all []Label
	if v.plan == nil || t.LabelIDs == "" {
		return nil
	}
	for _, n := range t.Labels() {
		if l := v.plan.label(n); l.ID != 0 {
			all = append(all, l)
		}
	}
	return all
}

// labelNames are the labels' names in one text.
func (v view) labelNames(ids []int64) string {
	var all []string
	for _, n := range ids {
		name := ""
		if v.plan != nil {
			name = v.plan.label(n).Name
		}
		all = append(all, known(name, "#"+id(n)))
	}
	return strings.Join(all, ", ")
}

// milestoneName is the milestone's name, empty for 0.
func (v view) milestoneName(n int64) string {
	if n == 0 {
		return ""
	}
	name := ""
	if v.plan != nil {
		name = v.plan.milestone(n).Name
	}
	return known(name, "#"+id(n))
}

// queueName is the name of the role whose queue it is, empty for 0.
func (v view) queueName(role int64) string {
	if role == 0 {
		return ""
	}
	return known(v.access.RoleName(role), "#"+id(role))
}

// labelOptions are the project's labels.
func (v view) labelOptions() []components.Option {
	var all []components.Option
	if v.plan != nil {
		for _, l := range v.plan.Labels {
			all = append(all, components.Option{Value: id(l.ID), Label: l.Name})
		}
	}
	return all
}

// milestoneOptions are the project's milestones that have not been reached, and the one to keep.
func (v view) milestoneOptions(keep int64) []components.Option {
	all := []components.Option{{Value: "0", Label: "No milestone"}}
	if v.plan != nil {
		for _, m := range v.plan.Milestones {
			if m.ReachedAt == nil || m.ID == keep {
				all = append(all, components.Option{Value: id(m.ID), Label: m.Name})
			}
		}
	}
	return all
}

// queueOptions are the roles whose people may take a task.
func (v view) queueOptions() []components.Option {
	all := []components.Option{{Value: "0", Label: "No queue"}}
	for _, name := range v.access.RoleNames() {
		all = append(all, components.Option{Value: id(v.access.RoleID(name)), Label: name})
	}
	return all
}

// planCell is a field of how a task is planned, as it is shown and edited; false when it has no such field.
func planCell(v view, t Task, f fieldCell) (fieldCell, bool) {
	switch f.name {
	case "labels":
		f.kind, f.value, f.labels, f.options = "labels", joined(t.Labels()), v.labelsOf(t), v.labelOptions
	case "estimate":
		f.kind, f.value, f.max = "text", estimateText(t.Estimate), 40
		f.text = f.value
	case "milestone":
		f.value, f.text = id(data.OrZero(t.MilestoneID)), v.milestoneName(data.OrZero(t.MilestoneID))
		f.options = func() []components.Option { return v.milestoneOptions(data.OrZero(t.MilestoneID)) }
	case "queue":
		f.value, f.text, f.options = id(data.OrZero(t.QueueID)), v.queueName(data.OrZero(t.QueueID)), v.queueOptions
	default:
		return f, false
	}
	return f, true
}
