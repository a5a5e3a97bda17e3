//go:build browser

package browser_test

import (
	"strings"
	"testing"

	"portal/app/apptest/browser"
)

// A picture that is pasted into a comment becomes a file of the project, and the comment shows it, also when the page was left in between.
func TestJourney_PastedPictureAndDraftComeBack(t *testing.T) {
	w := build(t)
	task := w.task("Order cable")
	tab := w.enter(w.ada)
	tab.Go(task)
	tab.Click("#comments textarea")
	tab.Keys("The rack as it is: ")
	browser.Eval[any](tab, `(() => { const c = document.createElement("canvas"); c.width = c.height = 8;
		c.toBlob((blob) => { const d = new DataTransfer(); d.items.add(new File([blob], "rack.png", { type: "image/png" }));
			document.querySelector("#comments textarea").dispatchEvent(new ClipboardEvent("paste", { clipboardData: d, bubbles: true, cancelable: true })); }); })()`)
	tab.Until(`/!\[[^\]]*\]\(\/projects\/1\/files\/\d+[^)]*\)/.test(document.querySelector("#comments textarea").value)`)
	text := value(tab, "#comments textarea")
	if !strings.HasPrefix(text, "The rack as it is:") || strings.Contains(text, "Sending") {
		t.Errorf("the text is %q", text)
	}
	tab.Wait(".draft-note [data-draft-at]")
	tab.Quiet()
	tab.Go("/drafts")
	tab.WaitText("Order cable")
	tab.Go(task)
	tab.Click("[data-draft-use]")
	if got := value(tab, "#comments textarea"); got != text {
		t.Errorf("the draft is %q, not %q", got, text)
	}
	tab.Click("#comments form:last-of-type .button:not([type])")
	tab.Wait(".comment img")
	tab.Until(`document.querySelector(".comment img").complete && document.querySelector(".comment img").naturalWidth > 0`)
	tab.Go(w.project + "/files")
	tab.WaitText("rack.png")
	tab.Clean()
}
