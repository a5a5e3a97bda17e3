package main

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// busyWriters write at once, each as soon as it has been answered.
const busyWriters = 50

// manyWrite is R07: SQLite lets one write at a time, so nobody may be told that it is locked.
func manyWrite(ctx context.Context, b *bed) ([]line, error) {
	i, err := b.ready(ctx, nil)
	if err != nil {
		return nil, err
	}
	s, p, err := i.staffed(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	w := &busyWork{install: i, person: p, writes: newLedger(), took: newCrowd(), reports: newCrowd()}
	if err := w.all(ctx); err != nil {
		return nil, err
	}
	v, err := w.writes.verify(ctx, i)
	if err != nil {
		return nil, err
	}
	l := line{on: "SQLite", asked: "no 500, none lost, p99 of a write under 250 ms, log under 64 MB"}
	p99 := w.took.rank(0.99)
	l.saw = fmt.Sprintf("%.0f s: writes %s, p50 %s, p99 %s; the report %s; %d backups made; log at most %.1f MB; %d lost",
		i.seconds.Seconds(), w.took, ms(w.took.rank(0.5)), ms(p99), w.reports, w.backups.Load(), float64(w.wal.Load())/1e6, v.lost)
	l.held = w.took.broken()+w.reports.broken() == 0 && w.took.of(503) == 0 && v.held() && p99 < 250*time.Millisecond && w.wal.Load() < 64e6 && w.backups.Load() > 0
	return []line{l}, nil
}

// busyWork is all that goes on at once.
type busyWork struct {
	*install
	person        *person
	writes        *ledger
	took, reports *crowd
	backups, wal  atomic.Int64
}

func (w *busyWork) all(ctx context.Context) error {
	var free func()
	var err error
	if free, err = w.hold(ctx, "BEGIN", "SELECT COUNT(*) FROM history"); err != nil { // a report that reads all the time
		return err
	}
	defer free()
	project, err := w.person.project(ctx, "Busy")
	if err != nil {
		return err
	}
	timed, cancel := context.WithTimeout(ctx, w.seconds)
	defer cancel()
	var beside sync.WaitGroup
	for k := range busyWriters {
		beside.Go(func() { w.write(ctx, timed, k) })
	}
	beside.Go(func() {
		for timed.Err() == nil {
			w.reports.add(w.person.get(ctx, project+"/statistics"))
		}
	})
	beside.Go(func() {
		for timed.Err() == nil {
			if w.tool(ctx, "", "backup", "-keep", "2").code == 0 {
				w.backups.Add(1)
			}
		}
	})
	beside.Go(func() { w.watch(timed) })
	beside.Wait()
	return ctx.Err()
}

// write goes on until timed ends; a project of its own now and then keeps the pages as large as people's.
func (w *busyWork) write(ctx, timed context.Context, k int) {
	const perProject = 100
	project := ""
	for n := 0; timed.Err() == nil; n++ {
		if n%perProject == 0 {
			var err error
			if project, err = w.person.project(ctx, fmt.Sprintf("Busy %d-%d", k, n)); err != nil {
				w.took.add(answer{err: err})
				return
			}
		}
		_, a := w.writes.write(ctx, w.person, project, fmt.Sprintf("busy %d of %d.", n, k))
		w.took.add(a)
	}
}

// watch keeps how large the write-ahead log became.
func (w *busyWork) watch(ctx context.Context) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for ctx.Err() == nil {
		if info, err := os.Stat(w.file() + "-wal"); err == nil {
			w.wal.Store(max(w.wal.Load(), info.Size()))
		}
		<-tick.C
	}
}
