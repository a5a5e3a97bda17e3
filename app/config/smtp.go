package config

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"os"
	"strconv"
)

// TLS is how a connection to another server is guarded.
type TLS string

// The ways.
const (
	TLSNone  TLS = "none"     // not at all
	TLSStart TLS = "starttls" // asked for on the bare connection, and required
	TLSFirst TLS = "tls"      // before anything else is said
)

// SMTP is where mail is handed over.
type SMTP struct {
	Host           string // empty: nowhere, mail waits
	Port           int
	User, Password string // empty: the server asks for none
	TLS            TLS
	Roots          *x509.CertPool // nil: those that this machine trusts
	From           mail.Address
}

// Known reports whether there is a mail server.
func (s SMTP) Known() bool { return s.Host != "" }

// SMTP is the mail server; the zero SMTP when there is none.
// Errors: one sentence that names the variable and the remedy.
func (c Config) SMTP() (SMTP, error) {
	if c.SMTPURL == "" {
		return SMTP{}, nil
	}
	const shape = "write smtp://user:password@host:587 or smtps://user:password@host:465" //nolint:gosec // an example
	u, err := url.Parse(c.SMTPURL)
	if err != nil || u.Hostname() == "" || u.Path != "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return SMTP{}, fmt.Errorf("PORTAL_SMTP_URL: this is no mail server; %s", shape) // not what was written: it holds a password
	}
	s := SMTP{Host: u.Hostname(), User: u.User.Username()}
	s.Password, _ = u.User.Password()
	if s.Port, err = portOf(u, map[string]int{"smtp": 587, "smtps": 465}); err != nil {
		return SMTP{}, fmt.Errorf("PORTAL_SMTP_URL: %w; %s", err, shape)
	}
	if s.TLS, err = tlsOf(u, "smtps"); err != nil {
		return SMTP{}, fmt.Errorf("PORTAL_SMTP_URL: %w", err)
	}
	if s.Roots, err = roots("PORTAL_SMTP_CA", c.SMTPCA); err != nil {
		return SMTP{}, err
	}
	from, err := mail.ParseAddress(c.MailFrom)
	if err != nil {
		return SMTP{}, fmt.Errorf("PORTAL_MAIL_FROM: %q is no sender; write Portal <portal@example.org>", c.MailFrom)
	}
	s.From = *from
	return s, nil
}

func (c *Config) checkMail() error {
	_, err := c.SMTP()
	return err
}

// tlsOf is how the connection is guarded: by the scheme, by ?tls=, and bare only within this machine.
func tlsOf(u *url.URL, safe string) (TLS, error) {
	for name := range u.Query() {
		if name != "tls" {
			return "", fmt.Errorf("only ?tls= may stand after the address, not ?%s=", name)
		}
	}
	switch asked := u.Query().Get("tls"); {
	case u.Scheme == safe && asked == "":
		return TLSFirst, nil
	case u.Scheme == safe:
		return "", fmt.Errorf("%s:// is TLS from the first byte; leave ?tls= away", safe)
	case asked == string(TLSNone), asked == string(TLSStart):
		return TLS(asked), nil
	case asked != "":
		return "", fmt.Errorf("?tls=%s is none of starttls, none", asked)
	case loopback(u.Hostname()):
		return TLSNone, nil
	}
	return TLSStart, nil
}

// loopback reports whether the host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// portOf is the address's port, or its scheme's usual one.
func portOf(u *url.URL, usual map[string]int) (int, error) {
	if u.Port() == "" {
		return usual[u.Scheme], nil
	}
	n, err := strconv.Atoi(u.Port())
	if err != nil || n < 1 || n > 65535 {
		return 0, fmt.Errorf("%s is no port", u.Port())
	}
	return n, nil
}

// roots are the machine's trusted certificates and those of the file; nil when there is no file.
func roots(variable, path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(path) //nolint:gosec // the administrator's own setting
	if err != nil {
		return nil, fmt.Errorf("%s: the file %s can't be read (%s)", variable, path, reason(err))
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s: the file %s holds no certificate in PEM", variable, path)
	}
	return pool, nil
}
