package auth

import (
	"crypto/pbkdf2"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"hash"
	"strconv"
	"strings"

	"golang.org/x/crypto/scrypt"
)

// errForeign is a hash of a method that we don't know.
var errForeign = errors.New("unknown method of hashing")

// Bounds of what an imported hash may ask for, so that one sign-in can't take the machine.
const (
	scryptMemory = 256 << 20 // bytes: 128 × N × r
	iterations   = 5_000_000
)

// verifyWerkzeug checks a hash of the replaced portal: method$salt$hexdigest, the method being
// scrypt:N:r:p or pbkdf2:hash:iterations. https://werkzeug.palletsprojects.com/en/stable/utils/#werkzeug.security.generate_password_hash
func verifyWerkzeug(kept, password string) (bool, error) {
	parts := strings.Split(kept, "$")
	if len(parts) != 3 {
		return false, errForeign
	}
	want, err := hex.DecodeString(parts[2])
	if err != nil || len(want) == 0 {
		return false, errForeign
	}
	method := strings.Split(parts[0], ":")
	var got []byte
	switch method[0] {
	case "scrypt":
		got, err = werkzeugScrypt(method[1:], parts[1], password, len(want))
	case "pbkdf2":
		got, err = werkzeugPBKDF2(method[1:], parts[1], password, len(want))
	default:
		return false, errForeign
	}
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

func werkzeugScrypt(args []string, salt, password string, size int) ([]byte, error) {
	n := [3]int{32768, 8, 1} // N, r, p: Werkzeug's own when left out
	for i, a := range args {
		v, err := strconv.Atoi(a)
		if err != nil || i > 2 || v <= 0 {
			return nil, errForeign
		}
		n[i] = v
	}
	if n[0] > scryptMemory/128 || n[1] > 64 || n[2] > 16 || 128*n[0]*n[1] > scryptMemory {
		return nil, errForeign
	}
	return scrypt.Key([]byte(password), []byte(salt), n[0], n[1], n[2], size)
}

func werkzeugPBKDF2(args []string, salt, password string, size int) ([]byte, error) {
	kinds := map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}
	rounds := 150_000 // of old versions that left it out
	if len(args) == 0 || kinds[args[0]] == nil || len(args) > 2 {
		return nil, errForeign
	}
	if len(args) == 2 {
		v, err := strconv.Atoi(args[1])
		if err != nil || v <= 0 || v > iterations {
			return nil, errForeign
		}
		rounds = v
	}
	return pbkdf2.Key(kinds[args[0]], password, []byte(salt), rounds, size)
}
