package projects

import (
	"context"
	"fmt"
)

// warm fills the caches with the projects that changed last.
func (s *projectStore) warm(ctx context.Context, t *taskStore) error {
	if _, err := s.view(ctx); err != nil {
		return err
	}
	var ids []int64
	err := s.db.Read.NewSelect().Table("projects").Column("id").Where("deleted_at IS NULL").Where("archived_at IS NULL").Where("template = ?", false).
		OrderExpr("updated_at DESC").Limit(warmed).Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("projects to warm: %w", err)
	}
	for _, id := range ids {
		if _, err := s.Get(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// warmed is how many projects are held from the start.
const warmed = 50
