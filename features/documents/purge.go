package documents

import (
	"context"
	"fmt"

	"portal/app/data"
)

// purgeSlice is how many documents one transaction of the purge removes: others write meanwhile.
const purgeSlice = 100

// purge removes for good what has been in the trash for 30 days, with all versions.
func (s *documentStore) purge(ctx context.Context) error {
	for {
		n := 0
		err := s.db.Write(ctx, func(tx *data.Tx) error {
			var old []Document
			err := tx.NewSelect().Model(&old).Where("d.deleted_at < ?", tx.Now.Add(-data.TrashKept)).OrderExpr("d.id").Limit(purgeSlice).Scan(ctx)
			if n = len(old); err != nil || n == 0 {
				tx.Unchanged()
				return err
			}
			var gone []int64
			for _, d := range old {
				gone = append(gone, d.ID)
				c := d.change("removed the document from the trash for good")
				c.URL = ""
				tx.Changed(c)
			}
			_, err = tx.NewDelete().Table("documents").Where("id IN (?)", ids(gone)).Exec(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("purge documents: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}
