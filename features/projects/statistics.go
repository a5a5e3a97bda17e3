package projects

import (
	"slices"
	"time"

	"portal/app/clock"
)

// measured is what the figures need to know of a task.
type measured struct {
	Status    int64
	Priority  int64
	Assignee  int64
	Milestone int64
	Labels    []int64
	Estimate  int64 // minutes
	Open      bool
	Cancelled bool
	Due       int // a day's number; 0 for none
	Created   time.Time
	Started   time.Time // zero: not yet
	Completed time.Time
}

// figures are a project's statistics. Days are counted in the viewer's zone.
type figures struct {
	Points     []clock.Day // the last day of each point of Flow, Overdue and Scope
	Weekly     bool        // each point is a week; else a day
	Todo       []float64   // at the end of each point's last day, without cancelled tasks
	Doing      []float64
	Done       []float64
	Overdue    []float64
	Weeks      []clock.Day // the Monday of each week
	Throughput []float64   // tasks completed in each week
	Added      []float64   // tasks made in each week
	Lead       spread
	Cycle      spread
	Load       []load // of people with open tasks, most first; nobody's have the id 0
	Statuses   map[int64]int
	Priorities map[int64]int      // of open tasks
	Labelled   map[int64]int      // of open tasks, by label
	Reached    map[int64]progress // by milestone
	Open       int
	OverdueNow int
	Completed  int // in the period
}

// spread is how long tasks took that were completed in the period, in days.
type spread struct {
	Count   int
	Median  float64
	P85     float64
	P95     float64
	Columns []float64 // tasks by length, as lengths says
}

// lengths are the upper bounds of a spread's columns in days; the last has none.
var lengths = []float64{1, 2, 3, 5, 8, 13, 21, 34, 55, 89}

// load is the open work of somebody.
type load struct {
	Person   int64 // 0: nobody
	Tasks    int
	Estimate int64 // minutes
	Overdue  int
	Soon     int // due today or within the next six days
}

// progress is how much of something is done.
type progress struct{ Done, All int }

// counting adds tasks up to figures.
type counting struct {
	zone         *time.Location
	first, last  int // days
	today        int
	todo, doing  []int // what each day adds to the day before; the last is behind the period
	done, late   []int
	weeks        []int // the number of the Monday of each week
	through, new []int
	lead, cycle  []float64
	load         map[int64]*load
	f            figures
}

func newCounting(f statisticsFilter, today clock.Day, zone *time.Location) *counting {
	c := &counting{zone: zone, first: ordinal(f.first), last: ordinal(f.last), today: ordinal(today), load: map[int64]*load{}}
	n := c.last - c.first + 2
	c.todo, c.doing, c.done, c.late = make([]int, n), make([]int, n), make([]int, n), make([]int, n)
	for monday := c.first - (c.first+3)%7; monday <= c.last; monday += 7 { // the first day of 1970 was a Thursday
		c.weeks = append(c.weeks, monday)
	}
	c.through, c.new = make([]int, len(c.weeks)), make([]int, len(c.weeks))
	c.f.Statuses, c.f.Priorities, c.f.Labelled, c.f.Reached = map[int64]int{}, map[int64]int{}, map[int64]int{}, map[int64]progress{}
	return c
}

// day is the day that an instant falls on; 0 for none.
func (c *counting) day(t time.Time) int {
	if t.IsZero() {
		return 0
	}
	return ordinal(clock.DayOf(t, c.zone))
}

// during counts something from one day up to the day before another one; 0 for until today and after.
func (c *counting) during(of []int, from, until int) {
	if until != 0 && until <= from {
		return
	}
	from = max(from, c.first)
	if from > c.last || until != 0 && until <= c.first {
		return
	}
	of[from-c.first]++
	if until != 0 && until <= c.last {
		of[until-c.first]--
	}
}

// add counts a task.
func (c *counting) add(t measured) {
	c.f.Statuses[t.Status]++
	if t.Cancelled {
		return
	}
	if t.Milestone != 0 {
		p := c.f.Reached[t.Milestone]
		p.All++
		if !t.Open {
			p.Done++
		}
		c.f.Reached[t.Milestone] = p
	}
	created, started, completed := c.day(t.Created), c.day(t.Started), c.day(t.Completed)
	if completed != 0 {
		created = min(created, completed) // it came from elsewhere, where it was done already
		if started == 0 || started > completed {
			started = completed
		}
	}
	if started != 0 {
		started = max(started, created)
	}
	c.flow(created, started, completed)
	if t.Due != 0 && (t.Open || completed != 0) {
		c.during(c.late, max(created, t.Due+1), completed)
	}
	c.weekOf(c.new, created)
	c.weekOf(c.through, completed)
	if completed >= c.first && completed <= c.last && completed != 0 {
		c.f.Completed++
		c.lead = append(c.lead, spentDays(t.Created, t.Completed))
		c.cycle = append(c.cycle, spentDays(t.Started, t.Completed))
	}
	if t.Open {
		c.open(t)
	}
}

// flow counts where the task stood on each day.
func (c *counting) flow(created, started, completed int) {
	if started == 0 {
		c.during(c.todo, created, completed)
	} else {
		c.during(c.todo, created, started)
		c.during(c.doing, started, completed)
	}
	if completed != 0 {
		c.during(c.done, completed, 0)
	}
}

func (c *counting) weekOf(of []int, day int) {
	if day < c.first || day > c.last {
		return
	}
	of[(day-c.weeks[0])/7]++
}

// spentDays is never less than 0: a task may have been brought over as done.
func spentDays(from, to time.Time) float64 {
	if from.IsZero() || from.After(to) {
		return 0
	}
	return to.Sub(from).Hours() / 24
}

// open counts a task that is open now.
func (c *counting) open(t measured) {
	l := c.load[t.Assignee]
	if l == nil {
		l = &load{Person: t.Assignee}
		c.load[t.Assignee] = l
	}
	c.f.Open++
	l.Tasks++
	l.Estimate += t.Estimate
	c.f.Priorities[t.Priority]++
	for _, n := range t.Labels {
		c.f.Labelled[n]++
	}
	switch {
	case t.Due == 0:
	case t.Due < c.today:
		l.Overdue++
		c.f.OverdueNow++
	case t.Due < c.today+7:
		l.Soon++
	}
}

// figures are the sums.
func (c *counting) figures() figures {
	f := c.f
	days := c.last - c.first + 1
	f.Weekly = days > 35
	sums := [4]int{}
	for i := range days {
		for n, of := range [][]int{c.todo, c.doing, c.done, c.late} {
			sums[n] += of[i]
		}
		day := c.first + i
		if day > c.today {
			break // nobody knows yet
		}
		if f.Weekly && (day+3)%7 != 6 && day != min(c.last, c.today) { // a week's point is its Sunday
			continue
		}
		f.Points = append(f.Points, dayOfOrdinal(day))
		f.Todo, f.Doing = append(f.Todo, float64(sums[0])), append(f.Doing, float64(sums[1]))
		f.Done, f.Overdue = append(f.Done, float64(sums[2])), append(f.Overdue, float64(sums[3]))
	}
	for i, monday := range c.weeks {
		if monday > c.today {
			break
		}
		f.Weeks = append(f.Weeks, dayOfOrdinal(monday))
		f.Throughput, f.Added = append(f.Throughput, float64(c.through[i])), append(f.Added, float64(c.new[i]))
	}
	f.Lead, f.Cycle = spreadOf(c.lead), spreadOf(c.cycle)
	for _, l := range c.load {
		f.Load = append(f.Load, *l)
	}
	slices.SortFunc(f.Load, func(a, b load) int {
		if a.Tasks != b.Tasks {
			return b.Tasks - a.Tasks
		}
		return int(a.Person - b.Person)
	})
	return f
}

// spreadOf sorts the lengths, which are in days.
func spreadOf(all []float64) spread {
	s := spread{Count: len(all), Columns: make([]float64, len(lengths)+1)}
	if len(all) == 0 {
		return s
	}
	slices.Sort(all)
	for _, v := range all {
		n, _ := slices.BinarySearch(lengths, v)
		s.Columns[n]++
	}
	s.Median, s.P85, s.P95 = share(all, 0.5), share(all, 0.85), share(all, 0.95)
	return s
}

// share is the least length that so many of the tasks do not exceed.
func share(sorted []float64, part float64) float64 {
	n := int(part*float64(len(sorted))+0.999999) - 1
	return sorted[min(max(n, 0), len(sorted)-1)]
}
