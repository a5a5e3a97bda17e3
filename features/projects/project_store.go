package projects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/cache"
	"portal/app/clock"
	"portal/app/data"
	"portal/app/fault"
)

// projectStore reads and writes projects and their teams.
type projectStore struct {
	db          *data.DB
	users       *auth.Users
	words       *wordStore
	heldProject cache.Region[heldProject]
	cards       cache.Region[cards]
	lists       cache.Region[data.Rows[projectRow]]
}

func newProjectStore(db *data.DB, users *auth.Users, w *wordStore, c *cache.Cache) *projectStore {
	return &projectStore{db, users, w, cache.Rows[heldProject](c, "projects.project"), cache.Statistics[cards](c, "projects.cards"),
		cache.Rows[data.Rows[projectRow]](c, "projects.list")}
}

// errNoProject is the same for a project that is not there and one that the viewer may not know of.
func errNoProject() error {
	return fault.New(fault.NotFound, "There is no such project, or it is not for you.")
}

// errNotLead is the fault of who sees a project but may not change it.
func errNotLead() error {
	return fault.New(fault.Forbidden, "Only the project's lead and administrators change the project.")
}

// visibleTo limits a query over projects p to those the viewer may know of.
func visibleTo(v *auth.Viewer) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		if v.Admin() {
			return q
		}
		roles := v.Roles()
		if len(roles) == 0 {
			roles = []int64{0}
		}
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("p.private = ?", false).WhereOr("p.lead_id = ?", v.ID).
				WhereOr("EXISTS (SELECT 1 FROM project_people AS pp WHERE pp.project_id = p.id AND pp.user_id = ?)", v.ID).
				WhereOr("EXISTS (SELECT 1 FROM project_roles AS pr WHERE pr.project_id = p.id AND pr.role_id IN (?))", bun.In(roles))
		})
	}
}

// Get is the project and its team, if the viewer may know of it. It runs no query while it is held.
// Errors: fault.NotFound, also for what the viewer may not know of.
func (s *projectStore) Get(ctx context.Context, id int64) (heldProject, error) {
	h, err := s.held(ctx, id)
	if err != nil {
		return h, err
	}
	if !h.mayKnow(auth.From(ctx)) || h.Project.DeletedAt != nil {
		return heldProject{}, errNoProject()
	}
	return h, nil
}

func (s *projectStore) held(ctx context.Context, id int64) (heldProject, error) {
	return s.heldProject.Get(ctx, id, func(ctx context.Context) (heldProject, error) { return loadHeld(ctx, s.db.Read, id) })
}

// loadHeld reads a project and its team in one query. A project that is not there is the zero heldProject.
func loadHeld(ctx context.Context, db bun.IDB, id int64) (heldProject, error) {
	var rows []struct {
		Project `bun:",extend"`
		Kind    *string
		UserID  *int64
		RoleID  *int64
	}
	err := db.NewSelect().TableExpr("projects AS p").ColumnExpr("p.id, p.name, p.task_key, p.summary, p.icon, p.status_id, p.priority_id, p.percent_set, "+
		"p.private, p.lead_id, p.notify_created, p.notify_done, p.notify_comment, p.waits_rule, p.template, p.tasks_total, p.tasks_done, p.next_due_on, p.last_number, p.created_by, "+
		"p.archived_at, p.deleted_at, p.version, p.created_at, p.updated_at").
		ColumnExpr("pp.kind, pp.user_id, pr.role_id").
		Join("LEFT JOIN project_people AS pp ON pp.project_id = p.id").Join("LEFT JOIN project_roles AS pr ON pr.project_id = p.id").
		Where("p.id = ?", id).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return heldProject{}, err
	}
	h := heldProject{Project: rows[0].Project}
	for _, r := range rows {
		if r.UserID != nil && r.Kind != nil {
			add(h.Team.of(*r.Kind), *r.UserID)
		}
		if r.RoleID != nil {
			add(&h.Team.Roles, *r.RoleID)
		}
	}
	err = loadPlan(ctx, db, &h)
	return h, err
}

// loadPlan reads a project's labels, milestones and limits, who has tasks in it and who watches it, in one query.
func loadPlan(ctx context.Context, db bun.IDB, h *heldProject) error {
	var rows []struct {
		Milestone `bun:",extend"`
		Part      int // one of the parts below
		Tone      string
	}
	const labels, milestones, assignees, watching, muted, limits = 0, 1, 2, 3, 4, 5
	const query = "SELECT 0 AS part, id, project_id, name, name_key AS sorted, tone, '' AS due_on, NULL AS reached_at, version FROM labels WHERE project_id = ? AND deleted_at IS NULL " +
		"UNION ALL SELECT DISTINCT 2, assignee_id, project_id, '', '', '', '', NULL, 0 FROM tasks WHERE project_id = ? AND deleted_at IS NULL AND assignee_id IS NOT NULL " +
		"UNION ALL SELECT CASE WHEN muted THEN 4 ELSE 3 END, user_id, project_id, '', '', '', '', NULL, 0 FROM project_watchers WHERE project_id = ? " +
		"UNION ALL SELECT 5, status_id, project_id, '', '', '', '', NULL, most FROM project_limits WHERE project_id = ? " +
		"UNION ALL SELECT 1, id, project_id, name, due_on, '', due_on, reached_at, version FROM milestones WHERE project_id = ? AND deleted_at IS NULL"
	n := h.Project.ID
	err := db.NewRaw("SELECT part, id, project_id, name, tone, due_on, reached_at, version FROM ("+query+") AS x ORDER BY part, sorted, id", n, n, n, n, n).Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("labels, milestones and people of project %d: %w", h.Project.ID, err)
	}
	for _, r := range rows {
		switch r.Part {
		case labels:
			h.Labels = append(h.Labels, Label{ID: r.ID, ProjectID: r.ProjectID, Name: r.Name, Tone: r.Tone, Version: r.Version})
		case milestones:
			h.Milestones = append(h.Milestones, r.Milestone)
		case assignees:
			h.Assignees = append(h.Assignees, r.ID)
		case watching:
			h.Watching = append(h.Watching, r.ID)
		case muted:
			h.Muted = append(h.Muted, r.ID)
		case limits:
			h.Limits = append(h.Limits, Limit{ProjectID: n, StatusID: r.ID, Most: r.Version})
		}
	}
	return nil
}

// split reads ids that the database has joined by commas.
func split(joined string) []int64 {
	var all []int64
	for part := range strings.SplitSeq(joined, ",") {
		if n, err := strconv.ParseInt(part, 10, 64); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// add puts n into the list, once.
func add(list *[]int64, n int64) {
	for _, have := range *list {
		if have == n {
			return
		}
	}
	*list = append(*list, n)
}

// Description is the project's long text, which the cached row leaves out.
func (s *projectStore) Description(ctx context.Context, id int64) (string, error) {
	var text string
	err := s.db.Read.NewSelect().Table("projects").Column("description").Where("id = ?", id).Scan(ctx, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", errNoProject()
	}
	return text, err
}

// projectFilter is the query string of the project list.
type projectFilter struct {
	data.List
	Show     string `query:"show"` // empty for all that are not archived; active, due, overdue, mine, templates, archived, trash
	Status   int64  `query:"status"`
	Priority int64  `query:"priority"`
	Lead     int64  `query:"lead"`
	View     string `query:"view"`  // grid, or empty for the list
	Saved    int64  `query:"saved"` // the saved view that it was opened with, 0 for none
}

// projectRow is a line of the list.
type projectRow struct {
	Project `bun:",extend"`
	Overdue int // open tasks past their day
	Total   int // rows of all pages
}

var projectSorts = data.Sorts{
	"": "p.updated_at DESC", "name": "p.name_key", "status": "s.position", "priority": "r.position", "updated": "p.updated_at",
	"progress": "CASE WHEN p.percent_set IS NOT NULL THEN p.percent_set WHEN p.tasks_total = 0 THEN 0 ELSE p.tasks_done * 100 / p.tasks_total END",
}

// apply limits the query to the filter's projects.
func (f projectFilter) apply(q *bun.SelectQuery, v *auth.Viewer, today clock.Day) *bun.SelectQuery {
	if f.Show == "trash" {
		q = q.Where("p.deleted_at IS NOT NULL")
	} else {
		q = q.Where("p.deleted_at IS NULL")
	}
	if f.Show == "archived" {
		q = q.Where("p.archived_at IS NOT NULL")
	} else if f.Show != "trash" {
		q = q.Where("p.archived_at IS NULL")
	}
	if f.Show != "trash" {
		q = q.Where("p.template = ?", f.Show == "templates")
	}
	switch f.Show {
	case "active":
		q = q.Where(isActive)
	case "due":
		q = q.Where(dueToday, today)
	case "overdue":
		q = q.Where(dueBefore, today)
	case "mine":
		q = q.Where(isMine, v.ID, v.ID, v.ID)
	}
	for _, c := range []struct {
		column string
		value  int64
	}{{"p.status_id", f.Status}, {"p.priority_id", f.Priority}, {"p.lead_id", f.Lead}} {
		if c.value > 0 {
			q = q.Where("? = ?", bun.Ident(c.column), c.value)
		}
	}
	for _, word := range strings.Fields(data.Fold(f.Text)) {
		q = q.Where("p.search_text LIKE ? ESCAPE '!'", data.Like(word))
	}
	return q
}

// What the cards count. A bare t.open would keep SQLite from its indexes: it is no comparison.
const (
	isActive  = "p.status_id IN (SELECT a.id FROM statuses AS a WHERE a.stage NOT IN ('done', 'cancelled'))"
	dueToday  = "(p.next_due_on > '' AND p.id IN (SELECT t.project_id FROM tasks AS t WHERE t.open = TRUE AND t.due_on = ? AND t.deleted_at IS NULL))"
	dueBefore = "(p.next_due_on > '' AND p.next_due_on < ?)"
	isMine    = "(p.lead_id = ? OR p.id IN (SELECT pp.project_id FROM project_people AS pp WHERE pp.user_id = ?) " +
		"OR p.id IN (SELECT t.project_id FROM tasks AS t WHERE t.assignee_id = ? AND t.open = TRUE AND t.deleted_at IS NULL))"
)

// List is one page of the projects that the viewer may know of. It runs no query while the page is held, else one.
func (s *projectStore) List(ctx context.Context, f projectFilter, today clock.Day) (data.Rows[projectRow], error) {
	f.List = f.Tidy()
	v := auth.From(ctx)
	// The key names the person and the roles that decide what they see: nobody else reads it, and a role
	// that is taken takes effect at once.
	key := s.lists.Family(listFamily, fmt.Sprintf("%d/%v/%s/%s", v.ID, v.Roles(), today, f.pageLink(f.Page, f.Size)))
	return s.lists.Get(ctx, key, func(ctx context.Context) (data.Rows[projectRow], error) { return s.list(ctx, f, today) })
}

func (s *projectStore) list(ctx context.Context, f projectFilter, today clock.Day) (data.Rows[projectRow], error) {
	rows := data.Rows[projectRow]{Page: f.Page, Size: f.Size}
	v := auth.From(ctx)
	base := func() *bun.SelectQuery {
		return f.apply(s.db.Read.NewSelect().TableExpr("projects AS p"), v, today).Apply(visibleTo(v))
	}
	order := projectSorts.Order(f.List, "p.id")
	// Counted apart, from an index alone: a window over the page's query would put every project into a table first.
	// Both databases leave out a left join that no order asks for, and then follow the index.
	inner := base().ColumnExpr("p.id, (?) AS total", base().ColumnExpr("COUNT(*)")).
		Join("LEFT JOIN statuses AS s ON s.id = p.status_id").Join("LEFT JOIN priorities AS r ON r.id = p.priority_id").
		OrderExpr(order).Limit(int64(f.Size)).Offset(int64((f.Page - 1) * f.Size))
	err := s.db.Read.NewSelect().TableExpr("(?) AS x", inner).ColumnExpr("p.id, p.name, p.task_key, p.summary, p.icon, p.status_id, p.priority_id, "+
		"p.percent_set, p.private, p.lead_id, p.tasks_total, p.tasks_done, p.archived_at, p.deleted_at, p.version, p.updated_at, x.total").
		ColumnExpr("(SELECT COUNT(*) FROM tasks AS t WHERE t.project_id = p.id AND t.open = TRUE AND t.due_on > '' AND t.due_on < ? AND t.deleted_at IS NULL) AS overdue", today).
		Join("JOIN projects AS p ON p.id = x.id").Join("JOIN statuses AS s ON s.id = p.status_id").Join("JOIN priorities AS r ON r.id = p.priority_id").
		OrderExpr(order).Scan(ctx, &rows.Items)
	if err != nil {
		return rows, fmt.Errorf("list projects: %w", err)
	}
	if len(rows.Items) > 0 {
		rows.Total = rows.Items[0].Total
		return rows, nil
	}
	if f.Page == 1 {
		return rows, nil
	}
	f.Page = 1 // past the end: begin again
	return s.list(ctx, f, today)
}

// cards are the figures over the list, and who leads what is in it.
type cards struct {
	Active, Due, Overdue, Mine int
	Leads                      string // ids joined by commas
}

// Cards counts what the viewer may know of. It runs no query while the figures are held.
func (s *projectStore) Cards(ctx context.Context, today clock.Day) (cards, error) {
	v := auth.From(ctx)
	// Roles are in the key: whoever loses one must not go on reading what it let them count.
	key := s.cards.Family(listFamily, fmt.Sprintf("%d/%v/%s", v.ID, sorted(v.Roles()), today))
	return s.cards.Get(ctx, key, func(ctx context.Context) (cards, error) {
		var c cards
		counted := func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("p.deleted_at IS NULL").Where("p.archived_at IS NULL").Where("p.template = ?", false).Apply(visibleTo(v))
		}
		// A person's own are few: SQLite begins with them only when told so by a cross join.
		mine := counted(s.db.Read.NewSelect().TableExpr("(SELECT x.id FROM projects AS x WHERE x.lead_id = ? UNION SELECT pp.project_id FROM project_people AS pp WHERE pp.user_id = ? "+
			"UNION SELECT t.project_id FROM tasks AS t WHERE t.assignee_id = ? AND t.open = TRUE AND t.deleted_at IS NULL) AS m CROSS JOIN projects AS p ON p.id = m.id", v.ID, v.ID, v.ID).
			ColumnExpr("COUNT(*)"))
		q := counted(s.db.Read.NewSelect().TableExpr("projects AS p").
			ColumnExpr("COALESCE(SUM(CASE WHEN "+isActive+" THEN 1 ELSE 0 END), 0) AS active").
			ColumnExpr("COALESCE(SUM(CASE WHEN "+dueToday+" THEN 1 ELSE 0 END), 0) AS due", today).
			ColumnExpr("COALESCE(SUM(CASE WHEN "+dueBefore+" THEN 1 ELSE 0 END), 0) AS overdue", today).
			ColumnExpr("(?) AS mine", mine).
			ColumnExpr("COALESCE(GROUP_CONCAT(DISTINCT p.lead_id), '') AS leads"))
		err := q.Scan(ctx, &c)
		return c, err
	})
}

// live reports whether the viewer may hear of the topic.
func (s *projectStore) live(ctx context.Context, topic string) bool {
	v := auth.From(ctx)
	if topic == listTopic {
		return v.Can(seeList)
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(topic, "projects.project:"), 10, 64)
	if err != nil || !v.Can(seeProject) {
		return false
	}
	h, err := s.held(ctx, n) // one in the trash too: that it went there is news for those who saw it
	return err == nil && h.mayKnow(v)
}
