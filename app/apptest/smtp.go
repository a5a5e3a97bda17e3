package apptest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// MailMood is how a test's mail server behaves.
type MailMood int

// The moods.
const (
	MailTaken   MailMood = iota
	MailLater            // 451 to each recipient
	MailNever            // 550 to each recipient
	MailHangs            // says nothing to a recipient, until the connection ends
	MailDies             // takes the mail, and hangs up without saying so
	MailDropped          // hangs up at the greeting
)

// MailOptions are what a mail server has beyond the usual.
type MailOptions struct {
	TLS      *tls.Config // offers STARTTLS; nil: does not
	First    bool        // TLS from the first byte
	Password string      // of the user portal; empty: nobody is asked
}

// MailServer is a mail server in the test's process.
type MailServer struct {
	t        testing.TB
	address  string
	password string

	mu   sync.Mutex
	mood MailMood
	got  []Letter
	done chan struct{}
}

// Letter is a mail that came.
type Letter struct {
	From, To string
	Header   mail.Header
	Text     string // the plain part
	HTML     string
	Raw      string
}

// NewMailServer starts a mail server on the loopback interface; it ends with the test.
func NewMailServer(t testing.TB, o MailOptions) *MailServer {
	t.Helper()
	s := &MailServer{t: t, password: o.Password, done: make(chan struct{})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.address = l.Addr().String()
	inner := smtp.NewServer(smtp.BackendFunc(s.session))
	inner.Domain, inner.AllowInsecureAuth = "mail.test", true
	inner.ErrorLog = quiet{}
	if o.First {
		l = tls.NewListener(l, o.TLS)
	} else {
		inner.TLSConfig = o.TLS
	}
	go func() { _ = inner.Serve(l) }() // ends with Close
	t.Cleanup(func() {
		close(s.done)
		_ = inner.Close()
	})
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Address is host and port.
func (s *MailServer) Address() string { return s.address }

// Be changes how the server behaves from the next mail on.
func (s *MailServer) Be(m MailMood) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mood = m
}

func (s *MailServer) is() MailMood {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mood
}

// Letters are the mails that came so far.
func (s *MailServer) Letters() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Letter(nil), s.got...)
}

// One is the only mail that came; the test fails unless there is one.
func (s *MailServer) One() Letter {
	s.t.Helper()
	all := s.Letters()
	if len(all) != 1 {
		s.t.Fatalf("%d mails came, not one: %+v", len(all), all)
	}
	return all[0]
}

func (s *MailServer) session(c *smtp.Conn) (smtp.Session, error) {
	if s.is() == MailDropped {
		_ = c.Conn().Close()
		return nil, errors.New("dropped")
	}
	return &mailSession{s: s, conn: c, known: s.password == ""}, nil
}

type mailSession struct {
	s        *MailServer
	conn     *smtp.Conn
	known    bool
	from, to string
}

func (m *mailSession) AuthMechanisms() []string {
	if m.s.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (m *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "portal" || password != m.s.password {
			return smtp.ErrAuthFailed
		}
		m.known = true
		return nil
	}), nil
}

func (m *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if !m.known {
		return smtp.ErrAuthRequired
	}
	m.from = from
	return nil
}

func (m *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = to
	switch m.s.is() {
	case MailLater:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "come back later"}
	case MailNever:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody by that name"}
	case MailHangs:
		<-m.s.done
	}
	return nil
}

func (m *mailSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	l, err := read(string(raw))
	if err != nil {
		return err
	}
	l.From, l.To = m.from, m.to
	m.s.mu.Lock()
	defer m.s.mu.Unlock()
	m.s.got = append(m.s.got, l)
	if m.s.mood == MailDies {
		_ = m.conn.Conn().Close()
	}
	return nil
}

func (m *mailSession) Reset()        {}
func (m *mailSession) Logout() error { return nil }

// read takes a mail apart.
func read(raw string) (Letter, error) {
	l := Letter{Raw: raw}
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		return l, err
	}
	l.Header = m.Header
	kind, values, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return l, fmt.Errorf("the mail is of type %q: %w", kind, err)
	}
	parts := multipart.NewReader(m.Body, values["boundary"])
	for {
		p, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			return l, err
		}
		text = []byte(strings.ReplaceAll(string(text), "\r\n", "\n"))
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			l.HTML = string(text)
		} else {
			l.Text = string(text)
		}
	}
}
