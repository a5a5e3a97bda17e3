package command_test

import (
	"strings"
	"testing"

	"portal/app/apptest"
)

// letter is a mail as the commands print it.
type letter struct {
	ID                       int64
	To, Subject, State, Kind string
	Error                    string
	Tries                    int64
}

func TestMail_TestSaysWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	s := apptest.NewMailServer(t, apptest.MailOptions{})
	i := newInstall(t, "PORTAL_SMTP_URL=smtp://"+s.Address(), "PORTAL_MAIL_FROM=portal@example.org")
	if said := i.must("mail", "test", "ada@example.org"); said != "The mail server has taken the mail to ada@example.org.\n" {
		t.Errorf("said %q", said)
	}
	s.One()
	s.Be(apptest.MailNever)
	refused(t, i.run("mail", "test", "ben@example.org"), 1, "The mail server said: 550 5.1.1 nobody by that name")
	refused(t, i.run("mail", "test", "ben"), 1, "“ben” is not an e-mail address.")
	refused(t, i.run("mail", "retry", "one"), 2, "“one” is no mail's number; portal mail list shows them")
	refused(t, i.run("mail", "retry", "99"), 1, "There is no such mail.")
	all := read[[]letter](t, i.must("mail", "list", "-state", "failed", "-json"))
	if len(all) != 1 || all[0].To != "ben@example.org" || all[0].Tries != 1 || !strings.Contains(all[0].Error, "550") {
		t.Fatalf("listed %+v", all)
	}
	if said := i.must("mail", "retry"); !strings.Contains(said, "in a moment: 1.") {
		t.Errorf("said %q", said)
	}
	if table := i.must("mail", "list"); !strings.Contains(table, "waiting") || !strings.Contains(table, "ada@example.org") {
		t.Errorf("the table: %s", table)
	}
	s.Be(apptest.MailTaken)
	i.serve() // its job sends what waits
	eventually(t, "the mail is sent", func() bool { return len(s.Letters()) == 2 })
}

func TestMail_WithoutAServerTheTestSaysSo(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	refused(t, i.run("mail", "test", "ada@example.org"), 1, "Mail is not set up on this portal; PORTAL_SMTP_URL names the mail server.")
}
