package admin

import "portal/app/feature"

func jobs(feature.Kit) part { return part{} }
