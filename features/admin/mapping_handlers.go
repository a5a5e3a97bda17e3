package admin

import "portal/app/feature"

func mappings(feature.Kit) part { return part{} }
