package admin

import "portal/app/feature"

func outbox(feature.Kit) part { return part{} }
