package projects

import "portal/app/feature"

// bulkRoutes are the routes of changes of several tasks at once, and taking one back.
func bulkRoutes(base) []feature.Route { return nil }
