package admin

import "portal/app/feature"

func caches(feature.Kit) part { return part{} }
