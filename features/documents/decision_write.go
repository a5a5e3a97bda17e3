package documents

import (
	"context"
	"fmt"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// decide writes a decision about the document's newest version.
func decide(ctx context.Context, tx *data.Tx, d Document, what, comment string) error {
	me := auth.From(ctx).Real()
	row := Decision{DocumentID: d.ID, Number: d.Latest, What: what, Comment: comment, UserID: data.Optional(me.ID), UserName: me.Name, CreatedAt: tx.Now}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("decide about document %d: %w", d.ID, err)
	}
	return nil
}

// Decide submits, releases or returns the newest version.
// Errors: fault.NotFound; fault.Forbidden; fault.Conflict when that is no step from the state it is in; fault.Invalid at the comment.
func (s *documentStore) Decide(ctx context.Context, n int64, what, comment string, seen int64) (Document, error) {
	var d Document
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		least := LevelManage
		if what == decidedSubmitted {
			least = LevelWrite
		}
		h, t, err := s.lock(ctx, tx, n, least, false)
		if err != nil {
			return err
		}
		d = h.Document
		if seen != d.Latest {
			return fault.New(fault.Conflict, "Version %d is there by now. Please look at it first.", d.Latest)
		}
		var said string
		switch {
		case what == decidedSubmitted && d.State == StateDraft:
			d.State, said = StateReview, "submitted version "+id(d.Latest)
		case what == decidedReleased && d.State != StateReleased:
			now, err := loadVersion(ctx, tx, n, d.Latest)
			if err != nil {
				return err
			}
			d.Title, d.TitleKey = now.Title, data.Key(now.Title)
			d.State, d.Released, d.ReleasedAt, said = StateReleased, d.Latest, &tx.Now, "released version "+id(d.Latest)
		case what == decidedReturned && d.State == StateReview:
			if comment == "" {
				return fault.Field("comment", "Say what is to be changed.")
			}
			d.State, said = StateDraft, "returned version "+id(d.Latest)
		default:
			return fault.New(fault.Conflict, "Somebody else decided about this version already.")
		}
		if err := decide(ctx, tx, d, what, comment); err != nil {
			return err
		}
		before := h.Document
		h.Document = d
		if err := s.tellDecided(ctx, tx, h, t, what); err != nil {
			return err
		}
		return save(ctx, tx, &d, said, data.Field{Name: "state", Old: states[before.State].name, New: states[d.State].name})
	})
	return d, err
}
