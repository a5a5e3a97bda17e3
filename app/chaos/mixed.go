package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"sync"
)

// Who asks at once, and how often each; a tenth of it under the race detector, which takes ten times as long.
const (
	mixedClients  = 32
	mixedRequests = 1000
)

// nothingMixed is R21.
func nothingMixed(ctx context.Context, b *bed) ([]line, error) {
	i, err := b.ready(ctx, nil)
	if err != nil {
		return nil, err
	}
	plain, err := i.mixed(ctx, mixedRequests)
	if err != nil {
		return nil, err
	}
	plain.on = "SQLite"
	watched := *b
	watched.program = filepath.Join(b.dir, "portal-race")
	b.say("building the portal with the race detector")
	if err := build(ctx, watched.program, "-race"); err != nil {
		return []line{plain}, err
	}
	if i, err = watched.ready(ctx, nil); err != nil {
		return []line{plain}, err
	}
	race, err := i.mixed(ctx, mixedRequests/10)
	b.made = watched.made
	race.on = "SQLite, under the race detector"
	return []line{plain, race}, err
}

// mixedSeen is what was found where it does not belong.
type mixedSeen struct {
	mu                        sync.Mutex
	all                       *crowd
	writes                    *ledger
	foreign, missing, numbers int
	ids                       map[string]bool
}

// mark is a text that only one request of one client carries.
var mark = regexp.MustCompile(`mark-(\d+)-(\d+)-end`)

func (i *install) mixed(ctx context.Context, requests int) (line, error) {
	l := line{asked: "every stored value is a sent one, each once; nobody's page shows what another sent; no data race"}
	s, err := i.serve(ctx)
	if err != nil {
		return l, err
	}
	defer s.stop()
	people := make([]*person, mixedClients)
	for k := range people {
		name := fmt.Sprintf("client%d", k)
		if err := i.add(ctx, name, "user"); err != nil {
			return l, err
		}
		p := visitor(s.address)
		p.agent = fmt.Sprintf("Browser mark-%d-0-end", k)
		if people[k], err = p.signIn(ctx, name); err != nil {
			return l, err
		}
	}
	seen := &mixedSeen{all: newCrowd(), writes: newLedger(), ids: map[string]bool{}}
	beside(mixedClients, func(k int) { seen.client(ctx, people[k], k, requests) })
	v, err := seen.writes.verify(ctx, i)
	if err != nil {
		return l, err
	}
	wrong, err := i.number(ctx, "SELECT COUNT(*) FROM todos WHERE text NOT LIKE 'mark-%-end' OR created_by <> (SELECT id FROM users WHERE username = 'client' || substr(text, 6, instr(substr(text, 6), '-') - 1))")
	if err != nil {
		return l, err
	}
	agents, err := i.number(ctx, "SELECT COUNT(*) FROM sign_ins s JOIN users u ON u.id = s.user_id WHERE s.device NOT LIKE 'Browser mark-' || substr(u.username, 7) || '-0-end'")
	if err != nil {
		return l, err
	}
	races := s.log.times("DATA RACE")
	l.saw = fmt.Sprintf("%d clients × %d requests: %s; %s; %d foreign marks in pages, %d own ones missing, %d numbers of requests given twice, %d rows with another's author, %d sign-ins with another's browser, %d data races",
		mixedClients, requests, seen.all, v, seen.foreign, seen.missing, seen.numbers, wrong, agents, races)
	l.held = seen.all.broken() == 0 && v.held() && seen.foreign+seen.missing+seen.numbers == 0 && wrong+agents == 0 && races == 0
	return l, nil
}

// client writes and reads in turn, and looks for others' marks in what it reads.
func (m *mixedSeen) client(ctx context.Context, p *person, k, requests int) {
	const perProject = 20
	project := ""
	for n := 1; n <= requests; n++ {
		text := fmt.Sprintf("mark-%d-%d-end", k, n)
		var a answer
		switch {
		case n%perProject == 1:
			a = p.post(ctx, "/projects", "name", text, "status", "1", "priority", "1", "private", "on")
			project = localPath(a.header.Get("Location"))
		case n%2 == 0:
			_, a = m.writes.write(ctx, p, project, text)
		case n%4 == 1:
			a = p.get(ctx, "/projects?q="+text)
		default:
			a = p.get(ctx, project+"/todos?mark="+text)
		}
		m.all.add(a)
		m.look(a, k, n%2 == 1 && n%perProject != 1 && n%4 == 1, text)
	}
}

// look checks one answer.
func (m *mixedSeen) look(a answer, k int, shown bool, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if a.header == nil {
		return
	}
	if id := a.header.Get("X-Request-Id"); m.ids[id] {
		m.numbers++
	} else {
		m.ids[id] = true
	}
	own := false
	for _, found := range mark.FindAllStringSubmatch(a.body, -1) {
		if found[1] != fmt.Sprint(k) {
			m.foreign++
		}
		own = own || found[0] == text
	}
	if shown && a.status == http.StatusOK && !own {
		m.missing++
	}
}
