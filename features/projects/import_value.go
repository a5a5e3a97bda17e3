package projects

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"portal/app/clock"
	"portal/app/data"
)

// The years that a day of a file may lie in: others are slips of the pen.
const (
	importFirstYear = 1970
	importLastYear  = 2199
)

var (
	importISO     = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$`)
	importDotted  = regexp.MustCompile(`^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?: .*)?$`)
	importSlashed = regexp.MustCompile(`^(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})(?: .*)?$`)
	importSerial  = regexp.MustCompile(`^\d{4,7}(?:\.\d+)?$`)
)

// importDay reads a day as files have it: 2026-11-23, 23.11.2026, 23/11/2026 or 11/23/2026 as days say, and the numbers
// that spreadsheets count days with. Otherwise said is the sentence that says what is wrong.
func importDay(s, days string) (day clock.Day, said string) {
	s = strings.TrimSpace(s)
	var y, m, d string
	switch {
	case importISO.MatchString(s):
		p := importISO.FindStringSubmatch(s)
		y, m, d = p[1], p[2], p[3]
	case importDotted.MatchString(s):
		p := importDotted.FindStringSubmatch(s)
		d, m, y = p[1], p[2], p[3]
	case importSlashed.MatchString(s):
		p := importSlashed.FindStringSubmatch(s)
		d, m, y = p[1], p[2], p[3]
		if days == monthsFirst {
			m, d = d, m
		}
	case importSerial.MatchString(s):
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || n > 200_000 {
			return "", fmt.Sprintf("“%s” is not a day. Write it as 2026-11-23.", data.Cut(s, 40))
		}
		at := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(math.Floor(n))) // https://support.microsoft.com/office/date-function
		y, m, d = strconv.Itoa(at.Year()), strconv.Itoa(int(at.Month())), strconv.Itoa(at.Day())
	default:
		return "", fmt.Sprintf("“%s” is not a day. Write it as 2026-11-23.", data.Cut(s, 40))
	}
	return importWholeDay(s, y, m, d)
}

func importWholeDay(s, y, m, d string) (clock.Day, string) {
	year, _ := strconv.Atoi(y) // digits by the patterns
	month, _ := strconv.Atoi(m)
	day, _ := strconv.Atoi(d)
	if len(y) == 2 {
		year += 2000
	}
	if year < importFirstYear || year > importLastYear {
		return "", fmt.Sprintf("The year %d does not lie between %d and %d.", year, importFirstYear, importLastYear)
	}
	made := clock.Day(fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	if !made.Valid() {
		return "", fmt.Sprintf("There is no day “%s”.", data.Cut(s, 40))
	}
	return made, ""
}

var importAmount = regexp.MustCompile(`^(\d{1,6}(?:[.,]\d{1,3})?)\s*([a-z]*)\s*`)

// importMinutes reads an estimate: 2h 30m, 1.5 d (of eight hours), 90m; a number alone are hours.
func importMinutes(s string) (int64, bool) {
	rest, minutes := strings.ToLower(strings.TrimSpace(s)), 0.0
	for rest != "" {
		p := importAmount.FindStringSubmatch(rest)
		if p == nil {
			return 0, false
		}
		n, err := strconv.ParseFloat(strings.Replace(p[1], ",", ".", 1), 64)
		unit, ok := importUnits[p[2]]
		if err != nil || !ok {
			return 0, false
		}
		minutes += n * unit
		rest = rest[len(p[0]):]
	}
	return int64(math.Round(minutes)), minutes <= estimateMost
}

// importUnits are the minutes of each unit; a day has eight hours, a week five days.
var importUnits = map[string]float64{
	"": 60, "m": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1, "minuten": 1, "h": 60, "hour": 60, "hours": 60, "std": 60, "stunde": 60, "stunden": 60,
	"d": 480, "day": 480, "days": 480, "tag": 480, "tage": 480, "w": 2400, "week": 2400, "weeks": 2400, "woche": 2400, "wochen": 2400,
}

func (r *importReader) estimate() int64 {
	s := r.text("estimate", importCell)
	if minutes := r.text("minutes", importCell); s == "" && minutes != "" {
		s = minutes + "m"
	}
	if s == "" {
		return 0
	}
	n, ok := importMinutes(s)
	if !ok {
		r.wrong("estimate", "“%s” is no estimate. Write it as 2h 30m, 3d or 90m.", data.Cut(s, 40))
	}
	return n
}
