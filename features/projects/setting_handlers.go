package projects

import "portal/app/feature"

// settingRoutes are the routes of a project's settings.
func settingRoutes(base) []feature.Route { return nil }
