package command

import (
	"slices"
	"testing"
)

func TestLongFlags(t *testing.T) {
	for name, c := range map[string]struct{ typed, read []string }{
		"one-dash":    {[]string{"user", "add", "-name", "Maria"}, []string{"user", "add", "--name", "Maria"}},
		"two-dashes":  {[]string{"--name=Maria"}, []string{"--name=Maria"}},
		"short":       {[]string{"-h"}, []string{"-h"}},
		"a-number":    {[]string{"-rows", "-1"}, []string{"--rows", "-1"}},
		"after-a-gap": {[]string{"--", "-name"}, []string{"--", "-name"}},
		"standard-in": {[]string{"-"}, []string{"-"}},
	} {
		if got := longFlags(c.typed); !slices.Equal(got, c.read) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
