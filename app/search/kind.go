// Package search finds things of all features by their words: an index that every write keeps true in its own transaction,
// and one query over it that knows what the viewer may know of.
package search

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
)

// Kind is one sort of thing that can be found. A feature declares it; what a thing is found by follows from its rows alone,
// so that a write and a rebuild make the same.
type Kind struct {
	Name    string // feature and kind as a data.Change says them: "projects.task"
	Title   string // in the plural: "Tasks"
	One     string // "Task"
	Icon    string
	Route   string // the whole name of the route that shows one: who may not use it finds none
	Table   string // where the things' rows are, by their id
	Version int64  // raised when Load makes other entries of the same rows: all are then made anew at the next start

	// Load are the entries of those of the things that can be found; what it leaves out is not in the index. It reads by
	// tx.Lock what can be changed by another write at the same time. It is asked for each thing that a data.Change or
	// tx.Touched names.
	Load func(ctx context.Context, tx *data.Tx, ids []int64) ([]Entry, error)
	// Visible limits a query over search_entries e to the things of this kind that the viewer may know of, by e.thing_id or
	// e.parent_id; nil: whoever may use the route may know of all.
	Visible func(q *bun.SelectQuery, v *auth.Viewer) *bun.SelectQuery
}

// Entry is what one thing is found by, and how it is shown.
type Entry struct {
	ID     int64  // of the thing
	Parent int64  // what else Visible may ask for: a task's project; 0 for nothing
	Title  string // as results show it; its words weigh more
	Text   string // all else it is found by, as a person reads it
	URL    string
	At     time.Time // when the thing changed last
}

// Action is something that can be done from anywhere, or a page that stands in no menu.
type Action struct {
	Title string
	Words string // other words it is found by
	Icon  string
	Route string // within the feature: who may not use it is not shown it
	URL   string // where it leads, or what is sent
	Post  bool   // it is sent by a form
	Name  string // of the form's only field; empty for none
	Value string
}

// matches reports whether each word of the query begins a word of the action.
func (a Action) matches(q Query) bool { return q.In(a.Title + " " + a.Words) }

// Actions are those of the actions that the query finds, in their order.
func Actions(all []Action, q Query) []Action {
	var found []Action
	for _, a := range all {
		if a.matches(q) {
			found = append(found, a)
		}
	}
	return found
}

// In reports whether a text that is in no index has all words of the query.
func (q Query) In(text string) bool {
	have := " " + strings.Join(split(text), " ") + " "
	has := func(t Term) bool {
		s := " " + strings.Join(t.Words, " ")
		if !t.Open {
			s += " "
		}
		return strings.Contains(have, s)
	}
	for _, t := range q.Must {
		if !has(t) {
			return false
		}
	}
	for _, t := range q.Not {
		if has(t) {
			return false
		}
	}
	return len(q.Must) > 0
}
