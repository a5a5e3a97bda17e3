package search_test

import (
	"context"
	"fmt"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"github.com/uptrace/bun"

	"portal/app/apptest"
	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/search"
)

// thing is a row of the feature that these tests search.
type thing struct {
	bun.BaseModel `bun:"table:things"`
	ID            int64 `bun:",pk,autoincrement"`
	OwnerID       int64 // who alone may know of it; 0: everybody
	Title         string
	Text          string
	DeletedAt     *time.Time
	UpdatedAt     time.Time
}

func migrations() fs.FS {
	return fstest.MapFS{
		"20270101000001_things.up.sql": {Data: []byte("CREATE TABLE things (id {{.ID}}, owner_id BIGINT NOT NULL, title VARCHAR(300) NOT NULL, " +
			"text {{.Text}} NOT NULL, deleted_at {{.Time}}, updated_at {{.Time}} NOT NULL) {{.Table}};")},
		"20270101000001_things.down.sql": {Data: []byte("DROP TABLE things;")},
	}
}

// things is a feature of which things can be found: their owner's alone, or everybody's.
func things(feature.Kit) (feature.Feature, error) {
	return feature.Feature{
		Name: "things", Title: "Things", Migrations: migrations(),
		Access: []feature.Access{{Node: "things.thing.see", Label: "See things", Roles: []string{"user"}}},
		Finds: []search.Kind{{
			Name: "things.thing", Title: "Things", One: "Thing", Icon: "folder", Route: "things.thing.see.one", Table: "things", Version: 1,
			Load: func(ctx context.Context, tx *data.Tx, ids []int64) ([]search.Entry, error) {
				var rows []thing
				err := tx.Lock(tx.NewSelect().Model(&rows).Where("id IN (?)", bun.In(ids)).Where("deleted_at IS NULL")).Scan(ctx)
				var all []search.Entry
				for _, r := range rows {
					all = append(all, search.Entry{ID: r.ID, Title: r.Title, Text: r.Text, URL: fmt.Sprintf("/things/%d", r.ID), At: r.UpdatedAt})
				}
				return all, err
			},
			Visible: func(q *bun.SelectQuery, v *auth.Viewer) *bun.SelectQuery {
				return q.Where("EXISTS (SELECT 1 FROM things AS t WHERE t.id = e.thing_id AND t.owner_id IN (0, ?))", v.ID)
			},
		}},
	}, nil
}

// world is a portal of things.
type world struct {
	*apptest.Portal
	t  testing.TB
	as context.Context // somebody who may see things
}

func open(t testing.TB) *world {
	t.Helper()
	p := apptest.New(t, things)
	u := p.Person("Uma User", "user")
	v, err := p.Users.Viewer(p.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return &world{p, t, auth.With(context.Background(), v)}
}

// add writes a thing by a write of its own, and returns its id.
func (w *world) add(title, text string) int64 {
	w.t.Helper()
	row := thing{Title: title, Text: text}
	w.write(func(ctx context.Context, tx *data.Tx) error {
		row.UpdatedAt = tx.Now
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		tx.Changed(data.Change{Feature: "things", Kind: "thing", ID: row.ID, What: "made the thing", Title: title})
		return err
	})
	return row.ID
}

func (w *world) write(do func(context.Context, *data.Tx) error) {
	w.t.Helper()
	err := w.DB.Write(w.as, func(tx *data.Tx) error { return do(w.as, tx) })
	if err != nil {
		w.t.Fatal(err)
	}
}

// found are the titles of what the query finds, the best first.
func (w *world) found(typed string) []string {
	w.t.Helper()
	hits, err := w.Search.Find(w.as, search.Ask{Query: search.Parse(typed), Limit: 20})
	if err != nil {
		w.t.Fatal(err)
	}
	titles := []string{}
	for _, h := range hits {
		titles = append(titles, h.Title)
	}
	return titles
}
