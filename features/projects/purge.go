package projects

import (
	"context"
	"fmt"
	"time"

	"portal/app/data"
)

// How long a file is kept that was sent for a text that nobody has saved, and how many rows one transaction of the purge removes:
// others write meanwhile.
const (
	looseKept  = 24 * time.Hour
	purgeSlice = 200
)

// doomed is a row that the purge removes.
type doomed struct {
	ID        int64
	ProjectID int64
	Number    int64
	Name      string
}

// purge removes for good what has been in the trash for 30 days: notes, then tasks, then whole projects.
// A task stays while a part of it does not lie in the trash.
func (s *noteStore) purge(ctx context.Context) error {
	before := s.db.Now().Add(-data.TrashKept)
	for _, table := range []string{"attachments", "comments", "todos", "milestones"} {
		if err := s.purgeRows(ctx, table, "deleted_at < ?", before); err != nil {
			return err
		}
	}
	if err := s.purgeRows(ctx, "attachments", "loose = ? AND created_at < ?", true, s.db.Now().Add(-looseKept)); err != nil {
		return err
	}
	if err := s.purgeTasks(ctx, "deleted_at < ?", before); err != nil {
		return err
	}
	if err := s.purgeMilestones(ctx, "deleted_at < ?", before); err != nil {
		return err
	}
	if err := s.purgeRows(ctx, "date_moves", "created_at < ?", before); err != nil { // nobody has a form any more that takes them back
		return err
	}
	var old []doomed
	err := s.db.Read.NewSelect().Table("projects").Column("id", "name").Where("deleted_at < ?", before).OrderExpr("id").Scan(ctx, &old)
	if err != nil {
		return fmt.Errorf("projects to purge: %w", err)
	}
	for _, p := range old {
		if err := s.purgeProject(ctx, p, before); err != nil {
			return err
		}
	}
	return nil
}

// purgeProject removes what hangs on a project slice by slice, and then the project, if nobody has brought it back.
func (s *noteStore) purgeProject(ctx context.Context, p doomed, before time.Time) error {
	const all = "project_id = ? AND EXISTS (SELECT 1 FROM projects AS p WHERE p.id = project_id AND p.deleted_at < ?)"
	for _, table := range []string{"attachments", "comments", "todos", "milestones"} {
		if err := s.purgeRows(ctx, table, all, p.ID, before); err != nil {
			return err
		}
	}
	if err := s.purgeTasks(ctx, all, p.ID, before); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *data.Tx) error {
		res, err := tx.NewDelete().Table("projects").Where("id = ?", p.ID).Where("deleted_at < ?", before).Exec(ctx)
		if err != nil {
			return fmt.Errorf("purge project %d: %w", p.ID, err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			tx.Unchanged()
			return err
		}
		gone := Project{ID: p.ID, Name: p.Name}.change("removed the project from the trash for good")
		gone.URL = ""
		tx.Changed(gone)
		return nil
	})
}

// purgeRows removes files, comments, todos or milestones; what files were on the disk goes with the next sweep. Nobody has seen them since they were deleted: no cache and no page knows them.
func (s *noteStore) purgeRows(ctx context.Context, table, where string, args ...any) error {
	return s.slices(ctx, func(tx *data.Tx) (int, error) {
		var ids []int64
		if err := tx.NewSelect().Table(table).Column("id").Where(where, args...).OrderExpr("id").Limit(purgeSlice).Scan(ctx, &ids); err != nil || len(ids) == 0 {
			return 0, err
		}
		tx.Unchanged()
		if table == "milestones" { // tasks name theirs without a key
			if _, err := tx.NewUpdate().Table("tasks").Set("milestone_id = NULL").Where("milestone_id IN (?)", list(ids)).Exec(ctx); err != nil {
				return 0, err
			}
		}
		_, err := tx.NewDelete().Table(table).Where("id IN (?)", list(ids)).Where(where, args...).Exec(ctx)
		return len(ids), err
	})
}

// purgeTasks removes tasks without parts, until only those are left that have parts elsewhere.
func (s *noteStore) purgeTasks(ctx context.Context, where string, args ...any) error {
	return s.slices(ctx, func(tx *data.Tx) (int, error) {
		var rows []doomed
		err := tx.NewSelect().Table("tasks").Column("id", "project_id", "number", "name").Where(where, args...).
			Where("NOT EXISTS (SELECT 1 FROM tasks AS part WHERE part.parent_id = tasks.id)").OrderExpr("id").Limit(purgeSlice).Scan(ctx, &rows)
		if err != nil || len(rows) == 0 {
			return 0, err
		}
		var ids []int64
		for _, r := range rows {
			ids = append(ids, r.ID)
			tx.Changed(data.Change{
				Feature: "projects", Kind: "task", ID: r.ID, Parent: r.ProjectID, What: "removed the task from the trash for good", Title: r.Name,
				Stale: []string{taskKey(r.ID), s.tasks.numbers.Key(numberKey(r.ProjectID, r.Number))},
			})
		}
		for _, table := range []string{"attachments", "comments", "todos"} {
			if _, err := tx.NewDelete().Table(table).Where("task_id IN (?)", list(ids)).Exec(ctx); err != nil {
				return 0, err
			}
		}
		_, err = tx.NewDelete().Table("tasks").Where("id IN (?)", list(ids)).Where(where, args...).Exec(ctx)
		return len(rows), err
	})
}

// slices runs do in one transaction after another until it finds nothing.
func (s *noteStore) slices(ctx context.Context, do func(*data.Tx) (int, error)) error {
	for {
		n := 0
		err := s.db.Write(ctx, func(tx *data.Tx) error {
			var err error
			if n, err = do(tx); n == 0 {
				tx.Unchanged()
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("purge: %w", err)
		}
		if n == 0 {
			return nil
		}
	}
}
