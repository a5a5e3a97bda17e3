package inbox

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// choiceRow is a row of notification_choices.
type choiceRow struct {
	bun.BaseModel `bun:"table:notification_choices"`
	UserID        int64  `bun:",pk"`
	Kind          string `bun:",pk"`
	Choice        Choice
}

// picks are people's own choices, by person and kind.
type picks map[int64]map[string]Choice

func (s *Store) chosen(ctx context.Context, db bun.IDB, people []int64) (picks, error) {
	var rows []choiceRow
	if err := db.NewSelect().Model(&rows).Where("user_id IN (?)", bun.In(people)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("how people are told: %w", err)
	}
	all := picks{}
	for _, r := range rows {
		if all[r.UserID] == nil {
			all[r.UserID] = map[string]Choice{}
		}
		all[r.UserID][r.Kind] = r.Choice
	}
	return all, nil
}

// choice is how the person of the notice is told of its kind.
func (s *Store) choice(chosen picks, n Notice) Choice {
	if c, ok := chosen[n.To][n.Kind]; ok {
		return c
	}
	return s.kind(n.Kind).usual()
}

// Chosen is a kind and how the viewer is told of it.
type Chosen struct {
	Kind
	Choice Choice
}

// Choices are all kinds, and how the viewer is told of each.
func (s *Store) Choices(ctx context.Context) ([]Chosen, error) {
	me := auth.From(ctx).ID
	mine, err := s.chosen(ctx, s.DB.Read, []int64{me})
	if err != nil {
		return nil, err
	}
	var all []Chosen
	for _, k := range s.Kinds() {
		all = append(all, Chosen{k, s.choice(mine, Notice{To: me, Kind: k.Name})})
	}
	return all, nil
}

// Choose sets how the viewer is told of kinds.
// Errors: fault.Invalid at the kind whose choice is none of the three.
func (s *Store) Choose(ctx context.Context, to map[string]Choice) error {
	v := auth.From(ctx)
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		was, err := s.chosen(ctx, tx, []int64{v.ID})
		if err != nil {
			return err
		}
		c := data.Change{Feature: "home", Kind: "notifications", ID: v.ID, What: "chose what to be told of", Title: v.Name, URL: "/notifications"}
		for _, k := range s.Kinds() {
			now, given := to[k.Name]
			if given && now != Nowhere && now != InInbox && now != ByMail {
				return fault.Field(k.Name, "Choose one of the three.")
			}
			old := s.choice(was, Notice{To: v.ID, Kind: k.Name})
			if !given || now == old {
				continue
			}
			row := choiceRow{UserID: v.ID, Kind: k.Name, Choice: now}
			if _, err := tx.Upsert(tx.NewInsert().Model(&row), "user_id, kind", "choice").Exec(ctx); err != nil {
				return fmt.Errorf("choice of %s: %w", k.Name, err)
			}
			c.Fields = append(c.Fields, data.Field{Name: k.Title, Old: string(old), New: string(now)})
		}
		if len(c.Fields) == 0 {
			tx.Unchanged()
			return nil
		}
		tx.Changed(c)
		return nil
	})
}
