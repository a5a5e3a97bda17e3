package admin

import "portal/app/feature"

func auditLog(feature.Kit) part { return part{} }
