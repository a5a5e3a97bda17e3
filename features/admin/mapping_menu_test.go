package admin

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal/app/apptest"
)

func parse(t *testing.T, form string) url.Values {
	t.Helper()
	f, err := url.ParseQuery(form)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// menuOrder are the entries of the menu as the page shows it to administrators.
func (w *routeWorld) menuOrder() string {
	w.t.Helper()
	_, side, _ := strings.Cut(w.admin.Get("/").Want(okay).Body, `<nav class="side"`)
	side, _, _ = strings.Cut(side, "</nav>")
	var all []string
	for _, part := range strings.Split(side, `class="side-link" href="`)[1:] {
		path, _, _ := strings.Cut(part, `"`)
		if path == "/" || path == "/projects" || path == "/admin/routes" {
			all = append(all, path)
		}
	}
	return strings.Join(all, " ")
}

const listNode = "projects.project.see.list"

func TestMenu_FieldsAreEditedOneByOne(t *testing.T) {
	w := openRoutes(t)
	at := "/admin/routes/menu/" + listNode
	for _, c := range []struct{ field, value, says string }{
		{"title", "Work", ">Work<"}, {"icon", "rocket", "#rocket"},
	} {
		v := itoa(w.mapping(listNode).Version)
		w.admin.Post(at+"/"+c.field, apptest.Form("value", c.value, "version", v)).Want(found)
		w.admin.Get("/").Want(okay, c.says)
	}
	v := itoa(w.mapping(listNode).Version)
	w.admin.Post(at+"/shown", apptest.Form("value", "no", "version", v)).Want(found)
	if got := w.menuOrder(); got != "/ /admin/routes" {
		t.Errorf("the menu: %s", got)
	}
	page := w.admin.Get("/admin/routes?view=menu").Want(okay, "Not shown")
	apptest.Golden(t, "mapping-menu-row", between(t, page.Body, `<tr data-menu-entry="`+listNode+`"`, "</tr>"))
}

func between(t *testing.T, body, from, to string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, from)
	if !ok {
		t.Fatalf("there is no %s in\n%s", from, body)
	}
	in, _, _ := strings.Cut(rest, to)
	return from + in + to
}

func TestMenu_RefusalsWriteNothing(t *testing.T) {
	w := openRoutes(t)
	v := itoa(w.mapping(listNode).Version)
	before := w.written()
	for _, c := range []struct {
		field, value, version string
		status                int
		says                  string
	}{
		{"title", strings.Repeat("x", 129), v, 422, "At most 128 characters."}, {"icon", "x\"><script>", v, 422, "Choose an icon from the list."},
		{"weight", "much", v, 422, "Write a whole number."}, {"weight", "99999999", v, 422, "Write a whole number from"},
		{"category", "999", v, 422, "Choose a category from the list."}, {"title", "Late", "77", 409, "Somebody else has changed this entry"},
		{"odd", "x", v, 404, ""},
	} {
		a := w.admin.Post("/admin/routes/menu/"+listNode+"/"+c.field, apptest.Form("value", c.value, "version", c.version)).Want(c.status, c.says)
		if c.status != 404 && c.field == "title" {
			a.Want(c.status, c.value)
		}
	}
	w.admin.Post("/admin/routes/menu/projects.task.see/title", apptest.Form("value", "x", "version", v)).Want(http.StatusNotFound)
	w.admin.Post("/admin/routes/move", apptest.Form("node", "nope", "direction", "up")).Want(http.StatusNotFound)
	w.admin.Post("/admin/routes/move", apptest.Form("node", listNode, "category", "999")).Want(http.StatusNotFound)
	w.admin.Post("/admin/routes/move", apptest.Form("node", "home.start.see", "direction", "up")).Want(found)
	if w.written() != before {
		t.Error("something was written")
	}
}

func TestMenu_MovesWriteTheWeights(t *testing.T) {
	w := openRoutes(t)
	if got := w.menuOrder(); got != "/ /projects /admin/routes" {
		t.Fatal(got)
	}
	w.admin.Post("/admin/routes/move", apptest.Form("node", listNode, "direction", "up")).Want(found)
	if got := w.menuOrder(); got != "/projects / /admin/routes" {
		t.Errorf("up: %s", got)
	}
	w.admin.Post("/admin/routes/move", apptest.Form("node", listNode, "direction", "down")).Want(found)
	page := w.admin.Get("/admin/routes?view=menu").Want(okay, "“Projects” is moved.")
	if got := w.menuOrder(); got != "/ /projects /admin/routes" {
		t.Errorf("down: %s", got)
	}
	w.undo(page).Want(found)
	if got := w.menuOrder(); got != "/projects / /admin/routes" {
		t.Errorf("undo: %s", got)
	}
	category := itoa(w.mapping("admin.mapping.see.list").Category)
	w.admin.Fragment("POST", "/admin/routes/move", "list", apptest.Form("node", listNode, "category", category, "before", "admin.mapping.see.list")).Want(okay, "is moved.", `id="list"`)
	if got := w.menuOrder(); got != "/ /projects /admin/routes" || itoa(w.mapping(listNode).Category) != category {
		t.Errorf("to another category: %s", got)
	}
}
