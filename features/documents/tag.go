package documents

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/data"
	"portal/app/fault"
)

// Tag is a row of document_tags: a word that documents of any category are marked with.
type Tag struct {
	bun.BaseModel `bun:"table:document_tags,alias:g"`

	ID        int64 `bun:",pk,autoincrement"`
	Name      string
	NameKey   string
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// tagLink is a row of document_tag_links.
type tagLink struct {
	bun.BaseModel `bun:"table:document_tag_links"`
	DocumentID    int64 `bun:",pk"`
	TagID         int64 `bun:",pk"`
}

// tagsMost is how many tags a document may have.
const tagsMost = 30

// tagsKey is the cache key of all tags.
const tagsKey = "documents.tags:all"

// Tags are all tags by their names. It runs no query while they are held.
func (s *documentStore) Tags(ctx context.Context) ([]Tag, error) {
	return s.tags.Get(ctx, "all", func(ctx context.Context) ([]Tag, error) { return loadTags(ctx, s.db.Read) })
}

func loadTags(ctx context.Context, db bun.IDB) ([]Tag, error) {
	var rows []Tag
	if err := db.NewSelect().Model(&rows).OrderExpr("g.name_key, g.id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("tags of documents: %w", err)
	}
	return rows, nil
}

// change is the sentence a write says about the tag.
func (g Tag) change(what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "documents", Kind: "tag", ID: g.ID, Version: g.Version, What: what, Title: g.Name, URL: "/documents?tags=" + id(g.ID),
		Fields: fields, Stale: []string{tagsKey, listFamily}, Live: []string{listTopic},
	}
}

// named are the ids of the tags called so, made where there are none, by their names: typed are names between commas.
// Errors: fault.Invalid at the field.
func namedTags(ctx context.Context, tx *data.Tx, typed string) ([]Tag, error) {
	all, err := loadTags(ctx, tx)
	if err != nil {
		return nil, err
	}
	var tags []Tag
	for part := range strings.SplitSeq(typed, ",") {
		name := strings.Join(strings.Fields(part), " ")
		switch {
		case name == "" || slices.ContainsFunc(tags, func(g Tag) bool { return g.NameKey == data.Key(name) }):
			continue
		case len([]rune(name)) > 60:
			return nil, fault.Field("tags", "A tag has at most 60 characters.")
		case len(tags) == tagsMost:
			return nil, fault.Field("tags", "A document has at most %d tags.", tagsMost)
		}
		if at := slices.IndexFunc(all, func(g Tag) bool { return g.NameKey == data.Key(name) }); at >= 0 {
			tags = append(tags, all[at])
			continue
		}
		g := Tag{Name: name, NameKey: data.Key(name), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if _, err := tx.NewInsert().Model(&g).Exec(ctx); data.Duplicate(err) {
			return nil, fault.Field("tags", "Somebody else just made the tag “%s”. Please save again.", name)
		} else if err != nil {
			return nil, fmt.Errorf("make a tag: %w", err)
		}
		tx.Changed(g.change("made the tag"))
		tags = append(tags, g)
	}
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(a.NameKey, b.NameKey) })
	return tags, nil
}

// tagNames are the names of the tags, between commas.
func tagNames(all []Tag, ids []int64) string {
	var names []string
	for _, g := range all {
		if slices.Contains(ids, g.ID) {
			names = append(names, g.Name)
		}
	}
	return strings.Join(names, ", ")
}

// split reads ids that are joined by commas; what is none is left out.
func split(joined string) []int64 {
	var all []int64
	for part := range strings.SplitSeq(joined, ",") {
		if n, err := strconv.ParseInt(strings.TrimSpace(part), 10, 64); err == nil && n > 0 && !slices.Contains(all, n) {
			all = append(all, n)
		}
	}
	return all
}

// join is the opposite of split.
func join(all []int64) string {
	var parts []string
	for _, n := range all {
		parts = append(parts, id(n))
	}
	return strings.Join(parts, ",")
}
