package secret_test

import (
	"errors"
	"strings"
	"testing"

	"portal/app/secret"
)

func box(t *testing.T, key string) secret.Box {
	t.Helper()
	b, err := secret.NewBox(key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBox_OpensWhatItSealed(t *testing.T) {
	b := box(t, "a key")
	for _, text := range []string{"", "JBSWY3DPEHPK3PXP", "Größe \x00 " + strings.Repeat("x", 10_000)} {
		sealed := b.Seal("totp|1", text)
		if got, err := b.Open("totp|1", sealed); got != text || err != nil {
			t.Errorf("%.20q came back as %.20q, %v", text, got, err)
		}
		if text != "" && strings.Contains(sealed, text) {
			t.Errorf("%q can be read in %q", text, sealed)
		}
	}
	if first, second := b.Seal("x", "same"), b.Seal("x", "same"); first == second {
		t.Error("the same text is sealed twice alike")
	}
}

func TestBox_RefusesWhatItDidNotSeal(t *testing.T) {
	b := box(t, "a key")
	sealed := b.Seal("totp|1", "secret")
	flipped := []byte(sealed)
	flipped[len(flipped)-3] ^= 1
	for name, try := range map[string]func() (string, error){
		"another key":   func() (string, error) { return box(t, "another").Open("totp|1", sealed) },
		"another row":   func() (string, error) { return b.Open("totp|2", sealed) },
		"a flipped bit": func() (string, error) { return b.Open("totp|1", string(flipped)) },
		"cut":           func() (string, error) { return b.Open("totp|1", sealed[:12]) },
		"empty":         func() (string, error) { return b.Open("totp|1", "") },
		"plain":         func() (string, error) { return b.Open("totp|1", "secret") },
	} {
		if got, err := try(); got != "" || !errors.Is(err, secret.ErrOther) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
