package app_test

import (
	"bufio"
	"bytes"
	"database/sql/driver"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/features"
)

// without takes a table away and gives it back after do.
func without(p *apptest.Portal, table string, do func()) {
	p.Exec("ALTER TABLE " + table + " RENAME TO gone")
	defer p.Exec("ALTER TABLE gone RENAME TO " + table)
	do()
}

// What goes wrong inside says a number, by which it is found in the log, and nothing else.
func TestS78_AFailureSaysItsNumberAndNothingOfTheInside(t *testing.T) {
	var log bytes.Buffer
	p := apptest.With(t, apptest.Options{Features: features.All, Log: &log})
	b := p.As("Ada", "admin")
	b.Get("/projects").Want(http.StatusOK)
	without(p, "projects", func() {
		p.Cache.Clear("")
		for _, a := range []apptest.Answer{b.Get("/projects"), b.Fragment(http.MethodGet, "/projects", "projects", nil), b.Post("/projects", apptest.Form("name", "X", "status", "1", "priority", "1"))} {
			number := a.Header.Get("X-Request-Id")
			a.Want(http.StatusInternalServerError, number).Lacks("no such table", "doesn't exist", "SELECT", "INSERT", ".go:", "goroutine", "bun", "sqlite", "mysql")
			if number == "" || !strings.Contains(log.String(), number) {
				t.Errorf("the log does not have %q", number)
			}
			headers(t, a)
		}
	})
	b.Get("/projects").Want(http.StatusOK)
}

// Who can't be asked who they are, or what they may, gets nothing.
func TestS79_WithoutRightsToLookUpNothingIsShown(t *testing.T) {
	p := newPortal(t)
	admin, user := p.As("Ada", "admin"), p.As("Una", "user")
	admin.Get("/admin/users").Want(http.StatusOK, "Una")
	user.Get("/admin/users").Want(http.StatusForbidden)
	for _, table := range []string{"sessions", "users", "user_roles"} {
		without(p, table, func() {
			p.Cache.Clear("")
			before := p.Count("settings")
			for who, b := range map[string]*apptest.Browser{"an administrator": admin, "a user": user} {
				for _, path := range []string{"/admin/users", "/projects", "/inbox"} {
					if a := b.Get(path); a.Status < 400 && a.Location() == "" {
						t.Errorf("without %s, %s sees %s: %s", table, who, path, a)
					}
				}
				if a := b.Post("/admin/settings/users.dormant", apptest.Form("value", "30", "was", "90")); a.Status < 400 && !strings.HasPrefix(a.Location(), "/login") {
					t.Errorf("without %s, %s sets: %s", table, who, a)
				}
			}
			if p.Count("settings") != before {
				t.Errorf("without %s, something was set", table)
			}
		})
		p.Cache.Clear("")
		admin.Get("/admin/users").Want(http.StatusOK, "Una")
	}
}

// Instants are kept and logged in UTC, whatever zone the one who acts lives in.
func TestS83_InstantsAreKeptInUTC(t *testing.T) {
	p := newPortal(t)
	b := p.As("Ada", "admin")
	p.Exec("UPDATE users SET zone = 'Pacific/Auckland' WHERE id = ?", b.User.ID)
	p.Cache.Clear("")
	b.Post("/projects", apptest.Form("name", "Plan", "status", "1", "priority", "1")).Want(http.StatusSeeOther)
	for table, column := range map[string]string{"projects": "created_at", "audit_lines": "created_at", "history": "created_at"} {
		n, err := p.DB.Writer().NewSelect().Table(table).Where(column+" = ?", p.Clock.Now()).Count(p.Context())
		if err != nil || n == 0 {
			t.Errorf("nothing of %s is of %v: %v", table, p.Clock.Now(), err)
		}
	}
	if zone := p.Clock.Now().Location().String(); zone != "UTC" {
		t.Errorf("the clock is in %s", zone)
	}
}

// least are the oldest versions of modules that mend what is known of them.
var least = map[string]string{
	"github.com/gofiber/fiber/v2": "v2.52.13", "github.com/valyala/fasthttp": "v1.70.0", "github.com/yuin/goldmark": "v1.7.17",
	"github.com/xuri/excelize/v2": "v2.11.0", "github.com/microcosm-cc/bluemonday": "v1.0.16", "golang.org/x/image": "v0.41.0",
}

func TestS90_ModulesAreNotOlderThanWhatMendsThem(t *testing.T) {
	raw, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^\s*(?:require )?(\S+) v(\d+)\.(\d+)\.(\d+)`)
	have := map[string][]string{}
	for _, m := range version.FindAllStringSubmatch(string(raw), -1) {
		have[m[1]] = m[2:5]
	}
	sums, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range least {
		want := strings.Split(strings.TrimPrefix(v, "v"), ".")
		pad := func(all []string) string {
			var b strings.Builder
			for _, n := range all {
				b.WriteString(strings.Repeat("0", 6-len(n)) + n)
			}
			return b.String()
		}
		if got := have[name]; got == nil || pad(got) < pad(want) || !strings.Contains(string(sums), name+" v"+strings.Join(got, ".")+" h1:") {
			t.Errorf("%s is %v, not at least %s with its sum", name, got, v)
		}
	}
}

// SECURITY.md says how to report a hole, what is logged, and the limits, as the code has them.
func TestS92_LimitsAndLogsAreWrittenDown(t *testing.T) {
	raw, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"## Reporting a hole", "## What is logged", "## Time limits", "## Bounds", "Never logged"} {
		if !strings.Contains(string(raw), part) {
			t.Errorf("SECURITY.md lacks %q", part)
		}
	}
	p := newPortal(t)
	p.Visitor().Get("/.well-known/security.txt").Want(http.StatusOK, "Contact:", "Expires:")
	tables := regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\|").FindAllStringSubmatch(string(raw), -1)
	if len(tables) < 5 {
		t.Fatalf("SECURITY.md names %d tables", len(tables))
	}
	var named []string
	for _, m := range tables {
		named = append(named, m[1])
		p.Count(m[1]) // it is there
	}
	for _, table := range []string{"audit_lines", "history", "activities", "mails", "sign_ins", "sign_in_failures"} {
		if !slices.Contains(named, table) {
			t.Errorf("SECURITY.md does not name %s", table)
		}
	}
}

// R05, R06: the page that says that the database does not answer asks it nothing but who asks, so it comes at once. R02: what
// has been written when it goes is not said to be refused.
func TestAway_ThePageAsksNothingMoreAndRefusesNothingThatIsKept(t *testing.T) {
	away := func(k feature.Kit) (feature.Feature, error) {
		fails := func(*fiber.Ctx) error { return driver.ErrBadConn }
		writes := func(c *fiber.Ctx) error {
			err := k.DB.Write(c.UserContext(), func(tx *data.Tx) error {
				tx.Changed(data.Change{Feature: "away", Kind: "part", What: "went away", Title: "Part"})
				return nil
			})
			if err != nil {
				return err
			}
			return driver.ErrBadConn
		}
		return feature.Feature{
			Name: "away", Access: []feature.Access{{Node: "away", Label: "Away", Roles: []string{auth.SignedIn}}},
			Routes: []feature.Route{feature.Get("see", "/now", "Look", fails), feature.Post("fail", "/fail", "Fail", fails), feature.Post("write", "/write", "Write", writes)},
		}, nil
	}
	p := apptest.New(t, away)
	b := p.As("Ada", "user")
	b.Get("/away/now")
	p.Cache.Clear("")
	for _, query := range p.Queries(func() {
		a := b.Get("/away/now").Want(http.StatusServiceUnavailable, "<title>Back in a moment").Lacks("<nav", `href="/inbox"`)
		if a.Header.Get("Retry-After") == "" {
			t.Error("nothing says when to try again")
		}
	}) {
		if strings.Contains(query, "notifications") {
			t.Errorf("the page asks %s", query)
		}
	}
	b.Post("/away/fail", nil).Want(http.StatusServiceUnavailable)
	if n := p.Count("history", "kind = 'away.part'"); n != 0 {
		t.Errorf("what was refused is kept %d times", n)
	}
	b.Post("/away/write", nil).Want(http.StatusGatewayTimeout, "may be saved or not")
	if n := p.Count("history", "kind = 'away.part'"); n != 1 {
		t.Errorf("what was written is kept %d times", n)
	}
}

// R14: a server that is about to stop answers what is still sent to it, and ends the connection with the answer.
func TestLeave_AnswersWhatIsOnItsWayAndEndsTheConnection(t *testing.T) {
	p := newPortal(t)
	ask := func(c net.Conn, path string) *http.Response {
		t.Helper()
		if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: portal.test\r\n\r\n", path); err != nil {
			t.Fatal(err)
		}
		r, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("%s has no answer: %v", path, err)
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
		return r
	}
	var kept [2]net.Conn
	for n := range kept {
		c, err := net.Dial("tcp", p.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		if r := ask(c, "/healthz"); r.Close {
			t.Fatal("the connection is not kept")
		}
		kept[n] = c
	}
	gone := make(chan error, 1)
	go func() { p.Leave(); gone <- p.Shutdown() }()
	for p.Visitor().Get("/readyz").Status == http.StatusOK { // until it is leaving
	}
	for _, c := range kept {
		if r := ask(c, "/healthz"); r.StatusCode != http.StatusOK || !r.Close {
			t.Errorf("%d, the connection ends: %v", r.StatusCode, r.Close)
		}
	}
	if err := <-gone; err != nil {
		t.Error(err)
	}
}
