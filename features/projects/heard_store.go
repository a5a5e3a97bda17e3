package projects

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"portal/app/auth"
)

// heard are those of the topics of projects that the viewer may hear, in one query whatever their number.
// What lies in the trash is heard of no more.
func (s *projectStore) heard(ctx context.Context, topics []string) ([]string, error) {
	v := auth.From(ctx)
	var ids []int64
	for _, t := range topics {
		if n, err := strconv.ParseInt(strings.TrimPrefix(t, "projects.project:"), 10, 64); err == nil {
			ids = append(ids, n)
		}
	}
	if len(ids) == 0 || !v.Can(seeTask) {
		return nil, nil
	}
	var may []int64
	err := s.db.Read.NewSelect().TableExpr("projects AS p").Column("p.id").Where("p.id IN (?)", list(ids)).Where("p.deleted_at IS NULL").
		Apply(visibleTo(v)).Scan(ctx, &may)
	if err != nil {
		return nil, fmt.Errorf("which projects %d may hear of: %w", v.ID, err)
	}
	all := make([]string, len(may))
	for i, n := range may {
		all[i] = projectTopic(n)
	}
	return all, nil
}
