package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// Slow clients: how many, how long they are watched, and how long they may hold a connection.
const (
	slowMost  = 1000
	slowWatch = 40 * time.Second
	slowCut   = 32 * time.Second // 30 and a moment
)

// slowClients is R18: a thousand connections that send or read a byte now and then.
func slowClients(ctx context.Context, b *bed) ([]line, error) {
	i, err := b.ready(ctx, nil)
	if err != nil {
		return nil, err
	}
	s, p, err := i.staffed(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	asset := assetIn.FindString(p.get(ctx, "/").body)
	var lines []line
	for _, c := range []struct{ on, first, drop string }{
		{"slow heads", "GET /login HTTP/1.1\r\nHost: portal\r\n", "X-A: b\r\n"},
		{"slow bodies", "POST /login HTTP/1.1\r\nHost: portal\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 30000\r\n\r\n", "a"},
		{"slow readers", strings.Repeat("GET "+asset+" HTTP/1.1\r\nHost: portal\r\n\r\n", 200), ""},
	} {
		l, err := i.slowly(ctx, s, p, c.first, c.drop)
		if err != nil {
			return lines, err
		}
		l.on = fmt.Sprintf("%d %s", slowMost, c.on)
		lines = append(lines, l)
	}
	return lines, nil
}

// slowly opens the connections and asks for pages meanwhile.
func (i *install) slowly(ctx context.Context, s *server, p *person, first, drop string) (line, error) {
	l := line{asked: "other pages' p99 under 300 ms; all cut within 30 s; less than 100 MB more memory"}
	paths := []string{"/", "/projects"}
	before := calm(ctx, p, 100, paths...)
	memory, err := s.memory()
	if err != nil {
		return l, err
	}
	base, err := s.metric("process_open_fds")
	if err != nil {
		return l, err
	}
	timed, cancel := context.WithTimeout(ctx, slowWatch)
	defer cancel()
	var clients sync.WaitGroup
	for range slowMost {
		clients.Go(func() { crawl(timed, i.address, first, drop) })
	}
	w := &slowSight{server: s, base: base}
	clients.Go(func() { w.watch(timed) })
	pages := newCrowd()
	paced(timed, 50*time.Millisecond, 100, func(n int) { pages.add(p.get(ctx, paths[n%2])) })
	clients.Wait()
	l.saw = fmt.Sprintf("pages %s, p99 %s (before %s); at most %.0f connections held, all gone after %s; %.0f MB more memory",
		pages, ms(pages.rank(0.99)), ms(before), w.most-base, ms(w.gone), w.memory-memory)
	l.held = pages.of(200) == len(pages.took) && pages.rank(0.99) < 300*time.Millisecond && w.gone > 0 && w.gone <= slowCut && w.memory-memory < 100
	return l, ctx.Err()
}

// crawl is one slow client; it opens again nothing that was cut.
func crawl(ctx context.Context, address, first, drop string) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetReadBuffer(4096)
	}
	_ = conn.SetDeadline(time.Now().Add(slowWatch))
	if _, err := conn.Write([]byte(first)); err != nil {
		return
	}
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	one := make([]byte, 1)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if drop == "" {
			_, err = conn.Read(one)
		} else {
			_, err = conn.Write([]byte(drop))
		}
		if err != nil {
			return
		}
	}
}

// slowSight is what was seen of the server meanwhile.
type slowSight struct {
	server             *server
	base, most, memory float64
	gone               time.Duration // until the connections were given back
}

func (w *slowSight) watch(ctx context.Context) {
	began := time.Now()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		<-tick.C
		open, err := w.server.metric("process_open_fds")
		if err != nil {
			continue
		}
		w.most = max(w.most, open)
		if held, err := w.server.memory(); err == nil {
			w.memory = max(w.memory, held)
		}
		const others = 120 // of those who ask for pages, and the database's
		switch {
		case open > w.base+others:
			w.gone = 0
		case w.gone == 0 && w.most > w.base+others:
			w.gone = time.Since(began)
		}
	}
}

// floodEvery is the time between two sign-ins.
const floodEvery = 20 * time.Millisecond

// signInFlood is R19.
func signInFlood(ctx context.Context, b *bed) ([]line, error) {
	i, err := b.ready(ctx, nil)
	if err != nil {
		return nil, err
	}
	s, p, err := i.staffed(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	paths := []string{"/", "/projects"}
	before := calm(ctx, p, 100, paths...)
	memory, err := s.memory()
	if err != nil {
		return nil, err
	}
	stranger := visitor(s.address)
	if err := stranger.learn(ctx, "/login"); err != nil {
		return nil, err
	}
	timed, cancel := context.WithTimeout(ctx, i.seconds)
	defer cancel()
	tries, pages := newCrowd(), newCrowd()
	var all sync.WaitGroup
	all.Go(func() {
		paced(timed, floodEvery, 500, func(n int) {
			tries.add(stranger.post(ctx, "/login", "name", fmt.Sprintf("nobody%d", n%200), "password", "not the right one"))
		})
	})
	all.Go(func() {
		paced(timed, 50*time.Millisecond, 100, func(n int) { pages.add(p.get(ctx, paths[n%2])) })
	})
	all.Wait()
	after, err := s.memory()
	l := line{on: "SQLite", asked: "other pages' p99 under 300 ms, 429 for the flood, memory flat (30 MB)"}
	l.saw = fmt.Sprintf("%.0f s: sign-ins %s; pages %s, p99 %s (before %s); memory %.0f MB before, %.0f MB after",
		i.seconds.Seconds(), tries, pages, ms(pages.rank(0.99)), ms(before), memory, after)
	l.held = tries.of(429) > 0 && tries.broken() == 0 && pages.of(200) == len(pages.took) && pages.rank(0.99) < 300*time.Millisecond && after-memory < 30
	return []line{l}, err
}
