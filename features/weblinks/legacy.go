package weblinks

import (
	"context"
	"fmt"
	"strings"

	"portal/app/data"
	"portal/app/feature"
	"portal/app/legacy"
)

// arrival is the old portal's links on their way here.
type arrival struct {
	feature.Legacy
	tx     *data.Tx
	people map[string]int64 // by folded user name
	fresh  int              // rows that came over
}

// importLegacy brings over links with their categories and tags. What came over before is left as people have made it since.
func importLegacy(ctx context.Context, tx *data.Tx, l feature.Legacy) error {
	a := &arrival{Legacy: l, tx: tx, people: map[string]int64{}}
	l.Step("weblinks")
	if err := a.readPeople(ctx); err != nil {
		return err
	}
	for _, w := range []struct {
		table string
		kind  wordKind
	}{{"weblink_categories", categoryKind}, {"weblink_tags", tagKind}} {
		if err := a.takeWords(ctx, w.table, w.kind); err != nil {
			return fmt.Errorf("%s: %w", w.table, err)
		}
	}
	if err := a.takeLinks(ctx); err != nil {
		return fmt.Errorf("weblinks: %w", err)
	}
	if err := a.takeTags(ctx); err != nil {
		return fmt.Errorf("tags of weblinks: %w", err)
	}
	if a.fresh > 0 {
		tx.Changed(data.Change{Feature: "weblinks", Kind: "import", What: "brought over links from the old portal", Title: "Weblinks", URL: listPath, Live: []string{listTopic}})
	}
	return nil
}

func (a *arrival) readPeople(ctx context.Context) error {
	var people []struct {
		ID          int64
		UsernameKey string
	}
	if err := a.tx.NewSelect().Table("users").Column("id", "username_key").Scan(ctx, &people); err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	for _, p := range people {
		a.people[p.UsernameKey] = p.ID
	}
	return nil
}

// finish counts a row that came over.
func (a *arrival) finish(table, key string, n int64, mended []string) {
	a.Finish(table, key, n, mended)
	a.fresh++
}

// takeWords folds the old categories or tags into ours by their names.
func (a *arrival) takeWords(ctx context.Context, table string, k wordKind) error {
	rows, err := a.Unseen(ctx, table, feature.ByID)
	if err != nil {
		return err
	}
	all, err := heldWords(ctx, a.tx, k)
	if err != nil {
		return err
	}
	for _, r := range rows {
		old := r.Line("name")
		name := data.Cut(oneLine(strings.NewReplacer(",", " ", ";", " ").Replace(old)), wordMost)
		if k == categoryKind {
			name = data.Cut(old, wordMost)
		}
		if name == "" {
			a.Leave(table, feature.ByID(r), "The %s has no name.", k.name)
			continue
		}
		if have := named(all, name); have.ID != 0 {
			a.Report.Merge(table, feature.ByID(r), "%s is the %s %s.", old, k.name, have.Name)
			a.IDs.Keep(table, feature.ByID(r), have.ID)
			continue
		}
		w, err := makeWord(ctx, a.tx, k, name)
		if err != nil {
			return err
		}
		all = append(all, w)
		var mended []string
		if name != old {
			mended = append(mended, fmt.Sprintf("%s is written %s now", old, name))
		}
		a.finish(table, feature.ByID(r), w.ID, mended)
	}
	return nil
}

// takeLinks brings over the links. A row whose address is none is left out and
// reported with all it said; addresses that mean the same page stay apart, and are reported.
func (a *arrival) takeLinks(ctx context.Context) error {
	const table = "weblinks"
	rows, err := a.Unseen(ctx, table, feature.ByID)
	if err != nil || len(rows) == 0 {
		return err
	}
	numbers, err := legacy.NumbersFor(ctx, a.tx, "links", rows)
	if err != nil {
		return err
	}
	var have []struct {
		ID     int64
		URLKey string
	}
	if err := a.tx.NewSelect().Table("links").Column("id", "url_key").OrderExpr("id").Scan(ctx, &have); err != nil {
		return err
	}
	byKey := map[string]int64{}
	for _, h := range have {
		byKey[h.URLKey] = h.ID
	}
	var links []Link
	for _, r := range rows {
		l, mended, why := a.link(r)
		if why != "" {
			a.Leave(table, feature.ByID(r), "“%s” stays behind: %s It was: %s", data.Shorten(r.Line("friendly_name"), 100), why, data.Shorten(r.Line("url"), 200))
			continue
		}
		l.ID = numbers.Give(r.ID())
		if other := byKey[l.URLKey]; other != 0 {
			mended = append(mended, fmt.Sprintf("its address leads where link %d leads, too: one of the two may go", other))
		} else {
			byKey[l.URLKey] = l.ID
		}
		links = append(links, l)
		a.finish(table, feature.ByID(r), l.ID, mended)
	}
	return legacy.Insert(ctx, a.tx, links)
}

// link is the old row as ours; why says why there can be none.
func (a *arrival) link(r legacy.Record) (l Link, mended []string, why string) {
	old := strings.TrimSpace(r.Text("url"))
	address, err := readAddress(old)
	if err != nil {
		return l, nil, saidAt(err)
	}
	if address != old {
		mended = append(mended, fmt.Sprintf("its address %s is %s now", data.Shorten(old, 100), data.Shorten(address, 100)))
	}
	l = Link{URL: address, Name: r.Line("friendly_name"), SeenBy: seenByAll, Version: 1, CreatedAt: a.tx.Now, Icon: legacy.Icon(r.Text("icon"), "")}
	var removed []string
	l.Notes, removed = legacy.Markdown(r.Text("notes"))
	mended = append(mended, removed...)
	if l.Name == "" {
		l.Name = data.Cut(placeOf(address), 200)
		mended = append(mended, "it had no name; it is called after its address")
	}
	known := l.Icon == ""
	for _, name := range icons {
		known = known || name == l.Icon
	}
	if !known {
		l.Icon = ""
	}
	if r.Has("category_id") {
		if l.CategoryID = data.Optional(a.IDs.Of("weblink_categories", r.Int("category_id"))); l.CategoryID == nil {
			mended = append(mended, fmt.Sprintf("its category %d is not there", r.Int("category_id")))
		}
	}
	if by := r.Line("created_by"); by != "" {
		if l.OwnerID = data.Optional(a.people[data.Fold(by)]); l.OwnerID == nil && data.Fold(by) != "system" {
			mended = append(mended, fmt.Sprintf("there is no account %s, who made it; it has no owner", data.Shorten(by, 60)))
		}
	}
	if at := r.Time("created_at"); at != nil {
		l.CreatedAt = *at
	}
	if l.UpdatedAt = l.CreatedAt; r.Time("updated_at") != nil {
		l.UpdatedAt = *r.Time("updated_at")
	}
	l.fill()
	return l, mended, ""
}

// takeTags brings over which link has which tag.
func (a *arrival) takeTags(ctx context.Context) error {
	const table = "weblink_tag_association"
	pair := func(r legacy.Record) string { return legacy.Key(r.Int("weblink_id"), r.Int("tag_id")) }
	rows, err := a.Unseen(ctx, table, pair)
	if err != nil {
		return err
	}
	has := map[tagOf]bool{}
	var have []tagOf
	if err := a.tx.NewSelect().Table("link_tag_links").Column("link_id", "tag_id").Scan(ctx, &have); err != nil {
		return err
	}
	for _, h := range have {
		has[h] = true
	}
	var fresh []tagOf
	for _, r := range rows {
		one := tagOf{LinkID: a.IDs.Of("weblinks", r.Int("weblink_id")), TagID: a.IDs.Of("weblink_tags", r.Int("tag_id"))}
		switch {
		case one.LinkID == 0 || one.TagID == 0:
			a.Leave(table, pair(r), "The link or the tag is not there.")
		case has[one]:
			a.Report.Merge(table, pair(r), "The link has the tag already.")
			a.IDs.Keep(table, pair(r), one.LinkID)
		default:
			has[one] = true
			fresh = append(fresh, one)
			a.finish(table, pair(r), one.LinkID, nil)
		}
	}
	return legacy.Insert(ctx, a.tx, fresh)
}
