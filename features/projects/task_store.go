package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/markdown"
)

// taskStore reads and writes tasks, and what hangs on them.
type taskStore struct {
	db       *data.DB
	projects *projectStore
	hot      cache.Region[thread]
	numbers  cache.Region[int64]
	titles   cache.Region[string]
	boards   cache.Region[[]stack]
}

func newTaskStore(p *projectStore, c *cache.Cache) *taskStore {
	return &taskStore{p.db, p, cache.Rows[thread](c, "projects.task"), cache.Rows[int64](c, "projects.number"), cache.Rows[string](c, "projects.title"), cache.Rows[[]stack](c, "projects.board")}
}

// thread is a task with all that its page shows: what it is part of, its parts, todos and comments.
type thread struct {
	Task     Task
	HTML     string // the description, clean
	Parent   *Task
	Parts    []Task
	Todos    []Todo
	Comments []Comment
	Links    []link // what it waits for, then what waits for it; the viewer may not know of all of them
}

func errNoTask() error {
	return fault.New(fault.NotFound, "There is no such task, or it is not for you.")
}

// Get is the task of that number in the project, which the viewer must have been found to know.
// It runs no query while it is held.
// Errors: fault.NotFound.
func (s *taskStore) Get(ctx context.Context, h hot, number int64) (thread, error) {
	id, err := s.numbers.Get(ctx, numberKey(h.Project.ID, number), func(ctx context.Context) (int64, error) {
		return taskID(ctx, s.db.Read, h.Project.ID, number)
	})
	if err != nil {
		return thread{}, err
	}
	t, err := s.hot.Get(ctx, id, func(ctx context.Context) (thread, error) { return s.load(ctx, id) })
	if err != nil || t.Task.ID == 0 || t.Task.DeletedAt != nil {
		if err == nil {
			err = errNoTask()
		}
		return thread{}, err
	}
	return t, nil
}

// Title is what the task's page is called. Whoever shows a page that was drawn before needs no more of the task than that it is there.
// Errors: fault.NotFound.
func (s *taskStore) Title(ctx context.Context, h hot, number int64) (string, error) {
	key := s.titles.Family(seenFamily(h.Project.ID), number)
	return s.titles.Get(ctx, key, func(ctx context.Context) (string, error) {
		t, err := s.Get(ctx, h, number)
		return t.Task.Key(h.Project) + " " + t.Task.Name, err
	})
}

// numberKey is the id in the cache of a task's number.
func numberKey(project, number int64) string { return fmt.Sprintf("%d/%d", project, number) }

func taskID(ctx context.Context, db bun.IDB, project, number int64) (int64, error) {
	var id int64
	err := db.NewSelect().Table("tasks").Column("id").Where("project_id = ?", project).Where("number = ?", number).Scan(ctx, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, errNoTask()
	}
	return id, err
}

// load reads a task with its family in one query, and its todos and comments in another.
func (s *taskStore) load(ctx context.Context, id int64) (thread, error) {
	var th thread
	var family []Task
	err := s.db.Read.NewSelect().Model(&family).Where("t.id = ?", id).WhereOr("t.parent_id = ?", id).
		WhereOr("t.id = (SELECT x.parent_id FROM tasks AS x WHERE x.id = ?)", id).OrderExpr("t.position, t.id").Scan(ctx)
	if err != nil {
		return th, fmt.Errorf("load task %d: %w", id, err)
	}
	for _, t := range family {
		switch {
		case t.ID == id:
			th.Task = t
		case t.DeletedAt != nil:
		case value(t.ParentID) == id:
			th.Parts = append(th.Parts, t)
		default:
			th.Parent = &t
		}
	}
	th.HTML = markdown.HTML(th.Task.Description)
	if th.Todos, th.Comments, err = loadNotes(ctx, s.db.Read, id); err != nil {
		return th, err
	}
	th.Links, err = loadLinks(ctx, s.db.Read, id)
	return th, err
}

// taskFilter is the query string of a project's task list and board.
type taskFilter struct {
	data.List
	Status   int64  `query:"status"`
	Priority int64  `query:"priority"`
	Assignee int64  `query:"assignee"` // -1: nobody
	Show     string `query:"show"`     // empty for all; open, overdue, mine
}

// Plain reports whether nothing is filtered: the list then shows the tree.
func (f taskFilter) Plain() bool {
	return f.Status == 0 && f.Priority == 0 && f.Assignee == 0 && f.Show == "" && strings.TrimSpace(f.Text) == "" && f.Sort == ""
}

var taskSorts = data.Sorts{
	"": "t.position", "number": "t.number", "name": "t.name_key", "status": "s.position", "priority": "r.position",
	"due": "CASE WHEN t.due_on = '' THEN 1 ELSE 0 END, t.due_on", "updated": "t.updated_at",
}

func (f taskFilter) apply(q *bun.SelectQuery, v *auth.Viewer, today clock.Day) *bun.SelectQuery {
	switch f.Show {
	case "open":
		q = q.Where("t.open")
	case "overdue":
		q = q.Where("t.open").Where("t.due_on > ''").Where("t.due_on < ?", today)
	case "mine":
		q = q.Where("t.assignee_id = ?", v.ID)
	}
	if f.Status > 0 {
		q = q.Where("t.status_id = ?", f.Status)
	}
	if f.Priority > 0 {
		q = q.Where("t.priority_id = ?", f.Priority)
	}
	switch {
	case f.Assignee > 0:
		q = q.Where("t.assignee_id = ?", f.Assignee)
	case f.Assignee < 0:
		q = q.Where("t.assignee_id IS NULL")
	}
	for _, word := range strings.Fields(data.Fold(f.Text)) {
		q = q.Where("t.search_text LIKE ? ESCAPE '!'", data.Like(word))
	}
	return q
}

// taskRow is a line of the task list.
type taskRow struct {
	Task  `bun:",extend"`
	Depth int // 0 to 2, in the tree
	Total int // rows of all pages
}

// List is one page of a project's tasks: their tree when nothing is filtered, else those that fit.
func (s *taskStore) List(ctx context.Context, project int64, f taskFilter, today clock.Day) (data.Rows[taskRow], error) {
	f.List = f.Tidy()
	rows := data.Rows[taskRow]{Page: f.Page, Size: f.Size}
	q := s.db.Read.NewSelect().TableExpr("tasks AS t").Join("JOIN statuses AS s ON s.id = t.status_id").
		Join("JOIN priorities AS r ON r.id = t.priority_id").ColumnExpr(taskColumns).ColumnExpr("COUNT(*) OVER () AS total").
		Where("t.project_id = ?", project).Where("t.deleted_at IS NULL")
	order := taskSorts.Order(f.List, "t.id")
	if f.Plain() {
		q, order = q.Where("t.parent_id IS NULL"), "s.position, t.position, t.id"
	}
	err := f.apply(q, auth.From(ctx), today).OrderExpr(order).Limit(int64(f.Size)).Offset(int64((f.Page-1)*f.Size)).Scan(ctx, &rows.Items)
	if err != nil {
		return rows, fmt.Errorf("list tasks of project %d: %w", project, err)
	}
	if len(rows.Items) == 0 {
		if f.Page == 1 {
			return rows, nil
		}
		f.Page = 1
		return s.List(ctx, project, f, today)
	}
	rows.Total = rows.Items[0].Total
	if f.Plain() {
		rows.Items, err = s.tree(ctx, rows.Items)
	}
	return rows, err
}

// taskColumns are those that lists and boards show.
const taskColumns = "t.id, t.project_id, t.number, t.parent_id, t.name, t.status_id, t.priority_id, t.assignee_id, t.start_on, t.due_on, " +
	"t.position, t.open, t.completed_at, t.started_at, t.estimate, t.milestone_id, t.queue_id, t.repeat_rule, t.label_ids, t.waits_on, " +
	"t.created_at, t.version, t.updated_at"

// tree puts the parts of the tasks below them, in two queries whatever their number.
func (s *taskStore) tree(ctx context.Context, roots []taskRow) ([]taskRow, error) {
	below := map[int64][]taskRow{}
	level := roots
	for depth := 1; depth < levels && len(level) > 0; depth++ {
		var ids []int64
		for _, t := range level {
			ids = append(ids, t.ID)
		}
		var next []taskRow
		err := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr(taskColumns).Where("t.parent_id IN (?)", bun.In(ids)).
			Where("t.deleted_at IS NULL").OrderExpr("t.position, t.id").Scan(ctx, &next)
		if err != nil {
			return nil, fmt.Errorf("load parts: %w", err)
		}
		for i := range next {
			next[i].Depth = depth
			below[*next[i].ParentID] = append(below[*next[i].ParentID], next[i])
		}
		level = next
	}
	var all []taskRow
	var lay func([]taskRow)
	lay = func(rows []taskRow) {
		for _, r := range rows {
			all = append(all, r)
			lay(below[r.ID])
		}
	}
	lay(roots)
	return all, nil
}
