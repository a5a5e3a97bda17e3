package command

import (
	"context"
	"errors"
	"time"

	"portal/app"
	"portal/app/mail"
)

// auditOld is the age from which on the last verification of the audit log is too old: a server makes one each day.
const auditOld = 72 * time.Hour

// audit says how the last verification of the audit log ended; it makes none, since that may take long.
func (d *doctor) audit(ctx context.Context, p *app.Portal) {
	c, err := p.Audit.LastCheck(ctx)
	age := p.DB.Now().Sub(c.BeganAt)
	switch {
	case err != nil:
		d.add("audit log", bad, "%s", sentence(err))
	case c.ID == 0:
		d.add("audit log", well, "It was not verified yet; the server does so each day, and “portal audit verify” does it now.")
	case c.Running(p.DB.Now()):
		d.add("audit log", well, "It is being verified; %d %% are done.", c.Percent())
	case c.EndedAt == nil:
		d.add("audit log", warning, "Its last verification, begun %s, was cut off; run “portal audit verify”.", when(&c.BeganAt))
	case !c.OK:
		d.add("audit log", bad, "%s It was verified %s; “portal audit verify” does it once more.", c.Said, when(&c.BeganAt))
	case age > auditOld:
		d.add("audit log", warning, "It held when it was verified last, %s; run “portal audit verify”.", when(&c.BeganAt))
	default:
		d.add("audit log", well, "It held when it was verified last, %s.", when(&c.BeganAt))
	}
}

// mail signs in at the mail server, and sends nothing.
func (d *doctor) mail(ctx context.Context, p *app.Portal) {
	counts, err := p.Mail.Counts(ctx)
	if err != nil {
		d.add("mail", bad, "%s", sentence(err))
		return
	}
	if !p.Mail.Known() {
		state := well
		if p.Config.Production() || counts[mail.Waiting] > 0 {
			state = warning
		}
		d.add("mail", state, "No mail server is set, and %s; set PORTAL_SMTP_URL.", counted(counts[mail.Waiting], "mail", "waits", "wait"))
		return
	}
	switch err := p.Mail.Check(ctx); {
	case err != nil:
		d.add("mail", bad, "%s", sentence(err))
	case counts[mail.Failed] > 0:
		d.add("mail", warning, "The mail server answers, but %s failed; “portal mail list -state failed” says why, “portal mail retry” sends them once more.", count(counts[mail.Failed], "mail"))
	default:
		d.add("mail", well, "The mail server answers, and %s.", counted(counts[mail.Waiting], "mail", "waits", "wait"))
	}
}

// directory asks the directory as a sign-in does.
func (d *doctor) directory(ctx context.Context, p *app.Portal) {
	if p.Directory == nil {
		d.add("directory", well, "None is set; people sign in with passwords of the portal.")
		return
	}
	if err := p.Directory.Check(ctx); err != nil {
		said := sentence(err)
		if cause := errors.Unwrap(err); cause != nil {
			said += " The cause: " + sentence(cause) + "; see PORTAL_LDAP_URL."
		}
		d.add("directory", bad, "%s", said)
		return
	}
	d.add("directory", well, "It answers.")
}
