package setting

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// Key is in the stale keys of a change of settings: whoever hears of it loads them anew.
const Key = "app.settings:all"

// Store knows the values in force. It runs no query but in Load and Set.
type Store struct {
	db   *data.DB
	load sync.Mutex                        // of two loads, the one that read first must not have the last word
	held atomic.Pointer[map[string]string] // those that differ from their defaults
}

// NewStore makes the store; until Load every setting has its default.
func NewStore(db *data.DB) *Store { return &Store{db: db} }

// row is a row of settings.
type row struct {
	bun.BaseModel `bun:"table:settings"`
	Name          string `bun:",pk"`
	Value         string
	UpdatedAt     time.Time
}

// Load puts in force what the database says.
func (s *Store) Load(ctx context.Context) error {
	s.load.Lock()
	defer s.load.Unlock()
	var rows []row
	if err := s.db.Read.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return fmt.Errorf("load settings: %w", err)
	}
	all := make(map[string]string, len(rows))
	for _, r := range rows {
		all[r.Name] = r.Value
	}
	s.held.Store(&all)
	return nil
}

// value is what is in force: what was set, unless that has become impossible, or the default.
func (s *Store) value(of *Setting) string {
	v, _ := s.Value(of)
	return v
}

// Value is what is in force, and whether it was set by somebody.
func (s *Store) Value(of *Setting) (value string, set bool) {
	held := s.held.Load()
	if held == nil {
		return of.Default, false
	}
	v, ok := (*held)[of.Name]
	if !ok {
		return of.Default, false
	}
	if _, err := of.Check(v); err != nil {
		return of.Default, false
	}
	return v, true
}

// Set changes a setting from was to value; the default, if it is that, is not kept.
// Errors: fault.Invalid at the field value; fault.Conflict when the value is no longer was.
func (s *Store) Set(ctx context.Context, of *Setting, was, value string) error {
	value, err := of.Check(value)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *data.Tx) error {
		var have []row
		if err := tx.Lock(tx.NewSelect().Model(&have).Where("name = ?", of.Name)).Scan(ctx); err != nil {
			return fmt.Errorf("read setting %s: %w", of.Name, err)
		}
		old := of.Default
		if len(have) > 0 {
			if _, err := of.Check(have[0].Value); err == nil { // else the default is in force
				old = have[0].Value
			}
		}
		if old != was {
			return fault.New(fault.Conflict, "“%s” has been changed meanwhile; it is now %s.", of.Title, of.Shown(old))
		}
		if old == value {
			tx.Unchanged()
			return nil
		}
		if err := put(ctx, tx, row{Name: of.Name, Value: value, UpdatedAt: tx.Now}, of.Default); err != nil {
			return fmt.Errorf("keep setting %s: %w", of.Name, err)
		}
		tx.Changed(data.Change{
			Feature: "admin", Kind: "setting", What: "changed the setting", Title: of.Title, URL: "/admin/settings",
			Fields: []data.Field{{Name: of.Name, Old: old, New: value}}, Stale: []string{Key},
		})
		return nil
	})
}

func put(ctx context.Context, tx *data.Tx, r row, otherwise string) error {
	if r.Value == otherwise {
		_, err := tx.NewDelete().Model(&r).WherePK().Exec(ctx)
		return err
	}
	_, err := tx.Upsert(tx.NewInsert().Model(&r), "name", "value", "updated_at").Exec(ctx)
	return err
}
