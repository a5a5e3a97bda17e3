package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// crowd is what a number of requests came to.
type crowd struct {
	mu    sync.Mutex
	codes map[int]int // 0: no whole answer
	took  []time.Duration
	odd   []answer // those that were no success, the first of each status
}

func newCrowd() *crowd { return &crowd{codes: map[int]int{}} }

func (c *crowd) add(a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.codes[a.status]++
	c.took = append(c.took, a.took)
	if a.status >= http.StatusBadRequest && c.codes[a.status] == 1 {
		c.odd = append(c.odd, a)
	}
}

// rank is the time that a share of all answers took at most.
func (c *crowd) rank(share float64) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return rank(c.took, share)
}

func rank(all []time.Duration, share float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// broken is how many answers were a fault of ours: 500, or none at all.
func (c *crowd) broken() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.codes[http.StatusInternalServerError] + c.codes[0]
}

func (c *crowd) of(status int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.codes[status]
}

func (c *crowd) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return codes(c.codes)
}

// codes are how many answers came with each status.
func codes(of map[int]int) string {
	var said []string
	for _, status := range slices.Sorted(maps.Keys(of)) {
		name := fmt.Sprint(status)
		if status == 0 {
			name = "no answer"
		}
		said = append(said, fmt.Sprintf("%d × %s", of[status], name))
	}
	if len(said) == 0 {
		return "none"
	}
	return strings.Join(said, ", ")
}

// paced does something every so often until ctx ends, whether what was done before has ended or not, but never more
// than most at once.
func paced(ctx context.Context, every time.Duration, most int, do func(n int)) {
	var all sync.WaitGroup
	room := make(chan struct{}, most)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			all.Wait()
			return
		case <-tick.C:
		}
		select {
		case room <- struct{}{}:
			all.Go(func() {
				do(n)
				<-room
			})
		default: // all wait for an answer
		}
	}
}

// beside does something n times at once and waits for all.
func beside(n int, do func(k int)) {
	var all sync.WaitGroup
	for k := range n {
		all.Go(func() { do(k) })
	}
	all.Wait()
}

// calm is how long the pages take at the 99th of 100, asked for one after another by one person.
func calm(ctx context.Context, p *person, n int, paths ...string) time.Duration {
	c := newCrowd()
	for k := range n {
		c.add(p.get(ctx, paths[k%len(paths)]))
	}
	return c.rank(0.99)
}

func ms(d time.Duration) string {
	if d >= 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000)
}
