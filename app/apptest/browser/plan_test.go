//go:build browser

package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"portal/app/apptest/browser"
)

// due is the day that a task's page says it is due, as a JavaScript expression.
const due = `document.querySelector("[id$=due-on]").innerText.trim()`

// A bar of the timeline is moved with the arrow keys: several presses are one move.
func TestJourney_TimelineByKeys(t *testing.T) {
	w := build(t)
	task := w.task("Order cable", "start_on", "2026-11-23", "due_on", "2026-11-26")
	tab := w.enter(w.ada)
	tab.Go(w.project + "/timeline?from=2026-11-16&scale=days")
	tab.Wait("#bar-1")
	browser.Eval[bool](tab, `document.querySelector("#bar-1").focus() || true`)
	tab.Keys(kb.ArrowRight + kb.ArrowRight)
	tab.Until(`document.querySelector("#bar-1").dataset.version === "2"`)
	tab.Focused("#bar-1")
	tab.Go(task)
	tab.Until(due + `.endsWith("Sat 28 Nov")`)
	tab.Clean()
}

// A bar of several days is pulled as a whole, then by its end. The page stays at its address, and each of its parts is there once.
func TestJourney_TimelineByMouse(t *testing.T) {
	w := build(t)
	task := w.task("Order cable", "start_on", "2026-11-23", "due_on", "2026-11-26")
	at := w.project + "/timeline?from=2026-11-16&scale=days"
	tab := w.enter(w.ada)
	tab.Go(at)
	tab.Wait("#bar-1")
	at = tab.Path()
	day := browser.Eval[float64](tab, `Number(document.querySelector(".tl").dataset.pixels)`)
	tab.Pull("#bar-1 .tl-body", 2*day)
	tab.Until(`document.querySelector("#bar-1").dataset.version === "2"`)
	tab.Until(`document.querySelector("#bar-1 title").textContent.includes("Wed 25 Nov – Sat 28 Nov")`)
	tab.Pull("#bar-1 [data-tl-edge=due]", -day)
	tab.Until(`document.querySelector("#bar-1 title").textContent.includes("Wed 25 Nov – Fri 27 Nov")`)
	tab.Quiet()
	if now := tab.Path(); now != at {
		t.Errorf("the address is %s", now)
	}
	if n := browser.Eval[int](tab, `document.querySelectorAll("#panel, #timeline, #project-head").length`); n != 3 {
		t.Errorf("%d parts of the page", n)
	}
	if open := browser.Eval[int](tab, `document.querySelector("#panel").children.length`); open > 0 {
		t.Error("pulling the bar opened its task")
	}
	tab.Go(task)
	tab.Until(due + `.endsWith("Fri 27 Nov")`)
	tab.Clean()
}

// A task of the calendar is picked up, carried to another day and dropped with the keys.
func TestJourney_CalendarByKeys(t *testing.T) {
	w := build(t)
	task := w.task("Order cable", "due_on", "2026-11-18")
	tab := w.enter(w.ada)
	tab.Go(w.project + "/calendar?month=2026-11")
	tab.Wait(`[data-cal-day="2026-11-18"] .cal-task`)
	browser.Eval[bool](tab, `document.querySelector('[data-cal-day="2026-11-18"]').focus() || true`)
	tab.Keys("m")
	tab.Keys(kb.ArrowDown + kb.ArrowRight + kb.Enter)
	tab.Wait(`[data-cal-day="2026-11-26"] .cal-task`)
	tab.Focused(`[data-cal-day="2026-11-26"]`)
	tab.Go(task)
	tab.Until(due + `.endsWith("Thu 26 Nov")`)
	tab.Clean()
}

// Two rows of the list get a priority together, and lose it together by Undo.
func TestJourney_ListBulkAndUndo(t *testing.T) {
	w := build(t)
	w.tasks(3, "Rack")
	tab := w.enter(w.ada)
	tab.Go(w.project + "/list")
	priorities := `Array.from(document.querySelectorAll("#list [data-row] [data-label=Priority] .badge")).map((c) => c.innerText.trim()).join()`
	tab.Until(priorities + ` === "Medium,Medium,Medium"`)
	tab.Click("[data-row]:nth-child(1) .task-pick input")
	tab.Click("[data-row]:nth-child(2) .task-pick input")
	tab.Click("#several summary")
	tab.Choose("#several [name=set_priority]", "Critical")
	tab.Click("#several .several-fields .button-main")
	tab.Until(priorities + ` === "Critical,Critical,Medium"`)
	tab.Press(".toast form button")
	tab.Until(priorities + ` === "Medium,Medium,Medium"`)
	tab.Clean()
}
