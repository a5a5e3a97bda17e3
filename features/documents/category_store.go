package documents

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// Tree is all categories with their shares. It runs no query while it is held.
func (s *documentStore) Tree(ctx context.Context) (*tree, error) {
	t, err := s.trees.Get(ctx, "all", func(ctx context.Context) (tree, error) {
		t, err := loadTree(ctx, s.db.Read)
		if err != nil {
			return tree{}, err
		}
		return *t, nil
	})
	return &t, err
}

func loadTree(ctx context.Context, db bun.IDB) (*tree, error) {
	var rows []Category
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("categories of documents: %w", err)
	}
	var shares []Share
	if err := db.NewSelect().Model(&shares).Where("category_id IS NOT NULL").OrderExpr("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("whom categories are shared with: %w", err)
	}
	return plant(rows, shares), nil
}
