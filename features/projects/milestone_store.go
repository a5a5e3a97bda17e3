package projects

import (
	"context"
	"fmt"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/formresult"
	"portal/app/markdown"
)

// milestoneRow is a milestone with how far it is.
type milestoneRow struct {
	Milestone `bun:",extend"`
	Total     int    // its tasks, without cancelled and deleted ones
	Done      int    // of them
	HTML      string `bun:"-"` // the description, clean
}

// Percent is how many of its tasks are done, 0 to 100.
func (m milestoneRow) Percent() int {
	if m.Total == 0 {
		return 0
	}
	return m.Done * 100 / m.Total
}

// Milestones are those of a project by their days, those without one last, in one query.
func (s *taskStore) Milestones(ctx context.Context, project int64) ([]milestoneRow, error) {
	var all []milestoneRow
	const of = "(SELECT COUNT(*) FROM tasks AS t WHERE t.milestone_id = m.id AND t.deleted_at IS NULL AND "
	err := s.db.Read.NewSelect().TableExpr("milestones AS m").ColumnExpr("m.*").ColumnExpr(of+"(t.open OR t.completed_at IS NOT NULL)) AS total").
		ColumnExpr(of+"t.completed_at IS NOT NULL) AS done").Where("m.project_id = ?", project).Where("m.deleted_at IS NULL").
		OrderExpr("CASE WHEN m.due_on = '' THEN 1 ELSE 0 END, m.due_on, m.id").Limit(milestonesMost).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("milestones of project %d: %w", project, err)
	}
	for i := range all {
		all[i].HTML = markdown.HTML(all[i].Description)
	}
	return all, nil
}

// AddMilestone makes a milestone.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid at the field.
func (s *taskStore) AddMilestone(ctx context.Context, project int64, f milestoneForm) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.projects.lock(ctx, tx, project, false)
		if err != nil {
			return err
		}
		sent := formresult.Form{Makes: "milestone of " + id(project), Once: f.Once}
		if made, err := sent.Before(ctx, tx); err != nil || made != 0 {
			tx.Unchanged()
			return err
		}
		if len(h.Milestones) >= milestonesMost {
			return fault.Field("name", "A project has %d milestones at most.", milestonesMost)
		}
		m := Milestone{ProjectID: project, CreatedBy: data.Optional(viewerID(ctx)), Version: 1, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if err := f.into(&m, set(milestoneNames), at(ctx, tx.Now).today); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(&m).Exec(ctx); err != nil {
			return fmt.Errorf("make milestone: %w", err)
		}
		tx.Changed(m.change("made"))
		return sent.Keep(ctx, tx, m.ID)
	})
}

// lockMilestone reads a milestone for a write by who may change the project; from the trash when deleted is set.
func (s *taskStore) lockMilestone(ctx context.Context, tx *data.Tx, project, n int64, deleted bool) (Milestone, error) {
	var rows []Milestone
	if _, err := s.projects.lock(ctx, tx, project, false); err != nil {
		return Milestone{}, err
	}
	if err := tx.NewSelect().Model(&rows).Where("m.id = ?", n).Where("m.project_id = ?", project).Scan(ctx); err != nil {
		return Milestone{}, fmt.Errorf("milestone %d: %w", n, err)
	}
	if len(rows) == 0 || (rows[0].DeletedAt != nil) != deleted {
		return Milestone{}, errNoMilestone()
	}
	return rows[0], nil
}

// UpdateMilestone writes the form, merged with what others saved meanwhile.
// Errors: fault.NotFound; fault.Forbidden; fault.Invalid; *data.Clash when both changed the same field.
func (s *taskStore) UpdateMilestone(ctx context.Context, project, n int64, f milestoneForm) error {
	return s.db.Write(ctx, func(tx *data.Tx) error {
		m, err := s.lockMilestone(ctx, tx, project, n, false)
		if err != nil {
			return err
		}
		mine, today := m, at(ctx, tx.Now).today
		if err := f.into(&mine, set(milestoneNames), today); err != nil {
			return err
		}
		before := editedMilestone(m)
		write, err := tx.Merge(ctx, "projects.milestone", m.ID, f.Version, before, editedMilestone(mine))
		if err != nil {
			return withVersion(err, m.Version)
		}
		if len(write) == 0 {
			tx.Unchanged()
			return nil
		}
		if err := f.into(&m, set(write), today); err != nil {
			return err
		}
		return s.saveMilestone(ctx, tx, m, "changed", data.Changed(before, editedMilestone(m))...)
	})
}

// saveMilestone writes the row with its next version.
func (s *taskStore) saveMilestone(ctx context.Context, tx *data.Tx, m Milestone, what string, fields ...data.Field) error {
	was := m.Version
	m.Version, m.UpdatedAt = was+1, tx.Now
	ours, err := tx.UpdateIf(ctx, &m, was, "name", "due_on", "description", "reached_at", "deleted_at", "version", "updated_at")
	if err != nil {
		return fmt.Errorf("save milestone %d: %w", m.ID, err)
	}
	if !ours {
		return fault.New(fault.Conflict, "Somebody else changed “%s” at the same moment. Please try again.", m.Name)
	}
	tx.Changed(m.change(what, fields...))
	return nil
}

// milestoneMark is what is done to a milestone as a whole.
type milestoneMark int

const (
	markReached milestoneMark = iota
	markReopened
	markDeleted
	markRestored
)

// MarkMilestone reaches a milestone or opens it again, moves it to the trash or takes it back; its tasks keep it meanwhile,
// and show it as long as it is there. It returns the milestone's name.
// Errors: fault.NotFound; fault.Forbidden.
func (s *taskStore) MarkMilestone(ctx context.Context, project, n int64, mark milestoneMark) (string, error) {
	var name string
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		m, err := s.lockMilestone(ctx, tx, project, n, mark == markRestored)
		if err != nil {
			return err
		}
		name = m.Name
		what := ""
		switch {
		case mark == markReached && m.ReachedAt == nil:
			m.ReachedAt, what = &tx.Now, "reached"
		case mark == markReopened && m.ReachedAt != nil:
			m.ReachedAt, what = nil, "opened again"
		case mark == markDeleted:
			m.DeletedAt, what = &tx.Now, "deleted"
		case mark == markRestored:
			m.DeletedAt, what = nil, "brought back"
		}
		if what == "" {
			tx.Unchanged()
			return nil
		}
		return s.saveMilestone(ctx, tx, m, what)
	})
	return name, err
}

// purgeMilestones removes milestones that have been in the trash for long, and takes them off their tasks.
func (s *noteStore) purgeMilestones(ctx context.Context, where string, args ...any) error {
	return s.slices(ctx, func(tx *data.Tx) (int, error) {
		var ids []int64
		if err := tx.NewSelect().Table("milestones").Column("id").Where(where, args...).OrderExpr("id").Limit(purgeSlice).Scan(ctx, &ids); err != nil || len(ids) == 0 {
			return 0, err
		}
		tx.Unchanged()
		if _, err := tx.NewUpdate().Table("tasks").Set("milestone_id = NULL").Where("milestone_id IN (?)", list(ids)).Exec(ctx); err != nil {
			return 0, err
		}
		_, err := tx.NewDelete().Table("milestones").Where("id IN (?)", list(ids)).Where(where, args...).Exec(ctx)
		return len(ids), err
	})
}
