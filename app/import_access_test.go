package app_test

import (
	"context"
	"slices"
	"testing"

	"portal/app/auth"
	"portal/app/legacy"
)

// page is the comparison of the old page, or of ours when the old portal had no mapping of it.
func page(t *testing.T, r *legacy.Report, route, node string) legacy.Page {
	t.Helper()
	for _, p := range r.Access {
		if p.Route == route && (route != "" || p.Node == node) {
			return p
		}
	}
	t.Fatalf("%q %q is not compared", route, node)
	return legacy.Page{}
}

func TestImport_ComparesWhoCouldAndWhoCan(t *testing.T) {
	p, _, r := imported(t)
	roles := append(p.Gate.Access().RoleNames(), "no role")
	for _, one := range r.Access {
		var have []string
		for _, a := range one.Roles {
			have = append(have, a.Role)
			if one.Route != "" && !a.Before {
				t.Errorf("%s: the old portal let %s in", one.Route, a.Role)
			}
		}
		if !slices.Equal(have, roles) {
			t.Errorf("%s compares %v, not %v", one.Route, have, roles)
		}
	}
	for route, want := range map[string]struct{ who, cannot []string }{
		"/projects/":     {[]string{"admin", "manager", "user"}, []string{"auditor", "no role"}},
		"dispatch.index": {roles, nil},
		"/reports":       {[]string{"admin"}, []string{"manager", "user"}}, // its role did not come over
		"wiki.index":     {nil, roles},
	} {
		one := page(t, r, route, "")
		for _, a := range one.Roles {
			if slices.Contains(want.who, a.Role) && !a.After || slices.Contains(want.cannot, a.Role) && a.After {
				t.Errorf("%s, %s: %+v", route, a.Role, a)
			}
		}
	}
	if one := page(t, r, "wiki.index", ""); one.Gone == "" || one.Lose != 0 {
		t.Errorf("a page that is gone: %+v", one)
	}
	if one := page(t, r, "dispatch.index", ""); one.Built || one.Lose != 0 {
		t.Errorf("a page to come: %+v", one)
	}
	if one := page(t, r, "/reports", ""); one.Lose == 0 {
		t.Errorf("nobody loses the reports: %+v", one)
	}
	if one := page(t, r, "", "projects.project.edit.new"); !one.Roles[0].Before || one.Roles[0].Shown {
		t.Errorf("a page without a mapping: %+v", one)
	}
}

// S91: the old portal showed some pages of its administration to everybody; ours stays the administrators'.
func TestS91_ImportOpensTheAdministrationToNobody(t *testing.T) {
	p, _, _ := imported(t)
	for _, script := range [][]string{{"DELETE FROM page_route_roles WHERE page_route_id = 2"}, {"UPDATE page_route_roles SET role_id = 2 WHERE page_route_id = 2"}} {
		other := oldPortal(t, append(mess(t), script...))
		p.Exec("DELETE FROM legacy_ids")
		p.Exec("DELETE FROM route_mappings WHERE node LIKE 'admin%'")
		if _, err := p.ImportLegacy(context.Background(), other, legacy.Options{}, nil); err != nil {
			t.Fatal(err)
		}
		a, err := auth.LoadAccess(context.Background(), p.DB.Read)
		if err != nil {
			t.Fatal(err)
		}
		for _, route := range []string{"admin", "admin.overview.see.page", "admin.user.edit.create", "admin.mapping.edit.save"} {
			if who := a.Who(route); !slices.Equal(who, []string{"admin"}) {
				t.Errorf("%v: %s is open to %v", script, route, who)
			}
		}
	}
}
