package projects

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/files"
	"portal/app/setting"
)

// fileAt is what a file is sent to.
type fileAt struct {
	owner
	comment int64 // a comment's file
	loose   bool  // for a text that is being written: whatever shows it when it is saved gets it
}

// sent is a file on its way in.
type sent struct {
	name string // as the browser says
	size int64  // bytes, as the browser says
	body io.ReadSeeker
}

// filesMost is how many files one form brings.
const filesMost = 20

// most is how large a file may be, in bytes.
func (s *fileStore) most() int64 { return int64(setting.FileMB.Of(s.settings)) * 1_000_000 }

// Add keeps files: first on the disk, then as rows. When it fails, nothing of them is left.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field files; fault.TooLarge.
func (s *fileStore) Add(ctx context.Context, to fileAt, all []sent) ([]Attachment, error) {
	if err := s.fit(all); err != nil {
		return nil, err
	}
	rows := make([]Attachment, 0, len(all))
	for _, one := range all {
		a, err := s.keep(ctx, one)
		rows = append(rows, a)
		if err != nil {
			s.drop(ctx, rows)
			return nil, err
		}
	}
	err := s.db.Write(ctx, func(tx *data.Tx) error { return s.insert(ctx, tx, to, rows) })
	if err != nil {
		s.drop(ctx, rows)
		return nil, err
	}
	return rows, nil
}

// fit says what can't be taken, before anything is kept.
func (s *fileStore) fit(all []sent) error {
	switch {
	case len(all) == 0:
		return fault.Field("files", "Choose a file first.")
	case len(all) > filesMost:
		return fault.Field("files", "At most %d files at a time; these are %d.", filesMost, len(all))
	}
	for _, one := range all {
		switch {
		case one.size == 0:
			return fault.Field("files", "“%s” is empty, so nothing was kept.", files.Name(one.name))
		case one.size > s.most():
			return fault.New(fault.TooLarge, "“%s” has %s; a file may have %d MB at most.", files.Name(one.name), sizeText(one.size), setting.FileMB.Of(s.settings))
		}
	}
	return nil
}

// keep writes a file, and a small picture of it if it is one, to the disk.
func (s *fileStore) keep(ctx context.Context, one sent) (Attachment, error) {
	a := Attachment{Name: files.Name(one.name), Version: 1}
	a.fill()
	var err error
	if a.Type, err = files.Type(one.body); err != nil {
		return a, fmt.Errorf("look into a file: %w", err)
	}
	if _, err := one.body.Seek(0, io.SeekStart); err != nil {
		return a, err
	}
	o, err := s.objects.Put(ctx, one.body)
	if err != nil {
		return a, err
	}
	a.Object, a.Size, a.SHA256 = o.Key, o.Size, o.SHA256
	if !files.IsPicture(a.Type) {
		return a, nil
	}
	if _, err := one.body.Seek(0, io.SeekStart); err != nil {
		return a, err
	}
	small, err := files.Small(one.body)
	if errors.Is(err, files.ErrNoPicture) { // it is kept all the same, to be saved and not to be shown
		return a, nil
	}
	if err != nil {
		return a, err
	}
	o, err = s.objects.Put(ctx, bytes.NewReader(small))
	a.Small = o.Key
	return a, err
}

// drop removes what was kept of files that did not become rows. What it can't remove, the sweep will.
func (s *fileStore) drop(ctx context.Context, rows []Attachment) {
	for _, a := range rows {
		for _, key := range []string{a.Object, a.Small} {
			if key != "" {
				_ = s.objects.Delete(context.WithoutCancel(ctx), key)
			}
		}
	}
}

// insert makes the rows, if the viewer may.
func (s *fileStore) insert(ctx context.Context, tx *data.Tx, to fileAt, rows []Attachment) error {
	h, err := s.holdFor(ctx, tx, to)
	if err != nil {
		return err
	}
	v := auth.From(ctx)
	for i := range rows {
		a := &rows[i]
		a.ID, a.ProjectID, a.TaskID, a.CommentID = 0, to.project, h.taskID(), data.Optional(to.comment)
		a.Loose, a.CreatedBy, a.Author, a.CreatedAt, a.UpdatedAt = to.loose, data.Optional(v.ID), v.Name, tx.Now, tx.Now
		if _, err := tx.NewInsert().Model(a).Exec(ctx); err != nil {
			return fmt.Errorf("keep the file %q: %w", a.Name, err)
		}
		if !to.loose {
			tx.Changed(h.change("attached “" + a.Name + "”"))
		}
	}
	if to.loose {
		tx.Unchanged() // nobody sees it until the text is saved
	}
	return nil
}

// holdFor finds what files are sent to, if the viewer may send them there.
func (s *fileStore) holdFor(ctx context.Context, tx *data.Tx, to fileAt) (held, error) {
	switch {
	case to.comment != 0:
		h, c, err := s.holdComment(ctx, tx, to.project, to.comment)
		if err == nil && !mayComment(auth.From(ctx), c) {
			err = errNotAuthor(c)
		}
		return h, err
	case to.loose:
		return s.notes.hold(ctx, tx, to.owner)
	}
	return s.notes.work(ctx, tx, to.owner)
}

// mayComment reports whether the viewer may change the comment.
func mayComment(v *auth.Viewer, c Comment) bool {
	return v.Admin() || v.Known() && data.OrZero(c.AuthorID) == v.ID
}

// holdComment finds a comment of the project, on itself or on one of its tasks, for a write to it.
func (s *fileStore) holdComment(ctx context.Context, tx *data.Tx, project, comment int64) (held, Comment, error) {
	h, err := s.notes.hold(ctx, tx, owner{project: project})
	if err != nil {
		return h, Comment{}, err
	}
	var c Comment
	err = tx.NewSelect().Model(&c).Where("id = ?", comment).Where("project_id = ?", project).Where("deleted_at IS NULL").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return h, c, fault.New(fault.NotFound, "There is no such comment any more.")
	}
	if err != nil || c.TaskID == nil {
		return h, c, err
	}
	h.task, err = taskThere(ctx, tx, *c.TaskID)
	return h, c, err
}

// taskThere is the task of that id, unless it lies in the trash.
func taskThere(ctx context.Context, tx *data.Tx, task int64) (*Task, error) {
	var t Task
	err := tx.NewSelect().Model(&t).Where("t.id = ?", task).Where("t.deleted_at IS NULL").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errNoTask()
	}
	return &t, err
}

// Delete moves a file to the trash, or takes it back. It is the file afterwards.
// Errors: fault.NotFound; fault.Forbidden.
func (s *fileStore) Delete(ctx context.Context, project, file int64, deleted bool) (attached, error) {
	var a attached
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.notes.hold(ctx, tx, owner{project: project})
		if err != nil {
			return err
		}
		a = attached{}
		err = attachedTo(tx, project).Where("a.id = ?", file).Scan(ctx, &a)
		if errors.Is(err, sql.ErrNoRows) || err == nil && (a.Loose || a.hidden() || (a.DeletedAt != nil) == deleted || data.TrashOver(a.DeletedAt, tx.Now)) {
			return errNoFile()
		}
		if err != nil {
			return err
		}
		if !h.mayFile(auth.From(ctx), a) {
			return errNotTeam()
		}
		what := "brought back the file “" + a.Name + "”"
		if a.DeletedAt = nil; deleted {
			a.DeletedAt, what = &tx.Now, "deleted the file “"+a.Name+"”"
		}
		a.Version++
		a.UpdatedAt = tx.Now
		if _, err := tx.NewUpdate().Model(&a.Attachment).Column("deleted_at", "version", "updated_at").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("mark file %d: %w", file, err)
		}
		if a.TaskID != nil {
			if h.task, err = taskThere(ctx, tx, *a.TaskID); err != nil {
				return err
			}
		}
		tx.Changed(h.change(what))
		return nil
	})
	return a, err
}

// claim gives the loose files that a saved text shows to what the text belongs to, if it was the viewer who sent them.
func claim(ctx context.Context, tx *data.Tx, project int64, text string, task, comment *int64) error {
	ids := filesIn(project, text)
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.NewUpdate().Table("attachments").Set("loose = ?", false).Set("task_id = ?", task).Set("comment_id = ?", comment).Set("updated_at = ?", tx.Now).
		Where("id IN (?)", list(ids)).Where("project_id = ?", project).Where("loose = ?", true).Where("created_by = ?", auth.From(ctx).ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("give files to a text: %w", err)
	}
	return nil
}

// keepFiles gives a task the files that its description shows.
func (s *taskStore) keepFiles(ctx context.Context, tx *data.Tx, w wrote) error {
	if w.before != nil && w.before.Description == w.after.Description {
		return nil
	}
	return claim(ctx, tx, w.after.ProjectID, w.after.Description, &w.after.ID, nil)
}

// keepFiles gives a comment the files that it shows.
func (s *noteStore) keepFiles(ctx context.Context, tx *data.Tx, r remark) error {
	if r.after.DeletedAt != nil || r.before != nil && r.before.Text == r.after.Text {
		return nil
	}
	return claim(ctx, tx, r.after.ProjectID, r.after.Text, r.after.TaskID, &r.after.ID)
}
