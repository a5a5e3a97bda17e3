package projects

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"portal/app/clock"
	"portal/components"
)

// statisticsView is the statistics tab of a project.
type statisticsView struct {
	headView
	figures
	f     statisticsFilter
	today clock.Day
}

func (v statisticsView) path() string { return v.Project.Path() + "/statistics" }

// link is the page's address with another value for some of its parameters.
func (v statisticsView) link(pairs ...string) string { return v.address(v.path(), pairs) }

func (v statisticsView) address(path string, pairs []string) string {
	q := url.Values{}
	put(q, "from", v.f.From)
	put(q, "to", v.f.To)
	put(q, "assignee", number(v.f.Assignee))
	put(q, "label", number(v.f.Label))
	put(q, "milestone", number(v.f.Milestone))
	return address(path, q, pairs)
}

func (v statisticsView) csv(chart string) string {
	return v.address(v.Project.Path()+"/statistics.csv", []string{"chart", chart})
}

// chips are the filters that are on.
func (v statisticsView) chips() []components.Chip {
	var all []components.Chip
	if v.f.From != "" || v.f.To != "" {
		all = append(all, components.Chip{Label: v.period(), Without: v.link("from", "", "to", "")})
	}
	switch {
	case v.f.Assignee > 0:
		all = append(all, components.Chip{Label: known(v.v.personName(v.f.Assignee), "Nobody known"), Without: v.link("assignee", "")})
	case v.f.Assignee < 0:
		all = append(all, components.Chip{Label: "No assignee", Without: v.link("assignee", "")})
	}
	if v.f.Label != 0 {
		all = append(all, components.Chip{Label: known(v.label(v.f.Label).Name, "Unknown label"), Without: v.link("label", "")})
	}
	if v.f.Milestone != 0 {
		all = append(all, components.Chip{Label: known(v.milestone(v.f.Milestone).Name, "Unknown milestone"), Without: v.link("milestone", "")})
	}
	return all
}

func (v statisticsView) period() string {
	return v.f.first.Text(v.today) + " to " + v.f.last.Text(v.today)
}

// periods are those that have a name.
func (v statisticsView) periods() []components.Link {
	var all []components.Link
	for _, p := range []struct {
		label string
		days  int
	}{{"4 weeks", 28}, {"12 weeks", usualPeriod}, {"26 weeks", 26 * 7}, {"1 year", 365}} {
		from := string(v.today.Add(1 - p.days))
		if p.days == usualPeriod {
			from = ""
		}
		all = append(all, components.Link{Label: p.label, URL: v.link("from", from, "to", "")})
	}
	return all
}

func (v statisticsView) labelOptions() []components.Option {
	all := []components.Option{{Label: "Any label"}}
	for _, l := range v.Labels {
		all = append(all, components.Option{Value: id(l.ID), Label: l.Name})
	}
	return all
}

func (v statisticsView) milestoneOptions() []components.Option {
	all := []components.Option{{Label: "Any milestone"}}
	for _, m := range v.Milestones {
		all = append(all, components.Option{Value: id(m.ID), Label: m.Name})
	}
	return all
}

// stats are the figures over the charts; each leads to its tasks.
func (v statisticsView) stats() []components.Stat {
	list := v.Project.Path() + "/list?"
	assignee := ""
	if v.f.Assignee != 0 {
		assignee = "&assignee=" + id(v.f.Assignee)
	}
	return []components.Stat{
		{Label: "Open now", Value: v.Open, URL: list + "show=open" + assignee, Icon: "circle-dashed"},
		{Label: "Overdue now", Value: v.OverdueNow, URL: list + "show=overdue" + assignee, Icon: "alert-triangle", Bad: true},
		{Label: "Completed in the period", Value: v.Completed, URL: "#chart-throughput", Icon: "circle-check"},
	}
}

// shortDay is a day as a scale shows it: 2 Nov, with the year when it is another one.
func (v statisticsView) shortDay(d clock.Day) string {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	if d[:4] != v.today[:4] {
		return t.Format("2 Jan ’06")
	}
	return t.Format("2 Jan")
}

func (v statisticsView) days(all []clock.Day) []string {
	texts := make([]string, len(all))
	for i, d := range all {
		texts[i] = v.shortDay(d)
	}
	return texts
}

func (v statisticsView) first() string {
	if v.Weekly {
		return "Week up to"
	}
	return "Day"
}

func (v statisticsView) flow() components.Chart {
	return components.Chart{
		ID: "flow", Title: "Flow", First: v.first(), Points: v.days(v.Points), Unit: "task", CSV: v.csv("flow"),
		Text: "How many tasks were done, in progress and still to do at the end of each " + map[bool]string{true: "week", false: "day"}[v.Weekly] +
			", by when they were made, first begun and completed. Reviews count as in progress; cancelled tasks are left out.",
		Series: []components.Series{
			{Name: "Done", Tone: "green", Values: v.Done}, {Name: "In progress", Tone: "blue", Values: v.Doing}, {Name: "To do", Tone: "slate", Values: v.Todo},
		},
	}
}

func (v statisticsView) throughput() components.Chart {
	return components.Chart{
		ID: "throughput", Title: "Throughput", First: "Week from", Points: v.days(v.Weeks), Unit: "task", CSV: v.csv("throughput"),
		Text:   fmt.Sprintf("Tasks completed and tasks made in each week. %s completed in the period.", components.Plural(v.Completed, "task")),
		Series: []components.Series{{Name: "Completed", Tone: "green", Values: v.Throughput}, {Name: "Made", Tone: "slate", Values: v.Added}},
	}
}

func (v statisticsView) late() components.Chart {
	return components.Chart{
		ID: "overdue", Title: "Overdue", First: v.first(), Points: v.days(v.Points), Unit: "task", CSV: v.csv("overdue"),
		Text:   "Tasks that were open past their due date at the end of each " + map[bool]string{true: "week", false: "day"}[v.Weekly] + ", by the due dates they have today.",
		Series: []components.Series{{Name: "Overdue", Tone: "red", Values: v.Overdue}}, Empty: "No task was overdue in this period.",
	}
}

// scope is what a project has to do, and how much of it is done.
func (v statisticsView) scope() components.Chart {
	all := make([]float64, len(v.Points))
	for i := range all {
		all[i] = v.Todo[i] + v.Doing[i] + v.Done[i]
	}
	return components.Chart{
		ID: "scope", Title: "Burn-up", First: v.first(), Points: v.days(v.Points), Unit: "task", CSV: v.csv("scope"),
		Text:   "All tasks, and those of them that are done. Where the lines meet, the work is done.",
		Series: []components.Series{{Name: "All", Tone: "slate", Values: all}, {Name: "Done", Tone: "green", Values: v.Done}},
	}
}

func (v statisticsView) lead() components.Chart {
	return v.spread("lead", "Lead time", "From when a task was made until it was completed.", v.Lead)
}

func (v statisticsView) cycle() components.Chart {
	return v.spread("cycle", "Cycle time", "From when a task was first begun until it was completed.", v.Cycle)
}

func (v statisticsView) spread(chart, title, what string, s spread) components.Chart {
	c := components.Chart{
		ID: chart, Title: title, First: "Length", Unit: "task", CSV: v.csv(chart), Text: what,
		Series: []components.Series{{Name: "Tasks", Tone: "indigo", Values: s.Columns}}, Empty: "No task was completed in this period.",
	}
	if s.Count == 0 {
		return c
	}
	from := 0
	for _, most := range lengths {
		c.Points = append(c.Points, map[bool]string{true: "≤ 1 d", false: strconv.Itoa(from) + "–" + strconv.Itoa(int(most)) + " d"}[from == 0])
		from = int(most)
	}
	c.Points = append(c.Points, "> "+strconv.Itoa(from)+" d")
	c.Text += fmt.Sprintf(" Half of %s took %s at most, 85%% took %s and 95%% %s.", components.Plural(s.Count, "task"), daysText(s.Median), daysText(s.P85), daysText(s.P95))
	for _, m := range []struct {
		label string
		at    float64
	}{{"Median " + daysText(s.Median), s.Median}, {"85% " + daysText(s.P85), s.P85}, {"95% " + daysText(s.P95), s.P95}} {
		c.Marks = append(c.Marks, components.ChartMark{Label: m.label, At: placeOf(m.at)})
	}
	return c
}

// placeOf is where a length stands among the columns, 0 to 1: columns are as wide as each other whatever they hold.
func placeOf(days float64) float64 {
	from := 0.0
	for i, most := range lengths {
		if days <= most {
			return (float64(i) + (days-from)/(most-from)) / float64(len(lengths)+1)
		}
		from = most
	}
	return (float64(len(lengths)) + 0.5) / float64(len(lengths)+1)
}

func daysText(d float64) string {
	if d < 1 {
		return strconv.FormatFloat(d*24, 'f', 1, 64) + " h"
	}
	return strconv.FormatFloat(d, 'f', 1, 64) + " d"
}

func hoursText(minutes int64) string {
	if minutes == 0 {
		return "–"
	}
	return strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64) + " h"
}
