package command_test

import (
	"testing"

	"portal/app/apptest"
)

func TestDoctor_AsksTheMailServer(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	i.finds("mail", "ok", "No mail server is set, and 0 mails wait; set PORTAL_SMTP_URL.", 0)
	s := apptest.NewMailServer(t, apptest.MailOptions{Password: "s3cret"})
	i.env = []string{"PORTAL_SMTP_URL=smtp://portal:s3cret@" + s.Address(), "PORTAL_MAIL_FROM=portal@example.org"}
	i.finds("mail", "ok", "The mail server answers, and 0 mails wait.", 0)
	s.Be(apptest.MailNever)
	i.run("mail", "test", "ada@example.org")
	i.finds("mail", "warning", "1 mail failed; “portal mail list -state failed” says why", 0)
	i.env[0] = "PORTAL_SMTP_URL=smtp://portal:wrong@" + s.Address()
	i.finds("mail", "bad", "535", 1)
	i.env[0] = "PORTAL_SMTP_URL=smtp://127.0.0.1:1"
	i.finds("mail", "bad", "127.0.0.1:1", 1)
}

func TestDoctor_AsksTheDirectory(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	i.finds("directory", "ok", "None is set", 0)
	i.env = []string{"PORTAL_LDAP_URL=ldap://127.0.0.1:1", "PORTAL_LDAP_BASE=dc=example,dc=org"}
	i.finds("directory", "bad", "The directory does not answer.", 1)
	i.finds("directory", "bad", "see PORTAL_LDAP_URL", 1)
}

func TestDoctor_SaysHowTheAuditLogWasFound(t *testing.T) {
	t.Parallel()
	i := newInstall(t)
	i.must("user", "add", "boss", "-roles", "admin")
	i.finds("audit log", "ok", "It was not verified yet", 0)
	i.must("audit", "verify")
	i.finds("audit log", "ok", "It held when it was verified last, ", 0)
	i.exec("UPDATE audit_checks SET began_at = '2026-01-01 00:00:00'")
	i.finds("audit log", "warning", "verified last, 2026-01-01 00:00 UTC; run “portal audit verify”", 0)
	i.exec("UPDATE audit_lines SET action = 'nothing' WHERE seal = 1")
	if o := i.run("audit", "verify"); o.code != 1 {
		t.Errorf("%+v", o)
	}
	i.finds("audit log", "bad", "Line 1, written ", 1)
	i.must("audit", "restart", "-yes")
	i.finds("audit log", "ok", "It held when it was verified last, ", 0)
}
