package app

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"
)

// Start begins the work in the background: jobs, and listening to other processes.
func (p *Portal) Start() {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.working.Go(func() { p.listen(ctx) })
	p.working.Go(func() { p.runJobs(ctx, p.jobs()) })
	p.working.Go(func() { p.examine(ctx) })
}

// examine has the database look whether its file is whole, and says so loudly when it is not: a page of a damaged file may
// be read for months without an error. It reads all of the file, so nobody waits for it.
func (p *Portal) examine(ctx context.Context) {
	h, err := p.DB.Health(ctx)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		p.Log.Error("the database can't be examined; “portal doctor” says more", "error", err)
	case len(h.Broken) > 0:
		p.Log.Error("the database's file is damaged; stop the server and put a backup in its place by “portal restore <file> -replace”",
			"file", p.DB.Path, "found", strings.Join(h.Broken, "; "))
	}
}

// Serve answers requests until the listener closes.
func (p *Portal) Serve(l net.Listener) error { return p.web.Listener(lingering{l}) }

// leaveTime is how long a server that leaves still takes what comes.
const leaveTime = time.Second / 2

// Leave lets clients go before Shutdown: streams end, /readyz says that this server is no longer ready, and each answer
// ends its connection. It returns when none is open any more, or after leaveTime. A server that closes a connection
// between two requests else meets the next one on its way, which then has no answer; RFC 9112, 9.6.
func (p *Portal) Leave() {
	p.leaving.Store(true)
	p.Hub.Close()
	tick := time.NewTicker(leaveTime / 50)
	defer tick.Stop()
	for until := time.Now().Add(leaveTime); time.Now().Before(until) && p.web.Server().GetOpenConnectionsCount() > 0; {
		<-tick.C
	}
}

// drain is how long open requests may take to end when the portal stops.
const drain = 10 * time.Second

// Shutdown lets open requests end, then stops all work. The database stays open until Close.
func (p *Portal) Shutdown() error {
	p.Hub.Close() // streams first: they would hold the server for the whole time
	var err error
	if p.web != nil {
		err = p.web.ShutdownWithTimeout(drain)
	}
	if p.stop != nil {
		p.stop()
		p.working.Wait()
	}
	return err
}

// Close gives everything back.
func (p *Portal) Close() error {
	var err error
	if p.store != nil {
		err = p.store.Close()
	}
	if p.Cache != nil {
		err = errors.Join(err, p.Cache.Close())
	}
	return errors.Join(err, p.Files.Close(), p.DB.Close())
}
