// Package live tells open pages what changed: topics and ids, never data.
package live

import (
	"strings"
	"sync"
	"time"
)

// Event is one change, as pages hear of it. Whoever hears asks for the rows with their own rights.
type Event struct {
	Topic string `json:"topic"` // "projects.project:12"
	Guard string `json:"guard"` // topic whose right decides who hears of it; empty for Topic
}

// backlog is how many events wait for a page that reads slowly; past that it is told to look at everything.
const backlog = 64

// MaxStreams is how many pages one person may have open and listening.
const MaxStreams = 10

// Hub passes events on to the pages that listen.
type Hub struct {
	mu     sync.Mutex
	pages  map[*Page]bool
	counts map[int64]int    // pages by person
	last   map[string]int64 // when each topic was told of last, see Moment
	forgot int64            // when last was emptied
	closed bool
	done   chan struct{}
}

// Page is one open stream.
type Page struct {
	Events chan Event
	Behind chan struct{} // holds a value when events were dropped
	Probe  chan struct{} // holds a value when the stream should find out whether it may go on

	hub    *Hub
	person int64
	topics map[string]bool
}

// NewHub makes a hub without pages.
func NewHub() *Hub {
	return &Hub{pages: map[*Page]bool{}, counts: map[int64]int{}, last: map[string]int64{}, done: make(chan struct{})}
}

// Listen opens a stream of a person's page for the topics; nil when the person has too many open already.
// A browser that went on to another page is noticed only when something is written to the old one's
// stream, so all the person's other pages are asked to write now: else ten quick clicks would be too many.
// What was told since the moment the page was asked for, it has missed: it is behind from the start.
func (h *Hub) Listen(person int64, topics []string, since int64) *Page {
	h.Ask(person)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.counts[person] >= MaxStreams {
		return nil
	}
	p := &Page{
		Events: make(chan Event, backlog), Behind: make(chan struct{}, 1), Probe: make(chan struct{}, 1),
		hub: h, person: person, topics: map[string]bool{},
	}
	for _, t := range topics {
		p.topics[strings.Clone(t)] = true
		if since > 0 && (h.last[t] > since || since < h.forgot) {
			signal(p.Behind)
		}
	}
	h.pages[p] = true
	h.counts[person]++
	return p
}

// Moment is now, as Listen takes it: by the machine's clock, in microseconds.
func (h *Hub) Moment() int64 { return time.Now().UnixMicro() }

// rememberMost is of how many topics it is remembered when they were told of last.
const rememberMost = 10_000

// remember keeps when the topic was told of. When there are too many all are forgotten at once, and whoever
// asked for a page before that is taken to have missed something.
func (h *Hub) remember(topic string) {
	now := h.Moment()
	if len(h.last) >= rememberMost {
		clear(h.last)
		h.forgot = now
	}
	h.last[topic] = now
}

// Ask makes all streams of a person find out whether they may go on.
func (h *Hub) Ask(person int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.pages {
		if p.person == person {
			signal(p.Probe)
		}
	}
}

// signal leaves a value in a channel that holds one, if there is none yet.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Close ends the stream.
func (p *Page) Close() {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	if !p.hub.pages[p] {
		return
	}
	delete(p.hub.pages, p)
	if p.hub.counts[p.person]--; p.hub.counts[p.person] <= 0 {
		delete(p.hub.counts, p.person)
	}
}

// Tell passes an event on; it never waits.
func (h *Hub) Tell(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remember(e.Topic)
	for p := range h.pages {
		if !p.topics[e.Topic] {
			continue
		}
		select {
		case p.Events <- e:
		default:
			signal(p.Behind)
		}
	}
}

// Done is closed when the portal stops, so that streams end at once.
func (h *Hub) Done() <-chan struct{} { return h.done }

// Close ends all streams for good.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.closed = true
		close(h.done)
	}
}

// Open is the number of open streams.
func (h *Hub) Open() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.pages)
}
