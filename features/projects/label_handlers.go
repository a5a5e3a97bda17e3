package projects

import "portal/app/feature"

// labelRoutes are the routes of labels.
func labelRoutes(base) []feature.Route { return nil }
