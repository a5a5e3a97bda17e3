package projects

import (
	"context"

	"portal/app/data"
)

// keepMentions keeps whom and what the task's texts mention.
func (s *taskStore) keepMentions(context.Context, *data.Tx, wrote) error { return nil }

// keepMentions keeps whom and what the comment mentions.
func (s *noteStore) keepMentions(context.Context, *data.Tx, remark) error { return nil }
