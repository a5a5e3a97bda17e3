package weblinks

import (
	"context"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/search"
)

// findLink is the kind of links, as their changes say it.
const findLink = "weblinks.link"

// finds are what of ours can be found. What lies in the trash can't.
func finds() []search.Kind {
	return []search.Kind{{
		Name: findLink, Title: "Weblinks", One: "Weblink", Icon: "link", Route: "weblinks.link.see.one", Table: "links", Version: 1, Load: linkEntries,
		Visible: func(q *bun.SelectQuery, v *auth.Viewer) *bun.SelectQuery {
			return q.Where("e.thing_id IN (?)", q.NewSelect().TableExpr("links AS l").Column("l.id").Where("l.deleted_at IS NULL").Apply(visibleTo(v)))
		},
	}}
}

// linkEntries are the entries of links: their names, addresses and notes.
func linkEntries(ctx context.Context, tx *data.Tx, ids []int64) ([]search.Entry, error) {
	var rows []Link
	err := tx.Lock(tx.NewSelect().Model(&rows).Where("l.id IN (?)", bun.In(ids)).Where("l.deleted_at IS NULL").OrderExpr("l.id")).Scan(ctx)
	if err != nil {
		return nil, err
	}
	var all []search.Entry
	for _, l := range rows {
		all = append(all, search.Entry{ID: l.ID, Title: l.Name, Text: l.URL + "\n" + l.Notes, URL: l.Path(), At: l.UpdatedAt})
	}
	return all, nil
}
