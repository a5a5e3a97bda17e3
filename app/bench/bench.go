// Package bench measures a portal as its people meet it: a server of its own on loopback, filled with the demo
// department, asked by this process, beside a bare handler that does the least a web page can do.
package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options say what is measured, and for how long.
type Options struct {
	Program     string        // the portal's own file
	Dir         string        // where the demo database lies or is made; empty for a folder that goes afterwards
	Users       int           // size of the demo department
	Projects    int           //
	Tasks       int           //
	Each        time.Duration // how long each page is asked for
	Connections int
	Moves       int               // tasks moved on the board
	Storm       time.Duration     // how long sign-ins storm; 0 leaves that out
	MySQL       string            // address of an empty MySQL database to restore into; empty for none
	Said        func(step string) // never nil
}

// Load is how fast one address answers.
type Load struct {
	Name      string  `json:"name"`
	Path      string  `json:"path"`
	PerSecond float64 `json:"per_second"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	Share     float64 `json:"share_of_floor"` // of the floor's requests per second, 1 for the floor itself
	Bytes     int     `json:"bytes"`          // over the wire, headers and all, for one answer
	Answers   int     `json:"answers"`
	Failed    int     `json:"failed"` // answers that were not 200
}

// Moves is how fast a card can be put elsewhere, one after another.
type Moves struct {
	Count  int     `json:"count"`
	Failed int     `json:"failed"`
	Median float64 `json:"median_ms"`
	P99    float64 `json:"p99_ms"`
}

// Figures are all that was measured.
type Figures struct {
	Machine Machine `json:"machine"`
	Floor   Load    `json:"floor"`
	Pages   []Load  `json:"pages"`
	Cards   int     `json:"board_cards"` // on the board that was measured
	Moves   Moves   `json:"moves"`
	Filled  float64 `json:"demo_seconds,omitempty"` // 0: the department was there already
	Start   float64 `json:"start_ms"`               // median of some starts, until /readyz answers
	Memory  float64 `json:"memory_mib"`             // resident, after the load
	First   Wire    `json:"first_page"`
	Flood   *Flood  `json:"flood,omitempty"` // nil when it was left out
	Force   Force   `json:"force"`
	Copy    Copy    `json:"copy"`
}

// starts is of how many starts the median is told.
const starts = 3

// Run makes the department if need be, and measures.
// Errors: a sentence, when something can't be started or a page does not answer as it should.
func Run(ctx context.Context, o Options) (f Figures, err error) {
	if o.Dir == "" {
		dir, err := os.MkdirTemp("", "portal-bench-")
		if err != nil {
			return f, fmt.Errorf("make a folder for the demo department: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		o.Dir = dir
	}
	f.Machine = machine(o)
	r := run{Options: o, password: "bench " + strings.ToLower(rand.Text())}
	if f.Filled, err = r.fill(ctx); err != nil {
		return f, err
	}
	if f.Machine.Department, err = department(ctx, r.database()); err != nil {
		return f, err
	}
	if r.at, err = findPlace(ctx, r.database()); err != nil {
		return f, err
	}
	if err := r.know(ctx); err != nil {
		return f, err
	}
	return f, r.measure(ctx, &f)
}

// run is one measurement under way.
type run struct {
	Options
	password string
	at       place
}

func (r run) database() string { return filepath.Join(r.Dir, "portal.db") }

// environment has no setting but those of the measurement.
func (r run) environment() []string {
	clean := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "PORTAL_") })
	return append(clean, "PORTAL_ENV=testing", "PORTAL_ADDR=127.0.0.1:0", "PORTAL_DATA_DIR="+r.Dir,
		"PORTAL_TRUSTED_PROXIES=127.0.0.1") // so that a storm of sign-ins can come from many addresses
}

// fill makes the department, and returns the seconds it took; one that is there already is kept.
func (r run) fill(ctx context.Context) (float64, error) {
	if _, err := os.Stat(r.database()); err == nil {
		return 0, nil
	}
	r.Said("Filling the demo department")
	began := time.Now()
	err := r.tool(ctx, "", "demo", "-users", fmt.Sprint(r.Users), "-projects", fmt.Sprint(r.Projects), "-tasks", fmt.Sprint(r.Tasks))
	return time.Since(began).Seconds(), err
}

// know gives the person who will look at the pages a password that is known here.
func (r run) know(ctx context.Context) error {
	return r.tool(ctx, r.password+"\n", "user", "passwd", r.at.username, "-password-stdin")
}

// measure starts the server a few times, keeps the last one, and asks it.
func (r run) measure(ctx context.Context, f *Figures) error {
	r.Said("Starting the server")
	server, took, err := r.startOften(ctx)
	if err != nil {
		return err
	}
	defer server.stop()
	f.Start = took
	b, err := signIn(ctx, server.address, r.at.username, r.password)
	if err != nil {
		return err
	}
	defer b.close()
	board, err := b.get(r.at.board())
	if err != nil {
		return err
	}
	f.Cards = strings.Count(board.text, "data-card")
	r.Said("Weighing the first page")
	if f.First, err = b.weigh("/projects"); err != nil {
		return err
	}
	if err := r.loads(ctx, b, f); err != nil {
		return err
	}
	if f.Memory, err = server.memory(); err != nil {
		return err
	}
	r.Said("Moving tasks")
	if f.Moves, err = r.move(ctx, b, board); err != nil {
		return err
	}
	r.Said("Giving and taking a role")
	if f.Force, err = r.force(ctx, server.address); err != nil {
		return err
	}
	r.Said("Backing up and restoring")
	if f.Copy, err = r.copy(ctx); err != nil || r.Storm == 0 {
		return err
	}
	r.Said("Signing in by storm")
	storm, err := r.flood(ctx, server.address, b)
	f.Flood = &storm
	return err
}

// startOften starts and stops the server, and returns the last one with the median time it took.
func (r run) startOften(ctx context.Context) (*child, float64, error) {
	var took []time.Duration
	for i := 0; ; i++ {
		began := time.Now()
		c, err := start(ctx, r.Program, r.environment(), "serve", "-json")
		if err != nil {
			return nil, 0, err
		}
		if err := awaitReady(ctx, c.address); err != nil {
			c.stop()
			return nil, 0, err
		}
		took = append(took, time.Since(began))
		if i == starts-1 {
			return c, ms(middle(took)), nil
		}
		c.stop()
	}
}

// loads measures the floor before and after the pages, so that a machine that grows slower meanwhile shows in both.
func (r run) loads(ctx context.Context, b *browser, f *Figures) error {
	floor, err := start(ctx, r.Program, r.environment(), "bench-floor", r.database())
	if err != nil {
		return err
	}
	defer floor.stop()
	bare := &browser{address: floor.address}
	defer bare.close()
	r.Said("Measuring the floor")
	before, err := bare.load(ctx, "The floor: one row by its primary key", "/", r.Options)
	if err != nil {
		return err
	}
	for _, page := range []struct{ name, path string }{
		{"Project list, 25 rows", "/projects"}, {fmt.Sprintf("Board of %d tasks", r.at.tasks), r.at.board()}, {"Task page", r.at.task()},
	} {
		r.Said("Measuring: " + page.name)
		l, err := b.load(ctx, page.name, page.path, r.Options)
		if err != nil {
			return err
		}
		f.Pages = append(f.Pages, l)
	}
	after, err := bare.load(ctx, before.Name, "/", r.Options)
	if err != nil {
		return err
	}
	f.Floor = before
	if after.PerSecond > before.PerSecond {
		f.Floor = after
	}
	f.Floor.Share = 1
	for i := range f.Pages {
		f.Pages[i].Share = f.Pages[i].PerSecond / f.Floor.PerSecond
	}
	return nil
}

// awaitReady asks until the server says that it is ready.
func awaitReady(ctx context.Context, address string) error {
	b := &browser{address: address}
	defer b.close()
	for until := time.Now().Add(readyWithin); time.Now().Before(until); {
		if _, err := b.get("/readyz"); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond):
		}
	}
	return errors.New("the server has not been ready within a minute; its log says why")
}

// readyWithin is how long a start may take at most.
const readyWithin = time.Minute

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// middle is the median; it sorts what it is given.
func middle(all []time.Duration) time.Duration { return rank(all, 0.5) }

// rank is the time that a share of all lie under; it sorts what it is given.
func rank(all []time.Duration, share float64) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[min(int(share*float64(len(all))), len(all)-1)]
}
