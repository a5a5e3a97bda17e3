package admin_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
)

var parameter = regexp.MustCompile(`:\w+<int>|:\w+`)

// every is each route of the administration with an address that leads to something.
func (w userWorld) every() map[string]string {
	all := map[string]string{}
	for _, r := range w.Routes {
		if r.Feature != "admin" {
			continue
		}
		path := strings.NewReplacer(":node", "projects", ":field", "title", ":name", "audit.seal").Replace(r.Path)
		all[r.Method+" "+r.Name] = parameter.ReplaceAllString(path, "1")
	}
	if len(all) < 60 {
		w.t.Fatalf("only %d routes", len(all))
	}
	return all
}

// Whatever route of the administration is asked for, by GET, HEAD or POST, with a token of one's own: who is no administrator
// is refused, and nothing is written.
func TestS40b_EveryRouteOfTheAdministrationRefusesOthers(t *testing.T) {
	w := openUsers(t)
	form := apptest.Form("username", "tom", "name", "Tom", "role", "admin", "roles", "admin", "includes", "admin", "user", "1", "do", "grant", "value", "1", "was", "0", "version", "1",
		"does", "who", "node", "projects", "audience", "anyone", "confirmed", "1", "_confirm", apptest.Password)
	for who, b := range map[string]*apptest.Browser{
		"visitor": w.Visitor(), "nobody": w.As("Nora None"), "user": w.As("Una User", "user"), "manager": w.As("Max Manager", "manager"), "auditor": w.As("Audra Auditor", "auditor"),
	} {
		b.Token()
		for name, path := range w.every() {
			method, route, _ := strings.Cut(name, " ")
			if who == "auditor" && strings.HasPrefix(route, "admin.audit.") {
				continue
			}
			want := http.StatusForbidden
			if who == "visitor" {
				want = http.StatusSeeOther
			}
			w.same(who+" "+name, func() {
				var answers []apptest.Answer
				if method == http.MethodGet {
					answers = append(answers, b.Get(path), b.Do(apptest.Request{Method: http.MethodHead, Path: path}))
				} else {
					answers = append(answers, b.Post(path, form), b.Post(path, nil))
				}
				for _, a := range answers {
					if a.Status != want {
						t.Errorf("%s, %s: %s", who, name, a)
					}
				}
			})
		}
	}
}

// What is sent is a value in every statement, in every parameter of every page of the administration.
func TestS69_NothingThatIsSentBecomesAStatementInTheAdministration(t *testing.T) {
	w := openUsers(t)
	w.Person("Tom", "user")
	before := w.Count("users")
	for _, text := range []string{`'`, `\' OR 1=1 -- `, `' OR '1'='1`, `1;DROP TABLE users`, `') UNION SELECT password_hash FROM users -- `, `name DESC, (SELECT 1)`, `"`, `%`} {
		q := url.Values{}
		for _, name := range []string{"q", "sort", "role", "state", "show", "page", "size", "who", "action", "from", "to", "kind", "user", "route", "feature", "source", "person", "node", "level"} {
			q.Set(name, text)
		}
		for name, path := range w.every() {
			if !strings.HasPrefix(name, http.MethodGet) {
				continue
			}
			began := time.Now()
			a := w.admin.Get(path + "?" + q.Encode())
			if a.Status >= 500 || strings.Contains(a.Body, "$2a$") || time.Since(began) > 20*time.Second {
				t.Errorf("%s with %s: %s", name, text, a)
			}
		}
		if a := w.admin.Get("/admin/users?q=" + url.QueryEscape(text)); strings.Contains(a.Body, ">Tom<") && text != "%" {
			t.Errorf("the search for %s finds everybody", text)
		}
	}
	if w.Count("users") != before {
		t.Error("something was written")
	}
}
