package documents

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/web"
	"portal/components"
)

// previewForm is a text that is being written.
type previewForm struct {
	Text string `form:"text" validate:"max=500000"`
}

func (h documentHandlers) preview(c *fiber.Ctx) error {
	var f previewForm
	if err := web.Bind(c, &f); err != nil {
		if !fault.Is(err, fault.Invalid) {
			return err
		}
		return web.Retry(c, err, web.Page{Title: "Preview", Body: components.Preview("", fault.Of(err).Fields["text"])})
	}
	people, err := h.documents.users.People(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, web.Page{Title: "Preview", Body: components.Preview(drawText(people, f.Text), "")})
}

// suggest answers with people to name: documents know of no tasks.
func (h documentHandlers) suggest(c *fiber.Ctx) error {
	var all []components.Suggestion
	if c.Query("kind") == "person" {
		people, err := h.documents.users.People(c.UserContext())
		if err != nil {
			return err
		}
		all = suggestPeople(people, strings.TrimSpace(data.Cut(c.Query("q"), 60)))
	}
	if !web.IsFragment(c) {
		return web.Show(c, web.Page{Title: "Suggestions", Body: components.SuggestPage(all)})
	}
	return web.Show(c, web.Page{Body: components.Suggestions(all)})
}
