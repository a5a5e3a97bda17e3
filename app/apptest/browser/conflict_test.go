//go:build browser

package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"portal/app/apptest/browser"
)

// Two people change the same field where it stands: a dialog asks, and the keyboard alone settles it.
func TestJourney_ConflictInline(t *testing.T) {
	w := build(t)
	task := w.task("Order cable", "due_on", "2026-11-30")
	for _, c := range []struct{ at, cell string }{{task, "#t1-due-on"}, {w.project + "/list", "#row-t1-due-on"}} {
		tab := w.enter(w.ada)
		tab.Go(c.at)
		tab.Click(c.cell + " a")
		tab.Focused(c.cell + " input[name=due_on]")
		w.set(w.ben, task, "due_on", "2026-12-24")
		tab.Fill(c.cell+" input[name=due_on]", "12312026")
		tab.Keys(kb.Enter)
		tab.Wait("#dialog[open] #conflict")
		for _, text := range []string{"Ben Okafor saved a change", "2026-11-30", "2026-12-24", "2026-12-31"} {
			tab.WaitText(text)
		}
		tab.Until(`document.getElementById("dialog").contains(document.activeElement)`)
		tab.Clean("409")
		for range 8 {
			if browser.Eval[bool](tab, `document.activeElement.matches("#conflict [type=radio]")`) {
				break
			}
			tab.Keys("\t")
		}
		tab.Focused("#conflict [type=radio]")
		tab.Until(`document.activeElement.checked && document.activeElement.value === "2026-12-31"`)
		tab.Keys(kb.Enter)
		tab.WaitText("Due date is saved.")
		tab.At(c.at)
		tab.Until(`document.querySelector("` + c.cell + `").textContent.includes("31 Dec")`)
		w.set(w.ben, task, "due_on", "2026-11-30")
		tab.Clean()
	}
}

// Escape leaves the choice: theirs stands.
func TestJourney_ConflictLeft(t *testing.T) {
	w := build(t)
	task := w.task("Order cable")
	tab := w.enter(w.ada)
	tab.Go(task)
	tab.Click("#t1-status a")
	tab.Focused("#t1-status select")
	w.set(w.ben, task, "status", w.review)
	tab.Choose("#t1-status select", "Done")
	tab.Wait("#dialog[open] #conflict")
	tab.Clean("409")
	tab.Keys(kb.Escape)
	tab.Gone("#dialog[open]")
	tab.Until(`document.querySelector("#t1-status a")?.textContent.includes("Review")`)
	tab.Clean()
}

// Two people send the same form: what both changed is asked on a page, what only one did merges by itself.
func TestJourney_ConflictForm(t *testing.T) {
	w := build(t)
	task := w.task("Order cable")
	tab, other := w.enter(w.ada), w.enter(w.ben)
	tab.Go(task + "/edit")
	other.Go(task + "/edit")
	other.Fill("#f-name", "Order fibre")
	other.Fill("#f-summary", "From the new shop")
	other.Press("main .button-main")
	other.WaitText("is saved.")
	tab.Fill("#f-name", "Order copper")
	tab.Fill("#f-description", "Ada's words")
	tab.Press("main .button-main")
	tab.Clean("409")
	tab.WaitText("Ben Okafor saved a change")
	for _, text := range []string{"Order cable", "Order fibre", "Order copper"} {
		tab.WaitText(text)
	}
	browser.Eval[any](tab, `document.querySelector("#conflict [type=radio]:checked").focus()`)
	tab.Keys(kb.ArrowLeft)
	tab.Until(`document.activeElement.checked && document.activeElement.value === "Order fibre"`)
	tab.Keys(kb.ArrowRight)
	tab.Keys(kb.Enter)
	tab.At(task)
	tab.WaitText("Order copper")
	tab.WaitText("Ada's words")
	tab.WaitText("From the new shop")
	other.Until(`document.querySelector("#task h1").textContent === "Order copper"`)

	// Different fields at once ask nobody.
	tab.Click("#t1-priority a")
	tab.Focused("#t1-priority select")
	w.set(w.ben, task, "status", w.review)
	tab.Choose("#t1-priority select", "High")
	tab.Focused("#t1-priority a")
	tab.Until(`document.querySelector("#t1-priority").textContent.includes("High") && document.querySelector("#t1-status").textContent.includes("Review")`)
	tab.Clean()
	other.Clean()
}
