package projects

import "testing"

func TestEstimate_ReadsWhatPeopleWrite(t *testing.T) {
	for typed, want := range map[string]int64{
		"": 0, " ": 0, "2h 30m": 150, "2h30m": 150, "3d": 1440, "90m": 90, "1.5h": 90, "1,5 h": 90, "1d 1h 1m": 541, "2 hours": 120, "45min": 45,
		"0m": 0, "1000d": estimateMost, "2H": 120, "30m 2h": 150,
		"2": -1, "h": -1, "2h 3h": -1, "-2h": -1, "1001d": -1, "99999d": -1, "2w": -1, "2h x": -1, "1.234h": -1, "1e3h": -1, "٣h": -1,
	} {
		got, err := parseEstimate(typed)
		if want < 0 && err == nil || want >= 0 && (err != nil || got != want) {
			t.Errorf("%q: %d, %v; not %d", typed, got, err, want)
		}
	}
}

func FuzzEstimate_IsReadBackAsItIsShown(f *testing.F) {
	for _, s := range []string{"2h 30m", "3d", "90m", "1,5h", "", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		n, err := parseEstimate(typed)
		if err != nil {
			return
		}
		if again, err := parseEstimate(estimateText(n)); err != nil || again != n || n < 0 || n > estimateMost {
			t.Errorf("%q: %d is shown as %q, read as %d, %v", typed, n, estimateText(n), again, err)
		}
	})
}
