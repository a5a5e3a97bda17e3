package projects

import "portal/app/feature"

// quickRoutes are the routes of tasks made by a line.
func quickRoutes(base) []feature.Route { return nil }
