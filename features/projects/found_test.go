package projects

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"portal/app/apptest"
	"portal/app/search"
)

// entries are all that can be found, a line each; not when a thing changed, by which results are sorted: that of a project
// whose tasks change follows with its own next change.
func (w *world) entries() []string {
	w.t.Helper()
	var all []struct {
		Kind, Title, Text, URL string
		ThingID, ParentID      int64
	}
	err := w.DB.Writer().NewSelect().Table("search_entries").Column("kind", "thing_id", "parent_id", "title", "text", "url").OrderExpr("kind, thing_id").Scan(w.Context(), &all)
	if err != nil {
		w.t.Fatal(err)
	}
	var lines []string
	for _, e := range all {
		lines = append(lines, fmt.Sprintf("%s %d of %d: %q %q %s", e.Kind, e.ThingID, e.ParentID, e.Title, e.Text, e.URL))
	}
	return lines
}

// foundAsStored fails unless what can be found is what a rebuild makes of all rows.
func (w *world) foundAsStored(when string) {
	w.t.Helper()
	kept := w.entries()
	ctx := w.Context()
	if err := w.Index.Forget(ctx); err != nil {
		w.t.Fatal(err)
	}
	if err := w.Index.Fill(ctx, nil); err != nil {
		w.t.Fatal(err)
	}
	anew := w.entries()
	for _, line := range kept {
		if !slices.Contains(anew, line) {
			w.t.Errorf("%s: it finds what is not so any more: %s", when, line)
		}
	}
	for _, line := range anew {
		if !slices.Contains(kept, line) {
			w.t.Errorf("%s: it does not find %s", when, line)
		}
	}
}

// finds are the titles of what the person finds, by the alphabet.
func (w *world) finds(name, typed string) string {
	w.t.Helper()
	hits, err := w.Search.Find(w.as(name, "user"), search.Ask{Query: search.Parse(typed), Limit: 50})
	if err != nil {
		w.t.Fatal(err)
	}
	var titles []string
	for _, h := range hits {
		titles = append(titles, h.Title)
	}
	slices.Sort(titles)
	return strings.Join(titles, ", ")
}

// textActs are acts that change what things are found by.
func (w *world) textActs(lea context.Context, random *rand.Rand) map[string]func(p Project, n int64) error {
	word := func() string {
		return []string{"cable", "rack", "Straße", "pump"}[random.IntN(4)] + fmt.Sprint(random.IntN(100))
	}
	one := func(table string, p Project) int64 {
		rows := append(w.rows(table, "project_id = "+id(p.ID)), 0)
		return rows[random.IntN(len(rows))]
	}
	at := func(table string, p Project) (owner, int64) { // a note, and what it hangs on
		n := one(table, p)
		var numbers []int64
		if err := w.DB.Writer().NewSelect().TableExpr("? AS x", bun.Ident(table)).Join("JOIN tasks AS t ON t.id = x.task_id").Column("t.number").Where("x.id = ?", n).Scan(lea, &numbers); err != nil {
			w.t.Fatal(err)
		}
		return owner{p.ID, append(numbers, 0)[0]}, n
	}
	version := func(table string, n int64) (v int64) {
		if err := w.DB.Writer().NewSelect().Table(table).ColumnExpr("COALESCE(MAX(version), 0)").Where("id = ?", n).Scan(lea, &v); err != nil {
			w.t.Fatal(err)
		}
		return v
	}
	return map[string]func(p Project, n int64) error{
		"rename a task": func(p Project, n int64) error {
			_, err := w.tasks.Update(lea, p.ID, n, taskForm{Name: word(), Description: word(), Version: 1 << 40}, []string{"name", "description"})
			return err
		},
		"comment": func(p Project, n int64) error {
			_, err := w.notes.AddComment(lea, owner{p.ID, n * int64(random.IntN(2))}, word(), "")
			return err
		},
		"edit a comment": func(p Project, _ int64) error {
			o, n := at("comments", p)
			return w.notes.EditComment(lea, o, n, word(), version("comments", n))
		},
		"delete a comment": func(p Project, _ int64) error {
			o, n := at("comments", p)
			return w.notes.DeleteComment(lea, o, n, random.IntN(2) == 0)
		},
		"todo": func(p Project, n int64) error {
			return w.notes.AddTodo(lea, owner{p.ID, n * int64(random.IntN(2))}, word(), "")
		},
		"edit a todo": func(p Project, _ int64) error {
			o, n := at("todos", p)
			return w.notes.EditTodo(lea, o, n, todoEdit{Text: word(), Version: version("todos", n)})
		},
		"delete a todo": func(p Project, _ int64) error {
			o, n := at("todos", p)
			if err := w.notes.DeleteTodo(lea, o, n, true); err == nil {
				return nil
			}
			return w.notes.DeleteTodo(lea, o, n, false)
		},
		"rename a project": func(p Project, _ int64) error {
			_, err := w.projects.Update(lea, p.ID, projectForm{Name: word(), TaskKey: strings.ToUpper(string(rune('A'+random.IntN(26)))) + "X" + fmt.Sprint(random.IntN(1000)), Version: 1 << 40}, []string{"name", "task_key"})
			return err
		},
		"a template or not": func(p Project, _ int64) error {
			_, err := w.projects.SetTemplate(lea, p.ID, random.IntN(4) == 0)
			return err
		},
		"archive": func(p Project, _ int64) error {
			_, err := w.projects.Shelve(lea, p.ID, random.IntN(4) == 0)
			return err
		},
		"milestone": func(p Project, _ int64) error {
			return w.tasks.AddMilestone(lea, p.ID, milestoneForm{Name: word(), DueOn: "2026-12-01"})
		},
		"change a milestone": func(p Project, _ int64) error {
			return w.tasks.UpdateMilestone(lea, p.ID, one("milestones", p), milestoneForm{Name: word(), DueOn: "2026-12-02", Version: 1 << 40})
		},
		"mark a milestone": func(p Project, _ int64) error {
			_, err := w.tasks.MarkMilestone(lea, p.ID, one("milestones", p), milestoneMark(random.IntN(4)))
			return err
		},
	}
}

// A project that is not for somebody is in nothing that they find: no result, count, snippet, recent list, palette or page.
func TestFound_NothingOfAPrivateProject(t *testing.T) {
	w := open(t)
	secret := w.project("Merger zebra", "Lea Lead", func(f *projectForm) { f.Private = true })
	hidden := w.task(secret, "Sell zebra", func(f *taskForm) { f.Description = "quagga inside" })
	if _, err := w.notes.AddComment(w.as("Lea Lead"), owner{secret.ID, hidden.Number}, "okapi", ""); err != nil {
		t.Fatal(err)
	}
	if err := w.tasks.AddMilestone(w.as("Lea Lead"), secret.ID, milestoneForm{Name: "Zebra signed", DueOn: "2026-12-01"}); err != nil {
		t.Fatal(err)
	}
	open := w.project("Open zebra", "Lea Lead", nil)
	w.task(open, "Feed it", func(f *taskForm) { f.Description = "zebra" })
	lea, tom := w.As("Lea Lead", "user"), w.As("Tom Stranger", "user")
	key := hidden.Key(secret)
	for _, typed := range []string{"zebra", "quagga", "okapi", "merger", key} {
		for _, path := range []string{"/search?q=", "/search/palette?q=", "/search?kind=projects.task&q="} {
			tom.Get(path+url.QueryEscape(typed)).Want(http.StatusOK).Lacks("Merger zebra", "Sell", "quagga</mark>", "okapi</mark>", "signed", hidden.Path())
		}
	}
	tom.Get("/search?q=zebra").Want(http.StatusOK, `All <span class="tab-count">2</span>`)
	lea.Get("/search?q=zebra").Want(http.StatusOK, `All <span class="tab-count">5</span>`, "Zebra</mark> signed")
	lea.Get("/search?q=okapi").Want(http.StatusOK, hidden.Path(), "<mark>okapi</mark>")
	lea.Get("/search?q="+key).Want(http.StatusOK, hidden.Path())

	opened := apptest.Form("kind", findTask, "id", id(hidden.ID))
	tom.Post("/search/opened", opened).Want(http.StatusNoContent)
	lea.Post("/search/opened", opened).Want(http.StatusNoContent)
	tom.Get("/search/palette").Want(http.StatusOK).Lacks("zebra", "Sell")
	lea.Get("/search/palette").Want(http.StatusOK, "Sell zebra")
	w.Exec("UPDATE projects SET lead_id = ? WHERE id = ?", w.id("Tom Stranger"), secret.ID)
	lea.Get("/search/palette").Want(http.StatusOK).Lacks("Sell")
	tom.Get("/search?q=quagga").Want(http.StatusOK, hidden.Path())
}

// What lies in the trash, or belongs to a template, is not found; what comes back is.
func TestFound_NotInTheTrash(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	lea := w.as("Lea Lead")
	w.task(p, "Label the racks", nil)
	is := func(when, want string) {
		t.Helper()
		if got := w.finds("Lea Lead", "rack"); got != want {
			t.Errorf("%s: found %q, want %q", when, got, want)
		}
	}
	both := "RACK-1 Label the racks, Racks"
	is("at first", both)
	must[Task](t)(w.tasks.Delete(lea, p.ID, 1, true))
	is("the task is in the trash", "Racks")
	must[Task](t)(w.tasks.Delete(lea, p.ID, 1, false))
	is("the task is back", both)
	must[Project](t)(w.projects.Delete(lea, p.ID, true))
	is("the project is in the trash", "")
	must[Project](t)(w.projects.Delete(lea, p.ID, false))
	is("the project is back", both)
	must[Project](t)(w.projects.SetTemplate(lea, p.ID, true))
	is("it is a template", "")
	must[Project](t)(w.projects.SetTemplate(lea, p.ID, false))
	must[Task](t)(w.tasks.Delete(lea, p.ID, 1, true))
	w.Clock.Add(31 * 24 * time.Hour)
	if err := w.notes.purge(w.Context()); err != nil {
		t.Fatal(err)
	}
	is("the task is gone for good", "Racks")
	w.foundAsStored("the task is gone for good")
}
