package data_test

import (
	"testing"

	"portal/app/data"
)

func TestShorten(t *testing.T) {
	for _, c := range []struct{ said, want string }{{"", ""}, {"Käse", "Käse"}, {"Käsefü", "Käs…"}} {
		if got := data.Shorten(c.said, 4); got != c.want {
			t.Errorf("%q: %q, not %q", c.said, got, c.want)
		}
	}
}
