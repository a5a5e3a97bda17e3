package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"strings"
	"sync"

	gomail "github.com/wneessen/go-mail"

	"portal/app/config"
	"portal/app/data"
)

// failure is why a mail was not taken.
type failure struct {
	said    string
	lasting bool // it will be no better later
	server  bool // the server, not this mail, is the trouble: the others need not be tried now
}

// Error is what the outbox shows.
func (f *failure) Error() string { return f.said }

// line is the connection of one conversation with the server. The client below it leaves it open when the
// conversation fails before it began, and knows no end of all together: both are seen to here.
type line struct {
	mu   sync.Mutex
	conn net.Conn
}

// Close hangs up.
func (l *line) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn != nil {
		_ = l.conn.Close()
	}
}

// dialer connects, with TLS from the first byte where that is wanted.
func (o *Outbox) dialer(l *line) gomail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		var conn net.Conn
		var err error
		if o.server.TLS == config.TLSFirst {
			conn, err = (&tls.Dialer{Config: o.tls()}).DialContext(ctx, network, address)
		} else {
			conn, err = (&net.Dialer{}).DialContext(ctx, network, address)
		}
		if err != nil {
			return nil, err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conn = conn
		return conn, nil
	}
}

func (o *Outbox) tls() *tls.Config {
	return &tls.Config{ServerName: o.server.Host, RootCAs: o.server.Roots, MinVersion: tls.VersionTLS12}
}

func (o *Outbox) client(l *line) (*gomail.Client, error) {
	s := o.server
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(o.timeout), gomail.WithTLSConfig(o.tls()), gomail.WithHELO(o.host),
		gomail.WithTLSPolicy(gomail.NoTLS), gomail.WithDialContextFunc(o.dialer(l)), gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	switch s.TLS {
	case config.TLSFirst:
		options = append(options, gomail.WithSSL())
	case config.TLSStart:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.User != "" {
		options = append(options, gomail.WithOpportunisticSMTPAuth(mechanisms...), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	return gomail.NewClient(s.Host, options...)
}

// mechanisms are the ways to say name and password, the best first. The last two are taken over TLS only, and within this machine.
var mechanisms = []gomail.SMTPAuthType{
	gomail.SMTPAuthSCRAMSHA256PLUS, gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1PLUS, gomail.SMTPAuthSCRAMSHA1,
	gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin,
}

// talk runs one conversation with the server, within the timeout.
func (o *Outbox) talk(ctx context.Context, say func(context.Context, *gomail.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	l := &line{}
	defer l.Close()
	defer context.AfterFunc(ctx, l.Close)()
	client, err := o.client(l)
	if err != nil {
		return err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return o.why(ctx, err, true)
	}
	if err := say(ctx, client); err != nil {
		return err
	}
	_ = client.Close() // it has the mail; how it says good-bye changes nothing
	return nil
}

// Check connects to the mail server, with TLS and name and password as for a mail, and sends nothing.
// Errors: a sentence that says what is wrong; nil also when there is no mail server.
func (o *Outbox) Check(ctx context.Context) error {
	if !o.Known() {
		return nil
	}
	return o.talk(ctx, func(context.Context, *gomail.Client) error { return nil })
}

// hand gives one mail to the server. It returns a *failure, or nil once the server has taken it.
func (o *Outbox) hand(ctx context.Context, r Row) error {
	m, err := o.message(r)
	if err != nil {
		return &failure{said: err.Error(), lasting: true}
	}
	return o.talk(ctx, func(ctx context.Context, c *gomail.Client) error {
		err := c.Send(m)
		if err == nil || m.IsDelivered() { // what came after the mail was taken does not count
			return nil
		}
		return o.why(ctx, err, false)
	})
}

// message is the mail as it is sent.
func (o *Outbox) message(r Row) (*gomail.Msg, error) {
	b, err := o.body(r)
	if err != nil {
		return nil, err
	}
	html, err := b.html(r.Subject, o.name(), o.base)
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg()
	m.FromMailAddress(&o.server.From)
	if err := m.To(r.Recipient); err != nil {
		return nil, err
	}
	m.Subject(r.Subject)
	m.SetMessageIDWithValue(r.MessageID)
	m.SetDateWithValue(r.CreatedAt)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // no answers by machines. RFC 3834
	m.SetBodyString(gomail.TypeTextPlain, b.text(o.name(), o.base))
	m.AddAlternativeString(gomail.TypeTextHTML, html)
	return m, nil
}

// why turns an error into the sentence that the outbox shows, and says whether to try again.
// Before a mail was begun, whatever is wrong is the server's matter.
func (o *Outbox) why(ctx context.Context, err error, before bool) *failure {
	said, _, _ := strings.Cut(err.Error(), ", affected ") // the row has the recipient and the id already
	f := &failure{said: oneLine(said), server: before}
	var answer *textproto.Error
	var sent *gomail.SendError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown), errors.As(err, &name), errors.As(err, &invalid):
		f.said = "The mail server's certificate is not trusted, so nothing was sent: " + f.said + ". See PORTAL_SMTP_CA."
		f.lasting = true
	case before && strings.Contains(f.said, "does not support STARTTLS"):
		f.said, f.lasting = "The mail server offers no STARTTLS, so nothing was sent. Use smtps:// or another port.", true
	case errors.As(err, &answer):
		f.said = fmt.Sprintf("The mail server said: %d %s", answer.Code, oneLine(answer.Msg))
		f.lasting = answer.Code >= 500
	case errors.As(err, &sent) && sent.ErrorCode() >= 400:
		if at := answered.FindStringIndex(f.said); at != nil { // what comes before says which command it answers
			f.said = strings.ReplaceAll(f.said[at[0]:], `"`, "")
		}
		f.said, f.lasting = "The mail server said: "+f.said, sent.ErrorCode() >= 500
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded), timedOut(err):
		f.said, f.server = "The mail server does not answer in time.", true
	case strings.Contains(f.said, "EOF"), strings.Contains(f.said, "connection reset"), strings.Contains(f.said, "broken pipe"):
		f.said, f.server = "The mail server hung up in the middle.", true // the client hands on nothing but its text
	default:
		f.said, f.server = "The mail server can't be reached or used: "+f.said, true
	}
	return f
}

// answered is where a server's answer begins.
var answered = regexp.MustCompile(`\b[45]\d\d\b`)

func timedOut(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout() || strings.Contains(err.Error(), "i/o timeout")
}

// oneLine is a server's text as one short line.
func oneLine(s string) string {
	return data.Shorten(strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " "), 400)
}
