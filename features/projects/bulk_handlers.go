package projects

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

// bulkTime is how long an act on thousands of rows may take.
const bulkTime = time.Minute

// bulkTasks is the route that the bar stands for.
const bulkTasks = "projects.task.edit.several"

type bulkHandlers struct{ base }

// bulkRoutes are the routes of changes of several tasks at once, and taking one back.
func bulkRoutes(b base) []feature.Route {
	h := bulkHandlers{b}
	const several = "/:id<int>/several"
	return []feature.Route{
		feature.Post("task.edit.several", several, "Change several tasks at once", h.change),
		feature.Get("task.see.several", several, "What became of one's changes of several tasks", h.acts),
		feature.Post("task.edit.several.undo", several+"/:act<int>/undo", "Take a change of several tasks back", h.undo),
		feature.Post("project.edit.several", "/several", "Change several projects at once", h.changeProjects),
		feature.Get("project.see.several", "/several", "What became of one's changes of several projects", h.projectActs),
		feature.Post("project.edit.several.undo", "/several/:act<int>/undo", "Take a change of several projects back", h.undoProjects),
	}
}

// longer is the request's context for work that takes longer than others may: it ends with the portal's patience, not the request's.
func longer(c *fiber.Ctx) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.UserContext()), bulkTime)
}

func (h bulkHandlers) change(c *fiber.Ctx) error {
	head, err := h.head(c, "list")
	if err != nil {
		return err
	}
	l := taskListView{headView: head, today: h.today(c.UserContext())}
	if !l.mayTick() {
		return errNotTeam()
	}
	web.Query(c, &l.f)
	l.f = l.f.tidy()
	f := &l.several.f
	var a act
	if err = web.Bind(c, f); err == nil {
		ctx, cancel := longer(c)
		defer cancel()
		a, err = h.tasks.ChangeMany(ctx, head.Project.ID, *f, l.f)
	}
	if fault.Is(err, fault.Invalid) {
		l.several.wrong, l.several.said = fault.Of(err).Fields, fault.Of(err).Public
		return h.again(c, l, err)
	}
	if err != nil {
		return err
	}
	undo := ""
	if a.ID != 0 {
		undo = head.Project.Path() + "/several/" + id(a.ID) + "/undo"
	}
	toast := a.toast(a.form.verb())
	toast.UndoURL = undo
	return h.answer(c, l, a, toast)
}

// again is the list with the bar as it was sent, and what is wrong with it.
func (h bulkHandlers) again(c *fiber.Ctx, l taskListView, wrong error) error {
	if err := h.readTasks(c, &l); err != nil {
		return err
	}
	page := web.Page{Title: l.Project.Name + ": tasks", Body: taskListPage(l)}
	if web.IsFragment(c) {
		page.Body = taskTable(l)
	}
	return web.Retry(c, wrong, page)
}

// answer is the list as it now is, with what came of the act; without scripts, a page with the result of each row that was refused.
func (h bulkHandlers) answer(c *fiber.Ctx, l taskListView, a act, toast components.Toast) error {
	back := l.f.link(l.path(), "page", pageParameter(l.f.Page))
	if !web.IsFragment(c) {
		if a.Refused > 0 {
			back = l.Project.Path() + "/several?act=" + id(a.ID)
		}
		return web.Done(c, web.Result{Back: back, Toast: toast.Text, Undo: toast.UndoURL})
	}
	l.several = bulkView{}
	if err := h.readTasks(c, &l); err != nil {
		return err
	}
	r := web.Result{Piece: taskTable(l), Back: back}
	r.Also = append(r.Also, actToast(l.Project.Path(), a, toast))
	return web.Done(c, r)
}

// readTasks reads all that the list shows.
func (b base) readTasks(c *fiber.Ctx, l *taskListView) error {
	l.seen = b.projects.db.Now().UnixMicro()
	var err error
	if l.headView, err = b.head(c, "list"); err != nil {
		return err
	}
	if l.views, err = b.menu(c, taskList(l.Project)); err != nil {
		return err
	}
	page, err := b.tasks.Page(c.UserContext(), l.Project.ID, l.f, l.today)
	l.rows, l.sums = page.Rows, page.Sums
	return err
}

func (h bulkHandlers) undo(c *fiber.Ctx) error {
	head, err := h.head(c, "list")
	if err != nil {
		return err
	}
	number, err := web.ID(c, "act")
	if err != nil {
		return errNoUndo()
	}
	ctx, cancel := longer(c)
	defer cancel()
	a, err := h.tasks.TakeBack(ctx, head.Project.ID, number)
	if err != nil {
		return err
	}
	toast := a.toast("taken back")
	back := backTo(c, head.Project.Path()+"/list")
	if a.Refused > 0 {
		back = head.Project.Path() + "/several?act=" + id(a.ID)
	}
	return web.Done(c, web.Result{Back: back, Toast: toast.Text})
}

// acts is the page of what the viewer did to several tasks within a day, and what became of each row of one of these acts.
func (h bulkHandlers) acts(c *fiber.Ctx) error {
	head, err := h.head(c, "")
	if err != nil {
		return err
	}
	p := head.Project
	return h.showActs(c, p.ID, actsView{
		me: head.me, title: p.Name, noun: "task", home: p.Path(), list: p.Path() + "/list", path: p.Path() + "/several", route: bulkTasks,
		to: func(r UndoRow) string { return taskPath(p.ID, r.Number) },
	})
}

// showActs shows the viewer's acts on the tasks of a project, or on projects when it is 0.
func (b base) showActs(c *fiber.Ctx, project int64, a actsView) error {
	ctx, db := c.UserContext(), b.projects.db
	a.page = min(max(1, c.QueryInt("page", 1)), bulkMost/actPage)
	var err error
	if a.acts, err = actsOf(ctx, db, project); err != nil {
		return err
	}
	wanted := int64(c.QueryInt("act", 0))
	for i := range a.acts {
		if a.acts[i].ID == wanted {
			a.one = &a.acts[i]
		}
	}
	if wanted != 0 && a.one == nil {
		return fault.New(fault.NotFound, "There is no such act of yours within the last day.")
	}
	if a.one != nil {
		if a.rows, err = actRows(ctx, db, *a.one, a.page); err != nil {
			return err
		}
	}
	return web.Show(c, web.Page{Title: a.title + ": changes of several " + a.noun + "s", Body: actsPage(a)})
}
