package documents

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/search"
)

// findDocument is the kind of documents, as their changes say it.
const findDocument = "documents.document"

// finds are what of ours can be found: documents by what readers see of them, and those never released by their newest text, which
// only those find who may see it. What lies in the trash can't be found.
func (s *documentStore) finds() []search.Kind {
	return []search.Kind{{
		Name: findDocument, Title: "Documents", One: "Document", Icon: "file-text", Route: seeDocument, Table: "documents", Version: 1, Load: documentEntries,
		Visible: func(q *bun.SelectQuery, v *auth.Viewer) *bun.SelectQuery {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second) // held nearly always
			defer cancel()
			t, err := s.Tree(ctx)
			if err != nil {
				return q.Where("1 = 0") // without the categories nobody knows who may see what
			}
			return q.Where("e.thing_id IN (?)", q.NewSelect().TableExpr("documents AS d").Column("d.id").Where("d.deleted_at IS NULL").Apply(visibleTo(t, v)))
		},
	}}
}

// documentEntries are the entries of documents: the title and the text that readers see, or the newest where none is released.
func documentEntries(ctx context.Context, tx *data.Tx, of []int64) ([]search.Entry, error) {
	var docs []Document
	err := tx.Lock(tx.NewSelect().Model(&docs).Column("d.id", "d.title", "d.latest", "d.released", "d.updated_at").Where("d.id IN (?)", ids(of)).
		Where("d.deleted_at IS NULL").OrderExpr("d.id")).Scan(ctx)
	if err != nil || len(docs) == 0 {
		return nil, err
	}
	var texts []Version
	err = tx.NewSelect().Model(&texts).Column("w.document_id", "w.content").Join("JOIN documents AS d ON d.id = w.document_id").
		Where("d.id IN (?)", ids(of)).Where("w.number = CASE WHEN d.released > 0 THEN d.released ELSE d.latest END").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("texts of documents: %w", err)
	}
	shown := map[int64]string{}
	for _, w := range texts {
		shown[w.DocumentID] = w.Content
	}
	var all []search.Entry
	for _, d := range docs {
		all = append(all, search.Entry{ID: d.ID, Title: d.Title, Text: shown[d.ID], URL: d.Path(), At: d.UpdatedAt})
	}
	return all, nil
}
