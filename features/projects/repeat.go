package projects

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"portal/app/clock"
)

// repeatRule says when a task comes again. It is kept as an RRULE of RFC 5545, of the forms that String writes and of no
// others. It knows calendar days alone, no hours: what is due on a day is due on that day in summer and in winter.
type repeatRule struct {
	Freq      string         // one of the freq constants; empty for never
	Every     int            // 1 to repeatMost: every so many days, weeks, months or years
	Days      []time.Weekday // of a week, Monday first; none: the weekday it has
	Month     int            // 1 to 12, of a year
	Day       int            // 1 to 31 of a month, its last day where the month is shorter; lastOne; 0 with Nth
	Nth       int            // 1 to 4 or lastOne: which Weekday of a month; 0 for none
	Weekday   time.Weekday
	AfterDone bool      // it counts from the day on which the task is done, not from the one on which it was due
	Until     clock.Day // no task is made that is due later; empty for none
	Left      int       // how many tasks are still made; 0 for no end
}

// What a rule repeats by, and its bounds.
const (
	freqDay    = "DAILY"
	freqWeek   = "WEEKLY"
	freqMonth  = "MONTHLY"
	freqYear   = "YEARLY"
	lastOne    = -1
	repeatMost = 99
)

// The weekdays as RFC 5545 writes them, Monday first.
var (
	week     = []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
	weekCode = map[time.Weekday]string{time.Monday: "MO", time.Tuesday: "TU", time.Wednesday: "WE", time.Thursday: "TH", time.Friday: "FR", time.Saturday: "SA", time.Sunday: "SU"}
)

// String is the rule as it is kept; empty for never.
func (r repeatRule) String() string {
	if r.Freq == "" {
		return ""
	}
	all := []string{r.rfc()}
	if r.Until != "" {
		all = append(all, "UNTIL="+strings.ReplaceAll(string(r.Until), "-", ""))
	}
	if r.Left > 0 {
		all = append(all, "COUNT="+strconv.Itoa(r.Left))
	}
	if r.AfterDone {
		all = append(all, "X-AFTER=DONE")
	}
	return strings.Join(all, ";")
}

// rfc is the part of the rule that names days.
func (r repeatRule) rfc() string {
	all := []string{"FREQ=" + r.Freq}
	if r.Every > 1 {
		all = append(all, "INTERVAL="+strconv.Itoa(r.Every))
	}
	if r.Freq == freqWeek && len(r.Days) > 0 {
		var codes []string
		for _, d := range r.Days {
			codes = append(codes, weekCode[d])
		}
		all = append(all, "BYDAY="+strings.Join(codes, ","))
	}
	if r.Freq == freqYear {
		all = append(all, "BYMONTH="+strconv.Itoa(r.Month))
	}
	if r.Freq == freqMonth || r.Freq == freqYear {
		all = append(all, r.dayOfMonth())
	}
	return strings.Join(all, ";")
}

// dayOfMonth names a day that every month has: of the 31st, the last of those days from the 28th on that the month has.
func (r repeatRule) dayOfMonth() string {
	switch {
	case r.Nth != 0:
		return "BYDAY=" + weekCode[r.Weekday] + ";BYSETPOS=" + strconv.Itoa(r.Nth)
	case r.Day > 28:
		days := []string{"28", "29", "30", "31"}[:r.Day-27]
		return "BYMONTHDAY=" + strings.Join(days, ",") + ";BYSETPOS=-1"
	}
	return "BYMONTHDAY=" + strconv.Itoa(r.Day)
}

// parseRepeat reads what String wrote.
// Errors: for all else, however good a rule it may be elsewhere.
func parseRepeat(s string) (repeatRule, error) {
	var r repeatRule
	if s == "" {
		return r, nil
	}
	r.Every = 1
	for part := range strings.SplitSeq(s, ";") {
		name, value, _ := strings.Cut(part, "=")
		if !r.read(name, value) {
			return repeatRule{}, fmt.Errorf("repeat rule %q: %q is not one of ours", s, part)
		}
	}
	if !r.good() || r.String() != s {
		return repeatRule{}, fmt.Errorf("repeat rule %q is not one of ours", s)
	}
	return r, nil
}

// read takes one part of a rule; parseRepeat finds out whether they fit together.
func (r *repeatRule) read(name, value string) bool {
	n, err := strconv.Atoi(value)
	number := err == nil
	switch name {
	case "FREQ":
		r.Freq = value
	case "INTERVAL":
		r.Every = n
	case "BYMONTH":
		r.Month = n
	case "BYSETPOS":
		if r.Day == 0 {
			r.Nth = n
		}
	case "COUNT":
		r.Left = n
	case "X-AFTER":
		r.AfterDone, number = value == "DONE", true
	case "UNTIL":
		if number && len(value) == 8 {
			r.Until = clock.Day(value[:4] + "-" + value[4:6] + "-" + value[6:])
		}
	case "BYMONTHDAY":
		days := strings.Split(value, ",")
		r.Day, err = strconv.Atoi(days[len(days)-1])
		number = err == nil
	case "BYDAY":
		for code := range strings.SplitSeq(value, ",") {
			for d, c := range weekCode {
				if c == code {
					r.Days, r.Weekday = append(r.Days, d), d
				}
			}
		}
		if r.Freq != freqWeek {
			r.Days = nil
		}
		number = true
	default:
		return false
	}
	return number || name == "FREQ"
}

// good reports whether all values are within their bounds.
func (r repeatRule) good() bool {
	within := func(n, from, to int) bool { return n >= from && n <= to }
	day := r.Day == lastOne && r.Freq == freqMonth || within(r.Day, 1, 31)
	switch {
	case !within(r.Every, 1, repeatMost) || !within(r.Left, 0, repeatMost) || !r.Until.Valid() || r.Until != "" && r.Left > 0:
		return false
	case r.Freq == freqDay:
		return true
	case r.Freq == freqWeek:
		return len(r.Days) <= len(week) && slices.IsSortedFunc(r.Days, func(a, b time.Weekday) int { return slices.Index(week, a) - slices.Index(week, b) }) &&
			len(slices.Compact(slices.Clone(r.Days))) == len(r.Days)
	case r.Freq == freqMonth && r.Nth != 0:
		return r.Nth == lastOne || within(r.Nth, 1, 4)
	case r.Freq == freqMonth:
		return day
	case r.Freq == freqYear:
		return r.Nth == 0 && within(r.Month, 1, 12) && day && r.Day <= daysOf[r.Month-1]
	}
	return false
}

// daysOf is how many days each month has at most.
var daysOf = []int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// next is the day of the next task of one that is due on the day, or began on it, when it is done today; empty when no
// more is made. What is done late goes on with the rule's next day after today.
func (r repeatRule) next(due, today clock.Day) clock.Day {
	from, after := due, max(due, today)
	if due == "" {
		from, after = today, today
	}
	if r.AfterDone {
		from = today
		if r.Freq == freqDay || r.Freq == freqWeek && len(r.Days) == 0 {
			after = today
		}
	}
	option, err := rrule.StrToROption(r.rfc())
	if err != nil {
		return ""
	}
	if option.Dtstart, err = time.Parse("2006-01-02", string(from)); err != nil {
		return ""
	}
	rule, err := rrule.NewRRule(*option)
	if err != nil {
		return ""
	}
	past, err := time.Parse("2006-01-02", string(after))
	if err != nil {
		return ""
	}
	found := rule.After(past, false)
	day := clock.Day(found.Format("2006-01-02"))
	if found.IsZero() || !day.Valid() || r.Until != "" && day > r.Until {
		return ""
	}
	return day
}

// following is the rule of the next task: never, when that is the last one.
func (r repeatRule) following() repeatRule {
	if r.Left == 1 {
		return repeatRule{}
	}
	if r.Left > 0 {
		r.Left--
	}
	return r
}

// Text is the rule as people read it.
func (r repeatRule) Text() string {
	if r.Freq == "" {
		return "Never"
	}
	noun := map[string]string{freqDay: "day", freqWeek: "week", freqMonth: "month", freqYear: "year"}[r.Freq]
	text := "Every " + noun
	if r.Every > 1 {
		text = fmt.Sprintf("Every %d %ss", r.Every, noun)
	}
	switch {
	case r.Freq == freqWeek && len(r.Days) > 0:
		var names []string
		for _, d := range r.Days {
			names = append(names, d.String()[:3])
		}
		text += " on " + strings.Join(names, ", ")
	case r.Freq == freqYear:
		text += fmt.Sprintf(" on %d %s", r.Day, time.Month(r.Month))
	case r.Nth != 0:
		text += " on the " + nths[r.Nth] + " " + r.Weekday.String()
	case r.Day == lastOne:
		text += " on the last day"
	case r.Freq == freqMonth:
		text += fmt.Sprintf(" on day %d", r.Day)
	}
	if r.AfterDone {
		text += ", counted from when it is done"
	}
	switch {
	case r.Until != "":
		text += ", until " + string(r.Until)
	case r.Left == 1:
		text += ", once more"
	case r.Left > 1:
		text += fmt.Sprintf(", %d more times", r.Left)
	}
	return text
}

// nths are the places of a weekday in a month.
var nths = map[int]string{1: "first", 2: "second", 3: "third", 4: "fourth", lastOne: "last"}
