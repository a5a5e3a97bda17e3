package admin

import "portal/app/feature"

func users(feature.Kit) part { return part{} }
