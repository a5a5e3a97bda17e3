package mail_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/app/apptest"
	"portal/app/config"
	"portal/app/data"
	"portal/app/mail"
	"portal/app/setting"
)

// world is a portal and its mail server.
type world struct {
	*apptest.Portal
	server *apptest.MailServer
	t      *testing.T
}

const sender = "Portal <portal@example.org>"

func open(t *testing.T, o apptest.MailOptions, change func(*config.Config, string)) world {
	t.Helper()
	s := apptest.NewMailServer(t, o)
	p := apptest.With(t, apptest.Options{Config: func(c *config.Config) {
		c.MailFrom, c.SMTPURL = sender, "smtp://"+s.Address()
		if change != nil {
			change(c, s.Address())
		}
	}})
	return world{p, s, t}
}

func plainWorld(t *testing.T) world {
	t.Helper()
	return open(t, apptest.MailOptions{}, nil)
}

func letter(event string) mail.Mail {
	return mail.Mail{Event: event, Kind: "test", To: "ada@example.org", Subject: "About " + event, Body: mail.Body{{Text: "Hello", Path: "/x"}}}
}

func (w world) queue(all ...mail.Mail) error {
	w.t.Helper()
	return w.DB.Write(w.Context(), func(tx *data.Tx) error {
		tx.Unchanged()
		for _, m := range all {
			if err := w.Mail.Queue(w.Context(), tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w world) must(all ...mail.Mail) {
	w.t.Helper()
	if err := w.queue(all...); err != nil {
		w.t.Fatal(err)
	}
}

func (w world) run() {
	w.t.Helper()
	if err := w.Mail.Run(w.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w world) all() []mail.Row {
	w.t.Helper()
	var rows []mail.Row
	if err := w.DB.Read.NewSelect().Model(&rows).OrderExpr("id").Scan(w.Context()); err != nil {
		w.t.Fatal(err)
	}
	return rows
}

// only is the one mail there is.
func (w world) only() mail.Row {
	w.t.Helper()
	rows := w.all()
	if len(rows) != 1 {
		w.t.Fatalf("%d mails: %+v", len(rows), rows)
	}
	return rows[0]
}

func (w world) want(state, said string) mail.Row {
	w.t.Helper()
	r := w.only()
	if r.State != state || !strings.Contains(r.Error, said) {
		w.t.Errorf("the mail is %s (%q), not %s (%q)", r.State, r.Error, state, said)
	}
	return r
}

func TestOutbox_SendsWhatIsDue(t *testing.T) {
	w := plainWorld(t)
	w.must(letter("one"))
	w.run()
	r := w.want(mail.Sent, "")
	l := w.server.One()
	if l.From != "portal@example.org" || l.To != "ada@example.org" || l.Header.Get("Subject") != "About one" ||
		l.Header.Get("Message-Id") != "<"+r.MessageID+">" || l.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%+v", l)
	}
	for _, part := range []string{l.Text, l.HTML} {
		if !strings.Contains(part, apptest.BaseURL+"/x") {
			t.Errorf("no link in %q", part)
		}
	}
	w.run()
	w.server.One()
}

func TestOutbox_MailsEndWithThePortalsName(t *testing.T) {
	w := plainWorld(t)
	if err := w.Settings.Set(w.Context(), setting.Name.Setting, setting.Name.Default, "Cable & Co"); err != nil {
		t.Fatal(err)
	}
	w.must(letter("one"))
	w.run()
	l := w.server.One()
	if !strings.Contains(l.Text, "-- \r\nCable & Co\r\n") && !strings.Contains(l.Text, "-- \nCable & Co\n") || !strings.Contains(l.HTML, "Cable &amp; Co</a>") {
		t.Errorf("%q\n%q", l.Text, l.HTML)
	}
}

func TestOutbox_AnEventHasOneMail(t *testing.T) {
	w := plainWorld(t)
	w.must(letter("one"))
	w.must(letter("one"))
	w.run()
	w.server.One()
}

func TestOutbox_WhatDidNotHappenIsNotTold(t *testing.T) {
	w := plainWorld(t)
	err := w.DB.Write(w.Context(), func(tx *data.Tx) error {
		if err := w.Mail.Queue(w.Context(), tx, letter("one")); err != nil {
			return err
		}
		return fmt.Errorf("undone")
	})
	if err == nil || w.Count("mails") != 0 {
		t.Errorf("%v, mails: %d", err, w.Count("mails"))
	}
}

func TestOutbox_ARefusalForNowIsTriedAgainForTwoDays(t *testing.T) {
	w := plainWorld(t)
	w.server.Be(apptest.MailLater)
	w.must(letter("one"))
	began, tries := w.Clock.Now(), 0
	for w.only().State != mail.Failed && tries < 20 {
		w.run()
		tries++
		if r := w.only(); r.State == mail.Waiting {
			w.want(mail.Waiting, "451")
			w.run() // not before it is due
			w.Clock.Set(r.NextAt)
		}
	}
	r := w.want(mail.Failed, "451")
	if took := w.Clock.Now().Sub(began); took < 40*time.Hour || took > 49*time.Hour || int(r.Tries) != tries || tries != 10 {
		t.Errorf("given up after %s and %d tries (%d kept)", took, tries, r.Tries)
	}
	w.server.Be(apptest.MailTaken)
	if _, err := w.Mail.Retry(w.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	w.run()
	w.want(mail.Sent, "")
}

func TestOutbox_ARefusalForGoodEndsIt(t *testing.T) {
	w := plainWorld(t)
	w.server.Be(apptest.MailNever)
	w.must(letter("one"), letter("two"))
	w.run()
	if n := w.Count("mails", "state = 'failed'", "tries = 1", "error LIKE '%550%nobody by that name%'"); n != 2 {
		t.Errorf("%d failed: %+v", n, w.Count("mails"))
	}
	w.server.Be(apptest.MailTaken)
	if n, err := w.Mail.RetryFailed(w.Context()); err != nil || n != 2 {
		t.Errorf("retried %d: %v", n, err)
	}
	w.run()
	if n := len(w.server.Letters()); n != 2 {
		t.Errorf("%d came", n)
	}
}

// slow is an outbox that waits for a server no longer than that.
func (w world) slow(wait time.Duration) *mail.Outbox {
	server, err := w.Config.SMTP()
	if err != nil {
		w.t.Fatal(err)
	}
	return mail.New(mail.Options{DB: w.DB, Server: server, BaseURL: apptest.BaseURL, Timeout: wait})
}

func TestOutbox_AServerThatHangsHoldsNobody(t *testing.T) {
	w := plainWorld(t)
	w.server.Be(apptest.MailHangs)
	w.must(letter("one"), letter("two"))
	began := time.Now()
	if err := w.slow(300 * time.Millisecond).Run(w.Context()); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	// The second one is not tried: the server is the trouble.
	if n := w.Count("mails", "state = 'waiting'", "tries = 1", "error LIKE '%does not answer in time%'"); n != 1 || w.Count("mails", "tries = 0") != 1 {
		t.Errorf("%d wait: %+v", n, w.all())
	}
}

func TestOutbox_AServerThatHangsUpIsTriedAgain(t *testing.T) {
	for name, mood := range map[string]apptest.MailMood{"at the greeting": apptest.MailDropped, "after the mail": apptest.MailDies} {
		t.Run(name, func(t *testing.T) {
			w := plainWorld(t)
			w.server.Be(mood)
			w.must(letter("one"))
			w.run()
			w.want(mail.Waiting, "The mail server")
			w.server.Be(apptest.MailTaken)
			w.Clock.Add(time.Minute)
			w.run()
			w.want(mail.Sent, "")
			ids := map[string]bool{}
			for _, l := range w.server.Letters() {
				ids[l.Header.Get("Message-Id")] = true
			}
			if len(ids) != 1 {
				t.Errorf("Message-IDs: %v", ids)
			}
		})
	}
}

func TestOutbox_TwoProcessesSendOnce(t *testing.T) {
	w := plainWorld(t)
	other := w.Second()
	for i := range 20 {
		w.must(letter(fmt.Sprint(i)))
	}
	var all sync.WaitGroup
	for _, o := range []*mail.Outbox{w.Mail, other.Mail, w.Mail, other.Mail} {
		all.Go(func() {
			if err := o.Run(w.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.run()
	if n := len(w.server.Letters()); n != 20 || w.Count("mails", "state = 'sent'", "tries = 1") != 20 {
		t.Errorf("%d came", n)
	}
}

func TestOutbox_WhatAKilledProcessWasSendingIsSentAfterTheLease(t *testing.T) {
	w := plainWorld(t)
	w.must(letter("one"))
	w.Exec("UPDATE mails SET state = 'sending', tries = 1, next_at = ?", w.Clock.Now().Add(90*time.Second))
	w.run()
	if n := len(w.server.Letters()); n != 0 {
		t.Fatalf("%d came while another process may be sending", n)
	}
	w.Clock.Add(91 * time.Second)
	w.run()
	w.server.One()
	w.want(mail.Sent, "")
}

func TestOutbox_WithoutAServerMailsWait(t *testing.T) {
	w := open(t, apptest.MailOptions{}, func(c *config.Config, _ string) { c.SMTPURL, c.MailFrom = "", "" })
	w.must(letter("one"))
	w.run()
	if r := w.want(mail.Waiting, ""); r.Tries != 0 {
		t.Errorf("tried %d times", r.Tries)
	}
}
