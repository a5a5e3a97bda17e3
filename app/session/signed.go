package session

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Signer makes and checks session ids: 130 random bits and their signature.
type Signer struct{ secret []byte }

// NewSigner signs with the portal's secret key.
func NewSigner(secret string) Signer { return Signer{[]byte("session|" + secret)} }

// NewID is the id of a new session.
func (s Signer) NewID() string {
	id := rand.Text()
	return id + "." + s.mac(id)
}

// Next is the id that takes the place of this one. It follows from it, so that a browser which missed the answer
// with the new id can be told again; without the key nobody can work it out.
func (s Signer) Next(id string) string {
	m := hmac.New(sha256.New, s.secret)
	m.Write([]byte("next|" + id))
	text := base32.StdEncoding.EncodeToString(m.Sum(nil))[:26]
	return text + "." + s.mac(text)
}

// Valid reports whether the id is one of ours, without asking the database.
func (s Signer) Valid(id string) bool {
	text, mac, ok := strings.Cut(id, ".")
	return ok && len(text) == 26 && hmac.Equal([]byte(mac), []byte(s.mac(text)))
}

func (s Signer) mac(text string) string {
	m := hmac.New(sha256.New, s.secret)
	m.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:18])
}

// Key is the key a session is kept under: a hash, so that a copy of the database opens no session.
func Key(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

// Signed is storage behind the signer: a forged id never reaches the database.
func Signed(storage fiber.Storage, s Signer) fiber.Storage { return signed{storage, s} }

type signed struct {
	fiber.Storage
	signer Signer
}

// Get returns nil for an id that is not ours.
func (s signed) Get(id string) ([]byte, error) {
	if !s.signer.Valid(id) {
		return nil, nil
	}
	return s.Storage.Get(Key(id))
}

// Set keeps nothing for an id that is not ours.
func (s signed) Set(id string, v []byte, life time.Duration) error {
	if !s.signer.Valid(id) {
		return nil
	}
	return s.Storage.Set(Key(id), v, life)
}

// Delete ends the session of that id.
func (s signed) Delete(id string) error { return s.Storage.Delete(Key(id)) }
