package documents

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"portal/app/data"
	"portal/app/feature"
	"portal/app/legacy"
)

// arrival is the old portal's documents on their way here.
type arrival struct {
	feature.Legacy
	tx      *data.Tx
	changes map[int64][]legacy.Record // of each old document, in their order
	names   map[int64]string          // of people, by id
	fresh   bool                      // something came over
}

// importLegacy brings over documents with their categories, tags, versions and shares. What came over before is left as people
// have made it since.
func importLegacy(ctx context.Context, tx *data.Tx, l feature.Legacy) error {
	a := &arrival{Legacy: l, tx: tx, changes: map[int64][]legacy.Record{}, names: map[int64]string{}}
	for _, part := range []struct {
		step string
		do   func(context.Context) error
	}{
		{"categories of documents", a.takeCategories}, {"tags of documents", a.takeTags}, {"documents", a.takeDocuments},
		{"tags on documents", a.takeLinks}, {"shares of documents", a.takeShares},
	} {
		l.Step(part.step)
		if err := part.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.step, err)
		}
	}
	if a.fresh {
		tx.Changed(data.Change{
			Feature: "documents", Kind: "import", What: "brought over documents from the old portal", Title: "Documents", URL: "/documents",
			Stale: []string{treeKey, tagsKey, listFamily, feature.ClearPrefix + "documents.document"}, Live: []string{listTopic},
		})
	}
	return nil
}

// finish counts a row that came over.
func (a *arrival) finish(table, key string, id int64, mended []string) {
	a.Finish(table, key, id, mended)
	a.fresh = true
}

func (a *arrival) takeCategories(ctx context.Context) error {
	const table = "document_categories"
	rows, err := a.Unseen(ctx, table, feature.ByID)
	if err != nil {
		return err
	}
	t, err := loadTree(ctx, a.tx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		old := r.Line("name")
		name := data.Cut(strings.ReplaceAll(old, "/", "-"), 100)
		if name == "" {
			a.Leave(table, feature.ByID(r), "The category has no name; what lay in it lies in none.")
			continue
		}
		at := slices.IndexFunc(t.All, func(c Category) bool { return c.ParentID == nil && c.NameKey == data.Key(name) })
		if at >= 0 {
			a.Fold(table, feature.ByID(r), t.All[at].ID, "%s is the category %s.", old, t.All[at].Name)
			continue
		}
		c := Category{Name: name, NameKey: data.Key(name), Version: 1, CreatedAt: a.made(r), UpdatedAt: a.made(r)}
		if _, err := a.tx.NewInsert().Model(&c).Exec(ctx); err != nil {
			return err
		}
		t.All = append(t.All, c)
		a.finish(table, feature.ByID(r), c.ID, renamed(old, name))
	}
	return nil
}

// made is when the row was made; now when that is not known.
func (a *arrival) made(r legacy.Record) time.Time {
	if at := r.Time("created_at"); at != nil {
		return *at
	}
	return a.tx.Now
}

// renamed says that a name is written otherwise now.
func renamed(old, name string) []string {
	if old == name {
		return nil
	}
	return []string{fmt.Sprintf("%s is called %s now", data.Shorten(old, 100), name)}
}

func (a *arrival) takeTags(ctx context.Context) error {
	const table = "document_tags"
	rows, err := a.Unseen(ctx, table, feature.ByID)
	if err != nil {
		return err
	}
	all, err := loadTags(ctx, a.tx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		old := r.Line("name")
		name := strings.TrimSpace(data.Cut(strings.Join(strings.Fields(strings.ReplaceAll(old, ",", " ")), " "), 60))
		if name == "" {
			a.Leave(table, feature.ByID(r), "The tag has no name.")
			continue
		}
		if at := slices.IndexFunc(all, func(g Tag) bool { return g.NameKey == data.Key(name) }); at >= 0 {
			a.Fold(table, feature.ByID(r), all[at].ID, "%s is the tag %s.", old, all[at].Name)
			continue
		}
		g := Tag{Name: name, NameKey: data.Key(name), Version: 1, CreatedAt: a.made(r), UpdatedAt: a.made(r)}
		if _, err := a.tx.NewInsert().Model(&g).Exec(ctx); err != nil {
			return err
		}
		all = append(all, g)
		a.finish(table, feature.ByID(r), g.ID, renamed(old, name))
	}
	return nil
}

func (a *arrival) takeLinks(ctx context.Context) error {
	const table = "document_tag_association"
	key := func(r legacy.Record) string { return legacy.Key(r.Int("document_id"), r.Int("tag_id")) }
	rows, err := a.Unseen(ctx, table, key)
	if err != nil {
		return err
	}
	var ours []tagLink
	if err := a.tx.NewSelect().Model(&ours).Scan(ctx); err != nil {
		return err
	}
	have := map[[2]int64]bool{}
	for _, l := range ours {
		have[[2]int64{l.DocumentID, l.TagID}] = true
	}
	var fresh []tagLink
	for _, r := range rows {
		doc, tag := a.IDs.Of("documents", r.Int("document_id")), a.IDs.Of("document_tags", r.Int("tag_id"))
		switch {
		case doc == 0:
			a.Leave(table, key(r), "There is no document %d.", r.Int("document_id"))
		case tag == 0:
			a.Leave(table, key(r), "There is no tag %d.", r.Int("tag_id"))
		case have[[2]int64{doc, tag}]:
			a.Fold(table, key(r), doc, "The document has this tag already.")
		default:
			have[[2]int64{doc, tag}] = true
			fresh = append(fresh, tagLink{DocumentID: doc, TagID: tag})
			a.finish(table, key(r), doc, nil)
		}
	}
	return legacy.Insert(ctx, a.tx, fresh)
}

// oldLevels are what the old portal's shares allowed, in our words.
var oldLevels = map[string]string{"read": "read", "write": "write", "admin": "manage"}

// takeShares brings over shares; of several for one person the one that allows most counts.
func (a *arrival) takeShares(ctx context.Context) error {
	const table = "document_shares"
	rows, err := a.Unseen(ctx, table, feature.ByID)
	if err != nil {
		return err
	}
	var ours []Share
	if err := a.tx.NewSelect().Model(&ours).Where("document_id IS NOT NULL").Where("user_id IS NOT NULL").Scan(ctx); err != nil {
		return err
	}
	have := map[[2]int64]Level{}
	for _, s := range ours {
		have[[2]int64{data.OrZero(s.DocumentID), data.OrZero(s.UserID)}] = levels[s.Level]
	}
	for _, r := range rows {
		doc, user, level := a.IDs.Of("documents", r.Int("document_id")), a.person(r, "user_id"), oldLevels[strings.ToLower(r.Line("permission"))]
		switch {
		case doc == 0:
			a.Leave(table, feature.ByID(r), "There is no document %d.", r.Int("document_id"))
			continue
		case user == nil:
			a.Leave(table, feature.ByID(r), "There is no account %d.", r.Int("user_id"))
			continue
		case level == "":
			a.Leave(table, feature.ByID(r), "Nobody knows what %q allows.", data.Shorten(r.Line("permission"), 40))
			continue
		}
		at := [2]int64{doc, *user}
		if have[at] >= levels[level] {
			a.Fold(table, feature.ByID(r), doc, "The document is shared with that person already, for as much.")
			continue
		}
		if have[at] != LevelNone {
			if _, err := a.tx.NewUpdate().Model((*Share)(nil)).Set("level = ?", level).Where("document_id = ?", doc).Where("user_id = ?", *user).Exec(ctx); err != nil {
				return err
			}
			a.Fold(table, feature.ByID(r), doc, "The document is shared with that person already; for more now.")
			a.fresh = true
		} else {
			row := Share{DocumentID: &doc, UserID: user, Level: level, CreatedAt: a.made(r)}
			if _, err := a.tx.NewInsert().Model(&row).Exec(ctx); err != nil {
				return err
			}
			a.finish(table, feature.ByID(r), doc, nil)
		}
		have[at] = levels[level]
	}
	return nil
}
