package web

import (
	"context"
	"time"
)

// patience is the key of a request's clock in its context.
type patience struct{}

// clock is a request's time, which may begin anew.
type clock struct {
	timer *time.Timer
	whole time.Duration
}

// Patiently is ctx, ended after that time.
func Patiently(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	c := clock{time.AfterFunc(d, func() { cancel(context.DeadlineExceeded) }), d}
	return context.WithValue(ctx, patience{}, c), func() {
		c.timer.Stop()
		cancel(context.Canceled)
	}
}

// Anew lets the time of the request that ctx is of begin anew, unless it has passed: once something was written, the
// answer must not be that it was not, because drawing the page came too late.
func Anew(ctx context.Context) {
	if c, ok := ctx.Value(patience{}).(clock); ok && c.timer.Stop() {
		c.timer.Reset(c.whole)
	}
}
