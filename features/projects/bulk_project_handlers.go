package projects

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"portal/app/auth"
	"portal/app/fault"
	"portal/app/web"
)

// bulkProjects is the route that the bar below the list of projects stands for.
const bulkProjects = "projects.project.edit.several"

// mayTick reports whether the list has rows that the viewer may change together.
func (l listView) mayTick() bool {
	return l.f.Show != "trash" && l.f.View != viewGrid && l.me.Can(bulkProjects) &&
		slices.ContainsFunc(l.rows.Items, func(r projectRow) bool { return (heldProject{Project: r.Project}).mayEdit(l.me) })
}

func (h bulkHandlers) changeProjects(c *fiber.Ctx) error {
	ctx := c.UserContext()
	var f projectBulk
	var a act
	err := web.Bind(c, &f)
	if err == nil && f.Do == bulkTrash && !auth.From(ctx).Can(deleteOne) {
		err = fault.New(fault.Forbidden, "You may not delete projects.")
	}
	if err == nil {
		a, err = h.projects.ChangeMany(ctx, f)
	}
	l := listView{me: auth.From(ctx)}
	web.Query(c, &l.f)
	l.f.List = l.f.Tidy()
	if fault.Is(err, fault.Invalid) {
		l.several = bulkView{f: bulkForm{Tasks: f.Projects}, wrong: fault.Of(err).Fields, said: fault.Of(err).Public}
		return h.projectsAgain(c, l, err)
	}
	if err != nil {
		return err
	}
	_, verb := f.what()
	r := web.Result{Back: l.f.link(), Toast: a.toast(verb).Text}
	if a.ID != 0 {
		r.Undo = "/projects/several/" + id(a.ID) + "/undo"
	}
	if a.Refused > 0 {
		r.Back = "/projects/several?act=" + id(a.ID)
	}
	return web.Done(c, r)
}

// projectsAgain is the list with the bar as it was sent, and what is wrong with it.
func (h bulkHandlers) projectsAgain(c *fiber.Ctx, l listView, wrong error) error {
	p := projectHandlers(h)
	err := p.readList(c.UserContext(), &l, h.today(c.UserContext()))
	if err == nil {
		l.views, err = h.menu(c, l.list())
	}
	if err != nil {
		return err
	}
	return web.Retry(c, wrong, web.Page{Title: "Projects", Body: listPage(l)})
}

func (h bulkHandlers) undoProjects(c *fiber.Ctx) error {
	number, err := web.ID(c, "act")
	if err != nil {
		return errNoUndo()
	}
	a, err := h.projects.TakeBack(c.UserContext(), number)
	if err != nil {
		return err
	}
	back := backTo(c, "/projects")
	if a.Refused > 0 {
		back = "/projects/several?act=" + id(a.ID)
	}
	return web.Done(c, web.Result{Back: back, Toast: a.toast("taken back").Text})
}

func (h bulkHandlers) projectActs(c *fiber.Ctx) error {
	return h.showActs(c, 0, actsView{
		me: auth.From(c.UserContext()), title: "Projects", noun: "project", home: "/projects", list: "/projects", path: "/projects/several", route: bulkProjects,
		to: func(r UndoRow) string { return projectPath(r.Number) },
	})
}
