package documents

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// readerGroup is a role that has to read a document: who has confirmed the version, and who has not.
type readerGroup struct {
	Role int64
	Done []receipt
	Open []int64 // by their names
}

// receipt is that somebody confirmed to have read a version.
type receipt struct {
	UserID    int64
	CreatedAt time.Time
}

// Readers are the roles that have to read the document, with who has confirmed the version of that number.
func (s *documentStore) Readers(ctx context.Context, h heldDocument, number int64) ([]readerGroup, error) {
	holders, err := s.users.Holders(ctx, h.Readers)
	if err != nil {
		return nil, err
	}
	people, err := s.users.People(ctx)
	if err != nil {
		return nil, err
	}
	var done []receipt
	err = s.db.Read.NewSelect().Table("document_receipts").Column("user_id", "created_at").Where("document_id = ?", h.Document.ID).Where("number = ?", number).
		OrderExpr("created_at, user_id").Scan(ctx, &done)
	if err != nil {
		return nil, fmt.Errorf("receipts of document %d: %w", h.Document.ID, err)
	}
	var all []readerGroup
	for _, role := range h.Readers {
		g := readerGroup{Role: role}
		for _, r := range done {
			if slices.Contains(holders[role], r.UserID) {
				g.Done = append(g.Done, r)
			}
		}
		for _, p := range people.List { // by name
			if slices.Contains(holders[role], p.ID) && !slices.ContainsFunc(done, func(r receipt) bool { return r.UserID == p.ID }) {
				g.Open = append(g.Open, p.ID)
			}
		}
		all = append(all, g)
	}
	return all, nil
}

// percent is how many of the role's people have confirmed, 0 to 100.
func (g readerGroup) percent() int {
	if len(g.Done)+len(g.Open) == 0 {
		return 0
	}
	return len(g.Done) * 100 / (len(g.Done) + len(g.Open))
}
