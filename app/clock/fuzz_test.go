package clock

import "testing"

func FuzzParseDay_WhatIsTakenIsADay(f *testing.F) {
	for _, s := range []string{"2026-11-23", "23.11.2026", "23.11.", "today", "fri", "+3d", "+2w", "29.2.", "+5000w", "31.12.9999", "１.1.", "\x00"} {
		f.Add(s, 0)
	}
	f.Fuzz(func(t *testing.T, typed string, later int) {
		today := Day("2026-11-23").Add(later % 30_000)
		d, err := ParseDay(typed, today)
		if err != nil {
			if d != "" {
				t.Fatalf("%q is refused and %q", typed, d)
			}
			return
		}
		if !d.Valid() || len(d) != 0 && len(d) != len(layout) {
			t.Fatalf("%q is taken for %q", typed, d)
		}
		if again, err := ParseDay(string(d), today); err != nil || again != d {
			t.Fatalf("%q is %q, which is read as %q, %v", typed, d, again, err)
		}
		if d != "" && DaysBetween(today, d) != 0 && today.Add(DaysBetween(today, d)) != d {
			t.Fatalf("%d days from %s is not %s", DaysBetween(today, d), today, d)
		}
	})
}
