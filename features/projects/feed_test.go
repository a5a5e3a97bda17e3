package projects

import (
	"bytes"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"

	"portal/app/apptest"
)

var feedAddress = regexp.MustCompile(`value="(?:http://[^"/]+)?(/projects/feeds/([A-Z2-7]+)\.ics)"`)

// feed makes the browser's person a feed and gives its path and its token.
func feed(t *testing.T, b *apptest.Browser) (path, token string) {
	t.Helper()
	m := feedAddress.FindStringSubmatch(b.Post("/projects/feeds", nil).Want(http.StatusOK, "shown this once").Body)
	if m == nil {
		t.Fatal("no address")
	}
	return m[1], m[2]
}

// lines are a feed's lines, unfolded by the rules of RFC 5545, 3.1; each is checked on the way.
func lines(t *testing.T, body string) []string {
	t.Helper()
	raw := strings.Split(body, "\r\n")
	if raw[len(raw)-1] != "" {
		t.Error("the last line does not end")
	}
	var all []string
	for _, l := range raw[:len(raw)-1] {
		if len(l) > 75 {
			t.Errorf("a line of %d octets: %q", len(l), l)
		}
		if strings.ContainsAny(l, "\r\n") {
			t.Errorf("a bare line end in %q", l)
		}
		if strings.HasPrefix(l, " ") {
			all[len(all)-1] += l[1:]
			continue
		}
		all = append(all, l)
	}
	return all
}

func TestS60_FeedHoldsNoPropertyThatANameBringsIn(t *testing.T) {
	w := open(t)
	p := w.project("Net;work, \\ one", "Lea Lead", nil)
	w.task(p, "x\r\nATTACH:http://evil.example/a", func(f *taskForm) { f.Assignee, f.DueOn = w.id("Lea Lead"), "2026-11-30" })
	w.task(p, strings.Repeat("Überlänge ", 18), func(f *taskForm) { f.Assignee, f.DueOn = w.id("Lea Lead"), "9999-12-31" })
	path, _ := feed(t, w.As("Lea Lead"))
	a := w.Visitor().Get(path).Want(http.StatusOK)
	if got := a.Header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
		t.Error(got)
	}
	props := map[string]int{}
	for _, l := range lines(t, a.Body) {
		name, _, _ := strings.Cut(l, ":")
		name, _, _ = strings.Cut(name, ";")
		props[name]++
	}
	if props["ATTACH"] != 0 || props["SUMMARY"] != 2 || props["BEGIN"] != 3 || props["UID"] != 2 || props["DTSTAMP"] != 2 {
		t.Errorf("%v", props)
	}
	cal, err := ics.ParseCalendar(strings.NewReader(a.Body))
	if err != nil || len(cal.Events()) != 2 {
		t.Fatalf("%v, %d events", err, len(cal.Events()))
	}
	first := cal.Events()[0]
	if s := first.GetProperty(ics.ComponentPropertySummary).Value; s != "NWO-1 x ATTACH:http://evil.example/a" {
		t.Errorf("%q", s)
	}
	if !strings.Contains(a.Body, "DTSTART;VALUE=DATE:20261130") || !strings.Contains(a.Body, "DTSTART;VALUE=DATE:99991231") {
		t.Error(a.Body)
	}
	if !strings.Contains(a.Body, `Net\;work\, \\ one`) {
		t.Errorf("the project's name is not escaped:\n%s", a.Body)
	}
}

func TestS61_FeedTokenIsKeptNowhereAndEndsAtOnce(t *testing.T) {
	w := open(t)
	var log bytes.Buffer
	w.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	lea := w.As("Lea Lead", "user")
	lea.Get("/projects/feeds").Want(http.StatusOK, "You have no feed yet")
	path, token := feed(t, lea)
	if len(token) < 26 { // base 32: 130 bits
		t.Errorf("a token of %d letters", len(token))
	}
	lea.Get("/projects/feeds").Want(http.StatusOK, "No calendar has read it yet").Lacks(token)
	a := w.Visitor().Get(path).Want(http.StatusOK, "BEGIN:VCALENDAR")
	lea.Get("/projects/feeds").Want(http.StatusOK, "A calendar last read it")
	tag := a.Header.Get("ETag")
	w.Visitor().Do(apptest.Request{Method: "GET", Path: path, Header: http.Header{"If-None-Match": {tag}}}).Want(http.StatusNotModified)
	for _, table := range []string{"feeds", "audit_lines", "changes", "activities", "history"} {
		for _, column := range map[string][]string{
			"feeds": {"token_hash"}, "audit_lines": {"title", "url", "fields"}, "changes": {"body"}, "activities": {"title", "url"}, "history": {"what"},
		}[table] {
			if w.Count(table, column+" LIKE '%"+token+"%'") != 0 {
				t.Errorf("%s.%s has the token", table, column)
			}
		}
	}
	again, _ := feed(t, lea)
	w.Visitor().Get(path).Want(http.StatusNotFound)
	w.Visitor().Get(again).Want(http.StatusOK)
	lea.Post("/projects/feeds/revoke", nil).Want(http.StatusSeeOther)
	w.Visitor().Get(again).Want(http.StatusNotFound)
	if strings.Contains(log.String(), token) {
		t.Error("the log has the token")
	}
}

func TestS61_WrongFeedTokensHaveToWait(t *testing.T) {
	w := open(t)
	path, _ := feed(t, w.As("Lea Lead", "user"))
	last := 0
	for i := range 32 {
		last = w.Visitor().Get("/projects/feeds/WRONG" + id(int64(i)) + ".ics").Status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("after 32 wrong ones: %d", last)
	}
	w.Visitor().Get(path).Want(http.StatusOK) // the right one is not to be guessed, and works
	w.Person("Sue Signer", "user")
	w.Visitor().SignIn("sue.signer", apptest.Password).Want(http.StatusSeeOther) // an old subscription locks nobody of its office out
}

func TestFeed_ShowsWhatItsOwnerMayKnowNow(t *testing.T) {
	w := open(t)
	open, closed := w.project("Open", "Ada Admin", nil), w.project("Closed Room", "Ada Admin", func(f *projectForm) {
		f.Private, f.Watchers = true, []int64{w.id("Walt Watcher", "user")}
	})
	mine := func(p Project, name, status, due string) {
		w.task(p, name, func(f *taskForm) {
			f.Assignee, f.Status, f.DueOn = w.id("Walt Watcher"), w.status(status), due
		})
	}
	mine(open, "Due soon", "To do", "2026-11-30")
	mine(open, "Done already", "Done", "2026-11-30")
	mine(open, "Without a day", "To do", "")
	mine(closed, "Secret wall", "To do", "2026-12-01")
	w.task(open, "Somebody else's", func(f *taskForm) { f.DueOn = "2026-11-30" })
	walt := w.As("Walt Watcher")
	path, _ := feed(t, walt)
	read := func() apptest.Answer { return w.Visitor().Get(path) }
	read().Want(http.StatusOK, "Due soon", "Secret wall").Lacks("Done already", "Without a day", "Somebody else")
	w.Exec("DELETE FROM project_people WHERE project_id = ?", closed.ID)
	read().Want(http.StatusOK, "Due soon").Lacks("Secret wall")
	w.Exec("UPDATE projects SET deleted_at = ? WHERE id = ?", w.DB.Now(), open.ID)
	read().Want(http.StatusOK).Lacks("Due soon")
	w.Exec("UPDATE users SET locked_at = ? WHERE id = ?", w.DB.Now(), walt.User.ID)
	w.Cache.Clear("")
	read().Want(http.StatusNotFound)
}
