//go:build browser

package browser_test

import (
	"net/http"
	"testing"

	"portal/app/apptest"
	"portal/app/apptest/browser"
)

// What somebody types stays while others change what stands around it.
func TestJourney_HalfAComment(t *testing.T) {
	w := build(t)
	task := w.task("Order cable")
	tab := w.enter(w.ada)
	for _, at := range []string{task, w.project + "/comments"} {
		tab.Go(at)
		tab.Click("#comments textarea")
		tab.Keys("Half a thou")
		browser.Eval[any](tab, `document.querySelector("#comments textarea").blur()`)
		w.ben.Post(at[:len(at)-len("/comments")*boolInt(at != task)]+"/comments", apptest.Form("text", "Ben was here")).Want(http.StatusSeeOther)
		tab.WaitText("Ben was here")
		if typed := browser.Eval[string](tab, `document.querySelector("#comments textarea").value`); typed != "Half a thou" {
			t.Errorf("at %s the comment is %q after Ben's came", at, typed)
		}
		tab.Click("#comments textarea")
		tab.Keys("ght")
		tab.Click("#comments form[data-guard] button:not([type=button])")
		tab.WaitText("Half a thought")
		tab.Until(`document.querySelector("#comments form[data-guard] textarea").value === ""`)
	}
	tab.Clean()
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestJourney_TodosOfTwo(t *testing.T) {
	w := build(t)
	task := w.task("Order cable")
	for _, at := range []string{task, w.project + "/todos"} {
		one, other := w.enter(w.ada), w.enter(w.ben)
		one.Go(at)
		other.Go(at)
		one.Click("#todos [name=text]")
		one.Keys("Call the shop\r")
		one.Until(`document.querySelectorAll("#todos .todo").length === 1`)
		one.Focused("#todos [name=text]")
		one.Keys("Sign the order\r")
		one.Until(`document.querySelectorAll("#todos .todo").length === 2`)
		other.Until(`document.querySelectorAll("#todos .todo").length === 2`)
		other.Click("#todos .todo-tick")
		other.Wait("#todos .todo-done")
		other.Focused("#todos .todo-tick")
		one.Wait("#todos .todo-done")
		one.Until(`document.querySelector("#todos").textContent.includes("1 of 2")`)
		one.Clean()
		other.Clean()
	}
}

// The head of a project and the lists follow what others do, and keep what is open.
func TestJourney_HeadFollows(t *testing.T) {
	w := build(t)
	w.task("Order cable")
	head, list := w.enter(w.ben), w.enter(w.cleo)
	head.Go(w.project)
	list.Go("/projects")
	w.set(w.ada, w.project, "priority", w.hot)
	head.Until(`document.querySelector("#p1-priority").textContent.includes("Critical")`)
	list.Until(`document.querySelector("#row-p1-priority").textContent.includes("Critical")`)
	w.set(w.ada, w.project+"/tasks/1", "status", w.ended)
	head.Until(`document.querySelector("#project-head progress").value === 100`)
	shows(head, w.ended, "Order cable")
	list.Until(`document.querySelector("#list progress").value === 100`)

	// What is not of somebody's team goes from the list when it becomes private, and its board answers as if it had never been.
	w.newProject("Known to all")
	list.WaitText("Known to all")
	form := w.ada.Get("/projects/2/edit").Want(http.StatusOK)
	w.ada.Post("/projects/2/edit", apptest.Form("name", "Known to few", "status", w.todo, "priority", w.usual, "lead", person(w.ada), "icon", "server",
		"private", "1", "task_key", "KTA", "version", versionField.FindStringSubmatch(form.Body)[1])).Want(http.StatusSeeOther)
	list.Until(`!document.body.innerText.includes("Known to")`)
	head.Clean()
	list.Clean()
}

// An open menu stays open while the rows below it change.
func TestJourney_MenuStaysOpen(t *testing.T) {
	w := build(t)
	task := w.task("Order cable")
	tab := w.enter(w.ada)
	tab.Go(w.project)
	tab.Click(".head-actions .menu summary")
	tab.Wait(".head-actions .menu[open] .menu-bad")
	w.set(w.ben, task, "status", w.doing)
	shows(tab, w.doing, "Order cable")
	tab.Wait(".head-actions .menu[open] .menu-bad")
	tab.Keys("\x1b")
	tab.Gone(".head-actions .menu[open]")
	tab.Focused(".head-actions .menu summary")
	tab.Clean()
}
