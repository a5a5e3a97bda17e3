package projects

import "portal/app/feature"

// trashRoutes are the routes of a project's trash.
func trashRoutes(base) []feature.Route { return nil }
