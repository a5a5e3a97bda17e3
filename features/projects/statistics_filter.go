package projects

import (
	"time"

	"portal/app/clock"
)

// statisticsFilter is the query string of a project's figures.
type statisticsFilter struct {
	From      string `query:"from"` // a calendar day
	To        string `query:"to"`
	Assignee  int64  `query:"assignee"` // -1: nobody
	Label     int64  `query:"label"`
	Milestone int64  `query:"milestone"`
	Chart     string `query:"chart"` // which table to download

	first, last clock.Day // the period, made by tidy
}

// The usual period and the longest one, in days.
const (
	usualPeriod   = 12 * 7
	longestPeriod = 3 * 366
)

// tidy makes the period of what was asked for: twelve weeks up to today unless days were said.
func (f *statisticsFilter) tidy(today clock.Day) {
	f.last, f.first = clock.Day(f.To), clock.Day(f.From)
	if !goodDay(f.last) {
		f.To, f.last = "", today
	}
	if !goodDay(f.first) {
		f.From, f.first = "", f.last.Add(1-usualPeriod)
	}
	if f.last < f.first {
		f.first, f.last = f.last, f.first
		f.From, f.To = string(f.first), string(f.last)
	}
	if lengthOf(f.first, f.last) > longestPeriod {
		f.first = f.last.Add(1 - longestPeriod)
		f.From = string(f.first)
	}
}

func goodDay(d clock.Day) bool {
	return d != "" && d.Valid() && d >= "1970-01-01" && d <= "2199-12-31"
}

// lengthOf is how many days lie between, both counted.
func lengthOf(first, last clock.Day) int { return ordinal(last) - ordinal(first) + 1 }

// ordinal counts days from 1970-01-01 on; 0 for none.
func ordinal(d clock.Day) int {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return 0
	}
	return int(t.Unix() / 86400)
}

// dayOfOrdinal is the day that ordinal counts so.
func dayOfOrdinal(n int) clock.Day {
	return clock.Day(time.Unix(int64(n)*86400, 0).UTC().Format(time.DateOnly))
}
