package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"portal/app/data"
	"portal/app/fault"
)

// The second factor is a code of six digits that a phone makes anew every 30 seconds.
// https://www.rfc-editor.org/rfc/rfc6238
const (
	factorStep   = 30 * time.Second
	factorNear   = 1  // steps that a code may be early or late
	factorFar    = 10 // steps within which a wrong code shows that the phone's clock is off
	factorDigits = 6
)

// setupLife is how long a set-up page may stand open.
const setupLife = 30 * time.Minute

// How many recovery codes a person has, and how long each is: 80 random bits.
const (
	recoveryCodes  = 10
	recoveryLength = 16
)

// Sealer seals what must not be read from a copy of the database.
type Sealer interface {
	Seal(bound, text string) string
	Open(bound, sealed string) (string, error)
}

// Factors are people's second factors: made, checked and taken away.
type Factors struct {
	users *Users
	box   Sealer
}

// NewFactors makes the store; the box seals the secrets.
func NewFactors(users *Users, box Sealer) *Factors { return &Factors{users, box} }

// Setup is a second factor that is about to be set up. Nothing is kept of it until a code shows that the phone has it.
type Setup struct {
	Secret string // in base32, as the phone takes it
	URL    string // the same for a QR code: otpauth://totp/…
	Sealed string // for the form that brings it back
}

// Grouped is the secret in groups of four, as people type it.
func (s Setup) Grouped() string { return grouped(s.Secret, " ") }

func grouped(text, between string) string {
	var parts []string
	for len(text) > 4 {
		parts, text = append(parts, text[:4]), text[4:]
	}
	return strings.Join(append(parts, text), between)
}

// New begins to set up a second factor for the account.
func (f *Factors) New(user User) Setup {
	secret := rand.Text() + rand.Text()[:6] // 160 bits, in the alphabet that phones take
	until := f.users.db.Now().Add(setupLife).Unix()
	return setupOf(user, secret, f.box.Seal(setupBound(user.ID), secret+" "+strconv.FormatInt(until, 10)))
}

// Again is the set-up that a form brings back.
// Errors: fault.Conflict when it is too old or another account's.
func (f *Factors) Again(user User, sealed string) (Setup, error) {
	text, err := f.box.Open(setupBound(user.ID), sealed)
	secret, end, _ := strings.Cut(text, " ")
	until, _ := strconv.ParseInt(end, 10, 64)
	if err != nil || f.users.db.Now().Unix() >= until {
		return Setup{}, fault.New(fault.Conflict, "This page is too old. Open it anew and scan the new code.")
	}
	return setupOf(user, secret, sealed), nil
}

func setupBound(user int64) string { return "totp-setup|" + strconv.FormatInt(user, 10) }

func factorBound(user int64) string { return "totp|" + strconv.FormatInt(user, 10) }

func setupOf(user User, secret, sealed string) Setup {
	q := url.Values{"secret": {secret}, "issuer": {"Portal"}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {"30"}}
	return Setup{secret, "otpauth://totp/Portal:" + url.PathEscape(user.Username) + "?" + q.Encode(), sealed}
}

// stepAt is the number of the step that a moment lies in.
func stepAt(t time.Time) int64 { return t.Unix() / int64(factorStep/time.Second) }

// matching is the step whose code was typed, of those at most far from now's; ok is false when none is.
func matching(secret, code string, now, far int64) (step int64, ok bool, err error) {
	for _, off := range nearFirst(far) {
		want, err := hotp.GenerateCodeCustom(secret, uint64(now+off), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // no step is before 1970
		if err != nil {
			return 0, false, fmt.Errorf("second factor: %w", err)
		}
		if hmac.Equal([]byte(want), []byte(code)) {
			return now + off, true, nil
		}
	}
	return 0, false, nil
}

// nearFirst are 0, -1, 1, -2, 2 … up to far.
func nearFirst(far int64) []int64 {
	all := []int64{0}
	for n := int64(1); n <= far; n++ {
		all = append(all, -n, n)
	}
	return all
}

// used finds the step of a code that may be used now.
// Errors: fault.Invalid at the field "code": wrong, used already, or of a phone whose clock is off.
func used(secret, code string, now, last int64) (int64, error) {
	step, ok, err := matching(secret, code, now, factorFar)
	off := step - now
	switch {
	case err != nil:
		return 0, err
	case !ok:
		return 0, fault.Field("code", "This code is wrong. Type the six digits that the app shows now.")
	case off < -factorNear || off > factorNear:
		return 0, fault.Field("code", "This code is of another time: your phone's clock is %s by about %s. Set it to automatic time, then type the next code.",
			map[bool]string{true: "ahead", false: "behind"}[off > 0], minutes(off))
	case step <= last:
		return 0, fault.Field("code", "This code has been used. Wait for the next one, at most 30 seconds.")
	}
	return step, nil
}

// minutes are so many steps, as people say it.
func minutes(steps int64) string {
	n := (max(steps, -steps) + 1) / 2
	if n == 1 {
		return "a minute"
	}
	return fmt.Sprintf("%d minutes", n)
}

// tidy is a code without what people put between its parts.
func tidy(code string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -\t\n\u00a0", r) {
			return -1
		}
		return r
	}, code))
}

// newRecovery makes recovery codes: as the person keeps them, and as rows.
func newRecovery(tx *data.Tx, user int64) (shown []string, rows []recoveryRow) {
	for range recoveryCodes {
		code := rand.Text()[:recoveryLength]
		shown = append(shown, grouped(code, "-"))
		rows = append(rows, recoveryRow{UserID: user, CodeHash: recoveryHash(user, code), CreatedAt: tx.Now})
	}
	return shown, rows
}

// recoveryHash is what is kept of a recovery code. Its 80 random bits need no slow hash.
func recoveryHash(user int64, code string) string {
	sum := sha256.Sum256([]byte("recovery|" + strconv.FormatInt(user, 10) + "|" + code))
	return hex.EncodeToString(sum[:])
}
