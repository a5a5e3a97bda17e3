package home_test

import (
	"net"
	"net/http"
	"testing"
	"time"

	"portal/app/apptest"
)

func TestDirectory_WhenItIsDownLocalAccountsGoOn(t *testing.T) {
	s := apptest.NewSlapd(t, "")
	p := withDirectory(t, s.Plain, nil)
	p.Person("Loc", "user")
	signedIn := p.Visitor()
	signedIn.SignIn("ada", adasPassword).Want(http.StatusSeeOther)
	s.Stop()
	for range 7 { // no failures are counted
		p.Visitor().SignIn("ada", adasPassword).Want(http.StatusServiceUnavailable, "The directory does not answer", "local accounts still work", "Sign in")
	}
	if p.Count("sign_in_failures") != 0 {
		t.Error("failures are counted")
	}
	p.Visitor().SignIn("loc", apptest.Password).Want(http.StatusSeeOther)
	signedIn.Get("/").Want(http.StatusOK)
	s.Start()
	p.Visitor().SignIn("ada", adasPassword).Want(http.StatusSeeOther)
}

func TestDirectory_WhenItHangsTheAnswerComesWithinFiveSeconds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // connections wait for ever
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	p := withDirectory(t, l.Addr().String(), nil)
	p.Person("Loc", "user")
	began := time.Now()
	p.Visitor().SignIn("ada", adasPassword).Want(http.StatusServiceUnavailable, "The directory does not answer")
	if took := time.Since(began); took > 8*time.Second {
		t.Errorf("took %s", took)
	}
	p.Visitor().SignIn("loc", apptest.Password).Want(http.StatusSeeOther)
}

// A server that is no directory, and one that answers half: nobody is signed in, made, counted or noted.
func TestDirectory_ThatAnswersNonsenseChangesNothing(t *testing.T) {
	for name, answer := range map[string]string{
		"of another protocol": "HTTP/1.1 400 Bad Request\r\n\r\n", "half a message": "0\x0c\x02\x01\x01a\x07\n\x01",
		"another message's": "0\x0c\x02\x01\x63a\x07\n\x01\x00\x04\x00\x04\x00", "no tag at all": "\x00\x00\x00\x00\x00\x00\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			go func() {
				for {
					conn, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = conn.Read(make([]byte, 1000))
					_, _ = conn.Write([]byte(answer))
					_ = conn.Close()
				}
			}()
			p := withDirectory(t, l.Addr().String(), nil)
			p.Person("Root", "admin")
			tables := []string{"users", "user_roles", "sign_ins", "sign_in_failures", "sessions"}
			var before []int
			for _, table := range tables {
				before = append(before, p.Count(table))
			}
			p.Visitor().SignIn("ada", adasPassword).Want(http.StatusServiceUnavailable, "directory", "local accounts still work", "Sign in")
			for i, table := range tables {
				if n := p.Count(table); n != before[i] {
					t.Errorf("%d rows of %s became %d", before[i], table, n)
				}
			}
			p.Visitor().SignIn("root", apptest.Password).Want(http.StatusSeeOther)
		})
	}
}
