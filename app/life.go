package app

import (
	"context"
	"errors"
	"net"
	"time"
)

// Start begins the work in the background: jobs, and listening to other processes.
func (p *Portal) Start() {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.working.Go(func() { p.listen(ctx) })
	p.working.Go(func() { p.runJobs(ctx, p.jobs()) })
}

// Serve answers requests until the listener closes.
func (p *Portal) Serve(l net.Listener) error { return p.web.Listener(lingering{l}) }

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
