package feature

import (
	"context"
	"fmt"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// Holding is one sort of thing that a person holds in a feature: open tasks, projects they lead.
type Holding struct {
	Label string // in the plural: "Open tasks"
	Held  func(ctx context.Context, user int64) ([]Held, error)
	// Move gives all of them to another person and says so in each one's history.
	Move func(ctx context.Context, tx *data.Tx, h HandOver) error
}

// Held is one thing that a person holds.
type Held struct {
	Title string
	URL   string
}

// HandOver is who gives what they hold to whom.
type HandOver struct {
	From, To auth.Person
}

// Said is how each moved thing's history says it.
func (h HandOver) Said() string { return "handed over from " + h.From.Name + " to " + h.To.Name }

// Holder is all of one sort that a person holds.
type Holder struct {
	Label string
	Held  []Held
}

// HeldBy is what the person holds in all features; sorts of which they hold nothing are in it too.
func HeldBy(ctx context.Context, all []Feature, user int64) ([]Holder, error) {
	var holders []Holder
	for _, f := range all {
		for _, h := range f.Holdings {
			held, err := h.Held(ctx, user)
			if err != nil {
				return nil, fmt.Errorf("what %d holds of %s: %w", user, f.Name, err)
			}
			holders = append(holders, Holder{h.Label, held})
		}
	}
	return holders, nil
}

// Hander is what a hand-over needs.
type Hander struct {
	DB       *data.DB
	Users    *auth.Users
	Features []Feature
}

// Hand gives all that one person holds in all features to another, in one transaction.
// Errors: fault.NotFound; fault.Invalid at "to" when it is the same person or one who is locked out.
func Hand(ctx context.Context, by Hander, from, to int64) error {
	people, err := by.Users.People(ctx)
	if err != nil {
		return err
	}
	h := HandOver{people.ByID(from), people.ByID(to)}
	switch {
	case h.From.ID == 0:
		return fault.New(fault.NotFound, "There is no such account.")
	case h.To.ID == 0:
		return fault.Field("to", "Choose who takes over.")
	case from == to:
		return fault.Field("to", "Choose somebody else: this is the same person.")
	case h.To.Locked:
		return fault.Field("to", "%s is locked out and can't take over.", h.To.Name)
	}
	h.From.Name, h.To.Name = exactName(people, h.From), exactName(people, h.To)
	return by.DB.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged() // who holds nothing hands over nothing
		for _, f := range by.Features {
			for _, one := range f.Holdings {
				if err := one.Move(ctx, tx, h); err != nil {
					return fmt.Errorf("hand over %s of %s: %w", one.Label, f.Name, err)
				}
			}
		}
		return nil
	})
}

// exactName is a person's name, with the user name when others are called the same.
func exactName(people *auth.People, one auth.Person) string {
	for _, p := range people.List {
		if p.Name == one.Name && p.ID != one.ID {
			return one.Name + " (" + one.Username + ")"
		}
	}
	return one.Name
}
