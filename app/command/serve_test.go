package command_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestServe_PrintsTheFirstLinkUntilThereIsAnAdministrator(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	s := i.serve()
	path, ours := strings.CutPrefix(s.welcome, s.address)
	if !ours || !strings.HasPrefix(path, "/welcome/") {
		t.Fatalf("the link is %q at %s", s.welcome, s.address)
	}
	if status, _ := s.browse().open(path); status != http.StatusOK {
		t.Errorf("the link answers %d", status)
	}
	i.must("user", "add", "boss", "-roles", "admin")
	s.signal()
	s.end()
	if again := i.serve(); again.welcome != "" {
		t.Errorf("with an administrator there is still a link: %s", again.welcome)
	}
}

func TestServe_EndsWellWhenAsked(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	s := i.serve()
	if status, _ := s.browse().open("/readyz"); status != http.StatusOK {
		t.Fatalf("it is not ready: %d", status)
	}
	s.signal()
	if code := s.end(); code != 0 {
		t.Errorf("ended with %d: %s", code, s.log)
	}
	if _, err := os.Stat(filepath.Join(i.dir, "portal.sock")); !os.IsNotExist(err) {
		t.Errorf("the socket stays behind: %v", err)
	}
}

func TestServe_WaitsForADatabaseAndEndsWhenAsked(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	where := l.Addr().String()
	if err := l.Close(); err != nil { // now nobody is there
		t.Fatal(err)
	}
	s := newInstall(t, "PORTAL_DATABASE_URL=mysql://portal:secret@"+where+"/portal").launch(&lines{})
	eventually(t, "the server says that it waits", func() bool { return strings.Contains(s.log.String(), "waiting for the database") })
	s.signal()
	if code := s.end(); code != 0 {
		t.Errorf("ended with %d: %s", code, s.log)
	}
	if strings.Contains(s.log.String(), "secret") {
		t.Errorf("the log holds the password: %s", s.log)
	}
}

func TestServe_WritesToSyslog(t *testing.T) {
	t.Parallel()
	l, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	newInstall(t, "PORTAL_SYSLOG=udp://"+l.LocalAddr().String()).serve()
	line := make([]byte, 4096)
	if err := l.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	n, _, err := l.ReadFrom(line)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(line[:n]); !strings.HasPrefix(got, "<30>") || !strings.Contains(got, `"msg":"database migrated"`) {
		t.Errorf("syslog heard %q", got)
	}
}

func TestCache_AsksTheRunningServer(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.mustWith(strong, "user", "add", "eva", "-password-stdin")
	i.serve().browse().signIn("eva", strong)
	type region struct {
		Region       string
		Hits, Misses int64
	}
	member := func() region {
		for _, r := range read[[]region](t, i.must("cache", "stats", "-json")) {
			if r.Region == "auth.member" {
				return r
			}
		}
		t.Fatal("there is no region auth.member")
		return region{}
	}
	if m := member(); m.Misses == 0 {
		t.Errorf("after a sign-in: %+v", m)
	}
	i.must("cache", "clear", "auth.member")
	i.must("cache", "clear")
	i.must("cache", "warm", "-json")
	refused(t, i.run("cache", "clear", "nix"), 1, "There is no cache region nix; portal cache stats lists them.")
	info, err := os.Stat(filepath.Join(i.dir, "portal.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket is open to others: %v %v", info.Mode(), err)
	}
}

func TestCache_GoesOnWithTheServerThatIsLeft(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	first := i.serve()
	second := i.serve()
	first.signal()
	first.end()
	eventually(t, "the second server answers", func() bool { return i.run("cache", "stats").code == 0 })
	if err := second.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	second.end()
	i.serve() // what a killed one left behind is in nobody's way
	i.must("cache", "stats")
}

// Once a command has ended, what it changed is in force: nobody has to wait for the next look at the database.
func TestCommands_AreInForceWhenTheyEnd(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	i.mustWith(strong, "user", "add", "eva", "-roles", "", "-password-stdin")
	b := i.serve().browse()
	b.signIn("eva", strong)
	for range 5 {
		i.must("role", "grant", "eva", "user")
		if status, _ := b.open("/projects"); status != http.StatusOK {
			t.Errorf("right after the grant the projects answer %d", status)
		}
		i.must("role", "revoke", "eva", "user")
		if status, _ := b.open("/projects"); status != http.StatusForbidden {
			t.Errorf("right after the revoke they answer %d", status)
		}
	}
}

// What a command changes is a change by another process: the running server must hear of it.
func TestCommands_ReachTheRunningServer(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	i.mustWith(strong, "user", "add", "eva", "-roles", "", "-password-stdin")
	b := i.serve().browse()
	b.signIn("eva", strong)
	answers := func(want int) func() bool {
		return func() bool { got, _ := b.open("/projects"); return got == want }
	}
	if status, _ := b.open("/projects"); status != http.StatusForbidden {
		t.Fatalf("without a role the projects answer %d: %s", status, b.s.log)
	}
	i.must("role", "grant", "eva", "user")
	eventually(t, "the granted role counts", answers(http.StatusOK))
	i.must("role", "revoke", "eva", "user")
	eventually(t, "the revoked role counts no more", answers(http.StatusForbidden))
	i.must("user", "lock", "eva")
	eventually(t, "the locked account is signed out", answers(http.StatusSeeOther))
	i.must("user", "unlock", "eva")
	b.signIn("eva", strong)
	i.mustWith(strong+" two", "user", "passwd", "eva", "-password-stdin")
	eventually(t, "another password signs out", answers(http.StatusSeeOther))
	b.signIn("eva", strong+" two")
}

// R09: a file of which a page is damaged that nobody reads now is served, but not without a word.
func TestServe_SaysThatTheFileIsDamaged(t *testing.T) {
	t.Parallel()
	i := fileInstall(t)
	i.must("migrate", "up")
	page, err := strconv.ParseInt(i.one("SELECT rootpage FROM sqlite_master WHERE name = 'legacy_ids'"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(i.dir, "portal.db"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	const size = 4096
	if _, err := f.WriteAt(make([]byte, size), (page-1)*size); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	s := i.serve()
	eventually(t, "the log says that the file is damaged, and the way back", func() bool {
		said := s.log.String()
		return strings.Contains(said, "damaged") && strings.Contains(said, "portal restore") && strings.Contains(said, "portal.db")
	})
}
