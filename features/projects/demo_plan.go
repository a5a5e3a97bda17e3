package projects

import (
	"time"

	"portal/app/clock"
)

// demoPlan is what hangs between the demo's tasks: which waits for which, and the milestones they lead to.
type demoPlan struct {
	needs      []needRow
	milestones []Milestone
}

// How the demo plans: every so many tasks one waits for another, looked for among so many before it.
const (
	demoWaitEvery = 4
	demoWaitBack  = 12
)

// plan gives the tasks their dependencies and milestones, before they are written: in one pass, since there may be a million.
func (f *filling) plan(now time.Time) demoPlan {
	var p demoPlan
	today := clock.DayOf(now, time.UTC)
	byProject := make([][]int, len(f.projects)) // places of tasks at the top
	for i, t := range f.tasks {
		if t.ParentID == nil {
			at := t.ProjectID - 1
			byProject[at] = append(byProject[at], i)
		}
	}
	for at, places := range byProject {
		p.milestones = append(p.milestones, f.planMilestones(f.projects[at], places, today, int64(len(p.milestones)))...)
		for n, place := range places {
			if n%demoWaitEvery != demoWaitEvery-1 {
				continue
			}
			f.wait(&p, place, f.before(places[max(0, n-demoWaitBack):n], f.tasks[place]))
		}
		if at > 0 && len(places) > 0 && len(byProject[at-1]) > 0 && at%3 == 0 { // teams wait for each other too
			f.wait(&p, places[0], byProject[at-1][0])
		}
	}
	return p
}

// before is the place of one of the tasks that ends before the other one begins; of the last one when none does.
func (f *filling) before(places []int, t Task) int {
	for i := len(places) - 1; i >= 0; i-- {
		if end := ends(f.tasks[places[i]]); end != "" && end < begins(t) {
			return places[i]
		}
	}
	return places[len(places)-1]
}

// wait makes a task wait for another one, unless it is completed and the other one is open.
func (f *filling) wait(p *demoPlan, task, needs int) {
	t, n := &f.tasks[task], f.tasks[needs]
	if !t.Open && n.Open {
		return
	}
	p.needs = append(p.needs, needRow{TaskID: t.ID, NeedsID: n.ID})
	if n.Open {
		t.WaitsOn++
	}
}

// demoMilestones are what a project reaches, and how much of its time has gone by then, in percent.
var demoMilestones = []struct {
	name, text string
	at         int64
}{
	{"The plan is agreed", "Everybody who pays or works for it has **seen the plan** and said yes.", 20},
	{"The pilot runs", "One room, one team, one week without a fault.", 60},
	{"Handed over", "- operations have the documents\n- the on-call rota knows\n- nobody needs the old one any more", 100},
}

// planMilestones spreads milestones over the days of a project's tasks, and gives each task at the top the next one.
func (f *filling) planMilestones(p Project, places []int, today clock.Day, have int64) []Milestone {
	var first, last clock.Day
	for _, place := range places {
		d := f.tasks[place].DueOn
		if d == "" {
			continue
		}
		if first == "" || d < first {
			first = d
		}
		last = max(last, d)
	}
	if first == "" {
		return nil
	}
	var all []Milestone
	days := int64(clock.DaysBetween(first, last))
	for i, d := range demoMilestones {
		m := Milestone{
			ID: have + int64(i) + 1, ProjectID: p.ID, Name: d.name, Description: d.text, DueOn: first.Add(int(days * d.at / 100)),
			CreatedBy: p.LeadID, Version: 1, CreatedAt: p.CreatedAt, UpdatedAt: p.CreatedAt,
		}
		if m.DueOn < today {
			at := timeOf(m.DueOn)
			m.ReachedAt = &at
		}
		all = append(all, m)
	}
	for _, place := range places {
		t := &f.tasks[place]
		for i := range all {
			if t.DueOn != "" && t.DueOn <= all[i].DueOn {
				t.MilestoneID = &all[i].ID
				break
			}
		}
	}
	return all
}
