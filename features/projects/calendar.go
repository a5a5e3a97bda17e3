package projects

import (
	"time"

	"portal/app/clock"
	"portal/components"
)

// calendarFilter is the query string of a calendar: of a month unless a week or a day is asked for.
type calendarFilter struct {
	taskFilter
	Month string `query:"month"` // 2006-01
	Week  string `query:"week"`  // a day of it
	Day   string `query:"day"`
}

// The first and the last day that a calendar shows.
const (
	firstDay clock.Day = "1900-01-01"
	lastDay  clock.Day = "9999-12-31"
)

const monthLayout = "2006-01"

// tidy brings the filter to one of a day, a week (by its Monday) and a month.
func (f calendarFilter) tidy(today clock.Day) calendarFilter {
	f.List = f.Tidy()
	if d := clock.Day(f.Day); d != "" && d.Valid() {
		f.Month, f.Week = "", ""
		return f
	}
	f.Day = ""
	if d := clock.Day(f.Week); d != "" && d.Valid() {
		f.Month, f.Week = "", string(max(monday(d), firstDay))
		return f
	}
	f.Week = ""
	if t, err := time.Parse(monthLayout, f.Month); err != nil || t.Year() < 1900 || t.Year() > 9999 {
		f.Month = string(today[:len(monthLayout)])
	}
	return f
}

// first is the day that the calendar is about: the first of the month, the week's Monday, or the day itself.
func (f calendarFilter) first() clock.Day {
	switch {
	case f.Day != "":
		return clock.Day(f.Day)
	case f.Week != "":
		return clock.Day(f.Week)
	}
	return clock.Day(f.Month + "-01")
}

// timeOf is the day as an instant, in UTC: calendars know no summer time.
func timeOf(d clock.Day) time.Time {
	t, _ := time.Parse("2006-01-02", string(d))
	return t
}

// monday is the Monday of the day's week.
func monday(d clock.Day) clock.Day { return d.Add(-(int(timeOf(d).Weekday()) + 6) % 7) }

// grid are the days that the calendar shows, from a Monday to a Sunday; those past the first or the last day are empty.
func (f calendarFilter) grid() []clock.Day {
	first := timeOf(f.first())
	last := first
	switch {
	case f.Day != "":
		return []clock.Day{f.first()}
	case f.Week == "":
		last = first.AddDate(0, 1, -1)
	}
	var all []clock.Day
	for t := first.AddDate(0, 0, -(int(first.Weekday())+6)%7); !t.After(last) || t.Weekday() != time.Monday; t = t.AddDate(0, 0, 1) {
		d := clock.Day(t.Format("2006-01-02"))
		if d < firstDay || t.Year() > 9999 {
			d = ""
		}
		all = append(all, d)
	}
	return all
}

// bounds are the first and the last of the days that there are.
func bounds(days []clock.Day) (from, to clock.Day) {
	for _, d := range days {
		if d == "" {
			continue
		}
		if from == "" {
			from = d
		}
		to = d
	}
	return from, to
}

// title is what the calendar shows, in words.
func (f calendarFilter) title() string {
	t := timeOf(f.first())
	switch {
	case f.Day != "":
		return t.Format("Monday, 2 January 2006")
	case f.Week != "":
		_, week := t.ISOWeek()
		return "Week " + number(int64(week)) + ", from " + t.Format("2 January 2006")
	}
	return t.Format("January 2006")
}

// step is the address of the calendar before (-1) or after (1), empty where there is none.
func (f calendarFilter) step(path string, by int) string {
	t := timeOf(f.first())
	name, layout := "month", monthLayout
	switch {
	case f.Day != "":
		name, layout, t = "day", "2006-01-02", t.AddDate(0, 0, by)
	case f.Week != "":
		name, layout, t = "week", "2006-01-02", t.AddDate(0, 0, 7*by)
	default:
		t = t.AddDate(0, by, 0)
	}
	if t.Year() < 1900 || t.Year() > 9999 {
		return ""
	}
	return f.to(path, name, t.Format(layout))
}

// to is the address of the calendar at path, of another month, week or day.
func (f calendarFilter) to(path, name, value string) string {
	return f.taskFilter.link(path, name, value)
}

// link is the address of the calendar at path, with another value for some of the filter's parameters.
func (f calendarFilter) link(path string, pairs ...string) string {
	return f.taskFilter.link(path, append([]string{"month", f.Month, "week", f.Week, "day", f.Day}, pairs...)...)
}

// kept are the parameters that the form of the filters sends along.
func (f calendarFilter) kept() []components.Option {
	var all []components.Option
	for _, o := range []components.Option{{Value: "month", Label: f.Month}, {Value: "week", Label: f.Week}, {Value: "day", Label: f.Day}} {
		if o.Label != "" {
			all = append(all, o)
		}
	}
	return all
}

// What a task is doing on a day of the calendar.
const (
	dayDue    = "due"
	dayRuns   = "runs"   // it has started, and is due later
	dayStarts = "starts" // it starts, and has no due day
)

// dayItem is a task on a day.
type dayItem struct {
	Task Task
	Kind string
	Span int // of one that lasts: its days in the week, on the first of them; else 0
}

// calendarDay is a day of the calendar.
type calendarDay struct {
	Day        clock.Day // empty: past the first or the last day there is
	Milestones []Milestone
	Lanes      []dayItem // what lasts over the day, in the rows of its week; a zero item for an empty row
	Items      []dayItem // the first of those that are due
	Total      int       // all tasks
	Shown      int       // of them
}

// calendarView is the calendar tab of a project.
type calendarView struct {
	headView
	f     calendarFilter
	days  []calendarDay
	cut   bool // not all tasks that last several days are there
	today clock.Day
	rows  []dayItem // of one day: a page of them
	total int       // of one day
}

func (v calendarView) path() string { return v.Project.Path() + "/calendar" }

// outside reports whether the day belongs to the month before or after.
func (v calendarView) outside(d clock.Day) bool {
	return v.f.Month != "" && len(d) >= len(monthLayout) && string(d[:len(monthLayout)]) != v.f.Month
}

// pageLink is the address of another page of a day's tasks.
func (v calendarView) pageLink(page, size int) string {
	return v.f.link(v.path(), "page", pageParameter(page), "size", sizeParameter(size))
}

// daysURL is where a task of the calendar is moved by days; the answer is the calendar as it is shown.
func (v calendarView) daysURL(t Task) string {
	return t.Path() + "/days" + v.f.link("", "in", "calendar")
}

// label is what screen readers call the day.
func (d calendarDay) label() string {
	said := timeOf(d.Day).Format("Monday, 2 January 2006")
	if d.Total > 0 {
		said += ", " + components.Plural(d.Total, "task")
	}
	for _, m := range d.Milestones {
		said += ", milestone " + m.Name
	}
	return said
}

// dayNumber is the day of the month, with the month's name where one begins.
func dayNumber(d clock.Day) string {
	t := timeOf(d)
	if t.Day() == 1 {
		return t.Format("2 Jan")
	}
	return t.Format("2")
}

// todayURL is the calendar of as many days as are shown, with today.
func (v calendarView) todayURL() string {
	switch {
	case v.f.Day != "":
		return v.f.to(v.path(), "day", string(v.today))
	case v.f.Week != "":
		return v.f.to(v.path(), "week", string(monday(v.today)))
	}
	return v.f.to(v.path(), "month", "")
}

// stop is the day that Tab comes to: today, or the first one.
func (v calendarView) stop() clock.Day {
	for _, d := range v.days {
		if d.Day == v.today {
			return d.Day
		}
	}
	return v.f.first()
}

// none reports whether there is nothing on any day.
func (v calendarView) none() bool {
	for _, d := range v.days {
		if d.Total > 0 || len(d.Milestones) > 0 {
			return false
		}
	}
	return true
}

func (v calendarView) noneText() string {
	if !v.f.Plain() {
		return "The filters above may hide tasks of these days."
	}
	return "No task has its start or its due day here. Give a task a due day on its page or in the list, and it shows here."
}

// begun reports whether the item's name stands on the day: where it starts, and where a week does.
func (i dayItem) begun(d clock.Day) bool {
	return i.Task.StartOn == d || timeOf(d).Weekday() == time.Monday
}

// said is what the task is doing on the day.
func (i dayItem) said(today clock.Day) string {
	switch {
	case i.Kind == dayRuns:
		return "until " + i.Task.DueOn.Text(today)
	case i.Kind == dayStarts:
		return "starts " + i.Task.StartOn.Text(today)
	case i.Task.Overdue(today):
		return "was due " + i.Task.DueOn.Text(today)
	}
	return "due " + i.Task.DueOn.Text(today)
}
