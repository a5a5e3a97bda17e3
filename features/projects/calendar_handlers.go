package projects

import "portal/app/feature"

// calendarRoutes are the routes of the calendar and the feed.
func calendarRoutes(base) []feature.Route { return nil }
