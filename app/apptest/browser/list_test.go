//go:build browser

package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"portal/app/apptest/browser"
)

// rows are the names in the list, as a JavaScript expression.
const rows = `Array.from(document.querySelectorAll("#list [data-row] .cell-main a.clip")).map((a) => a.textContent).join()`

func lists(tab *browser.Tab, names string) { tab.Until(fmt.Sprintf("%s === %q", rows, names)) }

func TestJourney_ListInline(t *testing.T) {
	w := build(t)
	w.task("Order cable", "start_on", "2026-11-20")
	tab := w.enter(w.ada)
	tab.Go(w.project + "/list")

	for _, c := range []struct{ field, choose, text string }{
		{"status", "Review", "Review"}, {"priority", "Critical", "Critical"}, {"assignee", "Ben Okafor", "Ben Okafor"},
	} {
		cell := "#row-t1-" + c.field
		tab.Click(cell + " a")
		tab.Focused(cell + " select")
		tab.Choose(cell+" select", c.choose)
		tab.Wait(cell + " a")
		tab.Focused(cell + " a")
		tab.Until(fmt.Sprintf("document.querySelector(%q).textContent.includes(%q)", cell, c.text))
	}

	due := "#row-t1-due-on"
	tab.Click(due + " a")
	tab.Focused(due + " input[type=date]")
	tab.Keys(kb.Escape)
	tab.Focused(due + " a")
	tab.Click(due + " a")
	tab.Focused(due + " input[type=date]")
	tab.Fill(due+" input[type=date]", "11192026")
	tab.Keys(kb.Enter)
	tab.WaitText("The task would be due before it starts.")
	tab.Focused(due + ` input[aria-invalid="true"]`)
	tab.Clean("422")
	tab.Fill(due+" input[type=date]", "12042026")
	tab.Keys(kb.Enter)
	tab.Focused(due + " a")
	tab.Until(fmt.Sprintf("document.querySelector(%q).textContent.includes('4 Dec')", due))

	// The next row is edited with the keys alone: Escape leaves the choice as it was.
	tab.Keys(kb.Enter)
	tab.Focused(due + " input[type=date]")
	tab.Keys(kb.Escape)
	tab.Focused(due + " a")
	tab.Go(w.project + "/list")
	for _, text := range []string{"Review", "Critical", "Ben Okafor", "4 Dec"} {
		tab.WaitText(text)
	}
	tab.Clean()
}

func TestJourney_ListFilter(t *testing.T) {
	w := build(t)
	w.task("Order cable", "priority", w.hot, "due_on", "2026-12-01")
	w.task("Label racks", "due_on", "2026-11-30")
	w.task("Order switches")
	parent := w.task("Test links")
	number := parent[len(parent)-1:]
	w.task("Test uplink", "parent", number)
	list := w.project + "/list"
	tab := w.enter(w.ada)
	tab.Go(list)
	lists(tab, "Order cable,Label racks,Order switches,Test links,Test uplink")
	tab.Wait(".tree-1")

	tab.Keys("/")
	tab.Focused("#main [name=q]")
	tab.Keys("order")
	tab.At(list + "?q=order")
	lists(tab, "Order cable,Order switches")
	tab.Focused("#main [name=q]")
	tab.Choose("#main [name=priority]", "Critical")
	tab.At(list + "?priority=4&q=order")
	lists(tab, "Order cable")
	tab.Go(list + "?priority=4&q=order")
	lists(tab, "Order cable")
	if q := browser.Eval[string](tab, `document.querySelector("#main [name=q]").value + document.querySelector("#main [name=priority]").value`); q != "order4" {
		t.Errorf("after a reload the filter says %q", q)
	}
	tab.Press(".chip")
	tab.Wait(".chip")
	lists(tab, "Order cable")
	tab.At(list + "?priority=4")

	tab.Go(list)
	tab.Click(`a[href*="sort=name"]`)
	tab.At(list + "?sort=name")
	lists(tab, "Label racks,Order cable,Order switches,Test links,Test uplink")
	tab.Click(`a[href*="sort=-name"]`)
	tab.At(list + "?sort=-name")
	lists(tab, "Test uplink,Test links,Order switches,Order cable,Label racks")
	tab.Back()
	tab.At(list + "?sort=name")
	lists(tab, "Label racks,Order cable,Order switches,Test links,Test uplink")
	tab.Back()
	tab.At(list)
	lists(tab, "Order cable,Label racks,Order switches,Test links,Test uplink")

	// What is filtered keeps its order, and loses it with the heading.
	tab.Click(`a[href*="sort=name"]`)
	tab.At(list + "?sort=name")
	tab.Fill("#main [name=q]", "order")
	tab.At(list + "?q=order&sort=name")
	lists(tab, "Order cable,Order switches")
	tab.Click(`a[href*="sort=-name"]`)
	tab.At(list + "?q=order&sort=-name")
	tab.Fill("#main [name=q]", "test")
	tab.At(list + "?q=test&sort=-name")
	lists(tab, "Test uplink,Test links")

	// What fits nothing says so and leads out.
	tab.Go(list + "?q=zebra")
	tab.WaitText("No task fits")
	tab.Press(".empty .button-main")
	tab.At(list)
	tab.Clean()
}

func TestJourney_ListPages(t *testing.T) {
	w := build(t)
	w.tasks(60, "Rack")
	list := w.project + "/list"
	tab := w.enter(w.ada)
	tab.Go(list)
	tab.WaitText("1–25 of 60 tasks")
	tab.Click(`[aria-label="Next page"]`)
	tab.At(list + "?page=2")
	tab.WaitText("26–50 of 60 tasks")
	tab.Click(`[aria-label="Next page"]`)
	tab.WaitText("51–60 of 60 tasks")
	tab.Back()
	tab.At(list + "?page=2")
	tab.WaitText("26–50 of 60 tasks")
	tab.Click(`[aria-label="100 rows a page"]`)
	tab.At(list + "?size=100")
	tab.WaitText("1–60 of 60 tasks")
	tab.Clean()
}

func TestJourney_Projects(t *testing.T) {
	w := build(t)
	w.newProject("Audit the cabinets", "priority", w.hot)
	w.newProject("Bring up the site")
	tab := w.enter(w.ada)
	tab.Go("/projects")
	cell := "#row-p2-priority"
	tab.Click(cell + " a")
	tab.Focused(cell + " select")
	tab.Keys(kb.Escape)
	tab.Focused(cell + " a")
	tab.Keys(kb.Enter)
	tab.Choose(cell+" select", "High")
	tab.Focused(cell + " a")
	tab.Until(fmt.Sprintf("document.querySelector(%q).textContent.includes('High')", cell))

	tab.Keys("/")
	tab.Keys("b")
	tab.At("/projects?q=b")
	tab.Fill("#main [name=q]", "site")
	tab.At("/projects?q=site")
	lists(tab, "Bring up the site")
	tab.Back()
	tab.At("/projects?q=b")
	tab.Go("/projects?sort=name")
	lists(tab, "Audit the cabinets,Bring up the site,Move the racks")
	tab.Press(".stat[href*=mine]")
	tab.WaitText("Mine")
	tab.Wait(".stat[aria-current]")
	lists(tab, browser.Eval[string](tab, rows))
	tab.Clean()
}

// A task opens over its list or board with an address of its own; every way back leads to where it was opened.
func TestJourney_Panel(t *testing.T) {
	w := build(t)
	w.task("Order cable")
	w.task("Order switches")
	w.task("Label racks")
	tab := w.enter(w.ada)
	for _, under := range []string{w.project + "/list?q=order", w.project + "?q=order"} {
		tab.Go(under)
		link := `#main a[hx-target="#panel"]`
		tab.Click(link)
		tab.At(w.project + "/tasks/1")
		tab.Wait("#panel #task")
		tab.Until(`document.getElementById("panel").contains(document.activeElement)`)
		tab.Keys("j")
		tab.At(w.project + "/tasks/2")
		tab.Until(`document.querySelector("#panel h1").textContent === "Order switches"`)
		tab.Keys("k")
		tab.At(w.project + "/tasks/1")
		tab.Until(`document.querySelector("#panel h1").textContent === "Order cable"`)
		tab.Keys(kb.Escape)
		tab.Gone("#panel #task")
		tab.At(under)
		tab.Focused(link)
		tab.Keys(kb.Enter)
		tab.Wait("#panel [data-panel-close]")
		tab.Click("#panel [data-panel-close]")
		tab.Gone("#panel #task")
		tab.At(under)
		tab.Click(link)
		tab.Wait("#panel #task")
		tab.Back()
		tab.At(under)
		tab.Gone("#panel #task")
		tab.Until(`document.querySelectorAll('#main a[hx-target="#panel"]').length === 2`)
	}
	// The panel's address is a page of its own, and what is changed there is changed in the list below.
	tab.Go(w.project + "/list")
	tab.Click("#list [data-row] .cell-main a.clip")
	tab.Click("#panel #t1-status a")
	tab.Choose("#panel #t1-status select", "Done")
	tab.Until(`document.querySelector("#row-t1-status").textContent.includes("Done")`)
	tab.Go(w.project + "/tasks/1")
	tab.Wait("#main > #task")
	tab.Clean()
}

// Who does not see the rows change hears how many are left.
func TestJourney_FilterSaysWhatItFound(t *testing.T) {
	w := build(t)
	w.task("Order cable")
	w.task("Order tape")
	tab := w.enter(w.ada)
	for path, said := range map[string][2]string{"/list": {"1 task", "No task fits"}, "": {"Tasks: 1", "Tasks: 0"}} {
		tab.Go(w.project + path)
		for i, find := range []string{"cable", "zebra"} {
			tab.Fill("#filters input[name=q]", find)
			tab.Until(fmt.Sprintf("document.querySelector('#announce').textContent.includes(%q)", said[i]))
		}
	}
}

// A phone shows no headings to sort by, and cards have none: there the order is chosen. The filters keep it, and it keeps them.
func TestJourney_ListOrderWithoutHeadings(t *testing.T) {
	w := build(t)
	w.newProject("Anchors away")
	w.newProject("Zinc in the drains")
	tab := w.enter(w.ada)
	tab.Go("/projects")
	tab.Until(`!document.querySelector("#sort").checkVisibility()`)
	tab.Look(360, "light")
	tab.Go("/projects?q=a")
	tab.Choose("#sort", "Project, down")
	tab.Until(rows + `.startsWith("Zinc in the drains,")`)
	tab.Focused("#sort")
	tab.Until(`location.search.includes("sort=-name") && location.search.includes("q=a")`)
	tab.Fill("#filters [name=q]", "an")
	lists(tab, "Anchors away")
	tab.Until(`location.search.includes("sort=-name") && document.querySelector("#sort").value === "-name"`)
	tab.Go("/projects?view=grid&sort=name")
	tab.Choose("#sort", "Usual order")
	tab.Until(`!location.search.includes("sort=") && location.search.includes("view=grid")`)
	tab.Check("phone-order")

	tab.Look(360, "dark")
	tab.Go("/projects/mine")
	tab.Choose("#sort", "Task, down")
	tab.Until(`location.search.includes("sort=-name")`)
	tab.Clean()
}
