package projects

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

type waitHandlers struct{ base }

// waitRoutes are the routes of what a task waits for.
func waitRoutes(b base) []feature.Route {
	const task = "/:id<int>/tasks/:number<int>"
	h, m := waitHandlers{b}, moveHandlers{b}
	return []feature.Route{
		feature.Get("task.see.wait.find", task+"/waits/find", "Tasks that a task may wait for", h.find),
		feature.Post("task.edit.wait.add", task+"/waits", "Make a task wait for another one", h.add),
		feature.Post("task.edit.wait.remove", task+"/waits/remove", "End a task's waiting", h.remove),
		feature.Post("task.edit.days", task+"/days", "Move a task by days", m.days),
		feature.Get("task.see.follow", task+"/follow", "What would move with a task", m.preview),
		feature.Post("task.edit.follow", task+"/follow", "Move what follows a task", m.follow),
		feature.Post("task.edit.follow.undo", task+"/follow/:act/undo", "Take back a move of what follows", m.undo),
	}
}

// waitState is what the form of a dependency holds.
type waitState struct {
	kind    string // empty means waitsFor
	typed   string
	wrong   string
	choices []candidate // what was typed may mean these
}

func (h waitHandlers) find(c *fiber.Ctx) error {
	t, err := h.openTask(c)
	if err != nil {
		return err
	}
	t.waits.typed = c.Query("find")
	if t.waits.choices, err = h.others(c, t, t.waits.typed); err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Find a task", Body: waitFindPage(t)})
}

// others are the tasks that the text may mean, but for the page's own.
func (h waitHandlers) others(c *fiber.Ctx, t taskView, text string) ([]candidate, error) {
	if len(text) > 200 {
		return nil, nil
	}
	found, err := h.tasks.Find(c.UserContext(), t.heldProject, text)
	var all []candidate
	for _, f := range found {
		if f.Task.ID != t.Task.ID {
			all = append(all, f)
		}
	}
	return all, err
}

func (h waitHandlers) add(c *fiber.Ctx) error {
	t, err := h.openTask(c)
	if err != nil {
		return err
	}
	if !t.mayTask(t.me, t.Task) {
		return errNotTeam()
	}
	var f waitForm
	if err = web.Bind(c, &f); err == nil {
		t.waits = waitState{kind: f.Kind, typed: f.Find}
		err = h.addFound(c, &t, f)
	}
	if fault.Is(err, fault.Invalid) {
		t.waits.wrong = fault.Of(err).Fields["find"]
		if t.waits.wrong == "" {
			t.waits.wrong = fault.Of(err).Public
		}
		return web.Retry(c, err, web.Page{Title: t.Task.Name, Body: taskPage(t)})
	}
	if err != nil {
		return err
	}
	return h.written(c, "The dependency is kept.")
}

// addFound makes the dependency if the text means one task, and offers the ones it may mean else.
func (h waitHandlers) addFound(c *fiber.Ctx, t *taskView, f waitForm) error {
	text := f.Find
	if f.Pick != "" {
		text = f.Pick
	}
	found, err := h.tasks.Find(c.UserContext(), t.heldProject, text)
	switch {
	case err != nil:
		return err
	case len(found) == 0 && text == "":
		return fault.Field("find", "Which task? Write its number, its key such as NET-7, or a part of its name.")
	case len(found) == 0:
		return fault.Field("find", "No task fits “%s”. Write its number, its key such as NET-7, or a part of its name.", text)
	case len(found) > 1:
		t.waits.choices = found
		return fault.Field("find", "Several tasks fit. Choose one below.")
	}
	here, there := end{t.Project.ID, t.Task.Number}, end{found[0].Project.ID, found[0].Task.Number}
	if f.Kind == neededBy {
		return h.tasks.AddWait(c.UserContext(), there, here)
	}
	return h.tasks.AddWait(c.UserContext(), here, there)
}

// endForm says which dependency ends.
type endForm struct {
	Kind  string `form:"kind" validate:"omitempty,oneof=waits needed"`
	Other int64  `form:"other"` // id of the task at the other end
}

func (h waitHandlers) remove(c *fiber.Ctx) error {
	project, number, err := both(c)
	if err != nil {
		return err
	}
	var f endForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	if err := h.tasks.RemoveWait(c.UserContext(), end{project, number}, f.Other, f.Kind); err != nil {
		return err
	}
	return h.written(c, "The dependency is ended.")
}

// written answers with the section as it now is, or the way back to the task.
func (h waitHandlers) written(c *fiber.Ctx, said string) error {
	t, err := h.openTask(c)
	if err != nil {
		return err
	}
	r := web.Result{Back: t.Task.Path(), Piece: waitSection(t), Toast: said}
	if web.IsFragment(c) {
		r.Toast = "" // the change itself is to be seen
	}
	return web.Done(c, r)
}
