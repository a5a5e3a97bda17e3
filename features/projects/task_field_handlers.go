package projects

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/web"
)

// cell is the field of the address.
func (h taskHandlers) cell(c *fiber.Ctx) (fieldCell, taskView, error) {
	t, err := h.openTask(c)
	if err != nil {
		return fieldCell{}, t, err
	}
	f, ok := taskCell(t.v, t.Task, c.Params("field"), place(c), t.today, t.mayChange())
	if !ok {
		err = fault.New(fault.NotFound, "There is no such field.")
	}
	return f, t, err
}

func (h taskHandlers) field(c *fiber.Ctx) error {
	f, t, err := h.cell(c)
	if err != nil {
		return err
	}
	return answerCell(c, f, t.Task.Path())
}

func (h taskHandlers) fieldForm(c *fiber.Ctx) error {
	f, t, err := h.cell(c)
	if err != nil {
		return err
	}
	if !f.may {
		return errNotTeam()
	}
	return web.Show(c, editorPage(f, t.Task.Path(), ""))
}

func (h taskHandlers) saveField(c *fiber.Ctx) error {
	project, number, err := both(c)
	if err != nil {
		return err
	}
	before, t, err := h.cell(c)
	if err != nil {
		return err
	}
	if !before.may {
		return errNotTeam()
	}
	var f taskForm
	now := t.Task
	if err = bindOne(c, &f, before.name, f.version); err == nil {
		now, err = h.tasks.Update(c.UserContext(), project, number, f, []string{before.name})
	}
	if fault.Is(err, fault.Invalid) {
		before.value, before.typed = web.Value(c, before.name), f.NewLabels
		if before.kind == "labels" {
			before.value = joined(f.Labels)
		}
		return web.Retry(c, err, editorPage(before, t.Task.Path(), fault.Of(err).Public))
	}
	if err != nil {
		return fieldFault(c, err, before.path, t.Task.Path())
	}
	r := web.Result{Back: backTo(c, t.Task.Path()), Toast: before.label + " is saved." + doneWarning(t.Task, now), Offer: t.offer(t.Task, now)}
	if standsAlone(c) {
		return web.Done(c, r)
	}
	after, _, err := h.cell(c)
	if err != nil {
		return err
	}
	after.saved = true
	if r.Offer.URL != "" || doneWarning(t.Task, now) != "" { // else the cell itself shows that it is saved
		r.Piece = fieldValue(after)
		return web.Done(c, r)
	}
	return answerCell(c, after, t.Task.Path())
}

func (f *taskForm) version() int64 { return f.Version }
