package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/feature"
)

// jobRow is a row of jobs: a lease and the last run.
type jobRow struct {
	bun.BaseModel `bun:"table:jobs"`
	Name          string `bun:",pk"`
	Holder        string
	HeldUntil     time.Time
	NextAt        time.Time
	BeganAt       *time.Time
	EndedAt       *time.Time
	Error         string
}

// jobLease is how long a run may take before another process may take the job over.
const jobLease = 15 * time.Minute

// jobLook is how often a process looks for jobs that are due.
const jobLook = time.Second

// runJobs runs every job when it is due, one process at a time, until ctx ends.
func (p *Portal) runJobs(ctx context.Context, jobs []feature.Job) {
	for _, j := range jobs {
		row := jobRow{Name: j.Name, HeldUntil: p.DB.Now(), NextAt: p.DB.Now()}
		if _, err := p.DB.Writer().NewInsert().Model(&row).Ignore().Exec(ctx); err != nil {
			p.Log.Error("job can't be kept", "job", j.Name, "error", err)
		}
	}
	tick := time.NewTicker(jobLook)
	defer tick.Stop()
	for {
		p.runDue(ctx, jobs)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// runDue takes the lease of each job that is due, and runs it.
func (p *Portal) runDue(ctx context.Context, jobs []feature.Job) {
	for _, j := range jobs {
		if due, err := p.take(ctx, j); err != nil || !due {
			if err != nil && ctx.Err() == nil {
				p.Log.Warn("jobs can't be looked up", "job", j.Name, "error", err)
			}
			continue
		}
		p.runOne(ctx, j)
	}
}

// take reports whether the job is due and now ours. The read comes first: nothing is written while nothing is due.
func (p *Portal) take(ctx context.Context, j feature.Job) (bool, error) {
	now := p.DB.Now()
	due, err := p.DB.Read.NewSelect().Table("jobs").Where("name = ?", j.Name).
		Where("next_at <= ?", now).Where("held_until <= ?", now).Count(ctx)
	if err != nil || due == 0 {
		return false, err
	}
	res, err := p.DB.Writer().NewUpdate().Table("jobs").Set("holder = ?", p.node).
		Set("held_until = ?", now.Add(jobLease)).Set("began_at = ?", now).
		Where("name = ?", j.Name).Where("next_at <= ?", now).Where("held_until <= ?", now).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (p *Portal) runOne(ctx context.Context, j feature.Job) {
	began := p.DB.Now()
	err := safely(func() error { return j.Run(auth.With(ctx, auth.System("job "+j.Name))) })
	said := ""
	if err != nil {
		said = short(err.Error())
		p.Log.Error("job failed", "job", j.Name, "error", err)
	}
	now := p.DB.Now()
	p.Log.Debug("job ran", "job", j.Name, "took", now.Sub(began))
	_, err = p.DB.Writer().NewUpdate().Table("jobs").Set("holder = ''").Set("held_until = ?", now).
		Set("ended_at = ?", now).Set("next_at = ?", now.Add(j.Every)).Set("error = ?", said).
		Where("name = ?", j.Name).Where("holder = ?", p.node).Exec(context.WithoutCancel(ctx))
	if err != nil {
		p.Log.Warn("job's end can't be kept", "job", j.Name, "error", err)
	}
}

// safely turns a panic into an error: one bad job must not stop the portal.
func safely(run func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return run()
}

// jobs are all that run here: the floor's own, and those of the features that are on.
func (p *Portal) jobs() []feature.Job {
	all := append(p.ownJobs(), p.backupJobs()...)
	for _, f := range p.features {
		all = append(all, f.Jobs...)
	}
	return all
}

// ownJobs are the floor's own.
func (p *Portal) ownJobs() []feature.Job {
	return []feature.Job{
		{Name: "auth.sweep", Every: 10 * time.Minute, Run: p.Users.Sweep},
		{Name: "app.mail", Every: 10 * time.Second, Run: func(ctx context.Context) error {
			return errors.Join(p.Users.AnswerForgotten(ctx), p.Mail.Run(ctx))
		}},
		{Name: "app.changes", Every: 10 * time.Minute, Run: func(ctx context.Context) error {
			for _, table := range []string{"changes", "form_results"} {
				if _, err := p.DB.Writer().NewDelete().Table(table).Where("created_at < ?", p.DB.Now().Add(-notesKept)).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		}},
	}
}
