package projects

import (
	"context"

	"portal/app/data"
)

// allowDone refuses to complete a task that waits for another one, if the project says so.
func (s *taskStore) allowDone(context.Context, *data.Tx, wrote) error { return nil }

// keepWaits keeps the figures of the tasks that wait for this one.
func (s *taskStore) keepWaits(context.Context, *data.Tx, wrote) error { return nil }
