package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"portal/app/fault"
)

// Edited is one field of an edit form.
type Edited struct {
	Name  string // of the form's field
	Label string // "Due date"
	Value string // as the form sends it
	Shown string // as a person reads it; the history keeps this
}

// Clash is the fault of an edit that somebody else's came before, on the same fields.
type Clash struct {
	Fault   *fault.Error
	Who     string // who saved last what both changed
	Version int64  // theirs
	Fields  []ClashField
	Theirs  []Edited // what only they changed: their values go with the choice, or it would take them back
}

// ClashField is a field that two people changed differently.
type ClashField struct {
	Base         string // as a person reads it
	Theirs, Mine Edited
}

// ClashOf is the clash that err is, if it is one.
func ClashOf(err error) (*Clash, bool) { return errors.AsType[*Clash](err) }

// Unwrap makes fault.Is see the Conflict.
func (c *Clash) Unwrap() error { return c.Fault }

// Error is what the log shows.
func (c *Clash) Error() string { return c.Fault.Error() }

// Merge decides which of my fields to write, after others have saved since version was.
// Fields that only one side touched merge by themselves; it returns the names that are mine.
// Errors: *Clash when both changed the same field to different values.
func (t *Tx) Merge(ctx context.Context, kind string, id, was int64, theirs, mine []Edited) ([]string, error) {
	var rows []struct{ Field, OldValue, UserName string }
	err := t.NewSelect().Table("history").Column("field", "old_value", "user_name").
		Where("kind = ?", kind).Where("thing_id = ?", id).Where("version > ?", was).Where("field <> ''").OrderExpr("id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("look up what others changed: %w", err)
	}
	base, by := map[string]string{}, map[string]string{}
	clash := &Clash{Fault: fault.New(fault.Conflict, "Somebody else changed this while you were writing.")}
	for _, r := range rows {
		if _, known := base[r.Field]; !known {
			base[r.Field] = r.OldValue
		}
		by[r.Field] = r.UserName
	}
	now := map[string]Edited{}
	for _, e := range theirs {
		now[e.Name] = e
	}
	var write []string
	for _, m := range mine {
		old, touched := base[m.Name]
		switch {
		case m.Shown == now[m.Name].Shown: // both the same, or nobody touched it
		case !touched:
			write = append(write, m.Name)
		case m.Shown == old:
			clash.Theirs = append(clash.Theirs, now[m.Name])
		default:
			clash.Fields = append(clash.Fields, ClashField{old, now[m.Name], m})
			clash.Who = by[m.Name]
		}
	}
	if len(clash.Fields) > 0 {
		return nil, clash
	}
	return write, nil
}

// Line is one line of something's history.
type Line struct {
	bun.BaseModel `bun:"table:history"`

	ID        int64 `bun:",pk"`
	Kind      string
	ThingID   int64
	ParentID  int64  // the thing it belongs to, 0 for none
	Field     string // empty: What says it all
	OldValue  string
	NewValue  string
	What      string
	UserID    *int64
	UserName  string
	CreatedAt time.Time
}
