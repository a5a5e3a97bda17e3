package projects

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

type repeatHandlers struct{ base }

// repeatRoutes are the routes of tasks that come again.
func repeatRoutes(b base) []feature.Route {
	h := repeatHandlers{b}
	const task = "/:id<int>/tasks/:number<int>"
	return []feature.Route{
		feature.Get("task.edit.repeat.form", task+"/repeat", "Form of when a task comes again", h.form),
		feature.Post("task.edit.repeat.save", task+"/repeat", "Say when a task comes again", h.save),
		feature.Post("task.edit.repeat.skip", task+"/repeat/skip", "Skip a task once that comes again", h.skip),
	}
}

// open is the form of the task of the address, for who may change the task.
func (h repeatHandlers) open(c *fiber.Ctx) (repeatView, error) {
	t, err := h.openTask(c)
	if err != nil {
		return repeatView{}, err
	}
	if !t.mayTask(t.me, t.Task) {
		return repeatView{}, errNotTeam()
	}
	return repeatView{taskView: t, f: repeatFormOf(t.Task, t.today)}, nil
}

func (h repeatHandlers) form(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	return showRepeat(c, v, nil)
}

// showRepeat shows the form, in the dialog or on a page of its own; with err, what is wrong with it.
func showRepeat(c *fiber.Ctx, v repeatView, err error) error {
	page := web.Page{Title: "Repeats", Body: repeatFullPage(v)}
	switch {
	case c.Get("HX-Target") == "dialog-body" && web.IsFragment(c):
		page.Body = repeatDialog(v)
	case web.IsFragment(c):
		page.Body = repeatFields(v)
	}
	if err != nil {
		return web.Retry(c, err, page)
	}
	return web.Show(c, page)
}

func (h repeatHandlers) save(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	v.f = repeatForm{}
	err = web.Bind(c, &v.f)
	var r repeatRule
	if err == nil {
		r, err = v.f.rule(v.Task.DueOn, v.today)
	}
	var t Task
	if err == nil {
		t, err = h.tasks.SetRepeat(c.UserContext(), v.Project.ID, v.Task.Number, r, v.f.Version)
	}
	if clash, ok := data.ClashOf(err); ok {
		v.f.Version = clash.Version
		v.wrong = map[string]string{"": known(clash.Who, "Somebody") + " changed this first: it is “" + clash.Fields[0].Theirs.Shown + "” now. Save once more to have yours."}
		return showRepeat(c, v, err)
	}
	if fault.Is(err, fault.Invalid) {
		v.wrong = fault.Of(err).Fields
		return showRepeat(c, v, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: t.Path(), Toast: "Repeats: " + t.rule().Text() + "."})
}

// skipForm is the version of the task that somebody skips.
type skipForm struct {
	Version int64 `form:"version"`
}

func (h repeatHandlers) skip(c *fiber.Ctx) error {
	project, number, err := both(c)
	if err != nil {
		return err
	}
	var f skipForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	t, err := h.tasks.Skip(c.UserContext(), project, number, f.Version)
	if err != nil {
		return err
	}
	today := h.today(c.UserContext())
	return web.Done(c, web.Result{Back: t.Path(), Toast: "“" + t.Name + "” is skipped once, to " + max(t.StartOn, t.DueOn).Text(today) + "."})
}
