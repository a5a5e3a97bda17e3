package bench

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// Flood is what a storm of sign-ins does to everybody else.
type Flood struct {
	PerSecond float64        `json:"sign_ins_per_second"` // that were sent
	Seconds   float64        `json:"seconds"`
	Answers   map[string]int `json:"answers"`  // of the sign-ins, by what became of them
	Pages     int            `json:"pages"`    // that others asked for meanwhile
	Failed    int            `json:"failed"`   // of those, that were not answered with 200
	P50       float64        `json:"p50_ms"`   // of those
	P99       float64        `json:"p99_ms"`   //
	Calm      float64        `json:"calm_p99"` // of the same pages before the storm, ms
}

// What the storm is: sign-ins a second, one of how many has the right password, and pages a second for others.
const (
	floodEvery = 20 * time.Millisecond
	floodRight = 5
	floodPage  = 25 * time.Millisecond
	floodNames = 400
)

// flood sends sign-ins of many names from many addresses, each at its time whether the others have been answered
// or not, while somebody else goes on to ask for pages.
func (r run) flood(ctx context.Context, address string, others *browser) (Flood, error) {
	f := Flood{Answers: map[string]int{}, PerSecond: float64(time.Second) / float64(floodEvery), Seconds: r.Storm.Seconds()}
	visitor := &browser{address: address}
	defer visitor.close()
	page, err := visitor.get("/login")
	if err == nil {
		err = visitor.learn(page)
	}
	if err != nil {
		return f, err
	}
	paths := []string{"/projects", r.at.board(), r.at.task(), "/"}
	calm, _, err := paced(ctx, others, paths, 3*time.Second)
	if err != nil {
		return f, err
	}
	f.Calm = ms(rank(calm, 0.99))
	stormed := make(chan map[string]int, 1)
	go func() { stormed <- r.storm(ctx, visitor) }()
	took, failed, err := paced(ctx, others, paths, r.Storm)
	f.Answers = <-stormed
	f.Pages, f.Failed, f.P50, f.P99 = len(took), failed, ms(rank(took, 0.5)), ms(rank(took, 0.99))
	return f, err
}

// storm sends the sign-ins and counts what becomes of them.
func (r run) storm(ctx context.Context, visitor *browser) map[string]int {
	var mu sync.Mutex
	var sent sync.WaitGroup
	answers := map[string]int{}
	tick := time.NewTicker(floodEvery)
	defer tick.Stop()
	for n, until := 0, time.Now().Add(r.Storm); time.Now().Before(until) && ctx.Err() == nil; n++ {
		<-tick.C
		sent.Go(func() {
			said := r.tryIn(visitor, n)
			mu.Lock()
			defer mu.Unlock()
			answers[said]++
		})
	}
	sent.Wait()
	return answers
}

// tryIn is the n-th sign-in, and what became of it. The visitor's cookie stays as it was.
func (r run) tryIn(visitor *browser, n int) string {
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	visitor.request(req, fasthttp.MethodPost, "/login")
	req.Header.SetContentType("application/x-www-form-urlencoded")
	req.Header.Set("X-CSRF-Token", visitor.token)
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", n%200, n/200%200, 1+n%250))
	form := url.Values{"name": {fmt.Sprintf("nobody-%d", n%floodNames)}, "password": {"not the right one"}}
	if n%floodRight == 0 {
		form = url.Values{"name": {r.at.username}, "password": {r.password}}
	}
	req.SetBodyString(form.Encode())
	if err := visitor.http().Do(req, resp); err != nil {
		return "no answer"
	}
	switch code := resp.StatusCode(); code {
	case fasthttp.StatusSeeOther, fasthttp.StatusOK:
		return "signed in"
	case fasthttp.StatusUnprocessableEntity:
		return "wrong password"
	case fasthttp.StatusTooManyRequests:
		return "has to wait (429)"
	case fasthttp.StatusServiceUnavailable:
		return "too busy (503)"
	default:
		return fmt.Sprint(code)
	}
}

// paced asks for the pages in turn, each at its time, and returns how long each answer took and how many were not 200.
func paced(ctx context.Context, b *browser, paths []string, during time.Duration) ([]time.Duration, int, error) {
	var mu sync.Mutex
	var took []time.Duration
	var failure error
	failed := 0
	var asked sync.WaitGroup
	tick := time.NewTicker(floodPage)
	defer tick.Stop()
	for n, until := 0, time.Now().Add(during); time.Now().Before(until) && ctx.Err() == nil; n++ {
		<-tick.C
		asked.Go(func() {
			req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			defer fasthttp.ReleaseRequest(req)
			defer fasthttp.ReleaseResponse(resp)
			b.request(req, fasthttp.MethodGet, paths[n%len(paths)])
			began := time.Now()
			err := b.http().Do(req, resp)
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(began))
			if err != nil {
				failure = err
			}
			if resp.StatusCode() != fasthttp.StatusOK {
				failed++
			}
		})
	}
	asked.Wait()
	return took, failed, failure
}
