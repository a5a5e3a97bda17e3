package projects

import (
	"strconv"
	"time"

	"portal/app/clock"
	"portal/app/fault"
	"portal/components"
)

// repeatForm is what a person fills in of when a task comes again.
type repeatForm struct {
	Freq    string  `form:"freq"`    // empty for never
	Every   int64   `form:"every"`   // 0 for 1
	Days    []int64 `form:"days"`    // 1 for Monday to 7 for Sunday
	On      string  `form:"on"`      // of a month: day, last or weekday
	Day     int64   `form:"day"`     // of a month
	Nth     int64   `form:"nth"`     // 1 to 4, or -1
	Weekday int64   `form:"weekday"` // 1 for Monday to 7 for Sunday
	After   string  `form:"after"`   // due or done
	Ends    string  `form:"ends"`    // never, on or times
	Until   string  `form:"until" validate:"max=40"`
	Times   int64   `form:"times"`
	Version int64   `form:"version"`
}

// The choices of the form that are no numbers.
const (
	onDay     = "day"
	onLast    = "last"
	onWeekday = "weekday"
	afterDue  = "due"
	afterDone = "done"
	endsNever = "never"
	endsOn    = "on"
	endsTimes = "times"
)

// repeatFormOf is the form of a task; what its rule does not say is what its due date suggests.
func repeatFormOf(t Task, today clock.Day) repeatForm {
	r := t.rule()
	at, err := time.Parse("2006-01-02", string(t.DueOn))
	if err != nil {
		at, _ = time.Parse("2006-01-02", string(today))
	}
	f := repeatForm{
		Freq: r.Freq, Every: int64(max(1, r.Every)), On: onDay, Day: int64(at.Day()), Nth: int64(min(4, (at.Day()-1)/7+1)), Weekday: isoDay(at.Weekday()),
		After: afterDue, Ends: endsNever, Until: string(r.Until), Times: int64(r.Left), Version: t.Version,
	}
	for _, d := range r.Days {
		f.Days = append(f.Days, isoDay(d))
	}
	switch {
	case r.Freq == freqMonth && r.Nth != 0:
		f.On, f.Nth, f.Weekday = onWeekday, int64(r.Nth), isoDay(r.Weekday)
	case r.Freq == freqMonth && r.Day == lastOne:
		f.On = onLast
	case r.Freq == freqMonth:
		f.Day = int64(r.Day)
	}
	if r.AfterDone {
		f.After = afterDone
	}
	switch {
	case r.Until != "":
		f.Ends = endsOn
	case r.Left > 0:
		f.Ends = endsTimes
	}
	return f
}

func isoDay(d time.Weekday) int64 { return int64((d+6)%7) + 1 }

// rule is what the form says of a task that is due on the day.
// Errors: fault.Invalid at the field that is wrong.
func (f repeatForm) rule(due, today clock.Day) (repeatRule, error) {
	r := repeatRule{Freq: f.Freq, Every: int(max(1, min(f.Every, repeatMost+1))), AfterDone: f.After == afterDone}
	if f.Freq == "" {
		return repeatRule{}, nil
	}
	if f.Every < 0 || r.Every > repeatMost {
		return r, fault.Field("every", "Write a number from 1 to %d.", repeatMost)
	}
	switch f.Freq {
	case freqDay:
	case freqWeek:
		for _, d := range sorted(f.Days) {
			if d < 1 || d > 7 {
				return r, fault.Field("days", "Choose days of the week.")
			}
			r.Days = append(r.Days, week[d-1])
		}
	case freqMonth:
		if err := f.month(&r); err != nil {
			return r, err
		}
	case freqYear:
		if due == "" {
			return r, fault.Field("freq", "Give the task a due date first: it comes again on that day of the year.")
		}
		at, err := time.Parse("2006-01-02", string(due))
		if err != nil {
			return r, err
		}
		r.Month, r.Day = int(at.Month()), at.Day()
	default:
		return r, fault.Field("freq", "Choose from the list.")
	}
	return r, f.end(&r, today)
}

func (f repeatForm) month(r *repeatRule) error {
	switch f.On {
	case onLast:
		r.Day = lastOne
	case onWeekday:
		if f.Nth != lastOne && (f.Nth < 1 || f.Nth > 4) || f.Weekday < 1 || f.Weekday > 7 {
			return fault.Field("nth", "Choose which weekday of the month.")
		}
		r.Nth, r.Weekday = int(f.Nth), week[f.Weekday-1]
	default:
		if f.Day < 1 || f.Day > 31 {
			return fault.Field("day", "Write a day of the month, from 1 to 31.")
		}
		r.Day = int(f.Day)
	}
	return nil
}

func (f repeatForm) end(r *repeatRule, today clock.Day) error {
	switch f.Ends {
	case endsOn:
		day, err := clock.ParseDay(f.Until, today)
		if err != nil {
			return fault.Field("until", "%s.", err)
		}
		if day == "" {
			return fault.Field("until", "Write the last day.")
		}
		r.Until = day
	case endsTimes:
		if f.Times < 1 || f.Times > repeatMost {
			return fault.Field("times", "Write a number from 1 to %d.", repeatMost)
		}
		r.Left = int(f.Times)
	}
	return nil
}

// repeatView is the page of when a task comes again.
type repeatView struct {
	taskView
	f     repeatForm
	wrong map[string]string
}

func (r repeatView) path() string { return r.Task.Path() + "/repeat" }

var freqOptions = []components.Option{
	{Value: "", Label: "Never"}, {Value: freqDay, Label: "By days"}, {Value: freqWeek, Label: "By weeks"}, {Value: freqMonth, Label: "By months"},
	{Value: freqYear, Label: "By years, on the day of its due date"},
}

func weekOptions() []components.Option {
	var all []components.Option
	for _, d := range week {
		all = append(all, components.Option{Value: strconv.FormatInt(isoDay(d), 10), Label: d.String()})
	}
	return all
}

var nthOptions = []components.Option{{Value: "1", Label: "First"}, {Value: "2", Label: "Second"}, {Value: "3", Label: "Third"}, {Value: "4", Label: "Fourth"}, {Value: "-1", Label: "Last"}}

// nextText is when the next task would be due if this one were done today; empty when none comes.
func (t taskView) nextText() string {
	start, due, ok := t.Task.nextDays(t.Task.rule(), t.today)
	if !ok {
		return ""
	}
	return max(start, due).Text(t.today)
}
