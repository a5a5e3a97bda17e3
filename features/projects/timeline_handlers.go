package projects

import "portal/app/feature"

// timelineRoutes are the routes of the timeline.
func timelineRoutes(base) []feature.Route { return nil }
