package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/nbutton23/zxcvbn-go"
	"golang.org/x/crypto/bcrypt"

	"portal/app/data"
	"portal/app/fault"
)

// marker stands before our hashes: bcrypt over the base64 of the password's SHA-256. bcrypt alone
// stops reading at 72 bytes, and its comparison takes any password that begins with the right ones.
const marker = "{sha256-bcrypt}"

// The bounds of a password, in characters.
const (
	passwordMin = 10
	passwordMax = 128
)

// Passwords hashes and checks passwords: one core is left to all other pages, and only so many people wait for
// their turn, so that a flood of sign-ins slows nothing but signing in. One address has half of the places at most: who
// floods from there shuts out nobody else.
type Passwords struct {
	cost  int
	turns chan struct{}
	dummy string // a hash nobody's password has, to spend the same time on unknown names

	mu      sync.Mutex
	waiting int            // those being hashed count too
	from    map[string]int // of them, by address
}

// waitEach is how many may wait for each core that hashes; with a quarter of a second a hash, for about eight seconds.
const waitEach = 32

// waitAddress is when somebody is told to come again whose address has all its places taken.
const waitAddress = 5 * time.Second

// NewPasswords makes hashes of 2 to the power of cost rounds, on all cores but one; on one that has only that.
func NewPasswords(cost, cores int) *Passwords {
	p := &Passwords{cost: cost, turns: make(chan struct{}, max(cores-1, 1)), from: map[string]int{}}
	hash, err := bcrypt.GenerateFromPassword(prehash("nobody's password"), cost)
	if err != nil {
		panic(err) // the cost is a constant of ours
	}
	p.dummy = marker + string(hash)
	return p
}

func prehash(password string) []byte {
	sum := sha256.Sum256([]byte(password))
	return []byte(base64.StdEncoding.EncodeToString(sum[:]))
}

// turn waits for a core.
// Errors: fault.TooMany when too many of the viewer's address wait already; fault.Away when too many do in all, or the
// context ends before.
func (p *Passwords) turn(ctx context.Context) (func(), error) {
	address := addressKey(From(ctx).Address)
	if err := p.join(address); err != nil {
		return nil, err
	}
	select {
	case p.turns <- struct{}{}:
		return func() { <-p.turns; p.leave(address) }, nil
	case <-ctx.Done():
		p.leave(address)
		return nil, fault.New(fault.Away, busy).Because(ctx.Err())
	}
}

// join takes a place among those who wait.
func (p *Passwords) join(address string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	most := cap(p.turns) * waitEach
	if p.from[address] >= most/2 && address != "" { // the command line has no address
		f := fault.New(fault.TooMany, "Too many try this at once from where you are. Please try again in a moment.")
		f.Wait = waitAddress
		return f
	}
	if p.waiting >= most {
		return fault.New(fault.Away, busy)
	}
	p.waiting++
	p.from[address]++
	return nil
}

func (p *Passwords) leave(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting--
	if p.from[address]--; p.from[address] == 0 {
		delete(p.from, address)
	}
}

// busy is what a person is told who can't be waited for.
const busy = "The portal is very busy. Please try again in a moment."

// Hash is what is kept of a password.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	done, err := p.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	hash, err := bcrypt.GenerateFromPassword(prehash(password), p.cost)
	if err != nil {
		return "", fmt.Errorf("hash: %w", err)
	}
	return marker + string(hash), nil
}

// Verify reports whether the password belongs to the kept hash, and whether the hash should be
// made anew because it is an old system's or weaker than today's. An empty hash belongs to none,
// and takes as long to find out.
func (p *Passwords) Verify(ctx context.Context, kept, password string) (ok, renew bool, err error) {
	done, err := p.turn(ctx)
	if err != nil {
		return false, false, err
	}
	defer done()
	if utf8.RuneCountInString(password) > 4*passwordMax {
		password = "" // nobody's, and not worth hashing
	}
	hash, ours := strings.CutPrefix(kept, marker)
	if !ours && kept != "" {
		ok, err = verifyWerkzeug(kept, password)
		if err == nil {
			return ok, ok, nil
		}
	}
	if !ours {
		_ = bcrypt.CompareHashAndPassword([]byte(p.dummy[len(marker):]), prehash(password))
		return false, false, nil
	}
	err = bcrypt.CompareHashAndPassword([]byte(hash), prehash(password))
	if errors.Is(err, bcrypt.ErrMismatchedHashAndPassword) {
		return false, false, nil
	}
	if err != nil {
		return false, false, fmt.Errorf("kept hash: %w", err)
	}
	cost, err := bcrypt.Cost([]byte(hash))
	return true, err == nil && cost < p.cost, nil
}

// judged is how much of a password the strength estimate reads: its time grows faster than the length.
const judged = 60

// Weak says in a sentence why a password can't be chosen; empty when it can.
// own are the person's names: a password with one of them is easily guessed.
func Weak(password string, own ...string) string {
	n := utf8.RuneCountInString(password)
	switch {
	case !utf8.ValidString(password):
		return "This holds characters that can't be kept."
	case n < passwordMin:
		return fmt.Sprintf("Use at least %d characters; three or four unrelated words do well.", passwordMin)
	case n > passwordMax:
		return fmt.Sprintf("Use at most %d characters.", passwordMax)
	}
	folded := data.Fold(password)
	for _, name := range append(own, "portal") {
		for _, part := range strings.FieldsFunc(data.Fold(name), func(r rune) bool { return strings.ContainsRune(" .@_-", r) }) {
			if len(part) >= 4 && strings.Contains(folded, part) {
				return fmt.Sprintf("This holds “%s”, which is easily guessed.", part)
			}
		}
	}
	if zxcvbn.PasswordStrength(data.Cut(password, judged), append(own, "portal", "sommer", "winter", "herbst")).Score < 3 {
		return "This is too easily guessed. Use three or four unrelated words."
	}
	return ""
}
