package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/formresult"
)

// Comments are a project's own comments, oldest first; the newest of them when there are very many.
func (s *noteStore) Comments(ctx context.Context, project int64) ([]Comment, error) {
	var rows []Comment
	err := s.db.Read.NewSelect().Model(&rows).Where("project_id = ?", project).Where("task_id IS NULL").Where("deleted_at IS NULL").
		OrderExpr("id DESC").Limit(shownNotes).Scan(ctx)
	slices.Reverse(rows)
	drawText(rows)
	return rows, err
}

// AddComment adds a comment. Whoever may see the owner may comment on it.
func (s *noteStore) AddComment(ctx context.Context, o owner, text, once string) (Comment, error) {
	var row Comment
	v := auth.From(ctx)
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.hold(ctx, tx, o)
		if err != nil {
			return err
		}
		sent := formresult.Form{Makes: h.makes("comment"), Once: once}
		if made, err := sent.Before(ctx, tx); err != nil || made != 0 {
			tx.Unchanged()
			row.ID = made
			return err
		}
		row = Comment{
			ProjectID: o.project, TaskID: h.taskID(), AuthorID: data.Optional(v.ID), Author: v.Name, Text: text,
			Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now,
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return fmt.Errorf("add comment: %w", err)
		}
		if err := sent.Keep(ctx, tx, row.ID); err != nil {
			return err
		}
		tx.Changed(h.change("commented"))
		return s.followComment(ctx, tx, remark{held: h, after: &row})
	})
	return row, err
}

func errNotAuthor(c Comment) error {
	return fault.New(fault.Forbidden, "Only %s and administrators change this comment.", c.Author)
}

// changeComment writes one comment of the viewer's own; administrators may change others' too.
func (s *noteStore) changeComment(ctx context.Context, o owner, id int64, deleted bool, do func(*data.Tx, *Comment) (string, []data.Field, error)) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.hold(ctx, tx, o)
		if err != nil {
			return err
		}
		var c Comment
		err = tx.NewSelect().Model(&c).Where("id = ?", id).ApplyQueryBuilder(of(h, deleted)).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) || err == nil && data.TrashOver(c.DeletedAt, tx.Now) {
			return fault.New(fault.NotFound, "There is no such comment any more.")
		}
		if err != nil {
			return err
		}
		if v := auth.From(ctx); !v.Admin() && (v.ID == 0 || data.OrZero(c.AuthorID) != v.ID) {
			return errNotAuthor(c)
		}
		was := c
		what, fields, err := do(tx, &c)
		if err != nil {
			return err
		}
		if what == "" {
			tx.Unchanged()
			return nil
		}
		c.Version, c.UpdatedAt = c.Version+1, tx.Now
		if _, err := tx.NewUpdate().Model(&c).Column("text", "edited_at", "deleted_at", "version", "updated_at").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("change comment %d: %w", id, err)
		}
		tx.Changed(h.change(what, fields...))
		return s.followComment(ctx, tx, remark{h, &was, &c})
	})
}

// EditComment changes the text; the history keeps the old one.
// Errors: *data.Clash when it has been changed since version.
func (s *noteStore) EditComment(ctx context.Context, o owner, id int64, text string, version int64) error {
	return s.changeComment(ctx, o, id, false, func(tx *data.Tx, c *Comment) (string, []data.Field, error) {
		if c.Text == text {
			return "", nil, nil
		}
		if c.Version != version {
			return "", nil, &data.Clash{
				Fault: fault.New(fault.Conflict, "Somebody else changed this comment while you were writing."), Version: c.Version,
				Fields: []data.ClashField{{Theirs: edited("text", c.Text), Mine: edited("text", text)}},
			}
		}
		old := c.Text
		c.Text, c.EditedAt = text, &tx.Now
		return "edited a comment", []data.Field{{Name: "comment", Old: old, New: text}}, nil
	})
}

// edited is a text as a form sends it and as people read it.
func edited(name, text string) data.Edited {
	return data.Edited{Name: name, Label: labels[name], Value: text, Shown: text}
}

// DeleteComment moves a comment to the trash, or takes it back.
func (s *noteStore) DeleteComment(ctx context.Context, o owner, id int64, deleted bool) error {
	return s.changeComment(ctx, o, id, !deleted, func(tx *data.Tx, c *Comment) (string, []data.Field, error) {
		if deleted {
			c.DeletedAt = &tx.Now
			return "deleted a comment", nil, nil
		}
		c.DeletedAt = nil
		return "brought back a comment", nil, nil
	})
}

// Comment is a comment of the project, on itself or on one of its tasks, whose number it is then; 0 for the project.
// Errors: fault.NotFound, also for one that lies in the trash, or hangs on what does.
func (s *noteStore) Comment(ctx context.Context, project, comment int64) (Comment, int64, error) {
	var row struct {
		Comment `bun:",extend"`
		Number  *int64
	}
	err := s.db.Read.NewSelect().TableExpr("comments AS c").ColumnExpr("c.*, t.number").Join("LEFT JOIN tasks AS t ON t.id = c.task_id").
		Where("c.id = ?", comment).Where("c.project_id = ?", project).Where("c.deleted_at IS NULL").Where("t.deleted_at IS NULL").Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "There is no such comment any more.")
	}
	return row.Comment, data.OrZero(row.Number), err
}
