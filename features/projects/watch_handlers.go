package projects

import "portal/app/feature"

// watchRoutes are the routes of who watches what.
func watchRoutes(base) []feature.Route { return nil }
