//go:build browser

package browser_test

import (
	"net/http"
	"testing"

	"portal/app/apptest"
)

// Whatever is deleted comes back whole by Undo in the toast.
func TestJourney_DeleteAndUndo(t *testing.T) {
	w := build(t)
	task := w.task("Order cable")
	w.ada.Post(task+"/todos", apptest.Form("text", "Call the shop")).Want(http.StatusSeeOther)
	w.ada.Post(task+"/comments", apptest.Form("text", "They close at six")).Want(http.StatusSeeOther)
	tab := w.enter(w.ada)
	undo := func(gone string) {
		t.Helper()
		tab.Wait(".toast form")
		tab.Until(`!document.querySelector("main").innerText.includes("` + gone + `")`)
		tab.Press(".toast form button")
	}

	tab.Go(task)
	tab.Click("#todos [aria-label^='Delete the todo']")
	undo("Call the shop")
	tab.At(task)
	tab.WaitText("Call the shop")

	tab.Click("#comments .menu summary")
	tab.Click("#comments .menu-bad")
	undo("They close at six")
	tab.At(task)
	tab.WaitText("They close at six")

	tab.Click("#task .head-actions .menu summary")
	tab.Press("#task .menu-bad")
	tab.At(w.project)
	undo("Order cable")
	tab.At(task)
	tab.WaitText("They close at six")

	tab.Go(w.project)
	tab.Click(w.card(tab, "Order cable") + " a")
	tab.Click("#panel .head-actions .menu summary")
	tab.Press("#panel .menu-bad")
	tab.At(w.project)
	undo("Order cable")
	tab.At(task)

	tab.Go(w.project)
	tab.Click(".project-head .menu summary")
	tab.Press(".project-head .menu-bad")
	tab.At("/projects")
	tab.WaitText("No projects yet")
	tab.Press(".toast form button")
	tab.At(w.project)
	shows(tab, w.todo, "Order cable")

	// From the trash itself, later.
	tab.Click(".project-head .menu summary")
	tab.Press(".project-head .menu-bad")
	tab.Go("/projects?show=trash")
	tab.Press("[aria-label='Bring back Move the racks']")
	tab.At(w.project)
	tab.Click(".project-head .menu summary")
	tab.Press(".project-head form[action$='/archive'] button")
	tab.WaitText("This project is archived.")
	tab.Press(".toast form button")
	tab.WaitText("is out of the archive.")
	tab.Clean()
}
