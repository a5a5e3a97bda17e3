package audit

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"portal/app/data"
)

// Words are what there is to choose from in a filter, sorted.
type Words struct {
	Kinds   []string
	Actions []string // the first few hundred
}

// wordsMost is how many different kinds or actions are offered.
const wordsMost = 300

// wordRow is a row of audit_words: a kind or an action that some sealed line has.
type wordRow struct {
	bun.BaseModel `bun:"table:audit_words"`
	Field         string `bun:",pk"`
	Word          string `bun:",pk"`
}

// Words reads what lines there are about: of sealed ones from the list that sealing keeps, of the few that wait
// from themselves.
func (l *Log) Words(ctx context.Context) (Words, error) {
	var rows []wordRow
	fresh := "(SELECT kind, action FROM audit_lines WHERE seal IS NULL LIMIT ?0)"
	query := "SELECT field, word FROM audit_words UNION SELECT 'kind', kind FROM " + fresh + " AS k UNION SELECT 'action', action FROM " + fresh + " AS a"
	if err := l.db.Read.NewRaw(query, sealBatch).Scan(ctx, &rows); err != nil {
		return Words{}, fmt.Errorf("read the words of the audit log: %w", err)
	}
	var w Words
	for _, r := range rows {
		into := &w.Kinds
		if r.Field == "action" {
			into = &w.Actions
		}
		*into = append(*into, r.Word)
	}
	for _, all := range []*[]string{&w.Kinds, &w.Actions} {
		slices.Sort(*all)
		*all = slices.Compact(*all)
		*all = (*all)[:min(len(*all), wordsMost)]
	}
	return w, nil
}

// wordsOf are the kinds and actions of the lines, each once.
func wordsOf(lines []Line) []wordRow {
	var all []wordRow
	seen := map[wordRow]bool{}
	for _, l := range lines {
		for _, w := range []wordRow{{Field: "kind", Word: l.Kind}, {Field: "action", Word: l.Action}} {
			if !seen[w] {
				seen[w] = true
				all = append(all, w)
			}
		}
	}
	return all
}

// keepWords adds what the lines are about to the list.
func keepWords(ctx context.Context, tx *data.Tx, lines []Line) error {
	words := wordsOf(lines)
	if _, err := tx.NewInsert().Model(&words).Ignore().Exec(ctx); err != nil {
		return fmt.Errorf("keep the words of the audit log: %w", err)
	}
	return nil
}
