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

// forms are what each guarded route is sent: an address without its prefix, and a form that it takes.
func (w userWorld) forms() map[string]func() (string, []string) {
	tom := fmt.Sprint("/users/", w.Person("Tom").ID)
	menu := "/routes/menu/projects.project.see.list"
	node := func() []string {
		return []string{"does", "who", "audience", "signed-in", "confirmed", "1", "node", "projects.project.edit.new",
			"version", w.text("SELECT COALESCE(MAX(version), 0) FROM route_mappings WHERE node = 'projects.project.edit.new'")}
	}
	shown := func() []string {
		return []string{"version", w.text("SELECT version FROM route_mappings WHERE node = 'projects.project.see.list'")}
	}
	role := func() string { return "/roles/" + w.text("SELECT id FROM roles WHERE name = 'lead'") }
	fixed := func(path string, form ...string) func() (string, []string) {
		return func() (string, []string) { return path, form }
	}
	return map[string]func() (string, []string){
		"user.edit.many":   fixed("/users/many", "do", "grant", "role", "manager", "user", fmt.Sprint(w.Person("Tom").ID)),
		"user.edit.create": fixed("/users", "username", "maria", "name", "Maria", "mail", "1", "email", "maria@example.org"),
		"user.edit.import.do": func() (string, []string) {
			plan, err := w.Users.PlanImport(w.Context(), []byte("username,name\npeter,Peter\n"))
			if err != nil {
				w.t.Fatal(err)
			}
			return "/users/import/do", []string{"text", "username,name\npeter,Peter\n", "sum", plan.Sum}
		},
		"user.edit.save": func() (string, []string) {
			return tom, []string{"username", "tom", "name", "Tom", "email", "tom@example.org", "version", fmt.Sprint(w.user("Tom").Version)}
		},
		"user.edit.lock": fixed(tom + "/lock"), "user.edit.unlock": fixed(tom + "/unlock"),
		"user.edit.grant": fixed(tom+"/roles", "role", "auditor"), "user.edit.revoke": fixed(tom+"/roles/revoke", "role", "auditor"),
		"user.edit.link": fixed(tom + "/link"), "user.edit.mail": fixed(tom + "/mail"),
		"user.edit.factor": func() (string, []string) {
			w.Exec("INSERT INTO second_factors (user_id, secret, last_step, created_at) VALUES (?, 'x', 0, ?)", w.Person("Tom").ID, w.DB.Now())
			return tom + "/factor/reset", nil
		},
		"user.edit.session.end": func() (string, []string) {
			w.As("Tom")
			all, err := w.Users.SignIns(w.Context(), w.Person("Tom").ID)
			if err != nil || len(all) == 0 {
				w.t.Fatal(len(all), err)
			}
			return fmt.Sprint(tom, "/sessions/", all[0].ID, "/end"), nil
		},
		"user.edit.sessions.end": func() (string, []string) { w.As("Tom"); return tom + "/sessions/end", nil },
		"user.edit.handover.do":  fixed(tom+"/hand-over", "to", fmt.Sprint(w.admin.User.ID)),
		"role.edit.create":       fixed("/roles", "name", "lead"),
		"role.edit.save": func() (string, []string) {
			return role(), []string{"name", "lead", "notes", "Leads", "version", "1"}
		},
		"role.edit.grant": func() (string, []string) {
			return role() + "/members", []string{"user", fmt.Sprint(w.Person("Tom").ID)}
		},
		"role.edit.revoke": func() (string, []string) {
			return role() + "/members/revoke", []string{"user", fmt.Sprint(w.Person("Tom").ID)}
		},
		"role.edit.delete.do":  func() (string, []string) { return role() + "/delete", []string{"version", "2"} },
		"mapping.edit.save":    func() (string, []string) { return "/routes/edit", node() },
		"mapping.edit.several": fixed("/routes/selected", "does", "who", "node", "projects.project.edit.new"),
		"mapping.edit.menu":    func() (string, []string) { return menu + "/title", append(shown(), "value", "All projects") },
		"mapping.edit.move": func() (string, []string) {
			return "/routes/move", append(shown(), "node", "projects.project.see.list", "move", "down")
		},
		"mapping.edit.undo": func() (string, []string) {
			return "/routes/undo/" + w.text("SELECT MAX(id) FROM mapping_saves"), nil
		},
		"setting.edit.one": fixed("/settings/users.dormant", "value", "30", "was", "90"),
		"session.edit.end": func() (string, []string) {
			w.As("Tom")
			return "/sessions/" + w.text("SELECT MAX(id) FROM sign_ins") + "/end", nil
		},
		"session.edit.person": func() (string, []string) {
			w.As("Tom")
			return fmt.Sprint("/sessions/person/", w.Person("Tom").ID, "/end"), nil
		},
		"session.edit.all": func() (string, []string) { w.As("Tom"); return "/sessions/end", nil },
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
	w.Person("Tom", "user")
	forms := w.forms()
	for _, r := range w.Routes {
		name := strings.TrimPrefix(r.Name, "admin.")
		if r.Method != http.MethodPost || !guarded.MatchString(r.Name) || name == "user.edit.import.check" { // which writes nothing
			continue
		}
		if forms[name] == nil {
			t.Errorf("nobody tests whether %s asks for the password", r.Name)
			continue
		}
		path, pairs := forms[name]()
		path = "/admin" + path
		w.Clock.Add(11 * time.Minute)
		var asked apptest.Answer
		w.same(name, func() {
			asked = w.admin.Post(path, apptest.Form(pairs...)).Want(http.StatusForbidden, `name="_confirm"`, `action="`+path+`"`)
			asked = w.admin.Post(path, confirming(asked, "not this one")).Want(http.StatusUnprocessableEntity, "This is not your password.")
		})
		before := w.Count("audit_lines") + w.Count("one_time_links")
		a := w.admin.Post(path, confirming(asked, apptest.Password))
		if a.Status != http.StatusSeeOther && a.Status != http.StatusOK {
			t.Errorf("%s does not go on: %s\n%s", name, a, a.Body)
		}
		if after := w.Count("audit_lines") + w.Count("one_time_links"); after == before && name != "mapping.edit.several" {
			t.Errorf("%s did nothing: %s, %s", name, a, a.Location())
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
