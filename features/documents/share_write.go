package documents

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// shareForm is whom something is shared with, and for what.
type shareForm struct {
	User  int64  `form:"user"` // 0: with a role
	Role  int64  `form:"role"` // 0: with a person
	Level string `form:"level" validate:"oneof=read write manage"`
}

// sharesMost is how many shares a document or a category may have.
const sharesMost = 200

// fitsShare is what is wrong with the form beside its shape.
// Errors: fault.Invalid at the field.
func (s *documentStore) fitsShare(ctx context.Context, f shareForm, have []Share) error {
	people, err := s.users.People(ctx)
	if err != nil {
		return err
	}
	switch {
	case f.User == 0 && f.Role == 0:
		return fault.Field("user", "Choose a person or a role.")
	case f.User != 0 && f.Role != 0:
		return fault.Field("role", "Choose either a person or a role.")
	case f.User != 0 && people.ByID(f.User).ID == 0:
		return fault.Field("user", "Choose a person from the list.")
	case f.Role != 0 && s.users.Gate().Access().RoleName(f.Role) == "":
		return fault.Field("role", "Choose a role from the list.")
	case len(have) >= sharesMost:
		return fault.Field("user", "It is shared %d times already. Share it with a role instead.", sharesMost)
	}
	return nil
}

// shareWith is the share that the form makes, and what it is called in the history.
func (s *documentStore) shareWith(ctx context.Context, f shareForm) (Share, string, error) {
	people, err := s.users.People(ctx)
	row := Share{UserID: data.Optional(f.User), RoleID: data.Optional(f.Role), Level: f.Level}
	return row, shareName(people, s.users.Gate().Access(), row), err
}

// shareName says whom a share is for: "Maria Diaz" or "the role auditor".
func shareName(people *auth.People, access *auth.Access, s Share) string {
	if s.RoleID != nil {
		return "the role " + access.RoleName(*s.RoleID)
	}
	return orUnknown(people.ByID(data.OrZero(s.UserID)).Name)
}

// sameShare is the share with the same person or role among them; the zero Share for none.
func sameShare(all []Share, s Share) Share {
	at := slices.IndexFunc(all, func(o Share) bool {
		return data.OrZero(o.UserID) == data.OrZero(s.UserID) && data.OrZero(o.RoleID) == data.OrZero(s.RoleID)
	})
	if at < 0 {
		return Share{}
	}
	return all[at]
}

// Share shares a document with a person or a role; shared with them already, it changes for what.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field.
func (s *documentStore) Share(ctx context.Context, n int64, f shareForm) (Document, string, error) {
	var d Document
	var who string
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, t, err := s.lock(ctx, tx, n, LevelManage, false)
		if err != nil {
			return err
		}
		d = h.Document
		if err := s.fitsShare(ctx, f, h.Shares); err != nil {
			return err
		}
		var row Share
		if row, who, err = s.shareWith(ctx, f); err != nil {
			return err
		}
		row.DocumentID = &n
		old, err := putShare(ctx, tx, sameShare(h.Shares, row), row)
		if err != nil || old == f.Level {
			tx.Unchanged()
			return err
		}
		if f.User != 0 && old == "" {
			h.Shares = append(h.Shares, row)
			s.tell(ctx, tx, h, t, tellShared, "shared the document with you", f.User)
		}
		c := d.change("shared the document with "+who, data.Field{Name: "share", Old: old, New: f.Level})
		c.Guard = ""
		tx.Changed(c)
		return nil
	})
	return d, who, err
}

// putShare writes the share over the one that was, and returns that one's level, empty for none.
func putShare(ctx context.Context, tx *data.Tx, was, row Share) (string, error) {
	row.CreatedAt = tx.Now
	var err error
	switch {
	case was.ID == 0:
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
	case was.Level != row.Level:
		_, err = tx.NewUpdate().Model((*Share)(nil)).Set("level = ?", row.Level).Where("id = ?", was.ID).Exec(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("share: %w", err)
	}
	return was.Level, nil
}

// Unshare takes a share back.
// Errors: fault.NotFound; fault.Forbidden.
func (s *documentStore) Unshare(ctx context.Context, n, share int64) (Document, string, error) {
	var d Document
	var who string
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, _, err := s.lock(ctx, tx, n, LevelManage, false)
		if err != nil {
			return err
		}
		d = h.Document
		at := slices.IndexFunc(h.Shares, func(o Share) bool { return o.ID == share })
		if at < 0 {
			return errNoShare()
		}
		who, err = s.dropShare(ctx, tx, h.Shares[at])
		if err != nil {
			return err
		}
		c := d.change("no longer shares the document with "+who, data.Field{Name: "share", Old: h.Shares[at].Level})
		c.Guard = "" // who no longer knows of it has it on screen still
		tx.Changed(c)
		return nil
	})
	return d, who, err
}

func errNoShare() error { return fault.New(fault.NotFound, "It is not shared so any more.") }

// dropShare removes the row and says whom it was for.
func (s *documentStore) dropShare(ctx context.Context, tx *data.Tx, row Share) (string, error) {
	people, err := s.users.People(ctx)
	if err != nil {
		return "", err
	}
	if _, err := tx.NewDelete().Model((*Share)(nil)).Where("id = ?", row.ID).Exec(ctx); err != nil {
		return "", fmt.Errorf("take back share %d: %w", row.ID, err)
	}
	return shareName(people, s.users.Gate().Access(), row), nil
}

// ShareCategory shares a category and all that lies in it.
// Errors: fault.NotFound; fault.Invalid at the field.
func (s *documentStore) ShareCategory(ctx context.Context, n int64, f shareForm) (Category, string, error) {
	var c Category
	var who string
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		t, err := lockTree(ctx, tx)
		if err != nil {
			return err
		}
		if !t.mayManage(n, auth.From(ctx)) {
			return errNoCategory()
		}
		if !t.mayOpen(n, auth.From(ctx)) {
			return errNotOpener()
		}
		c = t.get(n)
		if err := s.fitsShare(ctx, f, t.Shares[n]); err != nil {
			return err
		}
		var row Share
		if row, who, err = s.shareWith(ctx, f); err != nil {
			return err
		}
		row.CategoryID = &n
		old, err := putShare(ctx, tx, sameShare(t.Shares[n], row), row)
		if err != nil || old == f.Level {
			tx.Unchanged()
			return err
		}
		tx.Changed(c.moved("shared the category with "+who, data.Field{Name: "share", Old: old, New: f.Level}))
		return nil
	})
	return c, who, err
}

// UnshareCategory takes a category's share back.
// Errors: fault.NotFound.
func (s *documentStore) UnshareCategory(ctx context.Context, n, share int64) (Category, string, error) {
	var c Category
	var who string
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		t, err := lockTree(ctx, tx)
		if err != nil {
			return err
		}
		if !t.mayManage(n, auth.From(ctx)) {
			return errNoCategory()
		}
		if !t.mayOpen(n, auth.From(ctx)) {
			return errNotOpener()
		}
		c = t.get(n)
		at := slices.IndexFunc(t.Shares[n], func(o Share) bool { return o.ID == share })
		if at < 0 {
			return errNoShare()
		}
		if who, err = s.dropShare(ctx, tx, t.Shares[n][at]); err != nil {
			return err
		}
		tx.Changed(c.moved("no longer shares the category with "+who, data.Field{Name: "share", Old: t.Shares[n][at].Level}))
		return nil
	})
	return c, who, err
}

// SetReaders says which roles have to confirm that they read what is released.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field.
func (s *documentStore) SetReaders(ctx context.Context, n int64, roles []int64) (Document, error) {
	var d Document
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, _, err := s.lock(ctx, tx, n, LevelManage, false)
		if err != nil {
			return err
		}
		d = h.Document
		access := s.users.Gate().Access()
		names := func(all []int64) string {
			var said []string
			for _, r := range all {
				said = append(said, access.RoleName(r))
			}
			slices.Sort(said)
			return strings.Join(said, ", ")
		}
		roles = slices.Compact(slices.Sorted(slices.Values(roles)))
		if slices.ContainsFunc(roles, func(r int64) bool { return access.RoleName(r) == "" }) {
			return fault.Field("roles", "Choose roles from the list.")
		}
		before := names(h.Readers)
		if names(roles) == before {
			tx.Unchanged()
			return nil
		}
		if _, err := tx.NewDelete().Table("document_readers").Where("document_id = ?", n).Exec(ctx); err != nil {
			return fmt.Errorf("readers of document %d: %w", n, err)
		}
		var rows []readerRow
		for _, r := range roles {
			rows = append(rows, readerRow{DocumentID: n, RoleID: r})
		}
		if len(rows) > 0 {
			if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
				return fmt.Errorf("readers of document %d: %w", n, err)
			}
		}
		tx.Changed(d.change("changed who has to read the document", data.Field{Name: "readers", Old: before, New: names(roles)}))
		return nil
	})
	return d, err
}

// readerRow is a row of document_readers.
type readerRow struct {
	bun.BaseModel `bun:"table:document_readers"`
	DocumentID    int64 `bun:",pk"`
	RoleID        int64 `bun:",pk"`
}
