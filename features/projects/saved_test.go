package projects

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal/app/apptest"
)

func (w *world) lastView() string { return w.text("SELECT MAX(id) FROM saved_views") }

func viewOf(list, id, verb string) string {
	return "/projects/views/" + id + "/" + verb + "?list=" + url.QueryEscape(list)
}

func TestSaved_ViewIsANameForAnAddress(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	w.task(p, "Order cable", nil)
	w.task(p, "Label racks", func(f *taskForm) { f.Priority = w.priority("High") })
	b := w.As("Lea Lead")
	key := "projects.tasks:" + id(p.ID)
	list := p.Path() + "/list"
	high := "priority=" + id(w.priority("High"))
	to := b.Post("/projects/views?list="+key+"&"+high+"&page=3&evil=1&sort=-name", apptest.Form("name", " Urgent ")).Want(http.StatusSeeOther).Location()
	if want := list + "?" + high + "&sort=-name&saved=" + w.lastView(); to != want {
		t.Errorf("the view is at %s, not %s", to, want)
	}
	b.Get(to).Want(200, "Label racks", `<span class="clip">Urgent</span> <span class="views-changed" hidden>`, "The view “Urgent” is saved.").Lacks("Order cable")
	b.Get(list+"?"+high+"&sort=-name").Want(200, `<span class="clip">Urgent</span>`)
	b.Get(to+"&q=cable").Want(200, `<span class="views-changed">changed`, "Save the changes to “Urgent”")
	b.Post("/projects/views?list="+key, apptest.Form("name", "urgent")).Want(http.StatusUnprocessableEntity, "You have a view of this name.")
	b.Post("/projects/views?list="+key, apptest.Form("name", " ")).Want(http.StatusUnprocessableEntity, "Give the view a name.")
	b.Post("/projects/views?list="+key, apptest.Form("name", strings.Repeat("x", 101))).Want(http.StatusUnprocessableEntity, "At most 100 characters.")
	b.Post("/projects/views?list=nothing", apptest.Form("name", "x")).Want(http.StatusNotFound)
	n := w.lastView()
	b.Post(viewOf(key, n, "update")+"&q=cable", nil).Want(http.StatusSeeOther)
	if q := w.text("SELECT query FROM saved_views"); q != "q=cable" {
		t.Errorf("it keeps %q", q)
	}
	b.Post(viewOf(key, n, "rename"), apptest.Form("name", "Cables")).Want(http.StatusSeeOther)
	b.Get("/projects/views?list="+key).Want(200, `value="Cables"`)
}

func TestSaved_ListOpensWithTheViewThatOneChose(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b, other := w.As("Lea Lead"), w.As("Stan Stranger", "user")
	for key, path := range map[string]string{"projects": "/projects", "projects.tasks:" + id(p.ID): p.Path() + "/list", "projects.board:" + id(p.ID): p.Path()} {
		b.Post("/projects/views?list="+key+"&q=rack", apptest.Form("name", "Racks")).Want(http.StatusSeeOther)
		n := w.lastView()
		b.Get(path).Want(http.StatusOK)
		b.Post(viewOf(key, n, "open"), nil).Want(http.StatusSeeOther)
		if to := b.Get(path).Want(http.StatusSeeOther).Location(); to != path+"?q=rack&saved="+n {
			t.Errorf("%s opens at %s", path, to)
		}
		b.Get(path+"?show=all").Want(http.StatusOK, "Everything")
		other.Get(path).Want(http.StatusOK)
		b.Post("/projects/views/plain?list="+key, nil).Want(http.StatusSeeOther)
		b.Get(path).Want(http.StatusOK)
		b.Post(viewOf(key, n, "open"), nil).Want(http.StatusSeeOther)
		b.Post(viewOf(key, n, "delete"), nil).Want(http.StatusSeeOther)
		b.Get(path).Want(http.StatusOK)
		b.Post(viewOf(key, n, "restore"), nil).Want(http.StatusSeeOther)
		b.Get(path).Want(http.StatusSeeOther)
	}
}

func TestSaved_AnotherPersonOpensTheAddressWithTheirOwnRights(t *testing.T) {
	w := open(t)
	w.project("Open Field", "Lea Lead", nil)
	w.project("Closed Field", "Lea Lead", func(f *projectForm) { f.Private = true })
	lea, stan := w.As("Lea Lead"), w.As("Stan Stranger", "user")
	to := lea.Post("/projects/views?list=projects&q=field&sort=name&view=grid", apptest.Form("name", "Fields of Lea")).Want(http.StatusSeeOther).Location()
	lea.Get(to).Want(200, "Open Field", "Closed Field", "project-grid")
	stan.Get(to).Want(200, "Open Field", "project-grid").Lacks("Closed Field", "Fields of Lea")
}

func TestSaved_SharedWithARoleIsSeenByItsPeopleAlone(t *testing.T) {
	w := open(t)
	user, manager := id(w.Gate.Access().RoleID("user")), id(w.Gate.Access().RoleID("manager"))
	lea, stan, mona := w.As("Lea Lead", "user"), w.As("Stan Stranger", "user"), w.As("Mona Member", "manager")
	lea.Post("/projects/views?list=projects&show=mine", apptest.Form("name", "What is ours")).Want(http.StatusSeeOther)
	n := w.lastView()
	stan.Get("/projects").Lacks("What is ours")
	before := w.kept()
	lea.Post(viewOf("projects", n, "share"), apptest.Form("role", manager)).Want(http.StatusForbidden, "a role that you have yourself")
	lea.Post(viewOf("projects", n, "share"), apptest.Form("role", "9999")).Want(http.StatusForbidden)
	if w.kept() != before {
		t.Error("a refused sharing wrote")
	}
	lea.Post(viewOf("projects", n, "share"), apptest.Form("role", user)).Want(http.StatusSeeOther)
	stan.Get("/projects").Want(200, "What is ours", "Lea Lead")
	mona.Get("/projects").Want(200)
	before = w.kept()
	for _, verb := range []string{"update", "rename", "move", "delete", "restore", "share"} {
		stan.Post(viewOf("projects", n, verb), apptest.Form("name", "Mine", "role", "0")).Want(http.StatusNotFound)
	}
	if w.kept() != before {
		t.Error("somebody changed another person's view")
	}
	stan.Post(viewOf("projects", n, "open"), nil).Want(http.StatusSeeOther)
	stan.Get("/projects").Want(http.StatusSeeOther)
	lea.Post(viewOf("projects", n, "share"), apptest.Form("role", "0")).Want(http.StatusSeeOther)
	stan.Get("/projects").Want(http.StatusOK).Lacks("What is ours")
	w.Exec("UPDATE saved_views SET role_id = ?", user)
	w.Cache.Clear("")
	stan.Get("/projects?show=all").Want(http.StatusOK, "What is ours")
}

func TestSaved_ViewsOfAPrivateProjectLeakNowhere(t *testing.T) {
	w := open(t)
	p := w.project("Closed Room", "Lea Lead", func(f *projectForm) { f.Private = true })
	lea, stan := w.As("Lea Lead", "user"), w.As("Stan Stranger", "user")
	for _, key := range []string{"projects.tasks:" + id(p.ID), "projects.board:" + id(p.ID)} {
		lea.Post("/projects/views?list="+key, apptest.Form("name", "Secret plan")).Want(http.StatusSeeOther)
		n := w.lastView()
		lea.Post(viewOf(key, n, "share"), apptest.Form("role", id(w.Gate.Access().RoleID("user")))).Want(http.StatusSeeOther)
		none := stan.Get("/projects/views?list=" + strings.Replace(key, id(p.ID), "9999999", 1)).Want(http.StatusNotFound)
		got := stan.Get("/projects/views?list=" + key).Want(http.StatusNotFound).Lacks("Secret plan")
		if apptest.Tidy(got.Body) != strings.ReplaceAll(apptest.Tidy(none.Body), "9999999", id(p.ID)) {
			t.Error("a private project's list can be told from none")
		}
		before := w.kept()
		stan.Post("/projects/views?list="+key, apptest.Form("name", "x")).Want(http.StatusNotFound)
		for _, verb := range []string{"update", "rename", "open", "delete", "share"} {
			stan.Post(viewOf(key, n, verb), apptest.Form("name", "x")).Want(http.StatusNotFound).Lacks("Secret plan")
			stan.Post(viewOf("projects", n, verb), apptest.Form("name", "x")).Want(http.StatusNotFound).Lacks("Secret plan")
		}
		if w.kept() != before {
			t.Error("a refused request wrote")
		}
	}
	for _, path := range []string{"/", "/projects", "/projects/views", "/projects/panels/latest"} {
		stan.Get(path).Lacks("Secret plan")
	}
}

func TestSaved_OrderIsTheOwners(t *testing.T) {
	w := open(t)
	b := w.As("Lea Lead", "user")
	for _, name := range []string{"One", "Two", "Three"} {
		b.Post("/projects/views?list=projects&q="+name, apptest.Form("name", name)).Want(http.StatusSeeOther)
	}
	order := func() string {
		return w.text("SELECT GROUP_CONCAT(name) FROM (SELECT name FROM saved_views ORDER BY position LIMIT 9) AS x")
	}
	b.Post(viewOf("projects", w.lastView(), "move"), apptest.Form("by", "-1")).Want(http.StatusSeeOther)
	if got := order(); got != "One,Three,Two" {
		t.Errorf("moved up: %s", got)
	}
	b.Post(viewOf("projects", id(w.rows("saved_views", "name = 'One'")[0]), "move"), apptest.Form("by", "1")).Want(http.StatusSeeOther)
	if got := order(); got != "Three,One,Two" {
		t.Errorf("moved down: %s", got)
	}
	page := b.Get("/projects/views").Want(200)
	_, table, _ := strings.Cut(page.Body, `<div class="table-wrap">`)
	table, _, _ = strings.Cut(table, "</table>")
	apptest.Golden(t, "saved-views", `<div class="table-wrap">`+table+"</table></div>")
}
