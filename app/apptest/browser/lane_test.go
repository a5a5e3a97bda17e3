//go:build browser

package browser_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"portal/app/apptest"
	"portal/app/apptest/browser"
)

// lane is the cell of a column in a person's lane, 0 for nobody's.
func lane(status, who string) string {
	return `[data-board-column="` + status + `"][data-lane="` + who + `"]`
}

// A card goes to another person's lane by mouse, and by keys past the end of its own.
func TestJourney_BoardLanes(t *testing.T) {
	w := build(t)
	w.task("Order cable", "assignee", person(w.ada))
	w.task("Label racks")
	tab := w.enter(w.ada)
	tab.Go(w.project + "?lanes=assignee")
	holds := func(cell, name string) {
		tab.Until(`document.querySelector('` + cell + ` [aria-label$="` + name + `"]') !== null`)
	}
	holds(lane(w.todo, person(w.ada)), "Order cable")
	tab.Drag(w.card(tab, "Label racks"), lane(w.doing, person(w.ada)))
	tab.Until(`document.querySelector('` + w.card(tab, "Label racks") + `').dataset.version === "2"`)
	holds(lane(w.doing, person(w.ada)), "Label racks")

	card := w.card(tab, "Label racks")
	browser.Eval[any](tab, `document.querySelector("`+card+`").focus()`)
	tab.Keys(" ")
	tab.Keys(kb.ArrowDown)
	holds(lane(w.doing, "0"), "Label racks")
	tab.Keys(kb.ArrowLeft)
	tab.Keys(" ")
	tab.Until(`document.querySelector('` + card + `').dataset.version === "3"`)
	tab.Focused(card)
	tab.Go(w.project + "?lanes=assignee")
	holds(lane(w.todo, "0"), "Label racks")

	// What is folded away stays so when the page is looked at again.
	tab.Click(`#lane-0 [data-fold]`)
	tab.Wait(`#lane-0[data-folded]`)
	tab.Go(w.project + "?lanes=assignee")
	tab.Wait(`#lane-0[data-folded]`)
	tab.Clean()
}

// A column that is full takes no card: it goes back, and the reason is said.
func TestJourney_BoardLimit(t *testing.T) {
	w := build(t)
	w.task("Order cable", "status", w.doing)
	w.task("Label racks")
	tab := w.enter(w.ada)
	w.ada.Post(w.project+"/limits/"+w.doing, apptest.Form("most", "1", "version", "1")).Want(http.StatusSeeOther)
	tab.Go(w.project)
	tab.Drag(w.card(tab, "Label racks"), column(w.doing))
	tab.WaitText("“In progress” is full: it holds 1 of 1.")
	shows(tab, w.todo, "Label racks")
	shows(tab, w.doing, "Order cable")
	tab.Clean("422", "htmx:")
}

// Shift adds a key to the order of a list, and subtasks fold away below their task.
func TestJourney_ListOrderAndTree(t *testing.T) {
	w := build(t)
	w.task("Order cable")
	w.task("Ask for offers", "parent", "1")
	tab := w.enter(w.ada)
	tab.Go(w.project + "/list")
	tab.Click(`[data-fold="task-1"]`)
	tab.Until(`document.querySelector("#task-2").hidden`)
	tab.Click(`[data-fold="task-1"]`)
	tab.Until(`!document.querySelector("#task-2").hidden`)
	tab.Click(`[data-sort-add$="sort=priority"]`)
	tab.Until(`location.search === "?sort=priority"`)
	browser.Eval[any](tab, `document.querySelector('[data-sort-add*="due"]').dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: true }))`)
	tab.Until(`location.search === "?sort=priority%2Cdue"`)
	tab.Clean()
}
