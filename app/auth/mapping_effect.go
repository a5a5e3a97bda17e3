package auth

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
)

// Effect is what a change of mappings or roles does: who may use what that they could not, and the other way round.
type Effect struct {
	Visitors Touched   // people who are not signed in
	People   []Touched // those of all active accounts who gain or lose something, by name
	Gains    Reach
	Loses    Reach
	Changes  int // mappings that would be written
}

// Touched is what changes for somebody; names of routes.
type Touched struct {
	Person Person
	Gains  []string
	Loses  []string
}

// Reach is how far a gain or a loss goes.
type Reach struct{ People, Routes int }

// None reports whether nobody's access changes.
func (e Effect) None() bool {
	return len(e.People) == 0 && len(e.Visitors.Gains) == 0 && len(e.Visitors.Loses) == 0
}

// holder is an active account with the roles it holds now.
type holder struct {
	Person
	roles []int64 // sorted
}

// Effect works out what the edits would do, by the function that decides every request. It writes nothing.
// Errors: as of Save.
func (m *Mappings) Effect(ctx context.Context, edits []MappingEdit) (Effect, error) {
	w, err := loadWorld(ctx, m.db.Read, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
	if err != nil {
		return Effect{}, err
	}
	t := m.tree()
	steps, err := w.plan(t, edits)
	if err != nil || len(steps) == 0 {
		return Effect{}, err
	}
	var routes []string
	for _, r := range t.Routes { // no other can be decided otherwise than before
		if slices.ContainsFunc(steps, func(s step) bool { return Covers(s.is.Node, r) }) {
			routes = append(routes, r)
		}
	}
	e, err := m.users.effect(ctx, w.access(), w.after(steps).access(), routes)
	e.Changes = len(steps)
	return e, err
}

// holders are all active accounts, by name.
func (u *Users) holders(ctx context.Context) ([]holder, error) {
	people, err := u.People(ctx)
	if err != nil {
		return nil, err
	}
	var grants []grantRow
	err = u.db.Read.NewSelect().Model(&grants).Column("user_id", "role_id").
		Where("until_at IS NULL OR until_at > ?", u.db.Now()).OrderExpr("user_id, role_id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who holds what: %w", err)
	}
	roles := map[int64][]int64{}
	for _, g := range grants {
		roles[g.UserID] = append(roles[g.UserID], g.RoleID)
	}
	all := make([]holder, 0, len(people.List))
	for _, p := range people.List {
		if !p.Locked {
			all = append(all, holder{p, roles[p.ID]})
		}
	}
	return all, nil
}

// compare asks both accesses about every route, once for each set of roles that somebody holds.
func compare(before, after *Access, people []holder, routes []string) Effect {
	var e Effect
	d := newDifference(before, after, routes)
	e.Visitors.Gains, e.Visitors.Loses = d.of(&Viewer{})
	gained, lost := map[string]bool{}, map[string]bool{}
	note := func(t Touched) {
		for _, r := range t.Gains {
			gained[r] = true
		}
		for _, r := range t.Loses {
			lost[r] = true
		}
	}
	note(e.Visitors)
	alike := map[string]Touched{}
	for _, p := range people {
		key := fmt.Sprint(p.roles)
		t, known := alike[key]
		if !known {
			t.Gains, t.Loses = d.of(&Viewer{ID: p.ID, roles: p.roles})
			alike[key] = t
			note(t)
		}
		if len(t.Gains)+len(t.Loses) == 0 {
			continue
		}
		t.Person = p.Person
		e.People = append(e.People, t)
		if len(t.Gains) > 0 {
			e.Gains.People++
		}
		if len(t.Loses) > 0 {
			e.Loses.People++
		}
	}
	e.Gains.Routes, e.Loses.Routes = len(gained), len(lost)
	return e
}

// difference is what two accesses are asked about: routes that the same mappings decide about have the same answer.
type difference struct {
	before, after *Access
	routes        []string
	pairs         [][2]*Mapping // that decide before and after
	pair          []int         // of each route
	verdicts      []int         // of each pair for one viewer: 1 is gained, -1 lost
}

func newDifference(before, after *Access, routes []string) *difference {
	d := &difference{before: before, after: after, routes: routes, pair: make([]int, len(routes))}
	at := map[[2]*Mapping]int{}
	for i, r := range routes {
		p := [2]*Mapping{before.Deciding(r), after.Deciding(r)}
		n, known := at[p]
		if !known {
			n = len(d.pairs)
			at[p] = n
			d.pairs = append(d.pairs, p)
		}
		d.pair[i] = n
	}
	d.verdicts = make([]int, len(d.pairs))
	return d
}

// of are the routes that the viewer may use in one of the two alone.
func (d *difference) of(v *Viewer) (gains, loses []string) {
	for i, p := range d.pairs {
		was, is := d.before.judge(v, p[0]).by != byNothing, d.after.judge(v, p[1]).by != byNothing
		switch {
		case was == is:
			d.verdicts[i] = 0
		case is:
			d.verdicts[i] = 1
		default:
			d.verdicts[i] = -1
		}
	}
	for i, r := range d.routes {
		switch d.verdicts[d.pair[i]] {
		case 1:
			gains = append(gains, r)
		case -1:
			loses = append(loses, r)
		}
	}
	return gains, loses
}
