package projects

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// How long a working day is in an estimate, and the most that one may say, both in minutes.
const (
	minutesOfDay = 8 * 60
	estimateMost = 1000 * minutesOfDay
)

// An estimate's parts: a number, with a comma or a point, and its unit.
var estimatePart = regexp.MustCompile(`^(\d{1,5}(?:[.,]\d{1,2})?)\s*(d|h|m)[a-z]*\s*`)

var errEstimate = errors.New("Write it such as 2h 30m, 90m or 3d; a day has eight hours") //nolint:staticcheck // a person reads it

// parseEstimate reads an estimate as people write it, such as "2h 30m", "1.5h" or "3d", in minutes. Nothing is 0: not estimated.
// Errors: a sentence without its full stop, for what is no estimate, says a unit twice or is more than a thousand days.
func parseEstimate(typed string) (int64, error) {
	rest := strings.ToLower(strings.TrimSpace(typed))
	total, seen := 0.0, map[string]bool{}
	for rest != "" {
		part := estimatePart.FindStringSubmatch(rest)
		if part == nil || seen[part[2]] {
			return 0, errEstimate
		}
		n, err := strconv.ParseFloat(strings.Replace(part[1], ",", ".", 1), 64)
		if err != nil {
			return 0, errEstimate
		}
		total += n * map[string]float64{"d": minutesOfDay, "h": 60, "m": 1}[part[2]]
		seen[part[2]] = true
		rest = rest[len(part[0]):]
	}
	minutes := int64(math.Round(total))
	if minutes > estimateMost {
		return 0, errors.New("At most a thousand days") //nolint:staticcheck // a person reads it
	}
	return minutes, nil
}

// estimateText is the estimate as people read it, which parseEstimate reads back; empty for none.
func estimateText(minutes int64) string {
	var parts []string
	for _, unit := range []struct {
		length int64
		name   string
	}{{minutesOfDay, "d"}, {60, "h"}, {1, "m"}} {
		if n := minutes / unit.length; n > 0 {
			parts = append(parts, id(n)+unit.name)
			minutes -= n * unit.length
		}
	}
	return strings.Join(parts, " ")
}
