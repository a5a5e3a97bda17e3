package projects

import (
	"math"
	"strconv"

	"portal/components"
)

// The lists of amounts of the statistics tab.

func (v statisticsView) people() components.AmountList {
	l := components.AmountList{
		ID: "load", Title: "Load per person", Text: "Open tasks of each person now.", First: "Person", CSV: v.csv("load"),
		Heads: []string{"Open", "Estimate", "Overdue", "Next 7 days"}, Empty: "No task is open.",
	}
	for _, p := range v.Load {
		name, link := "Nobody", "-1"
		if p.Person != 0 {
			name, link = known(v.v.personName(p.Person), "Somebody"), id(p.Person)
		}
		hours := math.Round(float64(p.Estimate)/6) / 10
		l.Items = append(l.Items, components.Amount{Label: name, URL: v.Project.Path() + "/list?show=open&assignee=" + link, Parts: []components.AmountPart{
			{Value: float64(p.Tasks)}, {Value: hours, Text: hoursText(int64(hours * 60))}, {Value: float64(p.Overdue), Bad: true}, {Value: float64(p.Soon)},
		}})
	}
	return l
}

func (v statisticsView) byStatus() components.AmountList {
	l := components.AmountList{ID: "status", Title: "By status", First: "Status", Heads: []string{"Tasks"}, CSV: v.csv("status"), Empty: "There is no task."}
	for _, s := range v.v.words.Statuses {
		if n := v.Statuses[s.ID]; n > 0 {
			l.Items = append(l.Items, components.Amount{Label: s.Name, Tone: s.Tone, URL: v.Project.Path() + "/list?status=" + id(s.ID), Parts: amount(n)})
		}
	}
	return l
}

func (v statisticsView) byPriority() components.AmountList {
	l := components.AmountList{ID: "priority", Title: "Open tasks by priority", First: "Priority", Heads: []string{"Open"}, CSV: v.csv("priority"), Empty: "No task is open."}
	all := v.v.words.Priorities
	for i := len(all) - 1; i >= 0; i-- { // the most urgent first
		if n := v.Priorities[all[i].ID]; n > 0 {
			l.Items = append(l.Items, components.Amount{Label: all[i].Name, Tone: all[i].Tone, URL: v.Project.Path() + "/list?show=open&priority=" + id(all[i].ID), Parts: amount(n)})
		}
	}
	return l
}

func (v statisticsView) byLabel() components.AmountList {
	l := components.AmountList{ID: "label", Title: "Open tasks by label", First: "Label", Heads: []string{"Open"}, CSV: v.csv("label"), Empty: "No open task has a label."}
	for _, one := range v.Labels {
		if n := v.Labelled[one.ID]; n > 0 {
			l.Items = append(l.Items, components.Amount{Label: one.Name, Tone: one.Tone, URL: v.link("label", id(one.ID)), Parts: amount(n)})
		}
	}
	return l
}

func (v statisticsView) byMilestone() components.AmountList {
	l := components.AmountList{
		ID: "milestone", Title: "Milestones", First: "Milestone", Heads: []string{"Tasks", "Done", "Due"}, CSV: v.csv("milestone"), Empty: "No task belongs to a milestone.",
	}
	for _, m := range v.Milestones {
		p := v.Reached[m.ID]
		if p.All == 0 {
			continue
		}
		late := m.DueOn != "" && m.DueOn < v.today && p.Done < p.All
		due := components.AmountPart{Text: known(dayText(m.DueOn, v.today), "–"), Bad: late}
		if late {
			due.Value = 1
		}
		l.Items = append(l.Items, components.Amount{Label: m.Name, URL: v.link("milestone", id(m.ID)), Parts: []components.AmountPart{
			{Value: float64(p.All)}, {Value: float64(p.Done), Text: strconv.Itoa(p.Done) + " (" + strconv.Itoa(p.Done*100/p.All) + "%)"}, due,
		}})
	}
	return l
}

func amount(n int) []components.AmountPart { return []components.AmountPart{{Value: float64(n)}} }

// tableOf is the table of a chart or list, its heads first; nil when there is none of that name.
func (v statisticsView) tableOf(name string) [][]string {
	for _, c := range []components.Chart{v.flow(), v.throughput(), v.late(), v.scope(), v.lead(), v.cycle()} {
		if c.ID == known(name, "flow") {
			return c.Rows()
		}
	}
	for _, l := range []components.AmountList{v.people(), v.byStatus(), v.byPriority(), v.byLabel(), v.byMilestone()} {
		if l.ID == name {
			return l.Rows()
		}
	}
	return nil
}
