package projects

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// cellKey is a cell of the board: a column, or the part of it that lies in a lane.
type cellKey struct {
	Status int64
	Lane   int64 // a person or a priority, see taskFilter.Lanes; 0 for nobody, and on a board without lanes
}

// String is the cell in an address: 2, or 2.7 in the lane 7.
func (k cellKey) String() string {
	if k.Lane == 0 {
		return id(k.Status)
	}
	return id(k.Status) + "." + id(k.Lane)
}

// Bounds of depths: how many cells may show more cards than the first, and how many each.
const (
	deepCells = 8
	deepest   = 2000
)

// depths are the cells of a board that show more cards than the first, and how many.
type depths map[cellKey]int

// depthsOf reads depths as an address has them: "2:120,3.7:40". What can't be read is left out.
func depthsOf(s string) depths {
	all := depths{}
	for part := range strings.SplitSeq(s, ",") {
		at, n, _ := strings.Cut(part, ":")
		status, lane, _ := strings.Cut(at, ".")
		var k cellKey
		var err error
		if k.Status, err = strconv.ParseInt(status, 10, 64); err != nil || k.Status <= 0 {
			continue
		}
		k.Lane, _ = strconv.ParseInt(lane, 10, 64)
		if many, err := strconv.Atoi(n); err == nil && many > 0 && k.Lane >= 0 && len(all) < deepCells {
			all[k] = min(many, deepest)
		}
	}
	return all
}

// with are the depths with another one for the cell.
func (d depths) with(k cellKey, n int) depths {
	all := maps.Clone(d)
	all[k] = min(n, deepest)
	return all
}

// String is the depths as an address has them, in the order of the cells.
func (d depths) String() string {
	var parts []string
	for k, n := range d {
		parts = append(parts, k.String()+":"+strconv.Itoa(n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}
