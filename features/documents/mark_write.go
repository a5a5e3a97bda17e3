package documents

import (
	"context"
	"fmt"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// mark writes or removes a row of a table that has a document and a person.
func mark(ctx context.Context, tx *data.Tx, table string, document, user int64, on bool) error {
	var err error
	if on {
		row := map[string]any{"document_id": document, "user_id": user}
		_, err = tx.NewInsert().Model(&row).Table(table).Ignore().Exec(ctx)
	} else {
		_, err = tx.NewDelete().Table(table).Where("document_id = ?", document).Where("user_id = ?", user).Exec(ctx)
	}
	if err != nil {
		return fmt.Errorf("%s of document %d: %w", table, document, err)
	}
	return nil
}

// Watch makes the viewer hear of what happens to the document, or not any more.
// Errors: fault.NotFound.
func (s *documentStore) Watch(ctx context.Context, n int64, on bool) (Document, error) {
	return s.quiet(ctx, n, func(tx *data.Tx, d Document) error {
		return mark(ctx, tx, "document_watchers", d.ID, auth.From(ctx).ID, on)
	})
}

// Favour puts the document among the viewer's favourites, or takes it from them.
// Errors: fault.NotFound.
func (s *documentStore) Favour(ctx context.Context, n int64, on bool) (Document, error) {
	return s.quiet(ctx, n, func(tx *data.Tx, d Document) error {
		return mark(ctx, tx, "document_favourites", d.ID, auth.From(ctx).ID, on)
	})
}

// quiet is a write about a person and a document that is nobody else's news.
func (s *documentStore) quiet(ctx context.Context, n int64, do func(*data.Tx, Document) error) (Document, error) {
	var d Document
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, _, err := s.lock(ctx, tx, n, LevelRead, false)
		if err != nil {
			return err
		}
		d = h.Document
		if err := do(tx, d); err != nil {
			return err
		}
		c := d.change("")
		c.Quiet, c.Live = true, nil
		tx.Changed(c)
		return nil
	})
	return d, err
}

// Mine reports whether the document is among the viewer's favourites, and whether they confirmed the released version.
func (s *documentStore) Mine(ctx context.Context, d Document) (favourite, confirmed bool, err error) {
	me := auth.From(ctx).ID
	var row struct{ Favourite, Confirmed bool }
	err = s.db.Read.NewSelect().ColumnExpr("EXISTS (?) AS favourite", s.db.Read.NewSelect().Table("document_favourites").ColumnExpr("1").Where("user_id = ?", me).Where("document_id = ?", d.ID)).
		ColumnExpr("EXISTS (?) AS confirmed", s.db.Read.NewSelect().Table("document_receipts").ColumnExpr("1").Where("document_id = ?", d.ID).Where("number = ?", d.Released).Where("user_id = ?", me)).
		Scan(ctx, &row)
	if err != nil {
		return false, false, fmt.Errorf("what document %d is to %d: %w", d.ID, me, err)
	}
	return row.Favourite, row.Confirmed, nil
}

// Confirm keeps that the viewer has read and understood the released version.
// Errors: fault.NotFound; fault.Conflict when another version is released by now.
func (s *documentStore) Confirm(ctx context.Context, n, number int64) (Document, error) {
	var d Document
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, _, err := s.lock(ctx, tx, n, LevelRead, false)
		if err != nil {
			return err
		}
		d = h.Document
		if d.Released == 0 || number != d.Released {
			return fault.New(fault.Conflict, "Another version is released by now. Please read that one.")
		}
		row := map[string]any{"document_id": n, "number": number, "user_id": auth.From(ctx).ID, "created_at": tx.Now}
		res, err := tx.NewInsert().Model(&row).Table("document_receipts").Ignore().Exec(ctx)
		if err != nil {
			return fmt.Errorf("confirm version %d of document %d: %w", number, n, err)
		}
		if made, err := res.RowsAffected(); err != nil || made == 0 {
			tx.Unchanged()
			return err
		}
		tx.Changed(d.change("confirmed to have read and understood version " + id(number)))
		return nil
	})
	return d, err
}

// Opened keeps in the audit log that an administrator opened what is shared with them by nobody.
func (s *documentStore) Opened(ctx context.Context, d Document) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		c := d.change("opened the private document as administrator")
		c.Stale, c.Live = nil, nil
		tx.Changed(c)
		return nil
	})
}
