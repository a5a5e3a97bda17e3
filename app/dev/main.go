// Command dev serves the portal while it is being written: it rebuilds on every change, and pages that are open
// show the change, or the compiler's words, by themselves.
//
//	go tool task dev
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	dir := flag.String("dir", ".", "the portal's source")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *dir)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until ctx ends. Errors: one sentence that names the setting.
func run(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	addr := os.Getenv("PORTAL_ADDR")
	if addr == "" {
		addr = "127.0.0.1:3000"
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("PORTAL_ADDR: %s can't be listened on (%w); stop what uses it or choose another", addr, err)
	}
	return serve(ctx, dir, l)
}

// serve answers at l with the portal built from dir, until ctx ends.
func serve(ctx context.Context, dir string, l net.Listener) error {
	changed, err := watch(ctx, dir)
	if err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	child, err := newChild(dir, "http://"+l.Addr().String())
	if err != nil {
		return err
	}
	defer child.stop()
	state := newState()
	server := &http.Server{Handler: newProxy(child.target, state), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }() // ends with Close
	fmt.Fprintf(os.Stderr, "dev: building; http://%s shows the portal as soon as it is ready. The first time takes minutes.\n", l.Addr())
	rebuild(ctx, child, state, changed)
	if err := server.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// rebuild builds and restarts, now and after each change, until ctx ends.
func rebuild(ctx context.Context, c *child, s *state, changed <-chan change) {
	next := change{templates: true}
	for {
		began := time.Now()
		s.building()
		said, err := c.renew(ctx, next)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			fmt.Fprintf(os.Stderr, "%s\n%v\n", said, err)
			s.broken(said + "\n" + err.Error())
		default:
			fmt.Fprintf(os.Stderr, "dev: ready after %s\n", time.Since(began).Round(time.Millisecond))
			s.ready()
		}
		select {
		case <-ctx.Done():
			return
		case next = <-changed:
		}
	}
}
