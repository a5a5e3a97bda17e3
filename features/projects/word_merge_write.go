package projects

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
)

func bunIn(ids []int64) any { return bun.In(ids) }

// projectsOf are the projects that the word's tasks, its limits and the word itself lie in, to be locked in the order of their ids.
func (s *wordStore) projectsOf(ctx context.Context, l wordList, id int64) ([]int64, error) {
	return projectsWith(ctx, s.db.Read, l, id)
}

func projectsWith(ctx context.Context, db bun.IDB, l wordList, id int64) ([]int64, error) {
	var ids []int64
	q := db.NewSelect().Table("tasks").ColumnExpr("project_id AS id").Where("? = ?", bun.Ident(l.column()), id).
		Union(db.NewSelect().Table("projects").Column("id").Where("? = ?", bun.Ident(l.column()), id))
	if l == statusList {
		q = q.Union(db.NewSelect().Table("project_limits").ColumnExpr("project_id AS id").Where("status_id = ?", id))
	}
	if err := db.NewSelect().TableExpr("(?) AS x", q).ColumnExpr("x.id").OrderExpr("x.id").Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("projects of a %s: %w", l.noun, err)
	}
	return ids, nil
}

// usage is how many tasks and projects have the word, those in the trash among them.
func (s *wordStore) usage(ctx context.Context, db bun.IDB, l wordList, id int64) (usage, error) {
	var u usage
	err := db.NewRaw("SELECT (SELECT COUNT(*) FROM tasks WHERE ? = ?) AS tasks, (SELECT COUNT(*) FROM projects WHERE ? = ?) AS projects",
		bun.Ident(l.column()), id, bun.Ident(l.column()), id).Scan(ctx, &u)
	if err != nil {
		return u, fmt.Errorf("use of a %s: %w", l.noun, err)
	}
	return u, nil
}

// lengthy is how long a change of all tasks of a status may take: a hundred thousand are more than a request's time on a slow disk.
const lengthy = 2 * time.Minute

// atLength is the context of such a change: it goes on when the browser does not wait for it.
func atLength(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), lengthy)
}

// Merge gives another word to all that has one, which is gone then. Each task's and project's history says so, and
// what "open" and "completed" mean for them follows the other's stage.
// Errors: fault.NotFound; fault.Invalid at the field.
func (s *wordStore) Merge(ctx context.Context, l wordList, id, into int64) (from, to word, err error) {
	ctx, cancel := atLength(ctx)
	defer cancel()
	projects, err := s.projectsOf(ctx, l, id)
	if err != nil {
		return from, to, err
	}
	err = s.db.Write(ctx, func(tx *data.Tx) error {
		all, one, err := s.lockOne(ctx, tx, l, id, projects)
		if err != nil {
			return err
		}
		var ok bool
		if from = one; into != id {
			to, ok = all.one(l, into)
		}
		if !ok {
			return fault.Field("into", "Choose another %s from the list.", l.noun)
		}
		if err := complete(l, slices.DeleteFunc(all.of(l), func(o word) bool { return o.ID == id }), "into"); err != nil {
			return err
		}
		touched, err := movedOf(ctx, tx, l, id)
		if err != nil {
			return err
		}
		if err := mergeRows(ctx, tx, from, to); err != nil {
			return err
		}
		c := s.change(to, mergedSaid(from, to))
		c.Stale, c.Live = append(c.Stale, touched.stale...), append(c.Live, touched.live...)
		tx.Changed(c)
		return nil
	})
	return from, to, err
}

// mergeRows moves all that has the one word to the other, and removes the one. What had it comes last in the other's columns.
func mergeRows(ctx context.Context, tx *data.Tx, from, to word) error {
	l := from.list
	for _, table := range []string{"tasks", "projects"} {
		if err := mergeHistory(ctx, tx, table, from, to); err != nil {
			return err
		}
	}
	q := tx.NewUpdate().Table("tasks")
	if l == statusList {
		var last int64
		if err := tx.NewSelect().Table("tasks").ColumnExpr("COALESCE(MAX(position), 0)").Where("status_id = ?", to.ID).Scan(ctx, &last); err != nil {
			return fmt.Errorf("merge a status: %w", err)
		}
		if err := recountFor(ctx, tx, from.ID, from.Stage, to.Stage); err != nil {
			return err
		}
		if err := mergeLimits(ctx, tx, from.ID, to.ID); err != nil {
			return err
		}
		q = q.Set("position = position + ?", last+gap)
		if from.Stage != to.Stage {
			q = staged(q, to.Stage, tx.Now)
		}
	}
	for _, q := range []*bun.UpdateQuery{q, tx.NewUpdate().Table("projects")} { // one pass over each: there may be a hundred thousand
		_, err := q.Set("? = ?", bun.Ident(l.column()), to.ID).Set("version = version + 1").Set("updated_at = ?", tx.Now).
			Where("? = ?", bun.Ident(l.column()), from.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("merge a %s: %w", l.noun, err)
		}
	}
	if _, err := tx.NewDelete().Table(l.table).Where("id = ?", from.ID).Exec(ctx); err != nil {
		return fmt.Errorf("merge a %s: %w", l.noun, err)
	}
	return nil
}

// mergeLimits lets a column hold what the two held together, where both had a limit. A column without one keeps none: the other's would shut it.
func mergeLimits(ctx context.Context, tx *data.Tx, from, to int64) error {
	var both []Limit
	err := tx.NewSelect().TableExpr("project_limits AS a").Join("JOIN project_limits AS b ON b.project_id = a.project_id AND b.status_id = ?", to).
		ColumnExpr("b.project_id, b.status_id, a.most + b.most AS most").Where("a.status_id = ?", from).Scan(ctx, &both)
	if err != nil {
		return fmt.Errorf("limits of a merge: %w", err)
	}
	for _, l := range both {
		l.Most = min(l.Most, mostLimit)
		if err := writeLimit(ctx, tx, l); err != nil {
			return err
		}
	}
	return nil
}

// mergeHistory says in the history of all rows of a table that have the one word that they have the other now.
func mergeHistory(ctx context.Context, tx *data.Tx, table string, from, to word) error {
	kind, parent := "projects.task", "x.project_id"
	if table == "projects" {
		kind, parent = "projects.project", "0"
	}
	v := auth.From(ctx).Real()
	_, err := tx.NewRaw("INSERT INTO history (kind, thing_id, parent_id, version, field, old_value, new_value, what, user_id, user_name, created_at) "+
		"SELECT ?, x.id, ?, x.version + 1, ?, ?, ?, ?, ?, ?, ? FROM ? AS x WHERE x.? = ?", kind, bun.Safe(parent), from.list.noun, from.Name, to.Name,
		mergedSaid(from, to), data.Optional(v.ID), v.Name, tx.Now, bun.Ident(table), bun.Ident(from.list.column()), from.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("history of a merge: %w", err)
	}
	return nil
}

// restage makes true what follows from a status's stage for the tasks that have it: whether they are open, since when they are
// completed or begun, how many open tasks others wait for, and the counts of their projects.
func restage(ctx context.Context, tx *data.Tx, status int64, was, now Stage) error { //nolint:revive // from and to
	if err := recountFor(ctx, tx, status, was, now); err != nil {
		return err
	}
	if _, err := staged(tx.NewUpdate().Table("tasks"), now, tx.Now).Where("status_id = ?", status).Exec(ctx); err != nil {
		return fmt.Errorf("stage of tasks: %w", err)
	}
	return nil
}

// staged sets what a task of that stage has.
func staged(q *bun.UpdateQuery, now Stage, at time.Time) *bun.UpdateQuery {
	q = q.Set("open = ?", now.Open())
	if now == StageDone {
		q = q.Set("completed_at = COALESCE(completed_at, ?)", at)
	} else {
		q = q.Set("completed_at = NULL")
	}
	if now != StageTodo && now != StageCancelled {
		q = q.Set("started_at = COALESCE(started_at, ?)", at)
	}
	return q
}

// recountFor counts all anew that a status's tasks are counted in, as if they had another stage already.
func recountFor(ctx context.Context, tx *data.Tx, status int64, was, now Stage) error { //nolint:revive // from and to
	if was == now {
		return nil
	}
	if was.Open() != now.Open() {
		if err := rewait(ctx, tx, status, now); err != nil {
			return err
		}
	}
	return recountStage(ctx, tx, status, now)
}

// recountStage counts the tasks of all projects anew that have tasks of the status, and finds their next due date, as if it had that stage.
func recountStage(ctx context.Context, tx *data.Tx, status int64, now Stage) error {
	const count = "(SELECT COUNT(*) FROM tasks AS t JOIN statuses AS s ON s.id = t.status_id WHERE t.project_id = projects.id AND t.deleted_at IS NULL AND " +
		"CASE WHEN s.id = ? THEN ? ELSE s.stage END "
	const due = "COALESCE((SELECT MIN(t.due_on) FROM tasks AS t WHERE t.project_id = projects.id AND t.deleted_at IS NULL AND t.due_on > '' AND " +
		"CASE WHEN t.status_id = ? THEN ? ELSE t.open END), '')"
	_, err := tx.NewUpdate().TableExpr("projects").Set("tasks_total = "+count+"<> 'cancelled')", status, now).Set("tasks_done = "+count+"= 'done')", status, now).
		Set("next_due_on = "+due, status, now.Open()).
		Where("id IN (SELECT t.project_id FROM tasks AS t WHERE t.status_id = ?)", status).Exec(ctx)
	if err != nil {
		return fmt.Errorf("count tasks of a stage: %w", err)
	}
	return nil
}

// rewait counts anew how many open tasks those wait for that wait for a task of the status, as if it had that stage.
func rewait(ctx context.Context, tx *data.Tx, status int64, stage Stage) error {
	var rows []struct{ ID, Was, Now int64 }
	const open = "SUM(CASE WHEN n.deleted_at IS NOT NULL OR p.deleted_at IS NOT NULL AND p.id <> t.project_id THEN 0 WHEN n.status_id = ? THEN ? WHEN n.open THEN 1 ELSE 0 END)"
	one := 0
	if stage.Open() {
		one = 1
	}
	err := tx.NewRaw("SELECT t.id, t.waits_on AS was, "+open+" AS now FROM task_dependencies AS d JOIN tasks AS t ON t.id = d.task_id JOIN tasks AS n ON n.id = d.needs_id JOIN projects AS p ON p.id = n.project_id "+
		"WHERE d.task_id IN (SELECT e.task_id FROM task_dependencies AS e JOIN tasks AS m ON m.id = e.needs_id WHERE m.status_id = ?) "+
		"GROUP BY t.id, t.waits_on HAVING t.waits_on <> "+open, status, one, status, status, one).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("what tasks wait for: %w", err)
	}
	byCount := map[int64][]int64{}
	for _, r := range rows {
		byCount[r.Now] = append(byCount[r.Now], r.ID)
	}
	for n, ids := range byCount {
		for part := range slices.Chunk(ids, 1000) {
			if _, err := tx.NewUpdate().Table("tasks").Set("waits_on = ?", n).Where("id IN (?)", bun.In(part)).Exec(ctx); err != nil {
				return fmt.Errorf("what tasks wait for: %w", err)
			}
		}
	}
	return nil
}

// touched is what a change of many tasks at once ends and tells.
type touched struct{ stale, live []string }

// movedRows is what a change of all tasks of a status ends and tells.
func movedRows(ctx context.Context, tx *data.Tx, status int64) (touched, error) {
	return movedOf(ctx, tx, statusList, status)
}

// movedOf is what a change of all that has the word ends and tells. Which rows are held cannot be known, so whole regions are dropped:
// those of tasks and boards, and what was drawn of the projects.
func movedOf(ctx context.Context, tx *data.Tx, l wordList, id int64) (touched, error) {
	projects, err := projectsWith(ctx, tx, l, id)
	if err != nil || len(projects) == 0 {
		return touched{}, err
	}
	t := touched{stale: []string{feature.ClearPrefix}}
	for _, p := range projects[:min(len(projects), staleMost)] {
		t.live = append(t.live, projectTopic(p))
	}
	return t, nil
}
