package admin

import "portal/app/feature"

func categories(feature.Kit) part { return part{} }
