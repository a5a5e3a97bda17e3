// Package clock knows calendar days, zones and how people write them.
package clock

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Now is the present moment in UTC, to the microsecond: as exact as both databases keep it.
// A portal in a test gets its own.
type Now func() time.Time

// System is the machine's clock.
func System() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Day is a calendar day, 2006-01-02; it has no zone and is never a midnight. Empty is none.
type Day string

const layout = "2006-01-02"

// DayOf is the day that instant t falls on in zone.
func DayOf(t time.Time, zone *time.Location) Day { return Day(t.In(zone).Format(layout)) }

// Valid reports whether d is empty or a day that exists.
func (d Day) Valid() bool {
	if d == "" {
		return true
	}
	t, err := time.Parse(layout, string(d))
	return err == nil && t.Year() >= 1900 && t.Year() < 10000
}

// Add is the day n days later; empty stays empty.
func (d Day) Add(n int) Day {
	t, err := time.Parse(layout, string(d))
	if err != nil {
		return d
	}
	return Day(t.AddDate(0, 0, n).Format(layout))
}

// DaysBetween is how many days the second day comes after the first, less than 0 when it comes before; 0 when one of them is none.
func DaysBetween(from, to Day) int {
	a, errA := time.Parse(layout, string(from))
	b, errB := time.Parse(layout, string(to))
	if errA != nil || errB != nil {
		return 0
	}
	return int((b.Unix() - a.Unix()) / (24 * 60 * 60)) // a Duration ends at 292 years
}

// Text is the day as shown: "Mon 23 Nov", with the year when it is not today's.
func (d Day) Text(today Day) string {
	t, err := time.Parse(layout, string(d))
	if err != nil {
		return string(d)
	}
	if len(today) >= 4 && today[:4] == d[:4] {
		return t.Format("Mon 2 Jan")
	}
	return t.Format("Mon 2 Jan 2006")
}

// zones are those that were asked for before: to load one takes longer than most of a request.
var zones sync.Map

// Zone is the IANA zone of that name, UTC when there is none.
func Zone(name string) *time.Location {
	if name == "" {
		return time.UTC
	}
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, loc)
	return loc
}

// ParseDay reads a day as people type it: 2026-11-23, 23.11.2026, 23.11., "today", "tomorrow", "fri", "+3d", "+2w".
// Empty text is no day. Days without a year and weekdays are the next such day from today on.
// Errors: a sentence that gives examples.
func ParseDay(s string, today Day) (Day, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "":
		return "", nil
	case "today":
		return today, nil
	case "tomorrow":
		return today.Add(1), nil
	case "yesterday":
		return today.Add(-1), nil
	}
	if d := Day(s); len(s) == len(layout) && d.Valid() {
		return d, nil
	}
	if d, ok := relativeDay(s, today); ok {
		return d, nil
	}
	if d, ok := weekday(s, today); ok {
		return d, nil
	}
	if d, ok := dottedDay(s, today); ok {
		return d, nil
	}
	return "", fmt.Errorf("“%s” is not a day: write 2026-11-23, fri, tomorrow or +3d", s)
}

func relativeDay(s string, today Day) (Day, bool) {
	if len(s) < 3 || s[0] != '+' {
		return "", false
	}
	n, err := strconv.Atoi(s[1 : len(s)-1])
	if err != nil || n < 0 || n > 5000 {
		return "", false
	}
	switch s[len(s)-1] {
	case 'd':
		return today.Add(n), true
	case 'w':
		return today.Add(7 * n), true
	}
	return "", false
}

func weekday(s string, today Day) (Day, bool) {
	t, err := time.Parse(layout, string(today))
	if err != nil || len(s) < 3 {
		return "", false
	}
	for i := 1; i <= 7; i++ {
		name := strings.ToLower(t.AddDate(0, 0, i).Weekday().String())
		if strings.HasPrefix(name, s) {
			return today.Add(i), true
		}
	}
	return "", false
}

func dottedDay(s string, today Day) (Day, bool) {
	t, err := time.Parse("2.1.2006", s)
	if err == nil {
		d := Day(t.Format(layout))
		return d, d.Valid()
	}
	if len(today) < 4 {
		return "", false
	}
	t, err = time.Parse("2.1.2006", strings.TrimSuffix(s, ".")+"."+string(today[:4]))
	if err != nil {
		return "", false
	}
	d := Day(t.Format(layout))
	if d < today {
		d = Day(t.AddDate(1, 0, 0).Format(layout))
	}
	return d, true
}
