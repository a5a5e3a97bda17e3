package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"portal/app/clock"
	"portal/app/data"
	"portal/app/feature"
	"portal/app/legacy"
)

// arrival is one run of the import: what is known so far of what comes over.
type arrival struct {
	feature.Legacy
	tx       *data.Tx
	words    *words
	fallback map[Stage]int64   // the status of a task that has none of its own
	people   map[string]person // by folded user name
	names    map[int64]string  // of people, by id
	projects map[int64]Project // that came over in this run or an earlier one, by our id
	tasks    map[int64]Task    // likewise
	touched  map[int64]bool    // projects whose counts must be made anew, by our id
	fresh    int               // rows that came over
}

// person is whom an old user name stands for.
type person struct {
	ID          int64
	UsernameKey string
	Name        string
}

// importLegacy brings over projects with all that hangs on them. What came over before is left as people have made it since.
func importLegacy(ctx context.Context, tx *data.Tx, l feature.Legacy) error {
	a := &arrival{
		Legacy: l, tx: tx, fallback: map[Stage]int64{}, people: map[string]person{}, names: map[int64]string{},
		projects: map[int64]Project{}, tasks: map[int64]Task{}, touched: map[int64]bool{},
	}
	for _, part := range []struct {
		step string
		do   func(context.Context) error
	}{
		{"statuses and priorities", a.takeWords}, {"projects", a.takeProjects}, {"teams", a.takeTeams}, {"tasks", a.takeTasks},
		{"dependencies", a.takeDependencies}, {"todos", a.takeTodos}, {"comments", a.takeComments}, {"history", a.takeHistory}, {"counts", a.count},
	} {
		l.Step(part.step)
		if err := part.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.step, err)
		}
	}
	if a.fresh > 0 {
		tx.Changed(a.change())
	}
	return nil
}

// change says that projects came over, so that lists and open pages show them.
func (a *arrival) change() data.Change {
	c := data.Change{
		Feature: "projects", Kind: "import", What: "brought over projects from the old portal", Title: "Projects", URL: "/projects",
		Stale: []string{listFamily}, Live: []string{listTopic},
	}
	for id := range a.touched {
		c.Stale = append(c.Stale, projectKey(id))
		c.Live = append(c.Live, projectTopic(id))
	}
	slices.Sort(c.Stale)
	slices.Sort(c.Live)
	return c
}

// by is the account of an old user name, nil when there is none.
func (a *arrival) by(name string) *int64 { return data.Optional(a.people[data.Fold(name)].ID) }

// who is the account with that old id, nil when there is none; what is gone is added to mended.
func (a *arrival) who(r legacy.Record, column, role string, mended *[]string) *int64 {
	if !r.Has(column) {
		return nil
	}
	id := a.IDs.Of("user", r.Int(column))
	if id == 0 {
		*mended = append(*mended, fmt.Sprintf("its %s (account %d) is not there; it has none now", role, r.Int(column)))
	}
	return data.Optional(id)
}

// day is a calendar day; what is none is added to mended.
func day(r legacy.Record, column string, mended *[]string) clock.Day {
	d, ok := r.Day(column)
	if !ok {
		*mended = append(*mended, fmt.Sprintf("its due date %q is no day and left out", data.Cut(r.Text(column), 40)))
	}
	return d
}

// times are when a row was made and last changed; what is missing is taken from other, and added to mended.
func times(r legacy.Record, other time.Time, mended *[]string) (made, changed time.Time) {
	switch at, up := r.Time("created_at"), r.Time("updated_at"); {
	case at != nil && up != nil:
		return *at, *up
	case at != nil:
		return *at, *at
	case up != nil:
		*mended = append(*mended, "nobody knows when it was made; it carries the time of its last change")
		return *up, *up
	}
	*mended = append(*mended, "nobody knows when it was made; it carries the date "+other.Format("2006-01-02"))
	return other, other
}

// texts are what projects and tasks have in common.
type texts struct{ name, summary, description string }

// textsOf turns an old row's texts into ours; what is too long for its column stands whole in the description.
func textsOf(r legacy.Record, what string, mended *[]string) texts {
	t := texts{name: r.Line("name"), summary: strings.TrimSpace(r.Text("summary"))}
	var removed []string
	t.description, removed = legacy.Markdown(r.Text("description"))
	*mended = append(*mended, removed...)
	if t.name == "" {
		t.name = fmt.Sprintf("%s %d without a name", what, r.ID())
		*mended = append(*mended, "it had no name")
	}
	if short := data.Cut(t.summary, 500); short != t.summary {
		t.summary, t.description = short, strings.TrimSpace(t.summary+"\n\n"+t.description)
		*mended = append(*mended, "its summary is cut to 500 characters; the whole stands in the description")
	}
	if short := data.Cut(t.name, 200); short != t.name {
		t.name, t.description = short, strings.TrimSpace(t.name+"\n\n"+t.description)
		*mended = append(*mended, "its name is cut to 200 characters; the whole stands in the description")
	}
	return t
}

// finish counts a row that came over.
func (a *arrival) finish(table, key string, id int64, mended []string) {
	a.Finish(table, key, id, mended)
	a.fresh++
}
