package secret

import (
	"crypto/sha256"
	"encoding/hex"
)

// Digest is what a table keeps of a token that was made by chance: who reads the table can't use it. In hexadecimal.
// It is not for passwords, which people choose.
func Digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
