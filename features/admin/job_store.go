package admin

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
)

// jobStore reads the jobs and has them run.
type jobStore struct{ feature.Kit }

// jobState is a job with its runs.
type jobState struct{ feature.JobState }

// due reports whether the job is about to run.
func (s jobState) due(now time.Time) bool {
	return s.NextAt != nil && !s.NextAt.After(now) && s.Holder == "" && s.Ready == nil
}

// failed reports whether the last run went wrong.
func (s jobState) failed() bool { return s.Error != "" }

func (s jobStore) all(ctx context.Context) ([]jobState, error) {
	rows, err := s.JobStates(ctx)
	all := make([]jobState, len(rows))
	for i, r := range rows {
		all[i] = jobState{r}
	}
	return all, err
}

// state is one job's.
// Errors: fault.NotFound.
func (s jobStore) state(ctx context.Context, name string) (jobState, error) {
	all, err := s.all(ctx)
	if err != nil {
		return jobState{}, err
	}
	for _, j := range all {
		if j.Name == name {
			return j, nil
		}
	}
	return jobState{}, fault.New(fault.NotFound, "There is no such job.")
}

// jobRun is a row of job_runs: a run that has ended.
type jobRun struct {
	bun.BaseModel `bun:"table:job_runs"`
	ID            int64 `bun:",pk"`
	Job           string
	Node          string
	BeganAt       time.Time
	EndedAt       time.Time
	Error         string
}

// runs are the last runs of a job that are kept, the latest first.
func (s jobStore) runs(ctx context.Context, name string) ([]jobRun, error) {
	var rows []jobRun
	err := s.DB.Read.NewSelect().Model(&rows).Where("job = ?", name).OrderExpr("id DESC").Limit(20).Scan(ctx)
	return rows, err
}

// runNow makes the job due; a process takes it within a second. what is the sentence for the logs.
// Errors: fault.NotFound; fault.Conflict when it runs already.
func (s jobStore) runNow(ctx context.Context, name, what string) error {
	state, err := s.state(ctx, name)
	if err != nil {
		return err
	}
	if state.Holder != "" {
		return fault.New(fault.Conflict, "“%s” is running already. Wait until it has ended.", state.Title)
	}
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		row := map[string]any{"name": name, "holder": "", "held_until": tx.Now, "next_at": tx.Now, "error": ""}
		q := tx.Upsert(tx.NewInsert().Model(&row).Table("jobs"), "name", "next_at")
		if _, err := q.Exec(ctx); err != nil {
			return fmt.Errorf("make job %s due: %w", name, err)
		}
		tx.Changed(data.Change{
			Feature: "admin", Kind: "job", What: what, Title: state.Title, URL: jobPath(name), Fields: []data.Field{{Name: "job", New: name}},
		})
		return nil
	})
}
