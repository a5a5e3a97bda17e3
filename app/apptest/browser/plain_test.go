//go:build browser

package browser_test

import (
	"testing"

	"portal/app/apptest/browser"
)

// Everything but dragging works in a browser that runs no script.
func TestJourney_WithoutScript(t *testing.T) {
	w := build(t)
	tab := browser.Open(t, w.p)
	tab.Script(false)
	tab.SignIn(w.ada.User.Username)

	tab.Press(".side-link[href='/projects']")
	tab.Press(".head-actions .button-main")
	tab.Press("main form .button-main")
	tab.WaitText("This is needed.")
	tab.Fill("#f-name", "Audit the cabinets")
	tab.Press("main form .button-main")
	tab.WaitText("is made.")
	tab.Press(".project-head .button-main")
	tab.Fill("#f-name", "Count the doors")
	tab.Press("main form .button-main")
	tab.WaitText("is made.")

	// A field by its page: chosen, wrong, right.
	tab.Go("/projects/2/tasks/1")
	tab.Press("#t1-status a")
	tab.At("/projects/2/tasks/1/field/status/edit")
	tab.Choose("main select[name=status]", "Review")
	tab.Press("main form button:not([data-cancel])")
	tab.At("/projects/2/tasks/1")
	tab.WaitText("Status is saved.")
	tab.Until(`document.querySelector("#t1-status").textContent.includes("Review")`)
	tab.Press("#t1-due-on a")
	browser.Eval[any](tab, `document.querySelector("main input[name=due_on]").type = "text"`)
	tab.Fill("main input[name=due_on]", "never")
	tab.Press("main form [aria-label=Save]")
	tab.Wait(".field-error")
	tab.Fill("main input[name=due_on]", "12042026")
	tab.Press("main form [aria-label=Save]")
	tab.Until(`document.querySelector("#t1-due-on").textContent.includes("4 Dec")`)

	tab.Fill("#todos [name=text]", "Bring a ladder")
	tab.Press("#todos .row .button")
	tab.WaitText("The todo is added.")
	tab.Press(".todo-tick")
	tab.Wait(".todo-done")
	tab.Press("#todos [aria-label^='Delete the todo']")
	tab.Press(".toast form button")
	tab.WaitText("Bring a ladder")
	tab.Fill("#comments textarea", "No script **here**")
	tab.Press("#comments form .button")
	tab.Until(`document.querySelector("#comments strong")?.textContent === "here"`)
	tab.Click("#comments .menu summary")
	tab.Press("#comments a.menu-item")
	tab.Fill("#edit-text", "Still no script")
	tab.Press("main form .button-main")
	tab.WaitText("Still no script")
	tab.Click("#comments .menu summary")
	tab.Press("#comments .menu-bad")
	tab.Press(".toast form button")
	tab.WaitText("Still no script")

	tab.Press("#task .head-actions > .button")
	tab.Fill("#f-name", "Count all doors")
	tab.Press("main form .button-main")
	tab.WaitText("Count all doors")
	tab.Click("#task .head-actions .menu summary")
	tab.Press("#task .menu-bad")
	tab.Press(".toast form button")
	tab.At("/projects/2/tasks/1")

	// Filters, sort and the way back.
	tab.Go("/projects/2/list")
	tab.Fill("main [name=q]", "doors")
	tab.Press("main .filters .button")
	tab.WaitText("Count all doors")
	tab.Press(".chip")
	tab.Press("a[href*='sort=name']")
	tab.At("/projects/2/list?sort=name")
	tab.Go("/projects")
	tab.Fill("main [name=q]", "nothing like it")
	tab.Press("main .filters .button")
	tab.WaitText("No project fits")

	tab.Go("/projects/2")
	tab.Click(".project-head .menu summary")
	tab.Press(".project-head .menu-bad")
	tab.Press(".toast form button")
	tab.At("/projects/2")
	tab.Click(".person-menu summary")
	tab.Press("button[name=theme][value=dark]")
	tab.At("/projects/2")
	if theme := browser.Eval[string](tab, "document.documentElement.dataset.theme"); theme != "dark" {
		t.Errorf("the theme is %q", theme)
	}
	tab.Click(".person-menu summary")
	tab.Press(".person-menu form[action='/logout'] button")
	tab.WaitText("You are signed out.")
	tab.Clean("422")
}

// A clash of two forms is settled without a script too.
func TestJourney_ConflictWithoutScript(t *testing.T) {
	w := build(t)
	task := w.task("Order cable")
	tab := browser.Open(t, w.p)
	tab.Script(false)
	tab.SignIn(w.ada.User.Username)
	tab.Go(task)
	tab.Press("#t1-status a")
	w.set(w.ben, task, "status", w.review)
	tab.Choose("main select[name=status]", "Done")
	tab.Press("main form button:not([data-cancel])")
	tab.WaitText("Ben Okafor saved a change")
	tab.Press("#conflict .button-main")
	tab.At(task)
	tab.Until(`document.querySelector("#t1-status").textContent.includes("Done")`)
	tab.Clean("409")
}
