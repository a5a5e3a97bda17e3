package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// StepKind is what one step of an explanation is about.
type StepKind string

// The kinds of steps, in the order of a chain.
const (
	StepAccount StepKind = "account" // may it sign in at all?
	StepRole    StepKind = "role"    // a role that is held
	StepInclude StepKind = "include" // a role that another one includes
	StepMapping StepKind = "mapping" // whom the mapping lets in
	StepEnd     StepKind = "end"     // a way that leads nowhere: an ended role, none of the roles fits
)

// Step is one step of the chain that decides, as a whole sentence.
type Step struct {
	Kind StepKind `json:"kind"`
	Text string   `json:"text"`
}

// Explanation is why somebody may or may not use a route.
type Explanation struct {
	Allowed bool     `json:"allowed"`
	Node    string   `json:"mapping"` // of the mapping that decides; empty when none covers the route
	Steps   []Step   `json:"chain"`   // from the person to the mapping
	Roles   []string `json:"may"`     // that may; "anyone" and "signed-in" stand for themselves
}

// Said are the steps' sentences.
func (e Explanation) Said() []string {
	all := make([]string, len(e.Steps))
	for i, s := range e.Steps {
		all[i] = s.Text
	}
	return all
}

// Explain answers as Can does, of the viewer as "you", and says by which chain. It runs no query.
func (v *Viewer) Explain(route string) Explanation {
	return v.explain(route, subject{name: "You", holds: "hold", notes: nil})
}

// subject is who an explanation speaks of.
type subject struct {
	name, holds string
	notes       map[int64]string // by role: until when and why it is held
}

func (v *Viewer) explain(route string, who subject) Explanation {
	d := v.decide(route)
	e := Explanation{Allowed: d.by != byNothing}
	if v.access == nil {
		return e
	}
	e.Roles = v.access.Who(route)
	if d.mapping != nil {
		e.Node = d.mapping.Node
	}
	add := func(kind StepKind, text string, args ...any) {
		e.Steps = append(e.Steps, Step{kind, fmt.Sprintf(text, args...)})
	}
	if v.ID == 0 {
		add(StepAccount, "Nobody is signed in.")
	}
	if d.role != 0 {
		chain := v.access.chain(d.role, v.access.goals(d))
		add(StepRole, "%s %s the role %s%s.", who.name, who.holds, v.access.RoleName(chain[0]), who.notes[chain[0]])
		for i := 1; i < len(chain); i++ {
			add(StepInclude, "The role %s includes %s.", v.access.RoleName(chain[i-1]), v.access.RoleName(chain[i]))
		}
	}
	if d.role == 0 && v.ID != 0 && d.by == byNothing {
		add(StepRole, "%s %s %s.", who.name, who.holds, v.access.rolesSaid(v.roles, who.notes))
	}
	add(StepMapping, "%s", v.access.mappingSaid(d, route))
	if d.by == byNothing && v.ID != 0 && d.mapping != nil {
		switch len(v.roles) {
		case 0:
		case 1:
			add(StepEnd, "This role is not among them, and includes none that is.")
		default:
			add(StepEnd, "None of these roles is among them, or includes one that is.")
		}
	}
	return e
}

// goals are the roles that a chain must end at, to pass by this decision.
func (a *Access) goals(d decision) []int64 {
	if d.by == byAdmin {
		return []int64{a.adminID}
	}
	return d.mapping.Roles
}

// chain are the roles from one that is held to one of the goals, each including the next, by the shortest way.
func (a *Access) chain(from int64, goals []int64) []int64 {
	parent := map[int64]int64{from: 0}
	for queue := []int64{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if slices.Contains(goals, at) {
			var way []int64
			for r := at; r != 0; r = parent[r] {
				way = append(way, r)
			}
			slices.Reverse(way)
			return way
		}
		for _, next := range a.roles[at].Includes {
			if _, seen := parent[next]; !seen {
				parent[next] = at
				queue = append(queue, next)
			}
		}
	}
	return []int64{from}
}

func (a *Access) rolesSaid(roles []int64, notes map[int64]string) string {
	var all []string
	for _, r := range roles {
		all = append(all, a.RoleName(r)+notes[r])
	}
	slices.Sort(all)
	switch len(all) {
	case 0:
		return "no role"
	case 1:
		return "the role " + all[0]
	}
	return "the roles " + Joined(all)
}

// Joined joins names as a sentence does: "admin, manager and user".
func Joined(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// mappingSaid says whom the mapping lets in that decided.
func (a *Access) mappingSaid(d decision, route string) string {
	switch {
	case d.by == byAdmin:
		return "The role admin passes every check."
	case d.mapping == nil:
		return fmt.Sprintf("No mapping covers %s, so only administrators pass.", route)
	}
	return fmt.Sprintf("The mapping of %s decides about %s: it is for %s.", d.mapping.Node, route, a.WhoSaid(d.mapping.Audience, d.mapping.Roles))
}

// WhoSaid says in words whom a mapping lets in: "anyone", "anyone signed in", "admin, manager and user".
// What only passes the decision on is "those of the part above".
func (a *Access) WhoSaid(audience Audience, roles []int64) string {
	switch audience {
	case ForAnyone:
		return "anyone"
	case ForSignedIn:
		return "anyone signed in"
	case ForInherit:
		return "those of the part above"
	}
	var names []string
	for _, r := range roles {
		if name := a.RoleName(r); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "administrators alone"
	}
	slices.Sort(names)
	return Joined(names)
}

// Explain says whether the person may use the route, and by which chain: as a request of theirs would be decided,
// and beyond it what is wrong with the account or has ended. An empty name is a visitor.
// Errors: fault.NotFound when there is no such account.
func (u *Users) Explain(ctx context.Context, name, route string) (Explanation, error) {
	if name == "" {
		return Visitor(u.gate.Access()).Explain(route), nil
	}
	row, err := u.ByName(ctx, name)
	if err != nil {
		return Explanation{}, err
	}
	var grants []grantRow
	if err := u.db.Read.NewSelect().Model(&grants).Where("user_id = ?", row.ID).OrderExpr("role_id").Scan(ctx); err != nil {
		return Explanation{}, fmt.Errorf("read roles of %d: %w", row.ID, err)
	}
	now, a := u.db.Now(), u.gate.Access()
	m := member{ID: row.ID, Name: row.Name}
	notes := map[int64]string{}
	var ended []Step
	for _, g := range grants {
		one := grant{Role: g.RoleID}
		if g.UntilAt != nil {
			one.Until = *g.UntilAt
		}
		m.Grants = append(m.Grants, one)
		notes[g.RoleID] = termSaid(g)
		if !one.Until.IsZero() && !now.Before(one.Until) {
			ended = append(ended, Step{StepEnd, fmt.Sprintf("%s held the role %s, but it ended on %s.", row.Name, a.RoleName(g.RoleID), day(one.Until))})
		}
	}
	if row.LockedAt != nil { // to a locked account the portal is as to a visitor
		e := Visitor(a).Explain(route)
		e.Steps[0] = Step{StepAccount, fmt.Sprintf("The account %s is locked since %s, so %s can't sign in.", row.Username, day(*row.LockedAt), row.Name)}
		return e, nil
	}
	e := m.viewer(a, now).explain(route, subject{row.Name, "holds", notes})
	e.Steps = append([]Step{{StepAccount, fmt.Sprintf("The account %s may sign in.", row.Username)}}, e.Steps...)
	if !e.Allowed {
		e.Steps = append(e.Steps, ended...)
	}
	return e, nil
}

// termSaid says until when and why a role is held, empty for without an end and a reason.
func termSaid(g grantRow) string {
	var all []string
	if g.UntilAt != nil {
		all = append(all, "until "+day(*g.UntilAt))
	}
	if g.Reason != "" {
		all = append(all, "because of “"+strings.Join(strings.Fields(g.Reason), " ")+"”")
	}
	if len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(all, ", ") + ")"
}

func day(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 MST") }
