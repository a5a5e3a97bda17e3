package projects

import (
	"net/http"
	"strings"
	"testing"

	"portal/app/apptest"
	"portal/app/data"
)

func TestMention_ShowsNameTitleAndState(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", nil) // NET
	other := w.project("Power Up", "Lea Lead", func(f *projectForm) { f.TaskKey = "PWR" })
	one := w.task(p, "Replace the <UPS>", nil)
	two := w.task(other, "Order cable", nil)
	b := w.As("Lea Lead", "user")
	text := `@` + b.User.Username + ` see #1, PWR-1 and @"Lea Lead"; nobody is @nobody, nothing is NET-77`
	b.Post(one.Path()+"/comments", apptest.Form("text", text)).Want(http.StatusSeeOther)
	page := b.Get(one.Path()).Want(200, `<span class="mention">@Lea Lead</span>`, `class="mention" href="`+one.Path()+`"`, "Replace the &lt;UPS&gt;",
		`href="`+two.Path()+`"`, "Order cable", "To do", "@nobody", "NET-77").Body
	if strings.Count(page, `<span class="mention">@Lea Lead</span>`) != 2 || strings.Contains(page, "data-ref") {
		t.Error("a name in quotes is not shown, or a mark is left")
	}
	b.Get(two.Path()).Want(200, "Mentioned in", "NET-1 Replace the &lt;UPS&gt;", one.Path()+"#c1")
	b.Get(one.Path()).Lacks("Mentioned in") // its own comments are on it
	if err := doneNow(w, two); err != nil {
		t.Fatal(err)
	}
	b.Get(one.Path()).Want(200, "mention-done")
	must[Task](t)(w.tasks.Update(w.as("Lea Lead"), p.ID, 1, taskForm{Name: "Renamed", Version: 1}, []string{"name"}))
	b.Get(two.Path()).Want(200, "NET-1 Renamed").Lacks("Replace the")
	must[Project](t)(w.projects.Update(w.as("Lea Lead"), other.ID, projectForm{TaskKey: "VOLT", Version: 1}, []string{"task_key"}))
	b.Get(one.Path()).Want(200, "VOLT-1", "Order cable")
	must[Task](t)(w.tasks.Delete(w.as("Lea Lead"), p.ID, 1, true))
	b.Get(two.Path()).Lacks("Mentioned in")
	must[Task](t)(w.tasks.Delete(w.as("Lea Lead"), p.ID, 1, false))
	b.Get(two.Path()).Want(200, "Mentioned in")
	must[Task](t)(w.tasks.Delete(w.as("Lea Lead"), other.ID, 1, true))
	b.Get(one.Path()).Want(200, "PWR-1").Lacks("Order cable")
}

func doneNow(w *world, t Task) error {
	_, err := w.tasks.Update(w.as("Lea Lead"), t.ProjectID, t.Number, taskForm{Status: w.status("Done"), Version: 1}, []string{"status"})
	return err
}

func TestMention_KeptAndRemovedWithTheirText(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", func(f *projectForm) { f.Description = "@nobody" })
	w.task(p, "One", nil)
	w.task(p, "Two", func(f *taskForm) { f.Description = "#1 and #1 and NET-1" })
	kept := func() string {
		return w.text("SELECT COALESCE((SELECT GROUP_CONCAT(word ORDER BY id) FROM mentions), '-')")
	}
	for _, c := range []struct {
		name string
		do   func() error
		want string
	}{
		{"a description", func() error { return nil }, "1,NET-1"},
		{"a word less", func() error {
			_, err := w.tasks.Update(w.as("Lea Lead"), p.ID, 2, taskForm{Description: "#1", Version: 1}, []string{"description"})
			return err
		}, "1"},
		{"a project's description", func() error {
			_, err := w.projects.Update(w.as("Lea Lead"), p.ID, projectForm{Description: "NET-2", Version: 1}, []string{"description"})
			return err
		}, "1,NET-2"},
		{"a comment", func() error {
			_, err := w.notes.AddComment(w.as("Lea Lead"), owner{project: p.ID}, "#2", "")
			return err
		}, "1,NET-2,2"},
		{"the comment in the trash", func() error { return w.notes.DeleteComment(w.as("Lea Lead"), owner{project: p.ID}, 1, true) }, "1,NET-2"},
		{"the comment back", func() error { return w.notes.DeleteComment(w.as("Lea Lead"), owner{project: p.ID}, 1, false) }, "1,NET-2,2"},
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := kept(); got != c.want {
			t.Errorf("%s: %s, not %s", c.name, got, c.want)
		}
	}
	b := w.As("Lea Lead")
	b.Get(p.Path()+"/tasks/2").Want(200, "Mentioned in", p.Path()+"/comments#c1", p.Path()+"/about")
	b.Get(p.Path()+"/about").Want(200, "mention", "Two")
	b.Get(p.Path()+"/comments").Want(200, "mention", "Two")
}

// A private project's titles leak by no link, backlink or title of a page, and what was drawn before hides them at once.
func TestS11_MentionsTellNobodyOfWhatTheyMayNotKnow(t *testing.T) {
	w := open(t)
	public := w.project("Net", "Lea Lead", nil)
	closed := w.project("Closed", "Lea Lead", func(f *projectForm) {
		f.TaskKey, f.Private, f.Watchers = "SEC", true, []int64{w.id("Walt Watcher", "user")}
	})
	open1 := w.task(public, "Open title", func(f *taskForm) { f.Description = "see SEC-1" })
	secret := w.task(closed, "Hidden title", func(f *taskForm) { f.Description = "because of NET-1" })
	must[Task](t)(w.tasks.Update(w.as("Lea Lead"), public.ID, 1, taskForm{Description: "and SEC-1", Version: 1}, []string{"description"}))
	must[Comment](t)(w.notes.AddComment(w.as("Lea Lead"), owner{project: public.ID}, "and SEC-1", ""))
	must[Project](t)(w.projects.Update(w.as("Lea Lead"), public.ID, projectForm{Description: "about SEC-1", Version: 1}, []string{"description"}))
	stranger, watcher := w.As("Stan Stranger", "user"), w.As("Walt Watcher")
	pages := []string{open1.Path(), public.Path() + "/comments", public.Path() + "/about"}
	for range 2 { // drawn, and as it was drawn
		for _, path := range pages {
			watcher.Get(path).Want(200, "Hidden title")
			stranger.Get(path).Want(200, "SEC-1").Lacks("Hidden title", secret.Path(), "Mentioned in")
			stranger.Fragment("GET", path, "", nil).Lacks("Hidden title", secret.Path(), "Mentioned in")
		}
	}
	watcher.Get(open1.Path()).Want(200, "Mentioned in", "SEC-1 Hidden title")
	watcher.Get(secret.Path()).Want(200, "Open title")
	must[Project](t)(w.projects.Update(w.as("Lea Lead"), closed.ID, projectForm{Version: 1}, []string{"watchers", "stakeholders", "shareholders", "roles"}))
	for _, path := range pages {
		watcher.Get(path).Want(200, "SEC-1").Lacks("Hidden title", "Mentioned in")
	}
}

func TestMention_NewlyMentionedAreTold(t *testing.T) {
	w := open(t)
	max, mia := w.Person("Max Moor", "user"), w.Person("Mia Moor", "user")
	for _, c := range []struct {
		before, after string
		want          []int64
	}{
		{"", "@" + max.Username, []int64{max.ID}}, {"@" + max.Username, "still @" + max.Username, nil},
		{"@" + max.Username, `@` + max.Username + ` and @"mia moor" and @` + mia.Username, []int64{mia.ID}}, {"", "`@" + max.Username + "`", nil}, {"", "a@b @nobody #1", nil},
	} {
		err := w.DB.Write(w.Context(), func(tx *data.Tx) error {
			tx.Unchanged()
			got, err := newlyMentioned(w.Context(), tx, c.before, c.after)
			if len(got) != len(c.want) || len(got) > 0 && got[0] != c.want[0] {
				t.Errorf("%q after %q: %v, not %v", c.after, c.before, got, c.want)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestMention_QueriesDoNotGrow(t *testing.T) {
	w := open(t)
	p := w.project("Net", "Lea Lead", nil)
	task := w.task(p, "One", nil)
	b := w.As("Lea Lead", "user")
	var n [2]int
	for i, many := range []int{1, 60} {
		for k := range many {
			part := w.task(p, "Part", nil)
			must[Comment](t)(w.notes.AddComment(w.as("Lea Lead"), owner{p.ID, task.Number}, "#"+id(part.Number)+" @nobody", ""))
			_ = k
		}
		w.asStarted()
		n[i] = len(w.Queries(func() { b.Get(task.Path()).Want(200, "mention") }))
	}
	if n[0] != n[1] || n[0] > coldMost {
		t.Errorf("%d queries with one mention, %d with many", n[0], n[1])
	}
	if warm := len(w.Queries(func() { b.Get(task.Path()).Want(200, "mention") })); warm > 2 {
		t.Errorf("%d queries warm", warm)
	}
}
