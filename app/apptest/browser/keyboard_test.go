//go:build browser

package browser_test

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp/kb"

	"portal/app/apptest"
	"portal/app/apptest/browser"
	"portal/features"
)

// seen fails the test unless the focus is on something whose focus is to be seen.
func seen(t *testing.T, tab *browser.Tab, when string) {
	t.Helper()
	said := browser.Eval[string](tab, `(() => {
		const e = document.activeElement, s = getComputedStyle(e);
		if (e === document.body) return "the focus is lost";
		const ring = (x) => { const s = getComputedStyle(x); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2; };
		const r = e.getBoundingClientRect();
		if (e.matches("#main, #panel, dialog")) return "";
		if (r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth) return "out of sight: " + e.outerHTML.slice(0, 120);
		return ring(e) || e.id === "nav-toggle" && ring(e.nextElementSibling) ? "" : "no outline: " + e.outerHTML.slice(0, 120);
	})()`)
	if said != "" {
		t.Errorf("%s: %s", when, said)
	}
}

// tabTo goes on with the tab key until the focus is on something of the selector; each stop is to be seen.
func tabTo(t *testing.T, tab *browser.Tab, selector string) {
	t.Helper()
	for range 80 {
		if browser.Eval[bool](tab, "document.activeElement.matches(`"+selector+"`)") {
			return
		}
		tab.Keys(kb.Tab)
		seen(t, tab, "on the way to "+selector)
	}
	t.Fatalf("the tab key does not lead to %s", selector)
}

// From signing in to a comment without a mouse.
func TestJourney_KeyboardAlone(t *testing.T) {
	p := apptest.New(t, features.All...)
	user := p.Person("Ada Lovelace", "user")
	tab := browser.Open(t, p)
	tab.Go("/login")
	tab.Focused("#f-name")
	seen(t, tab, "sign-in")
	tab.Keys(user.Username + kb.Tab + apptest.Password + kb.Enter)
	tab.At("/")
	tab.Keys(kb.Tab)
	tab.Focused(".skip")
	seen(t, tab, "first stop")

	tab.Keys("gp")
	tab.At("/projects")
	tab.Keys("?")
	tab.Wait("#keys[open]")
	tab.WaitText("New project")
	if help := tab.Text("#keys"); strings.Contains(help, "New task") || strings.Contains(help, "Pick up") || strings.Contains(help, "Next row") {
		t.Errorf("the help of the empty list of projects names keys that do nothing here: %s", help)
	}
	tab.Keys(kb.Escape)
	tab.Gone("#keys[open]")
	tab.Keys("c")
	tab.At("/projects/new")
	tab.Focused("#f-name")
	tab.Keys(kb.Enter)
	tab.WaitText("This is needed.")
	tab.Clean("422")
	tab.Focused("#f-name")
	tab.Keys("Move the racks")
	tab.Chord(input.ModifierCtrl, kb.Enter)
	tab.At("/projects/1")

	tab.Keys("c")
	tab.Focused("#dialog #f-name")
	tab.Keys(kb.Enter)
	tab.Focused(`#dialog #f-name[aria-invalid="true"]`)
	tab.Clean("422")
	tab.Keys("Order cable" + kb.Enter)
	tab.WaitText("The task “Order cable” is made.")
	tab.Gone("#dialog[open]")
	tab.Wait("[data-card]")
	tab.At("/projects/1")
	tab.Keys("?")
	tab.Wait("#keys[open]")
	if help := tab.Text("#keys"); !strings.Contains(help, "New task") || !strings.Contains(help, "Pick up") || strings.Contains(help, "New project") {
		t.Errorf("the help on the board: %s", help)
	}
	tab.Keys(kb.Escape)

	tab.Keys("j")
	tab.Focused("[data-card] a")
	seen(t, tab, "j")
	tab.Keys(kb.Enter)
	tab.Wait("#panel #task")
	tab.Keys(kb.Escape)
	tab.At("/projects/1")
	tab.Focused("[data-card] a")
	tab.Go("/projects/1/tasks/1")
	for _, c := range []struct{ field, keys, text string }{{"status", "Review", "Review"}, {"priority", "Critical", "Critical"}, {"assignee", "Ada", "Ada Lovelace"}} {
		tabTo(t, tab, "#t1-"+c.field+" a")
		tab.Keys(kb.Enter)
		tab.Focused("#t1-" + c.field + " select")
		seen(t, tab, "editor of "+c.field)
		tab.Keys(c.keys + kb.Enter)
		tab.Focused("#t1-" + c.field + " a")
		seen(t, tab, "value of "+c.field)
		tab.WaitText(c.text)
		tab.Go("/projects/1/tasks/1")
	}
	tabTo(t, tab, "#todo-text")
	tab.Keys("Call the shop" + kb.Enter)
	tab.WaitText("Call the shop")
	tab.Focused("#todo-text")
	tab.Go("/projects/1/tasks/1")
	tabTo(t, tab, ".todo-tick")
	tab.Keys(" ")
	tab.Wait(".todo-done")
	tab.Focused(".todo-tick")
	tabTo(t, tab, "#comments textarea")
	tab.Keys("g p c ? are words here")
	tab.Chord(input.ModifierCtrl, kb.Enter)
	tab.WaitText("g p c ? are words here")
	tab.Until(`document.activeElement !== document.body`)
	seen(t, tab, "after the comment")
	tab.Keys("e")
	tab.Until(`location.pathname === "/projects/1/tasks/1/edit" || document.activeElement.matches("textarea")`)
	tab.Clean()
}

// The menu of a phone opens, is walked through and closes by keys, and is never in the way of a wide screen.
func TestJourney_PhoneMenu(t *testing.T) {
	w := build(t)
	tab := w.enter(w.ada)
	const open = `getComputedStyle(document.querySelector(".side")).visibility === "visible" && document.querySelector(".side").getBoundingClientRect().left === 0`
	tab.Look(360, "light")
	tab.Go("/projects")
	tabTo(t, tab, "#nav-toggle")
	tab.Keys(" ")
	tab.Until(open)
	tabTo(t, tab, ".side-link")
	tabTo(t, tab, ".person-menu summary")
	tab.Keys(kb.Enter)
	tabTo(t, tab, "button[name=theme][value=dark]")
	tab.Keys(kb.Escape)
	tab.Focused(".person-menu summary")
	tab.Keys(kb.Escape)
	tab.Focused("#nav-toggle")
	tab.Until("!(" + open + ")")
	tab.Click(".bar-menu")
	tab.Until(open)
	tab.Press(".side-link[href='/']")
	tab.At("/")
	tab.Until("!(" + open + ")")
	tab.Click(".bar-menu")
	tab.Until(open)
	browser.Eval[any](tab, `document.elementFromPoint(330, 400).click()`)
	tab.Until("!(" + open + ")")
	tab.Look(1440, "light")
	tab.Go("/projects")
	for range 12 {
		tab.Keys(kb.Tab)
		seen(t, tab, "wide")
	}
	tab.Clean()
}
