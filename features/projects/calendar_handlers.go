package projects

import (
	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"portal/app/feature"
)

// calendarRoutes are the routes of the calendar and the feed.
func calendarRoutes(base) []feature.Route { return nil }

func (b base) calendarPiece(*fiber.Ctx) (templ.Component, error) { return templ.NopComponent, nil }
func (b base) timelinePiece(*fiber.Ctx) (templ.Component, error) { return templ.NopComponent, nil }
