package command_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"portal/app/apptest"
)

// How hard the killed server is worked: clients at once, times it is killed, and changes it has answered by then.
const (
	killClients = 16
	killRounds  = 6
	killFewest  = 20
	killMost    = 130
)

// answers are what the clients of a server that is killed have got back.
type answers struct {
	mu   sync.Mutex
	well []string // answered with success: they have to be there afterwards
	bad  []string // refused: they must not
}

func (a *answers) add(status int, text string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if status == http.StatusSeeOther {
		a.well = append(a.well, text)
	} else {
		a.bad = append(a.bad, text)
	}
	return len(a.well)
}

// R01: the server is killed at any moment while many write. The next start works, what was answered with
// success is there once, and what was refused is not there.
func TestServe_LosesNothingWhenKilled(t *testing.T) {
	i := newInstall(t, "PORTAL_DATABASE_URL="+apptest.Database(t))
	i.mustWith(strong, "user", "add", "boss", "-roles", "admin", "-password-stdin")
	s := i.serve()
	b := s.browse()
	b.signIn("boss", strong)
	token := b.token()
	if status := b.send("/projects", token, "name", "Written under fire", "status", "1", "priority", "1"); status != http.StatusSeeOther {
		t.Fatalf("making the project answered %d", status)
	}
	all := &answers{}
	for round := range killRounds {
		fire(t, s, b, all, round, token)
		s.end()
		s = i.serve() // on what the killed one left behind
		b.s = s
		all.verify(t, b)
	}
}

// token is what the person's forms carry; it holds as long as the session.
func (b browser) token() string {
	b.t.Helper()
	_, page := b.open("/password")
	found := csrf.FindStringSubmatch(page)
	if found == nil {
		b.t.Fatalf("the page has no token: %s", page)
	}
	return found[1]
}

// send posts a form of names and values, and returns the status; 0 when no whole answer came back.
func (b browser) send(path, token string, pairs ...string) int {
	form := map[string][]string{"_csrf": {token}}
	for i := 0; i < len(pairs); i += 2 {
		form[pairs[i]] = []string{pairs[i+1]}
	}
	r, err := b.PostForm(b.s.address+path, form)
	if err != nil {
		return 0
	}
	if r.Body.Close() != nil {
		return 0
	}
	return r.StatusCode
}

// fire writes from all clients until the server is killed, at a moment that chance chooses.
func fire(t *testing.T, s *server, b browser, all *answers, round int, token string) {
	until := len(all.well) + killFewest + rand.IntN(killMost-killFewest)
	var clients sync.WaitGroup
	var once sync.Once
	for client := range killClients {
		clients.Go(func() {
			for n := 0; ; n++ {
				text := fmt.Sprintf("round %d client %d todo %d.", round, client, n)
				status := b.send("/projects/1/todos", token, "text", text)
				if status == 0 {
					return // it died before it could answer: the todo may be there or not
				}
				if all.add(status, text) >= until {
					once.Do(func() {
						if err := s.cmd.Process.Kill(); err != nil {
							t.Error(err)
						}
					})
				}
			}
		})
	}
	clients.Wait()
}

var todoText = regexp.MustCompile(`class="[^"]*todo-text"[^>]*><span class="only-read">[^<]*</span> ([^<]*)<`)

func (a *answers) verify(t *testing.T, b browser) {
	t.Helper()
	status, page := b.open("/projects/1/todos")
	if status != http.StatusOK {
		t.Fatalf("after the kill the page answers %d", status)
	}
	times := map[string]int{}
	for _, m := range todoText.FindAllStringSubmatch(page, -1) {
		times[m[1]]++
	}
	if len(a.bad) > 0 {
		t.Errorf("%d writes were refused: %s", len(a.bad), strings.Join(a.bad, " "))
	}
	for _, text := range a.well {
		if times[text] != 1 {
			t.Errorf("%q was answered with success and is there %d times", text, times[text])
		}
	}
	for text, n := range times {
		if n > 1 {
			t.Errorf("%q is there %d times", text, n)
		}
	}
}
