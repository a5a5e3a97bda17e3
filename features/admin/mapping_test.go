package admin

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/fault"
)

const moveNode = "projects.task.edit.move"

func TestMapping_EffectIsShownBeforeAnythingIsSaved(t *testing.T) {
	w := openRoutes(t)
	w.Person("Lea Locked", "user")
	if err := w.Users.Lock(w.Context(), "lea.locked", true); err != nil {
		t.Fatal(err)
	}
	before, routes := w.written(), w.under("projects.task.edit")
	f := w.who("roles", []string{"auditor"}, "projects.task.edit")
	a := w.admin.Post("/admin/routes/edit", f).Want(okay, fmt.Sprintf("1 person gains access, over %d routes in all.", routes), fmt.Sprintf("2 people lose access, over %d routes in all.", routes),
		"Audra Auditor", "Una User", "Max Manager", "Move a task on the board (projects.task.edit.move)").Lacks("Lea Locked")
	if strings.Contains(main(a), "Ada Admin") {
		t.Error("who passes anyway is counted")
	}
	if w.written() != before {
		t.Fatal("the preview wrote")
	}
	apptest.Golden(t, "mapping-effect", main(a))
	b := w.As("Una User")
	b.Get("/projects/1/tasks/new").Want(http.StatusNotFound)
	w.admin.Post("/admin/routes/edit", sure(f)).Want(found)
	b.Get("/projects/1/tasks/new").Want(http.StatusForbidden, "You hold the role user.", "is for auditor.")
	page := w.admin.Get("/admin/routes").Want(okay, "Saved who may use “Add, change, move and delete tasks and todos”.")
	if m := w.mapping("projects.task.edit"); !m.Changed || m.Version != 2 {
		t.Errorf("%+v", m)
	}
	w.undo(page).Want(found)
	b.Get("/projects/1/tasks/new").Want(http.StatusNotFound)
	if m := w.mapping("projects.task.edit"); m.Changed || m.Version != 3 || !slices.Equal(m.Roles, []int64{w.Gate.Access().RoleID("user")}) {
		t.Errorf("%+v", m)
	}
}

func TestMapping_VisitorsAreCountedAndNamed(t *testing.T) {
	w := openRoutes(t)
	w.admin.Post("/admin/routes/edit", w.who("anyone", nil, "projects.project.see")).Want(okay, fmt.Sprintf("People who are not signed in gain %d routes.", w.under("projects.project.see")))
	w.set("home.people", auth.ForAnyone)
	w.admin.Post("/admin/routes/edit", w.who("signed-in", nil, "home.people")).Want(okay, "People who are not signed in lose 1 route.").Lacks("people lose access")
}

func TestMapping_WhatAltersNobodysAccessIsSavedAtOnce(t *testing.T) {
	w := openRoutes(t)
	w.admin.Post("/admin/routes/edit", w.who("roles", []string{"user"}, moveNode)).Want(found)
	if m := w.mapping(moveNode); m.Version != 1 || m.Audience != auth.ForRoles {
		t.Errorf("%+v", m)
	}
	before := w.written()
	w.admin.Post("/admin/routes/edit", w.who("roles", []string{"user"}, moveNode)).Want(found)
	w.admin.Get("/admin/routes").Want(okay, "Nothing had to be changed")
	if w.written() != before {
		t.Error("it was written again")
	}
}

func TestMapping_RefusalsWriteNothing(t *testing.T) {
	w := openRoutes(t)
	w.set("home", auth.ForSignedIn)
	for name, c := range map[string]struct {
		audience string
		roles    []string
		node     string
		status   int
		says     string
	}{
		"an unknown role":        {"roles", []string{"nobody"}, "projects", 422, "There is no role nobody."},
		"no role":                {"roles", nil, "projects", 422, "Choose a role; admin alone stands for administrators."},
		"an unknown audience":    {"everyone", nil, "projects", 422, "Choose who may from the list."},
		"an unknown node":        {"anyone", nil, "projects.nowhere", 404, "There is no route projects.nowhere"},
		"half a word":            {"anyone", nil, "project", 404, "There is no route project"},
		"nobody could sign in":   {"signed-in", nil, "home.signin", 422, "Nobody could sign in any more."},
		"nor by a part above":    {"inherit", nil, "home.signin", 422, "Nobody could sign in any more."},
		"nor by the form's post": {"roles", []string{"admin"}, "home.signin.do", 422, "Nobody could sign in any more."},
	} {
		t.Run(name, func(t *testing.T) {
			before := w.written()
			for _, f := range []bool{false, true} {
				form := w.who(c.audience, c.roles, c.node)
				if f {
					form = sure(form)
				}
				w.admin.Post("/admin/routes/edit", form).Want(c.status, c.says)
				w.admin.Fragment("POST", "/admin/routes/edit", "who-x", form).Want(c.status, c.says)
			}
			if w.written() != before {
				t.Error("something was written")
			}
		})
	}
	before := w.written()
	for _, f := range []string{"", "does=who", "does=who&node=projects", "does=odd&node=projects&version=0", "does=who&node=projects&version=x", "does=who&node=projects&node=projects&version=0&version=0&audience=anyone", "does=who&node=projects&version=-1&audience=anyone"} {
		w.admin.Post("/admin/routes/edit", parse(t, f)).Want(http.StatusUnprocessableEntity)
	}
	if w.written() != before {
		t.Error("something was written")
	}
}

// Nobody but administrators sees or changes anything here.
func TestS40b_MappingsAreForAdministratorsAlone(t *testing.T) {
	w := openRoutes(t)
	saved := w.set("projects.comment", auth.ForSignedIn)
	for _, b := range []*apptest.Browser{w.As("Una User"), w.As("Audra Auditor"), w.As("Max Manager")} {
		before := w.written()
		for _, path := range []string{"/admin/routes", "/admin/why", "/admin/routes/who/projects", "/admin/routes/who/projects/edit", "/admin/routes/menu/home.start.see/title/edit"} {
			b.Get(path).Want(http.StatusForbidden)
		}
		b.Post("/admin/routes/edit", sure(w.who("anyone", nil, "projects"))).Want(http.StatusForbidden)
		b.Post("/admin/routes/move", apptest.Form("node", "home.start.see", "direction", "down")).Want(http.StatusForbidden)
		b.Post("/admin/routes/menu/home.start.see/title", apptest.Form("value", "x", "version", "1")).Want(http.StatusForbidden)
		b.Post("/admin/routes/undo/"+itoa(saved), nil).Want(http.StatusForbidden)
		if w.written() != before {
			t.Error("something was written")
		}
	}
}

func TestMapping_SecondAdministratorSeesTheNewerValue(t *testing.T) {
	w := openRoutes(t)
	mine := w.who("roles", []string{"auditor"}, "projects.task.edit")
	w.set("projects.task.edit", auth.ForRoles, "manager")
	before := w.written()
	a := w.admin.Fragment("POST", "/admin/routes/edit", "who-projects-task-edit", mine).
		Want(http.StatusConflict, "Somebody else has changed projects.task.edit: it is now for manager.", `name="version" value="2"`)
	if !strings.Contains(a.Body, `value="auditor" checked`) {
		t.Errorf("what was chosen is lost:\n%s", a.Body)
	}
	w.admin.Post("/admin/routes/edit", mine).Want(http.StatusConflict, "it is now for manager")
	late := w.admin.Fragment("POST", "/admin/routes/edit", "list", sure(mine)).Want(http.StatusConflict, "it is now for manager", "Audra Auditor", `name="version" value="2"`)
	if late.Header.Get("HX-Retarget") != "#dialog-body" {
		t.Error("the dialog does not say it")
	}
	if w.written() != before {
		t.Error("something was written")
	}
	w.admin.Post("/admin/routes/edit", sure(w.who("roles", []string{"auditor"}, "projects.task.edit"))).Want(found)
}

func TestMapping_SeveralAreOneChangeAndOneUndo(t *testing.T) {
	w := openRoutes(t)
	nodes := []string{"projects.task.see", "projects.task.edit", "projects.project"}
	w.admin.Post("/admin/routes/selected", apptest.Form("does", "who")).Want(http.StatusUnprocessableEntity, "Tick the rows first")
	w.admin.Post("/admin/routes/selected", apptest.Form("does", "who", "node", nodes[0], "node", nodes[1], "node", "nope")).Want(okay, "these 2 parts")
	f := w.who("roles", []string{"manager"}, nodes...)
	w.admin.Post("/admin/routes/edit", f).Want(okay, "Set who may use 3 parts", "2 people lose access")
	a := w.admin.Fragment("POST", "/admin/routes/edit", "list", sure(f)).Want(okay, "Saved who may use 3 mappings.", `id="list"`)
	for _, n := range nodes {
		if m := w.mapping(n); !slices.Equal(m.Roles, []int64{w.Gate.Access().RoleID("manager")}) || !m.Changed {
			t.Errorf("%s: %+v", n, m)
		}
	}
	if n := w.Count("audit_lines", "kind = 'admin.mapping'", "action = 'set who may use it'"); n != 3 {
		t.Errorf("%d lines of the audit log", n)
	}
	w.undo(a).Want(found)
	if w.mapping("projects.project").ID != 0 || w.mapping("projects.task.see").Changed || len(w.mapping("projects.task.see").Roles) != 2 {
		t.Error("not all was taken back")
	}
	w.undo(a).Want(http.StatusNotFound, "can&#39;t be taken back any more")
}

func TestMapping_UndoIsRefusedAfterAnotherChange(t *testing.T) {
	w := openRoutes(t)
	saved := w.set("projects.task.edit", auth.ForRoles, "manager")
	w.set("projects.task.edit", auth.ForRoles, "auditor")
	before := w.written()
	w.admin.Post("/admin/routes/undo/"+itoa(saved), nil).Want(http.StatusConflict, "projects.task.edit has been changed since, so nothing was taken back.")
	w.admin.Post("/admin/routes/undo/999999", nil).Want(http.StatusNotFound)
	if w.written() != before {
		t.Error("something was written")
	}
}

func TestMapping_ResetGivesBackTheDefault(t *testing.T) {
	w := openRoutes(t)
	w.set("projects.task.edit", auth.ForRoles, "manager")
	w.set("projects.task", auth.ForSignedIn) // the portal comes with none
	f := w.who("", nil, "projects.task.edit", "projects.task")
	f.Set("does", "reset")
	w.admin.Post("/admin/routes/edit", f).Want(okay, "Reset 2 mappings to default", "no mapping of its own")
	w.admin.Post("/admin/routes/edit", sure(f)).Want(found)
	if m := w.mapping("projects.task.edit"); m.Changed || !slices.Equal(m.Roles, []int64{w.Gate.Access().RoleID("user")}) {
		t.Errorf("%+v", m)
	}
	if w.mapping("projects.task").ID != 0 {
		t.Error("the mapping that the portal does not come with is still there")
	}
}

func TestMapping_InvalidOnesAreListedAndRemoved(t *testing.T) {
	w := openRoutes(t)
	w.invalid("projects.comment.edit", "projects.gone")
	w.invalid("projects.task.see", "projects.away")
	w.admin.Get("/admin/routes").Want(okay, "Invalid mappings", "projects.gone", "Remove all 2")
	w.admin.Get("/admin/routes?show=invalid").Want(okay, "projects.away")
	w.admin.Post("/admin/routes/edit", w.who("anyone", nil, "projects.gone")).Want(http.StatusUnprocessableEntity, "can only be removed")
	f := w.who("", nil, "projects.gone")
	f.Set("does", "remove")
	w.admin.Post("/admin/routes/edit", f).Want(found)
	page := w.admin.Get("/admin/routes").Want(okay, "The mapping of projects.gone is removed.", "projects.away")
	w.undo(page).Want(found)
	if w.mapping("projects.gone").ID == 0 {
		t.Error("it is not back")
	}
	before := w.written()
	bad := w.who("", nil, "projects.task.edit")
	bad.Set("does", "remove")
	w.admin.Post("/admin/routes/edit", bad).Want(http.StatusUnprocessableEntity, "its mapping stays")
	if w.written() != before {
		t.Error("something was written")
	}
	gone := w.who("", nil, "projects.away")
	gone.Set("does", "remove")
	w.admin.Post("/admin/routes/edit", gone).Want(found)
	w.admin.Post("/admin/routes/edit", gone).Want(http.StatusNotFound, "somebody has removed it")
}

func TestMapping_FiltersLeaveWhatFits(t *testing.T) {
	w := openRoutes(t)
	w.set("projects.task.edit.move", auth.ForRoles, "manager")
	for query, c := range map[string]struct{ has, lacks string }{
		"?q=projects.task.edit.move": {`id="who-projects-task-edit-move"`, "who-home"},
		"?q=board":                   {`id="who-projects-task-edit-move"`, "who-home"},
		"?q=/tasks/:number":          {`id="who-projects-task-see-one"`, "who-projects-project-see-list"},
		"?feature=home":              {`id="who-home-start-see"`, "who-projects"},
		"?show=changed":              {`id="who-projects-task-edit-move"`, "who-projects-task-edit-save"},
		"?show=anyone":               {`id="who-home-signin-do"`, "who-projects-task"},
		"?show=signed-in":            {`id="who-home-start-see"`, "who-home-signin-do"},
		"?role=auditor":              {`id="who-projects-task-see-one"`, "who-projects-task-edit-save"},
		"?show=invalid":              {"No route fits", "who-home"},
		"?q=%00%ff%22><script>":      {"No route fits", "<script>\""},
		"?show=new":                  {"No route fits", "who-home"},
	} {
		w.admin.Get("/admin/routes"+query).Want(okay, c.has).Lacks(c.lacks)
	}
}

func TestMapping_PagesRunFewQueries(t *testing.T) {
	w := openRoutes(t)
	for _, path := range []string{"/admin/routes", "/admin/routes?view=menu", "/admin/routes/who/projects/edit", "/admin/why?person=una.user&route=" + moveNode} {
		for _, cold := range []bool{true, false} {
			if cold {
				w.Cache.Clear("")
			}
			if said := w.Queries(func() { w.admin.Get(path).Want(okay) }); len(said) > 6 {
				t.Errorf("%s: %d queries\n%s", path, len(said), strings.Join(said, "\n"))
			}
		}
	}
	f := w.who("roles", []string{"auditor"}, "projects.task.edit")
	if said := w.Queries(func() { w.admin.Post("/admin/routes/edit", f).Want(okay) }); len(said) > 10 {
		t.Errorf("the preview: %d queries\n%s", len(said), strings.Join(said, "\n"))
	}
}

func TestMapping_CellsLookAsTheyShould(t *testing.T) {
	w := openRoutes(t)
	apptest.Golden(t, "mapping-who", w.admin.Fragment("GET", "/admin/routes/who/"+moveNode, "who-x", nil).Want(okay).Body)
	apptest.Golden(t, "mapping-editor", w.admin.Fragment("GET", "/admin/routes/who/"+moveNode+"/edit", "who-x", nil).Want(okay).Body)
	page := w.admin.Get("/admin/routes").Want(okay).Body
	part := between(t, page, `<tbody class="tree-part"><tr class="tree-level-2"><td class="tree-pick"><label class="tree-tick"><input type="checkbox" form="several" name="node" value="projects.task.see"`, "</tbody>")
	apptest.Golden(t, "mapping-part", strings.ReplaceAll(part, fmt.Sprintf("%d routes", w.under("projects.task.see")), "N routes"))
	w.admin.Get("/admin/routes/who/nope/edit").Want(http.StatusNotFound)
	w.admin.Get("/admin/routes/who/"+moveNode+"/edit").Want(okay, "Who may use “Move a task on the board”")
	w.admin.Get("/admin/routes/who/" + moveNode).Want(found)
}

// Two administrators who save the same cell at once: one is first, the other is told.
func TestMapping_SavedAtOnceOneWins(t *testing.T) {
	w := openRoutes(t)
	version := w.mapping("projects.task.edit").Version
	const people = 8
	errs := make(chan error, people)
	for i := range people {
		role := []string{"manager", "auditor"}[i%2]
		go func() {
			_, err := w.Mappings.Save(w.Context(), []auth.MappingEdit{
				{Node: "projects.task.edit", Version: version, Who: &auth.Who{Audience: auth.ForRoles, Roles: []string{role}}},
				{Node: "projects.task", Version: 0, Who: &auth.Who{Audience: auth.ForRoles, Roles: []string{role}}},
			})
			errs <- err
		}()
	}
	won := 0
	for range people {
		switch err := <-errs; {
		case err == nil:
			won++
		case !fault.Is(err, fault.Conflict):
			t.Error(err)
		}
	}
	edit, part := w.mapping("projects.task.edit"), w.mapping("projects.task")
	if won != 1 || edit.Version != version+1 || part.Version != 1 || !slices.Equal(edit.Roles, part.Roles) {
		t.Errorf("%d saved: %+v, %+v", won, edit, part)
	}
}
