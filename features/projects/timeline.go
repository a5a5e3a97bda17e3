package projects

import (
	"fmt"
	"slices"
	"strconv"

	"portal/app/clock"
	"portal/components"
)

// timelineFilter is the query string of a timeline.
type timelineFilter struct {
	taskFilter
	From  string `query:"from"`  // the first day; empty for a little before today
	Scale string `query:"scale"` // days, weeks or months; empty means weeks
}

// scale is how much of time a timeline shows.
type scale struct {
	Name, Label string
	Days        int // at once
	Pixels      int // a day
}

var scales = []scale{{"days", "Days", 35, 30}, {"weeks", "Weeks", 91, 13}, {"months", "Months", 364, 4}}

// scaled is the scale of that name, weeks when there is none.
func scaled(name string) scale {
	for _, s := range scales {
		if s.Name == name {
			return s
		}
	}
	return scales[1]
}

// The measures of the timeline's drawing, in pixels. The style sheet has the same height for the rows of names.
const (
	rowHigh  = 34
	headHigh = 44
	barHigh  = 20
)

// timelineMost is how many tasks a page of the timeline has.
const timelineMost = 100

// tidy brings the filter to a scale and a first day, a Monday.
func (f timelineFilter) tidy(today clock.Day) timelineFilter {
	f.List = f.Tidy()
	f.Size, f.Scale = 25, scaled(f.Scale).Name
	d := clock.Day(f.From)
	if d == "" || !d.Valid() {
		d = today.Add(-7)
	}
	f.From = string(min(max(monday(d), firstDay), lastDay.Add(-scaled(f.Scale).Days)))
	return f
}

// link is the address of the timeline at path, with another value for some of the filter's parameters.
func (f timelineFilter) link(path string, pairs ...string) string {
	return f.taskFilter.link(path, append([]string{"scale", scaleParameter(f.Scale), "from", f.From}, pairs...)...)
}

func scaleParameter(name string) string {
	if name == scales[1].Name {
		return ""
	}
	return name
}

// to is the last day that the timeline shows.
func (f timelineFilter) to() clock.Day { return clock.Day(f.From).Add(scaled(f.Scale).Days - 1) }

// step is the address half a timeline earlier (-1) or later (1).
func (f timelineFilter) step(path string, by int) string {
	half := scaled(f.Scale).Days / 14 * 7
	return f.link(path, "from", string(clock.Day(f.From).Add(by*half)))
}

// timelineBar is a task on the timeline.
type timelineBar struct {
	Task  Task
	Depth int // 0 to 2: below what it is part of, if that is on the page
	Row   int
	X     int // where it begins, in pixels
	Width int
	Cut   struct{ Start, End bool } // it goes on before or after what is shown
}

// y is the top of the bar.
func (b timelineBar) y(rows0 int) int { return headHigh + (b.Row+rows0)*rowHigh + (rowHigh-barHigh)/2 }

// timelineArrow leads from a task to one that waits for it.
type timelineArrow struct {
	Path string // of an SVG path
	Head string
	Late bool // the one begins before the other ends
}

// timelineView is the timeline tab of a project.
type timelineView struct {
	headView
	f       timelineFilter
	scale   scale
	bars    []timelineBar
	arrows  []timelineArrow
	total   int
	undated []Task
	more    int // undated ones that are not shown
	today   clock.Day
}

func (v timelineView) path() string { return v.Project.Path() + "/timeline" }

func (v timelineView) pageLink(page int) string {
	return v.f.link(v.path(), "page", pageParameter(page))
}

// daysURL is where a task of the timeline is moved by days; the answer is the timeline as it is shown.
func (v timelineView) daysURL(t Task) string {
	return t.Path() + "/days" + v.f.link("", "in", "timeline", "page", pageParameter(v.f.Page))
}

// x is where the day begins, in pixels from the left.
func (v timelineView) x(d clock.Day) int {
	return int(daysBetween(clock.Day(v.f.From), d)) * v.scale.Pixels
}

func (v timelineView) width() int { return v.scale.Days * v.scale.Pixels }

// milestonesShown are those with a day in the window.
func (v timelineView) milestonesShown() []Milestone {
	return slices.DeleteFunc(slices.Clone(v.Milestones), func(m Milestone) bool {
		return m.DueOn == "" || m.DueOn < clock.Day(v.f.From) || m.DueOn > v.f.to()
	})
}

// rows0 is how many rows stand above the tasks: one when there are milestones.
func (v timelineView) rows0() int { return min(1, len(v.milestonesShown())) }

func (v timelineView) height() int { return headHigh + (len(v.bars)+v.rows0())*rowHigh + 8 }

// begins and ends are the first and the last day of a task that has one of them at least.
func begins(t Task) clock.Day {
	if t.StartOn == "" {
		return t.DueOn
	}
	return t.StartOn
}

func ends(t Task) clock.Day {
	if t.DueOn == "" {
		return t.StartOn
	}
	return t.DueOn
}

// draw lays the tasks into rows, parts below what they are part of, and the arrows between them.
func (v *timelineView) draw(rows []timelineRow, needs []needRow) {
	below := map[int64][]Task{}
	here := map[int64]bool{}
	for _, r := range rows {
		here[r.ID] = true
	}
	var tops []Task
	for _, r := range rows {
		if up := value(r.ParentID); here[up] {
			below[up] = append(below[up], r.Task)
			continue
		}
		tops = append(tops, r.Task)
	}
	var put func([]Task, int)
	put = func(tasks []Task, depth int) {
		for _, t := range tasks {
			v.bars = append(v.bars, v.bar(t, depth, len(v.bars)))
			put(below[t.ID], depth+1)
		}
	}
	put(tops, 0)
	at := map[int64]timelineBar{}
	for _, b := range v.bars {
		at[b.Task.ID] = b
	}
	for _, n := range needs {
		if at[n.TaskID].Cut.Start { // it begins before what is shown
			continue
		}
		v.arrows = append(v.arrows, v.arrow(at[n.NeedsID], at[n.TaskID]))
	}
}

func (v timelineView) bar(t Task, depth, row int) timelineBar {
	b := timelineBar{Task: t, Depth: depth, Row: row}
	first, last := begins(t), ends(t)
	if b.Cut.Start = first < clock.Day(v.f.From); b.Cut.Start {
		first = clock.Day(v.f.From)
	}
	if b.Cut.End = last > v.f.to(); b.Cut.End {
		last = v.f.to()
	}
	b.X = v.x(first)
	b.Width = v.x(last) + v.scale.Pixels - b.X
	return b
}

// arrow goes from the end of the one bar to the start of the other one, round both.
func (v timelineView) arrow(from, to timelineBar) timelineArrow {
	x1, y1 := from.X+from.Width, from.y(v.rows0())+barHigh/2
	x2, y2 := to.X, to.y(v.rows0())+barHigh/2
	path := fmt.Sprintf("M%d %dH%dV%dH%d", x1, y1, x1+6, y2, x2-2)
	if x2 < x1+12 {
		between := y1 + rowHigh/2
		if y2 < y1 {
			between = y1 - rowHigh/2
		}
		path = fmt.Sprintf("M%d %dH%dV%dH%dV%dH%d", x1, y1, x1+6, between, x2-9, y2, x2-2)
	}
	return timelineArrow{
		Path: path, Head: fmt.Sprintf("M%d %dL%d %dL%d %dz", x2-6, y2-4, x2, y2, x2-6, y2+4),
		Late: begins(to.Task) <= ends(from.Task),
	}
}

// timelineMark is a line of the timeline's head.
type timelineMark struct {
	X     int
	Label string // empty for a thin line
	Month bool
}

// marks are the lines of days, weeks or months.
func (v timelineView) marks() []timelineMark {
	var all []timelineMark
	for i := range v.scale.Days {
		d := clock.Day(v.f.From).Add(i)
		t := timeOf(d)
		m := timelineMark{X: i * v.scale.Pixels}
		switch {
		case t.Day() == 1 || i == 0:
			m.Month, m.Label = true, t.Format("Jan 2006")
			if i == 0 && t.AddDate(0, 0, 60/v.scale.Pixels+1).Month() != t.Month() {
				m.Label = "" // the next month's name needs the room
			}
		case v.scale.Name == "months" || v.scale.Name == "weeks" && t.Weekday() != 1:
			continue
		}
		all = append(all, m)
	}
	return all
}

// ticks are the numbers of days below the months' names.
func (v timelineView) ticks() []timelineMark {
	var all []timelineMark
	for i := range v.scale.Days {
		t := timeOf(clock.Day(v.f.From).Add(i))
		if v.scale.Name == "days" || v.scale.Name == "weeks" && t.Weekday() == 1 {
			all = append(all, timelineMark{X: i * v.scale.Pixels, Label: strconv.Itoa(t.Day())})
		}
	}
	return all
}

// weekends are where Saturdays begin; none where days are too narrow to be told apart.
func (v timelineView) weekends() []int {
	var all []int
	for i := 5; v.scale.Name != "months" && i < v.scale.Days; i += 7 {
		all = append(all, i*v.scale.Pixels)
	}
	return all
}

// said is the task and its days, as screen readers call the bar.
func (b timelineBar) said(v timelineView) string {
	return b.Task.Key(v.Project) + " " + b.Task.Name + ", " + span(b.Task.StartOn, b.Task.DueOn, v.today)
}

// class is the look of the bar.
func (b timelineBar) class(v timelineView) string {
	switch {
	case !b.Task.Open:
		return "tl-bar tl-bar-done"
	case b.Task.Overdue(v.today):
		return "tl-bar tl-bar-late"
	}
	return "tl-bar tone-" + v.v.words.Status(b.Task.StatusID).Tone
}

func (v timelineView) empty() components.EmptyState {
	if !v.f.Plain() {
		return components.EmptyState{Icon: "filter", Title: "No task fits", Text: "The filters above hide all tasks of these days.", Action: components.Link{Label: "Show all tasks", URL: v.path()}}
	}
	return components.EmptyState{
		Icon: "timeline", Title: "Nothing in these weeks",
		Text: "No task starts, runs or is due here. Tasks get their bars by a start and a due day, on their page or in the list.",
	}
}

// firstShown is the first day that the timeline shows.
func (v timelineView) firstShown() clock.Day { return clock.Day(v.f.From) }

// lineTop is where a line begins: a month's at the top.
func lineTop(m timelineMark) string {
	if m.Month {
		return "0"
	}
	return strconv.Itoa(headHigh - 20)
}

// diamond is the path of a milestone's mark around a point.
func diamond(x, y int) string {
	return fmt.Sprintf("M%d %dL%d %dL%d %dL%d %dz", x, y-8, x+8, y, x, y+8, x-8, y)
}

// name is as much of the task's name as the bar has room for.
func (b timelineBar) name() string {
	room := (b.Width - 14) / 7
	if len([]rune(b.Task.Name)) <= room {
		return b.Task.Name
	}
	return cut(b.Task.Name, room-1) + "…"
}
