package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
)

// Who edits at once, and how many things; one change of each client to each has to be taken. What was done to one thing
// says nothing of another, so the checker gets a history of each: of one long history it would not live to see the end.
const (
	lostClients = 20
	lostThings  = 5
)

// nothingLost is R22, on both databases.
func nothingLost(ctx context.Context, b *bed) ([]line, error) {
	return b.both(ctx, func(ctx context.Context, i *install) ([]line, error) {
		l, err := i.counted(ctx)
		return []line{l}, err
	})
}

// edit is one try to write a text over the version that was read, or to read.
type edit struct {
	thing int
	base  int64 // the version it is written over; -1 for a read
	text  string
}

// seenText is what came of it.
type seenText struct {
	taken   bool // of a write
	version int64
	text    string
}

// stood is what the thing is, as the model has it.
type stood struct {
	version int64
	text    string
}

// register is a text that is written only over the version that is there: what a version is for.
func register(text string) porcupine.Model {
	return porcupine.Model{
		Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
			of := make([][]porcupine.Operation, lostThings)
			for _, op := range all {
				thing := op.Input.(edit).thing
				of[thing] = append(of[thing], op)
			}
			return of
		},
		Init: func() any { return stood{1, text} },
		Step: func(state, input, output any) (bool, any) {
			s, in, out := state.(stood), input.(edit), output.(seenText)
			switch {
			case in.base < 0:
				return out.version == s.version && out.text == s.text, s
			case out.taken:
				return in.base == s.version, stood{s.version + 1, in.text}
			default:
				return in.base != s.version, s
			}
		},
	}
}

// book is all that clients did, with when each began and ended.
type book struct {
	mu    sync.Mutex
	began time.Time
	ops   []porcupine.Operation
	codes map[int]int
}

func (b *book) note(client int, call time.Duration, in edit, out seenText) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ops = append(b.ops, porcupine.Operation{ClientId: client, Input: in, Call: call.Nanoseconds(), Output: out, Return: time.Since(b.began).Nanoseconds()})
}

// counted lets all count numbers up, in the names of tasks.
func (i *install) counted(ctx context.Context) (line, error) {
	l := line{asked: "linearizable; the sum is exact; losers got 409"}
	s, p, err := i.staffed(ctx)
	if err != nil {
		return l, err
	}
	defer s.stop()
	project, err := p.project(ctx, "Counted")
	if err != nil {
		return l, err
	}
	const first = "0 by nobody."
	var fields []string
	for n := range lostThings {
		if a := p.post(ctx, project+"/tasks", "name", first, "status", "1", "priority", "1"); a.status != http.StatusSeeOther {
			return l, fmt.Errorf("making the task answered %d", a.status)
		}
		fields = append(fields, fmt.Sprintf("%s/tasks/%d/field/name", project, n+1))
	}
	all := &book{began: time.Now(), codes: map[int]int{}}
	failures := make([]error, lostClients)
	beside(lostClients, func(k int) { failures[k] = all.count(ctx, p, fields, k) })
	for _, err := range failures {
		if err != nil {
			return l, err
		}
	}
	sum := 0
	for _, field := range fields {
		_, text, err := readField(ctx, p, field)
		if err != nil {
			return l, err
		}
		n := 0
		_, _ = fmt.Sscan(text, &n)
		sum += n
	}
	right := porcupine.CheckOperationsTimeout(register(first), all.ops, time.Minute)
	l.saw = fmt.Sprintf("%d operations of %d clients on %d things, writes %s; porcupine: %s; the sum is %d of %d", len(all.ops), lostClients, lostThings, codes(all.codes), right, sum, lostClients*lostThings)
	l.held = right == porcupine.Ok && sum == lostClients*lostThings && all.codes[303] == sum && all.codes[409] > 0 && len(all.codes) == 2
	return l, nil
}

// count adds one to each thing, to what was read last.
func (b *book) count(ctx context.Context, p *person, fields []string, client int) error {
	for thing := 0; thing < len(fields); {
		call := time.Since(b.began)
		version, text, err := readField(ctx, p, fields[thing])
		if err != nil {
			return err
		}
		b.note(client, call, edit{thing: thing, base: -1}, seenText{version: version, text: text})
		var n int
		if _, err := fmt.Sscan(text, &n); err != nil {
			return fmt.Errorf("%q holds no number: %w", text, err)
		}
		next := fmt.Sprintf("%d by %d.", n+1, client)
		call = time.Since(b.began)
		a := p.post(ctx, fields[thing], "name", next, "version", strconv.FormatInt(version, 10))
		b.mu.Lock()
		b.codes[a.status]++
		b.mu.Unlock()
		b.note(client, call, edit{thing, version, next}, seenText{taken: a.status == http.StatusSeeOther})
		switch a.status {
		case http.StatusSeeOther:
			thing++
		case http.StatusConflict: // who loses waits a moment, as people do
			time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		default:
			return fmt.Errorf("a change answered %d: %w", a.status, a.err)
		}
	}
	return nil
}

var (
	versionIn = regexp.MustCompile(`name="version" value="(\d+)"`)
	textIn    = regexp.MustCompile(`\d+ by \w+\.`)
)

// readField is a field's version and text, as its editor shows them.
func readField(ctx context.Context, p *person, field string) (int64, string, error) {
	a := p.get(ctx, field+"/edit")
	found, text := versionIn.FindStringSubmatch(a.body), textIn.FindString(a.body)
	if found == nil || text == "" {
		return 0, "", fmt.Errorf("the editor answered %d without version and text (%w)", a.status, a.err)
	}
	version, err := strconv.ParseInt(found[1], 10, 64)
	return version, text, err
}
