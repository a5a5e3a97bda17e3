package projects

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/components"
)

// loadSteps reads who may take which step; those that everybody may take are not in it.
func loadSteps(ctx context.Context, db bun.IDB) (map[step][]int64, error) {
	var rows []struct{ FromID, ToID, RoleID int64 }
	if err := db.NewSelect().Table("status_steps").Column("from_id", "to_id", "role_id").OrderExpr("from_id, to_id, role_id").Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("load the steps between statuses: %w", err)
	}
	all := map[step][]int64{}
	for _, r := range rows {
		way := step{r.FromID, r.ToID}
		all[way] = append(all[way], r.RoleID)
	}
	return all, nil
}

// stepOptions are the statuses that the viewer may give a task of this one, itself among them; all for 0.
func (v view) stepOptions(from int64) []components.Option {
	var all []components.Option
	for _, s := range v.words.Statuses {
		if from == 0 || s.ID == from || v.me == nil || v.me.IsSystem() || mayStep(v.me, v.words.steps[step{from, s.ID}]) {
			all = append(all, components.Option{Value: id(s.ID), Label: s.Name})
		}
	}
	return all
}
