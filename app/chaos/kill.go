package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"syscall"
	"time"

	"portal/app/apptest/mariadb"
)

// How hard a server is worked that is killed.
const (
	killClients = 50
	killWrites  = 20 // of each
)

// killedOnSQLite is R01.
func killedOnSQLite(ctx context.Context, b *bed) ([]line, error) {
	i, err := b.ready(ctx, nil)
	if err != nil {
		return nil, err
	}
	l, err := i.killOften(ctx)
	return []line{l}, err
}

// killOften kills the server at random moments while many write, and reads after each what the next one finds.
func (i *install) killOften(ctx context.Context) (line, error) {
	l := line{on: i.kind(), asked: "none lost, none twice, database whole, ready in under 2 s"}
	all := newLedger()
	p, err := i.enterOnce(ctx)
	if err != nil {
		return l, err
	}
	var starts []time.Duration
	whole := true
	for round := range i.rounds {
		s, err := i.serve(ctx)
		if err != nil {
			return l, err
		}
		if round > 0 {
			starts = append(starts, s.took)
		}
		if err := i.fire(ctx, p, s, all, round); err != nil {
			return l, err
		}
		said, err := i.whole(ctx)
		if err != nil {
			return l, err
		}
		whole = whole && said == "ok"
	}
	s, err := i.serve(ctx)
	if err != nil {
		return l, err
	}
	defer s.stop()
	starts = append(starts, s.took)
	v, err := all.verify(ctx, i)
	l.saw = fmt.Sprintf("%d rounds: %s; database whole: %v; ready after %s, at most %s", i.rounds, v, whole, ms(rank(starts, 0.5)), ms(rank(starts, 1)))
	l.held = v.held() && whole && rank(starts, 1) < 2*time.Second
	return l, err
}

// enterOnce signs boss in; the sign-in outlives the server.
func (i *install) enterOnce(ctx context.Context) (*person, error) {
	s, err := i.serve(ctx)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	return enter(ctx, s.address, "boss")
}

// fire lets all clients write until the server is killed, at a moment that chance chooses.
func (i *install) fire(ctx context.Context, p *person, s *server, all *ledger, round int) error {
	project, err := p.project(ctx, fmt.Sprintf("Round %d", round))
	if err != nil {
		return err
	}
	until := rand.IntN(killClients*killWrites) + len(all.well)
	var once sync.Once
	end := func() { once.Do(func() { _ = s.cmd.Process.Signal(syscall.SIGKILL) }) }
	beside(killClients, func(client int) {
		for n := range killWrites {
			well, a := all.write(ctx, p, project, fmt.Sprintf("round %d client %d write %d.", round, client, n))
			if well >= until {
				end()
			}
			if a.status == 0 {
				return
			}
		}
	})
	end()
	<-s.ended
	p.http.CloseIdleConnections()
	return ctx.Err()
}

// killedOnMariaDB is R02.
func killedOnMariaDB(ctx context.Context, b *bed) ([]line, error) {
	db, err := mariadb.StartDurable(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Stop()
	i, err := b.ready(ctx, db)
	if err != nil {
		return nil, err
	}
	first, err := i.killOften(ctx)
	if err != nil {
		return nil, err
	}
	if i, err = b.ready(ctx, db); err != nil {
		return nil, err
	}
	second, err := i.killDatabase(ctx, db)
	return []line{first, second}, err
}

// killDatabase kills MariaDB at random moments while many write; the portal stays.
func (i *install) killDatabase(ctx context.Context, db *mariadb.Server) (line, error) {
	l := line{on: "MariaDB itself killed", asked: "none lost, none twice, writes again within 10 s of the database's return, no restart of the portal"}
	s, p, err := i.staffed(ctx)
	if err != nil {
		return l, err
	}
	defer s.stop()
	all := newLedger()
	var back []time.Duration
	for round := range i.rounds {
		project, err := p.project(ctx, fmt.Sprintf("Round %d", round))
		if err != nil {
			return l, err
		}
		until := rand.IntN(killClients*killWrites) + len(all.well)
		var once sync.Once
		beside(killClients, func(client int) {
			for n := range killWrites {
				well, a := all.write(ctx, p, project, fmt.Sprintf("round %d client %d write %d.", round, client, n))
				if well >= until {
					once.Do(func() { db.End(true) })
				}
				if a.status != http.StatusSeeOther {
					return
				}
			}
		})
		once.Do(func() { db.End(true) })
		if err := db.Again(ctx); err != nil {
			return l, err
		}
		took, err := i.writesAgain(ctx, p, project, all)
		if err != nil {
			return l, err
		}
		back = append(back, took)
	}
	v, err := all.verify(ctx, i)
	panics := s.log.times("msg=panic") + s.log.times(`"msg":"panic"`)
	l.saw = fmt.Sprintf("%d rounds: %s; answers %s; wrote again after %s, at most %s; %d panics", i.rounds, v, codes(all.codes), ms(rank(back, 0.5)), ms(rank(back, 1)), panics)
	l.held = v.held() && rank(back, 1) <= 10*time.Second && all.codes[500] == 0 && panics == 0 && s.alive()
	return l, err
}

// writesAgain is how long it takes from now until a write is answered well.
func (i *install) writesAgain(ctx context.Context, p *person, project string, all *ledger) (time.Duration, error) {
	began := time.Now()
	for n := 0; time.Since(began) < time.Minute; n++ {
		if _, a := all.write(ctx, p, project, fmt.Sprintf("%s again %d at %d.", project, n, began.UnixNano())); a.status == http.StatusSeeOther {
			return time.Since(began), nil
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return 0, fmt.Errorf("a minute after it was all right again, nothing can be written")
}
