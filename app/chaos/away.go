package main

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"portal/app/apptest/mariadb"
)

// awayEvery is the time between two requests while the database is away.
const awayEvery = 10 * time.Millisecond

// databaseAway is R05.
func databaseAway(ctx context.Context, b *bed) ([]line, error) {
	db, err := mariadb.StartDurable(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Stop()
	i, err := b.ready(ctx, db)
	if err != nil {
		return nil, err
	}
	s, p, err := i.staffed(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	project, err := p.project(ctx, "Away")
	if err != nil {
		return nil, err
	}
	asset := assetIn.FindString(p.get(ctx, "/").body)
	ways := []string{"killed", "held (SIGSTOP)", "stopped"}
	var lines []line
	for round := range b.rounds {
		l, err := i.away(ctx, awayRound{db, s, p, project, ways[round%len(ways)], asset})
		if err != nil {
			return lines, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// assetIn finds the address of a style or script in a page.
var assetIn = regexp.MustCompile(`/assets/[^"]+\.(css|js)`)

// awayRound is one time that the database goes.
type awayRound struct {
	db      *mariadb.Server
	server  *server
	person  *person
	project string
	way     string
	asset   string // an address of one of the portal's own files
}

// leave takes the database away, and returns how it comes back.
func (r awayRound) leave(ctx context.Context) func() error {
	if r.way == "held (SIGSTOP)" {
		_ = r.db.Signal(syscall.SIGSTOP)
		return func() error { return r.db.Signal(syscall.SIGCONT) }
	}
	r.db.End(r.way == "killed")
	return func() error { return r.db.Again(ctx) }
}

// awaySeen is what was seen while it was away.
type awaySeen struct {
	all, beside *crowd // requests that need the database, and those that don't
	ready       *crowd
}

func (i *install) away(ctx context.Context, r awayRound) (line, error) {
	l := line{on: "MariaDB " + r.way, asked: "each answer within 5 s; pages 503 with title and Retry-After; no 500, no panic; static and /healthz 200, /readyz 503; normal within 5 s of its return; goroutines as before"}
	before, err := r.server.metric("go_goroutines")
	if err != nil {
		return l, err
	}
	back := r.leave(ctx)
	seen, writes := i.whileAway(ctx, r)
	if err := back(); err != nil {
		return l, err
	}
	again, err := i.writesAgain(ctx, r.person, r.project, writes)
	if err != nil {
		return l, err
	}
	after, err := i.settled(ctx, r.server, before*1.1)
	if err != nil {
		return l, err
	}
	v, err := writes.verify(ctx, i)
	if err != nil {
		return l, err
	}
	page := pageOf(seen.all)
	panics := r.server.log.times(`panic`)
	// What was still asked when the database had just gone waits for as long as a connection may.
	slowest := max(seen.all.rank(1), seen.beside.rank(1))
	l.saw = fmt.Sprintf("%.0f s: %s, slowest %s (p99 %s); beside it %s; /readyz %s; %s; %d panics; wrote again after %s; goroutines %.0f before, %.0f after; %d lost",
		i.seconds.Seconds(), seen.all, ms(slowest), ms(seen.all.rank(0.99)), seen.beside, seen.ready, page, panics, ms(again), before, after, v.lost)
	l.held = slowest <= 5*time.Second && seen.all.broken() == 0 && seen.beside.of(200) == len(seen.beside.took) && seen.ready.of(503) == len(seen.ready.took) &&
		page == "the page is in order" && panics == 0 && again <= 5*time.Second && after <= before*1.1+2 && v.lost+v.twice+v.ghosts == 0
	return l, nil
}

// whileAway asks for pages, writes and what needs no database.
func (i *install) whileAway(ctx context.Context, r awayRound) (awaySeen, *ledger) {
	seen := awaySeen{newCrowd(), newCrowd(), newCrowd()}
	writes := newLedger()
	ctx, cancel := context.WithTimeout(ctx, i.seconds)
	defer cancel()
	var all sync.WaitGroup
	all.Go(func() {
		paced(ctx, awayEvery, 1000, func(n int) {
			if n%10 == 0 {
				_, a := writes.write(context.WithoutCancel(ctx), r.person, r.project, fmt.Sprintf("away %s %d.", r.way, n))
				seen.all.add(a)
				return
			}
			seen.all.add(r.person.get(context.WithoutCancel(ctx), r.project))
		})
	})
	all.Go(func() {
		paced(ctx, 500*time.Millisecond, 50, func(n int) {
			path := [...]string{"/healthz", r.asset}[n%2]
			seen.beside.add(r.person.get(context.WithoutCancel(ctx), path))
			if n > 1 { // what is asked in the first second may still find connections
				seen.ready.add(r.person.get(context.WithoutCancel(ctx), "/readyz"))
			}
		})
	})
	all.Wait()
	return seen, writes
}

// pageOf looks at the page that people were shown.
func pageOf(c *crowd) string {
	for _, a := range c.odd {
		if a.status != http.StatusServiceUnavailable {
			continue
		}
		switch {
		case a.header.Get("Retry-After") == "":
			return "the page has no Retry-After"
		case !strings.Contains(a.body, "<title>") || !strings.Contains(a.body, "Back in a moment"):
			return "the page has no title"
		case strings.Contains(a.body, "goroutine ") || strings.Contains(a.body, ".go:"):
			return "the page shows a stack"
		}
		return "the page is in order"
	}
	return "nobody was shown a page"
}

// settled waits until there are no more goroutines than that, for half a minute at most.
func (i *install) settled(ctx context.Context, s *server, most float64) (n float64, err error) {
	for began := time.Now(); time.Since(began) < 90*time.Second; {
		if n, err = s.metric("go_goroutines"); err != nil || n <= most {
			return n, err
		}
		select {
		case <-ctx.Done():
			return n, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
	return n, nil
}

// databaseSlow is R06.
func databaseSlow(ctx context.Context, b *bed) ([]line, error) {
	db, err := mariadb.StartDurable(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Stop()
	w, err := stretch(db.Address())
	if err != nil {
		return nil, err
	}
	defer w.close()
	i, err := b.ready(ctx, db)
	if err != nil {
		return nil, err
	}
	past := *i
	past.url = strings.Replace(i.url, db.Address(), w.address(), 1)
	s, err := past.serve(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	p, err := enter(ctx, s.address, "boss")
	if err != nil {
		return nil, err
	}
	project, err := p.project(ctx, "Slow")
	if err != nil {
		return nil, err
	}
	var lines []line
	for _, try := range []func(context.Context, *server, *person, string) (line, error){
		func(ctx context.Context, s *server, p *person, project string) (line, error) {
			return i.delayed(ctx, w, s, p, project)
		},
		i.locked, i.deadlocks, i.streams,
	} {
		l, err := try(ctx, s, p, project)
		if err != nil {
			return lines, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

const askedSlow = "each request ends within 10 s, in success or 503; all well afterwards"

// within is how long a request may take at most, and what the machine itself adds.
const within = 11 * time.Second

// delayed makes each query take two seconds.
func (i *install) delayed(ctx context.Context, w *wire, s *server, p *person, project string) (line, error) {
	l := line{on: "MariaDB, 2 s a query", asked: askedSlow}
	w.set(2*time.Second, nil, nil)
	all, writes := newCrowd(), newLedger()
	beside(20, func(k int) {
		all.add(p.get(ctx, project))
		_, a := writes.write(ctx, p, project, fmt.Sprintf("delayed %d.", k))
		all.add(a)
	})
	w.set(0, nil, nil)
	return i.afterSlow(ctx, l, slowSeen{s, p, project, all, writes})
}

// slowSeen is what was seen while the database was slow.
type slowSeen struct {
	server  *server
	person  *person
	project string
	all     *crowd
	writes  *ledger
}

func (i *install) afterSlow(ctx context.Context, l line, seen slowSeen) (line, error) {
	again, err := i.writesAgain(ctx, seen.person, seen.project, seen.writes)
	if err != nil {
		return l, err
	}
	v, err := seen.writes.verify(ctx, i)
	l.saw = fmt.Sprintf("%s, slowest %s; afterwards a write after %s; %d lost, %d refused yet stored", seen.all, ms(seen.all.rank(1)), ms(again), v.lost, v.ghosts)
	l.held = seen.all.broken() == 0 && seen.all.rank(1) <= within && again < 5*time.Second && v.lost+v.twice+v.ghosts == 0 && seen.server.alive()
	return l, err
}

// locked holds the table that is written, then the row that a write locks.
func (i *install) locked(ctx context.Context, s *server, p *person, project string) (line, error) {
	l := line{on: "MariaDB, LOCK TABLES and a row held by SELECT … FOR UPDATE for 15 s each", asked: askedSlow}
	all, writes := newCrowd(), newLedger()
	for n, lock := range [][]string{{"LOCK TABLES todos WRITE"}, {"BEGIN", "SELECT id FROM projects FOR UPDATE"}} {
		free, err := i.hold(ctx, lock...)
		if err != nil {
			return l, err
		}
		held := time.AfterFunc(15*time.Second, free)
		beside(20, func(k int) {
			_, a := writes.write(ctx, p, project, fmt.Sprintf("locked %d-%d.", n, k))
			all.add(a)
		})
		if held.Stop() {
			free()
		}
	}
	return i.afterSlow(ctx, l, slowSeen{s, p, project, all, writes})
}

// hold runs the statements on a connection of its own; what it returns gives all locks back.
func (i *install) hold(ctx context.Context, statements ...string) (func(), error) {
	db, err := i.open()
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	for _, text := range statements {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return nil, err
		}
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "UNLOCK TABLES")
		_ = conn.Close()
		_ = db.Close()
	}, nil
}

// deadlocks lets fifty people exchange two cards on the board, each in their own order.
func (i *install) deadlocks(ctx context.Context, s *server, p *person, project string) (line, error) {
	l := line{on: "MariaDB, 50 clients exchange two cards", asked: "no person sees a deadlock: success or 409"}
	for n := range 2 {
		if a := p.post(ctx, project+"/tasks", "name", fmt.Sprint("Card ", n), "status", "1", "priority", "1"); a.status != http.StatusSeeOther {
			return l, fmt.Errorf("making a task answered %d", a.status)
		}
	}
	ids, err := i.number(ctx, "SELECT MAX(id) FROM tasks")
	if err != nil {
		return l, err
	}
	all := newCrowd()
	beside(50, func(k int) {
		for n := range 10 {
			moved, after := (k+n)%2, 1-(k+n)%2
			all.add(p.post(ctx, fmt.Sprintf("%s/tasks/%d/move", project, 1+moved),
				"status", fmt.Sprint(1+k%2), "after", fmt.Sprint(ids-1+int64(after)), "before", "0", "version", "1000000"))
		}
	})
	l.saw = fmt.Sprintf("%s, slowest %s", all, ms(all.rank(1)))
	l.held = all.of(303) > 0 && all.of(303)+all.of(409) == len(all.took) && s.alive()
	return l, nil
}

// streams opens more streams of changes than the pool has connections.
func (i *install) streams(ctx context.Context, s *server, p *person, project string) (line, error) {
	l := line{on: "MariaDB, 60 open pages that listen, pool of 30", asked: "the pool is not exhausted: pages answer as before"}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	opened := 0
	for n := range 6 {
		name := fmt.Sprint("listener", n)
		if err := i.add(ctx, name, "user"); err != nil {
			return l, err
		}
		q, err := enter(ctx, s.address, name)
		if err != nil {
			return l, err
		}
		for range 10 {
			if q.listen(ctx, nil) == nil {
				opened++
			}
		}
	}
	all := newCrowd()
	beside(20, func(int) {
		for range 10 {
			all.add(p.get(ctx, project))
		}
	})
	l.saw = fmt.Sprintf("%d streams; pages %s, p99 %s", opened, all, ms(all.rank(0.99)))
	l.held = opened == 60 && all.of(200) == len(all.took)
	return l, nil
}
