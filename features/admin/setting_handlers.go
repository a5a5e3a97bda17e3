package admin

import "portal/app/feature"

func settings(feature.Kit) part { return part{} }
