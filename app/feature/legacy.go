package feature

import (
	"context"

	"portal/app/legacy"
)

// Unseen are the rows of an old table that no run has dealt with yet, in their order; key makes the old key of each. Of rows of
// one key the first counts.
func (l Legacy) Unseen(ctx context.Context, table string, key func(legacy.Record) string) ([]legacy.Record, error) {
	rows, err := l.Rows(ctx, table)
	if err != nil {
		return nil, err
	}
	line := l.Report.Table(table)
	line.Read += len(rows)
	var all []legacy.Record
	twice := map[string]bool{}
	for _, r := range rows {
		switch k := key(r); {
		case l.IDs.Seen(table, k):
			line.Known++
		case twice[k]:
			l.Report.Merge(table, k, "The same row stands there twice.")
		default:
			twice[k] = true
			all = append(all, r)
		}
	}
	return all, nil
}

// Finish counts a row that came over and has that id here; mended says what was changed of it, one clause each.
func (l Legacy) Finish(table, key string, id int64, mended []string) {
	l.Report.Table(table).Imported++
	l.Report.Mend(table, key, mended...)
	l.IDs.Keep(table, key, id)
}

// Leave counts a row that stays behind for good, and says why in a sentence.
func (l Legacy) Leave(table, key, reason string, args ...any) {
	l.Report.Skip(table, key, reason, args...)
	l.IDs.Keep(table, key, 0)
}

// Fold counts a row that is the same as one that is here already, whose id that is, and says why in a sentence.
func (l Legacy) Fold(table, key string, id int64, reason string, args ...any) {
	l.Report.Merge(table, key, reason, args...)
	l.IDs.Keep(table, key, id)
}

// ByID is the old key of a row that has an id.
func ByID(r legacy.Record) string { return legacy.Key(r.ID()) }
