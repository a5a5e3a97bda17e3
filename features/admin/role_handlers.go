package admin

import "portal/app/feature"

func roles(feature.Kit) part { return part{} }
