package auth_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/clock"
	"portal/app/fault"
)

func TestRoles_TwoWhoCloseALoopFromBothEndsCannotBothSucceed(t *testing.T) {
	p := apptest.New(t)
	p.Person("Ada", "admin")
	roles := auth.NewRoles(p.Users)
	lead, err := roles.Create(p.Context(), auth.RoleForm{Name: "lead"})
	if err != nil {
		t.Fatal(err)
	}
	deputy, err := roles.Create(p.Context(), auth.RoleForm{Name: "deputy"})
	if err != nil {
		t.Fatal(err)
	}
	version := func(id int64) int64 {
		var v int64
		if err := p.DB.Writer().NewSelect().Table("roles").Column("version").Where("id = ?", id).Scan(p.Context(), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	for round := range 10 {
		lv, dv := version(lead), version(deputy)
		results := together(
			func() error {
				return roles.Edit(p.Context(), lead, lv, auth.RoleForm{Name: "lead", Includes: []string{"deputy"}})
			},
			func() error {
				return roles.Edit(p.Context(), deputy, dv, auth.RoleForm{Name: "deputy", Includes: []string{"lead"}})
			},
		)
		won := 0
		for _, err := range results {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), " includes "):
				t.Fatal(err)
			}
		}
		if won != 1 || p.Count("role_includes", "role_id IN ("+fmt.Sprint(lead, ",", deputy)+")") != 1 {
			t.Fatalf("round %d: %d succeeded", round, won)
		}
		for id, name := range map[int64]string{lead: "lead", deputy: "deputy"} {
			if err := roles.Edit(p.Context(), id, version(id), auth.RoleForm{Name: name}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestRoles_ALoopIsRefusedByName(t *testing.T) {
	p := apptest.New(t)
	p.Person("Ada", "admin")
	roles := auth.NewRoles(p.Users)
	if _, err := roles.Create(p.Context(), auth.RoleForm{Name: "lead", Includes: []string{"manager"}}); err != nil {
		t.Fatal(err)
	}
	all, err := roles.All(p.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		form := auth.RoleForm{Name: r.Name, Notes: r.Notes, Icon: r.Icon}
		switch r.Name {
		case "user":
			form.Includes = []string{"lead"}
			err = roles.Edit(p.Context(), r.ID, r.Version, form)
			if said := fault.Of(err).Fields["includes"]; said != "That would be a loop: user includes lead includes manager includes user." {
				t.Errorf("%q, %v", said, err)
			}
		case "lead":
			form.Includes = []string{"lead"}
			err = roles.Edit(p.Context(), r.ID, r.Version, form)
			if said := fault.Of(err).Fields["includes"]; said != "That would be a loop: lead includes lead." {
				t.Errorf("%q, %v", said, err)
			}
		case "manager":
			form.Name = "boss"
			if err := roles.Edit(p.Context(), r.ID, r.Version, form); fault.Of(err).Fields["name"] == "" {
				t.Errorf("a built-in role got another name: %v", err)
			}
			if err := roles.Delete(p.Context(), r.ID, r.Version); !fault.Is(err, fault.Conflict) {
				t.Errorf("a built-in role was deleted: %v", err)
			}
		}
	}
}

func TestGrant_EndsWithItsDayInThePersonsZone(t *testing.T) {
	p := apptest.New(t)
	u, err := p.Users.Create(p.Context(), auth.NewUser{Username: "tom", Name: "Tom", Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Users.SetGrant(p.Context(), u.ID, "user", auth.Term{Until: "2026-11-24", Reason: "Stands in"}); err != nil {
		t.Fatal(err)
	}
	may := func() bool {
		t.Helper()
		v, err := p.Users.Viewer(p.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		return len(v.Roles()) > 0
	}
	end := time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC) // midnight in Berlin
	p.Clock.Set(end.Add(-time.Microsecond))
	if !may() {
		t.Error("the role has ended before its day did")
	}
	p.Clock.Set(end) // the cache still holds the person: no write said that anything changed
	if may() {
		t.Error("the role goes on after its day")
	}
	if all, err := p.Users.All(p.Context()); err != nil || len(all[0].Roles) != 0 {
		t.Errorf("the list still has it: %v, %v", all[0].Roles, err)
	}
	for _, day := range []clock.Day{"2026-11-24", "2026-13-01", "tomorrow"} {
		if err := p.Users.SetGrant(p.Context(), u.ID, "user", auth.Term{Until: day}); fault.Of(err).Fields["until"] == "" {
			t.Errorf("%s: %v", day, err)
		}
	}
	if err := p.Users.Grant(p.Context(), "tom", "user"); err != nil || !may() {
		t.Errorf("granted anew: %v", err)
	}
}
