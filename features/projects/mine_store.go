package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/clock"
	"portal/app/data"
	"portal/components"
)

// mineFilter is the query string of what is the viewer's over all projects.
type mineFilter struct {
	data.List
	Show     string `query:"show"` // empty for what waits for them; assigned, todos, queue, watching, made
	When     string `query:"when"` // a group's name; empty for all
	Project  int64  `query:"project"`
	Priority int64  `query:"priority"`
	Saved    int64  `query:"saved"` // the saved view that it was opened with, 0 for none
}

// tidy is the filter without what it does not know.
func (f mineFilter) tidy() mineFilter {
	f.List = f.Tidy()
	if !slices.ContainsFunc(mineShows, func(o components.Option) bool { return o.Value == f.Show }) {
		f.Show = ""
	}
	return f
}

// The groups by due date, in their order.
const (
	groupOverdue = "overdue"
	groupToday   = "today"
	groupWeek    = "week" // until its Sunday
	groupLater   = "later"
	groupNone    = "none"
)

var mineGroups = []string{groupOverdue, groupToday, groupWeek, groupLater, groupNone}

// mineRow is a task or a todo of the viewer's, with what it is part of. A todo of a project itself has no task.
type mineRow struct {
	Task        `bun:",extend"`
	TodoID      int64
	Todo        string // its text
	Due         clock.Day
	Home        int64 // the project
	TaskKey     string
	ProjectName string
	Team        bool // the viewer may work on the project's tasks
}

// mineSum is how much the viewer has in one project and group.
type mineSum struct {
	ProjectID int64
	Name      string
	Bucket    string
	N         int
}

// mine is one page of what is the viewer's, and how much there is.
type mine struct {
	Rows []mineRow
	Sums []mineSum // of every project and group that the other filters leave
	Page int
}

// counts are how much each group has in the project, 0 for all.
func (m mine) counts(project int64) map[string]int {
	all := map[string]int{}
	for _, s := range m.Sums {
		if project == 0 || s.ProjectID == project {
			all[s.Bucket] += s.N
		}
	}
	return all
}

// total is how many rows all pages of the filter have.
func (m mine) total(f mineFilter) int {
	n := 0
	for bucket, count := range m.counts(f.Project) {
		if f.When == "" || f.When == bucket {
			n += count
		}
	}
	return n
}

// mineStore reads what is the viewer's over all projects.
type mineStore struct {
	projects *projectStore
	pages    cache.Region[mine]
}

func newMineStore(p *projectStore, c *cache.Cache) *mineStore {
	return &mineStore{p, cache.Statistics[mine](c, "projects.mine")}
}

// mineFamily is the family of what is held of what a person watches.
func mineFamily(user int64) string { return "projects.mine-" + id(user) }

// Page is one page of what is the viewer's. It runs no query while it is held, else two.
func (s *mineStore) Page(ctx context.Context, f mineFilter, today clock.Day) (mine, error) {
	v := auth.From(ctx)
	f = f.tidy()
	f.Saved = 0
	key := s.pages.Family(listFamily, s.pages.Family(mineFamily(v.ID), fmt.Sprintf("%s/%s/%+v", v.Sight(), today, f)))
	return s.pages.Get(ctx, key, func(ctx context.Context) (mine, error) { return s.load(ctx, f, today) })
}

// All is what all pages have together, in their order.
// Errors: fault.Invalid when it is more than most.
func (s *mineStore) All(ctx context.Context, f mineFilter, today clock.Day, most int) ([]mineRow, error) {
	f = f.tidy()
	f.Page, f.Size = 1, most
	m, err := s.load(ctx, f, today)
	if err == nil && m.total(f) > most {
		err = errTooManyToTake(most)
	}
	return m.Rows, err
}

func (s *mineStore) load(ctx context.Context, f mineFilter, today clock.Day) (mine, error) {
	m := mine{Page: 1}
	v := auth.From(ctx)
	err := s.from(f, v).ColumnExpr("p.id AS project_id, p.name").ColumnExpr("? AS bucket", bucketOf(today)).ColumnExpr("COUNT(*) AS n").
		GroupExpr("p.id, p.name, bucket").OrderExpr("p.name, p.id").Scan(ctx, &m.Sums)
	if err != nil {
		return m, fmt.Errorf("count what is %d's: %w", v.ID, err)
	}
	total := m.total(f)
	if total == 0 {
		return m, nil
	}
	m.Page = max(1, min(f.Page, (total+f.Size-1)/f.Size))
	q := s.from(f, v).ColumnExpr(taskColumns).ColumnExpr("m.todo_id, COALESCE(d.text, '') AS todo, ? AS due, p.id AS home, p.task_key, p.name AS project_name", bun.Safe(mineDue)).
		ColumnExpr("? AS team", mayWorkOn(v))
	if f.Project > 0 {
		q = q.Where("p.id = ?", f.Project)
	}
	if f.When != "" {
		q = q.Where("? = ?", bucketOf(today), f.When)
	}
	err = q.OrderExpr(mineSorts.Order(f.List, "p.id, m.task_id, m.todo_id")).Limit(int64(f.Size)).Offset(int64((m.Page-1)*f.Size)).Scan(ctx, &m.Rows)
	if err != nil {
		return m, fmt.Errorf("what is %d's: %w", v.ID, err)
	}
	return m, nil
}

// mineDue is the due date of a row: of the todo, or of the task.
const mineDue = "CASE WHEN m.todo_id > 0 THEN d.due_on ELSE t.due_on END"

var mineSorts = data.Sorts{
	"": "CASE WHEN " + mineDue + " = '' THEN 1 ELSE 0 END, " + mineDue + ", COALESCE(r.position, 0) DESC", "due": mineDue, "name": "COALESCE(d.text, t.name)",
	"priority": "COALESCE(r.position, 0)", "project": "p.name_key", "updated": "COALESCE(t.updated_at, d.updated_at)", "status": "COALESCE(s.position, 0)",
}

// bucketOf is the group of a row.
func bucketOf(today clock.Day) any {
	sunday := today
	for n := range 7 {
		if day := today.Add(n); weekdayOf(day) == 7 {
			sunday = day
			break
		}
	}
	return bun.SafeQuery("CASE WHEN "+mineDue+" = '' THEN 'none' WHEN "+mineDue+" < ? THEN 'overdue' WHEN "+mineDue+" = ? THEN 'today' WHEN "+mineDue+" <= ? THEN 'week' ELSE 'later' END",
		today, today, sunday)
}

// mayWorkOn is whether the viewer may work on the tasks of project p.
func mayWorkOn(v *auth.Viewer) any {
	if v.Admin() {
		return bun.Safe("1")
	}
	return bun.SafeQuery("CASE WHEN p.lead_id = ? OR EXISTS (SELECT 1 FROM project_people AS pp WHERE pp.project_id = p.id AND pp.user_id = ?) "+
		"OR EXISTS (SELECT 1 FROM project_roles AS pr WHERE pr.project_id = p.id AND pr.role_id IN (?)) THEN 1 ELSE 0 END", v.ID, v.ID, list(rolesOf(v)))
}

// rolesOf are the viewer's roles, and one that nobody has when they have none.
func rolesOf(v *auth.Viewer) []int64 { return append([]int64{0}, v.Roles()...) }

// from joins what is the viewer's with all that the filters ask about. Each part of what is theirs has an index of its own.
func (s *mineStore) from(f mineFilter, v *auth.Viewer) *bun.SelectQuery {
	const task = "SELECT t.id AS task_id, t.project_id, 0 AS todo_id FROM tasks AS t "
	// A cross join keeps SQLite from going through all open tasks first.
	const watched = "SELECT t.id AS task_id, t.project_id, 0 AS todo_id FROM task_watchers AS w CROSS JOIN tasks AS t ON t.id = w.task_id "
	parts := map[string]struct {
		query string
		arg   any
	}{
		"assigned": {task + "WHERE t.assignee_id = ? AND t.open = TRUE AND t.deleted_at IS NULL", v.ID},
		"queue":    {task + "WHERE t.queue_id IN (?) AND t.open = TRUE AND t.deleted_at IS NULL AND t.assignee_id IS NULL", list(rolesOf(v))},
		"todos":    {"SELECT d.task_id, d.project_id, d.id AS todo_id FROM todos AS d WHERE d.assignee_id = ? AND d.done_at IS NULL AND d.deleted_at IS NULL", v.ID},
		"watching": {watched + "WHERE w.user_id = ? AND t.open = TRUE AND t.deleted_at IS NULL", v.ID},
		"made":     {task + "WHERE t.created_by = ? AND t.open = TRUE AND t.deleted_at IS NULL", v.ID},
	}
	chosen := []string{"assigned", "queue", "todos"}
	if _, ok := parts[f.Show]; ok {
		chosen = []string{f.Show}
	}
	var queries []string
	var args []any
	for _, name := range chosen {
		queries, args = append(queries, parts[name].query), append(args, parts[name].arg)
	}
	q := s.projects.db.Read.NewSelect().TableExpr("("+strings.Join(queries, " UNION ALL ")+") AS m", args...).
		Join("JOIN projects AS p ON p.id = m.project_id").Join("LEFT JOIN tasks AS t ON t.id = m.task_id").Join("LEFT JOIN todos AS d ON d.id = m.todo_id").
		Join("LEFT JOIN priorities AS r ON r.id = t.priority_id").Join("LEFT JOIN statuses AS s ON s.id = t.status_id").
		Where("p.deleted_at IS NULL").Where("p.archived_at IS NULL").Where("p.template = ?", false).Where("t.deleted_at IS NULL").Apply(visibleTo(v))
	if f.Priority > 0 {
		q = q.Where("t.priority_id = ?", f.Priority)
	}
	for _, word := range strings.Fields(data.Fold(f.Text)) {
		like := data.Like(word)
		q = q.Where("(t.search_text LIKE ? ESCAPE '!' OR LOWER(d.text) LIKE ? ESCAPE '!')", like, like)
	}
	return q
}
