package documents

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/feature"
)

// handovers are what a person may hold of documents: what lies in the trash is not handed over.
func handovers(db *data.DB) []feature.Holding {
	return []feature.Holding{{Label: "Documents they own", Move: moveDocuments, Held: func(ctx context.Context, user int64) ([]feature.Held, error) {
		var rows []Document
		err := owned(db.Read.NewSelect().Model(&rows).Column("d.id", "d.title"), user).OrderExpr("d.title_key, d.id").Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("documents of %d: %w", user, err)
		}
		var all []feature.Held
		for _, d := range rows {
			all = append(all, feature.Held{Title: d.Title, URL: d.Path()})
		}
		return all, nil
	}}}
}

func owned(q *bun.SelectQuery, user int64) *bun.SelectQuery {
	return q.Where("d.owner_id = ?", user).Where("d.deleted_at IS NULL")
}

// moveDocuments gives the documents that the person owns to another.
func moveDocuments(ctx context.Context, tx *data.Tx, h feature.HandOver) error {
	var rows []Document
	if err := tx.Lock(owned(tx.NewSelect().Model(&rows), h.From.ID).OrderExpr("d.id")).Scan(ctx); err != nil {
		return err
	}
	for _, d := range rows {
		d.OwnerID = &h.To.ID
		if err := save(ctx, tx, &d, h.Said(), data.Field{Name: "owner", Old: h.From.Name, New: h.To.Name}); err != nil {
			return err
		}
	}
	return nil
}
