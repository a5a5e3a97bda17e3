package projects

import "portal/app/feature"

// statisticsRoutes are the routes of a project's figures.
func statisticsRoutes(base) []feature.Route { return nil }
