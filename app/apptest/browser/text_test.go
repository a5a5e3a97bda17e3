//go:build browser

package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"

	"portal/app/apptest/browser"
)

// value is what a field holds.
func value(tab *browser.Tab, selector string) string {
	return browser.Eval[string](tab, `document.querySelector("`+selector+`").value`)
}

func TestJourney_QuickAddStaysReadyAndTakesSeveralLines(t *testing.T) {
	w := build(t)
	tab := w.enter(w.ada)
	tab.Go(w.project)
	tab.Keys("q")
	tab.Focused("#quick-text")
	tab.Keys("Replace the UPS !crit tomorrow")
	tab.Wait("#quick-chips .badge")
	tab.Keys(kb.Enter)
	shows(tab, w.todo, "Replace the UPS")
	tab.Focused("#quick-text")
	browser.Eval[any](tab, `(() => { const d = new DataTransfer(); d.setData("text/plain", "Order cable\n  Measure it\nLabel racks");
		document.querySelector("#quick-text").dispatchEvent(new ClipboardEvent("paste", { clipboardData: d, bubbles: true, cancelable: true })); })()`)
	tab.Wait("#quick-preview .tree-1")
	tab.Click("#quick-form .button-main")
	shows(tab, w.todo, "Replace the UPS,Order cable,Measure it,Label racks")
	tab.Clean()
}

func TestJourney_TextSuggestsPreviewsAndKeepsADraft(t *testing.T) {
	w := build(t)
	task := w.task("Order cable")
	tab := w.enter(w.ada)
	tab.Go(task)
	tab.Click("#comments textarea")
	tab.Keys("ask @ben")
	tab.Wait("#f-text-suggest [aria-selected=true]")
	tab.Keys(kb.Enter)
	tab.Keys("about #1")
	tab.Wait("#f-text-suggest [data-insert='#1']")
	tab.Keys(kb.Escape)
	tab.Gone("#f-text-suggest [data-insert]")
	tab.Wait(".draft-note [data-draft-at]")
	want := "ask @" + w.ben.User.Username + " about #1"
	if got := value(tab, "#comments textarea"); got != want {
		t.Errorf("%q, not %q", got, want)
	}
	tab.Click("#comments [data-writer-tab=preview]")
	tab.Wait(".writer-preview a.mention")
	tab.Check("preview")
	tab.Go(task) // asks nothing: the draft is kept
	tab.Click("[data-draft-use]")
	if got := value(tab, "#comments textarea"); got != want {
		t.Errorf("the draft is %q", got)
	}
	tab.Click("#comments form:last-of-type .button:not([type])")
	tab.Wait(".comment a.mention")
	tab.Go(task)
	tab.Quiet()
	if n := browser.Eval[int](tab, `document.querySelectorAll(".draft-offer").length`); n != 0 {
		t.Error("a draft is offered that was sent")
	}
	tab.Clean()
}
