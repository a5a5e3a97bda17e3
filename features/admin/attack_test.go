package admin_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/feature"
	"portal/features/admin"
	"portal/features/projects"
)

// let opens nodes to a role, as an administrator does on the page of mappings.
func (w userWorld) let(role string, nodes ...string) {
	w.t.Helper()
	for _, node := range nodes {
		who := &auth.Who{Audience: auth.ForRoles, Roles: []string{"admin", role}}
		if _, err := w.Mappings.Save(w.Context(), []auth.MappingEdit{{Node: node, Version: auth.AnyVersion, Who: who}}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// helpdesk is somebody who may change accounts and roles, and nothing else of the administration.
func (w userWorld) helpdesk() *apptest.Browser {
	w.t.Helper()
	w.role("name", "helpdesk", "includes", "user")
	w.let("helpdesk", "admin.user.see", "admin.user.edit", "admin.role.see", "admin.role.edit")
	return w.As("Hal", "helpdesk")
}

// Who may change accounts could else take any part of the administration: by a grant, by what a role includes, and by
// the account of somebody who has it.
func TestS40b_NobodyGivesMoreOfTheAdministrationThanTheyHave(t *testing.T) {
	w := openUsers(t)
	hal := w.helpdesk()
	rights := w.role("name", "rights")
	w.let("rights", "admin.mapping.see", "admin.mapping.edit")
	tom := w.Person("Tom", "user")
	w.Person("Rita", "rights")
	help := fmt.Sprintf("/admin/roles/%d", w.Gate.Access().RoleID("helpdesk"))
	for path, form := range map[string][]string{
		w.path("Tom", "/roles"):           {"role", "rights"},
		w.path("Hal", "/roles"):           {"role", "rights"},
		rights + "/members":               {"user", fmt.Sprint(tom.ID)},
		rights:                            {"name", "rights", "includes", "user", "version", "1"},
		help:                              {"name", "helpdesk", "includes", "rights", "version", "1"},
		"/admin/roles":                    {"name", "mine", "includes", "rights"},
		"/admin/users":                    {"username", "x", "name", "X", "roles", "rights"},
		w.path("Rita", "/link"):           nil,
		w.path("Rita", "/lock"):           nil,
		w.path("Rita", "/roles"):          {"role", "user"},
		w.path("Rita", "/roles/revoke"):   {"role", "rights"},
		w.path("Rita", "/hand-over"):      {"to", fmt.Sprint(hal.User.ID)},
		w.path("Rita", ""):                {"username", "rita", "name", "Rita", "email", "hal@example.test", "version", "1"},
		w.path("Ada Admin", "/roles"):     {"role", "user"},
		w.path("Ada Admin", "/hand-over"): {"to", fmt.Sprint(hal.User.ID)},
	} {
		w.same(path, func() { hal.Post(path, apptest.Form(form...)).Want(http.StatusForbidden) })
	}
	w.same("many", func() {
		hal.Post("/admin/users/many", apptest.Form("do", "grant", "role", "rights", "user", fmt.Sprint(tom.ID))).Want(http.StatusOK, "1 refused")
	})
	hal.Post(w.path("Tom", "/roles"), apptest.Form("role", "manager")).Want(http.StatusSeeOther)
	hal.Post(w.path("Tom", "/link"), nil).Want(http.StatusOK)
}

// Who may set mappings could else open the whole administration to themselves.
func TestS40b_OnlyAdministratorsMapTheAdministration(t *testing.T) {
	w := openUsers(t)
	w.role("name", "rights")
	w.let("rights", "admin.mapping.see", "admin.mapping.edit")
	rita := w.As("Rita", "rights")
	version := func(node string) string {
		if m := w.Gate.Access().Mappings[node]; m != nil {
			return fmt.Sprint(m.Version)
		}
		return "0"
	}
	edit := func(does string, node string, more ...string) apptest.Answer {
		return rita.Post("/admin/routes/edit", apptest.Form(append([]string{"does", does, "confirmed", "1", "node", node, "version", version(node)}, more...)...))
	}
	for _, node := range []string{"admin", "admin.user", "admin.user.edit", "admin.user.edit.grant", "admin.setting.edit", "admin.mapping.edit"} {
		w.same(node, func() {
			edit("who", node, "audience", "roles", "role", "rights", "role", "user").Want(http.StatusForbidden)
			edit("who", node, "audience", "anyone").Want(http.StatusForbidden)
		})
	}
	saved, err := w.Mappings.Save(w.Context(), []auth.MappingEdit{{Node: "admin.setting", Version: auth.AnyVersion, Who: &auth.Who{Audience: auth.ForRoles, Roles: []string{"rights"}}}})
	if err != nil {
		t.Fatal(err)
	}
	shut, err := w.Mappings.Save(w.Context(), []auth.MappingEdit{{Node: "admin.setting", Version: auth.AnyVersion, Who: &auth.Who{Audience: auth.ForRoles, Roles: []string{"admin"}}}})
	if err != nil || saved == 0 {
		t.Fatal(err)
	}
	w.same("undo of an administrator's change", func() {
		rita.Post(fmt.Sprintf("/admin/routes/undo/%d", shut), nil).Want(http.StatusForbidden)
	})
	edit("who", "projects", "audience", "signed-in").Want(http.StatusSeeOther)
}

func TestS24_OnlyAdministratorsEndEverybodysSessions(t *testing.T) {
	w := openUsers(t)
	w.role("name", "desk")
	w.let("desk", "admin.session")
	dan, tom := w.As("Dan", "desk"), w.As("Tom", "user")
	before := w.Count("sign_ins")
	dan.Post("/admin/sessions/end", nil).Want(http.StatusForbidden)
	dan.Post(fmt.Sprintf("/admin/sessions/person/%d/end", w.admin.User.ID), nil).Want(http.StatusForbidden)
	all, err := w.Users.SignIns(w.Context(), w.admin.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	dan.Post(fmt.Sprintf("/admin/sessions/%d/end", all[0].ID), nil).Want(http.StatusForbidden)
	if n := w.Count("sign_ins"); n != before {
		t.Errorf("%d of %d sessions live on", n, before)
	}
	dan.Post(fmt.Sprintf("/admin/sessions/person/%d/end", tom.User.ID), nil).Want(http.StatusSeeOther)
	w.admin.Post("/admin/sessions/end", nil).Want(http.StatusSeeOther)
}

// linkOf is the token of a set-password link that an administrator makes.
func (w userWorld) linkOf(name string) string {
	w.t.Helper()
	body := w.admin.Post(w.path(name, "/link"), nil).Want(http.StatusOK).Body
	_, rest, _ := strings.Cut(body, "/set-password/")
	return rest[:strings.IndexAny(rest, "\"< ")]
}

func TestS15_ALinkEndsWithTheLockAndStandsInTheLog(t *testing.T) {
	w := openUsers(t)
	w.Person("Tom", "user")
	token := w.linkOf("Tom")
	if n := w.Count("audit_lines", "action = 'made a link to set the password'", fmt.Sprint("user_id = ", w.admin.User.ID)); n != 1 {
		t.Errorf("the log has %d lines of the link", n)
	}
	w.admin.Post(w.path("Tom", "/lock"), nil).Want(http.StatusSeeOther)
	form := apptest.Form("password", "a quite different phrase 4", "again", "a quite different phrase 4")
	before := w.user("Tom").PasswordHash
	w.Visitor().Post("/set-password/"+token, form).Want(http.StatusNotFound)
	later := w.linkOf("Tom") // made for who will be let in again
	w.Visitor().Post("/set-password/"+later, form).Want(http.StatusNotFound)
	if w.user("Tom").PasswordHash != before {
		t.Error("a locked account has got another password")
	}
	w.admin.Post(w.path("Tom", "/unlock"), nil).Want(http.StatusSeeOther)
	w.Visitor().Post("/set-password/"+token, form).Want(http.StatusNotFound)
	w.Visitor().Post("/set-password/"+later, form).Want(http.StatusSeeOther)
}

func TestS75_NoLinkStandsInTheServersLog(t *testing.T) {
	var log bytes.Buffer
	p := apptest.With(t, apptest.Options{Features: []feature.New{projects.New, admin.New}, Log: &log})
	w := userWorld{p, p.As("Ada Admin", "admin"), t}
	w.Person("Tom", "user")
	token := w.linkOf("Tom")
	b := w.Visitor()
	b.Post("/set-password/"+token, apptest.Form("password", "short", "again", "other"))
	w.Exec("ALTER TABLE one_time_links RENAME TO gone")
	b.Get("/set-password/" + token)
	w.Exec("ALTER TABLE gone RENAME TO one_time_links")
	if !strings.Contains(log.String(), "/set-password/") || strings.Contains(log.String(), token) {
		t.Errorf("the log holds the link, or nothing of it")
	}
}

func TestS53_AHugeFormOfMappingsIsRefusedAtOnce(t *testing.T) {
	w := openUsers(t)
	f := apptest.Form("does", "who", "audience", "anyone", "confirmed", "1")
	for i := range 20_000 {
		f.Add("node", fmt.Sprintf("admin.n%d", i))
		f.Add("version", "0")
	}
	began := time.Now()
	w.admin.Post("/admin/routes/edit", f).Want(http.StatusUnprocessableEntity)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %s", took)
	}
}

// together sends all at once, and counts the answers by status.
func together(all ...func() apptest.Answer) map[int]int {
	answers := make(chan apptest.Answer, len(all))
	begin := make(chan struct{})
	for _, do := range all {
		go func() {
			<-begin
			answers <- do()
		}()
	}
	close(begin)
	count := map[int]int{}
	for range all {
		count[(<-answers).Status]++
	}
	return count
}

// admins are the browsers of so many administrators beside the first one.
func (w userWorld) admins(many int) []*apptest.Browser {
	w.t.Helper()
	var all []*apptest.Browser
	for i := range many {
		b := w.As(fmt.Sprintf("Admin %d", i), "admin")
		b.Get("/admin/users").Want(http.StatusOK)
		all = append(all, b)
	}
	return all
}

func TestS36_AdministratorsWhoRemoveEachOtherAtOnceLeaveOne(t *testing.T) {
	w := openUsers(t)
	all := w.admins(4)
	w.Exec("DELETE FROM user_roles WHERE user_id = ?", w.admin.User.ID)
	var tries []func() apptest.Answer
	for i, b := range all {
		other := fmt.Sprintf("/admin/users/%d", all[(i+1)%len(all)].User.ID)
		tries = append(tries,
			func() apptest.Answer { return b.Post(other+"/lock", nil) },
			func() apptest.Answer { return b.Post(other+"/roles/revoke", apptest.Form("role", "admin")) },
			func() apptest.Answer {
				return b.Post("/admin/users/many", apptest.Form("do", "revoke", "role", "admin", "user", fmt.Sprint(all[(i+2)%len(all)].User.ID)))
			})
	}
	got := together(tries...)
	if got[http.StatusInternalServerError] > 0 {
		t.Errorf("%v", got)
	}
	if n := w.Count("user_roles", fmt.Sprint("role_id = ", w.Gate.Access().RoleID("admin")), "user_id IN (SELECT id FROM users WHERE locked_at IS NULL)"); n < 1 {
		t.Error("no administrator is left")
	}
}

func TestS86_ALoopOfRolesClosedFromAllEndsAtOnceIsRefused(t *testing.T) {
	w := openUsers(t)
	names := []string{"one", "two", "three"}
	var tries []func() apptest.Answer
	for i, b := range w.admins(3) {
		path := w.role("name", names[i])
		tries = append(tries, func() apptest.Answer {
			return b.Post(path, apptest.Form("name", names[i], "includes", names[(i+1)%3], "version", "1", "confirmed", "1"))
		})
	}
	got := together(tries...)
	if got[http.StatusUnprocessableEntity] != 1 || w.Count("role_includes", "role_id > 4") != 2 {
		t.Errorf("%v, %d includes", got, w.Count("role_includes", "role_id > 4"))
	}
}

func TestS84_OfManyChangesOfTheSameMappingsAtOnceOneHolds(t *testing.T) {
	w := openUsers(t)
	nodes := []string{"home.events", "home.start", "home.people"}
	f := apptest.Form("does", "who", "confirmed", "1", "audience", "roles", "role", "manager")
	for _, n := range nodes {
		f.Add("node", n)
		f.Add("version", fmt.Sprint(w.Gate.Access().Mappings[n].Version))
	}
	var tries []func() apptest.Answer
	for _, b := range w.admins(8) {
		tries = append(tries, func() apptest.Answer { return b.Post("/admin/routes/edit", f) })
	}
	if got := together(tries...); got[http.StatusSeeOther] != 1 || got[http.StatusConflict] != 7 {
		t.Errorf("%v", got)
	}
	if n := w.Count("mapping_saves"); n != 1 {
		t.Errorf("%d changes can be taken back", n)
	}
	tries = nil
	for _, b := range w.admins(8) {
		tries = append(tries, func() apptest.Answer { return b.Post("/admin/routes/undo/1", nil) })
	}
	if got := together(tries...); got[http.StatusSeeOther] != 1 || got[http.StatusNotFound] != 7 {
		t.Errorf("undo: %v", got)
	}
}

func TestS15_ALinkThatManyUseAtOnceSetsOnePassword(t *testing.T) {
	w := openUsers(t)
	w.Person("Tom", "user")
	token := w.linkOf("Tom")
	var tries []func() apptest.Answer
	for range 8 {
		b := w.Visitor()
		b.Get("/set-password/" + token).Want(http.StatusOK)
		tries = append(tries, func() apptest.Answer {
			return b.Post("/set-password/"+token, apptest.Form("password", "a quite different phrase 4", "again", "a quite different phrase 4"))
		})
	}
	if got := together(tries...); got[http.StatusSeeOther] != 1 || got[http.StatusNotFound] != 7 {
		t.Errorf("%v", got)
	}
	if n := w.Count("audit_lines", "action = 'changed the password'"); n != 1 {
		t.Errorf("%d passwords were set", n)
	}
}

func TestS76_NamesDoNotSteerWhatShowsThem(t *testing.T) {
	w := openUsers(t)
	for _, evil := range []string{"Tom\u202eada", "Tom\u2066x", "Tom\u2028granted admin", "Tom\u009b2J", "Tom\x1b[2J"} {
		w.same(evil, func() {
			w.admin.Post("/admin/users", apptest.Form("username", "tom", "name", evil)).Want(http.StatusUnprocessableEntity)
		})
	}
	w.admin.Post("/admin/users", apptest.Form("username", "tom", "name", "نور الدين")).Want(http.StatusOK)
}
