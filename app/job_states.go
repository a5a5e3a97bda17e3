package app

import (
	"context"
	"fmt"

	"portal/app/feature"
)

// JobStates are all jobs with their last and next runs, in their order.
func (p *Portal) JobStates(ctx context.Context) ([]feature.JobState, error) {
	var rows []jobRow
	if err := p.DB.Read.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read jobs: %w", err)
	}
	known := map[string]jobRow{}
	for _, r := range rows {
		known[r.Name] = r
	}
	var all []feature.JobState
	for _, j := range p.jobs() {
		s := feature.JobState{Job: j}
		if r, ok := known[j.Name]; ok {
			s.BeganAt, s.EndedAt, s.Error, s.NextAt = r.BeganAt, r.EndedAt, r.Error, &r.NextAt
			if r.Holder != "" && r.HeldUntil.After(p.DB.Now()) {
				s.Holder = r.Holder
			}
		}
		all = append(all, s)
	}
	return all, nil
}
