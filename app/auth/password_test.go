package auth_test

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/fault"
)

func verify(t *testing.T, p *auth.Passwords, kept, password string) (ok, renew bool) {
	t.Helper()
	ok, renew, err := p.Verify(context.Background(), kept, password)
	if err != nil {
		t.Fatalf("%.20s: %v", kept, err)
	}
	return ok, renew
}

// S09: bcrypt alone takes any password that begins with the right 72 bytes.
func TestPasswords_VerifyComparesTheWholePassword(t *testing.T) {
	p := auth.NewPasswords(bcrypt.MinCost, 2)
	long := strings.Repeat("0123456789ab", 6)
	for _, right := range []string{long, "abc", " abc ", "ab\x00cd", strings.Repeat("ä", 100)} {
		kept, err := p.Hash(context.Background(), right)
		if err != nil {
			t.Fatal(err)
		}
		if ok, renew := verify(t, p, kept, right); !ok || renew {
			t.Errorf("%q: %v, renew %v", right, ok, renew)
		}
		for _, wrong := range []string{right + "X", strings.TrimSpace(right) + "", right[:len(right)-1], "", strings.ToUpper(right)} {
			if wrong == right {
				continue
			}
			if ok, _ := verify(t, p, kept, wrong); ok {
				t.Errorf("%q passes for %q", wrong, right)
			}
		}
	}
}

func TestPasswords_VerifyRenewsWhatIsWeaker(t *testing.T) {
	kept, err := auth.NewPasswords(bcrypt.MinCost, 1).Hash(context.Background(), "a password")
	if err != nil {
		t.Fatal(err)
	}
	if ok, renew := verify(t, auth.NewPasswords(bcrypt.MinCost+1, 1), kept, "a password"); !ok || !renew {
		t.Errorf("%v, renew %v", ok, renew)
	}
}

// The hashes were made by Python's hashlib as Werkzeug makes them.
func TestPasswords_VerifyReadsTheReplacedPortals(t *testing.T) {
	p := auth.NewPasswords(bcrypt.MinCost, 2)
	for _, h := range werkzeug {
		if ok, renew := verify(t, p, h.kept, h.password); !ok || !renew {
			t.Errorf("%.20s: %v, renew %v", h.kept, ok, renew)
		}
		for _, wrong := range []string{"", h.password + " ", "Correct horse"} {
			if ok, _ := verify(t, p, h.kept, wrong); ok {
				t.Errorf("%.20s: %q passes", h.kept, wrong)
			}
		}
	}
	for _, kept := range []string{
		"", "x", "$$", "scrypt:32768:8:1$salt$", "scrypt:32768:8:1$salt$zz", "md5$salt$00", "plain$salt$00", "pbkdf2:md5:1$salt$00", "pbkdf2:sha256:0$salt$00",
		"pbkdf2:sha256:999999999999$salt$00", "scrypt:1073741824:8:1$salt$00", "scrypt:3:8:1$salt$00", "scrypt:1:1:1:1$salt$00", "{sha256-bcrypt}x"[:5],
	} {
		if ok, _ := verify(t, p, kept, ""); ok {
			t.Errorf("%q takes an empty password", kept)
		}
	}
}

func TestPasswords_OfAHundredThousandCharactersAreRefused(t *testing.T) {
	p := auth.NewPasswords(bcrypt.MinCost, 2)
	if ok, _ := verify(t, p, werkzeug[0].kept, strings.Repeat("x", 100_000)); ok {
		t.Error("passes")
	}
	if said := auth.Weak(strings.Repeat("x", 100_000)); said == "" {
		t.Error("is taken")
	}
}

// S05, S06
func TestWeak_SaysWhatIsWrong(t *testing.T) {
	for password, want := range map[string]string{
		"short": "at least 10 characters", strings.Repeat("ab3$", 40): "at most 128", "password123": "easily guessed", "aaaaaaaaaaaaaa": "easily guessed",
		"qwertyuiop12": "easily guessed", "Sommer2026!": "easily guessed", "my portal rocks": "“portal”", "xx Example 99 yy": "“example”",
		"ada.love is great": "“love”", "\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe": "can't be kept", "1234567890": "easily guessed",
	} {
		if said := auth.Weak(password, "ada.love", "Ada Lovelace", "ada@example.org"); !strings.Contains(said, want) {
			t.Errorf("%q: %q", password, said)
		}
	}
	for _, good := range []string{apptest.Password, "quiet lantern over marble", "🦊 über den Zaun, heimlich", strings.Repeat("k7#pQ2 w", 8)} {
		if said := auth.Weak(good, "ada"); said != "" {
			t.Errorf("%q: %s", good, said)
		}
	}
}

// A flood fills the queue and no more: who comes then is told at once, and who waits gets the turn.
func TestPasswords_RefuseMoreThanCanWait(t *testing.T) {
	p := auth.NewPasswords(8, 2) // one core hashes, for some milliseconds each
	const all = 200
	results := make(chan error, all)
	for range all {
		go func() {
			_, _, err := p.Verify(t.Context(), "", "whatever it is")
			results <- err
		}()
	}
	refused := 0
	for range all {
		if err := <-results; fault.Is(err, fault.Away) {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	if refused == 0 || refused > all-32 {
		t.Errorf("%d of %d were refused", refused, all)
	}
	if _, _, err := p.Verify(t.Context(), "", "whatever it is"); err != nil {
		t.Errorf("after the flood: %v", err)
	}
}

// R19: who floods from one address is told so, and leaves room for everybody else.
func TestPasswords_OneAddressHasHalfOfThePlaces(t *testing.T) {
	p := auth.NewPasswords(8, 2) // one core hashes, for some milliseconds each
	flood := auth.With(t.Context(), &auth.Viewer{Address: "192.0.2.1"})
	const all = 200
	results := make(chan error, all)
	for range all {
		go func() {
			_, _, err := p.Verify(flood, "", "whatever it is")
			results <- err
		}()
	}
	refused, other := 0, make(chan error, 1)
	for n := range all {
		err := <-results
		if f := fault.Of(err); err != nil && (f.Kind != fault.TooMany || f.Wait <= 0) {
			t.Fatalf("refused by %v", err)
		} else if err != nil {
			refused++
		}
		if n == 0 { // all places of the address are taken
			go func() {
				_, _, err := p.Verify(auth.With(t.Context(), &auth.Viewer{Address: "192.0.2.2"}), "", "whatever it is")
				other <- err
			}()
		}
	}
	if refused < all/2 || refused > all-16 {
		t.Errorf("%d of %d were refused", refused, all)
	}
	if err := <-other; err != nil {
		t.Errorf("somebody elsewhere: %v", err)
	}
}
