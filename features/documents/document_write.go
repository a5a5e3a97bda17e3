package documents

import (
	"context"
	"fmt"
	"slices"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/formresult"
)

// words are what ids stand for, read within the write.
func (s *documentStore) words(ctx context.Context, t *tree) (words, error) {
	people, err := s.users.People(ctx)
	return words{tree: t, people: func(n int64) string { return people.ByID(n).Name }}, err
}

// Create makes a document whose first version is what the form holds, released at once when it says so.
// Errors: fault.Invalid at the field that is wrong; fault.Forbidden.
func (s *documentStore) Create(ctx context.Context, f documentForm) (Document, error) {
	var d Document
	me := auth.From(ctx)
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		sent := formresult.Form{Makes: "document", Once: f.Once}
		if made, err := sent.Before(ctx, tx); err != nil || made != 0 {
			tx.Unchanged()
			d.ID = made
			return err
		}
		t, err := loadTree(ctx, tx)
		if err != nil {
			return err
		}
		d = Document{State: StateDraft, Latest: 1, CreatedBy: data.Optional(me.ID), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if err := s.fits(ctx, t, f, Document{}); err != nil {
			return err
		}
		if err := f.into(&d); err != nil {
			return err
		}
		tags, err := namedTags(ctx, tx, f.Tags)
		if err != nil {
			return err
		}
		if f.Release {
			d.State, d.Released, d.ReleasedAt = StateReleased, 1, &tx.Now
		}
		if _, err := tx.NewInsert().Model(&d).Exec(ctx); err != nil {
			return fmt.Errorf("make a document: %w", err)
		}
		if err := keepVersion(ctx, tx, d, f); err != nil {
			return err
		}
		if err := keepTags(ctx, tx, d.ID, tags); err != nil {
			return err
		}
		if f.Release {
			if err := decide(ctx, tx, d, decidedReleased, ""); err != nil {
				return err
			}
		}
		tx.Changed(d.change("made the document"))
		return sent.Keep(ctx, tx, d.ID)
	})
	return d, err
}

// fits is what is wrong with the form beside its shape: was is the document before, the zero Document for a new one.
// Errors: fault.Invalid at the field; fault.Forbidden.
func (s *documentStore) fits(ctx context.Context, t *tree, f documentForm, was Document) error {
	me := auth.From(ctx)
	people, err := s.users.People(ctx)
	if err != nil {
		return err
	}
	if f.Category != 0 && f.Category != data.OrZero(was.CategoryID) {
		category := &f.Category
		switch {
		case !t.mayKnow(f.Category, me):
			return fault.Field("category", "Choose a category from the list.")
		case t.closed(category) && !me.Admin() && t.shared(category, me) < LevelWrite:
			return fault.Field("category", "You may read what lies in “%s”, but put nothing into it.", t.name(category))
		}
	}
	if f.Owner != data.OrZero(was.OwnerID) && f.Owner != 0 && people.ByID(f.Owner).ID == 0 {
		return fault.Field("owner", "Choose a person from the list.")
	}
	if f.Owner == 0 && f.Private {
		return fault.Field("owner", "A private document has an owner: else nobody could open it.")
	}
	return nil
}

// lock reads the document for writing, if the viewer may do with it what least says; from the trash when deleted is set.
// The lock comes first: on MySQL a transaction sees everything as it was at its first plain read.
// https://dev.mysql.com/doc/refman/8.0/en/innodb-consistent-read.html
// Errors: fault.NotFound; fault.Forbidden.
func (s *documentStore) lock(ctx context.Context, tx *data.Tx, n int64, least Level, deleted bool) (heldDocument, *tree, error) {
	if tx.MySQL {
		var found []int64
		if err := tx.Lock(tx.NewSelect().Table("documents").Column("id").Where("id = ?", n)).Scan(ctx, &found); err != nil {
			return heldDocument{}, nil, fmt.Errorf("lock document %d: %w", n, err)
		}
	}
	t, err := loadTree(ctx, tx)
	if err != nil {
		return heldDocument{}, nil, err
	}
	h, err := loadHeld(ctx, tx, n)
	if err != nil {
		return h, t, err
	}
	l := h.level(t, auth.From(ctx))
	switch {
	case l == LevelNone, (h.Document.DeletedAt != nil) != deleted, data.TrashOver(h.Document.DeletedAt, tx.Now):
		return h, t, errNoDocument()
	case l < least && least == LevelManage:
		return h, t, errNotManager()
	case l < least:
		return h, t, errNotWriter()
	}
	return h, t, nil
}

// Update writes the form over the document: a new version when its title or text changed, and what else it says.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field; *data.Clash when somebody else changed the same.
func (s *documentStore) Update(ctx context.Context, n int64, f documentForm) (Document, error) {
	var d Document
	me := auth.From(ctx)
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, t, err := s.lock(ctx, tx, n, LevelWrite, false)
		if err != nil {
			return err
		}
		d = h.Document
		now, err := loadVersion(ctx, tx, n, d.Latest)
		if err != nil {
			return err
		}
		tags, err := loadTags(ctx, tx)
		if err != nil {
			return err
		}
		w, err := s.words(ctx, t)
		if err != nil {
			return err
		}
		theirs := formOf(h, now, tags)
		f = f.tidy()
		names, err := s.merge(ctx, tx, d, w, now, theirs, f)
		if err != nil {
			return err
		}
		f = f.with(theirs, names)
		if h.level(t, me) < LevelManage && (f.Owner != theirs.Owner || f.Private != theirs.Private || f.Category != theirs.Category && (t.closed(d.CategoryID) || t.closed(data.Optional(f.Category)))) {
			return errNotManager() // who writes it decides neither whose it is nor who else sees it
		}
		if err := s.fits(ctx, t, f, d); err != nil {
			return err
		}
		return s.rewrite(ctx, tx, h, w, theirs, f, &d)
	})
	return d, err
}

// merge decides which of the form's fields to write, after others have saved since it was opened.
// Errors: *data.Clash.
func (s *documentStore) merge(ctx context.Context, tx *data.Tx, d Document, w words, now Version, theirs, mine documentForm) ([]string, error) {
	names, err := tx.Merge(ctx, "documents.document", d.ID, mine.Version, w.edited(theirs), w.edited(mine))
	clash, clashes := data.ClashOf(err)
	if err != nil && !clashes {
		return nil, err
	}
	if clashes {
		clash.Version = d.Version
	}
	if mine.Content == theirs.Content {
		return names, err
	}
	base := now
	if mine.Base != 0 && mine.Base != now.Number {
		base, err = loadVersion(ctx, tx, d.ID, mine.Base)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	switch {
	case clashes:
		err = clash
	case base.Content == mine.Content: // only they changed it
		return names, nil
	case base.Content == theirs.Content:
		return append(names, "content"), nil
	default:
		clash = &data.Clash{Fault: fault.New(fault.Conflict, "Somebody else changed this while you were writing."), Version: d.Version}
		err = clash
	}
	clash.Who = now.Author
	if base.Content == mine.Content {
		clash.Theirs = append(clash.Theirs, data.Edited{Name: "content", Value: theirs.Content})
	} else if base.Content != theirs.Content {
		clash.Fields = append(clash.Fields, data.ClashField{
			Base:   base.Content,
			Theirs: data.Edited{Name: "content", Label: labels["content"], Value: theirs.Content, Shown: theirs.Content},
			Mine:   data.Edited{Name: "content", Label: labels["content"], Value: mine.Content, Shown: mine.Content},
		})
	}
	return nil, err
}

// rewrite writes the form, which is what the document shall be.
func (s *documentStore) rewrite(ctx context.Context, tx *data.Tx, h heldDocument, w words, before, f documentForm, d *Document) error {
	fields := data.Changed(w.edited(before), w.edited(f))
	text := before.Title != f.Title || before.Content != f.Content
	if before.Content != f.Content {
		fields = append(fields, data.Field{Name: "content", Old: "version " + id(d.Latest), New: "version " + id(d.Latest+1)})
	}
	if len(fields) == 0 && (!f.Release || d.State == StateReleased) {
		tx.Unchanged()
		return nil
	}
	title, key := d.Title, d.TitleKey
	if err := f.into(d); err != nil {
		return err
	}
	if d.Released != 0 && !f.Release { // readers go on to see what is released
		d.Title, d.TitleKey = title, key
	}
	if text {
		d.Latest++
		d.State = StateDraft
		if err := keepVersion(ctx, tx, *d, f); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(fields, func(c data.Field) bool { return c.Name == "tags" }) {
		tags, err := namedTags(ctx, tx, f.Tags)
		if err != nil {
			return err
		}
		if err := keepTags(ctx, tx, d.ID, tags); err != nil {
			return err
		}
	}
	what := sentence(fields)
	if f.Release && d.State != StateReleased {
		if err := decide(ctx, tx, *d, decidedReleased, ""); err != nil {
			return err
		}
		d.State, d.Released, d.ReleasedAt = StateReleased, d.Latest, &tx.Now
		if len(fields) == 0 {
			what = "released version " + id(d.Latest)
		} else {
			what += " and released version " + id(d.Latest)
		}
		h.Document = *d
		if err := s.tellDecided(ctx, tx, h, w.tree, decidedReleased); err != nil {
			return err
		}
	}
	return save(ctx, tx, d, what, fields...)
}

// save writes the row and says what happened.
func save(ctx context.Context, tx *data.Tx, d *Document, what string, fields ...data.Field) error {
	was := d.Version
	d.Version, d.UpdatedAt = was+1, tx.Now
	ours, err := tx.UpdateIf(ctx, d, was, "title", "title_key", "category_id", "owner_id", "private", "template", "review_on", "state", "latest", "released",
		"released_at", "deleted_at", "version", "updated_at")
	if err == nil && !ours {
		err = fault.New(fault.Conflict, "Somebody else changed this document at the same moment. Please try again.")
	}
	if err != nil {
		return fmt.Errorf("save document %d: %w", d.ID, err)
	}
	c := d.change(what, fields...)
	if slices.ContainsFunc(fields, func(f data.Field) bool { return f.Name == "private" || f.Name == "category" || f.Name == "owner" }) {
		c.Guard = "" // who no longer knows of it has it on screen still: their list asks anew
	}
	tx.Changed(c)
	return nil
}

// Delete moves the document to the trash, or takes it back, with all that hangs on it.
// Errors: fault.NotFound, also when it is there already; fault.Forbidden.
func (s *documentStore) Delete(ctx context.Context, n int64, deleted bool) (Document, error) {
	var d Document
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, _, err := s.lock(ctx, tx, n, LevelManage, !deleted)
		if err != nil {
			return err
		}
		d = h.Document
		if deleted {
			d.DeletedAt = &tx.Now
			return save(ctx, tx, &d, "moved the document to the trash")
		}
		d.DeletedAt = nil
		return save(ctx, tx, &d, "took the document out of the trash")
	})
	return d, err
}
