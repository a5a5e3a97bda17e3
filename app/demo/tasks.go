package demo

import (
	"cmp"
	"slices"
	"time"
)

// shares says how many tasks each project has; together exactly all.
func (m *maker) shares() []int {
	n := make([]int, len(m.Projects))
	rest := m.size.Tasks
	if len(n) == 1 {
		n[0] = rest
		return n
	}
	n[0] = min(relocationTasks, rest)
	rest -= n[0]
	n[1] = rest
	if len(n) > 2 {
		n[1] = min(max(renewalTasks, rest/200), rest/3)
	}
	rest -= n[1]
	weights, sum := make([]int, len(n)), 0
	for i := 2; i < len(n); i++ {
		weights[i] = 1 + m.rand.IntN(9)
		sum += weights[i]
	}
	left := rest
	for i := 2; i < len(n); i++ {
		n[i] = rest * weights[i] / sum
		left -= n[i]
	}
	for i := 2; left > 0; i, left = i+1, left-1 { // fewer than there are projects
		n[i]++
	}
	return n
}

func (m *maker) tasks() {
	for i, n := range m.shares() {
		p := m.Projects[i]
		made := make([]time.Time, n)
		for k := range made {
			made[k] = m.between(p.Made, p.Made.Add(m.end(p).Sub(p.Made)*19/20))
		}
		slices.SortFunc(made, time.Time.Compare)
		line := []int{} // the tasks that the next one may be part of, outermost first
		for k := range n {
			t := Task{Project: i, Parent: None, Number: int64(k + 1), Made: made[k], Assignee: None}
			if i > 0 {
				line = m.nest(&t, line)
			}
			m.task(&t, p)
			m.Tasks = append(m.Tasks, t)
			if i > 0 && t.depth < 2 {
				line = append(line, len(m.Tasks)-1)
			}
		}
	}
}

// nest makes the task part of one before it, now and then, and returns what it lies in.
func (m *maker) nest(t *Task, line []int) []int {
	depth := 0
	for depth < len(line) && m.chance(45) {
		depth++
	}
	if depth == 0 {
		return line[:0]
	}
	up := m.Tasks[line[depth-1]]
	t.Parent, t.depth = line[depth-1], depth
	t.Made = up.Made.Add(time.Duration(30+m.rand.IntN(600)) * time.Second) // broken down when it was made
	if end := up.Ended; !end.IsZero() && t.Made.After(end) {
		t.Made = end
	}
	if t.Made.After(m.now) {
		t.Made = m.now
	}
	return line[:depth]
}

func (m *maker) task(t *Task, p Project) {
	team := m.team[t.Project]
	t.By, t.Priority = pick(m, team), []int{0, 1, 1, 1, 1, 2, 2, 3}[m.rand.IntN(8)]
	t.Name = m.say(pick(m, areas[p.area].tasks))
	if t.Parent != None {
		t.Name = m.say(pick(m, parts))
	}
	if m.chance(25) {
		t.Summary = m.say(pick(m, summaries))
	}
	if m.chance(40) {
		t.Text = m.say(pick(m, notes))
	}
	t.Stage = m.taskStage(*t, p)
	if t.Stage != todo || m.chance(60) {
		t.Assignee = pick(m, team)
	}
	m.dates(t, p)
}

// taskStage is where a task stands, by its project, what it is part of and its age.
func (m *maker) taskStage(t Task, p Project) string {
	up := p.Stage
	if t.Parent != None {
		up = m.Tasks[t.Parent].Stage
	}
	switch {
	case t.Project == 0 && t.Number > relocationTasks, up == done:
		return m.mostly(95, done, cancelled)
	case t.Project == 0:
		return pick(m, []string{todo, todo, todo, progress, progress, review})
	case up == cancelled || up == todo:
		return up
	case up == review && t.Parent != None:
		return m.mostly(80, done, review)
	}
	if days := m.now.Sub(t.Made).Hours() / 24; m.rand.Float64()*60 < days && m.chance(88) {
		return m.mostly(94, done, cancelled)
	}
	return pick(m, []string{todo, todo, todo, progress, progress, review})
}

func (m *maker) mostly(percent int, usual, other string) string {
	if m.chance(percent) {
		return usual
	}
	return other
}

// dates says when the task was begun and ended, and when it is due.
func (m *maker) dates(t *Task, p Project) {
	last := m.end(p)
	if t.Parent != None && !m.Tasks[t.Parent].Ended.IsZero() {
		last = m.Tasks[t.Parent].Ended
	}
	if t.Made.After(last) {
		t.Made = last
	}
	if t.Stage != todo && t.Stage != cancelled {
		t.Started = m.between(t.Made, t.Made.Add(last.Sub(t.Made)/3))
	}
	if t.Stage == done || t.Stage == cancelled {
		from := t.Made
		if !t.Started.IsZero() {
			from = t.Started
		}
		weeks := from.AddDate(0, 0, 1+m.rand.IntN(28))
		if weeks.After(last) {
			weeks = last
		}
		t.Ended = m.between(from, weeks)
		if m.chance(70) {
			t.Due = day(t.Ended.AddDate(0, 0, m.rand.IntN(9)-3))
		}
	} else {
		t.Blocked = t.Stage == progress && m.chance(18)
		if m.chance(75) {
			t.Due = day(m.now.AddDate(0, 0, m.rand.IntN(48)-8))
		}
	}
	if start := day(t.Made); t.Due != "" && start <= t.Due && m.chance(40) {
		t.Start = start
	}
}

// todos hang on every fourth task, and on some projects.
func (m *maker) todos() {
	for i, t := range m.Tasks {
		if m.chance(25) {
			m.list(Todo{Project: t.Project, Task: i, By: t.By, Made: t.Made}, t.Ended)
		}
	}
	for i, p := range m.Projects {
		if m.chance(40) {
			m.list(Todo{Project: i, Task: None, By: p.Lead, Made: p.Made}, p.Ended)
		}
	}
}

// list adds two to five lines, all ticked by the end when there is one.
func (m *maker) list(line Todo, end time.Time) {
	for _, n := range m.rand.Perm(len(ticks))[:2+m.rand.IntN(4)] {
		line.Text, line.Done = m.say(ticks[n]), time.Time{}
		switch {
		case !end.IsZero():
			line.Done = m.between(line.Made, end)
		case m.chance(35):
			line.Done = m.between(line.Made, m.now)
		}
		m.Todos = append(m.Todos, line)
	}
}

// comments are five for every three tasks, most of them while the work went on.
func (m *maker) comments() {
	if len(m.Tasks) == 0 {
		return
	}
	for range len(m.Tasks) * 5 / 3 {
		c := Comment{Task: m.rand.IntN(len(m.Tasks))}
		t := m.Tasks[c.Task]
		from, to := t.Made, t.Ended
		if to.IsZero() {
			to = m.now
		}
		c.Project, c.Author = t.Project, pick(m, m.team[t.Project])
		if m.chance(6) {
			c.Task = None
			from, to = m.Projects[c.Project].Made, m.end(m.Projects[c.Project])
		}
		c.Made = m.between(from, to)
		c.Text = m.talk(c, t)
		m.Comments = append(m.Comments, c)
	}
	slices.SortStableFunc(m.Comments, func(a, b Comment) int { return cmp.Compare(a.Made.Unix(), b.Made.Unix()) })
}
