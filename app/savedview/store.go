package savedview

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/data"
	"portal/app/fault"
)

// Store reads and writes saved views.
type Store struct {
	db   *data.DB
	gate *auth.Gate
	held cache.Region[all]
}

// New makes the store, which keeps each list's views in the cache region of that name.
func New(db *data.DB, gate *auth.Gate, c *cache.Cache, region string) *Store {
	return &Store{db, gate, cache.Rows[all](c, region)}
}

// For are the list's views that the viewer sees. It runs no query while they are held.
func (s *Store) For(ctx context.Context, l List) (Views, error) {
	a, err := s.held.Get(ctx, l.Key, func(ctx context.Context) (all, error) { return s.load(ctx, l.Key) })
	return a.seenBy(auth.From(ctx)), err
}

// load reads a list's views, and with which of them it opens, in one query.
func (s *Store) load(ctx context.Context, list string) (all, error) {
	var rows []struct {
		View   `bun:",extend"`
		UserID *int64
	}
	err := s.db.Read.NewSelect().TableExpr("saved_views AS v").ColumnExpr("v.*, d.user_id").
		Join("LEFT JOIN saved_view_defaults AS d ON d.view_id = v.id").Where("v.list = ?", list).Where("v.deleted_at IS NULL").
		OrderExpr("v.position, v.id").Scan(ctx, &rows)
	if err != nil {
		return all{}, fmt.Errorf("load saved views of %s: %w", list, err)
	}
	a := all{Defaults: map[int64]int64{}}
	for i, r := range rows {
		if i == 0 || rows[i-1].ID != r.ID {
			a.Views = append(a.Views, r.View)
		}
		if r.UserID != nil {
			a.Defaults[*r.UserID] = r.ID
		}
	}
	return a, nil
}

// change is the sentence a write says about a view.
func (s *Store) change(v View, l List, what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: l.Feature, Kind: "view", ID: v.ID, Version: v.Version, What: what, Title: v.Name, Fields: fields,
		Stale: append([]string{s.held.Key(l.Key)}, l.Stale...),
	}
}

// name is a view's name as it is kept.
// Errors: fault.Invalid at the field name.
func name(typed string) (string, error) {
	typed = strings.TrimSpace(typed)
	switch {
	case typed == "":
		return "", fault.Field("name", "Give the view a name.")
	case utf8.RuneCountInString(typed) > nameMost:
		return "", fault.Field("name", "At most %d characters.", nameMost)
	}
	return typed, nil
}

// Save keeps the query under a name, as the viewer's last view of the list.
// Errors: fault.Invalid at the field name; fault.Forbidden for who is nobody.
func (s *Store) Save(ctx context.Context, l List, typed, query string) (View, error) {
	me := auth.From(ctx)
	called, err := name(typed)
	switch {
	case err != nil:
		return View{}, err
	case !me.Known():
		return View{}, fault.New(fault.Forbidden, "Only people have saved views.")
	case len(query) > queryMost:
		return View{}, errLong()
	}
	var v View
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		own, err := s.own(ctx, tx, l)
		if err != nil {
			return err
		}
		last := int64(0)
		for _, o := range own {
			last = max(last, o.Position)
			if data.Fold(o.Name) == data.Fold(called) {
				return fault.Field("name", "You have a view of this name. Choose another one, or change that one.")
			}
		}
		if len(own) >= most {
			return fault.Field("name", "You have %d views of this list. Delete one first.", most)
		}
		v = View{OwnerID: me.ID, List: l.Key, Name: called, Query: query, Position: last + 1, Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
			return fmt.Errorf("save a view of %s: %w", l.Key, err)
		}
		tx.Changed(s.change(v, l, "saved the view", data.Field{Name: "query", New: query}))
		return nil
	})
	return v, err
}

// own are the viewer's views of the list, locked together with the viewer: two writes at once come one after the other.
func (s *Store) own(ctx context.Context, tx *data.Tx, l List) ([]View, error) {
	me := auth.From(ctx).ID
	if tx.MySQL {
		var ids []int64
		if err := tx.Lock(tx.NewSelect().Table("users").Column("id").Where("id = ?", me)).Scan(ctx, &ids); err != nil {
			return nil, fmt.Errorf("lock the owner of views: %w", err)
		}
	}
	var own []View
	err := tx.NewSelect().Model(&own).Where("v.list = ?", l.Key).Where("v.owner_id = ?", me).Where("v.deleted_at IS NULL").OrderExpr("v.position, v.id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("views of %s: %w", l.Key, err)
	}
	return own, nil
}

// edit does something to a view of the viewer's own: do says what, in the past tense, or nothing when nothing is to be done.
func (s *Store) edit(ctx context.Context, l List, id int64, do func(*data.Tx, *View, []View) (string, []data.Field, error)) (View, error) {
	var v View
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		own, err := s.own(ctx, tx, l)
		if err != nil {
			return err
		}
		if v, err = s.one(ctx, tx, l, id); err != nil {
			return err
		}
		what, fields, err := do(tx, &v, own)
		if err != nil {
			return err
		}
		if what == "" {
			tx.Unchanged()
			return nil
		}
		was := v.Version
		v.Version, v.UpdatedAt = was+1, tx.Now
		ours, err := tx.UpdateIf(ctx, &v, was, "name", "query", "role_id", "position", "deleted_at", "version", "updated_at")
		if err != nil {
			return fmt.Errorf("change view %d: %w", id, err)
		}
		if !ours {
			return fault.New(fault.Conflict, "The view “%s” was changed at the same moment. Please try again.", v.Name)
		}
		tx.Changed(s.change(v, l, what, fields...))
		return nil
	})
	return v, err
}

// one is the viewer's own view of that id, be it in the trash.
func (s *Store) one(ctx context.Context, tx *data.Tx, l List, id int64) (View, error) {
	var v []View
	err := tx.NewSelect().Model(&v).Where("v.id = ?", id).Where("v.list = ?", l.Key).Where("v.owner_id = ?", auth.From(ctx).ID).Scan(ctx)
	if err == nil && len(v) == 0 {
		err = errNoView()
	}
	if err != nil {
		return View{}, err
	}
	return v[0], nil
}

// Update keeps another query under the view's name.
// Errors: fault.NotFound, also for another person's view.
func (s *Store) Update(ctx context.Context, l List, id int64, query string) (View, error) {
	return s.edit(ctx, l, id, func(_ *data.Tx, v *View, _ []View) (string, []data.Field, error) {
		switch {
		case v.DeletedAt != nil:
			return "", nil, errNoView()
		case len(query) > queryMost:
			return "", nil, errLong()
		case v.Query == query:
			return "", nil, nil
		}
		was := v.Query
		v.Query = query
		return "changed the view", []data.Field{{Name: "query", Old: was, New: query}}, nil
	})
}

// Rename gives the view another name.
// Errors: fault.NotFound; fault.Invalid at the field name.
func (s *Store) Rename(ctx context.Context, l List, id int64, typed string) (View, error) {
	called, err := name(typed)
	if err != nil {
		return View{}, err
	}
	return s.edit(ctx, l, id, func(_ *data.Tx, v *View, own []View) (string, []data.Field, error) {
		if v.DeletedAt != nil {
			return "", nil, errNoView()
		}
		if slices.ContainsFunc(own, func(o View) bool { return o.ID != id && data.Fold(o.Name) == data.Fold(called) }) {
			return "", nil, fault.Field("name", "You have a view of this name. Choose another one.")
		}
		was := v.Name
		if v.Name = called; was == called {
			return "", nil, nil
		}
		return "renamed the view", []data.Field{{Name: "name", Old: was, New: called}}, nil
	})
}

// Share lets the people of a role see the view too, 0 for nobody. Whether the viewer may share at all is the route's.
// Errors: fault.NotFound; fault.Forbidden for a role that the viewer does not have.
func (s *Store) Share(ctx context.Context, l List, id, role int64) (View, error) {
	return s.edit(ctx, l, id, func(_ *data.Tx, v *View, _ []View) (string, []data.Field, error) {
		if v.DeletedAt != nil {
			return "", nil, errNoView()
		}
		access := s.gate.Access()
		if role != 0 && (access.RoleName(role) == "" || !slices.Contains(auth.From(ctx).Roles(), role)) {
			return "", nil, fault.New(fault.Forbidden, "Share a view with a role that you have yourself.")
		}
		was := int64(0)
		if v.RoleID != nil {
			was = *v.RoleID
		}
		if was == role {
			return "", nil, nil
		}
		v.RoleID = &role
		fields := []data.Field{{Name: "shared", Old: access.RoleName(was), New: access.RoleName(role)}}
		if role == 0 {
			v.RoleID = nil
			return "shared the view with nobody any more", fields, nil
		}
		return "shared the view with " + access.RoleName(role), fields, nil
	})
}

// Delete takes the view away; Restore brings it back.
// Errors: fault.NotFound.
func (s *Store) Delete(ctx context.Context, l List, id int64) (View, error) {
	return s.mark(ctx, l, id, "deleted the view", func(v *View, now time.Time) bool { v.DeletedAt = &now; return true })
}

// Restore brings a deleted view back, as its owner's last one.
// Errors: fault.NotFound.
func (s *Store) Restore(ctx context.Context, l List, id int64) (View, error) {
	return s.mark(ctx, l, id, "brought the view back", func(v *View, _ time.Time) bool { v.DeletedAt = nil; return false })
}

func (s *Store) mark(ctx context.Context, l List, id int64, what string, do func(*View, time.Time) bool) (View, error) {
	return s.edit(ctx, l, id, func(tx *data.Tx, v *View, own []View) (string, []data.Field, error) {
		there := v.DeletedAt == nil
		if deletes := do(v, tx.Now); deletes != there {
			return "", nil, errNoView()
		}
		if !there && len(own) > 0 {
			v.Position = own[len(own)-1].Position + 1
		}
		return what, nil, nil
	})
}

// Move puts the view one place up (by -1) or down (1) among its owner's.
// Errors: fault.NotFound.
func (s *Store) Move(ctx context.Context, l List, id int64, by int) (View, error) {
	return s.edit(ctx, l, id, func(tx *data.Tx, v *View, own []View) (string, []data.Field, error) {
		at := slices.IndexFunc(own, func(o View) bool { return o.ID == id })
		to := at + by
		if at < 0 {
			return "", nil, errNoView()
		}
		if to < 0 || to >= len(own) {
			return "", nil, nil
		}
		own[at], own[to] = own[to], own[at]
		for i, o := range own {
			if o.ID == id {
				v.Position = int64(i + 1)
				continue
			}
			if _, err := tx.NewUpdate().Table("saved_views").Set("position = ?", i+1).Where("id = ?", o.ID).Exec(ctx); err != nil {
				return "", nil, fmt.Errorf("order views of %s: %w", l.Key, err)
			}
		}
		return "moved the view", nil, nil
	})
}

// OpenWith makes the list open with the view for the viewer; with none when id is 0.
// Errors: fault.NotFound for a view that the viewer does not see.
func (s *Store) OpenWith(ctx context.Context, l List, id int64) error {
	me := auth.From(ctx)
	seen, err := s.For(ctx, l)
	if err != nil {
		return err
	}
	v := seen.Find(id)
	if id != 0 && v.ID == 0 || !me.Known() {
		return errNoView()
	}
	return s.db.Write(ctx, func(tx *data.Tx) error {
		if _, err := tx.NewDelete().Table("saved_view_defaults").Where("user_id = ?", me.ID).Where("list = ?", l.Key).Exec(ctx); err != nil {
			return fmt.Errorf("what %s opens with: %w", l.Key, err)
		}
		if id != 0 {
			row := map[string]any{"user_id": me.ID, "list": l.Key, "view_id": id}
			if _, err := tx.NewInsert().Model(&row).Table("saved_view_defaults").Exec(ctx); err != nil {
				return fmt.Errorf("what %s opens with: %w", l.Key, err)
			}
		}
		what := "opens the list with the view"
		if id == 0 {
			what = "opens the list as it is"
		}
		c := s.change(v, l, what)
		c.Version = 0
		tx.Changed(c)
		return nil
	})
}
