package projects

import "portal/app/feature"

// boardRoutes are the routes of more of the board: the rest of a column.
func boardRoutes(base) []feature.Route { return nil }
