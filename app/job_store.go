package app

import (
	"context"
	"fmt"
	"time"
)

// jobLate is how long after its time a job may begin.
const jobLate = 15 * time.Minute

// JobTroubles is a sentence for each job of this portal that failed the last time it ran. Jobs that are late
// are told of only while others are not: when no server runs, none does.
func (p *Portal) JobTroubles(ctx context.Context) ([]string, error) {
	var rows []jobRow
	if err := p.DB.Read.NewSelect().Model(&rows).Order("name").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the jobs: %w", err)
	}
	known := map[string]bool{}
	for _, j := range p.jobs() {
		known[j.Name] = true
	}
	var failed, late []string
	punctual := false
	now := p.DB.Now()
	for _, r := range rows {
		if !known[r.Name] {
			continue
		}
		if r.Error != "" {
			failed = append(failed, fmt.Sprintf("%s failed at %s: %s.", r.Name, when(r.EndedAt), r.Error))
		}
		if r.HeldUntil.Before(now) && now.Sub(r.NextAt) > jobLate {
			late = append(late, fmt.Sprintf("%s should have run at %s.", r.Name, when(&r.NextAt)))
		} else {
			punctual = true
		}
	}
	if punctual {
		failed = append(failed, late...)
	}
	return failed, nil
}

// when is an instant in UTC, for people.
func when(at *time.Time) string {
	if at == nil {
		return "an unknown time"
	}
	return at.UTC().Format("2006-01-02 15:04 UTC")
}
