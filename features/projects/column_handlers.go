package projects

import "portal/app/feature"

// columnRoutes are the routes of the columns of a list.
func columnRoutes(base) []feature.Route { return nil }
