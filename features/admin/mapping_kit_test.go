package admin

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/feature"
	"portal/features/projects"
)

// routeWorld is a portal with an administrator and people of every role.
type routeWorld struct {
	*apptest.Portal
	admin *apptest.Browser
	t     *testing.T
}

func openRoutes(t *testing.T) *routeWorld {
	t.Helper()
	w := &routeWorld{Portal: apptest.New(t, routeFeatures...), t: t}
	w.admin = w.As("Ada Admin", "admin")
	w.Person("Una User", "user")
	w.Person("Audra Auditor", "auditor")
	w.Person("Max Manager", "manager")
	return w
}

var routeFeatures = []feature.New{projects.New, New}

// mapping is the node's mapping as it is in force; the zero Mapping for none.
func (w *routeWorld) mapping(node string) auth.Mapping {
	if m := w.Gate.Access().Mappings[node]; m != nil {
		return *m
	}
	return auth.Mapping{}
}

// under counts the routes below a node.
func (w *routeWorld) under(node string) (n int) {
	for _, m := range w.Routes {
		if strings.HasPrefix(m.Name, node+".") {
			n++
		}
	}
	return n
}

// who is a form that sets whom the nodes let in, as the page sends it.
func (w *routeWorld) who(audience string, roles []string, nodes ...string) url.Values {
	f := apptest.Form("does", "who", "audience", audience)
	f["role"] = roles
	for _, n := range nodes {
		f.Add("node", n)
		f.Add("version", strconv.FormatInt(w.mapping(n).Version, 10))
	}
	return f
}

// sure is the form after the effect was shown.
func sure(f url.Values) url.Values {
	f.Set("confirmed", "1")
	return f
}

// set changes who may use a node, as the portal itself.
func (w *routeWorld) set(node string, audience auth.Audience, roles ...string) int64 {
	w.t.Helper()
	saved, err := w.Mappings.Save(w.Context(), []auth.MappingEdit{{Node: node, Version: auth.AnyVersion, Who: &auth.Who{Audience: audience, Roles: roles}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return saved
}

// written is what tells whether anything of the mappings was written.
func (w *routeWorld) written() string {
	w.t.Helper()
	var s string
	q := "SELECT CONCAT(COUNT(*), '/', SUM(version), '/', (SELECT COUNT(*) FROM route_mapping_roles), '/', (SELECT COUNT(*) FROM audit_lines), '/', (SELECT COUNT(*) FROM mapping_saves)) FROM route_mappings"
	if err := w.DB.Writer().NewRaw(q).Scan(w.Context(), &s); err != nil {
		w.t.Fatal(err)
	}
	return s
}

// invalid gives a mapping a name that no route has.
func (w *routeWorld) invalid(node, now string) {
	w.t.Helper()
	w.Exec("UPDATE route_mappings SET node = ? WHERE node = ?", now, node)
	a, err := auth.LoadAccess(w.Context(), w.DB.Read)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Gate.Set(a)
}

var undoAddress = regexp.MustCompile(`/admin/routes/undo/[0-9]+`)

// undo takes back what the answer offers to.
func (w *routeWorld) undo(a apptest.Answer) apptest.Answer {
	w.t.Helper()
	to := undoAddress.FindString(a.Body)
	if to == "" {
		w.t.Fatalf("%s offers no Undo:\n%s", a, a.Body)
	}
	return w.admin.Post(to, nil)
}

// main is the page's own part of an answer.
func main(a apptest.Answer) string {
	_, body, _ := strings.Cut(a.Body, "<main")
	body, _, _ = strings.Cut(body, "</main>")
	return "<main" + body
}

// ago moves a grant's end into the past.
func (w *routeWorld) ended(username, role string) {
	w.t.Helper()
	u, err := w.Users.ByName(w.Context(), username)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Exec("UPDATE user_roles SET until_at = ?, reason = 'Holiday cover' WHERE user_id = ? AND role_id = ?", w.Clock.Now().Add(-time.Hour), u.ID, w.Gate.Access().RoleID(role))
	w.Cache.Clear("")
}

const (
	found = http.StatusSeeOther
	okay  = http.StatusOK
)
