//go:build browser

package browser_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"

	"portal/app/apptest"
	"portal/app/apptest/browser"
	"portal/features"
)

const moveCell = "#who-projects-task-edit-move"

// Who may is set by the keys alone: to the cell by arrows, Enter opens, Enter saves, Escape leaves, the focus comes back.
func TestJourney_MappingByKeys(t *testing.T) {
	p := apptest.New(t, features.All...)
	w := &world{t: t, p: p}
	w.ada, w.ben = p.As("Ada Lovelace", "admin"), p.As("Ben Okafor", "user")
	tab := w.enter(w.ada)
	tab.Go("/admin/routes")
	tab.Until(`document.querySelectorAll('[aria-label="Who may use Projects"] [tabindex="0"]').length === 1`)
	browser.Eval[any](tab, `document.querySelector("#who-projects-task-edit a").focus()`)
	tab.Keys(kb.ArrowLeft + " ")
	tab.Until(fmt.Sprintf("document.querySelector(%q).offsetParent !== null", moveCell))
	tab.Keys(kb.ArrowRight)
	tab.Focused("#who-projects-task-edit a")
	for range 7 {
		tab.Keys(kb.ArrowDown)
	}
	tab.Focused(moveCell + " a")
	tab.Keys(kb.Enter)
	tab.Focused(moveCell + " select")
	tab.Keys(kb.Escape)
	tab.Focused(moveCell + " a")
	tab.Keys(kb.Enter)
	tab.Focused(moveCell + " select")
	tab.Choose(moveCell+" select", "Anyone signed in")
	tab.Keys(kb.Enter)
	tab.WaitText("Saved who may use “Move a task on the board”.") // nobody gains or loses, so nothing is asked
	tab.Focused(moveCell + " a")
	tab.Clean()
}

// What a change does is shown first; saved by Enter it holds from the next request on, and Undo takes it back.
func TestJourney_MappingEffectAndUndo(t *testing.T) {
	p := apptest.New(t, features.All...)
	w := &world{t: t, p: p, todo: "1", usual: "2"}
	w.ada, w.ben = p.As("Ada Lovelace", "admin"), p.As("Ben Okafor", "user")
	tab := w.enter(w.ada)
	tab.Go("/admin/routes?q=projects.project.see.list")
	cell := "#who-projects-project-see-list"
	tab.Click(cell + " a")
	tab.Focused(cell + " select")
	tab.Choose(cell+" select", "Roles")
	tab.Click(cell + " [value=user]")
	tab.Keys(kb.Enter)
	tab.Wait("#dialog[open] .effect")
	tab.WaitText("1 person loses access")
	tab.WaitText("Ben Okafor")
	tab.Focused("#dialog .button-main")
	w.ben.Get("/projects").Want(http.StatusOK)
	tab.Keys(kb.Enter)
	tab.Gone("#dialog[open]")
	tab.Focused(cell + " a")
	w.ben.Get("/projects").Want(http.StatusForbidden)
	tab.Click(".toast form button")
	tab.WaitText("is as it was.")
	w.ben.Get("/projects").Want(http.StatusOK)
	tab.Clean()
}

// menuRest are the entries of the menu behind those that are moved.
const menuRest = "documents.document.see.list,weblinks.link.see.list"

// The order of the menu is set by Alt and an arrow, and by dragging.
func TestJourney_MenuOrder(t *testing.T) {
	p := apptest.New(t, features.All...)
	w := &world{t: t, p: p}
	w.ada = p.As("Ada Lovelace", "admin")
	tab := w.enter(w.ada)
	tab.Go("/admin/routes?view=menu")
	order := `Array.from(document.querySelectorAll('[data-menu="0"] tr')).map((r) => r.dataset.menuEntry).join()`
	tab.Until(order + ` === "home.start.see,projects.project.see.list,projects.task.see.work,` + menuRest + `"`)
	browser.Eval[any](tab, `document.querySelector("#menu-projects-project-see-list-title a").focus()`)
	tab.Chord(input.ModifierAlt, kb.ArrowUp)
	tab.Until(order + ` === "projects.project.see.list,home.start.see,projects.task.see.work,` + menuRest + `"`)
	tab.WaitText("“Projects” is moved.")
	tab.Drag(`[data-menu-entry="home.start.see"] `, `[data-menu-entry="projects.project.see.list"]`)
	tab.Until(order + ` === "home.start.see,projects.project.see.list,projects.task.see.work,` + menuRest + `"`)
	tab.Clean()
}

// Ten minutes after the password was given, a cell asks for it in the dialog, and then goes on with what was chosen.
func TestJourney_MappingAsksForThePassword(t *testing.T) {
	p := apptest.New(t, features.All...)
	w := &world{t: t, p: p}
	w.ada, w.ben = p.As("Ada Lovelace", "admin"), p.As("Ben Okafor", "user")
	tab := w.enter(w.ada)
	tab.Go("/admin/routes?q=projects.project.see.list")
	p.Clock.Add(11 * time.Minute)
	cell := "#who-projects-project-see-list"
	tab.Click(cell + " a")
	tab.Focused(cell + " select")
	tab.Choose(cell+" select", "Roles")
	tab.Click(cell + " [value=user]")
	tab.Keys(kb.Enter)
	tab.Wait("#dialog[open] #f-_confirm")
	tab.Focused("#f-_confirm")
	tab.Clean("403", "htmx:responseError", "Response Status Error Code 403")
	tab.Check("mapping-confirm")
	w.ben.Get("/projects").Want(http.StatusOK)
	tab.Keys(apptest.Password + kb.Enter)
	tab.WaitText("1 person loses access")
	tab.Focused(".effect .button-main")
	tab.Keys(kb.Enter)
	tab.At("/admin/routes?q=projects.project.see.list")
	tab.WaitText("Saved who may use")
	w.ben.Get("/projects").Want(http.StatusForbidden)
	tab.Clean()
}

// An entry of the menu that was dragged too late stands where it stood until the password is given.
func TestJourney_MenuOrderAsksForThePassword(t *testing.T) {
	p := apptest.New(t, features.All...)
	w := &world{t: t, p: p}
	w.ada = p.As("Ada Lovelace", "admin")
	tab := w.enter(w.ada)
	tab.Go("/admin/routes?view=menu")
	p.Clock.Add(11 * time.Minute)
	order := `Array.from(document.querySelectorAll('[data-menu="0"] tr')).map((r) => r.dataset.menuEntry).join()`
	tab.Until(order + ` === "home.start.see,projects.project.see.list,projects.task.see.work,` + menuRest + `"`)
	tab.Drag(`[data-menu-entry="projects.project.see.list"]`, `[data-menu-entry="home.start.see"]`)
	tab.Wait("#dialog[open] #f-_confirm")
	tab.Clean("403", "htmx:responseError", "Response Status Error Code 403")
	tab.Until(order + ` === "home.start.see,projects.project.see.list,projects.task.see.work,` + menuRest + `"`)
	tab.Keys(apptest.Password + kb.Enter)
	tab.At("/admin/routes?view=menu")
	tab.Until(order + ` === "projects.project.see.list,home.start.see,projects.task.see.work,` + menuRest + `"`)
	tab.Clean()
}
