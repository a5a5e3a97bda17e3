package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal/app/secret"
)

// Two keys, as an operator may set them.
var (
	firstKey  = strings.Repeat("first ", 6)
	secondKey = strings.Repeat("second ", 6)
)

// sealedInstall has the second factor of one person, sealed with the first key.
func sealedInstall(t *testing.T) install {
	t.Helper()
	i := newInstall(t, "PORTAL_SECRET_KEY="+firstKey)
	i.mustWith(strong, "user", "add", "boss", "-roles", "admin", "-password-stdin")
	i.mustWith(strong, "user", "add", "ada", "-password-stdin") // signs in with the password alone
	i.exec(fmt.Sprintf("INSERT INTO second_factors (user_id, secret, last_step, created_at) VALUES (1, '%s', 0, '2026-01-01 00:00:00')", sealedWith(t, firstKey)))
	return i
}

func sealedWith(t *testing.T, key string) string {
	t.Helper()
	box, err := secret.NewBox(key)
	if err != nil {
		t.Fatal(err)
	}
	return box.Seal("totp|1", "JBSWY3DPEHPK3PXP")
}

// opens is what the key makes of the person's second factor.
func (i install) opens(key string) string {
	i.t.Helper()
	box, err := secret.NewBox(key)
	if err != nil {
		i.t.Fatal(err)
	}
	text, err := box.Open("totp|1", i.one("SELECT secret FROM second_factors WHERE user_id = 1"))
	if err != nil {
		return ""
	}
	return text
}

// S88: after the change the new key opens what the old one sealed, and the old one opens nothing.
func TestS88_RotateSealsAnewAndEndsSessions(t *testing.T) {
	t.Parallel()
	i := sealedInstall(t)
	s := i.serve()
	b := s.browse()
	b.signIn("ada", strong)
	i.env = append(i.env, "PORTAL_SECRET_KEY_NEW="+secondKey)
	refused(t, i.run("secret", "rotate"), 1, "a server or another command uses the data folder "+i.dir+"; stop it first")
	if i.opens(firstKey) == "" {
		t.Fatal("it was changed beside a server")
	}
	s.signal()
	s.end()
	got := read[struct{ Sealed int }](t, i.must("secret", "rotate", "-json"))
	if got.Sealed != 1 || i.opens(secondKey) != "JBSWY3DPEHPK3PXP" || i.opens(firstKey) != "" {
		t.Errorf("sealed %d, the new key opens %q, the old one %q", got.Sealed, i.opens(secondKey), i.opens(firstKey))
	}
	if n := i.one("SELECT count(*) FROM sessions"); n != "0" {
		t.Errorf("%s sessions are left", n)
	}
	i.must("secret", "rotate") // a second time does no harm
	if i.opens(secondKey) == "" {
		t.Error("a second run sealed it otherwise")
	}
	i.env = []string{"PORTAL_SECRET_KEY=" + secondKey}
	b.s = i.serve()
	if status, _ := b.open("/"); status != 303 {
		t.Errorf("a session from before answers %d", status)
	}
	b.signIn("ada", strong)
	if n := i.one("SELECT count(*) FROM audit_lines WHERE action = 'changed the secret key'"); n != "2" {
		t.Errorf("the audit log knows of %s changes", n)
	}
	if said := i.must("audit", "verify"); !strings.Contains(said, "were sealed under an earlier secret key, and verified when it was changed") {
		t.Errorf("the log says %q", said)
	}
	i.exec("UPDATE audit_lines SET action = 'read the secret key' WHERE action = 'changed the secret key'")
	if o := i.run("audit", "verify"); o.code != 1 || !strings.Contains(o.err, "“read the secret key”), was changed after it was sealed") {
		t.Errorf("a line that was touched: %+v", o)
	}
}

func TestRotate_RefusesKeysThatCannotBe(t *testing.T) {
	t.Parallel()
	i := sealedInstall(t)
	refused(t, i.run("secret", "rotate"), 2, "PORTAL_SECRET_KEY_NEW: set it to the new key, 32 or more random characters; PORTAL_SECRET_KEY stays the old one meanwhile")
	old := i.env
	i.env = append([]string{"PORTAL_SECRET_KEY_NEW=short"}, old...)
	refused(t, i.run("secret", "rotate"), 2, "PORTAL_SECRET_KEY_NEW: 5 characters are too few; write at least 32 random ones")
	i.env = []string{"PORTAL_SECRET_KEY=" + strings.Repeat("wrong ", 6), "PORTAL_SECRET_KEY_NEW=" + secondKey}
	refused(t, i.run("secret", "rotate"), 1, "nothing was changed: secret of the row 1 in second_factors was sealed with another key; set PORTAL_SECRET_KEY to that")
	if i.opens(firstKey) == "" {
		t.Error("it was sealed otherwise")
	}
}

func TestRotate_MakesAKeyWhereItIsKeptInAFile(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	path := filepath.Join(i.dir, "secret.key")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if out := i.must("secret", "rotate"); !strings.Contains(out, "The new key is kept in "+path) {
		t.Errorf("it says %q", out)
	}
	after, err := os.ReadFile(path)
	if err != nil || string(after) == string(before) || len(after) < 32 {
		t.Errorf("the key became %q, %v", after, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode: %v, %v", info.Mode(), err)
	}
	if said := i.must("audit", "verify"); !strings.Contains(said, "an earlier secret key") {
		t.Errorf("the log says %q", said)
	}
	if _, err := os.Stat(path + ".new"); !os.IsNotExist(err) {
		t.Errorf("the next key is still there: %v", err)
	}
}

func TestRotate_RefusesALogThatDoesNotHold(t *testing.T) {
	t.Parallel()
	i := sealedInstall(t)
	i.must("audit", "verify")
	i.exec("UPDATE audit_lines SET action = 'nothing' WHERE seal = 1")
	i.env = append(i.env, "PORTAL_SECRET_KEY_NEW="+secondKey)
	refused(t, i.run("secret", "rotate"), 1, "The audit log does not hold, so the key was not changed. “portal audit verify” names the line; "+
		"“portal audit restart” begins a new chain, after which the key can be changed.")
	if i.opens(firstKey) == "" || i.one("SELECT count(*) FROM audit_lines WHERE action = 'changed the secret key'") != "0" {
		t.Error("it was changed nevertheless")
	}
	i.must("audit", "restart", "-yes")
	i.must("secret", "rotate")
	i.env = []string{"PORTAL_SECRET_KEY=" + secondKey}
	i.must("audit", "verify")
}
