//go:build browser

package browser_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"portal/app/apptest"
	"portal/app/apptest/browser"
	"portal/app/auth"
	"portal/app/fault"
	"portal/app/feature"
	"portal/features"
)

// trouble is a feature whose pages fail, so that one sees how that looks.
func trouble(feature.Kit) (feature.Feature, error) {
	return feature.Feature{
		Name: "trouble", Title: "Trouble", Access: []feature.Access{{Node: "trouble.see", Label: "See trouble", Roles: []string{auth.SignedIn}}},
		Routes: []feature.Route{
			feature.Get("see.away", "/away", "Out of reach", func(*fiber.Ctx) error {
				return fault.New(fault.Away, "The database does not answer. The page tries again by itself.")
			}),
			feature.Get("see.broken", "/broken", "Broken", func(*fiber.Ctx) error { return fmt.Errorf("broken for a test") }),
		},
	}, nil
}

// rich is a portal with a project of everything, one with one of each, and one with nothing.
func rich(t *testing.T) *world {
	t.Helper()
	p := apptest.New(t, append(features.All, trouble)...)
	w := &world{t: t, p: p, todo: "1", doing: "2", review: "4", ended: "5", low: "1", usual: "2", hot: "4"}
	w.ada, w.ben, w.cleo = p.As("Ada Lovelace", "user", auth.Admin), p.As("Ben Okafor", "user"), p.As("Zoë Überstätter-von der Schulenburg", "user")
	w.project = w.newProject(longName, "watchers", person(w.ben), "stakeholders", person(w.cleo), "private", "1", "priority", w.hot,
		"summary", "Alle Abzeichen werden vor der Verleihung geprüft, poliert und in der Reihenfolge der Dienstjahre ausgelegt; siehe https://example.org/"+strings.Repeat("abzeichen/", 12),
		"description", "# Ablauf\n\nErst **prüfen**, dann `polieren`:\n\n- Mütze\n- Abzeichen\n\n| Stelle | Anzahl |\n|---|---|\n| Köln | 12 |\n\n> Nichts vergessen.\n\n```\n"+strings.Repeat("lange zeile ", 30)+"\n```\n")
	for i := range 130 {
		status := []string{w.todo, w.todo, w.todo, w.doing, "3", w.review, w.ended, "6"}[i%8]
		w.task(fmt.Sprintf("Label rack %d in hall B", i+2), "status", status, "priority", fmt.Sprint(i%4+1), "due_on", fmt.Sprintf("2026-11-%02d", i%28+1), "assignee", person([]*apptest.Browser{w.ada, w.ben, w.cleo}[i%3]))
	}
	task := w.task(longName, "priority", w.hot, "due_on", "2026-11-02", "assignee", person(w.cleo), "description", "Siehe **Anlage**.\n\n1. eins\n2. zwei", "status", w.doing,
		"new_labels", "Köln, Hall B, Unterlagenzusammentragungsverantwortungsbereich", "estimate", "3d", "queue", "1")
	number := task[strings.LastIndex(task, "/")+1:]
	w.task("Unterlagen für die Verleihung zusammentragen und an alle beteiligten Stellen verschicken", "parent", number)
	for _, on := range []string{w.project, task} {
		for i := range 6 {
			w.ada.Post(on+"/todos", apptest.Form("text", fmt.Sprintf("Step %d: %s", i+1, strings.Repeat("check the label ", i*2)))).Want(http.StatusSeeOther)
		}
		w.ben.Post(on+"/comments", apptest.Form("text", "Has anybody *seen* the keys? "+strings.Repeat("Überlangeswort", 12))).Want(http.StatusSeeOther)
		w.ada.Post(on+"/comments", apptest.Form("text", "They lie in the drawer:\n\n- left\n- right")).Want(http.StatusSeeOther)
	}
	w.ada.Post(w.project+"/milestones", apptest.Form("name", longName, "due_on", "2026-11-20", "description", "Alle **Abzeichen** liegen aus.")).Want(http.StatusSeeOther)
	w.ada.Post(task+"/waits", apptest.Form("find", "1")).Want(http.StatusSeeOther)
	w.ada.Post(task+"/waits", apptest.Form("kind", "needed", "find", "2")).Want(http.StatusSeeOther)
	w.set(w.ada, task, "status", w.review)
	w.ada.Post(w.project+"/todos/1/tick", apptest.Form("done", "true")).Want(http.StatusSeeOther)
	one := w.newProject("Move the racks")
	w.taskOf(one, "Order cable")
	w.ada.Post(one+"/comments", apptest.Form("text", "Go.")).Want(http.StatusSeeOther)
	w.newProject("Nothing yet")
	for i, name := range []string{longName, "Wiki", "Zebra cam"} {
		w.ada.Post("/weblinks", apptest.Form("url", "https://wiki.example.org/"+strings.Repeat("seite/", i*30+1), "name", name, "category", []string{"Unterlagen", "", "Donaudampfschifffahrtsgesellschaft"}[i], "tags", "network, "+strings.Repeat("lang", 12), "notes", "Siehe\n\nAnlage")).Want(http.StatusSeeOther)
	}
	gone := w.newProject("Given up")
	w.ada.Post(gone+"/delete", nil).Want(http.StatusSeeOther)
	w.shelve()
	return w
}

// shelve writes documents: one of everything, a private one, a template, and one in the trash.
func (w *world) shelve() {
	send := func(path string, pairs ...string) {
		w.t.Helper()
		w.ada.Post(path, apptest.Form(pairs...)).Want(http.StatusSeeOther)
	}
	send("/documents/categories", "name", "Dienstvorschriften und Unterlagenzusammentragungsverantwortungsbereiche")
	send("/documents/categories", "name", "Verleihungen", "parent", "1")
	send("/documents/categories", "name", "Leitung", "private", "1")
	text := "# Ablauf\n\nErst **prüfen**, dann `polieren`:\n\n- [ ] Mütze\n- [x] Abzeichen\n\n## Stellen\n\n| Stelle | Anzahl |\n|---|---|\n| Köln | 12 |\n\n> Nichts vergessen, @" + w.ben.User.Username +
		".\n\n```\n" + strings.Repeat("lange zeile ", 30) + "\n```\n"
	me := person(w.ada)
	send("/documents", "title", longName, "content", text, "category", "2", "tags", "Köln, Hall B, Unterlagenzusammentragungsverantwortungsbereich", "owner", me, "review_on", "2026-01-31", "release", "1")
	send("/documents", "title", "Personal plan", "content", "Not yet.", "category", "3", "owner", me, "private", "1")
	send("/documents", "title", "Report of {{date}}", "content", "By {{me}}", "owner", me, "template", "1", "release", "1")
	send("/documents", "title", "Given up", "owner", me)
	send("/documents/4/delete")
	send("/documents/1/edit", "title", longName, "content", strings.Replace(text, "Mütze", "Mütze und Handschuhe", 1)+"\n## Danach\n\nRuhe.\n", "category", "2", "tags", "Köln, Hall B, Unterlagenzusammentragungsverantwortungsbereich",
		"owner", me, "review_on", "2026-01-31", "note", "Handschuhe auch", "version", "1", "base", "1")
	send("/documents/1/submit", "number", "2")
	send("/documents/1/readers", "roles", "2", "roles", "3")
	send("/documents/1/confirm", "number", "1")
	send("/documents/2/share", "user", person(w.cleo), "level", "read")
	send("/documents/2/share", "role", "2", "level", "write")
	send("/documents/1/watch", "on", "true")
}

// documentAddresses are the pages of a route of documents.
func (w *world) documentAddresses(route, much string) []string {
	all := []string{much}
	switch route {
	case "documents.document.see.list":
		return append(all, much+"?q=zebra", much+"?show=trash", much+"?show=unread", much+query("category", "2", "tags", "1,2", "state", "review", "sort", "-updated"))
	case "documents.document.see.one":
		return append(all, "/documents/1?version=2", "/documents/2", "/documents/3")
	case "documents.document.see.version.compare":
		return append(all, much+"?from=1&to=2&view=side")
	case "documents.document.edit.new":
		return append(all, much+"?template=3", much+"?category=2")
	case "documents.document.share.list", "documents.document.release.reader.list", "documents.document.edit.form":
		return append(all, strings.Replace(much, "/1/", "/2/", 1))
	}
	return all
}

var parameter = regexp.MustCompile(`:(\w+)(<int>)?`)

// addresses are the pages of a route: with much, with one, and with nothing to show.
func (w *world) addresses(route, path string) []string {
	fill := func(values map[string]string) string {
		return parameter.ReplaceAllStringFunc(path, func(s string) string {
			name := strings.TrimSuffix(s[1:], "<int>")
			if values[name] == "" {
				w.t.Errorf("%s: no value is known for %s: add it here", route, s)
			}
			return values[name]
		})
	}
	field := "status"
	if strings.Contains(path, ":node") {
		field = "title"
	}
	if strings.Contains(path, "categories") || strings.HasPrefix(path, "/weblinks") {
		field = "name"
	}
	if strings.HasPrefix(path, "/documents") {
		return w.documentAddresses(route, fill(map[string]string{"id": "1", "number": "1", "category": "1", "tag": "1"}))
	}
	much := fill(map[string]string{
		"id": "1", "number": "131", "status": "2", "field": field, "comment": w.comment(path), "todo": w.todoOf(path), "node": "home.start.see", "name": "app.mail", "import": "1",
		"list": "statuses", "word": "3", "from": "1", "to": "4", "label": "1", "milestone": "1", "kind": "category",
	})
	all := []string{much}
	switch route {
	case "projects.project.see.list":
		return append(all, much+"?q=zebra", much+"?show=trash", much+"?show=archived&sort=name&status=1")
	case "projects.project.see.board", "projects.project.see.tasks", "projects.project.see.todos", "projects.project.see.comments", "projects.project.see.about", "projects.project.see.history",
		"projects.project.see.files", "projects.project.see.trash":
		all = append(all, fill(map[string]string{"id": "2"}), fill(map[string]string{"id": "3"}))
		if strings.HasSuffix(route, "board") || strings.HasSuffix(route, "tasks") {
			all = append(all, much+query("q", "zebra", "show", "overdue", "priority", "1"))
		}
		switch {
		case strings.HasSuffix(route, "board"):
			all = append(all, much+"?lanes=assignee", much+"?lanes=priority")
		case strings.HasSuffix(route, "tasks"):
			all = append(all, much+query("group", "status", "sort", "-priority,due", "columns", "status,labels,start,estimate,parent,completed"))
		}
	case "weblinks.link.see.list":
		return append(all, much+"?view=table", much+"?q=nothing+like+it", much+"?show=trash", much+query("q", "wiki", "tag", "1", "sort", "-clicks"))
	case "weblinks.link.edit.new":
		return append(all, much+query("url", "https://wiki.example.org/seite"))
	case "projects.project.see.statistics":
		return append(all, fill(map[string]string{"id": "2"}), fill(map[string]string{"id": "3"}), much+query("from", "2026-11-01", "assignee", "-1"))
	case "projects.task.edit.import.one":
		w.imports()
		return append(all, fill(map[string]string{"id": "1", "import": "2"}), fill(map[string]string{"id": "1", "import": "3"}), fill(map[string]string{"id": "1", "import": "4"}))
	case "projects.project.see.calendar", "projects.project.see.timeline":
		return append(all, fill(map[string]string{"id": "3"}), much+query("week", "2026-11-09"), much+query("day", "2026-11-09"), much+query("scale", "days", "from", "2026-10-26", "q", "rack"))
	case "projects.project.see.milestones":
		return append(all, fill(map[string]string{"id": "3"}))
	case "projects.task.see.follow":
		return append(all, much+query("days", "3"))
	case "projects.task.see.wait.find":
		return append(all, much+query("find", "rack"))
	case "home.search.see":
		return append(all, much+query("q", "rack"), much+query("q", "rack", "kind", "projects.task", "page", "2"), much+"?q=theme", much+"?q=nosuchword", much+"?q=-not")
	case "admin.mapping.see.list":
		return append(all, much+"?view=menu", much+"?q=task", much+"?show=invalid")
	case "admin.why.see":
		return append(all, much+"?person=ben.okafor&route=projects.task.edit.move")
	case "projects.task.see.one", "projects.task.edit.new":
		return append(all, fill(map[string]string{"id": "2", "number": "1"}))
	case "admin.role.edit.delete.form":
		return []string{fill(map[string]string{"id": w.role()})}
	case "projects.task.edit.field.form":
		return append(all, fill(map[string]string{"id": "1", "number": "131", "field": "due_on"}))
	}
	return all
}

// role makes a role that the portal does not come with and gives its id.
func (w *world) role() string {
	to := w.ada.Post("/admin/roles", apptest.Form("name", "shift lead", "includes", "user")).Want(http.StatusSeeOther).Location()
	return to[strings.LastIndex(to, "/")+1:]
}

// imports are files on their way: with columns to be named, being checked, with errors, and made.
func (w *world) imports() {
	const preview = `{"heads":["Name","Donaudampfschifffahrtsgesellschaftskapitänsmütze"],"rows":[["Label the racks","2026-11-23"],["Überlangeswort-Überlangeswort-Überlangeswort-Überlangeswort",""]],"how":"CSV, UTF-8, separated by semicolons","sheets":["First","Second"]}`
	const problems = `[{"row":2,"column":"Donaudampfschifffahrtsgesellschaftskapitänsmütze","said":"There is no day “2026-02-30”."},{"row":17,"column":"Name","said":"The task has no name."}]`
	for _, state := range []string{"mapping", "checking", "checked", "done"} {
		w.p.Exec("INSERT INTO imports (project_id, user_id, file_name, size, settings, preview, state, total, done, bad, problems, said, first_number, last_number, created_at, updated_at, ended_at) "+
			"VALUES (1, ?, 'Aufgaben.csv', 12345, '{}', ?, ?, 120, 60, 2, ?, '', 1, 120, ?, ?, ?)", w.ada.User.ID, preview, state, problems, w.p.DB.Now(), w.p.DB.Now(), w.p.DB.Now())
	}
}

// comment is one of Ada's: the project's second, or the task's.
func (w *world) comment(path string) string {
	if strings.Contains(path, ":number") {
		return "4"
	}
	return "2"
}

// todoOf is a todo that is not done: of the project, or of the task.
func (w *world) todoOf(path string) string {
	if strings.Contains(path, ":number") {
		return "8"
	}
	return "2"
}

// notPages are routes that a browser never opens as a page.
var notPages = map[string]bool{
	"home.people.avatar": true, "home.events.hear": true, "home.search.see.palette": true, "admin.user.see.export": true,
	"projects.project.see.statistics.table": true, "projects.task.edit.import.errors": true,
	"projects.project.see.file.one": true, "projects.project.see.file.small": true, "projects.feed.see.due": true,
	"weblinks.link.see.open": true,
}

// Every page on a phone in dark, and on a wide screen in light.
func TestLook_EveryPage(t *testing.T) {
	w := rich(t)
	link, err := w.p.Users.Link(w.p.Context(), auth.SetPasswordFor, w.ben.User.ID)
	if err != nil {
		t.Fatal(err)
	}
	outside, tab := browser.Open(t, w.p), w.enter(w.ada)
	for _, r := range w.p.Routes {
		switch {
		case r.Method != http.MethodGet || notPages[r.Name] || r.Feature == "trouble" || r.Name == "home.signin.welcome":
			continue // the welcome is looked at in the journey of the first administrator
		case r.Name == "home.signin.set":
			outside.Go("/set-password/" + link)
			outside.Check(r.Name)
			continue
		case r.Name == "home.signin.form":
			outside.Go(r.Path)
			outside.Check(r.Name)
			continue
		}
		for i, address := range w.addresses(r.Name, r.Path) {
			tab.Go(address)
			tab.Quiet()
			tab.Check(fmt.Sprintf("%s-%d", r.Name, i))
		}
	}
}

// What is open over a page: dialogs, menus, toasts, editors, the panel, the menu of a phone; and pages of trouble.
func TestLook_Pieces(t *testing.T) {
	w := rich(t)
	tab := w.enter(w.ada)
	for address, code := range map[string]string{"/nowhere": "404", "/trouble/away": "503", "/trouble/broken": "500"} {
		tab.Go(address)
		tab.Until(`document.querySelector("[data-retry]")?.removeAttribute("data-retry") ?? true`) // else it asks again meanwhile
		tab.Clean(code)
		tab.Check("trouble-" + code)
		tab.Clean(code)
	}
	for _, wide := range []int64{360, 1440} {
		tab.Look(wide, "light")
		tab.Go(w.project) // its first column has more cards than are in sight, which are not laid out yet
		tab.Until(`[...document.querySelectorAll(".board-card")].every((c) => c.getBoundingClientRect().right <= c.closest(".board-column").getBoundingClientRect().right)`)
	}
	tab.Go(w.project)
	tab.Keys("?")
	tab.Wait("#keys[open]")
	tab.Check("keys")
	tab.Go(w.project)
	tab.Keys("c")
	tab.Wait("#dialog[open] #task-form")
	tab.Check("dialog")
	tab.Click("#dialog .button-main")
	tab.WaitText("This is needed.")
	tab.Clean("422")
	tab.Check("dialog-wrong")
	tab.Go(w.project)
	tab.Click(".head-actions .menu summary")
	tab.Check("menu")
	tab.Go(w.project)
	tab.Click(w.card(tab, "Label rack 2 in hall B") + " a")
	tab.Wait("#panel #task")
	tab.Check("panel")
	tab.Go(w.project + "/list")
	tab.Click("#list [id$=-due-on] a")
	tab.Focused("#list input[type=date]")
	tab.Check("editor")
	tab.Go(w.project + "/tasks/2")
	tab.Click("#t2-status a")
	tab.Wait("#t2-status select")
	tab.Check("editor-page")
	tab.Go(w.project + "/comments")
	tab.Click("#c2 .menu summary")
	tab.Check("comment-menu")
	tab.Click("#c2 a.menu-item")
	tab.Focused("#edit-text")
	tab.Check("comment-edit")
	tab.Go(w.project + "/tasks/3")
	tab.Click(".head-actions .menu summary")
	tab.Press(".menu-bad")
	tab.Wait(".toast form")
	tab.Check("toast")
	w.conflict(tab)
	tab.Clean("409")
	tab.Check("conflict-dialog")

	tab.Look(360, "light")
	tab.Go("/projects")
	tab.Click(".bar-menu")
	tab.Until(`getComputedStyle(document.querySelector(".side")).visibility === "visible"`)
	tab.Check("phone-menu")
	tab.Look(360, "light")
	tab.Click(".person-menu summary")
	tab.Check("phone-person-menu")

	tab.Look(360, "light")
	tab.Go(w.project + "/tasks/131")
	tab.Until(`!document.querySelector(".fact-more").checkVisibility()`)
	tab.Click(".facts-all")
	tab.Until(`document.querySelector(".fact-more").checkVisibility()`)

	const open = "/projects/2" // of which Zoë only reads: who is in a private project's team, or has a task, ticks its todos
	for _, on := range []string{open, open + "/tasks/1"} {
		w.ada.Post(on+"/todos", apptest.Form("text", "Measure the rack")).Want(http.StatusSeeOther)
		w.ada.Post(on+"/todos", apptest.Form("text", "Cut the cable")).Want(http.StatusSeeOther)
	}
	w.ada.Post(open+"/todos/13/tick", apptest.Form("done", "true")).Want(http.StatusSeeOther)
	w.ada.Post(open+"/tasks/1/todos/15/tick", apptest.Form("done", "true")).Want(http.StatusSeeOther)
	reader := w.enter(w.cleo)
	for _, of := range []string{w.project, w.project + "/todos", w.project + "/tasks/131", open, open + "/todos", open + "/tasks/1"} {
		reader.Go(of)
		reader.Check("reader" + strings.ReplaceAll(of, "/", "-"))
		if !strings.HasPrefix(of, open) || of == open {
			continue
		}
		reader.Wait(`#todos .todo-done > span.todo-tick[role=img][aria-label="Done"]`)
		reader.Wait(`#todos :not(.todo-done) > span.todo-tick[role=img][aria-label="Open"]`)
		reader.Until(`!document.querySelector("#todos :is(button, form, a)")`)
	}

	bob := w.p.As("Nora Nobody")
	lost := w.enter(bob)
	lost.Check("start-no-role")
	lost.Go("/projects")
	lost.Clean("403")
	lost.Check("trouble-403")
	lost.Clean("403")
}

// conflict leaves the tab with the dialog of two people's different due dates.
func (w *world) conflict(tab *browser.Tab) {
	w.t.Helper()
	tab.Go(w.project + "/tasks/2")
	due := "#task [id$=-due-on]"
	tab.Click(due + " a")
	tab.Focused(due + " input[name=due_on]")
	w.set(w.ben, w.project+"/tasks/2", "due_on", "2026-12-24")
	tab.Fill(due+" input[name=due_on]", "12312026")
	tab.Keys("\r")
	tab.Wait("#dialog[open] #conflict")
}
