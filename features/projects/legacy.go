package projects

import (
	"context"

	"portal/app/data"
	"portal/app/feature"
)

func importLegacy(ctx context.Context, tx *data.Tx, l feature.Legacy) error { return nil }
