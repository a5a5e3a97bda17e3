package projects

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/data"
)

// What is put below, beside or behind something else is asked for at both ends: nobody reaches into a project by what
// they move there, nor takes anything out of it.
func TestS38_BothEndsOfAMoveAreLookedAt(t *testing.T) {
	w := open(t)
	theirs := w.furnish("Closed Room", true)
	own := w.project("Own", "Stan Stranger", nil)
	mine, other := w.task(own, "Mine", nil), w.task(own, "Other", nil)
	b := w.As("Stan Stranger", "user")
	secret := w.rows("tasks", "project_id = "+id(theirs.project))
	label := id(labelAt(theirs.project, 0))
	good := func(pairs ...string) url.Values {
		f := apptest.Form("name", "Mine", "status", "1", "priority", "2", "version", "1")
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return f
	}
	before := w.kept()
	for what, c := range map[string]struct {
		path string
		form url.Values
	}{
		"a milestone of another project":          {mine.Path() + "/edit", good("milestone", id(theirs.milestone))},
		"a milestone of a new task":               {own.Path() + "/tasks", good("milestone", id(theirs.milestone))},
		"a label of another project":              {mine.Path() + "/edit", good("labels", label)},
		"a label of a new task":                   {own.Path() + "/tasks", good("labels", label)},
		"a parent that only the other has":        {mine.Path() + "/edit", good("parent", id(theirs.number))},
		"a label that goes into another one":      {own.Path() + "/labels/" + label + "/merge", apptest.Form("into", id(labelAt(theirs.project, 1)))},
		"waiting for a task one may not know of":  {mine.Path() + "/waits", apptest.Form("kind", "waits", "other", id(secret[0]))},
		"being waited for by one":                 {mine.Path() + "/waits", apptest.Form("kind", "needed", "other", id(secret[0]))},
		"a todo of another project":               {own.Path() + "/todos/" + id(theirs.todo) + "/move", apptest.Form("way", "up")},
		"a bulk change to another's milestone":    {own.Path() + "/several", apptest.Form("task", id(mine.Number), "task", id(other.Number), "set_milestone", id(theirs.milestone))},
		"a bulk change to another's label":        {own.Path() + "/several", apptest.Form("task", id(mine.Number), "add_label", label)},
		"a column of a board beside another card": {mine.Path() + "/move", apptest.Form("status", "1", "after", id(secret[0]), "before", id(secret[1]), "version", "1")},
	} {
		a := b.Post(c.path, c.form)
		if strings.Contains(a.Body, "Closed Room") || strings.Contains(a.Body, "Label 0") || a.Status >= 500 {
			t.Errorf("%s: %s", what, a)
		}
		if a.Status < 400 && !strings.Contains(what, "beside") {
			b.Get(a.Location()).Lacks("Closed Room")
		}
		if strings.Contains(what, "beside") || strings.Contains(what, "bulk") { // the place, and the page that says what became of each row, are one's own
			before = w.kept()
			continue
		}
		if after := w.kept(); after != before {
			t.Fatalf("%s wrote:\n%s\n%s", what, before, after)
		}
	}
	w.whole(t, theirs, label)
	// Several projects at once: one's own change, and of the others is said what is said of one that is not there.
	a := b.Post("/projects/several", apptest.Form("project", id(own.ID), "project", id(theirs.project), "project", "9999999", "set_priority", id(w.priority("High"))))
	b.Get(a.Location()).Want(http.StatusOK, "1 changed, 2 refused").Lacks("Closed Room")
	if n := w.Count("projects", "id = "+id(theirs.project), "version = 1"); n != 1 {
		t.Error("another's project was changed")
	}
}

// whole fails when anything of one's own has become part of the others' project.
func (w *world) whole(t *testing.T, theirs spot, label string) {
	t.Helper()
	for _, bad := range []string{
		"milestone_id = " + id(theirs.milestone) + " AND project_id <> " + id(theirs.project), "label_ids = '" + label + "' AND project_id <> " + id(theirs.project),
	} {
		if n := w.Count("tasks", bad); n != 0 {
			t.Errorf("%d tasks have %s", n, bad)
		}
	}
	if n := w.Count("task_dependencies"); n != 0 {
		t.Errorf("%d dependencies", n)
	}
}

// injections are texts that a statement made of them would do something else by.
var injections = []string{`'`, `"`, `\`, `\' OR 1=1 -- `, `' OR '1'='1`, `1' OR SLEEP(3)#`, `1;DROP TABLE tasks`, `') UNION SELECT password_hash FROM users -- `, `1 OR 1=1`, `name DESC, (SELECT 1)`, `%' OR '%'='`, "`id`", `/*!50000 OR 1=1*/`, `1)) OR ((1=1`}

// What people write is a value in every statement, in every parameter of every page: nothing breaks, nothing more is found, nothing is gone.
func TestS69_NothingThatIsSentBecomesAStatement(t *testing.T) {
	w := open(t)
	s := w.furnish("Open Field", false)
	closed := w.furnish("Closed Room", true)
	b := w.As("Stan Stranger", "user")
	parameters := []string{
		"q", "sort", "by", "dir", "status", "priority", "assignee", "label", "milestone", "show", "group", "columns", "lanes", "deep", "page", "size", "saved", "from", "to", "month", "week", "day", "scale", "kind", "list",
		"chart", "act", "days", "in", "project", "lead", "state", "more", "save",
	}
	before := w.kept()
	for _, text := range injections {
		q := url.Values{}
		for _, name := range parameters {
			q.Set(name, text)
		}
		for _, r := range w.routes() {
			if r.Method != http.MethodGet {
				continue
			}
			began := time.Now()
			a := b.Get(s.address(r.Path) + "?" + q.Encode())
			if a.Status >= 500 || strings.Contains(a.Body, "Closed Room") || strings.Contains(a.Body, "$2a$") || time.Since(began) > 20*time.Second {
				t.Errorf("%s with %s: %s", r.Name, text, a)
			}
		}
		if a := b.Get(projectPath(s.project) + "/list?q=" + url.QueryEscape(text)); strings.Contains(a.Body, "Task of") {
			t.Errorf("the search for %s finds tasks", text)
		}
		if a := b.Get(projectPath(closed.project) + "?q=" + url.QueryEscape(text)); a.Status != http.StatusNotFound {
			t.Errorf("%s opens a private project: %s", text, a)
		}
	}
	if after := w.kept(); after != before {
		t.Errorf("written:\n%s\n%s", before, after)
	}
	// And it is kept as it was typed.
	for i, text := range injections {
		w.As("Lea Lead").Post(projectPath(s.project)+"/comments", apptest.Form("text", text)).Want(http.StatusSeeOther)
		if got := w.text("SELECT text FROM comments ORDER BY id DESC LIMIT 1"); got != text {
			t.Errorf("%d: %q is kept as %q", i, text, got)
		}
	}
}

// What looks like the language of a template, a format or a pattern is text.
func TestS74_NothingThatIsSentBecomesATemplateAFormatOrAPattern(t *testing.T) {
	w := open(t)
	p := w.project("Plans", "Lea Lead", nil)
	b := w.As("Lea Lead", "user")
	for _, text := range []string{"{{7*7}}", "${7*7}", "{7*7}", "<%= 7*7 %>", "#{7*7}", "%s %d %v %n", "{{.Secret}}", "{{printf \"%d\" 49}}", "(", "[a-", "a{99999}", "\\", "*+?", "(?i)x"} {
		task := b.Post(p.Path()+"/tasks", apptest.Form("name", text, "description", text, "status", "1", "priority", "2", "assignee", id(b.User.ID))).Want(http.StatusSeeOther).Location()
		for _, path := range []string{task, task + "/edit", task + "/history", p.Path() + "/list?q=" + url.QueryEscape(text), p.Path() + "/suggest?kind=task&q=" + url.QueryEscape(text), "/projects?q=" + url.QueryEscape(text), p.Path() + "/trash?q=" + url.QueryEscape(text)} {
			a := b.Get(path)
			if a.Status != http.StatusOK || strings.Contains(a.Body, ">49<") || strings.Contains(a.Body, "%!") {
				t.Errorf("%s of %s: %s", path, text, a)
			}
		}
		b.Post(task+"/edit", apptest.Form("name", text, "status", "99", "priority", "2", "version", "1")).Want(http.StatusUnprocessableEntity).Lacks("%!")
	}
}

// A file may be one chain of all its rows, each part of the one before.
func TestS73_AnImportThatIsOneChainIsReadInASecond(t *testing.T) {
	f := &importFamily{keys: map[string]int{}, parents: []string{""}}
	for i := 1; i <= importRows; i++ {
		f.keys[fmt.Sprint("r", i)] = i
		f.parents = append(f.parents, fmt.Sprint("r", i+1))
	}
	began := time.Now()
	wrong := 0
	for i := range importRows {
		if _, said := f.of(i + 1); said != "" {
			wrong++
		}
	}
	if took := time.Since(began); took > 20*time.Second || wrong < importRows-levels { // a second, and what else the machine has to do
		t.Errorf("%d rows are wrong, in %v", wrong, took)
	}
	f = &importFamily{keys: map[string]int{"a": 1, "b": 2, "c": 3}, parents: []string{"", "b", "c", "a"}}
	if _, said := f.of(1); !strings.Contains(said, "circle") {
		t.Errorf("a circle: %q", said)
	}
}

// Names of one length as people count may fold to eighteen times as many characters.
func TestS71_KeysFitTheirColumns(t *testing.T) {
	for _, one := range []string{"x", "ﷺ", "ﷻ", "½", "ß", "Å"} {
		if n := len([]rune(data.Key(strings.Repeat(one, 200)))); n > 190 {
			t.Errorf("200 × %s make %d characters", one, n)
		}
	}
}
