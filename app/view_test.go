package app_test

import (
	"bufio"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
)

// viewing is an administrator's browser that views the portal as that role or person.
func viewing(t *testing.T, p *apptest.Portal, kind, name string) *apptest.Browser {
	t.Helper()
	b := p.As("Root Admin", "admin")
	b.Post("/view-as", apptest.Form(kind, name)).Want(http.StatusSeeOther)
	return b
}

// pages are the addresses of all reads without parameters, and more. Drafts are left out: only who has typed them sees them.
func pages(p *apptest.Portal, more ...string) []string {
	all := more
	for _, m := range p.Routes {
		if m.Method == http.MethodGet && !strings.Contains(m.Path, ":") && !m.Stream && m.Path != "/drafts" {
			all = append(all, m.Path)
		}
	}
	return all
}

func TestViewAs_ARoleSeesWhatSomebodyWithItSees(t *testing.T) {
	p := newPortal(t)
	root := p.As("Root Admin", "admin")
	root.Post("/projects", apptest.Form("name", "Secret Cellar", "status", "1", "priority", "1", "icon", "flag", "lead", "1", "private", "1", "once", "a")).Want(http.StatusSeeOther)
	root.Post("/projects", apptest.Form("name", "Open Field", "status", "1", "priority", "1", "icon", "flag", "lead", "1", "once", "b")).Want(http.StatusSeeOther)
	root.Get("/projects").Want(http.StatusOK, "Secret Cellar")
	for _, role := range []string{"user", "manager", "auditor", "admin"} {
		real := p.As("Real "+role, role)
		b := viewing(t, p, "role", role)
		for _, path := range pages(p, "/projects/1", "/projects/2", "/projects/2/board", "/projects/99", "/nowhere") {
			want, got := real.Get(path), b.Get(path)
			if want.Status != got.Status || want.Location() != got.Location() {
				t.Errorf("%s, %s: as a person %d %s, viewed %d %s", role, path, want.Status, want.Location(), got.Status, got.Location())
			}
			if menu := func(a apptest.Answer) int { return strings.Count(a.Body, `class="side-link"`) }; menu(want) != menu(got) {
				t.Errorf("%s, %s: %d entries of the menu, not %d", role, path, menu(got), menu(want))
			}
			if !strings.HasPrefix(got.Header.Get("Content-Type"), "text/html") || strings.HasPrefix(path, "/admin/audit") {
				continue // the log is whole for whoever may read it
			}
			if got.Status == http.StatusOK && !strings.Contains(got.Body, "Viewing as <strong>Somebody with the role "+role) {
				t.Errorf("%s, %s: no banner", role, path)
			}
			if role != "admin" && strings.Contains(got.Body, "Secret Cellar") {
				t.Errorf("%s, %s: the administrator's own private project is shown", role, path)
			}
		}
	}
}

func TestViewAs_APersonSeesWhatIsTheirs(t *testing.T) {
	p := newPortal(t)
	root := p.As("Root Admin", "admin")
	ada := p.As("Ada", "manager")
	ada.Post("/projects", apptest.Form("name", "Secret Cellar", "status", "1", "priority", "1", "icon", "flag", "private", "1", "lead", "0", "once", "a")).Want(http.StatusSeeOther)
	before := root.Cookie("portal")
	root.Get("/view-as?person=ada&role=manager").Want(http.StatusOK, `value="ada"`, `<option value="manager" selected`)
	root.Get(fmt.Sprintf("/view-as?person=%d&role=%d", ada.User.ID, p.Gate.Access().RoleID("manager"))).
		Want(http.StatusOK, `value="ada"`, `<option value="manager" selected`)
	root.Post("/view-as", apptest.Form("person", "ada")).Want(http.StatusSeeOther)
	if root.Cookie("portal") == before {
		t.Error("the session kept its id")
	}
	a := root.Get("/").Want(http.StatusOK, "Viewing as <strong>Ada (ada)</strong>", "15 minutes left", "Good morning, Ada")
	for _, path := range pages(p, "/projects/1") {
		if want, got := ada.Get(path), root.Get(path); want.Status != got.Status {
			t.Errorf("%s: as Ada %d, viewed %d", path, want.Status, got.Status)
		}
	}
	ada.Get("/").Want(http.StatusOK).Lacks("Viewing as") // what was drawn for one is not shown to the other
	if root.Get("/view-as").Status != http.StatusForbidden || strings.Contains(a.Body, `href="/view-as"`) {
		t.Error("Ada could view the portal as others")
	}
	root.Get("/drafts").Want(http.StatusForbidden, "Drafts are shown to who has typed them.")
	root.Get("/sessions").Want(http.StatusOK)
	p.Clock.Add(10 * time.Minute)
	root.Get("/").Want(http.StatusOK, "5 minutes left")
	p.Clock.Add(4 * time.Minute)
	root.Get("/").Want(http.StatusOK, "1 minute left")
}

func TestViewAs_NothingCanBeChanged(t *testing.T) {
	p := newPortal(t)
	p.Person("Ada", "admin")
	b := viewing(t, p, "person", "ada")
	b.Get("/").Want(http.StatusOK)
	rows := p.Count("audit_lines")
	for _, m := range p.Routes {
		if m.Method != http.MethodPost || m.Name == "home.viewas.stop" || m.Name == "home.signin.out" {
			continue
		}
		path := regexp.MustCompile(`:\w+<int>`).ReplaceAllString(strings.NewReplacer(":token", "x", ":field", "name").Replace(m.Path), "1")
		b.Post(path, apptest.Form("theme", "dark", "name", "Any", "role", "user", "password", apptest.Password)).
			Want(http.StatusForbidden, "You are viewing the portal as Ada (ada)", "Viewing as")
		b.Fragment(http.MethodPost, path, "any", nil).Want(http.StatusForbidden, "You are viewing the portal as Ada")
	}
	if n := p.Count("audit_lines"); n != rows {
		t.Errorf("%d things were written", n-rows)
	}
	b.Post("/view-as/stop", nil).Want(http.StatusSeeOther)
	b.Get("/view-as").Want(http.StatusOK, "You see the portal as yourself again.").Lacks("Viewing as")
	b.Post("/theme", apptest.Form("theme", "dark")).Want(http.StatusSeeOther)
	if n := p.Count("users", "theme = 'dark'", "username = 'root.admin'"); n != 1 {
		t.Error("afterwards the administrator is not themselves")
	}
}

func TestViewAs_StandsInTheLogInTheRealName(t *testing.T) {
	p := newPortal(t)
	ada := p.Person("Ada", "user")
	b := viewing(t, p, "person", "ada")
	root := b.User.ID
	b.Get("/projects").Want(http.StatusOK)
	b.Post("/view-as/stop", nil).Want(http.StatusSeeOther)
	b.Post("/view-as", apptest.Form("role", "auditor")).Want(http.StatusSeeOther)
	p.Clock.Add(auth.ViewLife)
	b.Get("/projects").Want(http.StatusOK).Lacks("Viewing as")
	b.Get("/projects").Want(http.StatusOK)
	var rows []struct {
		UserID              int64
		Action, Kind, Title string
		ThingID             int64
		Address             string
	}
	err := p.DB.Read.NewRaw("SELECT user_id, action, kind, title, thing_id, address FROM audit_lines WHERE action LIKE '%view%' ORDER BY id").Scan(p.Context(), &rows)
	if err != nil {
		t.Fatal(err)
	}
	auditor := p.Gate.Access().RoleID("auditor")
	want := []struct {
		action, kind string
		id           int64
	}{
		{"began to view the portal as them", "admin.user", ada.ID}, {"stopped viewing the portal as them", "admin.user", ada.ID},
		{"began to view the portal as them", "admin.role", auditor}, {"stopped viewing the portal as them: the time was over", "admin.role", auditor},
	}
	if len(rows) != len(want) {
		t.Fatalf("%d lines: %+v", len(rows), rows)
	}
	for i, w := range want {
		if r := rows[i]; r.UserID != root || r.Action != w.action || r.Kind != w.kind || r.ThingID != w.id || r.Address != "127.0.0.1" {
			t.Errorf("line %d is %+v", i, r)
		}
	}
	b.Post("/view-as", apptest.Form("person", "ada")).Want(http.StatusSeeOther)
	b.Post("/logout", nil).Want(http.StatusSeeOther)
	if n := p.Count("audit_lines", "action = 'signed out'", "user_name = 'Root Admin'"); n != 1 {
		t.Errorf("signed out %d times in the real name", n)
	}
	if n := p.Count("sign_ins"); n != 0 {
		t.Errorf("%d sessions are left", n)
	}
}

func TestViewAs_IsForAdministratorsAndNotNested(t *testing.T) {
	p := newPortal(t)
	p.Person("Ada", "user")
	p.Person("Otto", "user")
	p.Person("Second Admin", "admin")
	manager := p.As("Mia", "manager")
	manager.Get("/view-as").Want(http.StatusForbidden)
	manager.Post("/view-as", apptest.Form("role", "admin")).Want(http.StatusForbidden)
	// Not even a mapping lets others do it: they would see what administrators see.
	p.Exec("UPDATE route_mappings SET audience = 'signed-in' WHERE node = 'home.viewas'")
	requireFactor(p)
	manager.Post("/view-as", apptest.Form("role", "admin")).Want(http.StatusForbidden, "Only administrators")
	manager.Get("/").Want(http.StatusOK).Lacks("Viewing as", `href="/view-as"`)

	if err := p.Users.Lock(p.Context(), "otto", true); err != nil {
		t.Fatal(err)
	}
	b := p.As("Root Admin", "admin")
	for form, said := range map[[2]string]string{
		{"person", "otto"}: "is locked out", {"person", "nobody"}: "no account of that name", {"person", "root.admin"}: "That is you",
		{"role", "none"}: "no role of that name",
	} {
		b.Post("/view-as", apptest.Form(form[0], form[1])).Want(http.StatusUnprocessableEntity, said)
	}
	b.Post("/view-as", apptest.Form("person", "second.admin")).Want(http.StatusSeeOther)
	b.Get("/view-as").Want(http.StatusOK, "Viewing as <strong>Second Admin")
	b.Post("/view-as", apptest.Form("role", "user")).Want(http.StatusForbidden, "You are viewing")
}

func TestViewAs_EndsWithTheRightToIt(t *testing.T) {
	p := newPortal(t)
	p.Person("Second Admin", "admin")
	ada := p.As("Ada", "user")
	b := viewing(t, p, "person", "ada")
	if err := p.Users.Lock(p.Context(), "ada", true); err != nil {
		t.Fatal(err)
	}
	b.Get("/projects").Want(http.StatusOK, "Root Admin").Lacks("Viewing as")
	ada.Get("/projects").Want(http.StatusSeeOther)
	if err := p.Users.Lock(p.Context(), "ada", false); err != nil {
		t.Fatal(err)
	}
	b.Post("/view-as", apptest.Form("role", "auditor")).Want(http.StatusSeeOther)
	if err := p.Users.Revoke(p.Context(), "root.admin", "admin"); err != nil {
		t.Fatal(err)
	}
	b.Get("/projects").Want(http.StatusForbidden).Lacks("Viewing as") // nobody's role, nobody's view
	if n := p.Count("audit_lines", "action LIKE 'stopped viewing%no longer possible'"); n != 2 {
		t.Errorf("%d lines say that it ended", n)
	}
}

// A form that was drawn for one pair of eyes is not sent with another's.
func TestViewAs_FormsHoldForOnePairOfEyes(t *testing.T) {
	p := newPortal(t)
	p.Person("Ada", "user")
	b := p.As("Root Admin", "admin")
	own := b.Token()
	b.Post("/view-as", apptest.Form("person", "ada")).Want(http.StatusSeeOther)
	b.Post("/theme", apptest.Form("theme", "dark", "_csrf", own)).Want(http.StatusForbidden, "too old")
	b.Get("/")
	seen := b.Token()
	if seen == own {
		t.Fatal("the token is the same")
	}
	p.Clock.Add(auth.ViewLife)
	b.Post("/theme", apptest.Form("theme", "dark", "_csrf", seen)).Want(http.StatusForbidden, "too old")
	if n := p.Count("users", "theme = 'dark'"); n != 0 {
		t.Error("a form that was seen as another's changed one's own")
	}
}

func TestViewAs_TheStreamHearsWhatTheyMayHear(t *testing.T) {
	p := newPortal(t)
	b := p.As("Root Admin", "admin")
	b.Post("/projects", apptest.Form("name", "Secret Cellar", "status", "1", "priority", "1", "icon", "flag", "lead", "1", "private", "1", "once", "a")).Want(http.StatusSeeOther)
	open := func(topic string) *http.Response {
		return b.Open(apptest.Request{Method: http.MethodGet, Path: "/events?on=" + topic, Header: http.Header{"Accept": {"text/event-stream"}}})
	}
	b.Post("/view-as", apptest.Form("role", "user")).Want(http.StatusSeeOther)
	hidden := open("projects.project:1")
	_ = hidden.Body.Close()
	if hidden.StatusCode != http.StatusNotFound {
		t.Errorf("the private project's stream answers %d", hidden.StatusCode)
	}
	res := open("projects")
	defer func() { _ = res.Body.Close() }()
	if line, err := bufio.NewReader(res.Body).ReadString('\n'); res.StatusCode != http.StatusOK || err != nil || !strings.HasPrefix(line, "retry") {
		t.Errorf("the stream answers %d, %q, %v", res.StatusCode, line, err)
	}
}
