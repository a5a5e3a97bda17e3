package projects

import (
	"github.com/gofiber/fiber/v2"

	"portal/app/web"
)

// startHandlers answer with the panels of the start page; a browser without scripts gets each as a page.
type startHandlers struct {
	base
	store *startStore
}

func (h startHandlers) tasks(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v, err := h.base.projects.view(ctx)
	if err != nil {
		return err
	}
	tasks, err := h.store.Tasks(ctx)
	if err != nil {
		return err
	}
	more := len(tasks) > startTasks
	return web.Show(c, web.Page{Title: "My tasks", Body: startPanelPage("My tasks", "mine",
		startTaskPanel(v, tasks[:min(len(tasks), startTasks)], more, h.today(ctx)))})
}

func (h startHandlers) projects(c *fiber.Ctx) error {
	rows, err := h.store.Projects(c.UserContext(), h.today(c.UserContext()))
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "My projects", Body: startPanelPage("My projects", "my-projects", startProjectPanel(rows))})
}

func (h startHandlers) latest(c *fiber.Ctx) error {
	v, err := h.base.projects.view(c.UserContext())
	if err != nil {
		return err
	}
	lines, err := h.store.Latest(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Latest changes", Body: startPanelPage("Latest changes", "latest", startLatestPanel(v, lines))})
}
