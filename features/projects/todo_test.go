package projects

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/data"
	"portal/app/fault"
)

// todoTexts are the texts of the project's own todos in their order.
func (w *world) todoTexts(project int64) []string {
	w.t.Helper()
	var all []string
	for _, d := range must[[]Todo](w.t)(w.notes.Todos(w.Context(), project)) {
		all = append(all, d.Text)
	}
	return all
}

func TestTodo_SeveralLinesMakeSeveral(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	b.Fragment("POST", p.Path()+"/todos", "todos", apptest.Form("text", "- [ ] Order cable\r\n\r\n  * Label it \n3. stays as it is\n•  Call Ömer", "once", "a")).Want(200, "0 of 4")
	if got := w.todoTexts(p.ID); !slices.Equal(got, []string{"Order cable", "Label it", "3. stays as it is", "Call Ömer"}) {
		t.Errorf("%q", got)
	}
	b.Fragment("POST", p.Path()+"/todos", "todos", apptest.Form("text", "Once\nTwice", "once", "b")).Want(200)
	b.Fragment("POST", p.Path()+"/todos", "todos", apptest.Form("text", "Once\nTwice", "once", "b")).Want(200, "0 of 6")
	if n := w.Count("history", "what = 'added 2 todos, the first “Once”'"); n != 1 {
		t.Errorf("told %d times", n)
	}
	before := w.kept()
	for text, says := range map[string]string{
		"": "This is needed.", " \n - \n": "This is needed.", "ok\n" + strings.Repeat("x", 501): "At most 500 characters. “xxx", strings.Repeat("x\n", 101): "At most 100 todos at a time; these are 101.",
		"a\x00b": "can&#39;t be kept",
	} {
		b.Post(p.Path()+"/todos", apptest.Form("text", text)).Want(422, says)
	}
	if w.kept() != before {
		t.Error("something was written")
	}
}

func TestTodo_EditedWhereItStands(t *testing.T) {
	w := open(t)
	s := w.furnish("Racks", false)
	lead, maria := w.As("Lea Lead"), w.id("Maria Muster", "user")
	for _, on := range []struct {
		path string
		todo int64
	}{{projectPath(s.project), s.todo}, {taskPath(s.project, s.number), s.taskTodo}} {
		path, todo := on.path, on.todo
		at := path + "/todos/" + id(todo)
		form := lead.Fragment("GET", at+"/edit", "todo-"+id(todo), nil).Want(200, `value="Todo of Racks"`, "Maria Muster")
		lead.Get(at+"/edit").Want(200, "<main", "Edit todo")
		if path == projectPath(s.project) {
			apptest.Golden(t, "todo-form", form.Body)
		}
		good := apptest.Form("text", "Call them", "due_on", "2026-11-20", "assignee", id(maria), "version", "1")
		for _, c := range []struct{ field, value, says string }{
			{"text", "", "This is needed."}, {"text", strings.Repeat("x", 501), "At most 500 characters."}, {"due_on", "2026-02-30", "is not a day"}, {"assignee", "9999", "Choose a person from the list."},
			{"assignee", "x", "Write a whole number."}, {"text", "   ", "This is needed."},
		} {
			before := w.kept()
			f := apptest.Form("text", good.Get("text"), "due_on", good.Get("due_on"), "assignee", good.Get("assignee"), "version", "1")
			f.Set(c.field, c.value)
			lead.Post(at+"/edit", f).Want(422, c.says, "Save")
			a := lead.Fragment("POST", at+"/edit", "todos", f).Want(422, c.says, `aria-invalid="true"`)
			if a.Header.Get("HX-Retarget") != "#todo-"+id(todo) || w.kept() != before {
				t.Errorf("%s %q: %s", c.field, c.value, a.Header.Get("HX-Retarget"))
			}
		}
		a := lead.Fragment("POST", at+"/edit", "todos", good).Want(200, "Call them", "Maria Muster", "Overdue: ", "Fri 20 Nov")
		if path == projectPath(s.project) {
			apptest.Golden(t, "todo-section", a.Body)
		}
		lead.Get(path+"/history").Want(200, "changed the todo “Call them”", "Maria Muster")
		theirs := lead.Fragment("POST", at+"/edit", "todos", apptest.Form("text", "Write to them", "due_on", "2026-11-20", "assignee", id(maria), "version", "1")).Want(409, "Call them", "Write to them")
		if theirs.Header.Get("HX-Retarget") != "#dialog-body" {
			t.Error("the clash is not in the dialog")
		}
		lead.Fragment("POST", at+"/edit", "todos", apptest.Form("text", "Call them", "due_on", "2026-11-20", "assignee", id(maria), "version", "1")).Want(200) // the same as they
		lead.Post(at+"/edit", apptest.Form("text", "Write to them", "due_on", "", "assignee", "0", "version", "2")).Want(303)
		w.Clock.Add(time.Minute)
		lead.Fragment("POST", at+"/tick", "todos", apptest.Form("done", "true")).Want(200, "done", "by Lea Lead")
		stranger := w.As("Stan Stranger", "user")
		before := w.kept()
		stranger.Get(at + "/edit").Want(403)
		stranger.Post(at+"/edit", good).Want(403)
		stranger.Post(at+"/move", apptest.Form("way", "up")).Want(403)
		if w.kept() != before {
			t.Error("a stranger wrote")
		}
	}
	if got := w.text("SELECT CONCAT(text, '/', due_on, '/', COALESCE(assignee_id, 0), '/', version) FROM todos WHERE id = ?", s.todo); got != "Write to them//0/4" {
		t.Error(got)
	}
}

func TestTodo_MovedByButtonsAndByDragging(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	b := w.As("Lea Lead")
	ctx := w.as("Lea Lead")
	if err := w.notes.AddTodo(ctx, owner{project: p.ID}, "a\nb\nc\nd", ""); err != nil {
		t.Fatal(err)
	}
	ids := w.rows("todos", "1=1")
	at := func(n int) string { return p.Path() + "/todos/" + id(ids[n]) + "/move" }
	for _, c := range []struct {
		todo int
		form []string
		want string
	}{
		{0, []string{"way", "up"}, "abcd"}, {0, []string{"way", "down"}, "bacd"}, {3, []string{"way", "up"}, "badc"}, {2, []string{"way", "down"}, "badc"},
		{2, []string{"before", id(ids[1])}, "cbad"}, {2, []string{"before", "0"}, "badc"}, {1, []string{"before", "99999"}, "adcb"}, {1, nil, "adcb"},
	} {
		b.Fragment("POST", at(c.todo), "todos", apptest.Form(c.form...)).Want(200, `id="todos"`)
		if got := strings.Join(w.todoTexts(p.ID), ""); got != c.want {
			t.Errorf("%d %v: %s, not %s", c.todo, c.form, got, c.want)
		}
	}
	for range 25 { // until there is no room between two
		b.Post(at(0), apptest.Form("before", id(ids[1]))).Want(http.StatusSeeOther)
		b.Post(at(2), apptest.Form("before", id(ids[1]))).Want(http.StatusSeeOther)
	}
	if got := strings.Join(w.todoTexts(p.ID), ""); got != "dacb" {
		t.Error(got)
	}
	before := w.kept()
	b.Post(at(0), apptest.Form("way", "sideways")).Want(422)
	b.Post(p.Path()+"/todos/99999/move", apptest.Form("way", "up")).Want(404)
	if w.kept() != before {
		t.Error("something was written")
	}
}

func TestTodo_EditMergesAndRefuses(t *testing.T) {
	w := open(t)
	p := w.project("Racks", "Lea Lead", nil)
	ctx := w.as("Lea Lead")
	if err := w.notes.AddTodo(ctx, owner{project: p.ID}, "One", ""); err != nil {
		t.Fatal(err)
	}
	todo := w.rows("todos", "1=1")[0]
	if err := w.notes.EditTodo(ctx, owner{project: p.ID}, todo, todoEdit{Text: "Two", Version: 1}); err != nil {
		t.Fatal(err)
	}
	err := w.notes.EditTodo(ctx, owner{project: p.ID}, todo, todoEdit{Text: "Three", Version: 1})
	if clash, ok := data.ClashOf(err); !ok || len(clash.Fields) != 1 || clash.Fields[0].Theirs.Value != "Two" || clash.Version != 2 {
		t.Errorf("%+v", err)
	}
	if err := w.notes.EditTodo(w.as("Stan Stranger", "user"), owner{project: p.ID}, todo, todoEdit{Text: "X", Version: 2}); !fault.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if got := w.todoTexts(p.ID); got[0] != "Two" {
		t.Error(got)
	}
}
