package projects

import "portal/app/feature"

// exportRoutes are the routes of what is shown as a file, and on paper.
func exportRoutes(base) []feature.Route { return nil }
