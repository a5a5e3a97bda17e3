package auth_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/features"
)

// roles: boss includes lead, which includes user; a and b include each other.
func access() *auth.Access {
	roles := []auth.Role{
		{ID: 1, Name: "admin"}, {ID: 2, Name: "user"}, {ID: 3, Name: "lead", Includes: []int64{2}}, {ID: 4, Name: "boss", Includes: []int64{3}},
		{ID: 5, Name: "a", Includes: []int64{6}}, {ID: 6, Name: "b", Includes: []int64{5}}, {ID: 7, Name: "owner", Includes: []int64{1}},
	}
	return auth.NewAccess(roles, []auth.Mapping{
		{Node: "open", Audience: auth.ForAnyone},
		{Node: "open.closed", Audience: auth.ForRoles},
		{Node: "known", Audience: auth.ForSignedIn},
		{Node: "work", Audience: auth.ForRoles, Roles: []int64{2}},
		{Node: "work.edit", Audience: auth.ForRoles, Roles: []int64{3}},
		{Node: "work.edit.menu", Audience: auth.ForInherit},
		{Node: "loop", Audience: auth.ForRoles, Roles: []int64{5}},
	}, nil)
}

func TestAccess_LongestMappingDecides(t *testing.T) {
	p := apptest.New(t, features.All...)
	p.Gate.Set(access())
	who := map[string][]string{"visitor": nil, "nobody": {}, "user": {"2"}, "lead": {"3"}, "boss": {"4"}, "b": {"6"}, "admin": {"1"}, "owner": {"7"}}
	for route, may := range map[string]string{
		"open": "visitor nobody user lead boss b admin owner", "open.x.y": "visitor nobody user lead boss b admin owner",
		"open.closed": "admin owner", "open.closed.x": "admin owner", "opening": "admin owner", "": "admin owner",
		"known": "nobody user lead boss b admin owner", "work": "user lead boss admin owner", "work.see": "user lead boss admin owner",
		"work.edit": "lead boss admin owner", "work.edit.menu": "lead boss admin owner", "work.edit.menu.deep": "lead boss admin owner",
		"loop": "b admin owner", "nowhere": "admin owner",
	} {
		for name, roles := range who {
			v := auth.Visitor(p.Gate.Access())
			if name != "visitor" {
				v = viewer(t, p, name, roles)
			}
			if want := slices.Contains(strings.Fields(may), name); v.Can(route) != want {
				t.Errorf("%s may use %q: %v", name, route, !want)
			}
		}
	}
}

// viewer is a person with the roles of those ids.
func viewer(t *testing.T, p *apptest.Portal, name string, roles []string) *auth.Viewer {
	t.Helper()
	user := p.Person("Person " + name)
	p.Exec("DELETE FROM user_roles WHERE user_id = ?", user.ID)
	if !p.DB.MySQL {
		p.Exec("PRAGMA foreign_keys = OFF")
	} else {
		for i := range 4 {
			p.Exec("INSERT IGNORE INTO roles (id, name, notes, icon, version, created_at, updated_at) VALUES (?, ?, '', '', 1, ?, ?)", 4+i, "extra"+string(rune('a'+i)), p.Clock.Now(), p.Clock.Now())
		}
	}
	for _, r := range roles {
		p.Exec("INSERT INTO user_roles (user_id, role_id, reason, granted_at) VALUES (?, "+r+", '', ?)", user.ID, p.Clock.Now())
	}
	p.Cache.Clear("")
	v, err := p.Users.Viewer(p.Context(), user.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestViewer_ExplainSaysByWhichChain(t *testing.T) {
	p := apptest.New(t)
	p.Gate.Set(access())
	e := viewer(t, p, "boss", []string{"4"}).Explain("work.edit.x")
	if !e.Allowed || !slices.Contains(e.Said(), "The role boss includes lead.") || !slices.Equal(e.Roles, []string{"admin", "boss", "lead", "owner"}) {
		t.Errorf("%+v", e)
	}
	if e := viewer(t, p, "user", []string{"2"}).Explain("nowhere"); e.Allowed || e.Node != "" || !slices.Contains(e.Said(), "No mapping covers nowhere, so only administrators pass.") {
		t.Errorf("%+v", e)
	}
}

// S35: roles and locks count from the next request on; on another process within a second.
func TestUsers_ChangesActAtOnceEverywhere(t *testing.T) {
	p := apptest.New(t, features.All...)
	b := p.As("Ada", "user")
	b.Get("/projects").Want(http.StatusOK)
	for _, step := range []struct {
		do   func(context.Context) error
		want int
	}{
		{func(ctx context.Context) error { return p.Users.Revoke(ctx, "ada", "user") }, http.StatusForbidden},
		{func(ctx context.Context) error { return p.Users.Grant(ctx, "ada", "auditor") }, http.StatusOK},
		{func(ctx context.Context) error { return p.Users.Lock(ctx, "ada", true) }, http.StatusSeeOther},
	} {
		if err := step.do(p.Context()); err != nil {
			t.Fatal(err)
		}
		b.Get("/projects").Want(step.want)
	}
}
