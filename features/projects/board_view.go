package projects

import (
	"slices"
	"strings"

	"portal/app/data"
	"portal/components"
)

// boardLane is a lane of the board: a person's tasks, or those of one priority.
type boardLane struct {
	id     int64 // of the person or the priority; 0 for nobody
	name   string
	tone   string // of a priority
	person *components.Person
	total  int
}

// mostLanes is how many lanes show their cards; of the others, only the count and a way to their tasks.
const mostLanes = 40

// lanes are the board's lanes: the most urgent priority first; people by their names, nobody last.
func (b boardData) lanes() []boardLane {
	var all []boardLane
	if b.f.Lanes == lanePriority {
		for _, p := range slices.Backward(b.v.words.Priorities) {
			all = append(all, b.count(boardLane{id: p.ID, name: p.Name, tone: p.Tone}))
		}
	} else {
		for _, n := range b.people() {
			lane := boardLane{id: n, name: known(b.v.personName(n), "Nobody"), person: b.v.personOf(data.Optional(n))}
			all = append(all, b.count(lane))
		}
		slices.SortStableFunc(all, func(x, y boardLane) int {
			if (x.id == 0) != (y.id == 0) {
				if x.id == 0 {
					return 1
				}
				return -1
			}
			return strings.Compare(strings.ToLower(x.name), strings.ToLower(y.name))
		})
	}
	if b.f.narrowed() {
		all = slices.DeleteFunc(all, func(l boardLane) bool { return l.total == 0 })
	}
	return all
}

// people are who has a lane: who has a task of the project, its lead, and nobody.
func (b boardData) people() []int64 {
	all := []int64{0}
	for _, n := range b.Assignees {
		add(&all, n)
	}
	add(&all, data.OrZero(b.Project.LeadID))
	for _, c := range b.columns {
		for n := range c.Lanes {
			add(&all, n)
		}
	}
	return all
}

func (b boardData) count(l boardLane) boardLane {
	for _, c := range b.columns {
		l.total += c.Lanes[l.id].Total
	}
	return l
}

// filterOf is the address of the lane's tasks alone, in the list.
func (b boardData) filterOf(l boardLane) string {
	n := id(l.id)
	if l.id == 0 {
		n = "-1"
	}
	return b.f.link(b.Project.Path()+"/list", b.f.Lanes, n, "lanes", "", "deep", "")
}

// cell is a cell of the board as it is drawn.
type cell struct {
	stack
	name string // as it is said to who moves a card by keys
	lane *boardLane
}

// onlyCell is the column's only cell, on a board without lanes.
func onlyCell(c column) cell {
	return cell{stack: stack{At: cellKey{Status: c.Status.ID}, Cards: c.Cards, Total: c.Total}, name: c.Status.Name}
}

// inLane is the lane's part of the column.
func inLane(c column, l boardLane) cell {
	k := c.Lanes[l.id]
	k.At = cellKey{c.Status.ID, l.id}
	return cell{stack: k, name: c.Status.Name + ", " + l.name, lane: &l}
}

// moreURL is the address of the next cards of the cell; allURL the page that shows them without scripts.
func (b boardData) moreURL(c cell) string {
	last := c.Cards[len(c.Cards)-1]
	return b.f.link(b.Project.Path()+"/board/"+id(c.At.Status), "lane", number(c.At.Lane), "after", id(last.Position)+"."+id(last.ID), "shown", id(int64(b.shown(c))))
}

func (b boardData) allURL(c cell) string {
	return b.f.link(b.Project.Path(), "deep", depthsOf(b.f.Deep).with(c.At, b.shown(c)+windowSize).String())
}

// shown is how many cards of the cell are on the page: those that were there before, and the cell's.
func (b boardData) shown(c cell) int { return b.before + len(c.Cards) }

// deepURL is the board's address with the cell as deep as it is now.
func (b boardData) deepURL(c cell) string {
	return b.f.link(b.Project.Path(), "deep", depthsOf(b.f.Deep).with(c.At, b.shown(c)).String())
}

// inColumn is how many tasks the column holds: those that are shown, or all of them where a limit is set to them.
func (b boardData) inColumn(c column) int64 {
	if n, ok := b.whole[c.Status.ID]; ok && b.limit(c.Status.ID) > 0 {
		return n
	}
	return int64(c.Total)
}

// over reports whether the column holds more tasks than its limit.
func (b boardData) over(c column) bool {
	most := b.limit(c.Status.ID)
	return most > 0 && b.inColumn(c) > most
}
