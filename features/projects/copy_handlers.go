package projects

import (
	"crypto/rand"

	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
)

// copyHandlers are those of copies and templates.
type copyHandlers struct{ base }

// copyRoutes are the routes of templates and copies.
func copyRoutes(b base) []feature.Route {
	h := copyHandlers{b}
	return []feature.Route{
		feature.Get("project.edit.copy.form", "/:id<int>/copy", "Form to copy a project", h.form),
		feature.Post("project.edit.copy.make", "/:id<int>/copy", "Copy a project, or make a project from a template", h.make),
	}
}

// copyView is the form of a copy.
type copyView struct {
	headView
	f     copyForm
	wrong map[string]string
}

func (v copyView) title() string {
	switch {
	case v.Project.Template && !v.f.Template:
		return "New project from “" + v.Project.Name + "”"
	case v.f.Template:
		return "New template from “" + v.Project.Name + "”"
	}
	return "Copy “" + v.Project.Name + "”"
}

func copyPath(project int64) string { return projectPath(project) + "/copy" }

// open is the project of the address: whoever knows of it may copy it, if they may make projects at all.
func (h copyHandlers) open(c *fiber.Ctx) (copyView, error) {
	head, err := h.head(c, "")
	return copyView{headView: head}, err
}

func (h copyHandlers) form(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	v.f = copyForm{
		Name: data.Cut("Copy of "+v.Project.Name, 200), Tasks: true, Todos: true, Labels: true, Milestones: true, Waits: true, Assignees: true, Team: true,
		Template: c.Query("as") == "template", Once: rand.Text(),
	}
	if v.Project.Template {
		v.f.Name = v.Project.Name
	}
	return web.Show(c, web.Page{Title: v.title(), Body: copyPage(v)})
}

func (h copyHandlers) make(c *fiber.Ctx) error {
	v, err := h.open(c)
	if err != nil {
		return err
	}
	var p Project
	if err = web.Bind(c, &v.f); err == nil {
		p, err = h.projects.Copy(c.UserContext(), v.Project.ID, v.f)
	}
	if fault.Is(err, fault.Invalid) {
		v.wrong = fault.Of(err).Fields
		return web.Retry(c, err, web.Page{Title: v.title(), Body: copyPage(v)})
	}
	if err != nil {
		return err
	}
	noun := "project"
	if v.f.Template {
		noun = "template"
	}
	return web.Done(c, web.Result{Back: projectPath(p.ID), Toast: "The " + noun + " “" + v.f.Name + "” is made."})
}
