package projects

import "portal/app/feature"

// savedRoutes are the routes of saved views.
func savedRoutes(base) []feature.Route { return nil }
