package app

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
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

// runRow is a row of job_runs: one run that has ended.
type runRow struct {
	bun.BaseModel `bun:"table:job_runs"`
	ID            int64 `bun:",pk,autoincrement"`
	Job           string
	Node          string
	BeganAt       time.Time
	EndedAt       time.Time
	Error         string
}

// How many runs of each job are kept. Of a job that runs more often than oftenJob only those that failed.
const (
	runsKept = 20
	oftenJob = time.Minute
)

// jobLease is how long a run may take before another process may take the job over.
const jobLease = 15 * time.Minute

// failedWait is how long a job that failed waits at least: nobody needs its error every second.
const failedWait = time.Minute

// jobLook is how often a process looks for jobs that are due.
const jobLook = time.Second

// runJobs runs every job when it is due, one process at a time, until ctx ends. Jobs run beside each other:
// one that takes long holds no other up.
func (p *Portal) runJobs(ctx context.Context, jobs []feature.Job) {
	for _, j := range jobs {
		if err := p.keepJob(ctx, j.Name); err != nil {
			p.Log.Error("job can't be kept", "job", j.Name, "error", err)
		}
	}
	var running sync.WaitGroup
	defer running.Wait()
	tick := time.NewTicker(jobLook)
	defer tick.Stop()
	for {
		for _, j := range p.due(ctx, jobs) {
			running.Go(func() { _ = p.runOne(ctx, j) }) // it is logged and kept
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// keepJob makes the job's row, due at once, unless there is one.
func (p *Portal) keepJob(ctx context.Context, name string) error {
	row := jobRow{Name: name, HeldUntil: p.DB.Now(), NextAt: p.DB.Now()}
	_, err := p.DB.Writer().NewInsert().Model(&row).Ignore().Exec(ctx)
	return err
}

// due are the jobs that are due and now ours. The reads come first: nothing is written while nothing is due.
func (p *Portal) due(ctx context.Context, jobs []feature.Job) []feature.Job {
	now := p.DB.Now()
	var names []string
	err := p.DB.Read.NewSelect().Table("jobs").Column("name").Where("next_at <= ?", now).Where("held_until <= ?", now).Scan(ctx, &names)
	var ours []feature.Job
	for _, j := range jobs {
		if err != nil || !slices.Contains(names, j.Name) {
			continue
		}
		var mine bool
		if mine, err = p.readyAndTaken(ctx, j); mine {
			ours = append(ours, j)
		}
	}
	if err != nil && ctx.Err() == nil {
		p.Log.Warn("jobs can't be looked up", "error", err)
	}
	return ours
}

func (p *Portal) readyAndTaken(ctx context.Context, j feature.Job) (bool, error) {
	if j.Ready != nil {
		if ready, err := j.Ready(ctx); err != nil || !ready {
			return false, err
		}
	}
	return p.take(ctx, j.Name, p.DB.Now())
}

// take reports whether the job, due at that moment or before, is now ours.
func (p *Portal) take(ctx context.Context, name string, due time.Time) (bool, error) {
	now := p.DB.Now()
	res, err := p.DB.Writer().NewUpdate().Table("jobs").Set("holder = ?", p.node).
		Set("held_until = ?", now.Add(jobLease)).Set("began_at = ?", now).
		Where("name = ?", name).Where("next_at <= ?", due).Where("held_until <= ?", now).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// runOne runs a job whose lease is ours, keeps how it went and gives the lease back. Its error is the job's own.
func (p *Portal) runOne(ctx context.Context, j feature.Job) error {
	began := p.DB.Now()
	failed := safely(func() error { return j.Run(auth.With(ctx, auth.System("job "+j.Name))) })
	said := ""
	if failed != nil {
		said = short(failed.Error())
		p.Log.Error("job failed", "job", j.Name, "error", failed)
	}
	now, wait := p.DB.Now(), j.Every
	if failed != nil {
		wait = max(wait, failedWait)
	}
	p.Log.Debug("job ran", "job", j.Name, "took", now.Sub(began))
	ctx = context.WithoutCancel(ctx)
	_, err := p.DB.Writer().NewUpdate().Table("jobs").Set("holder = ''").Set("held_until = ?", now).
		Set("ended_at = ?", now).Set("next_at = ?", now.Add(wait)).Set("error = ?", said).
		Where("name = ?", j.Name).Where("holder = ?", p.node).Exec(ctx)
	if err == nil && (j.Every >= oftenJob || failed != nil) {
		err = p.keepRun(ctx, runRow{Job: j.Name, Node: p.node, BeganAt: began, EndedAt: now, Error: said})
	}
	if err != nil {
		p.Log.Warn("job's end can't be kept", "job", j.Name, "error", err)
	}
	return failed
}

// keepRun keeps a run, and of the job's runs the last few.
func (p *Portal) keepRun(ctx context.Context, run runRow) error {
	if _, err := p.DB.Writer().NewInsert().Model(&run).Exec(ctx); err != nil {
		return err
	}
	var old []int64
	err := p.DB.Writer().NewSelect().Table("job_runs").Column("id").Where("job = ?", run.Job).OrderExpr("id DESC").Offset(runsKept).Limit(100).Scan(ctx, &old)
	if err != nil || len(old) == 0 {
		return err
	}
	_, err = p.DB.Writer().NewDelete().Table("job_runs").Where("id IN (?)", bun.In(old)).Exec(ctx)
	return err
}

// RunJob runs the job of that name now, in this process, and returns its error.
// Errors: fault.NotFound for an unknown name; fault.Conflict when it runs elsewhere.
func (p *Portal) RunJob(ctx context.Context, name string) error {
	all := p.jobs()
	i := slices.IndexFunc(all, func(j feature.Job) bool { return j.Name == name })
	if i < 0 {
		return fault.New(fault.NotFound, "There is no job %s; portal job list shows all.", name)
	}
	if err := p.keepJob(ctx, name); err != nil {
		return fmt.Errorf("keep job %s: %w", name, err)
	}
	var due []time.Time
	if err := p.DB.Read.NewSelect().Table("jobs").Column("next_at").Where("name = ?", name).Scan(ctx, &due); err != nil {
		return err
	}
	if len(due) == 0 {
		return fault.New(fault.NotFound, "There is no job %s.", name)
	}
	mine, err := p.take(ctx, name, due[0])
	if err != nil {
		return err
	}
	if !mine {
		return fault.New(fault.Conflict, "The job %s is running already. Try again when it has ended.", name)
	}
	err = p.DB.Write(ctx, func(tx *data.Tx) error {
		tx.Changed(data.Change{Feature: "admin", Kind: "job", What: "ran the job", Title: name, URL: "/admin/jobs/" + name})
		return nil
	})
	if err != nil {
		return err
	}
	return p.runOne(ctx, all[i])
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
	for i := range all {
		if all[i].Title == "" {
			all[i].Title = all[i].Name
		}
	}
	return all
}
