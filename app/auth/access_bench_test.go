package auth

import (
	"fmt"
	"testing"
)

// BenchmarkViewer_Can is the check that every request passes: a person of two roles, the longest mapping two
// parts above the route, among 200 mappings.
func BenchmarkViewer_Can(b *testing.B) {
	a := NewAccess(
		[]Role{{ID: 1, Name: Admin}, {ID: 2, Name: "manager", Includes: []int64{3}}, {ID: 3, Name: "user"}, {ID: 4, Name: "auditor"}},
		benchMappings(), nil)
	v := &Viewer{ID: 1, roles: []int64{4, 2}, access: a}
	b.ReportAllocs()
	for b.Loop() {
		if !v.Can("feature7.noun3.edit.save.now") {
			b.Fatal("refused")
		}
	}
}

func benchMappings() []Mapping {
	var all []Mapping
	for f := range 20 {
		for n := range 10 {
			all = append(all, Mapping{Node: fmt.Sprintf("feature%d.noun%d.edit", f, n), Audience: ForRoles, Roles: []int64{3}})
		}
	}
	return all
}

// A check asks nothing of the memory, so that no number of requests makes garbage of it.
func TestViewer_CanAllocatesNothing(t *testing.T) {
	a := NewAccess([]Role{{ID: 2, Name: "manager", Includes: []int64{3}}, {ID: 3, Name: "user"}}, benchMappings(), nil)
	v := &Viewer{ID: 1, roles: []int64{2}, access: a}
	if n := testing.AllocsPerRun(100, func() { v.Can("feature7.noun3.edit.save") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
