package admin

import "portal/app/feature"

func overview(feature.Kit) part { return part{} }
