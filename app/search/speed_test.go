package search_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/app/search"
)

// The figures of the README: PORTAL_TEST_SPEED=20000 go test ./app/search -run Speed -v
func TestSpeed(t *testing.T) {
	many := 300
	if s := os.Getenv("PORTAL_TEST_SPEED"); s != "" {
		if _, err := fmt.Sscan(s, &many); err != nil {
			t.Fatal(err)
		}
	}
	w := open(t)
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string { return fmt.Sprintf("%s%d", []string{"cable", "rack", "power", "server", "netz", "straße", "pump"}[r.IntN(7)], int(r.ExpFloat64()*400)) }
	text := func(size int) string {
		var b strings.Builder
		for b.Len() < size {
			b.WriteString(word() + " ")
			if r.IntN(8) == 0 {
				b.WriteString("the it in and ")
			}
		}
		return b.String()
	}
	for i := 0; i < 2*many; i += 500 {
		var rows []thing
		for n := i; n < min(i+500, 2*many); n++ {
			size := 5000
			if n%2 == 1 { // a link is short
				size = 60
			}
			rows = append(rows, thing{Title: word() + " " + word() + " " + word(), Text: text(size), UpdatedAt: w.DB.Now()})
		}
		w.Insert(&rows)
	}
	if err := w.Index.Forget(w.as); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := w.Index.Fill(w.as, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d entries in %s: %.0f a second", 2*many, time.Since(began), float64(2*many)/time.Since(began).Seconds())
	for _, typed := range []string{"cable12", "it", "the", "ra", "cable", "server1 power2", "straße3 -rack1", `"the it in and"`, "net", "pump40 the", "nosuchword", "rack7 cable8 ne"} {
		var took, counted []time.Duration
		n := 0
		for range 20 {
			at := time.Now()
			hits, err := w.Search.Find(w.as, search.Ask{Query: search.Parse(typed), Limit: 20})
			if err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(at))
			at = time.Now()
			if _, err := w.Search.Counts(w.as, search.Parse(typed)); err != nil {
				t.Fatal(err)
			}
			counted = append(counted, time.Since(at))
			n = len(hits)
		}
		slices.Sort(took)
		slices.Sort(counted)
		t.Logf("%-20s %3d hits  p50 %-12s p95 %-12s count p95 %s", typed, n, took[10], took[18], counted[18])
	}
}
