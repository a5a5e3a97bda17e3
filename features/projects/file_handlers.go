package projects

import "portal/app/feature"

// fileRoutes are the routes of attached files.
func fileRoutes(base) []feature.Route { return nil }
