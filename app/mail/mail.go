// Package mail keeps what the portal has to tell people by mail, and hands it to the mail server.
//
// A mail is a row of the table mails, written in the transaction of what it tells of: it is sent if that happened
// and only then. A job hands over what is due. Before it speaks to the server it marks the row as being sent, for
// a few minutes; no other process touches the row meanwhile. A process that is killed in the middle leaves a row of
// which nobody knows whether the server took it: when those minutes are over it is sent again, with the same
// Message-ID, by which mail systems know a mail they have. So a mail may come twice after a crash, but is never lost.
package mail

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"portal/app/config"
	"portal/app/data"
	"portal/app/secret"
)

// Mail is what somebody is told.
type Mail struct {
	Event   string // what it tells of; a second mail of the same event is not kept: "password|17|3"
	Kind    string // "password.forgot"
	UserID  int64  // whose account it goes to, 0 for none; a locked account gets none
	To      string // address
	Subject string
	Body    Body
	Guard   string    // topic that the person must be allowed to hear when it is sent; empty for what concerns them alone
	Secret  bool      // whoever reads it can sign in: it is sealed, never shown, and gone once sent
	Until   time.Time // when it is too late; zero for never
}

// Body is the text, a paragraph each. It is plain text whatever it holds: the HTML is made from it.
type Body []Paragraph

// Paragraph is a text and the page it is about.
type Paragraph struct {
	Text string `json:"text"`
	Path string `json:"path,omitempty"` // within the portal: "/forgot"; empty for none
}

// The states of a mail.
const (
	Waiting   = "waiting"
	Sending   = "sending"
	Sent      = "sent"
	Failed    = "failed"
	Discarded = "discarded"
)

// Row is a row of mails.
type Row struct {
	bun.BaseModel `bun:"table:mails"`
	ID            int64 `bun:",pk,autoincrement"`
	Event         string
	Kind          string
	UserID        *int64
	Guard         string
	Recipient     string
	Subject       string
	Body          string // JSON of a Body, sealed when Secret; empty once a secret one is through
	Secret        bool
	State         string
	Tries         int64
	NextAt        time.Time
	ExpiresAt     *time.Time
	Error         string // of the last try, empty for none
	MessageID     string
	CreatedAt     time.Time
	SentAt        *time.Time
}

// Open reports whether the mail may still be sent or discarded.
func (r Row) Open() bool { return r.State == Waiting || r.State == Failed }

// Options are what an outbox is made from.
type Options struct {
	DB      *data.DB
	Box     secret.Box
	Server  config.SMTP   // the zero SMTP: mails wait
	BaseURL string        // of all links; no request has a say in it
	Name    func() string // the portal's, which ends every mail; nil means Portal
	Timeout time.Duration // of one mail; 0 means a quarter of a minute
	// Heard reports whether the person may hear of the topic now; nil: whatever was queued is sent.
	Heard func(ctx context.Context, user int64, guard string) (bool, error)
}

// Outbox keeps mails and sends them.
type Outbox struct {
	db      *data.DB
	box     secret.Box
	server  config.SMTP
	base    string
	host    string // of base, for Message-IDs
	name    func() string
	timeout time.Duration
	heard   func(ctx context.Context, user int64, guard string) (bool, error)
}

// New makes the outbox; it connects to nothing.
func New(o Options) *Outbox {
	host := "portal"
	if u, err := url.Parse(o.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Name == nil {
		o.Name = func() string { return "Portal" }
	}
	return &Outbox{o.DB, o.Box, o.Server, o.BaseURL, host, o.Name, o.Timeout, o.Heard}
}

// Known reports whether there is a mail server; without one mails wait.
func (o *Outbox) Known() bool { return o.server.Known() }

// subjectMost is how long a subject may be, in characters; longer ones are cut.
const subjectMost = 150

// Queue keeps the mail within the transaction of what it tells of.
// Errors: a sentence when a header field would hold a line's end or the address is none.
func (o *Outbox) Queue(ctx context.Context, tx *data.Tx, m Mail) error {
	if err := m.check(); err != nil {
		return err
	}
	row := Row{
		Event: m.Event, Kind: m.Kind, Guard: m.Guard, Recipient: m.To, Subject: data.Shorten(m.Subject, subjectMost), Secret: m.Secret, State: Waiting,
		NextAt: tx.Now, MessageID: strings.ToLower(rand.Text()) + "@" + o.host, CreatedAt: tx.Now,
	}
	if m.UserID != 0 {
		row.UserID = &m.UserID
	}
	if !m.Until.IsZero() {
		row.ExpiresAt = &m.Until
	}
	body, err := json.Marshal(m.Body)
	if err != nil {
		return fmt.Errorf("keep mail %s: %w", m.Event, err)
	}
	row.Body = string(body)
	if m.Secret {
		row.Body = o.box.Seal(bound(row), row.Body)
	}
	if _, err := tx.NewInsert().Model(&row).Ignore().Exec(ctx); err != nil {
		return fmt.Errorf("keep mail %s: %w", m.Event, err)
	}
	return nil
}

// bound is what a sealed body belongs to: in another mail's row it does not open.
func bound(r Row) string { return "mail|" + r.Event + "|" + r.Recipient }

// check refuses what the table would not take as it is, and header fields of more than one line: what stands
// after a line's end is another field, such as Bcc.
func (m Mail) check() error {
	for name, text := range map[string]string{"event": m.Event, "kind": m.Kind, "recipient": m.To, "subject": m.Subject} {
		if strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) {
			return fmt.Errorf("mail: the %s %q holds a line's end or another control character", name, text)
		}
	}
	switch {
	case !Good(m.To):
		return fmt.Errorf("mail: %q is no address", m.To)
	case m.Event == "" || len(m.Event) > 150 || m.Kind == "" || len(m.Kind) > 40:
		return fmt.Errorf("mail: the event %q of kind %q is empty or too long", m.Event, m.Kind)
	case strings.TrimSpace(m.Subject) == "" || len(m.Body) == 0:
		return fmt.Errorf("mail: %s has no subject or no text", m.Event)
	}
	for _, p := range m.Body {
		if p.Path != "" && !strings.HasPrefix(p.Path, "/") {
			return fmt.Errorf("mail: %q is no path within the portal", p.Path)
		}
	}
	return nil
}

// Good reports whether mail can be sent to the address.
func Good(address string) bool {
	a, err := netmail.ParseAddress(address)
	return err == nil && a.Address == address && len(address) <= 200 && !strings.ContainsFunc(address, unicode.IsControl)
}

// body is the mail's text, opened.
func (o *Outbox) body(r Row) (Body, error) {
	text := r.Body
	if r.Secret {
		var err error
		if text, err = o.box.Open(bound(r), text); err != nil {
			return nil, fmt.Errorf("the text can't be opened, PORTAL_SECRET_KEY is another one now: %w", err)
		}
	}
	var b Body
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return nil, fmt.Errorf("the text can't be read: %w", err)
	}
	return b, nil
}
