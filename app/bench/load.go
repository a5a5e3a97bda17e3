package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// warmUp is how long a page is asked for before it is measured.
const warmUp = time.Second

// load asks for one address on all connections at once, each next request as soon as the last is answered.
func (b *browser) load(ctx context.Context, name, path string, o Options) (Load, error) {
	once, err := b.get(path)
	if err != nil {
		return Load{}, err
	}
	if _, _, err := b.ask(ctx, path, o.Connections, warmUp); err != nil {
		return Load{}, err
	}
	began := time.Now()
	took, failed, err := b.ask(ctx, path, o.Connections, o.Each)
	if err != nil {
		return Load{}, err
	}
	seconds := time.Since(began).Seconds()
	return Load{
		Name: name, Path: path, PerSecond: float64(len(took)-failed) / seconds, P50: ms(rank(took, 0.5)), P99: ms(rank(took, 0.99)),
		Bytes: once.bytes, Answers: len(took), Failed: failed,
	}, nil
}

// ask returns the time each answer took, and how many were not 200.
func (b *browser) ask(ctx context.Context, path string, connections int, during time.Duration) ([]time.Duration, int, error) {
	until := time.Now().Add(during)
	all := make([][]time.Duration, connections)
	failed := make([]int, connections)
	errs := make([]error, connections)
	var workers sync.WaitGroup
	for i := range connections {
		workers.Go(func() { all[i], failed[i], errs[i] = b.asker(ctx, path, until) })
	}
	workers.Wait()
	var took []time.Duration
	sum := 0
	for i := range connections {
		if errs[i] != nil {
			return nil, 0, fmt.Errorf("under load, %s: %w", path, errs[i])
		}
		took = append(took, all[i]...)
		sum += failed[i]
	}
	return took, sum, nil
}

// asker is one connection.
func (b *browser) asker(ctx context.Context, path string, until time.Time) ([]time.Duration, int, error) {
	r, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(r)
	defer fasthttp.ReleaseResponse(resp)
	b.request(r, fasthttp.MethodGet, path)
	var took []time.Duration
	failed := 0
	for now := time.Now(); now.Before(until) && ctx.Err() == nil; {
		if err := b.http().Do(r, resp); err != nil {
			return nil, 0, err
		}
		after := time.Now()
		took = append(took, after.Sub(now))
		now = after
		if resp.StatusCode() != fasthttp.StatusOK {
			failed++
		}
	}
	return took, failed, ctx.Err()
}
