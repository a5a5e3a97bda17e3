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
	// Words as people write: some in nearly every text, most in few.
	var vocabulary []string
	for len(vocabulary) < 30000 {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			b.WriteString([]string{"ca", "ble", "ra", "ck", "po", "wer", "ser", "ver", "net", "stra", "ße", "pum", "pe", "in", "ter", "com", "ü", "lei", "tung", "st", "on"}[r.IntN(21)])
		}
		vocabulary = append(vocabulary, b.String())
	}
	often := rand.NewZipf(r, 1.1, 20, uint64(len(vocabulary)-1))
	word := func() string { return vocabulary[often.Uint64()] }
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
	var all, counts []time.Duration
	ask := func(typed string, say bool) {
		at := time.Now()
		hits, err := w.Search.Find(w.as, search.Ask{Query: search.Parse(typed), Limit: 20})
		if err != nil {
			t.Fatal(err)
		}
		found := time.Since(at)
		counted, _, err := w.Search.Counts(w.as, search.Parse(typed), "")
		if err != nil {
			t.Fatal(err)
		}
		all, counts = append(all, found), append(counts, time.Since(at)-found)
		if took := time.Since(at); took > 60*time.Millisecond {
			t.Logf("slow: %q found in %s, counted in %s", typed, found, took-found)
		}
		if say {
			t.Logf("%-16s %3d hits of %v: %s, counted in %s", typed, len(hits), total(counted), found, time.Since(at)-found)
		}
	}
	ask("warm", false)
	for _, typed := range []string{"it", "the", "ra", "rac", "rack", "cable", "server power", "straße -rack", `"the it in and"`, "net", "the po", "nosuchword", "net rack in"} {
		ask(typed, true)
	}
	all, counts = nil, nil
	for range 200 { // as palettes ask: a word, or its beginning, or two
		q := word()
		if n := 2 + r.IntN(4); n < len(q) && r.IntN(2) == 0 {
			q = strings.ToValidUTF8(q[:n], "")
		}
		if r.IntN(3) == 0 {
			q = word() + " " + q
		}
		ask(q, false)
	}
	slices.Sort(all)
	slices.Sort(counts)
	t.Logf("200 queries: p50 %s, p95 %s, most %s; counts p50 %s, p95 %s", all[100], all[190], all[199], counts[100], counts[190])
}

func total(counts []search.Count) int {
	n := 0
	for _, c := range counts {
		n += c.N
	}
	return n
}
