package weblinks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// What becomes of a row of a file.
const (
	importAdds   = "add"
	importMerges = "merge" // the link that is there takes what it has not yet
	importKeeps  = "keep"  // the link is there already
	importWrong  = "wrong"
)

// importLine is what becomes of one row, and why.
type importLine struct {
	importRow
	Does string
	Said string // what is wrong, or what the link has not yet
	form linkForm
	have Link // the link that is there
}

// importPlan is what would become of a file.
type importPlan struct {
	Lines []importLine
	Done  bool // it has become so
}

// Count is how many rows do that.
func (p importPlan) Count(does string) int {
	n := 0
	for _, l := range p.Lines {
		if l.Does == does {
			n++
		}
	}
	return n
}

// Plan says what would become of the rows; with merge, links that are there take what they have not yet.
func (s *linkStore) Plan(ctx context.Context, rows []importRow, merge bool) (importPlan, error) {
	have, err := s.byAddress(ctx, rows)
	if err != nil {
		return importPlan{}, err
	}
	w, err := s.Words(ctx)
	if err != nil {
		return importPlan{}, err
	}
	p := importPlan{Lines: make([]importLine, 0, len(rows))}
	first := map[string]int{} // of the file's rows with that address
	for _, r := range rows {
		l := importLine{importRow: r, Does: importAdds}
		l.form, err = formRead(r.plainLink)
		key := addressKey(l.form.URL)
		switch place, twice := first[key]; {
		case err != nil:
			l.Does, l.Said = importWrong, saidAt(err)
		case have[key].ID != 0:
			l.have, l.Does = have[key], importKeeps
			if more := adds(formOf(l.have, w), l.form); merge && len(more) > 0 && !twice {
				l.Does, l.Said = importMerges, "takes "+strings.ToLower(strings.Join(more, ", "))
			}
		case twice:
			l.Does, l.Said = importKeeps, fmt.Sprintf("the same address stands in %d", place)
		}
		if err == nil && first[key] == 0 {
			first[key] = r.Place
		}
		p.Lines = append(p.Lines, l)
	}
	return p, nil
}

// formRead is a row of a file as a form. A name that is too long goes into the notes as a whole.
// Errors: fault.Invalid by field.
func formRead(l plainLink) (linkForm, error) {
	f := linkForm{URL: l.URL, Name: oneLine(clean(l.Name)), Notes: strings.TrimSpace(clean(l.Notes)), Category: oneLine(clean(l.Category)), Tags: clean(strings.Join(l.Tags, ", ")), Icon: l.Icon, Pinned: l.Pinned}
	if utf8.RuneCountInString(f.Name) > 200 {
		if f.Notes != "" {
			f.Notes = "\n\n" + f.Notes
		}
		f.Notes, f.Name = f.Name+f.Notes, data.Cut(f.Name, 200)
	}
	if !slices.Contains(icons, f.Icon) {
		f.Icon = ""
	}
	switch {
	case utf8.RuneCountInString(f.Notes) > 10_000:
		return f, fault.Field("notes", "The notes have more than 10,000 characters.")
	case utf8.RuneCountInString(f.Category) > wordMost:
		return f, fault.Field("category", "The category has more than %d characters.", wordMost)
	}
	err := f.tidy()
	if err == nil && f.Name == "" {
		f.Name = data.Cut(placeOf(f.URL), 200)
	}
	return f, err
}

func clean(s string) string { return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "") }

// adds are the labels of what the form has and the link not yet.
func adds(have, f linkForm) []string {
	var more []string
	for _, v := range []struct{ label, have, is string }{{"Category", have.Category, f.Category}, {"Notes", have.Notes, f.Notes}, {"Icon", have.Icon, f.Icon}} {
		if v.have == "" && v.is != "" {
			more = append(more, v.label)
		}
	}
	if both := union(have.Tags, f.Tags); len(both) > len(union(have.Tags, "")) && len(both) <= tagsMost {
		more = append(more, "Tags")
	}
	return more
}

// union are the tags of both.
func union(a, b string) []string {
	all, _ := tagsTyped(a + "," + b) // too many are left out by who asks
	if all == nil && a+b != "" {
		all = strings.Split(a+","+b, ",")
	}
	return all
}

// byAddress are the links that the viewer sees of the rows' addresses.
func (s *linkStore) byAddress(ctx context.Context, rows []importRow) (map[string]Link, error) {
	var keys []string
	for _, r := range rows {
		if address, err := readAddress(r.URL); err == nil {
			keys = append(keys, addressKey(address))
		}
	}
	v := auth.From(ctx)
	have := map[string]Link{}
	for part := range slices.Chunk(keys, exportSlice) {
		var found []Link
		err := shownColumns(s.DB.Read.NewSelect().TableExpr("links AS l"), v.ID).Where("l.url_key IN (?)", bun.In(part)).Where("l.deleted_at IS NULL").
			Apply(visibleTo(v)).OrderExpr("l.id").Scan(ctx, &found)
		if err != nil {
			return nil, fmt.Errorf("links of a file's addresses: %w", err)
		}
		for _, l := range found {
			if have[l.URLKey].ID == 0 {
				have[l.URLKey] = l
			}
		}
	}
	return have, nil
}

// importSlice is how many links are added at once, so that others need not wait for all of a large file. What is broken off,
// goes on where it was when the file is imported again.
const importSlice = 1000

// Import does what the plan says: new links by the thousand, then each that takes something. Rows that are wrong are left out.
// Whatever became otherwise meanwhile, its line says.
func (s *linkStore) Import(ctx context.Context, p importPlan, seenBy string) (importPlan, error) {
	var fresh []*importLine
	for i := range p.Lines {
		if p.Lines[i].Does == importAdds {
			p.Lines[i].form.SeenBy = seenBy
			fresh = append(fresh, &p.Lines[i])
		}
	}
	for part := range slices.Chunk(fresh, importSlice) {
		if err := s.DB.Write(ctx, func(tx *data.Tx) error { return s.addMany(ctx, tx, part) }); err != nil {
			return p, err
		}
	}
	for i := range p.Lines {
		l := &p.Lines[i]
		if l.Does != importMerges {
			continue
		}
		_, err := s.edit(ctx, l.have.ID, func(was linkForm) (linkForm, error) {
			f := was
			f.Version = l.have.Version
			f.Category, f.Notes, f.Icon = given(was.Category, l.form.Category), given(was.Notes, l.form.Notes), given(was.Icon, l.form.Icon)
			if both := union(was.Tags, l.form.Tags); len(both) <= tagsMost {
				f.Tags = strings.Join(both, ", ")
			}
			return f, f.tidy()
		}, []string{"category", "notes", "icon", "tags"})
		if err != nil && fault.Of(err).Kind == fault.Broken {
			return p, err
		}
		if err != nil {
			l.Does, l.Said = importWrong, saidAt(err)
		}
	}
	p.Done = true
	return p, nil
}

// given is what there is, or what comes when there is nothing.
func given(have, comes string) string {
	if have == "" {
		return comes
	}
	return have
}

// addMany writes new links with their categories and tags, many in a statement.
func (s *linkStore) addMany(ctx context.Context, tx *data.Tx, lines []*importLine) error {
	ids := map[wordKind]map[string]int64{categoryKind: {}, tagKind: {}}
	for _, k := range []wordKind{categoryKind, tagKind} {
		var names []string
		for _, l := range lines {
			if k == categoryKind && l.form.Category != "" {
				names = append(names, l.form.Category)
			} else if k == tagKind {
				tags, _ := tagsTyped(l.form.Tags) // tidy has looked at them
				names = append(names, tags...)
			}
		}
		seen := map[string]bool{}
		names = slices.DeleteFunc(names, func(n string) bool {
			had := seen[data.Key(n)]
			seen[data.Key(n)] = true
			return had
		})
		made, err := wordsNamed(ctx, tx, k, names)
		if err != nil {
			return err
		}
		for i, n := range names {
			ids[k][data.Key(n)] = made[i]
		}
	}
	me := auth.From(ctx).ID
	var rows []Link
	for _, l := range lines {
		f := l.form
		one := Link{URL: f.URL, Name: f.Name, Notes: f.Notes, Icon: f.Icon, SeenBy: f.SeenBy, Pinned: f.Pinned, OwnerID: data.Optional(me), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if f.Category != "" {
			one.CategoryID = data.Optional(ids[categoryKind][data.Key(f.Category)])
		}
		one.fill()
		rows = append(rows, one)
	}
	var last int64
	if err := tx.NewSelect().Table("links").ColumnExpr("COALESCE(MAX(id), 0)").Scan(ctx, &last); err != nil {
		return err
	}
	for part := range slices.Chunk(rows, exportSlice) {
		if _, err := tx.NewInsert().Model(&part).Returning("NULL").Exec(ctx); err != nil {
			return fmt.Errorf("add links: %w", err)
		}
	}
	return s.hangMany(ctx, tx, lines, last, ids[tagKind])
}

// hangMany gives the links that this write has made their tags, and says of each that it came.
func (s *linkStore) hangMany(ctx context.Context, tx *data.Tx, lines []*importLine, last int64, tags map[string]int64) error {
	var made []Link
	q := tx.NewSelect().TableExpr("links AS l").Column("l.id", "l.url_key", "l.name", "l.url").Where("l.id > ?", last).Where("l.created_at = ?", tx.Now)
	if me := auth.From(ctx).ID; me != 0 {
		q = q.Where("l.owner_id = ?", me)
	}
	if err := q.Scan(ctx, &made); err != nil {
		return fmt.Errorf("links that were added: %w", err)
	}
	byKey := map[string]int64{}
	for _, l := range made {
		byKey[l.URLKey] = l.ID
		l.Version = 1
		tx.Changed(l.change("imported the link", data.Field{Name: "url", New: l.URL}))
	}
	var rows []tagOf
	for _, l := range lines {
		names, _ := tagsTyped(l.form.Tags)
		for _, n := range names {
			rows = append(rows, tagOf{LinkID: byKey[addressKey(l.form.URL)], TagID: tags[data.Key(n)]})
		}
	}
	for part := range slices.Chunk(rows, exportSlice) {
		if _, err := tx.NewInsert().Model(&part).ModelTableExpr("link_tag_links").Exec(ctx); err != nil {
			return fmt.Errorf("tags of links that were added: %w", err)
		}
	}
	return nil
}
