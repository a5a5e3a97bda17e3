package projects

import "portal/app/feature"

// mineRoutes are the routes of what is the viewer's over all projects.
func mineRoutes(base) []feature.Route { return nil }
