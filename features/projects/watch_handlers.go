package projects

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/feature"
	"portal/app/web"
)

type watchHandlers struct{ base }

// watchRoutes are the routes of who watches what. Whoever may read may watch.
func watchRoutes(b base) []feature.Route {
	h := watchHandlers{b}
	return []feature.Route{
		feature.Post("task.see.watch", "/:id<int>/tasks/:number<int>/watch", "Watch a task, or no longer", h.task),
		feature.Post("project.see.watch", "/:id<int>/watch", "Watch a project, or no longer", h.project),
	}
}

// watchForm says whether to watch.
type watchForm struct {
	On bool `form:"on"`
}

func (h watchHandlers) task(c *fiber.Ctx) error {
	project, number, err := both(c)
	if err != nil {
		return err
	}
	var f watchForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	if err := h.tasks.Watch(c.UserContext(), project, number, f.On); err != nil {
		return err
	}
	t, err := h.openTask(c)
	if err != nil {
		return err
	}
	said := "You no longer watch the task."
	if f.On {
		said = "You are told of what happens to the task."
	}
	return web.Done(c, web.Result{Piece: task(t), Back: backTo(c, t.Task.Path()), Toast: said})
}

func (h watchHandlers) project(c *fiber.Ctx) error {
	project, err := web.ID(c, "id")
	if err != nil {
		return errNoProject()
	}
	var f watchForm
	if err := web.Bind(c, &f); err != nil {
		return err
	}
	if err := h.projects.Watch(c.UserContext(), project, f.On); err != nil {
		return err
	}
	said := "You are no longer told of what happens in the project."
	if f.On {
		said = "You are told of what happens in the project."
	}
	return web.Done(c, web.Result{Back: backTo(c, projectPath(project)), Toast: said})
}
