package projects

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"portal/app/auth"
)

// heard are those of the topics of projects that the viewer may hear, in one query if there are many.
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
	may, err := s.known(ctx, ids)
	if err != nil {
		return nil, err
	}
	all := make([]string, len(may))
	for i, n := range may {
		all[i] = projectTopic(n)
	}
	return all, nil
}

// fewProjects is how many are looked at one by one: they are likely to be held.
const fewProjects = 2

// known are those of the projects that the viewer may know of and that do not lie in the trash.
func (s *projectStore) known(ctx context.Context, ids []int64) ([]int64, error) {
	var may []int64
	v := auth.From(ctx)
	if len(ids) <= fewProjects {
		for _, n := range ids {
			h, err := s.held(ctx, n)
			if err != nil {
				return nil, err
			}
			if h.mayKnow(v) && h.Project.DeletedAt == nil {
				may = append(may, n)
			}
		}
		return may, nil
	}
	err := s.db.Read.NewSelect().TableExpr("projects AS p").Column("p.id").Where("p.id IN (?)", list(ids)).Where("p.deleted_at IS NULL").
		Apply(visibleTo(v)).Scan(ctx, &may)
	if err != nil {
		return nil, fmt.Errorf("which projects %d may hear of: %w", v.ID, err)
	}
	return may, nil
}
