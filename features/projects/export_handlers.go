package projects

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/sheet"
	"portal/app/web"
	"portal/components"
)

// Routes that menus ask about.
const (
	exportTasks    = "projects.task.see.export"
	exportProjects = "projects.project.see.export"
)

// printMost is how many rows a list on paper has at most.
const printMost = 5000

type exportHandlers struct{ base }

// exportRoutes are the routes of what is shown as a file, and on paper. A file is a form, since it writes into the log that
// somebody took it with them; what is shown stands in the address.
func exportRoutes(b base) []feature.Route {
	h := exportHandlers{b}
	return []feature.Route{
		feature.Post("task.see.export", "/:id<int>/list/export", "A project's tasks as a file", h.tasks),
		feature.Get("task.see.print", "/:id<int>/list/print", "A project's tasks on paper", h.printTasks),
		feature.Post("project.see.export", "/export", "List of projects as a file", h.projects),
		feature.Get("project.see.print", "/print", "List of projects on paper", h.printProjects),
	}
}

func exportKind(c *fiber.Ctx) string {
	if kind := strings.Clone(c.Query("format")); kind != "" {
		return kind
	}
	return "csv"
}

// taskFilterOf is the filter of the address.
func taskFilterOf(c *fiber.Ctx) taskFilter {
	var f taskFilter
	web.Query(c, &f)
	return f.tidy()
}

// taskTable is the table of the list's tasks. They are read in slices of that many.
func (h exportHandlers) taskTable(head headView, f taskFilter, ids []int64, size int) func(context.Context) sheet.Table {
	return func(ctx context.Context) sheet.Table {
		return tableOf("Tasks", head.taskExport(f, zoneOf(ctx)), slicesOf(ids, size), func(part []int64) ([]Task, error) { return h.base.tasks.Rows(ctx, part) })
	}
}

func (h exportHandlers) tasks(c *fiber.Ctx) error {
	ctx := c.UserContext()
	head, err := h.head(c, "list")
	if err != nil {
		return err
	}
	f, today, kind := taskFilterOf(c), h.today(ctx), exportKind(c)
	if err := knownKind(kind); err != nil {
		return err
	}
	ids, err := h.base.tasks.Ordered(ctx, head.Project.ID, f, today, exportMost)
	if err != nil {
		return err
	}
	list := f.link(head.Project.Path() + "/list")
	err = told(ctx, h.base.projects.db, data.Change{Feature: "projects", Kind: "export", ID: head.Project.ID, What: "took the tasks with them as a file", Title: head.Project.Name, URL: list, Guard: projectTopic(head.Project.ID)}, list)
	if err != nil {
		return err
	}
	return sendTable(c, kind, fileName(head.Project.Name, "tasks", today), h.taskTable(head, f, ids, exportSlice))
}

func (h exportHandlers) printTasks(c *fiber.Ctx) error {
	ctx := c.UserContext()
	head, err := h.head(c, "list")
	if err != nil {
		return err
	}
	f, today := taskFilterOf(c), h.today(ctx)
	ids, err := h.base.tasks.Ordered(ctx, head.Project.ID, f, today, printMost)
	if err != nil {
		return err
	}
	p, err := printedFrom(ctx, h.taskTable(head, f, ids, printMost)(ctx), h.base.projects.db.Now(), today)
	if err != nil {
		return err
	}
	p.title, p.back, p.note = head.Project.Name+": tasks", f.link(head.Project.Path()+"/list"), chipNote(f.chips(head, ""))
	return web.Show(c, web.Page{Title: p.title, Body: printPage(p)})
}

// projectTable is the table of the list's projects.
func (h exportHandlers) projectTable(v view, ids []int64, size int) func(context.Context) sheet.Table {
	return func(ctx context.Context) sheet.Table {
		read := func(part []int64) ([]projectRow, error) { return h.base.projects.Rows(ctx, part, h.today(ctx)) }
		return tableOf("Projects", projectExport(v, zoneOf(ctx)), slicesOf(ids, size), read)
	}
}

// projectList are the filter of the address, and the ids of the projects that it finds.
func (h exportHandlers) projectList(c *fiber.Ctx, most int) (listView, []int64, error) {
	ctx := c.UserContext()
	l := listView{me: auth.From(ctx)}
	web.Query(c, &l.f)
	l.f.List = l.f.Tidy()
	var err error
	if l.v, err = h.base.projects.view(ctx); err != nil {
		return l, nil, err
	}
	ids, err := h.base.projects.Ordered(ctx, l.f, h.today(ctx), most)
	return l, ids, err
}

func (h exportHandlers) projects(c *fiber.Ctx) error {
	kind := exportKind(c)
	if err := knownKind(kind); err != nil {
		return err
	}
	l, ids, err := h.projectList(c, exportMost)
	if err != nil {
		return err
	}
	ctx, list := c.UserContext(), l.f.link()
	if err := told(ctx, h.base.projects.db, data.Change{Feature: "projects", Kind: "export", What: "took the list of projects with them as a file", Title: "Projects", URL: list}, list); err != nil {
		return err
	}
	return sendTable(c, kind, fileName("", "projects", h.today(ctx)), h.projectTable(l.v, ids, exportSlice))
}

func (h exportHandlers) printProjects(c *fiber.Ctx) error {
	l, ids, err := h.projectList(c, printMost)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	p, err := printedFrom(ctx, h.projectTable(l.v, ids, printMost)(ctx), h.base.projects.db.Now(), h.today(ctx))
	if err != nil {
		return err
	}
	p.title, p.back, p.note = "Projects", l.f.link(), chipNote(l.chips())
	return web.Show(c, web.Page{Title: p.title, Body: printPage(p)})
}

// chipNote says in one line what is filtered.
func chipNote(chips []components.Chip) string {
	var all []string
	for _, c := range chips {
		all = append(all, c.Label)
	}
	return strings.Join(all, " · ")
}
