package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// loadDependencies reads what a task waits for, and then what waits for it, in one query. What lies in the trash is left out.
func loadDependencies(ctx context.Context, db bun.IDB, task int64) ([]dependency, error) {
	var all []dependency
	side := func(waits bool, here, there string) *bun.SelectQuery {
		return db.NewSelect().TableExpr("task_dependencies AS d").Join("JOIN tasks AS t ON t.id = d."+there).Join("JOIN projects AS p ON p.id = t.project_id").
			ColumnExpr("t.id, t.project_id, t.number, t.name, t.status_id, t.assignee_id, t.due_on, t.open").ColumnExpr("? AS waits", waits).
			Where("d."+here+" = ?", task).Where("t.deleted_at IS NULL").Where("p.deleted_at IS NULL")
	}
	err := db.NewSelect().TableExpr("(?) AS x", side(false, "task_id", "needs_id").UnionAll(side(true, "needs_id", "task_id"))).
		OrderExpr("x.waits, x.project_id, x.number").Limit(4*waitsMost).Scan(ctx, &all)
	if err != nil {
		return nil, fmt.Errorf("what task %d waits for: %w", task, err)
	}
	return all, nil
}

// knownAmong are those of the projects that the viewer may know of, by id, in one query; without ids in none.
func (s *projectStore) knownAmong(ctx context.Context, db bun.IDB, ids []int64) (map[int64]Project, error) {
	all := map[int64]Project{}
	if len(ids) == 0 {
		return all, nil
	}
	var rows []Project
	err := db.NewSelect().Model(&rows).Column("id", "name", "task_key").Where("p.id IN (?)", bun.In(sorted(ids))).Where("p.deleted_at IS NULL").
		Apply(visibleTo(auth.From(ctx))).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("which projects may be known: %w", err)
	}
	for _, p := range rows {
		all[p.ID] = p
	}
	return all, nil
}

// candidate is a task that a text may mean, and its project.
type candidate struct {
	Project Project
	Task    Task
}

// foundMost is how many tasks are offered.
const foundMost = 8

var exactTask = regexp.MustCompile(`^#?(?:([A-Za-z][A-Za-z0-9]*)-)?([0-9]{1,15})$`)

// Find are the tasks that the text may mean: the one of that number or key, or those with its words in their names.
// Words look through the project, or through the one whose key comes first: “NET cable”. The viewer may know of all of them.
func (s *taskStore) Find(ctx context.Context, h heldProject, text string) ([]candidate, error) {
	text = strings.TrimSpace(text)
	if m := exactTask.FindStringSubmatch(text); m != nil {
		p, err := s.keyed(ctx, h, m[1])
		if err != nil || p.ID == 0 {
			return nil, err
		}
		number, err := strconv.ParseInt(m[2], 10, 64)
		if err != nil {
			return nil, nil
		}
		return s.search(ctx, p, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("t.number = ?", number) })
	}
	words := strings.Fields(data.Fold(text))
	if len(words) == 0 {
		return nil, nil
	}
	p := h.Project
	if len(words) > 1 {
		other, err := s.keyed(ctx, h, strings.Fields(text)[0])
		if err != nil {
			return nil, err
		}
		if other.ID != 0 {
			p, words = other, words[1:]
		}
	}
	return s.search(ctx, p, func(q *bun.SelectQuery) *bun.SelectQuery {
		for _, w := range words {
			q = q.Where("t.search_text LIKE ? ESCAPE '!'", data.Like(w))
		}
		return q.OrderExpr("t.open DESC, t.number DESC")
	})
}

// keyed is the project of that key, the page's own for no key, the zero Project when the viewer may know of none.
func (s *taskStore) keyed(ctx context.Context, h heldProject, key string) (Project, error) {
	if key == "" || strings.EqualFold(key, h.Project.TaskKey) {
		return h.Project, nil
	}
	var n int64
	err := s.db.Read.NewSelect().Table("projects").Column("id").Where("task_key = ?", strings.ToUpper(key)).Scan(ctx, &n)
	if errors.Is(err, sql.ErrNoRows) {
		return Project{}, nil
	}
	if err != nil {
		return Project{}, fmt.Errorf("project of a key: %w", err)
	}
	other, err := s.projects.Get(ctx, n)
	if fault.Is(err, fault.NotFound) || other.Project.Template {
		return Project{}, nil
	}
	return other.Project, err
}

func (s *taskStore) search(ctx context.Context, p Project, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]candidate, error) {
	var rows []Task
	q := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr(taskColumns).Where("t.project_id = ?", p.ID).Where("t.deleted_at IS NULL")
	if err := narrow(q).Limit(foundMost).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("find a task: %w", err)
	}
	var all []candidate
	for _, t := range rows {
		all = append(all, candidate{p, t})
	}
	return all, nil
}
