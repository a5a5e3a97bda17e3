package web

import (
	"context"
	"sync/atomic"
	"time"
)

// patience is the key of a request's clock in its context.
type patience struct{}

// clock is a request's time, which may begin anew.
type clock struct {
	timer *time.Timer
	whole time.Duration
	wrote *atomic.Bool // something was written meanwhile
}

// Patiently is ctx, ended after that time.
func Patiently(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	c := clock{time.AfterFunc(d, func() { cancel(context.DeadlineExceeded) }), d, &atomic.Bool{}}
	return context.WithValue(ctx, patience{}, c), func() {
		c.timer.Stop()
		cancel(context.Canceled)
	}
}

// Anew lets the time of the request that ctx is of begin anew, unless it has passed: once something was written, the
// answer must not be that it was not, because drawing the page came too late.
func Anew(ctx context.Context) {
	c, ok := ctx.Value(patience{}).(clock)
	if !ok {
		return
	}
	c.wrote.Store(true)
	if c.timer.Stop() {
		c.timer.Reset(c.whole)
	}
}

// Wrote reports whether the request that ctx is of has begun anew: something was written.
func Wrote(ctx context.Context) bool {
	c, ok := ctx.Value(patience{}).(clock)
	return ok && c.wrote.Load()
}
