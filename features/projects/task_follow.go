package projects

import (
	"context"

	"portal/app/data"
)

// wrote is what a write does to one task, in its transaction.
type wrote struct {
	heldProject heldProject
	before      *Task // as it was; nil for a new one
	after       *Task // as it is written
	fields      []data.Field
}

// allow asks all rules that a task's change may stand against, before it is written.
// Errors: fault.Conflict or fault.Invalid, with the rule in words.
func (s *taskStore) allow(ctx context.Context, tx *data.Tx, w wrote) error {
	for _, rule := range []func(context.Context, *data.Tx, wrote) error{s.allowStatus, s.allowLimit, s.allowDone} {
		if err := rule(ctx, tx, w); err != nil {
			return err
		}
	}
	return nil
}

// follow writes what follows from a task's change, once it is written.
func (s *taskStore) follow(ctx context.Context, tx *data.Tx, w wrote) error {
	for _, do := range []func(context.Context, *data.Tx, wrote) error{s.keepLabels, s.keepWaits, s.keepMentions, s.keepFiles, s.repeat, s.tell} {
		if err := do(ctx, tx, w); err != nil {
			return err
		}
	}
	return nil
}

// remark is what a write does to one comment, in its transaction.
type remark struct {
	held   held
	before *Comment // as it was; nil for a new one
	after  *Comment // as it is written; it may lie in the trash now
}

// followComment writes what follows from a comment's change, once it is written.
func (s *noteStore) followComment(ctx context.Context, tx *data.Tx, r remark) error {
	for _, do := range []func(context.Context, *data.Tx, remark) error{s.keepMentions, s.keepFiles, s.tell} {
		if err := do(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}
