package session

import "testing"

func FuzzSigner_TakesOnlyItsOwn(f *testing.F) {
	s := NewSigner("a secret of the tests, 32 letters")
	own := s.NewID()
	next := s.Next(own)
	for _, id := range []string{"", ".", own[:26] + ".", own[:26], "." + own[27:], own + "=", NewSigner("another").NewID(), "a.b.c", own[:26] + "." + next[27:]} {
		f.Add(id)
	}
	if !s.Valid(own) || !s.Valid(next) {
		f.Fatal("its own are refused")
	}
	f.Fuzz(func(t *testing.T, id string) {
		if s.Valid(id) {
			t.Fatalf("%q is taken", id)
		}
		if next := s.Next(id); len(id) < 1000 && (!s.Valid(next) || next == id) {
			t.Fatalf("%q is followed by %q", id, next)
		}
	})
}
