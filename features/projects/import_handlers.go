package projects

import "portal/app/feature"

// importRoutes are the routes of tasks from a file.
func importRoutes(base) []feature.Route { return nil }
