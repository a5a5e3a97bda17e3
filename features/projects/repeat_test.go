package projects

import (
	"testing"

	"portal/app/clock"
)

func TestRepeat_NextDay(t *testing.T) {
	for _, c := range []struct{ name, rule, due, today, want string }{
		{"daily, on its day", "FREQ=DAILY", "2026-11-24", "2026-11-24", "2026-11-25"},
		{"daily, done early", "FREQ=DAILY", "2026-11-24", "2026-11-20", "2026-11-25"},
		{"daily, done late", "FREQ=DAILY", "2026-11-01", "2026-11-24", "2026-11-25"},
		{"every third day keeps its rhythm when done late", "FREQ=DAILY;INTERVAL=3", "2026-11-01", "2026-11-24", "2026-11-25"},
		{"every third day, done late by one", "FREQ=DAILY;INTERVAL=3", "2026-11-01", "2026-11-02", "2026-11-04"},
		{"every third day, done on one of its days", "FREQ=DAILY;INTERVAL=3", "2026-11-01", "2026-11-04", "2026-11-07"},
		{"daily over the end of a year", "FREQ=DAILY", "2026-12-31", "2026-12-31", "2027-01-01"},
		{"daily without a due date", "FREQ=DAILY", "", "2026-11-24", "2026-11-25"},
		{"daily over the change to summer time", "FREQ=DAILY", "2027-03-27", "2027-03-27", "2027-03-28"},
		{"daily after the change to summer time", "FREQ=DAILY", "2027-03-28", "2027-03-28", "2027-03-29"},
		{"daily over the change to winter time", "FREQ=DAILY", "2026-10-25", "2026-10-25", "2026-10-26"},
		{"weekly", "FREQ=WEEKLY", "2026-11-24", "2026-11-24", "2026-12-01"},
		{"weekly, done six days late", "FREQ=WEEKLY", "2026-11-24", "2026-11-30", "2026-12-01"},
		{"weekly, done a week late", "FREQ=WEEKLY", "2026-11-24", "2026-12-01", "2026-12-08"},
		{"every second week", "FREQ=WEEKLY;INTERVAL=2", "2026-11-24", "2026-11-24", "2026-12-08"},
		{"every second week, done ten days late", "FREQ=WEEKLY;INTERVAL=2", "2026-11-24", "2026-12-04", "2026-12-08"},
		{"on Monday and Thursday, from Monday", "FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-23", "2026-11-23", "2026-11-26"},
		{"on Monday and Thursday, from Thursday", "FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-26", "2026-11-26", "2026-11-30"},
		{"on weekdays, from Friday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-27", "2026-11-27", "2026-11-30"},
		{"on weekdays, done on Saturday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-27", "2026-11-28", "2026-11-30"},
		{"every second week on Monday, from Tuesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-11-24", "2026-11-24", "2026-12-07"},
		{"every second week on Sunday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "2026-11-29", "2026-11-29", "2026-12-13"},
		{"monthly on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15", "2026-11-15", "2026-11-15", "2026-12-15"},
		{"monthly on the 15th, done two months late", "FREQ=MONTHLY;BYMONTHDAY=15", "2026-09-15", "2026-11-24", "2026-12-15"},
		{"the 31st, into a month of 30", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "2026-10-31", "2026-10-31", "2026-11-30"},
		{"the 31st, back to a month of 31", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "2026-11-30", "2026-11-30", "2026-12-31"},
		{"the 31st, into February", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "2027-01-31", "2027-01-31", "2027-02-28"},
		{"the 31st, into a leap February", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "2028-01-31", "2028-01-31", "2028-02-29"},
		{"the 30th, into February", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "2027-01-30", "2027-01-30", "2027-02-28"},
		{"the 30th, into a month of 31", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "2027-02-28", "2027-02-28", "2027-03-30"},
		{"the 29th, into February", "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1", "2027-01-29", "2027-01-29", "2027-02-28"},
		{"the last day", "FREQ=MONTHLY;BYMONTHDAY=-1", "2027-02-28", "2027-02-28", "2027-03-31"},
		{"the last day, into a leap February", "FREQ=MONTHLY;BYMONTHDAY=-1", "2028-01-31", "2028-01-31", "2028-02-29"},
		{"every third month on the 31st", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "2026-08-31", "2026-08-31", "2026-11-30"},
		{"the second Tuesday", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "2026-11-10", "2026-11-10", "2026-12-08"},
		{"the second Tuesday, done late but before the next", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "2026-11-10", "2026-12-07", "2026-12-08"},
		{"the last Friday", "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", "2026-11-27", "2026-11-27", "2026-12-25"},
		{"the fourth Thursday every second month", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TH;BYSETPOS=4", "2026-11-26", "2026-11-26", "2027-01-28"},
		{"yearly", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=24", "2026-11-24", "2026-11-24", "2027-11-24"},
		{"29 February, into a year without", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", "2028-02-29", "2028-02-29", "2029-02-28"},
		{"29 February, back into a leap year", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", "2031-02-28", "2031-02-28", "2032-02-29"},
		{"every fourth year", "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", "2028-02-29", "2028-02-29", "2032-02-29"},
		{"ten days after it is done, late", "FREQ=DAILY;INTERVAL=10;X-AFTER=DONE", "2026-11-01", "2026-11-24", "2026-12-04"},
		{"ten days after it is done, early", "FREQ=DAILY;INTERVAL=10;X-AFTER=DONE", "2026-11-24", "2026-11-20", "2026-11-30"},
		{"two weeks after it is done", "FREQ=WEEKLY;INTERVAL=2;X-AFTER=DONE", "2026-11-01", "2026-11-24", "2026-12-08"},
		{"the Monday after it is done", "FREQ=WEEKLY;BYDAY=MO;X-AFTER=DONE", "2026-11-23", "2026-11-25", "2026-11-30"},
		{"monthly after it is done, early, is not the same day again", "FREQ=MONTHLY;BYMONTHDAY=15;X-AFTER=DONE", "2026-11-15", "2026-11-10", "2026-12-15"},
		{"every third month after it is done late", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15;X-AFTER=DONE", "2026-11-15", "2026-11-20", "2027-02-15"},
		{"until a day that comes", "FREQ=DAILY;UNTIL=20261125", "2026-11-24", "2026-11-24", "2026-11-25"},
		{"until a day that is over", "FREQ=DAILY;UNTIL=20261124", "2026-11-24", "2026-11-24", ""},
		{"a number of times is counted by the tasks, not by days", "FREQ=DAILY;COUNT=1", "2026-11-01", "2026-11-24", "2026-11-25"},
		{"nothing comes after the last year", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "9999-12-31", "2026-11-24", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := parseRepeat(c.rule)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.next(clock.Day(c.due), clock.Day(c.today)); string(got) != c.want {
				t.Errorf("%s, due %s, done %s: %q, not %q", c.rule, c.due, c.today, got, c.want)
			}
		})
	}
}

func TestS73_RepeatTakesOnlyItsOwnRules(t *testing.T) {
	for _, s := range []string{
		"FREQ=SECONDLY", "FREQ=HOURLY;INTERVAL=1", "FREQ=DAILY;INTERVAL=1", "FREQ=DAILY;INTERVAL=100", "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;INTERVAL=0",
		"FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=100", "FREQ=DAILY;COUNT=99999999999999999999", "FREQ=DAILY;UNTIL=20261301", "FREQ=DAILY;UNTIL=20260101T000000Z",
		"FREQ=DAILY;UNTIL=20270101;COUNT=2", "FREQ=WEEKLY;BYDAY=", "FREQ=WEEKLY;BYDAY=TU,MO", "FREQ=WEEKLY;BYDAY=MO,MO", "FREQ=WEEKLY;BYDAY=2MO",
		"FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=5",
		"FREQ=MONTHLY;BYDAY=TU;BYSETPOS=0", "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=13;BYMONTHDAY=1", "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
		"freq=daily", "FREQ=DAILY;", ";FREQ=DAILY", "INTERVAL=2;FREQ=DAILY", "FREQ=DAILY;BYSECOND=1", "FREQ=DAILY;X-AFTER=NO", "DTSTART=20260101T000000Z\nFREQ=DAILY", "x",
	} {
		if r, err := parseRepeat(s); err == nil {
			t.Errorf("%q is taken as %q", s, r.Text())
		}
	}
}

func FuzzRepeat_WhatIsTakenIsBoundedAndComesLater(f *testing.F) {
	f.Add("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", 20, 40)
	f.Add("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=3;X-AFTER=DONE", 0, 0)
	f.Add("FREQ=YEARLY;INTERVAL=99;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", 59, 400)
	f.Fuzz(func(t *testing.T, rule string, due, today int) {
		r, err := parseRepeat(rule)
		if err != nil {
			return
		}
		if again, err := parseRepeat(r.String()); err != nil || again.String() != rule {
			t.Fatalf("%q is written as %q: %v", rule, r, err)
		}
		base := clock.Day("2026-01-01")
		d, now := base.Add(due%3000), base.Add(today%3000)
		if next := r.next(d, now); r.Freq != "" && next != "" && next <= now {
			t.Fatalf("%q, due %s, done %s: %s is not later", rule, d, now, next)
		}
	})
}
