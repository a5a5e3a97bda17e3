package projects

import "portal/app/feature"

// waitRoutes are the routes of what a task waits for.
func waitRoutes(base) []feature.Route { return nil }
