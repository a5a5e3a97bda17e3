package auth

import (
	"fmt"
	"slices"
	"testing"
)

// department is a portal's access, its people and its routes: 20 roles, a mapping for every tenth route.
func department(people, routes int) (*Access, []holder, []string) {
	roles := []Role{{ID: 1, Name: Admin}}
	for i := range 19 {
		r := Role{ID: int64(i + 2), Name: fmt.Sprintf("role%d", i)}
		if i > 0 && i%3 == 0 {
			r.Includes = []int64{int64(i + 1)}
		}
		roles = append(roles, r)
	}
	var names []string
	var mappings []Mapping
	for i := range routes {
		node := fmt.Sprintf("feature%d.noun.see", i/10)
		names = append(names, fmt.Sprintf("%s.part%d", node, i%10))
		if i%10 == 0 {
			mappings = append(mappings, Mapping{ID: int64(i + 1), Node: node, Audience: ForRoles, Roles: []int64{int64(2 + i/10%19)}})
		}
	}
	var all []holder
	for i := range people {
		all = append(all, holder{Person{ID: int64(i + 1), Name: fmt.Sprintf("Person %d", i)}, []int64{int64(2 + i%19), int64(2 + i/19%19)}})
	}
	return NewAccess(roles, mappings, nil), all, names
}

func TestViewer_CanAllocatesNothing(t *testing.T) {
	a, people, routes := department(20, 600)
	for _, v := range []*Viewer{{access: a}, {ID: 1, roles: people[3].roles, access: a}, {ID: 2, roles: []int64{1}, access: a}, {ID: 3, access: a}, System("x")} {
		if n := testing.AllocsPerRun(100, func() { v.Can(routes[599]); v.Can("nowhere.at.all") }); n != 0 {
			t.Errorf("viewer %d: %v allocations", v.ID, n)
		}
	}
}

func BenchmarkCan(b *testing.B) {
	a, people, routes := department(20, 600)
	v := &Viewer{ID: 1, roles: people[7].roles, access: a}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		v.Can(routes[i%len(routes)])
	}
}

// opened is the access with every mapping of a feature for all who are signed in.
func opened(a *Access) *Access {
	var mappings []Mapping
	for _, m := range a.Mappings {
		one := *m
		one.Audience = ForSignedIn
		mappings = append(mappings, one)
	}
	var roles []Role
	for _, r := range a.roles {
		roles = append(roles, r)
	}
	return NewAccess(roles, mappings, nil)
}

func TestEffect_CountsTwoThousandPeopleAndSixHundredRoutes(t *testing.T) {
	a, people, routes := department(2000, 600)
	e := compare(a, opened(a), people, routes)
	if e.Gains.People != 2000 || e.Gains.Routes != 600 || e.Loses.People != 0 || len(e.Visitors.Gains) != 0 {
		t.Errorf("%d people gain %d routes, %d lose", e.Gains.People, e.Gains.Routes, e.Loses.People)
	}
}

func BenchmarkEffect(b *testing.B) {
	a, people, routes := department(2000, 600)
	after := opened(a)
	for b.Loop() {
		compare(a, after, people, routes)
	}
}

// What Explain says is what Can decides, for every viewer and route; and each chain ends at a role that may.
func TestViewer_ExplainAndCanAgree(t *testing.T) {
	a, people, routes := department(361, 600)
	for _, p := range people {
		v := &Viewer{ID: p.ID, roles: p.roles, access: a}
		for _, r := range routes[:200] {
			e := v.Explain(r)
			if e.Allowed != v.Can(r) || len(e.Steps) < 2 {
				t.Fatalf("%v, %s: %+v", p.roles, r, e)
			}
			if last := e.Steps[len(e.Steps)-1]; e.Allowed && last.Kind != StepMapping {
				t.Fatalf("%+v", e)
			}
			may := slices.ContainsFunc(p.roles, func(id int64) bool { return slices.Contains(e.Roles, a.RoleName(id)) })
			if may != e.Allowed {
				t.Fatalf("%v may %s: %v, but %v may", p.roles, r, e.Allowed, e.Roles)
			}
		}
	}
}
