package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"portal/app/apptest/mariadb"
)

// stopped is R14.
func stopped(ctx context.Context, b *bed) ([]line, error) {
	i, err := b.ready(ctx, nil)
	if err != nil {
		return nil, err
	}
	alone, err := i.stoppedAlone(ctx)
	if err != nil {
		return nil, err
	}
	pair, err := b.stoppedInTurn(ctx)
	return []line{alone, pair}, err
}

// What goes on when the server is told to stop.
const (
	stopEvery   = 5 * time.Millisecond // between two requests
	stopUploads = 50
	stopStreams = 100
)

// listen opens a stream of changes. When it ends, ended is told whether it had said when to come back.
func (p *person) listen(ctx context.Context, ended func(retry bool)) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address+"/events?on=projects", nil)
	if err != nil {
		return err
	}
	endless := *p.http
	endless.Timeout = 0
	resp, err := endless.Do(r) //nolint:bodyclose // who reads it to its end closes it, below
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return fmt.Errorf("a stream answered %d", resp.StatusCode)
	}
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() {
		_ = resp.Body.Close()
		return errors.New("a stream said nothing")
	}
	retry := strings.HasPrefix(lines.Text(), "retry:")
	go func() {
		for lines.Scan() {
			continue
		}
		_ = resp.Body.Close()
		if ended != nil {
			ended(retry)
		}
	}()
	return nil
}

// streams opens ten streams for each of as many people as that needs.
func (i *install) listeners(ctx context.Context, address string, n int, ended func(bool)) error {
	const each = 10
	for k := range n / each {
		name := fmt.Sprint("hearer", k)
		if err := i.add(ctx, name, "user"); err != nil {
			return err
		}
		p, err := enter(ctx, address, name)
		if err != nil {
			return err
		}
		for range each {
			if err := p.listen(ctx, ended); err != nil {
				return err
			}
		}
	}
	return nil
}

// refusedToConnect is true of a request that never reached the server.
func refusedToConnect(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

// stoppedAlone tells a single server to stop while much goes on.
func (i *install) stoppedAlone(ctx context.Context) (line, error) {
	l := line{on: "one server, SQLite", asked: "each request that reached it is answered; streams end within 1 s and say when to come back; exit 0 within 15 s; nothing lost"}
	s, err := i.serve(ctx)
	if err != nil {
		return l, err
	}
	defer s.kill()
	p, err := enter(ctx, s.address, "boss")
	if err != nil {
		return l, err
	}
	project, err := p.project(ctx, "Stopping")
	if err != nil {
		return l, err
	}
	w := &stopWork{person: p, project: project, writes: newLedger()}
	if err := i.listeners(ctx, s.address, stopStreams, w.streamEnded); err != nil {
		return l, err
	}
	timed, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	all.Go(func() { paced(timed, stopEvery, 200, w.request) })
	for k := range stopUploads {
		all.Go(func() { w.upload(ctx, k) })
	}
	time.Sleep(2 * time.Second) // until all of it goes on
	w.told.Store(time.Now().UnixNano())
	code, took := s.stop()
	cancel()
	all.Wait()
	v, err := w.writes.verify(ctx, i)
	l.saw = fmt.Sprintf("%d requests answered, %d after the end refused at the door, %d without an answer (%s); uploads: %d kept, %d answered otherwise, %d without an answer; %d streams ended, the last after %s, %d had said when to come back; exit %d after %s; %s",
		w.answered.Load(), w.door.Load(), w.failed.Load(), w.why(), w.kept.Load(), w.other.Load(), w.cutOff.Load(), w.ended.Load(), ms(time.Duration(w.lastEnd.Load())), w.retry.Load(), code, ms(took), v)
	l.held = w.failed.Load()+w.cutOff.Load() == 0 && w.ended.Load() == stopStreams && w.retry.Load() == stopStreams && time.Duration(w.lastEnd.Load()) <= time.Second &&
		code == 0 && took <= 15*time.Second && v.held()
	return l, err
}

// stopWork is what goes on, and what became of it.
type stopWork struct {
	person  *person
	project string
	writes  *ledger
	told    atomic.Int64 // when the server was told to stop

	answered, door, failed atomic.Int64
	kept, other, cutOff    atomic.Int64
	ended, retry, lastEnd  atomic.Int64
	mu                     sync.Mutex
	reason                 string
}

func (w *stopWork) why() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.reason == "" {
		return "none"
	}
	return w.reason
}

func (w *stopWork) request(n int) {
	ctx := context.Background()
	var a answer
	if n%4 == 0 {
		_, a = w.writes.write(ctx, w.person, w.project, fmt.Sprintf("stopping %d.", n))
	} else {
		a = w.person.get(ctx, w.project)
	}
	switch {
	case a.status != 0:
		w.answered.Add(1)
	case refusedToConnect(a.err):
		w.door.Add(1)
	default:
		w.failed.Add(1)
		w.mu.Lock()
		w.reason = a.err.Error()
		w.mu.Unlock()
	}
}

// slowly is a body that takes its time.
type slowly struct {
	rest []byte
	wait time.Duration
}

// Read gives a part after the wait.
func (s *slowly) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		return 0, io.EOF
	}
	time.Sleep(s.wait)
	n := copy(p[:min(len(p), 32<<10)], s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// upload sends a megabyte in three seconds, so that it is on its way when the server is told to stop.
func (w *stopWork) upload(ctx context.Context, k int) {
	body, kind := form(w.person.token, fmt.Sprintf("stop%d.txt", k), bytes.Repeat([]byte("portal "), 150000))
	a := w.person.ask(ctx, http.MethodPost, w.project+"/files", &slowly{body, 90 * time.Millisecond}, kind)
	switch a.status {
	case http.StatusSeeOther:
		w.kept.Add(1)
	case 0:
		w.cutOff.Add(1)
	default:
		w.other.Add(1)
	}
}

func (w *stopWork) streamEnded(retry bool) {
	w.ended.Add(1)
	if retry {
		w.retry.Add(1)
	}
	if told := w.told.Load(); told > 0 {
		w.lastEnd.Store(max(w.lastEnd.Load(), time.Now().UnixNano()-told))
	}
}

// stoppedInTurn restarts one of two servers behind haproxy again and again.
func (b *bed) stoppedInTurn(ctx context.Context) (line, error) {
	l := line{on: "two servers behind haproxy, MariaDB", asked: "no failed request, nothing lost"}
	if err := need("haproxy", "haproxy"); err != nil {
		return l, err
	}
	db, err := mariadb.StartDurable(ctx)
	if err != nil {
		return l, err
	}
	defer db.Stop()
	first, err := b.ready(ctx, db)
	if err != nil {
		return l, err
	}
	door, err := b.on(ctx, nil) // an address for the proxy
	if err != nil {
		return l, err
	}
	first.env = append(first.env, "PORTAL_BASE_URL=http://"+door.address, "PORTAL_SECRET_KEY=only for chaos, and long enough for it")
	second, err := b.on(ctx, nil, first.env...)
	if err != nil {
		return l, err
	}
	second.url = first.url
	nodes := []*install{first, second}
	running := make([]*server, len(nodes))
	for k, i := range nodes {
		if running[k], err = i.serve(ctx); err != nil {
			return l, err
		}
	}
	defer func() {
		for _, s := range running {
			s.kill()
		}
	}()
	end, err := b.proxy(ctx, door.address, nodes)
	if err != nil {
		return l, err
	}
	defer end()
	return first.inTurn(ctx, l, inTurn{door.address, nodes, running})
}

// inTurn is a pair of servers behind one door.
type inTurn struct {
	door    string
	nodes   []*install
	running []*server
}

func (i *install) inTurn(ctx context.Context, l line, pair inTurn) (line, error) {
	p, err := enter(ctx, "http://"+pair.door, "boss")
	if err != nil {
		return l, err
	}
	project, err := p.project(ctx, "In turn")
	if err != nil {
		return l, err
	}
	all, writes := newCrowd(), newLedger()
	timed, cancel := context.WithCancel(ctx)
	defer cancel()
	var load sync.WaitGroup
	load.Go(func() {
		paced(timed, 2*stopEvery, 100, func(n int) {
			if n%4 == 0 {
				_, a := writes.write(ctx, p, project, fmt.Sprintf("in turn %d.", n))
				all.add(a)
				return
			}
			all.add(p.get(ctx, project+"/about"))
		})
	})
	wrong := 0
	for round := range i.rounds {
		k := round % len(pair.nodes)
		if code, _ := pair.running[k].stop(); code != 0 {
			wrong++
		}
		if pair.running[k], err = pair.nodes[k].serve(ctx); err != nil {
			return l, err
		}
		time.Sleep(time.Second) // until the proxy has seen it
	}
	cancel()
	load.Wait()
	v, err := writes.verify(ctx, i)
	ok := all.of(200) + all.of(303)
	l.saw = fmt.Sprintf("%d restarts: %s, p99 %s; %d exits other than 0; %s", i.rounds, all, ms(all.rank(0.99)), wrong, v)
	l.held = ok == len(all.took) && wrong == 0 && v.held()
	return l, err
}

// proxy starts haproxy before the servers, as the README would have it.
func (b *bed) proxy(ctx context.Context, door string, nodes []*install) (func(), error) {
	var text strings.Builder
	fmt.Fprintf(&text, "global\n  maxconn 2000\ndefaults\n  mode http\n  timeout connect 2s\n  timeout client 60s\n  timeout server 60s\n"+
		"  option redispatch 1\n  retries 3\n  retry-on conn-failure empty-response\nfrontend door\n  bind %s\n  default_backend portal\nbackend portal\n  option httpchk GET /readyz\n", door)
	for k, i := range nodes {
		fmt.Fprintf(&text, "  server portal%d %s check inter 200 fall 1 rise 1\n", k, i.address)
	}
	file := filepath.Join(b.dir, "haproxy.cfg")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, "haproxy", "-f", file, "-db") //nolint:gosec // a path of ours
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: c, address: "http://" + door, log: &record{}, ended: make(chan struct{})}
	go func() {
		_ = c.Wait()
		close(s.ended)
	}()
	if err := s.await(ctx, "/readyz", http.StatusOK, 20*time.Second); err != nil {
		return nil, err
	}
	return s.kill, nil
}
