package auth

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// Mappings are who may use what, and how routes stand in the menu: looked at, changed and taken back.
type Mappings struct {
	db    *data.DB
	users *Users
	tree  func() Tree
}

// NewMappings makes the store; tree answers once all routes are known.
func NewMappings(db *data.DB, users *Users, tree func() Tree) *Mappings {
	return &Mappings{db, users, tree}
}

// Tree is what the code declares.
func (m *Mappings) Tree() Tree { return m.tree() }

// saveRow is a row of mapping_saves: what a save replaced, so that it can be taken back.
type saveRow struct {
	bun.BaseModel `bun:"table:mapping_saves"`
	ID            int64 `bun:",pk,autoincrement"`
	Body          string
	CreatedAt     time.Time
}

// replaced is one mapping in the body of a saveRow.
type replaced struct {
	Node    string      `json:"node"`
	Was     *mappingRow `json:"was"` // nil: there was none
	Roles   []int64     `json:"roles"`
	Version int64       `json:"version"` // that the save left it at; 0: it is gone
}

// savesKept is how long a save can be taken back.
const savesKept = 24 * time.Hour

// Save makes the changes, all or none, and returns the number that Undo takes them back by; 0 when nothing had to be done.
// Errors: fault.NotFound for a node that no route has, or a mapping that is gone; fault.Conflict when a mapping is no
// longer what was shown; fault.Invalid at "audience", "roles" or a field of the menu.
func (m *Mappings) Save(ctx context.Context, edits []MappingEdit) (int64, error) {
	var saved int64
	err := m.db.Write(ctx, func(tx *data.Tx) error {
		saved = 0
		w, err := loadWorld(ctx, tx, tx.Lock)
		if err != nil {
			return err
		}
		steps, err := w.plan(m.tree(), edits)
		if err != nil {
			return err
		}
		if err := mayMap(ctx, steps); err != nil {
			return err
		}
		tx.Unchanged()
		if len(steps) > 0 {
			saved, err = m.write(ctx, tx, steps)
		}
		return err
	})
	return saved, err
}

// write does the steps and keeps what they replaced.
func (m *Mappings) write(ctx context.Context, tx *data.Tx, steps []step) (int64, error) {
	var kept []replaced
	for i := range steps {
		s := &steps[i]
		one := replaced{Node: s.is.Node, Roles: s.was.roles}
		if s.was.ID != 0 {
			one.Was = &s.was.mappingRow
		}
		if err := s.write(ctx, tx); err != nil {
			return 0, fmt.Errorf("mapping of %s: %w", s.is.Node, err)
		}
		if !s.gone {
			one.Version = s.is.Version
		}
		kept = append(kept, one)
		tx.Changed(m.change(*s))
	}
	body, err := json.Marshal(kept)
	if err != nil {
		return 0, err
	}
	if _, err := tx.NewDelete().Table("mapping_saves").Where("created_at < ?", tx.Now.Add(-savesKept)).Exec(ctx); err != nil {
		return 0, fmt.Errorf("forget old saves: %w", err)
	}
	row := saveRow{Body: string(body), CreatedAt: tx.Now}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return 0, fmt.Errorf("keep the save: %w", err)
	}
	return row.ID, nil
}

// write puts the step's mapping into the database, or takes it out.
func (s *step) write(ctx context.Context, tx *data.Tx) error {
	row := &s.is.mappingRow
	if s.gone {
		if _, err := tx.NewDelete().Table("route_mapping_roles").Where("mapping_id = ?", row.ID).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model(row).WherePK().Exec(ctx)
		return err
	}
	row.Version++
	row.UpdatedAt = tx.Now
	var err error
	if s.was.ID == 0 {
		row.ID = 0
		_, err = tx.NewInsert().Model(row).Exec(ctx)
	} else {
		_, err = tx.NewUpdate().Model(row).WherePK().Exec(ctx)
	}
	if data.Duplicate(err) {
		return fault.New(fault.Conflict, "Somebody else has just made a mapping of %s.", row.Node)
	}
	if err != nil || slices.Equal(s.was.roles, s.is.roles) && s.was.ID != 0 {
		return err
	}
	if _, err := tx.NewDelete().Table("route_mapping_roles").Where("mapping_id = ?", row.ID).Exec(ctx); err != nil {
		return err
	}
	var pairs []allowRow
	for _, r := range s.is.roles {
		pairs = append(pairs, allowRow{MappingID: row.ID, RoleID: r})
	}
	return insertAll(ctx, tx, pairs)
}

func (m *Mappings) change(s step) data.Change {
	title := s.is.Title
	if title == "" {
		title = s.is.Node
	}
	id, version := s.is.ID, s.is.Version
	return data.Change{
		Feature: "admin", Kind: "mapping", ID: id, Version: version, What: s.what, Title: title,
		URL: "/admin/routes?q=" + url.QueryEscape(s.is.Node), Fields: s.fields, Stale: []string{AccessKey},
	}
}

// compare says field by field what the step changes, in words.
func (w world) compare(a *Access, s step) []data.Field {
	var all []data.Field
	add := func(name, old, now string) {
		if old != now {
			all = append(all, data.Field{Name: name, Old: old, New: now})
		}
	}
	old, now := w.words(a, s.was), w.words(a, s.is)
	if s.gone {
		now = [6]string{}
	}
	for i, name := range []string{"who may", "title", "icon", "category", "weight", "in the menu"} {
		add(name, old[i], now[i])
	}
	if len(all) == 0 && s.was.Changed && !s.is.Changed { // it is so already, but now counts as not changed
		add("mapping", "", "as the portal comes with it")
	}
	return all
}

func (w world) words(a *Access, s state) [6]string {
	if s.ID == 0 && s.Audience == "" { // without a mapping the decision is that of the part above
		s.Audience = string(ForInherit)
	}
	shown, category := "no", ""
	if s.Shown {
		shown = "yes"
	}
	if s.CategoryID != nil {
		category = w.categoryName(*s.CategoryID)
	}
	return [6]string{a.WhoSaid(Audience(s.Audience), s.roles), s.Title, s.Icon, category, strconv.FormatInt(s.Weight, 10), shown}
}

// Undo takes a save back as one, and says which nodes it was about.
// Errors: fault.NotFound when it is no longer kept; fault.Conflict when one of its mappings has been changed since.
func (m *Mappings) Undo(ctx context.Context, saved int64) ([]string, error) {
	var nodes []string
	err := m.db.Write(ctx, func(tx *data.Tx) error {
		nodes = nil
		w, err := loadWorld(ctx, tx, tx.Lock)
		if err != nil {
			return err
		}
		var row saveRow
		err = tx.NewSelect().Model(&row).Where("id = ?", saved).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "This change can't be taken back any more: it was already, or is older than a day.")
		}
		if err != nil {
			return fmt.Errorf("read save %d: %w", saved, err)
		}
		var kept []replaced
		if err := json.Unmarshal([]byte(row.Body), &kept); err != nil {
			return fmt.Errorf("save %d: %w", saved, err)
		}
		if _, err := tx.NewDelete().Model(&row).WherePK().Exec(ctx); err != nil {
			return err
		}
		nodes, err = m.takeBack(ctx, tx, w, kept)
		return err
	})
	return nodes, err
}

// takeBack puts the mappings back as they were, and says which.
func (m *Mappings) takeBack(ctx context.Context, tx *data.Tx, w world, kept []replaced) ([]string, error) {
	var steps []step
	for _, k := range kept {
		s, err := w.planBack(k)
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	if err := errors.Join(mayMap(ctx, steps), w.keepSignIn(m.tree(), steps)); err != nil {
		return nil, err
	}
	var nodes []string
	for _, s := range steps {
		if err := s.write(ctx, tx); err != nil {
			return nil, fmt.Errorf("take back %s: %w", s.is.Node, err)
		}
		tx.Changed(m.change(s))
		nodes = append(nodes, s.is.Node)
	}
	return nodes, nil
}

func (w world) planBack(k replaced) (step, error) {
	now := w.mappings[k.Node]
	if now.Version != k.Version {
		return step{}, fault.New(fault.Conflict, "%s has been changed since, so nothing was taken back. Change it as it should be.", k.Node)
	}
	s := step{was: now, is: now, what: "took the last change back", gone: k.Was == nil}
	if k.Was != nil {
		s.is = state{*k.Was, slices.DeleteFunc(slices.Clone(k.Roles), func(r int64) bool { return !w.hasRole(r) })}
		s.is.ID, s.is.Version = now.ID, max(k.Was.Version, now.Version)
		if s.is.CategoryID != nil && w.categoryName(*s.is.CategoryID) == "" {
			s.is.CategoryID = nil
		}
	}
	s.fields = w.compare(w.access(), s)
	return s, nil
}

func (w world) hasRole(id int64) bool {
	return slices.ContainsFunc(w.roles, func(r Role) bool { return r.ID == id })
}
