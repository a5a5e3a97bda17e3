package projects

import "portal/app/feature"

// milestoneRoutes are the routes of milestones.
func milestoneRoutes(base) []feature.Route { return nil }
