package admin_test

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/config"
	"portal/app/feature"
	"portal/features/admin"
	"portal/features/projects"
)

// guarded are the parts of the feature whose writes ask for the password again.
var guarded = regexp.MustCompile(`^admin\.(user|role|mapping|setting|session)\.edit\.`)

var confirmHidden = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

// confirming is the form that came back, with a password.
func confirming(a apptest.Answer, password string) map[string][]string {
	form := apptest.Form("_confirm", password)
	_, body, _ := strings.Cut(a.Body, "<main")
	for _, m := range confirmHidden.FindAllStringSubmatch(body, -1) {
		if m[1] != "_csrf" {
			form.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
		}
	}
	return form
}

// withMail is a portal that can send mails, though nobody takes them.
func withMail(t *testing.T) userWorld {
	t.Helper()
	p := apptest.With(t, apptest.Options{Features: []feature.New{projects.New, admin.New}, Config: func(c *config.Config) {
		c.SMTPURL, c.MailFrom = "smtp://127.0.0.1:1?tls=none", "Portal <portal@example.org>"
	}})
	return userWorld{p, p.As("Ada Admin", "admin"), t}
}

// confirmCase is what a guarded route is sent: an address and a form that it takes.
type confirmCase struct {
	path string
	form []string
}

// confirmCases make one for each guarded route, on people and roles of its own.
func (w userWorld) confirmCases() map[string]func() confirmCase {
	all := map[string]func() confirmCase{}
	add := func(name, path string, form ...string) {
		all[name] = func() confirmCase { return confirmCase{path, form} }
	}
	person := func(name, more string, form ...string) {
		all["user.edit."+name] = func() confirmCase {
			return confirmCase{fmt.Sprint("/users/", w.Person("P "+name, "user").ID, more), form}
		}
	}
	w.confirmPeople(all, person)
	w.confirmRoles(all)
	w.confirmMappings(all)
	add("user.edit.create", "/users", "username", "maria", "name", "Maria", "mail", "1", "email", "maria@example.org")
	add("user.edit.many", "/users/many", "do", "grant", "role", "manager", "user", fmt.Sprint(w.Person("Many", "user").ID))
	add("mapping.edit.several", "/routes/selected", "does", "who", "node", "projects.project.edit.new")
	add("setting.edit.one", "/settings/users.dormant", "value", "30", "was", "90")
	all["session.edit.end"] = func() confirmCase {
		w.As("Tom", "user")
		return confirmCase{"/sessions/" + w.text("SELECT MAX(id) FROM sign_ins") + "/end", nil}
	}
	all["session.edit.person"] = func() confirmCase {
		return confirmCase{fmt.Sprint("/sessions/person/", w.As("Tom").User.ID, "/end"), nil}
	}
	all["session.edit.all"] = func() confirmCase { w.As("Tom"); return confirmCase{"/sessions/end", nil} }
	return all
}

func (w userWorld) confirmPeople(all map[string]func() confirmCase, person func(name, more string, form ...string)) {
	person("lock", "/lock")
	person("grant", "/roles", "role", "auditor")
	person("revoke", "/roles/revoke", "role", "user")
	person("link", "/link")
	person("save", "", "username", "p.save", "name", "P Save", "phone", "1", "version", "1")
	person("handover.do", "/hand-over", "to", fmt.Sprint(w.admin.User.ID))
	of := func(name string, prepare func(id int64) string) {
		all["user.edit."+name] = func() confirmCase {
			id := w.Person("P "+name, "user").ID
			return confirmCase{fmt.Sprint("/users/", id) + prepare(id), nil}
		}
	}
	of("unlock", func(id int64) string {
		w.must(w.Users.Shut(w.Context(), id, ""))
		return "/unlock"
	})
	of("mail", func(id int64) string {
		w.Exec("UPDATE users SET email = 'p@example.org', email_key = 'p@example.org' WHERE id = ?", id)
		return "/mail"
	})
	of("factor", func(id int64) string {
		w.Exec("INSERT INTO second_factors (user_id, secret, last_step, created_at) VALUES (?, 'x', 0, ?)", id, w.DB.Now())
		return "/factor/reset"
	})
	of("session.end", func(int64) string {
		w.As("P session.end")
		return "/sessions/" + w.text("SELECT MAX(id) FROM sign_ins") + "/end"
	})
	of("sessions.end", func(int64) string { w.As("P sessions.end"); return "/sessions/end" })
	all["user.edit.import.do"] = func() confirmCase {
		plan, err := w.Users.PlanImport(w.Context(), []byte("username,name\npeter,Peter\n"))
		w.must(err)
		return confirmCase{"/users/import/do", []string{"text", "username,name\npeter,Peter\n", "sum", plan.Sum}}
	}
}

func (w userWorld) confirmRoles(all map[string]func() confirmCase) {
	role := func(name string) string {
		id, err := auth.NewRoles(w.Users).Create(w.Context(), auth.RoleForm{Name: name})
		w.must(err)
		return fmt.Sprint("/roles/", id)
	}
	all["role.edit.create"] = func() confirmCase { return confirmCase{"/roles", []string{"name", "made"}} }
	all["role.edit.save"] = func() confirmCase {
		return confirmCase{role("saved"), []string{"name", "saved", "notes", "Leads", "version", "1"}}
	}
	all["role.edit.delete.do"] = func() confirmCase { return confirmCase{role("deleted") + "/delete", []string{"version", "1"}} }
	all["role.edit.grant"] = func() confirmCase {
		return confirmCase{role("granted") + "/members", []string{"user", fmt.Sprint(w.Person("Grantee").ID)}}
	}
	all["role.edit.revoke"] = func() confirmCase {
		return confirmCase{role("revoked") + "/members/revoke", []string{"user", fmt.Sprint(w.Person("Revokee", "revoked").ID)}}
	}
}

func (w userWorld) confirmMappings(all map[string]func() confirmCase) {
	const node, entry = "projects.project.edit.new", "projects.project.see.list"
	version := func(node string) string {
		return w.text("SELECT COALESCE(MAX(version), 0) FROM route_mappings WHERE node = '" + node + "'")
	}
	all["mapping.edit.save"] = func() confirmCase {
		return confirmCase{"/routes/edit", []string{"does", "who", "audience", "signed-in", "confirmed", "1", "node", node, "version", version(node)}}
	}
	all["mapping.edit.menu"] = func() confirmCase {
		return confirmCase{"/routes/menu/" + entry + "/title", []string{"version", version(entry), "value", "All projects"}}
	}
	all["mapping.edit.move"] = func() confirmCase {
		return confirmCase{"/routes/move", []string{"version", version(entry), "node", entry, "category", "0"}}
	}
	all["mapping.edit.undo"] = func() confirmCase {
		saved, err := w.Mappings.Save(w.Context(), []auth.MappingEdit{{Node: "projects.task", Version: auth.AnyVersion, Who: &auth.Who{Audience: auth.ForSignedIn}}})
		w.must(err)
		return confirmCase{fmt.Sprint("/routes/undo/", saved), nil}
	}
}

func (w userWorld) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// text is one value of the database.
func (w userWorld) text(query string) string {
	w.t.Helper()
	var s string
	if err := w.DB.Writer().NewRaw(query).Scan(w.Context(), &s); err != nil {
		w.t.Fatalf("%s: %v", query, err)
	}
	return s
}

func TestS25_WhatChangesWhoMayDoWhatAsksForThePasswordAgain(t *testing.T) {
	w := withMail(t)
	cases := w.confirmCases()
	for _, r := range w.Routes {
		name := strings.TrimPrefix(r.Name, "admin.")
		if r.Method != http.MethodPost || !guarded.MatchString(r.Name) || name == "user.edit.import.check" { // which writes nothing
			continue
		}
		if cases[name] == nil {
			t.Errorf("nobody tests whether %s asks for the password", r.Name)
			continue
		}
		one := cases[name]()
		path := "/admin" + one.path
		w.Clock.Add(11 * time.Minute)
		var asked apptest.Answer
		w.same(name, func() {
			asked = w.admin.Post(path, apptest.Form(one.form...)).Want(http.StatusForbidden, `name="_confirm"`, `action="`+path+`"`)
			asked = w.admin.Post(path, confirming(asked, "not this one")).Want(http.StatusUnprocessableEntity, "This is not your password.")
		})
		before := w.Count("audit_lines") + w.Count("one_time_links")
		a := w.admin.Post(path, confirming(asked, apptest.Password))
		if a.Status != http.StatusSeeOther && a.Status != http.StatusOK {
			t.Errorf("%s does not go on: %s\n%s", name, a, a.Body)
		}
		if after := w.Count("audit_lines") + w.Count("one_time_links"); after == before && name != "mapping.edit.several" && name != "user.edit.handover.do" {
			t.Errorf("%s has changed nothing: %s, %s", name, a, a.Location())
		}
	}
}

// Files are not carried over, so the password is asked for before they are chosen.
func TestS25_TheImportAsksForThePasswordBeforeAFileIsChosen(t *testing.T) {
	w := openUsers(t)
	w.Clock.Add(11 * time.Minute)
	if to := w.admin.Get("/admin/users/import").Want(http.StatusSeeOther).Location(); to != "/confirm?next=%2Fadmin%2Fusers%2Fimport" {
		t.Errorf("leads to %s", to)
	}
	w.admin.Post("/confirm", apptest.Form("password", apptest.Password, "next", "/admin/users/import")).Want(http.StatusSeeOther)
	w.admin.Get("/admin/users/import").Want(http.StatusOK)
}
