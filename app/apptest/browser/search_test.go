//go:build browser

package browser_test

import (
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"

	"portal/app/apptest/browser"
)

// chosen is what the palette would open.
func chosen(tab *browser.Tab) string {
	return browser.Eval[string](tab, `(document.getElementById(document.querySelector("#palette-input").getAttribute("aria-activedescendant"))?.textContent || "").replace(/\s+/g, " ").trim()`)
}

// From any page to any thing by keys alone: what was opened last stands first, a page, an action of the page, nothing.
func TestJourney_PaletteByKeysAlone(t *testing.T) {
	w := build(t)
	w.task("Replace the zebra cable")
	task := w.task("Order zebras")
	tab := w.enter(w.ada)
	tab.Go("/projects")
	tab.Chord(input.ModifierCtrl, "k")
	tab.Focused("#palette-input")
	tab.Wait("#palette-list [role=option]")
	tab.Check("palette-empty")
	tab.Keys("order zeb")
	tab.WaitText("All results for “order zeb”")
	if got := chosen(tab); got == "" || got[len(got)-len("Order zebras Task"):] != "Order zebras Task" {
		t.Errorf("the palette would open %q", got)
	}
	tab.Check("palette-found")
	tab.Keys(kb.Enter)
	tab.At(task)

	tab.Chord(input.ModifierCtrl, "k")
	tab.Wait("#palette-list [data-found='projects.task']")
	if got := browser.Eval[string](tab, `document.querySelector("#palette-list .palette-head").textContent`); got != "Opened last" {
		t.Errorf("the palette begins with %q", got)
	}
	tab.Keys("my wor" + kb.Enter) // before the list is there that fits
	tab.At("/projects/mine")

	tab.Chord(input.ModifierCtrl, "k")
	tab.Keys("nosuchword")
	tab.WaitText("Nothing found for “nosuchword”.")
	tab.Check("palette-nothing")
	tab.Keys(kb.Escape)
	tab.Gone("#palette[open]")

	for _, address := range []string{"/search", "/search?q=zebra", "/search?q=theme", "/search?q=nosuchword"} {
		tab.Go(address)
		tab.Quiet()
		tab.Check("search")
	}
	tab.Go(w.project)
	tab.Chord(input.ModifierCtrl, "k")
	tab.Keys("new ta")
	tab.Wait("#palette-here-0")
	tab.Keys(kb.ArrowUp + kb.Enter)
	tab.Wait("#dialog[open] #task-form")
	tab.Clean()
}

// Without scripts the button leads to a page that finds the same.
func TestPlain_Search(t *testing.T) {
	w := build(t)
	task := w.task("Order zebras")
	tab := w.enter(w.ada)
	tab.Script(false)
	tab.Go("/")
	tab.Click(".side [data-palette-open]")
	tab.At("/search")
	tab.Fill("[name=q]", "zebra")
	tab.Click(".filters button")
	tab.Click(".find-list a")
	tab.At(task)
	tab.Clean()
}
