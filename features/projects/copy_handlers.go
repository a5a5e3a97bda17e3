package projects

import "portal/app/feature"

// copyRoutes are the routes of templates and copies.
func copyRoutes(base) []feature.Route { return nil }
