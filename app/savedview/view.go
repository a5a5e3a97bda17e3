// Package savedview keeps names for the addresses of lists. A saved view is a name for what stands behind the question mark,
// and nothing else: whoever opens the address sees what they may see.
package savedview

import (
	"cmp"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// View is a row of saved_views.
type View struct {
	bun.BaseModel `bun:"table:saved_views,alias:v"`

	ID        int64 `bun:",pk,autoincrement"`
	OwnerID   int64
	List      string // which list: "projects", "projects.tasks:12"
	Name      string
	Query     string // of the list's address, without the question mark
	RoleID    *int64 // whose people see it too; nil for nobody's
	Position  int64  // among its owner's for the list
	DeletedAt *time.Time
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// List is a list that has saved views. Whoever names one must have found that the viewer may know of it.
type List struct {
	Feature string   // whose list it is
	Key     string   // "projects", "projects.tasks:12"
	Stale   []string // what is cached that shows the list's menu of views
}

// What saved views may take: how many a person has for one list, how long a name is in characters, and a query in bytes.
const (
	most      = 50
	nameMost  = 100
	queryMost = 1000
)

// all are the views of one list, and with which of them it opens for whom.
type all struct {
	Views    []View
	Defaults map[int64]int64 // users.id → id of a view
}

// Views are those of a list that somebody sees: their own in their order, then those that are shared with a role of theirs.
type Views struct {
	Own, Shared []View
	Default     View // the zero View when the list opens as it is
}

// Find is the view of that id; the zero View when it is not among them.
func (v Views) Find(id int64) View {
	for _, one := range slices.Concat(v.Own, v.Shared) {
		if one.ID == id {
			return one
		}
	}
	return View{}
}

// seenBy are the views that somebody sees.
func (a all) seenBy(v *auth.Viewer) Views {
	var seen Views
	roles := v.Roles()
	for _, one := range a.Views {
		switch {
		case one.OwnerID == v.ID:
			seen.Own = append(seen.Own, one)
		case one.RoleID != nil && slices.Contains(roles, *one.RoleID):
			seen.Shared = append(seen.Shared, one)
		}
	}
	slices.SortStableFunc(seen.Own, func(a, b View) int { return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID)) })
	slices.SortStableFunc(seen.Shared, func(a, b View) int {
		return cmp.Or(cmp.Compare(data.Fold(a.Name), data.Fold(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	if id := a.Defaults[v.ID]; id != 0 && v.ID != 0 {
		seen.Default = seen.Find(id)
	}
	return seen
}

func errLong() error {
	return fault.New(fault.Invalid, "What is filtered here is too long to be kept.")
}

func errNoView() error {
	return fault.New(fault.NotFound, "There is no such saved view, or it is not for you.")
}
