package web_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"portal/app/web"
)

// R01: what was written just before the request's time passed was answered as refused.
func TestPatiently_BeginsAnewWithAWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := web.Patiently(t.Context(), 10*time.Second)
		defer cancel()
		time.Sleep(9 * time.Second) // of the bubble's clock, which waits for nobody
		web.Anew(context.WithoutCancel(ctx))
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if ctx.Err() != nil {
			t.Fatalf("after a write the time did not begin anew: %v", context.Cause(ctx))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
			t.Fatalf("the time never passes: %v", ctx.Err())
		}
		web.Anew(ctx)
		if ctx.Err() == nil {
			t.Error("time that has passed begins anew")
		}
		web.Anew(t.Context()) // of no request
	})
}
