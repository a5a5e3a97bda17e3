package directory

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-ldap/ldap/v3"

	"portal/app/config"
	"portal/app/fault"
)

// The most that one sign-in waits for the directory, and reads from it in bytes.
const (
	patience   = 5 * time.Second
	answerMost = 1 << 20
)

// errTooMuch ends a conversation in which the server does not stop talking.
var errTooMuch = errors.New("directory: the answer is too large")

// bounded is a connection that ends after so many bytes and at its deadline, whatever is said on it.
type bounded struct {
	net.Conn
	left int
	over atomic.Bool // it said more than that
}

// Read is net.Conn's.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.over.Store(true)
		_ = b.Close()
		return 0, errTooMuch
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// SetDeadline is net.Conn's, but the deadline stays the one of the whole conversation.
func (b *bounded) SetDeadline(time.Time) error { return nil }

// line is one conversation with the server.
type line struct {
	*ldap.Conn
	under *bounded
	until time.Time
}

// dial connects, with TLS unless the server is on this machine.
func (d *Directory) dial(ctx context.Context) (*line, error) {
	until := time.Now().Add(patience)
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(d.c.Host, strconv.Itoa(d.c.Port)))
	if err != nil {
		return nil, silent(err)
	}
	if err := conn.SetDeadline(until); err != nil {
		_ = conn.Close()
		return nil, silent(err)
	}
	l := &line{under: &bounded{Conn: conn, left: answerMost}, until: until}
	var speak net.Conn = l.under
	if d.c.TLS == config.TLSFirst {
		t := tls.Client(l.under, d.tls())
		if err := t.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, l.trouble(err)
		}
		speak = t
	}
	l.Conn = ldap.NewConn(speak, d.c.TLS == config.TLSFirst)
	l.SetTimeout(patience)
	l.Start()
	if d.c.TLS == config.TLSStart {
		if err := l.StartTLS(d.tls()); err != nil {
			l.hangUp()
			return nil, l.trouble(err)
		}
	}
	return l, nil
}

// hangUp ends the conversation.
func (l *line) hangUp() { _ = l.under.Close(); _ = l.Close() }

// bind says who is asking.
// Errors: ErrRefused; fault.Away.
func (l *line) bind(dn, password string) error {
	if dn == "" || password == "" {
		return ErrRefused
	}
	err := l.Bind(dn, password)
	switch {
	case err == nil:
		return nil
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultNoSuchObject, ldap.LDAPResultInvalidDNSyntax,
		ldap.LDAPResultInappropriateAuthentication, ldap.LDAPResultUnwillingToPerform):
		return ErrRefused
	}
	return l.trouble(err)
}

// trouble is the fault of an error that says nothing about the person.
func (l *line) trouble(err error) error {
	switch {
	case strings.Contains(err.Error(), "x509:"): // of StartTLS nothing is handed on but the text
		return unusable("Its certificate is not trusted, see PORTAL_LDAP_CA.", err)
	case l.under.over.Load(), errors.Is(err, errTooMuch):
		return unusable("It is too large.", err)
	case ldap.IsErrorWithCode(err, ldap.LDAPResultReferral):
		return referred(err)
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultConfidentialityRequired, ldap.LDAPResultStrongAuthRequired):
		return unusable("It wants TLS, see PORTAL_LDAP_URL.", err)
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultInsufficientAccessRights, ldap.LDAPResultOperationsError):
		return unusable("It does not let the account be read.", err)
	case ldap.IsErrorWithCode(err, ldap.ErrorNetwork), ldap.IsErrorAnyOf(err, ldap.LDAPResultBusy, ldap.LDAPResultUnavailable):
		return silent(err)
	}
	var coded *ldap.Error
	if errors.As(err, &coded) && coded.ResultCode < 200 {
		return unusable(fmt.Sprintf("It says %d, %s.", coded.ResultCode, ldap.LDAPResultCodeMap[coded.ResultCode]), err)
	}
	return silent(err)
}

// silent is the fault of a directory that does not answer.
func silent(cause error) error {
	return fault.New(fault.Away, "The directory does not answer. Try again in a moment; local accounts still work.").Because(cause)
}
