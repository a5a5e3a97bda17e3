package projects

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/components"
)

// make turns the rows that wait into tasks, all at once: in one transaction of a few statements, so that it holds other
// writers up for a few seconds at most, and nobody ever sees a part of it.
func (s *importStore) make(ctx context.Context, i fileImport) error {
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		return s.step(ctx, tx, i.ID, importStart, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("state = ?", importRunning) })
	})
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(tx *data.Tx) error { return s.makeTasks(ctx, tx, i) })
	if fault.Is(err, fault.Conflict) { // the file is still here: what it names has changed, so look at it again
		said := fault.Of(err).Public
		return s.db.Write(ctx, func(tx *data.Tx) error {
			return s.step(ctx, tx, i.ID, importRunning, func(q *bun.UpdateQuery) *bun.UpdateQuery {
				return q.Set("state = ?", importMapping).Set("said = ?", data.Cut(said, 500))
			})
		})
	}
	if err != nil {
		return err
	}
	return s.clear(ctx, i.ID)
}

func (s *importStore) makeTasks(ctx context.Context, tx *data.Tx, i fileImport) error {
	h, err := s.tasks.lockProject(ctx, tx, i.ProjectID)
	if err != nil {
		return err
	}
	if err := h.allowNew(auth.From(ctx)); err != nil {
		return err
	}
	if err := s.stillTrue(ctx, tx, h, i); err != nil {
		return err
	}
	if err := makeLabels(ctx, tx, h, i); err != nil {
		return err
	}
	first, last := h.Project.LastNumber+1, h.Project.LastNumber+i.Total
	if err := s.insertTasks(ctx, tx, h, i); err != nil {
		return err
	}
	if err := followTasks(ctx, tx, i, first, last); err != nil {
		return err
	}
	if err := s.tasks.recount(ctx, tx, i.ProjectID, last); err != nil {
		return err
	}
	if err := s.tell(ctx, tx, h, i); err != nil {
		return err
	}
	err = s.step(ctx, tx, i.ID, importRunning, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", importDone).Set("first_number = ?", first).Set("last_number = ?", last).Set("ended_at = ?", tx.Now)
	})
	if err != nil {
		return err
	}
	change, err := s.change(ctx, tx, h.Project, i, "imported "+components.Plural(int(i.Total), "task")+" from “"+i.FileName+"”")
	if err != nil {
		return err
	}
	tx.Changed(change)
	if err := touchTasks(ctx, tx, "t.project_id = ? AND t.number BETWEEN ? AND ?", i.ProjectID, first, last); err != nil {
		return err
	}
	return keepImportMentions(ctx, tx, i, first, last)
}

// change is the sentence about an import. The pages of tasks that got parts are drawn anew.
func (s *importStore) change(ctx context.Context, tx *data.Tx, p Project, i fileImport, what string) (data.Change, error) {
	c := p.change(what)
	c.Stale = append(c.Stale, boardKey(p.ID))
	var parents []int64
	if err := tx.NewSelect().Table("import_rows").ColumnExpr("DISTINCT parent_id").Where("import_id = ?", i.ID).Where("parent_id IS NOT NULL").Limit(1001).Scan(ctx, &parents); err != nil {
		return c, err
	}
	if len(parents) > 1000 {
		c.Stale = append(c.Stale, feature.ClearPrefix+"projects.task")
		return c, nil
	}
	for _, n := range parents {
		c.Stale = append(c.Stale, taskKey(n))
	}
	return c, nil
}

// stillTrue refuses rows whose words have been changed or deleted since they were checked, and statuses that the
// viewer may not begin with.
// Errors: fault.Conflict.
func (s *importStore) stillTrue(ctx context.Context, tx *data.Tx, h heldProject, i fileImport) error {
	var gone, rows int64
	err := inSlices(1, i.Total, func(from, to int64) error {
		var some, missing int64
		err := tx.NewRaw("SELECT COUNT(*), COALESCE(SUM(CASE WHEN s.id IS NULL OR p.id IS NULL OR r.milestone_id IS NOT NULL AND m.id IS NULL OR r.parent_id IS NOT NULL AND t.id IS NULL THEN 1 ELSE 0 END), 0) "+
			"FROM import_rows AS r LEFT JOIN statuses AS s ON s.id = r.status_id LEFT JOIN priorities AS p ON p.id = r.priority_id "+
			"LEFT JOIN milestones AS m ON m.id = r.milestone_id AND m.project_id = ? AND m.deleted_at IS NULL "+
			"LEFT JOIN tasks AS t ON t.id = r.parent_id AND t.project_id = ? AND t.deleted_at IS NULL WHERE r.import_id = ? AND r.place BETWEEN ? AND ?",
			i.ProjectID, i.ProjectID, i.ID, from, to).Scan(ctx, &some, &missing)
		rows, gone = rows+some, gone+missing
		return err
	})
	if err != nil {
		return fmt.Errorf("look at import %d again: %w", i.ID, err)
	}
	if gone > 0 || rows != i.Total {
		return fault.New(fault.Conflict, "Something that the file names was changed or deleted after the check. Please check it again.")
	}
	var statuses []int64
	if err := tx.NewSelect().Table("import_rows").ColumnExpr("DISTINCT status_id").Where("import_id = ?", i.ID).Scan(ctx, &statuses); err != nil {
		return err
	}
	w, err := loadWords(ctx, tx)
	if err != nil {
		return err
	}
	for _, n := range statuses {
		t := Task{ProjectID: i.ProjectID, Name: i.FileName, CreatedAt: tx.Now}
		t.move(w.Status(n), tx.Now)
		if err := s.tasks.allow(ctx, tx, wrote{heldProject: h, after: &t}); err != nil {
			return fault.New(fault.Conflict, "%s", fault.Of(err).Public).Because(err)
		}
	}
	return nil
}

// makeLabels makes those labels of the rows that the project does not have.
func makeLabels(ctx context.Context, tx *data.Tx, h heldProject, i fileImport) error {
	_, err := tx.NewDelete().Table("labels").Where("project_id = ?", i.ProjectID).Where("deleted_at IS NOT NULL").
		Where("name_key IN (SELECT x.name_key FROM import_labels AS x WHERE x.import_id = ?)", i.ID).Exec(ctx)
	if err != nil { // one of the same name in the trash is gone for good, as when somebody makes it by hand
		return fmt.Errorf("labels of import %d: %w", i.ID, err)
	}
	var wanted []Label
	err = tx.NewRaw("SELECT x.name_key, MIN(x.name) AS name FROM import_labels AS x LEFT JOIN labels AS l ON l.project_id = ? AND l.name_key = x.name_key "+
		"WHERE x.import_id = ? AND l.id IS NULL GROUP BY x.name_key ORDER BY x.name_key", i.ProjectID, i.ID).Scan(ctx, &wanted)
	if err != nil || len(wanted) == 0 {
		return err
	}
	for n := range wanted {
		l := &wanted[n]
		l.ProjectID, l.Tone, l.Version, l.CreatedAt, l.UpdatedAt = i.ProjectID, h.nextTone(n), 1, tx.Now, tx.Now
	}
	if _, err := tx.NewInsert().Model(&wanted).Exec(ctx); err != nil {
		return fmt.Errorf("labels of import %d: %w", i.ID, err)
	}
	return nil
}

// madeSlice is how many tasks one statement makes or changes. The transaction is one all the same; but one statement for
// 100,000 tasks takes longer on a busy MySQL than the driver waits for an answer.
const madeSlice = 5000

// inSlices calls do for the numbers from first to last, madeSlice of them at a time.
func inSlices(first, last int64, do func(from, to int64) error) error {
	for from := first; from <= last; from += madeSlice {
		if err := do(from, min(from+madeSlice-1, last)); err != nil {
			return err
		}
	}
	return nil
}

// stillWanted ends the making of tasks that somebody has cancelled meanwhile. On SQLite nobody can: the write is theirs alone.
// Errors: errCancelled.
func (s *importStore) stillWanted(ctx context.Context, tx *data.Tx, i fileImport) error {
	if !tx.MySQL {
		return nil
	}
	now, err := s.Get(ctx, i.ProjectID, i.ID) // past the transaction, which sees the import as it was
	if err == nil && now.State == importCancelling {
		err = errCancelled
	}
	return err
}

// insertTasks makes the tasks, those first that others are part of. Their numbers follow the rows.
func (s *importStore) insertTasks(ctx context.Context, tx *data.Tx, h heldProject, i fileImport) error {
	var position, deepest sql.NullInt64
	if err := tx.NewSelect().Table("tasks").ColumnExpr("MAX(position)").Where("project_id = ?", i.ProjectID).Scan(ctx, &position); err != nil {
		return err
	}
	if err := tx.NewSelect().Table("import_rows").ColumnExpr("MAX(depth)").Where("import_id = ?", i.ID).Scan(ctx, &deepest); err != nil {
		return err
	}
	before := h.Project.LastNumber
	for depth := range deepest.Int64 + 1 {
		up, join := "r.parent_id", ""
		if depth > 0 {
			up, join = "u.id", fmt.Sprintf(" JOIN tasks AS u ON u.project_id = %d AND u.number = r.parent_place + %d", i.ProjectID, before)
		}
		err := inSlices(1, i.Total, func(from, to int64) error {
			if err := s.stillWanted(ctx, tx, i); err != nil {
				return err
			}
			_, err := tx.NewRaw("INSERT INTO tasks (project_id, number, parent_id, name, summary, description, status_id, priority_id, assignee_id, start_on, due_on, "+
				"position, open, completed_at, started_at, estimate, milestone_id, label_ids, search_text, name_key, created_by, version, created_at, updated_at) "+
				"SELECT ?, r.place + ?, "+up+", r.name, r.summary, r.description, r.status_id, r.priority_id, r.assignee_id, r.start_on, r.due_on, "+
				"? + r.place * ?, r.open, r.completed_at, r.started_at, r.estimate, r.milestone_id, "+
				"COALESCE((SELECT GROUP_CONCAT(l.id ORDER BY l.name_key) FROM import_labels AS x JOIN labels AS l ON l.project_id = ? AND l.name_key = x.name_key WHERE x.import_id = r.import_id AND x.place = r.place), ''), "+
				"CONCAT(?, r.place + ?, ' ', r.search_text), r.name_key, ?, 1, ?, ? FROM import_rows AS r"+join+" WHERE r.import_id = ? AND r.place BETWEEN ? AND ? AND r.depth = ? ORDER BY r.place",
				i.ProjectID, before, position.Int64, gap, i.ProjectID, data.Fold(h.Project.TaskKey)+"-", before, i.UserID, tx.Now, tx.Now, i.ID, from, to, depth).Exec(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("tasks of import %d: %w", i.ID, err)
		}
	}
	return nil
}

// followTasks gives the new tasks their labels and the beginning of their history. The lines name no project: its own
// history has one line about the whole import.
func followTasks(ctx context.Context, tx *data.Tx, i fileImport, first, last int64) error {
	return inSlices(first, last, func(from, to int64) error {
		_, err := tx.NewRaw("INSERT INTO task_labels (task_id, label_id) SELECT t.id, l.id FROM import_labels AS x "+
			"JOIN labels AS l ON l.project_id = ? AND l.name_key = x.name_key JOIN tasks AS t ON t.project_id = ? AND t.number = x.place + ? "+
			"WHERE x.import_id = ? AND x.place BETWEEN ? AND ?",
			i.ProjectID, i.ProjectID, first-1, i.ID, from-first+1, to-first+1).Exec(ctx)
		if err != nil {
			return fmt.Errorf("labels of the tasks of import %d: %w", i.ID, err)
		}
		return taskLines(ctx, tx, "imported the task from “"+i.FileName+"”", "t.project_id = ? AND t.number BETWEEN ? AND ?", i.ProjectID, from, to)
	})
}

// taskLines writes one line into the history of each task that meets the condition.
func taskLines(ctx context.Context, tx *data.Tx, what, where string, args ...any) error {
	v := auth.From(ctx).Real()
	all := append([]any{data.Cut(what, 300), data.Optional(v.ID), v.Name, tx.Now}, args...)
	_, err := tx.NewRaw("INSERT INTO history (kind, thing_id, parent_id, version, field, old_value, new_value, what, user_id, user_name, created_at) "+
		"SELECT 'projects.task', t.id, 0, t.version, '', '', '', ?, ?, ?, ? FROM tasks AS t WHERE "+where, all...).Exec(ctx)
	if err != nil {
		return fmt.Errorf("history of tasks: %w", err)
	}
	return nil
}

// mayUndo reports whether the viewer may take the import back now: who began it and who leads the project, for a day.
func (i fileImport) mayUndo(h heldProject, v *auth.Viewer, now time.Time) bool {
	return i.State == importDone && i.EndedAt != nil && now.Sub(*i.EndedAt) < importKept && h.mayWork(v) && (h.mayEdit(v) || v.ID == i.UserID)
}

// undoTime is how long taking an import back may take: 100,000 tasks need more than other requests have.
const undoTime = time.Minute

// Undo moves all tasks of the import to the trash, with what is part of them, or brings back those that went so.
// Errors: fault.NotFound; fault.Forbidden; fault.Conflict when it is too late, or done already.
func (s *importStore) Undo(ctx context.Context, project, importID int64, undo bool) (fileImport, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoTime)
	defer cancel()
	var i fileImport
	err := s.db.Write(ctx, func(tx *data.Tx) error {
		h, err := s.tasks.lockProject(ctx, tx, project)
		if err != nil {
			return err
		}
		if i, err = getImport(ctx, tx, project, importID); err != nil {
			return err
		}
		v := auth.From(ctx)
		switch {
		case !h.mayWork(v):
			return errNotTeam()
		case !h.mayEdit(v) && v.ID != i.UserID:
			return fault.New(fault.Forbidden, "Only who began the import, the project's lead and administrators take it back.")
		case !i.mayUndo(h, v, tx.Now):
			return fault.New(fault.Conflict, "An import can be taken back for a day. Delete its tasks in the list instead.")
		case undo == (i.UndoneAt != nil):
			return fault.New(fault.Conflict, "Somebody has done that already. The page shows it when it is loaded anew.")
		}
		what, mark := "brought the tasks of “"+i.FileName+"” back", (*time.Time)(nil)
		if undo {
			what, mark = "took the import of “"+i.FileName+"” back", &tx.Now
			err = trashImport(ctx, tx, h, i)
		} else {
			err = restoreImport(ctx, tx, h, i)
		}
		if err != nil {
			return err
		}
		i.UndoneAt = mark
		if _, err := tx.NewUpdate().Model(&i).Column("undone_at").WherePK().Exec(ctx); err != nil {
			return err
		}
		c := h.Project.change(what)
		c.Stale = append(c.Stale, boardKey(project), feature.ClearPrefix+"projects.task")
		tx.Changed(c)
		if err := dropImportNamed(ctx, tx, i); err != nil {
			return err
		}
		return s.tasks.recount(ctx, tx, project, 0)
	})
	return i, err
}

func trashImport(ctx context.Context, tx *data.Tx, h heldProject, i fileImport) error {
	const set = "UPDATE tasks SET deleted_at = ?, version = version + 1 WHERE project_id = ? AND deleted_at IS NULL AND "
	err := inSlices(i.FirstNumber, i.LastNumber, func(from, to int64) error {
		_, err := tx.NewRaw(set+"number BETWEEN ? AND ?", tx.Now, i.ProjectID, from, to).Exec(ctx)
		return err
	})
	for range levels { // what was put below the imported tasks since goes with them
		if err != nil {
			return fmt.Errorf("take import %d back: %w", i.ID, err)
		}
		var res sql.Result
		res, err = tx.NewRaw(set+"parent_id IN (SELECT id FROM (SELECT id FROM tasks WHERE project_id = ? AND deleted_at = ?) AS went)", tx.Now, i.ProjectID, i.ProjectID, tx.Now).Exec(ctx)
		if err == nil {
			if n, countErr := res.RowsAffected(); countErr != nil || n == 0 {
				break
			}
		}
	}
	if err == nil {
		err = relinkWhere(ctx, tx, -1, "t.project_id = ? AND t.deleted_at = ?", i.ProjectID, tx.Now)
	}
	if err == nil {
		err = touchTasks(ctx, tx, "t.project_id = ? AND t.deleted_at = ?", i.ProjectID, tx.Now)
	}
	if err != nil {
		return err
	}
	return inSlices(1, h.Project.LastNumber, func(from, to int64) error {
		return taskLines(ctx, tx, "moved the task to the trash with the import of “"+i.FileName+"”", "t.project_id = ? AND t.number BETWEEN ? AND ? AND t.deleted_at = ?", i.ProjectID, from, to, tx.Now)
	})
}

func restoreImport(ctx context.Context, tx *data.Tx, h heldProject, i fileImport) error {
	const where = "t.project_id = ? AND t.deleted_at = ? AND (t.parent_id IS NULL OR t.parent_id NOT IN (SELECT id FROM (SELECT id FROM tasks WHERE project_id = ? AND deleted_at IS NOT NULL AND deleted_at <> ?) AS gone))"
	args := []any{i.ProjectID, i.UndoneAt, i.ProjectID, i.UndoneAt}
	const slice = " AND t.number BETWEEN ? AND ?"
	err := inSlices(1, h.Project.LastNumber, func(from, to int64) error {
		return taskLines(ctx, tx, "came back from the trash with the import of “"+i.FileName+"”", where+slice, append(slices.Clone(args), from, to)...)
	})
	if err != nil {
		return err
	}
	if err := relinkWhere(ctx, tx, 1, where, args...); err != nil {
		return err
	}
	if err := touchTasks(ctx, tx, where, args...); err != nil {
		return err
	}
	return inSlices(1, h.Project.LastNumber, func(from, to int64) error {
		_, err := tx.NewRaw("UPDATE tasks AS t SET deleted_at = NULL, version = version + 1 WHERE "+where+slice, append(slices.Clone(args), from, to)...).Exec(ctx)
		if err != nil {
			return fmt.Errorf("bring import %d back: %w", i.ID, err)
		}
		return nil
	})
}
