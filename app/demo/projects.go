package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// The stages of work, as the portal's statuses have them.
const (
	todo      = "todo"
	progress  = "in-progress"
	review    = "review"
	done      = "done"
	cancelled = "cancelled"
)

// The first projects, which measurements and tours rely on.
const (
	Relocation      = "Data centre relocation" // exactly 40 open tasks when there are that many
	relocationTasks = 40
	renewal         = "Campus network renewal" // the big one
	renewalTasks    = 1000                     // at least, where there are enough; 5,000 of a million
)

func (m *maker) projects() {
	taken := map[string]bool{}
	for i := range m.size.Projects {
		p := m.project(taken)
		switch i {
		case 0:
			p = Project{Name: Relocation, Icon: "server", Stage: progress, Priority: 3, Lead: m.me, Made: m.between(m.ago(90), m.ago(80)), area: relocationArea,
				Summary: "Everything from hall 1 in Spandau moves to the new building before the lease ends."}
		case 1:
			p = Project{Name: renewal, Icon: "network", Stage: progress, Priority: 2, Lead: 0, Made: m.between(m.ago(700), m.ago(690)), area: networkArea,
				Summary: "New switches, access points and cables in every building, one floor after the other."}
		}
		taken[p.Name] = true
		m.staff(&p, i)
		p.Text = m.about(p)
		m.Projects = append(m.Projects, p)
	}
}

// project makes one with a name that is not taken.
func (m *maker) project(taken map[string]bool) Project {
	p := Project{area: m.rand.IntN(len(areas)), Priority: []int{0, 1, 1, 1, 2, 2, 3}[m.rand.IntN(7)]}
	a := areas[p.area]
	p.Made = m.between(m.ago(900), m.ago(6))
	p.Name = m.title(pick(m, a.projects))
	for base, n := p.Name, 2; taken[p.Name]; n++ {
		p.Name = fmt.Sprintf("%s, %s", base, m.say("{site}"))
		if taken[p.Name] {
			p.Name = fmt.Sprintf("%s, phase %d", base, n)
		}
	}
	p.Icon, p.Summary, p.Lead = a.icon, m.say(pick(m, a.summaries)), m.rand.IntN(len(m.People))
	m.stage(&p)
	return p
}

// stage says how far the project is: old ones have mostly ended.
func (m *maker) stage(p *Project) {
	days := int(m.now.Sub(p.Made).Hours() / 24)
	dice := m.rand.IntN(100)
	switch {
	case days < 40 && dice < 50:
		p.Stage = todo
	case days > 200 && dice < 60:
		p.Stage = done
	case days > 100 && dice > 95:
		p.Stage = cancelled
	case days > 100 && dice > 88:
		p.Stage = review
	default:
		p.Stage = progress
	}
	if p.Stage != done && p.Stage != cancelled {
		return
	}
	p.Ended = m.between(p.Made.AddDate(0, 0, days/2), m.ago(2))
	if days > 300 && m.chance(30) {
		p.Archived = m.between(p.Ended, m.now)
	}
}

// staff gives the project its team; the account `user` is in many.
func (m *maker) staff(p *Project, i int) {
	if i > 1 && i%24 == 5 {
		p.Lead = m.me
	}
	p.Private = i > 1 && i%40 == 7
	team := []int{p.Lead}
	join := func(n int) []int {
		var all []int
		for range n {
			if who := m.rand.IntN(len(m.People)); !slices.Contains(team, who) {
				team, all = append(team, who), append(all, who)
			}
		}
		return all
	}
	p.Watchers, p.Stakeholders, p.Shareholders = join(3+m.rand.IntN(5)), join(1+m.rand.IntN(2)), join(m.rand.IntN(2))
	if (i == 1 || i%12 == 3) && !slices.Contains(team, m.me) {
		p.Watchers, team = append(p.Watchers, m.me), append(team, m.me)
	}
	m.team = append(m.team, team)
}

// about is the project's long text.
func (m *maker) about(p Project) string {
	a := areas[p.area]
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n## Why now\n\n%s\n\n## What belongs to it\n\n", p.Summary, m.say(pick(m, reasons)))
	for _, n := range m.rand.Perm(len(a.tasks))[:4] {
		fmt.Fprintf(&b, "- %s\n", m.say(a.tasks[n]))
	}
	fmt.Fprintf(&b, "\n## Agreed\n\n%s **%s** decides when something is unclear.\n", m.say(pick(m, rules)), m.People[p.Lead].Name)
	return b.String()
}

// end is the last moment at which something happened in the project.
func (m *maker) end(p Project) time.Time {
	if p.Ended.IsZero() {
		return m.now
	}
	return p.Ended
}

// say fills the gaps of a sentence.
func (m *maker) say(text string) string {
	for _, gap := range gaps {
		for strings.Contains(text, gap.name) {
			text = strings.Replace(text, gap.name, pick(m, gap.words), 1)
		}
	}
	for strings.Contains(text, "{n}") {
		text = strings.Replace(text, "{n}", fmt.Sprint(2+m.rand.IntN(38)), 1)
	}
	return text
}

// title is say for a name: it begins with a capital.
func (m *maker) title(text string) string {
	text = m.say(text)
	return strings.ToUpper(text[:1]) + text[1:]
}
