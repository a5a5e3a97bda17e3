// Package draft keeps what people have typed into forms and not sent yet.
package draft

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// Field is the hidden field by which a form says that it has a draft: its address. No handler gets to see it.
const Field = "_draft"

// Life is how long a draft is kept after it was last changed.
const Life = 30 * 24 * time.Hour

// What a person's drafts may take at most: a draft is as long as a form's texts, and nobody writes in so many forms.
const (
	maxFields  = 400_000 // bytes of JSON
	maxDrafts  = 100     // of one person; the oldest goes
	maxAddress = 190     // characters
)

// Draft is a row of drafts.
type Draft struct {
	bun.BaseModel `bun:"table:drafts"`
	UserID        int64     `bun:",pk"`
	Address       string    `bun:",pk"` // that the form is sent to
	Page          string    // that the form stands on; empty when it is not known
	Title         string    // of that page, as the writer last saw it; empty when it is not known
	Fields        string    // JSON: the fields' texts by their names
	UpdatedAt     time.Time // zero: there is no draft
}

// Store reads and writes drafts, each person's own alone.
type Store struct{ db *data.DB }

// New makes the store.
func New(db *data.DB) *Store { return &Store{db} }

// Keep writes a draft over the one before. It reports whether that was another one than the writer knew, whose
// UpdatedAt was known: somebody else's typing of theirs, in another window.
// Errors: fault.Invalid for one that is too long.
func (s *Store) Keep(ctx context.Context, d Draft, known time.Time) (at time.Time, other bool, err error) {
	switch {
	case len(d.Fields) > maxFields:
		return at, false, fault.Field("fields", "This is too long to be kept as a draft.")
	case d.Address == "" || len([]rune(d.Address)) > maxAddress:
		return at, false, fault.Field("form", "This form keeps no draft.")
	}
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged() // nobody else's business
		was, err := get(ctx, tx, d.UserID, d.Address)
		if err != nil {
			return err
		}
		other = !was.UpdatedAt.IsZero() && !was.UpdatedAt.Equal(known) && was.Fields != d.Fields
		at, d.UpdatedAt = tx.Now, tx.Now
		if _, err := tx.Upsert(tx.NewInsert().Model(&d), "user_id, address", "page", "title", "fields", "updated_at").Exec(ctx); err != nil {
			return fmt.Errorf("keep a draft: %w", err)
		}
		if was.UpdatedAt.IsZero() {
			return s.bound(ctx, tx, d.UserID)
		}
		return nil
	})
	return at, other, err
}

// bound removes a person's oldest drafts when there are too many.
func (s *Store) bound(ctx context.Context, tx *data.Tx, user int64) error {
	var old []string
	err := tx.NewSelect().Table("drafts").Column("address").Where("user_id = ?", user).OrderExpr("updated_at DESC, address").Limit(50).Offset(maxDrafts).Scan(ctx, &old)
	if err != nil || len(old) == 0 {
		return err
	}
	_, err = tx.NewDelete().Table("drafts").Where("user_id = ?", user).Where("address IN (?)", bun.In(old)).Exec(ctx)
	return err
}

// Get is the person's draft of the form; the zero Draft when there is none.
func (s *Store) Get(ctx context.Context, user int64, address string) (Draft, error) {
	return get(ctx, s.db.Read, user, address)
}

func get(ctx context.Context, db bun.IDB, user int64, address string) (Draft, error) {
	var d Draft
	err := db.NewSelect().Model(&d).Where("user_id = ?", user).Where("address = ?", address).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Draft{}, nil
	}
	return d, err
}

// List are a person's drafts, the newest first.
func (s *Store) List(ctx context.Context, user int64) ([]Draft, error) {
	var all []Draft
	err := s.db.Read.NewSelect().Model(&all).Where("user_id = ?", user).OrderExpr("updated_at DESC, address").Limit(maxDrafts).Scan(ctx)
	return all, err
}

// Drop removes the person's draft of the form, if there is one.
func (s *Store) Drop(ctx context.Context, user int64, address string) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		_, err := tx.NewDelete().Table("drafts").Where("user_id = ?", user).Where("address = ?", address).Exec(ctx)
		return err
	})
}

// Purge removes the drafts that nobody has changed for their life.
func (s *Store) Purge(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		_, err := tx.NewDelete().Table("drafts").Where("updated_at < ?", tx.Now.Add(-Life)).Exec(ctx)
		return err
	})
}
