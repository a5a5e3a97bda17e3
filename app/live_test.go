package app_test

import (
	"bufio"
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/data"
	"portal/features"
)

// hear opens a stream and gives its lines; the channel closes with the stream.
func hear(t *testing.T, b *apptest.Browser, topics string) (lines <-chan string, status int) {
	t.Helper()
	res := b.Open(apptest.Request{Method: http.MethodGet, Path: "/events?on=" + topics, Header: http.Header{"Accept": {"text/event-stream"}}})
	t.Cleanup(func() { _ = res.Body.Close() })
	out := make(chan string, 100)
	go func() {
		defer close(out)
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			if s.Text() != "" {
				out <- s.Text()
			}
		}
	}()
	return out, res.StatusCode
}

// await waits for a line that holds the text.
func await(t *testing.T, lines <-chan string, text string) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatalf("the stream ended before %q", text)
			}
			if strings.Contains(line, text) {
				return
			}
		case <-limit:
			t.Fatalf("%q did not come within ten seconds", text)
		}
	}
}

// tell is a change that open pages of the topic hear of.
func tell(t *testing.T, p *apptest.Portal, topic string) {
	t.Helper()
	err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
		tx.Changed(data.Change{Feature: "projects", Kind: "project", What: "changed", Live: []string{topic}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStream_TellsWhatChanges(t *testing.T) {
	p := newPortal(t)
	lines, status := hear(t, p.As("Ada", "user"), "projects")
	if status != http.StatusOK {
		t.Fatal(status)
	}
	await(t, lines, "retry:")
	tell(t, p, "projects")
	await(t, lines, `{"topic":"projects"}`)
}

var heardAt = regexp.MustCompile(`data-heard="([0-9]+)"`)

// What changes after a page was drawn and before its stream opens is not missed; what changed before is no news.
func TestStream_KnowsWhatThePageMissed(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	tell(t, p, "projects")
	at := heardAt.FindStringSubmatch(b.Get("/projects").Want(http.StatusOK).Body)
	if at == nil {
		t.Fatal("the page does not say when it was drawn")
	}
	lines, _ := hear(t, b, "projects&since="+at[1])
	await(t, lines, "retry:")
	tell(t, p, "projects")
	for line := range lines {
		if strings.Contains(line, "behind") {
			t.Fatal("nothing was missed")
		}
		if strings.Contains(line, "topic") {
			break
		}
	}
	late, _ := hear(t, b, "projects&since="+at[1])
	await(t, late, "event: behind")
}

func TestStream_RefusesWhatOneMayNotSee(t *testing.T) {
	p := newPortal(t)
	p.Visitor().Get("/events?on=projects").Want(http.StatusSeeOther)
	for who, b := range map[string]*apptest.Browser{"user": p.As("Ada", "user"), "nobody": p.As("Nemo")} {
		for _, topics := range []string{"", "nothing", "projects.project:999", "home", "projects,nothing", "%00", strings.Repeat("projects,", 9)} {
			if a := b.Get("/events?on=" + topics); a.Status != http.StatusNotFound {
				t.Errorf("%s at %q: %s", who, topics, a)
			}
		}
	}
	p.As("Nemo").Get("/events?on=projects").Want(http.StatusNotFound)
	if n := p.Hub.Open(); n != 0 {
		t.Errorf("%d streams are open", n)
	}
}

func TestStream_AHeadOpensNone(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	for range 3 {
		b.Do(apptest.Request{Method: http.MethodHead, Path: "/events?on=projects"})
	}
	if n := p.Hub.Open(); n != 0 {
		t.Errorf("%d streams are open", n)
	}
}

func TestS82_TenStreamsAPersonAndNoMore(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "user")
	for range 10 {
		lines, _ := hear(t, b, "projects")
		await(t, lines, "retry:")
	}
	if a := b.Get("/events?on=projects"); a.Status != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
		t.Errorf("the eleventh: %s", a)
	}
	if _, status := hear(t, p.As("Bob", "user"), "projects"); status != http.StatusOK {
		t.Errorf("another person's first: %d", status)
	}
}

func TestStream_EndsWhenThePortalStops(t *testing.T) {
	p := newPortal(t)
	lines, _ := hear(t, p.As("Ada", "user"), "projects")
	await(t, lines, "retry:")
	began := time.Now()
	if err := p.Shutdown(); err != nil {
		t.Fatal(err)
	}
	for range lines { // until it closes
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("took %s", took)
	}
}

// A person who was locked, or has lost the right, hears no more.
func TestStream_EndsWithTheRight(t *testing.T) {
	p := newPortal(t)
	locked, _ := hear(t, p.As("Ada", "user"), "projects")
	await(t, locked, "retry:")
	if err := p.Users.Lock(p.Context(), "ada", true); err != nil {
		t.Fatal(err)
	}
	tell(t, p, "projects")
	for line := range locked {
		if strings.Contains(line, "topic") {
			t.Errorf("a locked person hears %s", line)
		}
	}
}

// S04: whoever is signed out or locked is told nothing more, and the stream itself ends, at once and without a change.
func TestStream_EndsWithItsSession(t *testing.T) {
	p := newPortal(t)
	for name, end := range map[string]func(*apptest.Browser) error{
		"locked":     func(*apptest.Browser) error { return p.Users.Lock(p.Context(), "locked", true) },
		"signed out": func(b *apptest.Browser) error { b.Post("/logout", nil).Want(http.StatusSeeOther); return nil },
	} {
		b := p.As(name, "user")
		lines, _ := hear(t, b, "projects")
		await(t, lines, "retry:")
		if err := end(b); err != nil {
			t.Fatal(err)
		}
		limit := time.After(5 * time.Second)
		for open := true; open; {
			select {
			case _, open = <-lines:
			case <-limit:
				t.Fatalf("%s: the stream is still open after five seconds", name)
			}
		}
	}
}

// S35, R11: two processes on one database know of each other's changes within a second.
func TestPortals_SeeEachOthersChanges(t *testing.T) {
	p := apptest.New(t, features.All...)
	other := p.Second()
	p.Start()
	other.Start()
	b := p.As("Ada", "user")
	there := other.Visitor()
	there.SetCookie("portal", b.Cookie("portal"))
	there.Get("/projects").Want(http.StatusOK)
	lines, _ := hear(t, there, "projects")
	await(t, lines, "retry:")
	for _, step := range []struct {
		name string
		do   func(context.Context) error
		want int
	}{
		{"a role taken", func(ctx context.Context) error { return p.Users.Revoke(ctx, "ada", "user") }, http.StatusForbidden},
		{"a role given", func(ctx context.Context) error { return p.Users.Grant(ctx, "ada", "auditor") }, http.StatusOK},
	} {
		if err := step.do(p.Context()); err != nil {
			t.Fatal(err)
		}
		within(t, step.name, func() bool { return there.Get("/projects").Status == step.want })
	}
	tell(t, p, "projects")
	await(t, lines, `{"topic":"projects"}`)
	if err := p.Users.Lock(p.Context(), "ada", true); err != nil {
		t.Fatal(err)
	}
	within(t, "a lock", func() bool { return there.Get("/projects").Status == http.StatusSeeOther })
}

// within fails unless it becomes true: a machine that is not busy needs a quarter of a second, a busy one much longer.
func within(t *testing.T, what string, yes func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for limit := time.Now().Add(20 * time.Second); ; <-tick.C {
		if yes() {
			return
		}
		if time.Now().After(limit) {
			t.Errorf("%s is not seen by the other", what)
			return
		}
	}
}

// R05, R11: what another process wrote while this one could not read is heard afterwards, however long that was.
func TestPortals_HearWhatTheyMissed(t *testing.T) {
	p := apptest.New(t, features.All...)
	other := p.Second()
	b := p.As("Ada", "user")
	there := other.Visitor()
	there.SetCookie("portal", b.Cookie("portal"))
	there.Get("/projects").Want(http.StatusOK)
	other.Start()
	p.Exec("ALTER TABLE changes RENAME TO changes_away")
	p.Exec("DELETE FROM route_mappings WHERE node = 'projects.project.see'")
	p.Exec("INSERT INTO changes_away (node, body, created_at) VALUES ('another', ?, ?)", `{"stale":["`+auth.AccessKey+`"]}`, p.DB.Now())
	p.Clock.Add(time.Minute)
	p.Exec("ALTER TABLE changes_away RENAME TO changes")
	within(t, "a mapping taken", func() bool { return there.Get("/projects").Status == http.StatusForbidden })
}

// R11: rights that could not be read when they changed are read as soon as that works.
func TestPortals_ReadRightsAgainUntilTheyCan(t *testing.T) {
	p := apptest.New(t, features.All...)
	b := p.As("Ada", "user")
	b.Get("/projects").Want(http.StatusOK)
	p.Exec("DELETE FROM route_mappings WHERE node = 'projects.project.see'")
	p.Exec("ALTER TABLE role_includes RENAME TO away")
	err := p.DB.Write(p.Context(), func(tx *data.Tx) error {
		tx.Changed(data.Change{Feature: "admin", Kind: "mapping", What: "deleted", Stale: []string{auth.AccessKey}})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Get("/projects").Want(http.StatusOK)
	p.Exec("ALTER TABLE away RENAME TO role_includes")
	p.Start()
	within(t, "a mapping taken", func() bool { return b.Get("/projects").Status == http.StatusForbidden })
}
