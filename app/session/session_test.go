package session_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/apptest"
	"portal/app/session"
)

// spy is a storage that counts what reaches it.
type spy struct {
	fiber.Storage
	keys []string
}

func (s *spy) Get(key string) ([]byte, error) {
	s.keys = append(s.keys, key)
	return []byte("value"), nil
}

func (s *spy) Set(key string, _ []byte, _ time.Duration) error {
	s.keys = append(s.keys, key)
	return nil
}

func TestSigned_ForgedIdsNeverReachTheStorage(t *testing.T) {
	signer := session.NewSigner(strings.Repeat("k", 32))
	other := session.NewSigner(strings.Repeat("o", 32))
	s := &spy{}
	storage := session.Signed(s, signer)
	real := signer.NewID()
	text, mac, _ := strings.Cut(real, ".")
	for _, id := range []string{"", ".", text, text + ".", real + "x", real[:len(real)-1], strings.ToLower(real), "A" + real[1:] + "A", other.NewID(), "x." + mac, strings.Repeat("x", 10000)} {
		if v, err := storage.Get(id); v != nil || err != nil {
			t.Errorf("%q opens a session", id)
		}
		if err := storage.Set(id, []byte("x"), time.Minute); err != nil {
			t.Error(err)
		}
	}
	if len(s.keys) > 0 {
		t.Errorf("forged ids reached the storage: %q", s.keys)
	}
	if v, err := storage.Get(real); string(v) != "value" || err != nil || s.keys[0] != session.Key(real) {
		t.Errorf("%q, %v, keys %q", v, err, s.keys)
	}
}

func TestS21_IdsAreRandomAndKeptAsHashes(t *testing.T) {
	signer := session.NewSigner(strings.Repeat("k", 32))
	seen := map[string]bool{}
	for range 1000 {
		id := signer.NewID()
		if seen[id] || !signer.Valid(id) {
			t.Fatalf("%s came twice or is not valid", id)
		}
		seen[id] = true
	}
	p := apptest.New(t)
	id := p.As("Ada", "user").Cookie("portal")
	var keys []string
	if err := p.DB.Read.NewRaw("SELECT k FROM sessions UNION SELECT session_key FROM sign_ins").Scan(p.Context(), &keys); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 1 || keys[0] != session.Key(id) || strings.Contains(keys[0], id[:26]) {
		t.Errorf("the tables hold %q", keys)
	}
}

// Both databases' storages keep, end, overwrite and forget alike.
func TestOpen_StorageKeepsItsPromises(t *testing.T) {
	p := apptest.New(t)
	s, err := session.Open(p.DB.Read, p.DB.Writer(), p.DB.MySQL)
	if err != nil {
		t.Fatal(err)
	}
	if !p.DB.MySQL { // gofiber's closes the database with it
		defer func() { _ = s.Close() }()
	}
	expect := func(key, want string) {
		t.Helper()
		if got, err := s.Get(key); string(got) != want || err != nil {
			t.Errorf("%s is %q, %v; not %q", key, got, err, want)
		}
	}
	for _, step := range []error{s.Set("a", []byte("1"), time.Hour), s.Set("b", []byte("2"), 0), s.Set("a", []byte("3"), time.Hour), s.Set("c", []byte("4"), time.Second)} {
		if step != nil {
			t.Fatal(step)
		}
	}
	expect("a", "3")
	expect("b", "2")
	expect("none", "")
	time.Sleep(2100 * time.Millisecond) // seconds are the storage's unit
	expect("c", "")
	if err := s.Delete("a"); err != nil {
		t.Fatal(err)
	}
	expect("a", "")
}

// R06: a table that somebody holds is waited for as long as a request may take, and no longer.
func TestOpen_AHangingTableEndsTheWait(t *testing.T) {
	p := apptest.New(t)
	if !p.DB.MySQL { // SQLite has no lock that keeps readers out
		return
	}
	s, err := session.Open(p.DB.Read, p.DB.Writer(), true)
	if err != nil {
		t.Fatal(err)
	}
	held, err := p.DB.Writer().Conn(p.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	if _, err := held.ExecContext(p.Context(), "LOCK TABLES sessions WRITE"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := s.Get("a"); err == nil || time.Since(began) > 15*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
	if _, err := held.ExecContext(p.Context(), "UNLOCK TABLES"); err != nil {
		t.Fatal(err)
	}
}
