package projects

import (
	"slices"

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
	barHigh  = 24
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
	return clock.DaysBetween(clock.Day(v.f.From), d) * v.scale.Pixels
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
