package clock

import (
	"testing"
	"time"
)

func TestParseDay_ReadsWhatPeopleType(t *testing.T) {
	const monday = Day("2026-11-23")
	for typed, want := range map[string]Day{
		"": "", "2026-11-23": "2026-11-23", " 2027-02-28 ": "2027-02-28", "23.11.2026": "2026-11-23", "1.2.2027": "2027-02-01",
		"23.11.": "2026-11-23", "22.11.": "2027-11-22", "24.11": "2026-11-24", "today": monday, "Tomorrow": "2026-11-24", "yesterday": "2026-11-22",
		"fri": "2026-11-27", "Friday": "2026-11-27", "mon": "2026-11-30", "tue": "2026-11-24", "sun": "2026-11-29",
		"+3d": "2026-11-26", "+2w": "2026-12-07", "+0d": monday,
	} {
		if got, err := ParseDay(typed, monday); err != nil || got != want {
			t.Errorf("%q is %q, %v; not %q", typed, got, err, want)
		}
	}
	for _, typed := range []string{"2026-02-30", "31.2.2026", "someday", "+d", "+3x", "-3d", "+99999d", "1899-12-31", "fr", "29.2.", "23/11/2026", "\x00"} {
		if got, err := ParseDay(typed, monday); err == nil {
			t.Errorf("%q is taken for %q", typed, got)
		}
	}
	if got, err := ParseDay("29.2.", "2028-01-01"); err != nil || got != "2028-02-29" {
		t.Errorf("a leap day: %q, %v", got, err)
	}
}

func TestDay_OfDependsOnTheZone(t *testing.T) {
	at := time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC)
	for zone, want := range map[string]Day{"UTC": "2026-11-23", "Europe/Berlin": "2026-11-24", "America/Chicago": "2026-11-23", "nowhere": "2026-11-23"} {
		if got := DayOf(at, Zone(zone)); got != want {
			t.Errorf("%s: %s", zone, got)
		}
	}
}

func TestDay_TextHasTheYearWhenItIsAnother(t *testing.T) {
	for day, want := range map[Day]string{"2026-11-23": "Mon 23 Nov", "2027-01-01": "Fri 1 Jan 2027", "": "", "odd": "odd"} {
		if got := day.Text("2026-12-01"); got != want {
			t.Errorf("%q is %q", day, got)
		}
	}
	if got := Day("2028-02-28").Add(2); got != "2028-03-01" {
		t.Errorf("two days after 28 February 2028: %s", got)
	}
}
