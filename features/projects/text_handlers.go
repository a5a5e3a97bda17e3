package projects

import "portal/app/feature"

// textRoutes are the routes of what helps with writing: preview and suggestions.
func textRoutes(base) []feature.Route { return nil }
