//go:build browser

package browser_test

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"portal/app/apptest"
	"portal/app/apptest/browser"
)

func TestJourney_BoardByMouse(t *testing.T) {
	w := build(t)
	for _, name := range []string{"Order cable", "Label racks", "Test links"} {
		w.task(name)
	}
	tab, other := w.enter(w.ada), w.enter(w.ben)
	tab.Go(w.project)
	other.Go(w.project)
	shows(tab, w.todo, "Order cable,Label racks,Test links")

	tab.Drag(w.card(tab, "Test links"), w.card(tab, "Order cable"))
	shows(tab, w.todo, "Test links,Order cable,Label racks")
	shows(other, w.todo, "Test links,Order cable,Label racks")
	tab.Drag(w.card(tab, "Order cable"), column(w.doing))
	shows(tab, w.doing, "Order cable")
	shows(tab, w.todo, "Test links,Label racks")
	shows(other, w.doing, "Order cable")
	if n := browser.Eval[string](other, `document.querySelector("#column-2 .board-number").textContent`); n != "1" {
		t.Errorf("the other's column counts %s", n)
	}
	tab.Go(w.project)
	shows(tab, w.todo, "Test links,Label racks")
	shows(tab, w.doing, "Order cable")
	tab.Clean()
	other.Clean()
}

func TestJourney_BoardByKeyboard(t *testing.T) {
	w := build(t)
	for _, name := range []string{"Order cable", "Label racks", "Test links"} {
		w.task(name)
	}
	tab := w.enter(w.ada)
	tab.Go(w.project)
	card := w.card(tab, "Label racks")
	browser.Eval[any](tab, `document.querySelector("`+card+`").focus()`)

	tab.Keys(" ")
	tab.Wait(card + "[data-held]")
	tab.Keys(kb.ArrowRight)
	shows(tab, w.doing, "Label racks")
	tab.Keys(kb.Escape)
	shows(tab, w.todo, "Order cable,Label racks,Test links")
	tab.Gone("[data-held]")
	tab.Focused(card)

	tab.Keys(" ")
	tab.Keys(kb.ArrowUp)
	shows(tab, w.todo, "Label racks,Order cable,Test links")
	tab.Keys(kb.ArrowDown)
	tab.Keys(kb.ArrowDown)
	shows(tab, w.todo, "Order cable,Test links,Label racks")
	tab.Keys(" ")
	tab.Quiet()
	tab.Focused(card)

	tab.Go(w.project)
	shows(tab, w.todo, "Order cable,Test links,Label racks")
	browser.Eval[any](tab, `document.querySelector("`+card+`").focus()`)
	tab.Keys(" ")
	tab.Keys(kb.ArrowRight)
	tab.Keys(" ")
	tab.Until(`document.querySelector("` + card + `").dataset.version === "2"`)
	tab.Focused(card)
	tab.Go(w.project)
	shows(tab, w.todo, "Order cable,Test links")
	shows(tab, w.doing, "Label racks")
	tab.Clean()
}

func TestJourney_BoardByTouch(t *testing.T) {
	w := build(t)
	w.task("Order cable")
	w.task("Label racks")
	tab := w.enter(w.ada)
	tab.Touch()
	tab.Go(w.project)
	tab.DragByTouch(w.card(tab, "Label racks"), ".sortable-chosen", column(w.doing))
	tab.Until(`document.querySelector("` + w.card(tab, "Label racks") + `").dataset.version === "2"`)
	tab.Go(w.project)
	shows(tab, w.todo, "Order cable")
	shows(tab, w.doing, "Label racks")
	tab.Clean()
}

// Who is not of the team sees the board and can't move a card of it, but for the task that is theirs.
func TestJourney_BoardOfOthers(t *testing.T) {
	w := build(t)
	w.task("Order cable")
	tab := w.enter(w.cleo)
	tab.Go(w.project)
	tab.Wait(w.card(tab, "Order cable") + "[data-fixed]")
	if movable := browser.Eval[int](tab, `document.querySelectorAll("[data-card][tabindex], .inline, .head-actions .button-main").length`); movable != 0 {
		t.Errorf("%d things look as if Cleo might change them", movable)
	}
	w.task("Label racks", "assignee", person(w.cleo))
	tab.Until(`document.querySelectorAll("[data-card]").length === 2`)
	tab.Drag(w.card(tab, "Label racks"), column(w.doing))
	shows(tab, w.doing, "Label racks")
	tab.Until(`document.querySelector("` + w.card(tab, "Label racks") + `").dataset.version === "2"`)
	tab.Clean()
}

// A move that comes too late snaps back, with the reason.
func TestJourney_BoardRefusedMove(t *testing.T) {
	w := build(t)
	task := w.task("Order cable")
	w.task("Label racks")
	tab := w.enter(w.ada)
	tab.Go(w.project)
	card := w.card(tab, "Order cable")
	drop := tab.Lift(card, column(w.doing))
	w.ben.Post(task+"/move", apptest.Form("status", w.review, "version", "1")).Want(http.StatusSeeOther)
	drop()
	tab.WaitText("Ben Okafor moved this card to Review first. It stays there.")
	shows(tab, w.review, "Order cable")
	shows(tab, w.doing, "")

	// Gone meanwhile, with the portal out of reach: the card is back where it was.
	browser.Eval[any](tab, `XMLHttpRequest.prototype.send = function () { setTimeout(() => this.dispatchEvent(new Event("error")) || this.onerror(), 0) }`)
	tab.Drag(w.card(tab, "Label racks"), column(w.doing))
	tab.WaitText("The portal does not answer.")
	shows(tab, w.todo, "Label racks")
	shows(tab, w.doing, "")
	tab.Clean("409", "htmx:")
}
