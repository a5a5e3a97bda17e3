package projects

import (
	"fmt"
	"strconv"

	"portal/app/clock"
	"portal/app/data"
)

// draw lays the tasks into rows, parts below what they are part of, and the arrows between them.
func (v *timelineView) draw(rows []timelineRow, needs []needRow) {
	below := map[int64][]Task{}
	here := map[int64]bool{}
	for _, r := range rows {
		here[r.ID] = true
	}
	var tops []Task
	for _, r := range rows {
		if up := data.OrZero(r.ParentID); here[up] {
			below[up] = append(below[up], r.Task)
			continue
		}
		tops = append(tops, r.Task)
	}
	var put func([]Task, int)
	put = func(tasks []Task, depth int) {
		for _, t := range tasks {
			v.bars = append(v.bars, v.bar(t, depth, len(v.bars)))
			put(below[t.ID], depth+1)
		}
	}
	put(tops, 0)
	at := map[int64]timelineBar{}
	for _, b := range v.bars {
		at[b.Task.ID] = b
	}
	for _, n := range needs {
		if at[n.TaskID].Cut.Start { // it begins before what is shown
			continue
		}
		v.arrows = append(v.arrows, v.arrow(at[n.NeedsID], at[n.TaskID]))
	}
}

func (v timelineView) bar(t Task, depth, row int) timelineBar {
	b := timelineBar{Task: t, Depth: depth, Row: row}
	first, last := begins(t), ends(t)
	if b.Cut.Start = first < clock.Day(v.f.From); b.Cut.Start {
		first = clock.Day(v.f.From)
	}
	if b.Cut.End = last > v.f.to(); b.Cut.End {
		last = v.f.to()
	}
	b.X = v.x(first)
	b.Width = v.x(last) + v.scale.Pixels - b.X
	return b
}

// arrow goes from the end of the one bar to the start of the other one, round both.
func (v timelineView) arrow(from, to timelineBar) timelineArrow {
	x1, y1 := from.X+from.Width, from.y(v.rows0())+barHigh/2
	x2, y2 := to.X, to.y(v.rows0())+barHigh/2
	path := fmt.Sprintf("M%d %dH%dV%dH%d", x1, y1, x1+6, y2, x2-2)
	if x2 < x1+12 {
		between := y1 + rowHigh/2
		if y2 < y1 {
			between = y1 - rowHigh/2
		}
		path = fmt.Sprintf("M%d %dH%dV%dH%dV%dH%d", x1, y1, x1+6, between, x2-9, y2, x2-2)
	}
	return timelineArrow{
		Path: path, Head: fmt.Sprintf("M%d %dL%d %dL%d %dz", x2-6, y2-4, x2, y2, x2-6, y2+4),
		Late: begins(to.Task) <= ends(from.Task),
	}
}

// timelineMark is a line of the timeline's head.
type timelineMark struct {
	X     int
	Label string // empty for a thin line
	Month bool
}

// marks are the lines of days, weeks or months.
func (v timelineView) marks() []timelineMark {
	var all []timelineMark
	for i := range v.scale.Days {
		d := clock.Day(v.f.From).Add(i)
		t := timeOf(d)
		m := timelineMark{X: i * v.scale.Pixels}
		switch {
		case t.Day() == 1 || i == 0:
			m.Month, m.Label = true, t.Format("Jan 2006")
			if i == 0 && t.AddDate(0, 0, 60/v.scale.Pixels+1).Month() != t.Month() {
				m.Label = "" // the next month's name needs the room
			}
		case v.scale.Name == "months" || v.scale.Name == "weeks" && t.Weekday() != 1:
			continue
		}
		all = append(all, m)
	}
	return all
}

// ticks are the numbers of days below the months' names.
func (v timelineView) ticks() []timelineMark {
	var all []timelineMark
	for i := range v.scale.Days {
		t := timeOf(clock.Day(v.f.From).Add(i))
		if v.scale.Name == "days" || v.scale.Name == "weeks" && t.Weekday() == 1 {
			all = append(all, timelineMark{X: i * v.scale.Pixels, Label: strconv.Itoa(t.Day())})
		}
	}
	return all
}

// weekends are where Saturdays begin; none where days are too narrow to be told apart.
func (v timelineView) weekends() []int {
	var all []int
	for i := 5; v.scale.Name != "months" && i < v.scale.Days; i += 7 {
		all = append(all, i*v.scale.Pixels)
	}
	return all
}

// lineTop is where a line begins: a month's at the top.
func lineTop(m timelineMark) string {
	if m.Month {
		return "0"
	}
	return strconv.Itoa(headHigh - 20)
}

// diamond is the path of a milestone's mark around a point.
func diamond(x, y int) string {
	return fmt.Sprintf("M%d %dL%d %dL%d %dL%d %dz", x, y-8, x+8, y, x, y+8, x-8, y)
}

// name is as much of the task's name as the bar has room for.
func (b timelineBar) name() string {
	room := (b.Width - 14) / 7
	if len([]rune(b.Task.Name)) <= room {
		return b.Task.Name
	}
	return data.Cut(b.Task.Name, room-1) + "…"
}
