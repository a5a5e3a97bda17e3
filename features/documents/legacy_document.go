package documents

import (
	"context"
	"fmt"
	"slices"
	"time"

	"portal/app/data"
	"portal/app/feature"
	"portal/app/legacy"
)

func (a *arrival) takeDocuments(ctx context.Context) error {
	const table = "documents"
	rows, err := a.Unseen(ctx, table, feature.ByID)
	if err != nil {
		return err
	}
	if err := a.readChanges(ctx, rows); err != nil {
		return err
	}
	numbers, err := legacy.NumbersFor(ctx, a.tx, "documents", rows)
	if err != nil {
		return err
	}
	var ours []Document
	if err := a.tx.NewSelect().Model(&ours).Column("d.id", "d.title_key").OrderExpr("d.id").Scan(ctx); err != nil {
		return err
	}
	titles := map[string]int64{}
	for _, d := range ours {
		titles[d.TitleKey] = d.ID
	}
	var docs []Document
	var versions []Version
	for _, r := range rows {
		d, texts, mended := a.document(r)
		d.ID = numbers.Give(r.ID())
		if other := titles[d.TitleKey]; other != 0 {
			mended = append(mended, fmt.Sprintf("document %d has the same title: one of the two may go", other))
		} else {
			titles[d.TitleKey] = d.ID
		}
		for i := range texts {
			texts[i].DocumentID = d.ID
		}
		docs, versions = append(docs, d), append(versions, texts...)
		a.finish(table, feature.ByID(r), d.ID, mended)
	}
	if err := legacy.Insert(ctx, a.tx, docs); err != nil {
		return err
	}
	return legacy.Insert(ctx, a.tx, versions)
}

// readChanges reads what the old portal kept of the documents' earlier texts, and who is who.
func (a *arrival) readChanges(ctx context.Context, docs []legacy.Record) error {
	const table = "document_changes"
	rows, err := a.Unseen(ctx, table, feature.ByID)
	if err != nil {
		return err
	}
	there := map[int64]bool{}
	for _, r := range docs {
		there[r.ID()] = true
	}
	slices.SortFunc(rows, func(x, y legacy.Record) int { return int(x.ID() - y.ID()) })
	for _, r := range rows {
		n := r.Int("document_id")
		if !there[n] {
			a.Leave(table, feature.ByID(r), "Its document %d did not come over with it.", n)
			continue
		}
		a.changes[n] = append(a.changes[n], r)
		a.finish(table, feature.ByID(r), n, nil)
	}
	var people []struct {
		ID   int64
		Name string
	}
	if err := a.tx.NewSelect().Table("users").Column("id", "name").Scan(ctx, &people); err != nil {
		return fmt.Errorf("read people: %w", err)
	}
	for _, p := range people {
		a.names[p.ID] = p.Name
	}
	return nil
}

// document is an old row as ours, but for its id: its versions, the oldest first, and what was mended.
func (a *arrival) document(r legacy.Record) (Document, []Version, []string) {
	var mended []string
	title := r.Line("title")
	if title == "" {
		title = fmt.Sprintf("Document %d without a title", r.ID())
		mended = append(mended, "it had no title")
	}
	d := Document{
		Title: data.Cut(title, 256), TitleKey: data.Key(title), Private: r.Yes("is_private"), Template: r.Yes("is_template"), State: StateReleased, Version: 1, CreatedAt: a.made(r),
	}
	d.UpdatedAt = d.CreatedAt
	if at := r.Time("updated_at"); at != nil {
		d.UpdatedAt = *at
	}
	d.OwnerID = a.person(r, "created_by")
	d.CreatedBy = d.OwnerID
	if d.OwnerID == nil {
		mended = append(mended, "its owner is not there; it has none now")
		if d.Private {
			mended = append(mended, "it is private, so only administrators and those it is shared with see it")
		}
	}
	if r.Has("category_id") {
		if d.CategoryID = data.Optional(a.IDs.Of("document_categories", r.Int("category_id"))); d.CategoryID == nil {
			mended = append(mended, fmt.Sprintf("its category %d is not there; it lies in none", r.Int("category_id")))
		}
	}
	versions, said := a.versions(r, d)
	mended = append(mended, said...)
	d.Latest = int64(len(versions))
	d.Released, d.ReleasedAt = d.Latest, &d.UpdatedAt
	return d, versions, mended
}

// person is the account of an old id, nil when there is none.
func (a *arrival) person(r legacy.Record, column string) *int64 {
	return data.Optional(a.IDs.Of("user", r.Int(column)))
}

// versions are the document's texts, the oldest first. The old portal kept with each change the text before it, so the text of a
// version is what the next change says, and the newest one's stands in the document.
func (a *arrival) versions(r legacy.Record, d Document) ([]Version, []string) {
	var all []Version
	var mended []string
	add := func(html string, by *int64, at time.Time) {
		text, removed := legacy.Markdown(html)
		for _, s := range removed {
			if !slices.Contains(mended, s) {
				mended = append(mended, s)
			}
		}
		name := ""
		if by != nil {
			name = a.names[*by]
		}
		all = append(all, Version{Number: int64(len(all) + 1), Title: d.Title, Content: text, AuthorID: by, Author: name, CreatedAt: at})
	}
	changes := a.changes[r.ID()]
	for i, c := range changes {
		at := d.UpdatedAt
		if when := c.Time("changed_at"); when != nil {
			at = *when
		}
		html := r.Text("content")
		if i+1 < len(changes) {
			html = changes[i+1].Text("previous_content")
		}
		add(html, a.person(c, "changed_by"), at)
	}
	if len(all) == 0 {
		add(r.Text("content"), d.OwnerID, d.UpdatedAt)
	}
	return all, mended
}
