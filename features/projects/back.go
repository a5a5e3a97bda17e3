package projects

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"portal/app/web"
)

// backTo is the page that the form stood on, if it is one of ours and no editor.
func backTo(c *fiber.Ctx, fallback string) string {
	at := c.Get("HX-Current-URL")
	if at == "" {
		at = c.Get(fiber.HeaderReferer)
	}
	u, err := url.Parse(at)
	if err != nil || u.Path == "" || c.Method() == fiber.MethodPost && formOnly(u.Path) {
		return fallback
	}
	return web.Local(u.RequestURI(), fallback)
}

// formOnly reports whether there is nothing at the address but a form, or the answer to one.
func formOnly(path string) bool {
	return strings.Contains(path, "/field/") || strings.HasSuffix(path, "/new") || strings.HasSuffix(path, "/edit") || strings.HasSuffix(path, "/tasks")
}
