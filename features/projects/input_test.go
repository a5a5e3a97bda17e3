package projects

import (
	"bufio"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"portal/app/apptest"
	"portal/app/data"
)

// odd are values that no form sends unless somebody made them up.
var odd = map[string][]string{
	"NUL": {"a\x00b"}, "bad UTF-8": {"a\xff\xfeb"}, "surrogate": {"\xed\xa0\x80"}, "70 kB": {strings.Repeat("x", 70_000)}, "2^36": {"68719476736"},
	"2^64": {"18446744073709551616"}, "negative": {"-1"}, "NaN": {"NaN"}, "float": {"1e3"}, "30 Feb": {"2026-02-30"}, "year 0": {"1.1.0001"}, "emoji": {"🧨"}, "right to left": {"\u202eabc"},
	"empty": {""}, "blank": {" "}, "twice": {"1", "2"}, "quotes": {`'";--`}, "missing": nil,
}

// Odd input is refused by a field or taken as text; it never breaks the portal.
func TestS70_OddValuesNeverBreak(t *testing.T) {
	w := open(t)
	s := w.furnish("Open Field", false)
	b := w.As("Ada Admin", "admin")
	good := w.form()
	good.Set("due_on", "")
	good.Set("once", "")
	for _, field := range []string{"after", "before", "parent", "percent", "start_on", "task_key", "icon", "summary", "description", "watchers", "stakeholders", "roles", "private"} {
		good.Set(field, "")
	}
	for _, r := range w.routes() {
		if r.Method != http.MethodPost || strings.HasSuffix(r.Name, "delete") || strings.HasSuffix(r.Name, "delete.do") {
			continue
		}
		for _, field := range fieldsOf(r.Name) {
			for name, values := range odd {
				f := maps.Clone(good)
				f.Set("_csrf", b.Token())
				f.Del(field)
				if values != nil {
					f[field] = values
				}
				a := b.Do(apptest.Request{Method: "POST", Path: s.address(r.Path), Form: f})
				if a.Status >= 500 {
					t.Errorf("%s: %s as %s: %s", r.Name, field, name, a)
				}
			}
		}
	}
	for _, r := range w.routes() {
		if r.Method != http.MethodPost {
			continue
		}
		for _, field := range []string{"name[]", "name[99999999]", "status[0]", "a[b][c]"} {
			f := maps.Clone(good)
			f.Set("_csrf", b.Token())
			f[field] = []string{"1", "2"}
			if a := b.Do(apptest.Request{Method: "POST", Path: s.address(r.Path), Form: f}); a.Status >= 500 {
				t.Errorf("%s with %s: %s", r.Name, field, a)
			}
		}
		h := http.Header{"Content-Type": {"application/json"}, "X-Csrf-Token": {b.Token()}}
		if a := b.Do(apptest.Request{Method: "POST", Path: s.address(r.Path), Body: `{"name":"x"}`, Header: h}); a.Status >= 500 {
			t.Errorf("%s with JSON: %s", r.Name, a)
		}
	}
}

// fieldsOf are the fields that the route's form has.
func fieldsOf(route string) []string {
	switch {
	case strings.Contains(route, ".field"):
		return []string{"status", "version"}
	case strings.Contains(route, "move"):
		return []string{"status", "after", "before", "lanes", "lane", "version"}
	case strings.Contains(route, "limit"):
		return []string{"most", "version"}
	case strings.Contains(route, "todo"):
		return []string{"text", "done", "once"}
	case strings.Contains(route, "comment"):
		return []string{"text", "version", "once"}
	case strings.Contains(route, "project.edit"):
		return []string{
			"name", "task_key", "summary", "description", "icon", "status", "priority", "lead", "percent", "private", "watchers", "stakeholders",
			"shareholders", "roles", "version", "once",
		}
	}
	return []string{"name", "summary", "description", "status", "priority", "assignee", "start_on", "due_on", "parent", "version", "once"}
}

// Fields that a form does not have, and values in the address, change nothing.
func TestS39_FieldsThatNoFormHasAreIgnored(t *testing.T) {
	w, p := gallery(t)
	b := w.As("Lea Lead")
	f := apptest.Form("name", "N", "status", "1", "priority", "2", "id", "77", "project_id", "2", "created_by", "2", "version", "1", "tasks_total", "9", "deleted_at", "2020-01-01", "number", "99")
	b.Post(p.Path()+"/tasks?name=FromTheAddress&parent=1", f).Want(http.StatusSeeOther)
	if got := w.text("SELECT CONCAT(id, ' ', project_id, ' ', number, ' ', created_by, ' ', name) FROM tasks ORDER BY id DESC LIMIT 1"); got != "5 1 5 1 N" {
		t.Error(got)
	}
}

func TestInput_IDsOutOfBounds(t *testing.T) {
	w, p := gallery(t)
	b := w.As("Lea Lead")
	for _, n := range []string{"0", "-1", "18446744073709551616", "99999999999999999999999999", "1.5", "0x1", "%31", "1%00", "1'", "x", "1e0"} {
		for _, path := range []string{"/projects/" + n, "/projects/" + n + "/list", p.Path() + "/tasks/" + n, p.Path() + "/tasks/" + n + "/history", p.Path() + "/comments/" + n + "/edit"} {
			if a := b.Get(path); a.Status >= 500 || n != "%31" && a.Status < 400 {
				t.Errorf("%s: %s", path, a)
			}
		}
	}
}

// What may be typed can be kept, whole, on both databases.
func TestS71_LongestTextsAreKeptWhole(t *testing.T) {
	w := open(t)
	b := w.As("Lea Lead", "user")
	for name, one := range map[string]string{"emoji": "🧨", "ligature": "ﷺ", "accent": "é", "wide": "界", "letter": "x"} {
		f := apptest.Form("name", strings.Repeat(one, 200), "summary", strings.Repeat(one, 500), "description", strings.Repeat(one, 20_000), "status", "1", "priority", "2", "lead", id(b.User.ID))
		made := b.Post("/projects", f).Want(http.StatusSeeOther).Location()
		n := strings.TrimPrefix(made, "/projects/")
		if got := w.text("SELECT CONCAT(name, summary, description) FROM projects WHERE id = ?", n); got != f.Get("name")+f.Get("summary")+f.Get("description") {
			t.Errorf("%s: cut at %d bytes", name, len(got))
		}
		b.Post(made+"/tasks", f).Want(http.StatusSeeOther)
		b.Post(made+"/todos", apptest.Form("text", strings.Repeat(one, 500))).Want(http.StatusSeeOther)
		b.Post(made+"/comments", apptest.Form("text", strings.Repeat(one, 20_000))).Want(http.StatusSeeOther)
		b.Post(made+"/labels", apptest.Form("name", strings.Repeat(one, 60))).Want(http.StatusSeeOther)
		b.Post(made+"/tasks", apptest.Form("name", "Marked", "status", "1", "priority", "2", "new_labels", strings.Repeat(one, 59))).Want(http.StatusSeeOther)
		b.Post(made+"/milestones", apptest.Form("name", strings.Repeat(one, 200))).Want(http.StatusSeeOther)
		b.Post("/projects/views?list=projects", apptest.Form("name", strings.Repeat(one, 100))).Want(http.StatusSeeOther)
		w.As("Ada Admin", "admin").Post("/projects/words/statuses", apptest.Form("name", strings.Repeat(one, 60), "stage", "todo", "colour", "blue")).Want(http.StatusSeeOther)
		f.Set("name", strings.Repeat(one, 201))
		b.Post("/projects", f).Want(http.StatusUnprocessableEntity, "At most 200 characters.")
		b.Get("/projects?q="+url.QueryEscape(strings.Repeat(one, 10))).Want(200, made)
		b.Get("/projects?q=" + url.QueryEscape(strings.Repeat(one, 600))).Want(200)
	}
}

// attacks are texts that want to become more than text.
var attacks = []string{
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `"><svg onload=alert(1)>`, `'><b hx-get=/x hx-trigger=load>`, `<div data-hx-get="/x" hx-on:click="alert(1)" style="position:fixed">`,
	`[a](javascript:alert(1))`, `[a](JaVaScRiPt:alert(1))`, `[a](java	script:alert(1))`, `[a](&#106;avascript:alert(1))`, `[a](data:text/html,<script>alert(1)</script>)`, `[a](vbscript:x)`,
	`![a](javascript:alert(1))`, `<javascript:alert(1)>`, `[a]: javascript:alert(1)` + "\n\n[a]", `<a href="javascript:alert(1)">a</a>`, `<iframe srcdoc="<script>alert(1)</script>">`,
	`<form action=https://evil.test><input name=q></form>`, `<math><mtext></table><img src=x onerror=alert(1)>`, `</textarea><script>alert(1)</script>`, `</title><script>alert(1)</script>`,
	"`</code><script>alert(1)</script>`", "```\n</pre><script>alert(1)</script>\n```", `<a id=toasts name=htmx-config>x</a>`, `{{constructor.constructor('alert(1)')()}}`, `<!--<img src="--><img src=x onerror=alert(1)>">`,
	`[x](https://evil.test "onmouseover=alert(1) ")`, `<style>*{display:none}</style>`, `<meta http-equiv=refresh content=0;url=https://evil.test>`, `<base href=https://evil.test>`,
}

var script = regexp.MustCompile(`(?i)^\s*(javascript|vbscript|data):`)

// harmless fails for every element and attribute in a page that only an attack could have put there.
func harmless(t *testing.T, where, page string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	for z.Next() != html.ErrorToken {
		tag := z.Token()
		if tag.Type != html.StartTagToken && tag.Type != html.SelfClosingTagToken {
			continue
		}
		if slices.Contains([]string{"iframe", "style", "base", "math", "object", "embed"}, tag.Data) {
			t.Errorf("%s holds %s", where, tag)
		}
		for _, a := range tag.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "data-hx"), a.Key == "style", a.Key == "srcdoc", strings.HasPrefix(a.Key, "hx-on"),
				tag.Data == "script" && a.Key == "src" && !strings.HasPrefix(a.Val, "/assets/"), a.Key == "http-equiv",
				(a.Key == "href" || a.Key == "src" || a.Key == "action") && script.MatchString(strings.Map(printable, a.Val)),
				strings.HasPrefix(a.Key, "hx-get") && strings.HasPrefix(a.Val, "/x"), a.Key == "action" && strings.Contains(a.Val, "evil") && !strings.HasPrefix(a.Val, "/projects/"),
				tag.Data == "meta" && strings.Contains(a.Val, "evil"), tag.Data == "img" && a.Val == "x":
				t.Errorf("%s holds %s", where, tag)
			}
		}
		if tag.Data == "script" && len(tag.Attr) == 0 {
			t.Errorf("%s holds a script", where)
		}
	}
}

func printable(r rune) rune {
	if r <= ' ' {
		return -1
	}
	return r
}

func TestHarmless_SeesAnAttack(t *testing.T) {
	for _, text := range attacks[:5] {
		var seen testing.T
		harmless(&seen, "page", text)
		if !seen.Failed() {
			t.Errorf("%s passes for harmless", text)
		}
	}
}

// Nothing that people write becomes more than text, on any page of anybody.
func TestS50_S51_AttacksStayText(t *testing.T) {
	w := open(t)
	b := w.As("Lea Lead", "user")
	all := strings.Join(attacks, "\n\n")
	made := b.Post("/projects", apptest.Form("name", attacks[1], "summary", data.Cut(strings.ReplaceAll(all, "\n", " "), 500), "description", all, "status", "1", "priority", "2", "lead", id(b.User.ID)))
	p := made.Want(http.StatusSeeOther).Location()
	for _, text := range attacks {
		f := apptest.Form("name", strings.ReplaceAll(text, "\n", " "), "summary", text, "description", text, "status", "1", "priority", "2", "assignee", id(b.User.ID))
		task := b.Post(p+"/tasks", f).Want(http.StatusSeeOther).Location()
		for _, path := range []string{p, task} {
			b.Post(path+"/comments", apptest.Form("text", text)).Want(http.StatusSeeOther)
			b.Post(path+"/todos", apptest.Form("text", text)).Want(http.StatusSeeOther)
		}
		b.Post(task+"/field/name", apptest.Form("name", "x"+strings.ReplaceAll(text, "\n", " "), "version", "1")).Want(http.StatusSeeOther)
		for _, path := range []string{task, task + "/edit", task + "/history", task + "/field/name/edit"} {
			harmless(t, path+" of "+text, b.Get(path).Want(200).Body)
		}
		harmless(t, "the toast of "+text, b.Fragment("POST", task+"/delete", "", nil).Want(200).Body)
		b.Post(task+"/restore", nil).Want(http.StatusSeeOther)
		harmless(t, "the search for "+text, b.Get("/projects?q="+url.QueryEscape(text)+"&sort="+url.QueryEscape(text)+"&show="+url.QueryEscape(text)).Want(200).Body)
	}
	w.Exec("UPDATE users SET name = ?", attacks[2])
	w.Cache.Clear("")
	for _, path := range []string{"/", "/projects", "/projects/panels/tasks", "/projects/panels/projects", "/projects/panels/latest", p, p + "/list?size=100", p + "/todos", p + "/comments", p + "/history", p + "/about", p + "/edit", "/projects/new"} {
		harmless(t, path, b.Get(path).Want(200).Body)
	}
}

// What is deleted is news for those who saw it, and for nobody else.
func TestLive_DeletionIsHeardByWhoSawIt(t *testing.T) {
	w := open(t)
	p := w.project("Live", "Lea Lead", func(f *projectForm) { f.Private, f.Watchers = true, []int64{w.id("Walt Watcher", "user")} })
	hear := func(b *apptest.Browser) <-chan string {
		res := b.Open(apptest.Request{Method: "GET", Path: "/events?on=projects", Header: http.Header{"Accept": {"text/event-stream"}}})
		t.Cleanup(func() { _ = res.Body.Close() })
		lines := make(chan string, 100)
		go func() {
			for s := bufio.NewScanner(res.Body); s.Scan(); {
				lines <- s.Text()
			}
		}()
		<-lines // the stream is open
		return lines
	}
	watcher, stranger := hear(w.As("Walt Watcher")), hear(w.As("Stan Stranger", "user"))
	// What must come is waited for long, so that a busy machine fails nothing; what must not, for a moment.
	within := func(lines <-chan string, patience time.Duration) bool {
		limit := time.After(patience)
		for {
			select {
			case l := <-lines:
				if strings.HasPrefix(l, "event: change") {
					return true
				}
			case <-limit:
				return false
			}
		}
	}
	said := func(lines <-chan string) bool { return within(lines, 300*time.Millisecond) }
	hears := func(lines <-chan string) bool { return within(lines, 20*time.Second) }
	ctx := w.as("Lea Lead")
	must[Task](t)(w.tasks.Create(ctx, p.ID, taskForm{Name: "T", Status: p.StatusID, Priority: p.PriorityID}))
	if !hears(watcher) || said(stranger) {
		t.Error("a task: who may see the project must hear of it, and nobody else")
	}
	must[Project](t)(w.projects.Delete(ctx, p.ID, true))
	if !hears(watcher) || said(stranger) {
		t.Error("a deletion: who saw the project must hear of it, and nobody else")
	}
	must[Project](t)(w.projects.Delete(ctx, p.ID, false))
	must[Project](t)(w.projects.Update(ctx, p.ID, projectForm{Version: 1}, []string{"watchers", "stakeholders", "shareholders", "roles"}))
	for said(watcher) {
	}
	must[Task](t)(w.tasks.Create(ctx, p.ID, taskForm{Name: "T2", Status: p.StatusID, Priority: p.PriorityID}))
	if said(watcher) {
		t.Error("who was taken out of the team still hears of it")
	}
}
