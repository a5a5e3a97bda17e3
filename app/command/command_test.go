package command_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/data"
)

// program is the portal, built once for all tests.
var program string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "portal-command-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program = filepath.Join(dir, "portal")
	build := exec.Command("go", "build", "-o", program, "portal")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the portal:", err)
		return 1
	}
	return m.Run()
}

// install is a data folder, a database and the settings that go with them.
type install struct {
	t   *testing.T
	dir string
	url string   // of the database; empty for the file in the data folder
	env []string // beside the data folder and a port of the system's choice
}

// newInstall has an empty database of the sort that the tests run on.
func newInstall(t *testing.T, env ...string) install {
	t.Helper()
	return install{t, filepath.Join(t.TempDir(), "data"), apptest.Database(t), env}
}

// fileInstall has its database where SQLite's lies by default.
func fileInstall(t *testing.T, env ...string) install {
	return install{t, filepath.Join(t.TempDir(), "data"), "", env}
}

func (i install) environment() []string {
	clean := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "PORTAL_") })
	clean = append(clean, "PORTAL_DATA_DIR="+i.dir, "PORTAL_ADDR=127.0.0.1:0")
	if i.url != "" {
		clean = append(clean, "PORTAL_DATABASE_URL="+i.url)
	}
	return append(clean, i.env...)
}

// exec runs statements straight on the database, on one connection.
func (i install) exec(statements ...string) {
	i.t.Helper()
	ctx := i.t.Context()
	db, err := data.Open(ctx, data.Options{URL: i.url, Pool: 1, Recycle: time.Hour, Timeout: patience})
	if err != nil {
		i.t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.Writer().ExecContext(ctx, s); err != nil {
			i.t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		i.t.Fatal(err)
	}
}

// outcome is what a command left behind.
type outcome struct {
	code     int
	out, err string
}

// run runs one command to its end.
func (i install) run(args ...string) outcome { return i.runWith("", args...) }

func (i install) runWith(input string, args ...string) outcome {
	i.t.Helper()
	c := exec.Command(program, args...)
	var out, errs bytes.Buffer
	c.Env, c.Dir, c.Stdin, c.Stdout, c.Stderr = i.environment(), i.t.TempDir(), strings.NewReader(input), &out, &errs
	if err := c.Run(); err != nil && c.ProcessState == nil {
		i.t.Fatal(err)
	}
	return outcome{c.ProcessState.ExitCode(), out.String(), errs.String()}
}

// must runs a command that has to succeed.
func (i install) must(args ...string) string { return i.mustWith("", args...) }

func (i install) mustWith(input string, args ...string) string {
	i.t.Helper()
	o := i.runWith(input, args...)
	if o.code != 0 {
		i.t.Fatalf("portal %s ended with %d: %s", strings.Join(args, " "), o.code, o.err)
	}
	return o.out
}

// read decodes what a command printed with -json.
func read[T any](t *testing.T, out string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("no JSON: %v: %s", err, out)
	}
	return v
}

// server is a portal that runs.
type server struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string
	welcome string
	log     *lines
	ended   chan struct{} // closed at its end
}

// lines is what a program says, readable while it goes on.
type lines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// launch starts a server without waiting for it.
func (i install) launch(out io.Writer) *server {
	i.t.Helper()
	s := &server{t: i.t, cmd: exec.Command(program, "serve", "-json"), log: &lines{}, ended: make(chan struct{})}
	s.cmd.Env, s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = i.environment(), i.t.TempDir(), out, s.log
	if err := s.cmd.Start(); err != nil {
		i.t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait() // the tests ask for the exit code
		close(s.ended)
	}()
	i.t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // it may have ended already
		<-s.ended
	})
	return s
}

// serve starts a server and waits until it says where it is.
func (i install) serve() *server {
	i.t.Helper()
	out := &lines{}
	s := i.launch(out)
	var g struct{ Address, Welcome string }
	eventually(i.t, "the server says where it is", func() bool { return json.Unmarshal([]byte(out.String()), &g) == nil })
	s.address, s.welcome = g.Address, g.Welcome
	return s
}

// end waits for the server's end and returns what it ended with.
func (s *server) end() int {
	s.t.Helper()
	select {
	case <-s.ended:
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		s.t.Fatalf("the server does not end: %s", s.log)
		return 0
	}
}

func (s *server) signal() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
}

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for until := time.Now().Add(patience); time.Now().Before(until); <-tick.C {
		if holds() {
			return
		}
	}
	t.Fatalf("it did not come to be that %s", what)
}

// browser is a person at the server.
type browser struct {
	t *testing.T
	s *server
	*http.Client
}

// browse makes a browser that shows redirects as they are.
func (s *server) browse() browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return browser{s.t, s, &http.Client{Jar: jar, CheckRedirect: stay, Timeout: patience}}
}

func (b browser) open(path string) (int, string) {
	b.t.Helper()
	r, err := b.Get(b.s.address + path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

var csrf = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// signIn signs the person in by the form.
func (b browser) signIn(name, password string) {
	b.t.Helper()
	_, page := b.open("/login")
	token := csrf.FindStringSubmatch(page)
	if token == nil {
		b.t.Fatalf("the form has no token: %s", page)
	}
	r, err := b.PostForm(b.s.address+"/login", map[string][]string{"_csrf": {token[1]}, "name": {name}, "password": {password}})
	if err != nil {
		b.t.Fatal(err)
	}
	_ = r.Body.Close()
	if status, _ := b.open("/"); r.StatusCode != http.StatusSeeOther || status != http.StatusOK {
		b.t.Fatalf("signing in answered %d, then the start page %d", r.StatusCode, status)
	}
}
