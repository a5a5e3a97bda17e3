package config

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// KeyLeast is how many characters a secret key has at least.
const KeyLeast = 32

// KeyFile is where the secret key is kept that was given by no variable.
func (c Config) KeyFile() string { return filepath.Join(c.DataDir, "secret.key") }

func (c Config) nextKeyFile() string { return c.KeyFile() + ".new" }

// madeKey is a new random key.
func madeKey() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(raw)
}

// NextKey makes the key that will take the place of the one in KeyFile, and has it on the disk beside that.
// One that was made before and has not taken the place yet is given again.
// Errors: a sentence, when it can't be kept.
func (c Config) NextKey() (string, error) {
	path := c.nextKeyFile()
	if have, err := os.ReadFile(path); err == nil && len(strings.TrimSpace(string(have))) >= KeyLeast {
		return strings.TrimSpace(string(have)), nil
	}
	key := madeKey()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = f.WriteString(key + "\n")
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return "", fmt.Errorf("the new key can't be kept in %s (%s)", path, reason(err))
	}
	return key, nil
}

// KeepNextKey puts the next key in the place of the old one.
func (c Config) KeepNextKey() error {
	if err := os.Rename(c.nextKeyFile(), c.KeyFile()); err != nil {
		return fmt.Errorf("everything is sealed with the new key, but it can't take its place: rename %s to %s (%s)", c.nextKeyFile(), c.KeyFile(), reason(err))
	}
	return nil
}
