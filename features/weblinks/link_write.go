package weblinks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/formresult"
)

// Create makes a link, which is the viewer's.
// Errors: fault.Invalid by field; fault.Conflict when the viewer sees one of that address already and did not say to make it again.
func (s *linkStore) Create(ctx context.Context, f linkForm) (Link, error) {
	if err := f.tidy(); err != nil {
		return Link{}, err
	}
	var made Link
	err := s.DB.Write(ctx, func(tx *data.Tx) error {
		once := formresult.Form{Makes: "link", Once: f.Once}
		if n, err := once.Before(ctx, tx); err != nil || n != 0 {
			tx.Unchanged()
			made.ID, made.Name = n, f.Name
			return err
		}
		same, err := s.Same(ctx, tx, f.URL, 0)
		if err != nil {
			return err
		}
		if same.ID != 0 && !f.Again {
			return fault.Field("url", "There is a link to this address already: %s.", same.Name)
		}
		made = Link{Version: 1, CreatedAt: tx.Now, OwnerID: data.Optional(auth.From(ctx).ID)}
		if err := s.into(ctx, tx, f, &made); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&made).Exec(ctx); err != nil {
			return fmt.Errorf("make a link: %w", err)
		}
		if err := s.hang(ctx, tx, f, made.ID); err != nil {
			return err
		}
		tx.Changed(made.change("added the link", data.Field{Name: "url", New: made.URL}))
		return once.Keep(ctx, tx, made.ID)
	})
	return made, err
}

// into writes the form's values into the row; categories that are new are made.
func (s *linkStore) into(ctx context.Context, tx *data.Tx, f linkForm, l *Link) error {
	for _, r := range f.Roles {
		if s.Gate.Access().RoleName(r) == "" {
			return fault.Field("roles", "Choose from the list.")
		}
	}
	if f.Name == "" {
		f.Name = data.Cut(placeOf(f.URL), 200)
	}
	l.URL, l.Name, l.Notes, l.Icon, l.SeenBy, l.Pinned, l.UpdatedAt = f.URL, f.Name, f.Notes, f.Icon, f.SeenBy, f.Pinned, tx.Now
	l.CategoryID = nil
	if f.Category != "" {
		ids, err := wordsNamed(ctx, tx, categoryKind, []string{f.Category})
		if err != nil {
			return err
		}
		l.CategoryID = &ids[0]
	}
	l.fill()
	return nil
}

// tagOf is a row of link_tag_links.
type tagOf struct {
	bun.BaseModel `bun:"table:link_tag_links"`
	LinkID        int64
	TagID         int64
}

// roleOf is a row of link_roles.
type roleOf struct {
	LinkID int64
	RoleID int64
}

// hang gives the link the form's tags and roles, and takes all others.
func (s *linkStore) hang(ctx context.Context, tx *data.Tx, f linkForm, n int64) error {
	names, err := tagsTyped(f.Tags)
	if err != nil {
		return err
	}
	tags, err := wordsNamed(ctx, tx, tagKind, names)
	if err != nil {
		return err
	}
	for _, table := range []string{"link_tag_links", "link_roles"} {
		if _, err := tx.NewDelete().Table(table).Where("link_id = ?", n).Exec(ctx); err != nil {
			return fmt.Errorf("what hangs on link %d: %w", n, err)
		}
	}
	var tagRows []tagOf
	for _, t := range tags {
		tagRows = append(tagRows, tagOf{LinkID: n, TagID: t})
	}
	var roleRows []roleOf
	for _, r := range f.Roles {
		roleRows = append(roleRows, roleOf{n, r})
	}
	if len(tagRows) > 0 {
		if _, err := tx.NewInsert().Model(&tagRows).ModelTableExpr("link_tag_links").Exec(ctx); err != nil {
			return fmt.Errorf("tags of link %d: %w", n, err)
		}
	}
	if len(roleRows) > 0 {
		if _, err := tx.NewInsert().Model(&roleRows).ModelTableExpr("link_roles").Exec(ctx); err != nil {
			return fmt.Errorf("roles of link %d: %w", n, err)
		}
	}
	return nil
}

// hold reads the link for a write.
// Errors: fault.NotFound, also for one in the trash.
func (s *linkStore) hold(ctx context.Context, tx *data.Tx, n int64) (Link, error) {
	if _, err := tx.ExecContext(ctx, "UPDATE links SET version = version WHERE id = ?", n); err != nil { // locks the row on MySQL
		return Link{}, fmt.Errorf("hold link %d: %w", n, err)
	}
	l, err := s.get(ctx, tx, n)
	if err == nil && l.DeletedAt != nil {
		return l, errNoLink()
	}
	return l, err
}

// Save changes a link that was opened at the form's version.
// Errors: fault.NotFound; fault.Invalid by field; *data.Clash; fault.Forbidden for who may not say who sees it.
func (s *linkStore) Save(ctx context.Context, n int64, f linkForm) (Link, error) {
	return s.edit(ctx, n, func(linkForm) (linkForm, error) { return f, f.tidy() }, fieldNames)
}

// SetField changes one field of a link.
// Errors: as Save.
func (s *linkStore) SetField(ctx context.Context, n, version int64, field string, set func(*linkForm)) (Link, error) {
	return s.edit(ctx, n, func(was linkForm) (linkForm, error) {
		set(&was)
		was.Version = version
		return was, was.tidy()
	}, []string{field})
}

func (s *linkStore) edit(ctx context.Context, n int64, form func(was linkForm) (linkForm, error), fields []string) (Link, error) {
	var saved Link
	err := s.DB.Write(ctx, func(tx *data.Tx) error {
		l, err := s.hold(ctx, tx, n)
		if err != nil {
			return err
		}
		saved = l
		was, err := s.formIn(ctx, tx, l)
		if err != nil {
			return err
		}
		f, err := form(was)
		if err != nil {
			return err
		}
		if f.Name == "" {
			f.Name = data.Cut(placeOf(f.URL), 200)
		}
		theirs := was.edited(s.Gate.Access())
		names, err := tx.Merge(ctx, "weblinks.link", n, f.Version, theirs, among(f.edited(s.Gate.Access()), fields))
		var clash *data.Clash
		if errors.As(err, &clash) {
			clash.Version = l.Version
		}
		if err != nil {
			return err
		}
		if len(names) == 0 {
			tx.Unchanged()
			return nil
		}
		if (slices.Contains(names, "seen_by") || slices.Contains(names, "roles")) && !l.mayShare(auth.From(ctx)) {
			return fault.New(fault.Forbidden, "Only the link's owner and administrators say who sees it.")
		}
		mine := f.only(was, names)
		if slices.Contains(names, "seen_by") && mine.SeenBy == seenByMe && data.OrZero(l.OwnerID) != auth.From(ctx).ID {
			return fault.Field("seen_by", "The link is another person's: only they can keep it to themselves.")
		}
		if err := s.refuseSame(ctx, tx, mine, l, names); err != nil {
			return err
		}
		old := l.Version
		l.Version++
		if err := s.into(ctx, tx, mine, &l); err != nil {
			return err
		}
		if slices.Contains(names, "url") { // whether it was broken, was another address
			l.CheckedAt, l.Broken, l.BrokenAt = nil, "", nil
		}
		done, err := tx.UpdateIf(ctx, &l, old, "url", "url_key", "name", "name_key", "notes", "icon", "category_id", "seen_by", "pinned", "search_text", "checked_at", "broken", "broken_at", "version", "updated_at")
		if err != nil || !done {
			return errors.Join(err, errNoLink())
		}
		if err := s.hang(ctx, tx, mine, n); err != nil {
			return err
		}
		saved = l
		tx.Changed(l.change("changed the link", differ(theirs, mine.edited(s.Gate.Access()), names)...))
		return nil
	})
	return saved, err
}

// refuseSame refuses to give a link the address of another one that the viewer sees.
func (s *linkStore) refuseSame(ctx context.Context, tx *data.Tx, f linkForm, l Link, names []string) error {
	if !slices.Contains(names, "url") || f.Again || addressKey(f.URL) == l.URLKey {
		return nil
	}
	same, err := s.Same(ctx, tx, f.URL, l.ID)
	if err == nil && same.ID != 0 {
		return fault.Field("url", "There is a link to this address already: %s.", same.Name)
	}
	return err
}

// formIn is the row as a form, read in the transaction.
func (s *linkStore) formIn(ctx context.Context, tx *data.Tx, l Link) (linkForm, error) {
	var w words
	var err error
	if w.Categories, err = plainWords(ctx, tx, categoryKind); err == nil {
		w.Tags, err = plainWords(ctx, tx, tagKind)
	}
	return formOf(l, w), err
}

// among are those of the fields.
func among(all []data.Edited, names []string) []data.Edited {
	var some []data.Edited
	for _, e := range all {
		if slices.Contains(names, e.Name) {
			some = append(some, e)
		}
	}
	return some
}

// differ are the fields of those names, from what to what.
func differ(was, is []data.Edited, names []string) []data.Field {
	var all []data.Field
	for i, e := range is {
		if slices.Contains(names, e.Name) && was[i].Shown != e.Shown {
			all = append(all, data.Field{Name: e.Name, Old: was[i].Shown, New: e.Shown})
		}
	}
	return all
}

// Trash moves the link to the trash, or brings it back from there.
// Errors: fault.NotFound.
func (s *linkStore) Trash(ctx context.Context, n int64) (Link, error) {
	return s.mark(ctx, n, "moved the link to the trash", func(l *Link, now time.Time) bool {
		was := l.DeletedAt
		l.DeletedAt = &now
		return was == nil
	})
}

// Restore brings a link back from the trash.
// Errors: fault.NotFound.
func (s *linkStore) Restore(ctx context.Context, n int64) (Link, error) {
	return s.mark(ctx, n, "brought the link back", func(l *Link, _ time.Time) bool {
		was := l.DeletedAt
		l.DeletedAt = nil
		return was != nil
	})
}

func (s *linkStore) mark(ctx context.Context, n int64, what string, do func(*Link, time.Time) bool) (Link, error) {
	var l Link
	err := s.DB.Write(ctx, func(tx *data.Tx) error {
		var err error
		if l, err = s.get(ctx, tx, n); err != nil {
			return err
		}
		if !do(&l, tx.Now) {
			tx.Unchanged()
			return nil
		}
		old := l.Version
		l.Version, l.UpdatedAt = l.Version+1, tx.Now
		done, err := tx.UpdateIf(ctx, &l, old, "deleted_at", "version", "updated_at")
		if err == nil && !done {
			err = fault.New(fault.Conflict, "Somebody else changed “%s” at the same moment. Please try again.", l.Name)
		}
		if err != nil {
			return err
		}
		tx.Changed(l.change(what))
		return nil
	})
	return l, err
}

// Opened counts a click. It is in no history: it changes nothing that people write.
func (s *linkStore) Opened(ctx context.Context, n int64) error {
	return s.DB.Write(ctx, func(tx *data.Tx) error {
		tx.Unchanged()
		_, err := tx.NewUpdate().Table("links").Set("clicks = clicks + 1").Set("clicked_at = ?", tx.Now).Where("id = ?", n).Exec(ctx)
		return err
	})
}

// SetFavourite makes the link one of the viewer's favourites, or no longer.
// Errors: fault.NotFound.
func (s *linkStore) SetFavourite(ctx context.Context, n int64, on bool) (Link, error) {
	var l Link
	err := s.DB.Write(ctx, func(tx *data.Tx) error {
		var err error
		if l, err = s.hold(ctx, tx, n); err != nil {
			return err
		}
		me := auth.From(ctx).ID
		tx.Unchanged()
		l.Mine = on
		if !on {
			_, err = tx.NewDelete().Table("link_favourites").Where("link_id = ?", n).Where("user_id = ?", me).Exec(ctx)
			return err
		}
		row := map[string]any{"link_id": n, "user_id": me}
		_, err = tx.NewInsert().Model(&row).Table("link_favourites").Ignore().Exec(ctx)
		return err
	})
	return l, err
}

// purge removes for good what has been in the trash for thirty days, slice by slice.
func (s *linkStore) purge(ctx context.Context) error {
	const slice = 500
	for n := slice; n == slice; {
		err := s.DB.Write(ctx, func(tx *data.Tx) error {
			var old []Link
			before := tx.Now.Add(-data.TrashKept)
			if err := tx.NewSelect().TableExpr("links AS l").Column("l.id", "l.name").Where("l.deleted_at < ?", before).OrderExpr("l.id").Limit(slice).Scan(ctx, &old); err != nil {
				return fmt.Errorf("links to purge: %w", err)
			}
			tx.Unchanged()
			n = len(old)
			for _, l := range old {
				if _, err := tx.NewDelete().Table("links").Where("id = ?", l.ID).Where("deleted_at < ?", before).Exec(ctx); err != nil {
					return fmt.Errorf("purge link %d: %w", l.ID, err)
				}
				gone := l.change("removed the link from the trash for good")
				gone.URL = ""
				tx.Changed(gone)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
