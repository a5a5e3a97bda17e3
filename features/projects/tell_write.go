package projects

import (
	"context"

	"portal/app/data"
)

// tell tells people of what concerns them.
func (s *taskStore) tell(context.Context, *data.Tx, wrote) error { return nil }

// tell tells people of a comment that concerns them.
func (s *noteStore) tell(context.Context, *data.Tx, remark) error { return nil }
