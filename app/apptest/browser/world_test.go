//go:build browser

package browser_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"testing"

	"portal/app/apptest"
	"portal/app/apptest/browser"
	"portal/features"
)

// world is a portal with a project of Ada's, whose team Ben belongs to; Cleo may see it, no more.
type world struct {
	t               *testing.T
	p               *apptest.Portal
	ada, ben, cleo  *apptest.Browser
	project         string // its address
	todo, doing     string // ids of the first two statuses
	review, ended   string // and of the fourth and fifth
	low, usual, hot string // ids of priorities
}

// A name as people give them, longer than any column is wide.
const longName = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihung in Nordrhein-Westfalen vorbereiten"

func build(t *testing.T) *world {
	t.Helper()
	p := apptest.New(t, features.All...)
	w := &world{t: t, p: p, todo: "1", doing: "2", review: "4", ended: "5", low: "1", usual: "2", hot: "4"}
	w.ada, w.ben, w.cleo = p.As("Ada Lovelace", "user"), p.As("Ben Okafor", "user"), p.As("Cleo Marsh", "user")
	w.project = w.newProject("Move the racks", "watchers", person(w.ben))
	return w
}

func person(b *apptest.Browser) string { return strconv.FormatInt(b.User.ID, 10) }

func (w *world) newProject(name string, more ...string) string {
	w.t.Helper()
	f := apptest.Form("name", name, "status", w.todo, "priority", w.usual, "lead", person(w.ada), "icon", "server")
	for k, v := range apptest.Form(more...) {
		f[k] = v
	}
	return w.ada.Post("/projects", f).Want(http.StatusSeeOther).Location()
}

// task makes a task of Ada's project and gives its address.
func (w *world) task(name string, more ...string) string {
	w.t.Helper()
	return w.taskOf(w.project, name, more...)
}

func (w *world) taskOf(project, name string, more ...string) string {
	w.t.Helper()
	f := apptest.Form("name", name, "status", w.todo, "priority", w.usual, "assignee", "0")
	for k, v := range apptest.Form(more...) {
		f[k] = v
	}
	return w.ada.Post(project+"/tasks", f).Want(http.StatusSeeOther).Location()
}

func (w *world) tasks(n int, name string) {
	w.t.Helper()
	for i := range n {
		w.task(fmt.Sprintf("%s %d", name, i+1))
	}
}

// enter opens a Chromium in which the person is signed in.
func (w *world) enter(who *apptest.Browser) *browser.Tab {
	w.t.Helper()
	tab := browser.Open(w.t, w.p)
	tab.SignIn(who.User.Username)
	return tab
}

var versionField = regexp.MustCompile(`name="version" value="(\d+)"`)

// set changes one field of a task behind everybody's back.
func (w *world) set(who *apptest.Browser, task, field, value string) {
	w.t.Helper()
	form := who.Get(task + "/field/" + field + "/edit").Want(http.StatusOK)
	version := versionField.FindStringSubmatch(form.Body)[1]
	who.Post(task+"/field/"+field, apptest.Form(field, value, "version", version)).Want(http.StatusSeeOther)
}

// card is the selector of a task's card.
func (w *world) card(tab *browser.Tab, name string) string {
	w.t.Helper()
	tab.Until(fmt.Sprintf(`Array.from(document.querySelectorAll("[data-card] a")).some((a) => a.textContent === %q)`, name))
	return "#" + browser.Eval[string](tab, fmt.Sprintf(`Array.from(document.querySelectorAll("[data-card] a")).find((a) => a.textContent === %q).closest("[data-card]").id`, name))
}

// column is the selector of a column's cards.
func column(status string) string { return `[data-board-column="` + status + `"]` }

// names are a column's cards from top to bottom, as a JavaScript expression.
func names(status string) string {
	return fmt.Sprintf(`Array.from(document.querySelectorAll('[data-board-column="%s"] [data-card] a')).map((a) => a.textContent).join()`, status)
}

// shows waits until the column holds just these cards, their names joined by commas.
func shows(tab *browser.Tab, status, cards string) {
	tab.Until(fmt.Sprintf("%s === %q", names(status), cards))
}

func query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "?" + q.Encode()
}
