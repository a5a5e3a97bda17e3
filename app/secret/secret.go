// Package secret seals what must be read again later but not by who only has a copy of the database.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Box seals and opens texts with one key. A copy of it may be used by many goroutines.
type Box struct{ aead cipher.AEAD }

// ErrOther means that the text was sealed with another key, for another purpose, or was changed.
var ErrOther = errors.New("secret: sealed with another key, or changed since")

// version begins every sealed text, so that another way of sealing can come later.
const version = "v1."

// NewBox makes the box of the portal's secret key.
func NewBox(key string) (Box, error) {
	derived, err := hkdf.Key(sha256.New, []byte(key), nil, "portal|secret|v1", 32)
	if err != nil {
		return Box{}, fmt.Errorf("derive the key of secrets: %w", err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return Box{}, fmt.Errorf("make the cipher of secrets: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return Box{}, fmt.Errorf("make the cipher of secrets: %w", err)
	}
	return Box{aead}, nil
}

// Seal is the text, unreadable without the key. bound names what it belongs to, such as "totp|17":
// put in another row's place it no longer opens.
func (b Box) Seal(bound, text string) string {
	sealed := b.aead.Seal(nil, nil, []byte(text), []byte(bound)) //nolint:gosec // no nonce is given: this cipher makes its own
	return version + base64.RawURLEncoding.EncodeToString(sealed)
}

// Open is the text that was sealed for the same bound.
// Errors: ErrOther.
func (b Box) Open(bound, sealed string) (string, error) {
	coded, ok := strings.CutPrefix(sealed, version)
	raw, err := base64.RawURLEncoding.DecodeString(coded)
	if !ok || err != nil {
		return "", ErrOther
	}
	text, err := b.aead.Open(nil, nil, raw, []byte(bound))
	if err != nil {
		return "", ErrOther
	}
	return string(text), nil
}
