package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
	"portal/app/inbox"
	"portal/app/markdown"
)

// taskStore reads and writes tasks, and what hangs on them.
type taskStore struct {
	db          *data.DB
	projects    *projectStore
	heldProject cache.Region[thread]
	numbers     cache.Region[int64]
	titles      cache.Region[string]
	boards      cache.Region[[]stack]
	named       cache.Region[named]
	pages       cache.Region[taskPageRows]
	inbox       *inbox.Store
}

func newTaskStore(p *projectStore, c *cache.Cache) *taskStore {
	return &taskStore{
		db: p.db, projects: p, heldProject: cache.Rows[thread](c, "projects.task"), numbers: cache.Rows[int64](c, "projects.number"),
		titles: cache.Rows[string](c, "projects.title"), boards: cache.Rows[[]stack](c, "projects.board"), named: cache.Rows[named](c, "projects.named"),
		pages: cache.Rows[taskPageRows](c, "projects.tasks"),
	}
}

// thread is a task with all that its page shows: what it is part of, its parts, todos and comments.
type thread struct {
	Task     Task
	HTML     string  // the description, clean
	Watchers []int64 // people who watch it
	Parent   *Task
	Parts    []Task
	Todos    []Todo
	Comments []Comment
	Files    []Attachment // of the task and of its comments
	Links    links        // what the texts name
	Back     []backlink   // what names the task, the newest first
	// what it waits for, then what waits for it; the viewer may not know of all of them
	Dependencies []dependency
}

func errNoTask() error {
	return fault.New(fault.NotFound, "There is no such task, or it is not for you.")
}

// Get is the task of that number in the project, which the viewer must have been found to know.
// It runs no query while it is held.
// Errors: fault.NotFound.
func (s *taskStore) Get(ctx context.Context, h heldProject, number int64) (thread, error) {
	id, err := s.numbers.Get(ctx, numberKey(h.Project.ID, number), func(ctx context.Context) (int64, error) {
		return taskID(ctx, s.db.Read, h.Project.ID, number)
	})
	if err != nil {
		return thread{}, err
	}
	t, err := s.heldProject.Get(ctx, id, func(ctx context.Context) (thread, error) { return s.load(ctx, id) })
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
func (s *taskStore) Title(ctx context.Context, h heldProject, number int64) (string, error) {
	key := s.titles.Family(seenFamily(h.Project.ID), number)
	return s.titles.Get(ctx, key, func(ctx context.Context) (string, error) {
		t, err := s.Get(ctx, h, number)
		return t.Task.Key(h.Project) + " " + t.Task.Name, err
	})
}

// named is what a task's texts name, what names the task, and what it depends on.
type named struct {
	Links links
	Back  []backlink
	Needs []dependency // of other projects
}

// Named is what a task's page shows of others: what its texts name, what names it and what it depends on; whoever shows a page that was drawn before asks with it what the
// viewer may see of that now. It runs no query while it is held.
func (s *taskStore) Named(ctx context.Context, h heldProject, number int64) (named, error) {
	key := s.named.Family(seenFamily(h.Project.ID), number)
	return s.named.Get(ctx, key, func(ctx context.Context) (named, error) {
		t, err := s.Get(ctx, h, number)
		others := slices.DeleteFunc(slices.Clone(t.Dependencies), func(d dependency) bool { return d.ProjectID == h.Project.ID })
		return named{t.Links, t.Back, others}, err
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
	var family []struct {
		Task       `bun:",extend"`
		WatcherIDs string `bun:"watcher_ids"`
	}
	err := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.*").
		ColumnExpr("COALESCE((SELECT GROUP_CONCAT(w.user_id) FROM task_watchers AS w WHERE w.task_id = t.id), '') AS watcher_ids").Where("t.id = ?", id).WhereOr("t.parent_id = ?", id).
		WhereOr("t.id = (SELECT x.parent_id FROM tasks AS x WHERE x.id = ?)", id).OrderExpr("t.position, t.id").Scan(ctx, &family)
	if err != nil {
		return th, fmt.Errorf("load task %d: %w", id, err)
	}
	for _, t := range family {
		switch {
		case t.ID == id:
			th.Task, th.Watchers = t.Task, split(t.WatcherIDs)
		case t.DeletedAt != nil:
		case data.OrZero(t.ParentID) == id:
			th.Parts = append(th.Parts, t.Task)
		default:
			th.Parent = &t.Task
		}
	}
	if th.Parent != nil {
		th.Task.ParentNumber = th.Parent.Number
	}
	th.HTML = markdown.HTML(th.Task.Description)
	n, err := loadNotes(ctx, s.db.Read, id)
	if err != nil {
		return th, err
	}
	th.Todos, th.Comments, th.Files = n.todos, n.comments, n.files
	if th.Dependencies, err = loadDependencies(ctx, s.db.Read, id); err != nil {
		return th, err
	}
	return th, loadLinks(ctx, s.db.Read, &th)
}

// taskRow is a line of the task list.
type taskRow struct {
	Task    `bun:",extend"`
	Depth   int   // 0 to 2, in the tree
	Parts   int   // rows below it, in the tree
	Total   int   // rows of all pages
	Minutes int64 // estimates of all pages together
}

// taskPageRows is a page of a project's list, with the sums of its groups.
type taskPageRows struct {
	Rows data.Rows[taskRow]
	Sums map[string]groupSum
}

// Page is one page of a project's tasks with the sums of its groups. It runs no query while the page is held; it is read anew
// after a write to the project's tasks, and when people or words are others, which decide the order.
func (s *taskStore) Page(ctx context.Context, project int64, f taskFilter, today clock.Day) (taskPageRows, error) {
	f = f.tidy()
	whose := int64(0)
	if f.Show == "mine" {
		whose = auth.From(ctx).ID
	}
	key := s.pages.Family(seenFamily(project), fmt.Sprintf("%d%s/%d/%d/%s/%d/%d/%d", project, f.link(""), f.Page, f.Size, today, whose,
		s.projects.users.PeopleSerial(), s.projects.words.held.Serial()))
	return s.pages.Get(ctx, key, func(ctx context.Context) (taskPageRows, error) {
		rows, err := s.List(ctx, project, f, today)
		if err != nil {
			return taskPageRows{}, err
		}
		sums, err := s.Groups(ctx, project, f, rows.Items, today)
		return taskPageRows{rows, sums}, err
	})
}

// List is one page of a project's tasks: their tree when nothing is filtered, sorted or grouped, else those that fit.
// It runs a query for the page and, with the tree, one for each level.
func (s *taskStore) List(ctx context.Context, project int64, f taskFilter, today clock.Day) (data.Rows[taskRow], error) {
	f = f.tidy()
	rows := data.Rows[taskRow]{Page: f.Page, Size: f.Size}
	page := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr("t.id, COUNT(*) OVER () AS total, SUM(t.estimate) OVER () AS minutes").
		ColumnExpr("ROW_NUMBER() OVER (ORDER BY "+f.order()+") AS place").Where("t.project_id = ?", project).Where("t.deleted_at IS NULL")
	if f.Plain() {
		page = page.Where("t.parent_id IS NULL")
	}
	page = f.orderJoins(f.apply(page, auth.From(ctx), today)).OrderExpr("place").Limit(int64(f.Size)).Offset(int64((f.Page - 1) * f.Size))
	err := s.db.Read.NewSelect().TableExpr("(?) AS w", page).Join("JOIN tasks AS t ON t.id = w.id").ColumnExpr(taskColumns).ColumnExpr(parentNumber).
		ColumnExpr("w.total, w.minutes").OrderExpr("w.place").Scan(ctx, &rows.Items)
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

// parentNumber is the number of the task that t is part of, 0 for none.
const parentNumber = "COALESCE((SELECT up.number FROM tasks AS up WHERE up.id = t.parent_id), 0) AS parent_number"

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
		err := s.db.Read.NewSelect().TableExpr("tasks AS t").ColumnExpr(taskColumns).ColumnExpr(parentNumber).Where("t.parent_id IN (?)", bun.In(ids)).
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
			r.Parts = len(below[r.ID])
			all = append(all, r)
			lay(below[r.ID])
		}
	}
	lay(roots)
	return all, nil
}
