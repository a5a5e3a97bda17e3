package projects

import "portal/app/feature"

// wordRoutes are the routes of statuses, priorities and their transitions.
func wordRoutes(base) []feature.Route { return nil }
