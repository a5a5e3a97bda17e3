package admin

import (
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
)

func (w *logWorld) category(name string) string {
	w.t.Helper()
	return w.text("SELECT CONCAT(id, '') FROM menu_categories WHERE name = ?", name)
}

func TestCategories_AreMadeNamedOnceAndMoved(t *testing.T) {
	w := openLogs(t)
	w.admin.Post("/admin/categories", apptest.Form("name", " Tools ", "icon", "tool", "description", "What one works with")).Want(http.StatusSeeOther)
	w.refused(w.admin, "/admin/categories", http.StatusUnprocessableEntity, "name", "tools")
	w.refused(w.admin, "/admin/categories", http.StatusUnprocessableEntity, "name", "  ")
	w.refused(w.admin, "/admin/categories", http.StatusUnprocessableEntity, "name", "Other", "icon", "nothing")
	w.admin.Get("/admin/categories").Want(http.StatusOK, "Tools", "What one works with", "Administration")
	order := func() string {
		return w.text("SELECT name FROM menu_categories ORDER BY weight LIMIT 1")
	}
	w.admin.Post("/admin/categories/"+w.category("Tools")+"/move", apptest.Form("to", "up")).Want(http.StatusSeeOther)
	if order() != "Tools" {
		t.Errorf("%s is first", order())
	}
	w.refused(w.admin, "/admin/categories/"+w.category("Tools")+"/move", http.StatusUnprocessableEntity, "to", "away")
	w.refused(w.admin, "/admin/categories/99999/move", http.StatusNotFound, "to", "up")
}

func TestCategories_AreEditedInPlaceUnlessSomebodyWasFaster(t *testing.T) {
	w := openLogs(t)
	path := "/admin/categories/" + w.category("Administration") + "/field/"
	w.admin.Fragment("GET", path+"name/edit", "category-"+w.category("Administration")+"-name", nil).Want(http.StatusOK, `name="value"`)
	w.admin.Post(path+"name", apptest.Form("value", "Machine room", "version", "1")).Want(http.StatusSeeOther)
	w.refused(w.admin, path+"name", http.StatusConflict, "value", "Late", "version", "1")
	w.refused(w.admin, path+"name", http.StatusUnprocessableEntity, "value", "", "version", "2")
	w.refused(w.admin, path+"icon", http.StatusUnprocessableEntity, "value", "none", "version", "2")
	w.refused(w.admin, path+"weight", http.StatusNotFound, "value", "1", "version", "2")
	w.admin.Get("/").Want(http.StatusOK, "Machine room")
}

func TestCategories_MenusChangeInOtherProcessesToo(t *testing.T) {
	w := openLogs(t)
	other := w.second()
	there := other.As("Ada Admin", "admin")
	path := "/admin/categories/" + w.category("Administration") + "/field/name"
	w.admin.Post(path, apptest.Form("value", "Machine room", "version", "1")).Want(http.StatusSeeOther)
	eventually(t, "the menu of another process", func() bool { return strings.Contains(there.Get("/").Body, "Machine room") })
}

func TestCategories_WhoseEntriesStayInTheMenu(t *testing.T) {
	w := openLogs(t)
	id := w.category("Administration")
	w.admin.Get("/admin/categories/"+id+"/delete").Want(http.StatusOK, "without a heading")
	w.admin.Post("/admin/categories/"+id+"/delete", nil).Want(http.StatusSeeOther)
	if w.Count("menu_categories") != 0 || w.Count("route_mappings", "category_id IS NOT NULL") != 0 {
		t.Error("something is left of it")
	}
	w.admin.Get("/admin/categories").Want(http.StatusOK, "No categories", `href="/admin/audit"`)
	w.refused(w.admin, "/admin/categories/"+id+"/delete", http.StatusNotFound)
}
