package projects

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/savedview"
	"portal/app/sheet"
	"portal/app/web"
)

// seeWork is the route of what is the viewer's over all projects, within the feature.
const seeWork = "task.see.work"

const exportMine = "projects.task.see.work.export"

type mineHandlers struct {
	base
	store *mineStore
}

// mineRoutes are the routes of what is the viewer's over all projects.
func mineRoutes(b base) []feature.Route {
	h := mineHandlers{b, b.mine}
	return []feature.Route{
		feature.Get(seeWork, "/mine", "All that is mine, over all projects", h.show),
		feature.Post("task.see.work.export", "/mine/export", "All that is mine, as a file", h.export),
		feature.Get("task.see.work.print", "/mine/print", "All that is mine, on paper", h.print),
	}
}

// minePath is the page's address.
const minePath = "/projects/mine"

// mineList is the page, for its views.
func mineList() savedList {
	return savedList{savedview.List{Feature: "projects", Key: savedMine}, minePath, "My work", mineQuery}
}

func mineQuery(c *fiber.Ctx) string {
	var f mineFilter
	web.Query(c, &f)
	f = f.tidy()
	f.Page, f.Saved = 1, 0
	return strings.TrimPrefix(strings.TrimPrefix(f.link(), minePath), "?")
}

func (h mineHandlers) show(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v := mineView{me: auth.From(ctx), today: h.today(ctx)}
	web.Query(c, &v.f)
	v.f = v.f.tidy()
	to, err := h.opened(c, mineList())
	if err != nil {
		return err
	}
	if to != "" {
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	if v.views, err = h.menu(c, mineList()); err != nil {
		return err
	}
	if v.v, err = h.projects.view(ctx); err != nil {
		return err
	}
	if v.mine, err = h.store.Page(ctx, v.f, v.today); err != nil {
		return err
	}
	v.f.Page = v.Page
	web.Push(c, v.pageLink(v.f.Page, v.f.Size))
	return web.Show(c, web.Page{Title: "My work", Body: minePage(v)})
}

// table is all that the address's filter finds, as a table.
func (h mineHandlers) table(c *fiber.Ctx, most int) (mineFilter, sheet.Table, error) {
	ctx := c.UserContext()
	var f mineFilter
	web.Query(c, &f)
	f = f.tidy()
	v, err := h.projects.view(ctx)
	if err != nil {
		return f, sheet.Table{}, err
	}
	rows, err := h.store.All(ctx, f, h.today(ctx), most)
	places := make([]int64, len(rows))
	for i := range places {
		places[i] = int64(i)
	}
	read := func(part []int64) ([]mineRow, error) {
		var all []mineRow
		for _, n := range part {
			all = append(all, rows[n])
		}
		return all, nil
	}
	return f, tableOf("My work", mineExport(v), slicesOf(places, exportSlice), read), err
}

func (h mineHandlers) export(c *fiber.Ctx) error {
	kind := exportKind(c)
	if err := knownKind(kind); err != nil {
		return err
	}
	f, table, err := h.table(c, exportMost)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	if err := told(ctx, h.projects.db, data.Change{Feature: "projects", Kind: "export", What: "took their work with them as a file", Title: "My work", URL: f.link()}, f.link()); err != nil {
		return err
	}
	return sendTable(c, kind, fileName("", "my work", h.today(ctx)), func(context.Context) sheet.Table { return table })
}

func (h mineHandlers) print(c *fiber.Ctx) error {
	f, table, err := h.table(c, printMost)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	p, err := printedFrom(ctx, table, h.projects.db.Now(), h.today(ctx))
	if err != nil {
		return err
	}
	p.title, p.back, p.note = "My work", f.link(), chipNote(mineView{f: f}.chips())
	return web.Show(c, web.Page{Title: p.title, Body: printPage(p)})
}

// mineExport is what is the viewer's as a table.
func mineExport(v view) []exportColumn[mineRow] {
	task := func(of func(mineRow) any) func(mineRow) any {
		return func(r mineRow) any {
			if r.TodoID != 0 {
				return nil
			}
			return of(r)
		}
	}
	return []exportColumn[mineRow]{
		{sheet.Column{Title: "Key", Width: 10}, func(r mineRow) any {
			if r.ID == 0 {
				return nil
			}
			return r.Key(Project{TaskKey: r.TaskKey})
		}},
		{sheet.Column{Title: "Task or todo", Width: 48}, func(r mineRow) any { return r.title() }},
		{sheet.Column{Title: "Project", Width: 24}, func(r mineRow) any { return r.ProjectName }},
		{sheet.Column{Title: "Status", Width: 16}, task(func(r mineRow) any { return v.words.Status(r.StatusID).Name })},
		{sheet.Column{Title: "Priority", Width: 16}, task(func(r mineRow) any { return v.words.Priority(r.PriorityID).Name })},
		{sheet.Column{Title: "Due", Width: 16}, func(r mineRow) any { return sheet.Day(r.Due) }},
	}
}
