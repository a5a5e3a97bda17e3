package projects

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/feature"
	"portal/app/web"
	"portal/components"
)

type textHandlers struct{ base }

// previewBody is how large the form of a preview may be, in bytes: its text in the form's encoding.
const previewBody = 400_000

// textRoutes are the routes of what helps with writing: preview and suggestions. A text of no project yet has them too.
func textRoutes(b base) []feature.Route {
	h := textHandlers{b}
	all := []feature.Route{
		feature.Get("project.see.suggest", "/:id<int>/suggest", "People and tasks to name in a text", h.suggest),
		feature.Get("project.see.suggest.any", "/suggest", "People and tasks to name in a new project's text", h.suggest),
	}
	for _, r := range []feature.Route{
		feature.Post("project.see.preview", "/:id<int>/preview", "See a text as it will be shown", h.preview),
		feature.Post("project.see.preview.any", "/preview", "See a new project's text as it will be shown", h.preview),
	} {
		r.Body = previewBody
		all = append(all, r)
	}
	return all
}

// where is the project of the address, or none, for a text of a project that is not there yet.
func (h textHandlers) where(c *fiber.Ctx) (heldProject, view, error) {
	if c.Params("id") != "" {
		return h.open(c)
	}
	v, err := h.projects.view(c.UserContext())
	return heldProject{}, v, err
}

// suggestQuery is what was typed behind an @ or a #.
type suggestQuery struct {
	Kind string `query:"kind"` // person or task
	Text string `query:"q"`
}

func (h textHandlers) suggest(c *fiber.Ctx) error {
	p, v, err := h.where(c)
	if err != nil {
		return err
	}
	var q suggestQuery
	web.Query(c, &q)
	q.Text = strings.TrimSpace(data.Cut(q.Text, 60))
	var all []components.Suggestion
	if q.Kind == "task" {
		tasks, err := h.projects.suggestTasks(c.UserContext(), p, q.Text)
		if err != nil {
			return err
		}
		for _, r := range tasks {
			all = append(all, v.suggestTask(r, p.Project.ID))
		}
	} else {
		all = v.suggestPeople(p, q.Text)
	}
	if !web.IsFragment(c) {
		return web.Show(c, web.Page{Title: "Suggestions", Body: components.SuggestPage(all)})
	}
	return web.Show(c, web.Page{Body: components.Suggestions(all)})
}

// previewForm is a text that is being written.
type previewForm struct {
	Text string `form:"text" validate:"max=100000"`
}

func (h textHandlers) preview(c *fiber.Ctx) error {
	p, v, err := h.where(c)
	if err != nil {
		return err
	}
	var f previewForm
	if err := web.Bind(c, &f); err != nil {
		if !fault.Is(err, fault.Invalid) {
			return err
		}
		return web.Retry(c, err, web.Page{Title: "Preview", Body: components.Preview("", fault.Of(err).Fields["text"])})
	}
	clean, err := h.filledText(c.UserContext(), p.Project.ID, v, f.Text)
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Preview", Body: components.Preview(clean, "")})
}
