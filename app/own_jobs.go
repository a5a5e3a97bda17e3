package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portal/app/feature"
	"portal/app/setting"
)

// ownJobs are the floor's own.
func (p *Portal) ownJobs() []feature.Job {
	return []feature.Job{
		{Name: "app.files", Title: "Remove files that nothing refers to", Every: time.Hour, Run: p.sweepFiles},
		{Name: "auth.sweep", Title: "Remove sessions, links and failed sign-ins that have ended", Every: 10 * time.Minute, Run: p.Users.Sweep},
		{Name: "app.mail", Title: "Send the mails of the outbox that are due", Every: 5 * time.Second, Ready: p.mailReady, Run: func(ctx context.Context) error {
			return errors.Join(p.Users.AnswerForgotten(ctx), p.Mail.Run(ctx))
		}},
		{Name: "app.search", Title: "Make findable what the search misses after an upgrade, a restore or an import", Every: time.Second, Ready: p.Index.Ready, Run: func(ctx context.Context) error {
			return p.Index.Fill(ctx, nil)
		}},
		{Name: "app.changes", Title: "Remove notes to other processes that all have read", Every: 10 * time.Minute, Run: p.sweepNotes},
		{Name: "audit.seal", Title: "Seal new lines of the audit log", Every: 2 * time.Second, Ready: p.Audit.Waiting, Run: func(ctx context.Context) error {
			_, err := p.Audit.Seal(ctx)
			return err
		}},
		{Name: "audit.verify", Title: "Verify the whole audit log", Every: 24 * time.Hour, Run: func(ctx context.Context) error {
			v, err := p.Audit.Check(ctx, "the portal", nil)
			if err == nil && !v.OK {
				err = fmt.Errorf("%s", v.Said)
			}
			if err == nil {
				p.Log.Info("audit log verified", "lines", v.Lines, "head", v.Head) // kept outside the database too
			}
			return err
		}},
		{Name: "app.inbox", Title: "Remove notifications that were read 90 days ago", Every: 24 * time.Hour, Run: p.Inbox.Purge},
		{Name: "audit.purge", Title: "Remove audit lines and activity older than the settings say", Every: 24 * time.Hour, Run: p.purgeLogs},
	}
}

func (p *Portal) mailReady(ctx context.Context) (bool, error) {
	if asked, err := p.Users.Forgotten(ctx); err != nil || asked {
		return asked, err
	}
	return p.Mail.Ready(ctx)
}

func (p *Portal) sweepNotes(ctx context.Context) error {
	for _, table := range []string{"changes", "form_results"} {
		if _, err := p.DB.Writer().NewDelete().Table(table).Where("created_at < ?", p.DB.Now().Add(-notesKept)).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// purgeStep is how many rows of activity are removed at a time: others write in between.
const purgeStep = 5000

// purgeLogs removes what is older than the settings say.
func (p *Portal) purgeLogs(ctx context.Context) error {
	if days := setting.AuditDays.Of(p.Settings); days > 0 {
		if _, err := p.Audit.Purge(ctx, p.DB.Now().AddDate(0, 0, -days)); err != nil {
			return err
		}
	}
	days := setting.ActivityDays.Of(p.Settings)
	for days > 0 {
		// Twice wrapped: MySQL knows no limit in a subquery, and no subquery on the table it deletes from.
		res, err := p.DB.Writer().ExecContext(ctx, "DELETE FROM activities WHERE id IN (SELECT id FROM (SELECT id FROM activities WHERE created_at < ? ORDER BY created_at LIMIT ?) AS old)",
			p.DB.Now().AddDate(0, 0, -days), purgeStep)
		if err != nil {
			return fmt.Errorf("remove old activity: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n < purgeStep {
			return err
		}
	}
	return nil
}
