package projects

import (
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/clock"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

const quickTasks = "projects.task.edit.quick.add"

type quickHandlers struct{ base }

// quickRoutes are the routes of tasks made by a line.
func quickRoutes(b base) []feature.Route {
	h := quickHandlers{b}
	return []feature.Route{
		feature.Get("task.edit.quick.form", "/:id<int>/quick", "Form of several tasks, a line each", h.form),
		feature.Post("task.edit.quick.add", "/:id<int>/quick", "Make tasks, a line each", h.add),
		feature.Post("task.edit.quick.preview", "/:id<int>/quick/preview", "See what lines become", h.preview),
	}
}

// quickForm is one line, or several.
type quickForm struct {
	Text string `form:"text" validate:"required,max=100000"`
	One  bool   `form:"one"` // from the line over the board or list
	Once string `form:"once" validate:"max=64"`
}

// quickView is what the line or the form of several lines shows.
type quickView struct {
	headView
	text  string
	lines []quickTask // what the text becomes
	wrong string
	today clock.Day
	added bool // just now: the next one may be typed
}

// open is the project of the address, for who makes tasks in it.
func (h quickHandlers) open(c *fiber.Ctx) (quickView, error) {
	head, err := h.head(c, "")
	if err == nil {
		err = head.allowNew(head.me)
	}
	return quickView{headView: head, today: h.today(c.UserContext())}, err
}

func (h quickHandlers) form(c *fiber.Ctx) error {
	q, err := h.open(c)
	if err != nil {
		return err
	}
	return web.Show(c, q.page(c))
}

// page is the form of several lines, in the dialog or on a page of its own.
func (q quickView) page(c *fiber.Ctx) web.Page {
	page := web.Page{Title: "Add several tasks", Body: quickPage(q)}
	switch {
	case c.Get("HX-Target") == "dialog-body" && web.IsFragment(c):
		page.Body = quickDialog(q)
	case web.IsFragment(c):
		page.Body = quickLines(q)
	}
	return page
}

// read is what the form's text becomes.
// Errors: fault.Invalid at "text".
func (h quickHandlers) read(c *fiber.Ctx, q *quickView) (quickForm, error) {
	var f quickForm
	err := web.Bind(c, &f)
	q.text = f.Text
	if err != nil {
		return f, err
	}
	q.lines = readQuick(f.Text, quickWordsOf(q.heldProject, q.v, q.today))
	if n := len(q.lines); n > maxQuickLines {
		q.lines = nil
		return f, fault.Field("text", "These are %d lines. At most %d tasks are made at once.", n, maxQuickLines)
	}
	for _, one := range q.lines {
		if one.Wrong != "" {
			return f, errLine(one)
		}
	}
	return f, nil
}

func (h quickHandlers) preview(c *fiber.Ctx) error {
	q, err := h.open(c)
	if err != nil {
		return err
	}
	f, err := h.read(c, &q)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	if len(q.lines) == 0 && f.Text != "" && err != nil {
		q.wrong = fault.Of(err).Fields["text"]
	}
	if !web.IsFragment(c) {
		return web.Show(c, q.page(c))
	}
	return web.Show(c, web.Page{Body: quickPreview(q)})
}

func (h quickHandlers) add(c *fiber.Ctx) error {
	q, err := h.open(c)
	if err != nil {
		return err
	}
	f, err := h.read(c, &q)
	var made []Task
	var undo int64
	if err == nil {
		made, undo, err = h.tasks.CreateLines(c.UserContext(), q.Project.ID, q.lines, f.Once)
	}
	if fault.Is(err, fault.Invalid) {
		q.wrong = fault.Of(err).Fields["text"]
		if f.One && web.IsFragment(c) {
			return web.Retry(c, err, web.Page{Body: quickAdd(q)})
		}
		return web.Retry(c, err, q.page(c))
	}
	if err != nil {
		return err
	}
	r := web.Result{Back: backTo(c, q.Project.Path()), Toast: strconv.Itoa(len(made)) + " tasks are made."}
	switch len(made) {
	case 0:
		r.Toast = "" // the form was sent before
	case 1:
		r.Toast, r.Undo = made[0].Key(q.Project)+" “"+made[0].Name+"” is made.", made[0].Path()+"/delete"
	default:
		r.Undo = q.Project.Path() + "/several/" + id(undo) + "/undo"
	}
	if web.IsFragment(c) {
		r.Piece, r.Event = templ.NopComponent, "portal.done"
		if f.One {
			r.Piece = quickAdd(quickView{headView: q.headView, added: true})
		}
	}
	return web.Done(c, r)
}
