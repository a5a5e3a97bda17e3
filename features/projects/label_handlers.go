package projects

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

// labelHandlers are those of a project's labels, and of taking tasks out of queues.
type labelHandlers struct{ base }

// labelRoutes are the routes of labels and queues.
func labelRoutes(b base) []feature.Route {
	h := labelHandlers{b}
	const all, one = "/:id<int>/labels", "/:id<int>/labels/:label<int>"
	return []feature.Route{
		feature.Get("task.edit.label.list", all, "A project's labels", h.list),
		feature.Post("task.edit.label.add", all, "Make a label", h.add),
		feature.Get("task.edit.label.form", one+"/edit", "Form of a label", h.form),
		feature.Post("task.edit.label.save", one+"/edit", "Change a label", h.save),
		feature.Get("task.edit.label.merge.form", one+"/merge", "Form to merge a label", h.mergeForm),
		feature.Post("task.edit.label.merge.do", one+"/merge", "Merge a label into another", h.merge),
		feature.Post("task.edit.label.delete", one+"/delete", "Delete a label", h.delete),
		feature.Post("task.edit.label.restore", one+"/restore", "Bring back a label", h.restore),
		feature.Post("task.edit.take", "/:id<int>/tasks/:number<int>/take", "Take a task out of a queue", h.take),
	}
}

// labelsPath is the page of a project's labels.
func labelsPath(project int64) string { return projectPath(project) + "/labels" }

// labelView is a form about one label, or the page of them all.
type labelView struct {
	headView
	label Label
	f     labelForm
	into  int64
	wrong map[string]string
}

func (v labelView) path(verb string) string {
	return labelsPath(v.Project.ID) + "/" + id(v.label.ID) + "/" + verb
}

func (v labelView) back() components.Link {
	return components.Link{Label: "Labels of " + v.Project.Name, URL: labelsPath(v.Project.ID)}
}

// others are the labels that this one may be merged into.
func (v labelView) others() []components.Option {
	all := []components.Option{{Value: "0", Label: "Choose one"}}
	for _, o := range v.v.labelOptions() {
		if o.Value != id(v.label.ID) {
			all = append(all, o)
		}
	}
	return all
}

// open is the project of the address, if the viewer works on it, and its label if the address names one.
// Errors: fault.NotFound; fault.Forbidden.
func (h labelHandlers) open(c *fiber.Ctx) (labelView, error) {
	head, err := h.head(c, "settings")
	if err != nil {
		return labelView{}, err
	}
	if !head.mayWork(head.me) {
		return labelView{}, errNotTeam()
	}
	v := labelView{headView: head}
	if c.Params("label") == "" {
		return v, nil
	}
	n, err := web.ID(c, "label")
	if err != nil {
		return v, errNoLabel()
	}
	if v.label = head.label(n); v.label.ID == 0 {
		return v, errNoLabel()
	}
	v.f = labelForm{v.label.Name, v.label.Tone, v.label.Version}
	return v, nil
}

func (h labelHandlers) list(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: v.Project.Name + ": labels", Body: labelsPage(v)})
}

func (h labelHandlers) add(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	if err = web.Bind(c, &v.f); err == nil {
		v.label, err = h.tasks.AddLabel(c.UserContext(), v.Project.ID, v.f)
	}
	if fault.Is(err, fault.Invalid) {
		f := fault.Of(err)
		if v.wrong = f.Fields; v.wrong["name"] == "" {
			v.wrong = map[string]string{"name": f.Public}
		}
		return web.Retry(c, err, web.Page{Title: v.Project.Name + ": labels", Body: labelsPage(v)})
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: labelsPath(v.Project.ID), Toast: "The label “" + v.label.Name + "” is made."})
}

func (h labelHandlers) form(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	return v.show(c, nil)
}

// show shows the label's form; with err, what is wrong with it.
func (v labelView) show(c *fiber.Ctx, err error) error {
	if err != nil {
		v.wrong = fault.Of(err).Fields
	}
	return web.ShortForm{Title: "Edit the label “" + v.label.Name + "”", Back: v.back(), Fields: labelFields(v)}.Show(c, err)
}

func (h labelHandlers) save(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	v.f = labelForm{}
	if err = web.Bind(c, &v.f); err == nil {
		_, err = h.tasks.SaveLabel(c.UserContext(), v.Project.ID, v.label.ID, v.f)
	}
	if clash, ok := data.ClashOf(err); ok {
		view := web.ClashOfForm(c, clash, v.path("edit"), labelsPath(v.Project.ID))
		return web.AskClash(c, err, view)
	}
	if fault.Is(err, fault.Invalid) {
		return v.show(c, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: labelsPath(v.Project.ID), Toast: "The label “" + v.f.Name + "” is saved."})
}

func (h labelHandlers) mergeForm(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	return v.showMerge(c, nil)
}

// showMerge shows what the label may be merged into; with err, what is wrong with that.
func (v labelView) showMerge(c *fiber.Ctx, err error) error {
	if err != nil {
		v.wrong = fault.Of(err).Fields
	}
	return web.ShortForm{Title: "Merge the label “" + v.label.Name + "”", Back: v.back(), Fields: labelMergeFields(v)}.Show(c, err)
}

func (h labelHandlers) merge(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	var f mergeInto
	var to Label
	if err = web.Bind(c, &f); err == nil {
		_, to, err = h.tasks.MergeLabel(c.UserContext(), v.Project.ID, v.label.ID, f.Into)
	}
	if fault.Is(err, fault.Invalid) {
		v.into = f.Into
		return v.showMerge(c, err)
	}
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: labelsPath(v.Project.ID), Toast: "“" + v.label.Name + "” is merged into “" + to.Name + "”."})
}

func (h labelHandlers) delete(c *fiber.Ctx) error { return h.mark(c, true) }

func (h labelHandlers) restore(c *fiber.Ctx) error { return h.mark(c, false) }

// mark moves the label of the address to the trash, or brings it back.
func (h labelHandlers) mark(c *fiber.Ctx, deleted bool) error {
	project, err := web.ID(c, "id")
	if err != nil {
		return errNoProject()
	}
	label, err := web.ID(c, "label")
	if err != nil {
		return errNoLabel()
	}
	l, err := h.tasks.MarkLabel(c.UserContext(), project, label, deleted)
	if err != nil {
		return err
	}
	r := web.Result{Back: labelsPath(project), Toast: "The label “" + l.Name + "” is back, on all tasks that had it."}
	if deleted {
		r.Toast, r.Undo = "The label “"+l.Name+"” is deleted.", labelsPath(project)+"/"+id(label)+"/restore"
	}
	return web.Done(c, r)
}

func (h labelHandlers) take(c *fiber.Ctx) error {
	project, number, err := both(c)
	if err != nil {
		return err
	}
	t, err := h.tasks.Take(c.UserContext(), project, number)
	if err != nil {
		return err
	}
	return web.Done(c, web.Result{Back: backTo(c, t.Path()), Toast: "“" + t.Name + "” is yours."})
}
