package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"portal/app"
	"portal/app/apptest"
	"portal/app/auth"
	"portal/features"
)

// extraRole makes a role that includes another one, or none when that is empty.
func extraRole(t *testing.T, p *apptest.Portal, name, includes string) {
	t.Helper()
	p.Exec("INSERT INTO roles (name, notes, icon, version, created_at, updated_at) VALUES (?, '', '', 1, ?, ?)", name, p.Clock.Now(), p.Clock.Now())
	if includes != "" {
		p.Exec("INSERT INTO role_includes (role_id, included_id) SELECT a.id, b.id FROM roles a, roles b WHERE a.name = ? AND b.name = ?", name, includes)
	}
	a, err := auth.LoadAccess(p.Context(), p.DB.Read)
	if err != nil {
		t.Fatal(err)
	}
	p.Gate.Set(a)
}

var parameter = regexp.MustCompile(`:[a-z]+(<int>)?`)

// madeUp is the route's address with something in it that is not there.
func madeUp(path string) string {
	return parameter.ReplaceAllStringFunc(path, func(s string) string {
		if strings.HasSuffix(s, "<int>") {
			return "99999999"
		}
		return "no-such-thing"
	})
}

// refuses reports whether the route itself turned the request away, whatever its handler would have said.
func refuses(b *apptest.Browser, m app.Mounted) (bool, string) {
	if m.Stream {
		res := b.Open(apptest.Request{Method: m.Method, Path: madeUp(m.Path), Header: http.Header{"Accept": {"text/event-stream"}, "Hx-Request": {"true"}}})
		_ = res.Body.Close()
		return res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden, res.Status
	}
	a := b.Fragment(m.Method, madeUp(m.Path), "", nil)
	return a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden && strings.Contains(a.Body, "You may not open this"), a.String()
}

// everyRole has a person for each built-in role, for one that includes another, for one that no mapping names, and one without any.
func everyRole(t *testing.T, p *apptest.Portal) map[string][]string {
	t.Helper()
	extraRole(t, p, "lead", "manager")
	extraRole(t, p, "guest", "")
	return map[string][]string{
		"": nil, "Nora None": {}, "Ada Admin": {"admin"}, "Max Manager": {"manager"}, "Una User": {"user"}, "Audra Auditor": {"auditor"},
		"Lea Lead": {"lead"}, "Gus Guest": {"guest"}, "Bo Both": {"auditor", "guest"},
	}
}

// agree tries every route as everybody, and compares the answer with what Explain says.
func agree(t *testing.T, p *apptest.Portal, who map[string][]string) {
	t.Helper()
	for name, roles := range who {
		b, username := p.Visitor(), ""
		if name != "" {
			b = p.As(name, roles...)
			username = b.User.Username
		}
		tried := map[bool]int{}
		for _, m := range p.Routes {
			e, err := p.Users.Explain(p.Context(), username, m.Name)
			if err != nil {
				t.Fatal(err)
			}
			refused, said := refuses(b, m)
			if refused && e.Allowed && name != "" { // the route before may have ended the session
				b = p.As(name)
				refused, said = refuses(b, m)
			}
			if refused == e.Allowed {
				t.Errorf("%q %v, %s: %s, but Explain says %v: %v", name, roles, m.Name, said, e.Allowed, e.Said())
			}
			tried[e.Allowed]++
		}
		if name != "Ada Admin" && (tried[true] == 0 || tried[false] == 0) {
			t.Errorf("%q: %v: nothing to compare", name, tried)
		}
	}
}

// Every route of the portal answers everybody as Explain says, as installed and with other mappings.
func TestAccess_EveryRouteAnswersAsExplained(t *testing.T) {
	p := apptest.New(t, features.All...)
	who := everyRole(t, p)
	agree(t, p, who)
	roles := func(names ...string) *auth.Who { return &auth.Who{Audience: auth.ForRoles, Roles: names} }
	_, err := p.Mappings.Save(p.Context(), []auth.MappingEdit{
		{Node: "projects", Version: auth.AnyVersion, Who: roles("lead")},
		{Node: "projects.task.edit", Version: auth.AnyVersion, Who: &auth.Who{Audience: auth.ForInherit}},
		{Node: "projects.task.edit.move", Version: auth.AnyVersion, Who: roles("manager", "auditor")},
		{Node: "projects.comment.edit", Version: auth.AnyVersion, Who: &auth.Who{Audience: auth.ForSignedIn}},
		{Node: "projects.project.see", Version: auth.AnyVersion, Who: roles("guest")},
		{Node: "admin.why", Version: auth.AnyVersion, Who: roles("user")},
		{Node: "home.people", Version: auth.AnyVersion, Who: &auth.Who{Audience: auth.ForAnyone}},
	})
	if err != nil {
		t.Fatal(err)
	}
	agree(t, p, who)
}

// S34: what no mapping covers is for administrators alone, from the next request on, and the page lists every route.
func TestS34_WithoutAMappingOnlyAdministratorsPass(t *testing.T) {
	p := apptest.New(t, features.All...)
	user, admin := p.As("Una User", "user"), p.As("Ada Admin", "admin")
	user.Get("/projects").Want(http.StatusOK)
	p.Exec("DELETE FROM route_mapping_roles WHERE mapping_id = (SELECT id FROM route_mappings WHERE node = 'projects.project.see')")
	p.Exec("DELETE FROM route_mappings WHERE node = 'projects.project.see'")
	a, err := auth.LoadAccess(p.Context(), p.DB.Read)
	if err != nil {
		t.Fatal(err)
	}
	p.Gate.Set(a)
	user.Get("/projects").Want(http.StatusForbidden, "No mapping covers projects.project.see.list, so only administrators pass.", "You hold the role user.", "the role admin")
	admin.Get("/projects").Want(http.StatusOK)
	page := admin.Get("/admin/routes").Want(http.StatusOK)
	for _, m := range p.Routes {
		if !strings.Contains(page.Body, m.Name+"\n") && !strings.Contains(page.Body, m.Name+" ") {
			t.Errorf("%s is not on the page", m.Name)
		}
		path := strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(m.Path)
		if !strings.Contains(page.Body, path) {
			t.Errorf("%s is not on the page", m.Path)
		}
	}
}

// S35: a changed mapping counts from the next request on, on another process a moment later.
func TestS35_MappingsActAtOnceEverywhere(t *testing.T) {
	p := apptest.New(t, features.All...)
	other := p.Second()
	other.Start()
	here, there := p.As("Una User", "user"), other.As("Una User")
	for i, step := range []struct {
		who  auth.Who
		want int
	}{
		{auth.Who{Audience: auth.ForRoles, Roles: []string{"manager"}}, http.StatusForbidden},
		{auth.Who{Audience: auth.ForSignedIn}, http.StatusOK},
		{auth.Who{Audience: auth.ForRoles, Roles: []string{"admin"}}, http.StatusForbidden},
	} {
		if _, err := p.Mappings.Save(p.Context(), []auth.MappingEdit{{Node: "projects.project.see", Version: auth.AnyVersion, Who: &step.who}}); err != nil {
			t.Fatal(err)
		}
		here.Get("/projects").Want(step.want)
		within(t, fmt.Sprintf("step %d on the other process", i), func() bool { return there.Get("/projects").Status == step.want })
	}
}

// S36: no mapping keeps administrators out, and none takes the sign-in from anybody.
func TestS36_NoMappingTakesPagesFromAdministrators(t *testing.T) {
	p := apptest.New(t, features.All...)
	extraRole(t, p, "guest", "")
	admin := p.As("Ada Admin", "admin")
	for _, who := range []auth.Who{{Audience: auth.ForRoles, Roles: []string{"guest"}}, {Audience: auth.ForInherit}, {Audience: auth.ForSignedIn}} {
		for _, node := range []string{"admin", "admin.mapping", "admin.mapping.see", "admin.mapping.edit", "home.start"} {
			if _, err := p.Mappings.Save(p.Context(), []auth.MappingEdit{{Node: node, Version: auth.AnyVersion, Who: &who}}); err != nil {
				t.Fatal(err)
			}
		}
		admin.Get("/admin/routes").Want(http.StatusOK)
		admin.Get("/").Want(http.StatusOK)
		for _, node := range []string{"home.signin", "home.signin.form", "home.signin.do"} {
			before := p.Count("audit_lines")
			_, err := p.Mappings.Save(p.Context(), []auth.MappingEdit{{Node: node, Version: auth.AnyVersion, Who: &who}})
			if who.Audience == auth.ForInherit && node != "home.signin" { // the part above is open to anyone
				continue
			}
			if err == nil || !strings.Contains(err.Error(), "Nobody could sign in any more.") || p.Count("audit_lines") != before {
				t.Errorf("%s for %v: %v", node, who, err)
			}
		}
		p.Visitor().Get("/login").Want(http.StatusOK)
	}
}

// S91: an update opens nothing. What a person closed stays closed when a new version declares a node within it.
func TestS91_AnUpdateNeverWeakens(t *testing.T) {
	p := apptest.New(t, features.All...)
	_, err := p.Mappings.Save(p.Context(), []auth.MappingEdit{{Node: "projects", Version: 0, Who: &auth.Who{Audience: auth.ForRoles, Roles: []string{"manager"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, node := range []string{"projects.task.edit", "projects.task.see"} { // as if the version before had not declared them
		p.Exec("DELETE FROM route_mapping_roles WHERE mapping_id = (SELECT id FROM route_mappings WHERE node = ?)", node)
		p.Exec("DELETE FROM route_mappings WHERE node = ?", node)
	}
	before, err := auth.LoadAccess(p.Context(), p.DB.Read)
	if err != nil {
		t.Fatal(err)
	}
	after := p.Second().Gate.Access()
	for _, m := range p.Routes {
		if was, is := fmt.Sprint(before.Who(m.Name)), fmt.Sprint(after.Who(m.Name)); was != is {
			t.Errorf("%s was for %s and is for %s", m.Name, was, is)
		}
	}
	if after.Mappings["projects.task.edit"] == nil {
		t.Error("the new version's node has no row")
	}
}

// The log of a start names new nodes, and mappings that point to nothing; of a new install it only counts them.
func TestStart_LogNamesNewAndInvalidMappings(t *testing.T) {
	var log lines
	p := apptest.With(t, apptest.Options{Features: features.All, Log: &log})
	if !strings.Contains(log.text(), "routes have their default mappings") || strings.Contains(log.text(), "projects.task.edit") {
		t.Errorf("a new install: %s", log.text())
	}
	p.Exec("UPDATE route_mappings SET node = 'projects.gone' WHERE node = 'projects.comment.edit'")
	second := p.Second()
	c := second.CheckRoutes()
	if fmt.Sprint(c.Invalid) != "[projects.gone]" || fmt.Sprint(c.New) != "[projects.comment.edit]" {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(log.text(), "new routes have their default mappings") || !strings.Contains(log.text(), "nodes=projects.comment.edit") || !strings.Contains(log.text(), "nodes=projects.gone") {
		t.Errorf("a start with new routes: %s", log.text())
	}
}

// lines is a log that several may write to.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
