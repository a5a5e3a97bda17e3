package documents

import (
	"context"
	"fmt"

	"portal/app/data"
)

// historySize is how many lines a page of history has.
const historySize = 50

// History is a page of what happened to the document, the latest first, and whether there is more.
func (s *documentStore) History(ctx context.Context, document int64, page int) ([]data.Line, bool, error) {
	var rows []data.Line
	err := s.db.Read.NewSelect().Model(&rows).Column("id", "kind", "thing_id", "parent_id", "field", "old_value", "new_value", "what", "user_id", "user_name", "created_at").
		Where("kind = ?", "documents.document").Where("thing_id = ?", document).OrderExpr("id DESC").
		Limit(historySize + 1).Offset(int64(min(max(page-1, 0), 10_000) * historySize)).Scan(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("history of document %d: %w", document, err)
	}
	if len(rows) > historySize {
		return rows[:historySize], true, nil
	}
	return rows, false, nil
}
