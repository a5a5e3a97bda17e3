package admin

import "portal/app/feature"

func sessions(feature.Kit) part { return part{} }
