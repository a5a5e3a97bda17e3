package weblinks

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/fetch"
)

// linkStore reads and writes links with their categories and tags.
type linkStore struct {
	feature.Kit
	web *fetch.Client
}

func newLinkStore(k feature.Kit) (*linkStore, error) {
	var allow []netip.Prefix
	for _, network := range k.Config.FetchAllow {
		n, err := netip.ParsePrefix(network)
		if err != nil {
			return nil, fmt.Errorf("PORTAL_FETCH_ALLOW: %w", err)
		}
		allow = append(allow, n)
	}
	return &linkStore{k, fetch.New(allow)}, nil
}

// linkFilter is the query string of the list.
type linkFilter struct {
	data.List
	Show     string `query:"show"`     // empty for all; mine, favourites, pinned, never, broken, trash
	Category int64  `query:"category"` // -1: without one
	Tag      int64  `query:"tag"`
	Owner    int64  `query:"owner"`
	View     string `query:"view"` // table, or empty for tiles
}

// shows are the words for what is shown.
var shows = map[string]string{
	"mine": "My links", "favourites": "My favourites", "pinned": "Pinned", "never": "Never used", "broken": "Broken", "trash": "Trash",
}

var linkSorts = data.Sorts{
	"": "l.pinned DESC, l.name_key", "name": "l.name_key", "clicks": "l.clicks", "clicked": "l.clicked_at", "checked": "l.checked_at", "updated": "l.updated_at", "url": "l.url",
	"category": "(SELECT c.name_key FROM link_categories AS c WHERE c.id = l.category_id)",
}

// tiled reports whether the links are shown as tiles by category: as all pages open, until something asks for rows.
func (f linkFilter) tiled() bool {
	return f.View == "" && f.Sort == "" && f.Show != "trash" && f.Show != "broken"
}

// apply limits the query to the filter's links.
func (f linkFilter) apply(q *bun.SelectQuery, v *auth.Viewer) *bun.SelectQuery {
	if f.Show == "trash" {
		q = q.Where("l.deleted_at IS NOT NULL")
	} else {
		q = q.Where("l.deleted_at IS NULL")
	}
	switch f.Show {
	case "mine":
		q = q.Where("l.owner_id = ?", v.ID)
	case "favourites":
		q = q.Where("EXISTS (SELECT 1 FROM link_favourites AS f WHERE f.link_id = l.id AND f.user_id = ?)", v.ID)
	case "pinned":
		q = q.Where("l.pinned = ?", true)
	case "never":
		q = q.Where("l.clicks = 0")
	case "broken":
		q = q.Where("l.broken_at IS NOT NULL")
	}
	switch {
	case f.Category > 0:
		q = q.Where("l.category_id = ?", f.Category)
	case f.Category < 0:
		q = q.Where("l.category_id IS NULL")
	}
	if f.Tag > 0 {
		q = q.Where("EXISTS (SELECT 1 FROM link_tag_links AS t WHERE t.link_id = l.id AND t.tag_id = ?)", f.Tag)
	}
	if f.Owner > 0 {
		q = q.Where("l.owner_id = ?", f.Owner)
	}
	for _, word := range strings.Fields(data.Fold(f.Text)) {
		q = q.Where("l.search_text LIKE ? ESCAPE '!'", data.Like(word))
	}
	return q.Apply(visibleTo(v))
}

// shownColumns are a link with its tags and roles; search_text is for finding alone.
func shownColumns(q *bun.SelectQuery, viewer int64) *bun.SelectQuery {
	return q.ColumnExpr("l.id, l.url, l.url_key, l.name, l.name_key, l.notes, l.icon, l.category_id, l.owner_id, l.seen_by, l.pinned, l.clicks, l.clicked_at, l.checked_at, l.broken, l.broken_at, l.deleted_at, l.version, l.created_at, l.updated_at").
		ColumnExpr("COALESCE((SELECT GROUP_CONCAT(t.tag_id) FROM link_tag_links AS t WHERE t.link_id = l.id), '') AS tags").
		ColumnExpr("COALESCE((SELECT GROUP_CONCAT(r.role_id) FROM link_roles AS r WHERE r.link_id = l.id), '') AS roles").
		ColumnExpr("EXISTS (SELECT 1 FROM link_favourites AS f WHERE f.link_id = l.id AND f.user_id = ?) AS mine", viewer)
}

// List is one page of the links that the viewer may know of.
func (s *linkStore) List(ctx context.Context, f linkFilter) (data.Rows[Link], error) {
	v := auth.From(ctx)
	q := f.apply(shownColumns(s.DB.Read.NewSelect().TableExpr("links AS l"), v.ID), v)
	rows, err := data.Scan[Link](ctx, q, f.List, linkSorts.Order(f.List, "l.id"))
	if err != nil {
		return rows, fmt.Errorf("list links: %w", err)
	}
	return rows, nil
}

// How many tiles a category has on the start page, and how many categories it has.
const (
	tilesMost   = 12
	shelvesMost = 100
)

// shelf is a category with its first links.
type shelf struct {
	Category *int64
	Links    []Link
	Total    int
}

// Tiles are the links that the viewer may know of by their categories, the first few of each: those that are pinned, then those
// that are used most. The ones without a category come last. It runs one query.
func (s *linkStore) Tiles(ctx context.Context, f linkFilter) ([]shelf, error) {
	v := auth.From(ctx)
	ranked := f.apply(s.DB.Read.NewSelect().TableExpr("links AS l"), v).ColumnExpr("l.id, l.category_id").
		ColumnExpr("ROW_NUMBER() OVER (PARTITION BY l.category_id ORDER BY l.pinned DESC, l.clicks DESC, l.name_key, l.id) AS place").
		ColumnExpr("COUNT(*) OVER (PARTITION BY l.category_id) AS total")
	var rows []struct {
		Link  `bun:",extend"`
		Place int
		Total int
	}
	q := shownColumns(s.DB.Read.NewSelect().TableExpr("(?) AS x", ranked), v.ID).ColumnExpr("x.place, x.total").
		Join("JOIN links AS l ON l.id = x.id").Join("LEFT JOIN link_categories AS c ON c.id = l.category_id").
		Where("x.place <= ?", tilesMost).OrderExpr("CASE WHEN l.category_id IS NULL THEN 1 ELSE 0 END, c.name_key, x.place").Limit(tilesMost * shelvesMost)
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("links by category: %w", err)
	}
	var all []shelf
	for _, r := range rows {
		if r.Place == 1 {
			all = append(all, shelf{Category: r.CategoryID, Total: r.Total})
		}
		last := &all[len(all)-1]
		last.Links = append(last.Links, r.Link)
	}
	return all, nil
}

// Favourites are the viewer's, for the start page.
func (s *linkStore) Favourites(ctx context.Context, most int64) ([]Link, error) {
	v := auth.From(ctx)
	var rows []Link
	q := linkFilter{Show: "favourites"}.apply(shownColumns(s.DB.Read.NewSelect().TableExpr("links AS l"), v.ID), v)
	if err := q.OrderExpr("l.name_key, l.id").Limit(most).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("favourite links: %w", err)
	}
	return rows, nil
}

// Get is the link, if the viewer may know of it; also one in the trash.
// Errors: fault.NotFound.
func (s *linkStore) Get(ctx context.Context, n int64) (Link, error) {
	return s.get(ctx, s.DB.Read, n)
}

func (s *linkStore) get(ctx context.Context, db bun.IDB, n int64) (Link, error) {
	v := auth.From(ctx)
	var rows []Link
	err := shownColumns(db.NewSelect().TableExpr("links AS l"), v.ID).Where("l.id = ?", n).Scan(ctx, &rows)
	if err != nil {
		return Link{}, fmt.Errorf("link %d: %w", n, err)
	}
	if len(rows) == 0 || !rows[0].maySee(v) {
		return Link{}, errNoLink()
	}
	return rows[0], nil
}

// Same is a link of the same address that the viewer sees; the zero Link when there is none. The link of that id does not count.
func (s *linkStore) Same(ctx context.Context, db bun.IDB, address string, except int64) (Link, error) {
	v := auth.From(ctx)
	var rows []Link
	err := shownColumns(db.NewSelect().TableExpr("links AS l"), v.ID).Where("l.url_key = ?", addressKey(address)).Where("l.deleted_at IS NULL").Where("l.id <> ?", except).
		Apply(visibleTo(v)).OrderExpr("l.id").Limit(1).Scan(ctx, &rows)
	if err != nil {
		return Link{}, fmt.Errorf("links of the same address: %w", err)
	}
	if len(rows) == 0 {
		return Link{}, nil
	}
	return rows[0], nil
}

// History is a page of what happened to the link, the latest first.
func (s *linkStore) History(ctx context.Context, n int64, page int) ([]data.Line, bool, error) {
	var rows []data.Line
	err := s.DB.Read.NewSelect().Model(&rows).Where("kind = ?", "weblinks.link").Where("thing_id = ?", n).OrderExpr("id DESC").
		Limit(historySize + 1).Offset(int64(min(max(page-1, 0), 10_000) * historySize)).Scan(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("history of link %d: %w", n, err)
	}
	if len(rows) > historySize {
		return rows[:historySize], true, nil
	}
	return rows, false, nil
}

// historySize is how many lines a page of history has.
const historySize = 50

// live reports whether the viewer may hear of the topic.
func (s *linkStore) live(ctx context.Context, topic string) bool {
	all, err := s.heard(ctx, []string{topic})
	return err == nil && len(all) == 1
}

// heard are those of the topics that the viewer may hear, in one query.
func (s *linkStore) heard(ctx context.Context, topics []string) ([]string, error) {
	v := auth.From(ctx)
	if !v.Can(seeList) {
		return nil, nil
	}
	var may []string
	var ids []int64
	for _, t := range topics {
		if t == listTopic {
			may = append(may, t)
		} else if n, err := strconv.ParseInt(strings.TrimPrefix(t, linkTopic(0)[:len(linkTopic(0))-1]), 10, 64); err == nil {
			ids = append(ids, n)
		}
	}
	if len(ids) == 0 {
		return may, nil
	}
	var known []int64
	err := s.DB.Read.NewSelect().TableExpr("links AS l").Column("l.id").Where("l.id IN (?)", bun.In(ids)).Apply(visibleTo(v)).Scan(ctx, &known)
	if err != nil {
		return nil, fmt.Errorf("which links %d may hear of: %w", v.ID, err)
	}
	for _, n := range known {
		may = append(may, linkTopic(n))
	}
	return may, nil
}
