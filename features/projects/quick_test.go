package projects

import (
	"fmt"
	"strings"
	"testing"

	"portal/app/clock"
)

// quickWorld are the names of the tests: today is Monday, 23 November 2026.
var quickWorld = quickWords{
	priorities: []quickName{{1, "low"}, {2, "medium"}, {3, "high"}, {4, "critical"}},
	people:     []quickName{{11, "maria"}, {11, "maria diaz"}, {12, "max"}, {12, "max moor"}, {13, "mario"}, {13, "mario rossi"}, {14, "jorg"}, {14, "jorg muller"}},
	milestones: []quickName{{21, "go live"}, {22, "hall b"}},
	today:      "2026-11-23",
}

// said is the task in one line, what it does not have left out.
func (t quickTask) said() string {
	s := t.Name
	for _, p := range []struct {
		mark string
		n    int64
	}{{" !", t.Priority}, {" @", t.Assignee}, {" ~", t.Estimate}, {" ^", t.Milestone}, {" >", t.Parent}} {
		if p.n != 0 {
			s += p.mark + id(p.n)
		}
	}
	for _, l := range t.Labels {
		s += " *" + l
	}
	for _, d := range []struct {
		mark string
		day  clock.Day
	}{{" from ", t.Start}, {" due ", t.Due}} {
		if d.day != "" {
			s += d.mark + string(d.day)
		}
	}
	if t.Wrong != "" {
		s += " WRONG"
	}
	if t.Unclear != "" {
		s += " UNCLEAR"
	}
	return s
}

func TestQuick_LineByLine(t *testing.T) {
	for line, want := range map[string]string{
		"Replace the UPS !high @maria *power tomorrow": "Replace the UPS !3 @11 *power due 2026-11-24",
		"Plain text":                       "Plain text",
		"!high Call":                       "Call !3",
		"Call !HIGH":                       "Call !3",
		"Call !h":                          "Call !3",
		"Call !crit":                       "Call !4",
		"Call !urgent":                     "Call !urgent UNCLEAR",
		"Call !":                           "Call !",
		"Wow!":                             "Wow!",
		"Call !high !low":                  "Call !low !3 UNCLEAR",
		"Call @max":                        "Call @12",
		"Call @MAX":                        "Call @12",
		"Call @mari":                       "Call @mari UNCLEAR",
		"Call @maria":                      "Call @11",
		"Call @mario":                      "Call @13",
		"Call @jörg":                       "Call @14",
		`Call @"Max Moor"`:                 "Call @12",
		`Call @"max m"`:                    "Call @12",
		"Call @nobody":                     "Call @nobody UNCLEAR",
		"Call a@b.example":                 "Call a@b.example",
		"Call @max, now":                   "Call now @12",
		"Call @max @maria":                 "Call @maria @12 UNCLEAR",
		"Move *power *hall":                "Move *power *hall",
		"Move *power *POWER":               "Move *power",
		`Move *"cold aisle"`:               "Move *cold aisle",
		"Move *":                           "Move *",
		"2 * 3":                            "2 * 3",
		"**bold** move":                    "**bold** move",
		"Move *a/b.c-d_e":                  "Move *a/b.c-d_e",
		"Move *" + strings.Repeat("x", 61): "Move *" + strings.Repeat("x", 61),
		"Call today":                       "Call due 2026-11-23",
		"Call Tomorrow":                    "Call due 2026-11-24",
		"Call fri":                         "Call due 2026-11-27",
		"Call friday":                      "Call due 2026-11-27",
		"Call mon":                         "Call due 2026-11-30",
		"Call +3d":                         "Call due 2026-11-26",
		"Call +2w":                         "Call due 2026-12-07",
		"Call 24.12.":                      "Call due 2026-12-24",
		"Call 1.2.":                        "Call due 2027-02-01",
		"Call 24.12.2027":                  "Call due 2027-12-24",
		"Call 2026-12-24":                  "Call due 2026-12-24",
		"Call 9999-12-31":                  "Call due 9999-12-31",
		"Call 2026-02-30":                  "Call 2026-02-30",
		"Upgrade to 1.2":                   "Upgrade to 1.2",
		"Upgrade to 1.2.3":                 "Upgrade to 1.2.3",
		"Buy sunscreen":                    "Buy sunscreen",
		"Write the mon report fri":         "Write the mon report due 2026-11-27",
		"Call due:fri":                     "Call due 2026-11-27",
		"Call due:24.12":                   "Call due 2026-12-24",
		"Call start:mon due:fri":           "Call from 2026-11-30 due 2026-11-27 WRONG",
		"Call start:today due:fri":         "Call from 2026-11-23 due 2026-11-27",
		"Call due:soon":                    "Call due:soon UNCLEAR",
		"Call due:":                        "Call due: UNCLEAR",
		"Call due:fri due:mon":             "Call due:mon due 2026-11-27 UNCLEAR",
		"Read fri due:mon":                 "Read fri due 2026-11-30",
		"Call ~2h":                         "Call ~120",
		"Call ~1h30m":                      "Call ~90",
		"Call ~1h30":                       "Call ~90",
		"Call ~1.5h":                       "Call ~90",
		"Call ~0,5d":                       "Call ~240",
		"Call ~90m":                        "Call ~90",
		"Call ~45min":                      "Call ~45",
		"Call ~2d":                         "Call ~960",
		"Call ~0h":                         "Call ~0h",
		"Call ~soon":                       "Call ~soon",
		"Call ~9999d":                      "Call ~9999d",
		"Call ~1h ~2h":                     "Call ~2h ~60",
		"Call ^go":                         "Call ^21",
		`Call ^"hall b"`:                   "Call ^22",
		"Call ^none":                       "Call ^none UNCLEAR",
		"Part >12":                         "Part >12",
		"1 > 2":                            "1 > 2",
		"Part >x":                          "Part >x",
		"Part >0":                          "Part >0",
		`Call \@maria`:                     "Call @maria",
		`Say \!high \*power`:               "Say !high *power",
		`Read \tomorrow`:                   "Read tomorrow",
		`Open \\server\share`:              `Open \\server\share`,
		`Open C:\temp`:                     `Open C:\temp`,
		`Say \@"Max Moor"`:                 `Say @"Max Moor"`,
		"!high @maria":                     " !3 @11 WRONG",
		"  spaces   between  ":             "spaces between",
		"- Call @max":                      "Call @12",
		"* Call":                           "Call",
		"- [ ] Call":                       "Call",
		"-1 degrees":                       "-1 degrees",
		"<b>x</b> & 'y'":                   "<b>x</b> & 'y'",
		strings.Repeat("é", 200):           strings.Repeat("é", 200),
		strings.Repeat("é", 201):           strings.Repeat("é", 201) + " WRONG",
	} {
		got := readQuick(line, quickWorld)
		if len(got) != 1 || got[0].said() != want {
			t.Errorf("%q: %q, not %q", line, fmt.Sprint(got[0].said()), want)
		}
	}
}

func TestQuick_IndentationMakesParts(t *testing.T) {
	text := "\nFirst\n  Part\n    Part of it\n      Too deep\n  Other part\n\n\tTabbed\nSecond >3\n  below >4\n   - [ ] bullet\n"
	var got []string
	for _, q := range readQuick(text, quickWorld) {
		got = append(got, fmt.Sprintf("%d:%d %s", q.Line, q.Depth, q.said()))
	}
	want := "2:0 First|3:1 Part|4:2 Part of it|5:3 Too deep WRONG|6:1 Other part|8:2 Tabbed|9:0 Second >3|10:1 below >4 WRONG|11:2 bullet"
	if strings.Join(got, "|") != want {
		t.Errorf("%s\nnot\n%s", strings.Join(got, "|"), want)
	}
}

func FuzzQuick(f *testing.F) {
	f.Add("Replace the UPS !high @maria *power tomorrow\n  - ~2h ^go >12 \\@x start:fri")
	f.Fuzz(func(t *testing.T, s string) {
		for _, q := range readQuick(s, quickWorld) {
			if q.Line < 1 || q.Depth < 0 || q.Wrong == "" && (strings.TrimSpace(q.Name) == "" || len([]rune(q.Name)) > 200 || q.Depth >= levels || !q.Due.Valid() || !q.Start.Valid()) {
				t.Errorf("%q became %+v", s, q)
			}
		}
	})
}
