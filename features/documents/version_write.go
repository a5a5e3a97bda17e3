package documents

import (
	"context"
	"fmt"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// keepVersion writes the form's text as the document's newest version.
func keepVersion(ctx context.Context, tx *data.Tx, d Document, f documentForm) error {
	me := auth.From(ctx).Real()
	w := Version{DocumentID: d.ID, Number: d.Latest, Title: f.Title, Content: f.Content, Note: f.Note, AuthorID: data.Optional(me.ID), Author: me.Name, CreatedAt: tx.Now}
	if _, err := tx.NewInsert().Model(&w).Exec(ctx); err != nil {
		return fmt.Errorf("keep version %d of document %d: %w", d.Latest, d.ID, err)
	}
	return nil
}

// Restore makes an old version's title and text the newest version.
// Errors: fault.NotFound; fault.Forbidden.
func (s *documentStore) Restore(ctx context.Context, n, number int64) (Document, error) {
	var d Document
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, t, err := s.lock(ctx, tx, n, LevelWrite, false)
		if err != nil {
			return err
		}
		d = h.Document
		old, err := loadVersion(ctx, tx, n, number)
		if err != nil {
			return err
		}
		now, err := loadVersion(ctx, tx, n, d.Latest)
		if err != nil {
			return err
		}
		if old.Title == now.Title && old.Content == now.Content {
			return fault.New(fault.Conflict, "The newest version already is what version %d was.", number)
		}
		tags, err := loadTags(ctx, tx)
		if err != nil {
			return err
		}
		w, err := s.words(ctx, t)
		if err != nil {
			return err
		}
		before := formOf(h, now, tags)
		f := before
		f.Title, f.Content, f.Note = old.Title, old.Content, fmt.Sprintf("Version %d again", number)
		return s.rewrite(ctx, tx, h, w, before, f, &d)
	})
	return d, err
}
