package projects

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// handle is a user name that a text mentions: @lea.lead, at the beginning of a word.
var handle = regexp.MustCompile(`(?:^|[^\w@.])@([\p{L}\d][\p{L}\d._-]{0,78}[\p{L}\d]|[\p{L}\d])`)

// newlyMentioned are the people whom the text mentions now, and did not mention before.
func newlyMentioned(ctx context.Context, tx *data.Tx, before, after string) ([]int64, error) {
	names := func(text string) []string {
		var all []string
		for _, m := range handle.FindAllStringSubmatch(text, 100) {
			all = append(all, data.Fold(m[1]))
		}
		return all
	}
	old := names(before)
	fresh := slices.DeleteFunc(names(after), func(n string) bool { return slices.Contains(old, n) })
	if len(fresh) == 0 {
		return nil, nil
	}
	var people []int64
	err := tx.NewSelect().Table("users").Column("id").Where("username_key IN (?)", bun.In(fresh)).OrderExpr("id").Scan(ctx, &people)
	if err != nil {
		return nil, fmt.Errorf("who is mentioned: %w", err)
	}
	return people, nil
}
