package auth_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/fault"
)

// lasting is how many accounts administrate the portal for good.
func lasting(p *apptest.Portal) int {
	return p.Count("users", "locked_at IS NULL", "EXISTS (SELECT 1 FROM user_roles AS g JOIN roles AS r ON r.id = g.role_id "+
		"WHERE g.user_id = users.id AND r.name = 'admin' AND g.until_at IS NULL)")
}

// asViewer is the context of a request of that person.
func asViewer(t *testing.T, p *apptest.Portal, name string) context.Context {
	t.Helper()
	v, err := p.Users.Viewer(p.Context(), p.Person(name).ID)
	if err != nil {
		t.Fatal(err)
	}
	return auth.With(context.Background(), v)
}

func TestS36_FiftyPairsOfAdministratorsWhoRemoveEachOtherLeaveOne(t *testing.T) {
	p := apptest.New(t)
	ada, bob := p.Person("Ada", "admin"), p.Person("Bob", "admin")
	take := func(id int64) func() error {
		return func() error { return p.Users.Take(p.Context(), id, "admin") }
	}
	shut := func(id int64) func() error {
		return func() error { return p.Users.Shut(p.Context(), id, "") }
	}
	end := func(id int64) func() error {
		return func() error { return p.Users.SetGrant(p.Context(), id, "admin", auth.Term{Until: "2026-12-31"}) }
	}
	ways := []func(int64) func() error{take, shut, end}
	for round := range 50 {
		results := together(ways[round%3](ada.ID), ways[round/3%3](bob.ID))
		won := 0
		for _, err := range results {
			switch {
			case err == nil:
				won++
			case !fault.Is(err, fault.Conflict):
				t.Fatal(err)
			}
		}
		if n := lasting(p); won != 1 || n != 1 {
			t.Fatalf("round %d: %d of the two succeeded, %d administrators are left", round, won, n)
		}
		for _, id := range []int64{ada.ID, bob.ID} {
			if err := p.Users.Unlock(p.Context(), id); err != nil {
				t.Fatal(err)
			}
			if err := p.Users.SetGrant(p.Context(), id, "admin", auth.Term{}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestS36_NoWayTakesTheLastAdministrator(t *testing.T) {
	p := apptest.New(t)
	ada := p.Person("Ada", "admin")
	p.Person("Tom", "user")
	p.Person("Ldap", "admin")
	p.Exec("UPDATE users SET source = 'ldap' WHERE username = 'ldap'")
	if err := p.Users.SetGrant(p.Context(), p.Person("Tom").ID, "admin", auth.Term{Until: "2026-12-31"}); err != nil {
		t.Fatal(err)
	}
	file := []byte("username,roles\nada,user\n")
	plan, err := p.Users.PlanImport(p.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	locked := []byte("username,locked\nada,yes\n")
	lockPlan, err := p.Users.PlanImport(p.Context(), locked)
	if err != nil {
		t.Fatal(err)
	}
	before := p.Count("audit_lines")
	for name, do := range map[string]func() error{
		"revoke":         func() error { return p.Users.Take(p.Context(), ada.ID, "admin") },
		"lock":           func() error { return p.Users.Shut(p.Context(), ada.ID, "") },
		"an end":         func() error { return p.Users.SetGrant(p.Context(), ada.ID, "admin", auth.Term{Until: "2099-12-31"}) },
		"import roles":   func() error { _, err := p.Users.Import(p.Context(), file, plan.Sum); return err },
		"import of lock": func() error { _, err := p.Users.Import(p.Context(), locked, lockPlan.Sum); return err },
	} {
		if err := do(); !fault.Is(err, fault.Conflict) || !strings.Contains(err.Error(), "last administrator") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := p.Count("audit_lines"); n != before || lasting(p) != 2 {
		t.Errorf("%d lines were written, %d administrators", n-before, lasting(p))
	}
}

func TestS36_ARoleThatIncludesAdminMakesAdministrators(t *testing.T) {
	p := apptest.New(t)
	ada := p.Person("Ada", "admin")
	roles := auth.NewRoles(p.Users)
	id, err := roles.Create(p.Context(), auth.RoleForm{Name: "head", Includes: []string{"admin"}})
	if err != nil {
		t.Fatal(err)
	}
	p.Person("Hilde", "head")
	if v, err := p.Users.Viewer(p.Context(), p.Person("Hilde").ID); err != nil || !v.Admin() {
		t.Fatalf("a member of a role that includes admin is none: %v", err)
	}
	if err := p.Users.Take(p.Context(), ada.ID, "admin"); err != nil {
		t.Fatal(err) // Hilde is left
	}
	for name, do := range map[string]func() error{
		"delete the role":   func() error { return roles.Delete(p.Context(), id, 1) },
		"include no more":   func() error { return roles.Edit(p.Context(), id, 1, auth.RoleForm{Name: "head"}) },
		"revoke the role":   func() error { return p.Users.Revoke(p.Context(), "hilde", "head") },
		"lock its last one": func() error { return p.Users.Lock(p.Context(), "hilde", true) },
		"an end of the role": func() error {
			return p.Users.SetGrant(p.Context(), p.Person("Hilde").ID, "head", auth.Term{Until: "2030-01-01"})
		},
	} {
		if err := do(); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := roles.Edit(p.Context(), id, 1, auth.RoleForm{Name: "heads", Includes: []string{"admin"}}); err != nil {
		t.Errorf("another name of the role: %v", err)
	}
	if v, err := p.Users.Viewer(p.Context(), p.Person("Hilde").ID); err != nil || !v.Admin() {
		t.Errorf("after it has another name: %v", err)
	}
}

// A group may give a role that includes admin.
func TestS36_TheDirectoryLeavesTheLastWhoIsOneByAnotherRole(t *testing.T) {
	p := apptest.New(t)
	if _, err := auth.NewRoles(p.Users).Create(p.Context(), auth.RoleForm{Name: "head", Includes: []string{"admin"}}); err != nil {
		t.Fatal(err)
	}
	listed := func(username string, roles ...string) {
		t.Helper()
		who := auth.Listed{Username: username, Name: username, Roles: roles, Given: []string{"head", "user"}}
		if _, err := p.Users.FromDirectory(p.Context(), who); err != nil {
			t.Fatal(err)
		}
	}
	listed("hilde", "head", "user")
	listed("hilde")
	if n := p.Count("user_roles"); n != 1 {
		t.Fatalf("%d roles are left to the only administrator", n)
	}
	listed("another", "head")
	listed("hilde")
	if n := p.Count("user_roles"); n != 1 {
		t.Errorf("with another administrator, there are %d grants", n)
	}
}

func TestS36_NobodyTakesTheirOwnAdministration(t *testing.T) {
	p := apptest.New(t)
	ada := p.Person("Ada", "admin")
	p.Person("Bob", "admin")
	ctx := asViewer(t, p, "Ada")
	for name, do := range map[string]func() error{
		"revoke": func() error { return p.Users.Take(ctx, ada.ID, "admin") },
		"lock":   func() error { return p.Users.Shut(ctx, ada.ID, "") },
		"an end": func() error { return p.Users.SetGrant(ctx, ada.ID, "admin", auth.Term{Until: "2099-12-31"}) },
	} {
		if err := do(); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := p.Users.Grant(ctx, "ada", "user"); err != nil {
		t.Fatal(err)
	}
	if err := p.Users.Take(ctx, ada.ID, "user"); err != nil {
		t.Errorf("another role of one's own: %v", err)
	}
}

func TestS86_FiftyCreatesOfOneNameMakeOneAccount(t *testing.T) {
	p := apptest.New(t)
	var tries []func() error
	for i := range 50 {
		tries = append(tries, func() error {
			_, err := p.Users.Create(p.Context(), auth.NewUser{Username: "ada", Name: fmt.Sprint("Ada ", i), Roles: []string{"user"}})
			return err
		})
	}
	won := 0
	for _, err := range together(tries...) {
		switch {
		case err == nil:
			won++
		case !fault.Is(err, fault.Invalid):
			t.Error(err)
		}
	}
	if n := p.Count("users"); won != 1 || n != 1 || p.Count("user_roles") != 1 {
		t.Errorf("%d succeeded, %d accounts", won, n)
	}
}
