package mail_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/config"
	"portal/app/mail"
)

func TestOutbox_ASecretIsSealedAndGoneOnceSent(t *testing.T) {
	for _, end := range []string{"sent", "too late", "discarded"} {
		t.Run(end, func(t *testing.T) {
			w := plainWorld(t)
			m := letter("one")
			m.Secret, m.Until, m.Body = true, w.Clock.Now().Add(30*time.Minute), mail.Body{{Text: "Marker", Path: "/marker"}}
			w.must(m)
			r := w.only()
			if r.Body == "" || strings.Contains(strings.ToLower(r.Body), "marker") {
				t.Errorf("kept as %q", r.Body)
			}
			switch end {
			case "sent":
				w.run()
				w.want(mail.Sent, "")
				if l := w.server.One(); !strings.Contains(l.Text, apptest.BaseURL+"/marker") {
					t.Errorf("sent as %q", l.Text)
				}
			case "too late":
				w.Clock.Add(30 * time.Minute)
				w.run()
				w.want(mail.Failed, "before its link ended")
				if _, err := w.Mail.Retry(w.Context(), r.ID); err == nil {
					t.Error("it may be sent once more")
				}
			case "discarded":
				if _, err := w.Mail.Discard(w.Context(), r.ID); err != nil {
					t.Fatal(err)
				}
				w.run()
				w.want(mail.Discarded, "")
			}
			if w.only().Body != "" {
				t.Error("the text is still there")
			}
			if end != "sent" && len(w.server.Letters()) > 0 {
				t.Error("it was sent")
			}
		})
	}
}

func TestOutbox_ALockedAccountGetsNoMail(t *testing.T) {
	w := plainWorld(t)
	m := letter("one")
	m.UserID = w.Person("Ada", "user").ID
	w.must(m)
	if err := w.Users.Lock(w.Context(), "ada", true); err != nil {
		t.Fatal(err)
	}
	w.run()
	w.want(mail.Discarded, "locked")
	if len(w.server.Letters()) > 0 {
		t.Error("it was sent")
	}
}

func TestS59_NoHeaderFieldHasASecondLine(t *testing.T) {
	w := plainWorld(t)
	for name, change := range map[string]func(*mail.Mail, string){
		"subject": func(m *mail.Mail, s string) { m.Subject += s },
		"to":      func(m *mail.Mail, s string) { m.To += s },
		"event":   func(m *mail.Mail, s string) { m.Event += s },
		"kind":    func(m *mail.Mail, s string) { m.Kind += s },
	} {
		for _, evil := range []string{"\r\nBcc: eve@example.org", "\nBcc: eve@example.org", "\rBcc: eve@example.org", "\x00"} {
			m := letter("one")
			change(&m, evil)
			if err := w.queue(m); err == nil {
				t.Errorf("%s with %q is taken", name, evil)
			}
		}
	}
	for _, to := range []string{"", "ada", "ada@example.org, eve@example.org", "Ada <ada@example.org>", "<ada@example.org>"} {
		m := letter("one")
		m.To = to
		if err := w.queue(m); err == nil {
			t.Errorf("the recipient %q is taken", to)
		}
	}
	if n := w.Count("mails"); n != 0 {
		t.Errorf("%d mails are kept", n)
	}
}

func TestS59_HTMLIsShownAsText(t *testing.T) {
	w := plainWorld(t)
	m := letter("one")
	m.Subject = `</title><script>alert(1)</script> Größe`
	m.Body = mail.Body{{Text: `<img src=x onerror="alert(1)">` + "\nnext\r\nBcc: eve@example.org", Path: `/x"><b>`}}
	w.must(m)
	w.run()
	l := w.server.One()
	for _, bad := range []string{"<img", "<script", `"><b>`} {
		if strings.Contains(l.HTML, bad) {
			t.Errorf("the HTML holds %q:\n%s", bad, l.HTML)
		}
	}
	if !strings.Contains(l.Text, `<img src=x`) || l.Header.Get("Bcc") != "" || strings.Contains(l.To, "eve") {
		t.Errorf("%+v", l)
	}
}

func TestS87_TheMailServersCertificateIsChecked(t *testing.T) {
	cert := apptest.NewCertificate(t)
	for name, one := range map[string]struct {
		options     apptest.MailOptions
		url, ca     string
		state, said string
	}{
		"STARTTLS, not trusted":         {apptest.MailOptions{TLS: cert.TLS(t)}, "smtp://%s?tls=starttls", "", mail.Failed, "certificate is not trusted"},
		"STARTTLS, trusted":             {apptest.MailOptions{TLS: cert.TLS(t)}, "smtp://%s?tls=starttls", cert.File, mail.Sent, ""},
		"STARTTLS is not offered":       {apptest.MailOptions{}, "smtp://%s?tls=starttls", "", mail.Failed, "offers no STARTTLS"},
		"TLS first, not trusted":        {apptest.MailOptions{TLS: cert.TLS(t), First: true}, "smtps://%s", "", mail.Failed, "certificate is not trusted"},
		"TLS first, trusted":            {apptest.MailOptions{TLS: cert.TLS(t), First: true, Password: "s3cret/@:"}, "smtps://portal:s3cret%%2F%%40%%3A@%s", cert.File, mail.Sent, ""},
		"STARTTLS and a password":       {apptest.MailOptions{TLS: cert.TLS(t), Password: "s3cret"}, "smtp://portal:s3cret@%s?tls=starttls", cert.File, mail.Sent, ""},
		"STARTTLS and a wrong password": {apptest.MailOptions{TLS: cert.TLS(t), Password: "s3cret"}, "smtp://portal:marker@%s?tls=starttls", cert.File, mail.Failed, "535"},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, one.options, func(c *config.Config, address string) {
				c.SMTPURL, c.SMTPCA = fmt.Sprintf(one.url, address), one.ca
			})
			w.must(letter("one"))
			w.run()
			r := w.want(one.state, one.said)
			if n := len(w.server.Letters()); (n == 1) != (one.state == mail.Sent) {
				t.Errorf("%d came", n)
			}
			if err := w.Mail.Check(context.Background()); (err == nil) != (one.state == mail.Sent) {
				t.Errorf("the check says %v", err)
			}
			if strings.Contains(r.Error, "marker") {
				t.Errorf("the password is in %q", r.Error)
			}
		})
	}
}
