package home

import "testing"

func TestStart_GreetsByFirstName(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Lovelace": "Ada", "Dr. Karl-Friedrich Freiherr von Stein": "Karl-Friedrich", "Prof. Dr. Ida Noddack": "Ida", "Madonna": "Madonna", "Dr.": "Dr.",
	} {
		if got := firstName(name); got != want {
			t.Errorf("firstName(%q) = %q, want %q", name, got, want)
		}
	}
}
