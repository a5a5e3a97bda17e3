package legacy

import (
	"encoding/json"
	"fmt"
)

// Line counts what happened to the rows of one old table.
type Line struct {
	Table    string `json:"table"`
	Read     int    `json:"read"`
	Imported int    `json:"imported"`
	Merged   int    `json:"merged"`  // joined with a row of ours
	Skipped  int    `json:"skipped"` // left out
	Mended   int    `json:"mended"`  // imported, but not as it was
	Known    int    `json:"known"`   // dealt with by an earlier run
}

// Row is what happened to one row, and why.
type Row struct {
	Table  string `json:"table"`
	Key    string `json:"key"`    // the old primary key; empty for the whole table
	Action string `json:"action"` // merged, skipped, mended, access, warning, unknown or later
	Reason string `json:"reason"`
}

// The actions of rows.
const (
	Merged  = "merged"
	Skipped = "skipped"
	Mended  = "mended"
	Access  = "access"  // a role may do more or less than before
	Warning = "warning" // the operator should act
	Unknown = "unknown" // a table or column that no version of the old portal had
	Later   = "later"   // stays in the old database until there is a feature for it
)

// Page is a page of the old portal, and who can open it.
type Page struct {
	Title string       `json:"title"`
	Route string       `json:"route"` // as the old portal wrote it; empty for a page that it had no mapping of
	Node  string       `json:"node"`  // of ours whose mapping decides; empty when the page is gone
	Gone  string       `json:"gone"`  // why there is no such page here; empty when there is
	Built bool         `json:"built"` // a feature has the page already
	Roles []RoleAccess `json:"roles"`
	Lose  int          `json:"people_who_lose"` // accounts that could open it before and can't now
	Gain  int          `json:"people_who_gain"`
}

// RoleAccess is what those who hold one role, and no other, could and can do with a page.
type RoleAccess struct {
	Role   string `json:"role"`
	People int    `json:"people"` // accounts that hold it and may sign in
	Shown  bool   `json:"shown"`  // the old menu showed the page to them
	Before bool   `json:"before"` // the old portal let them open it
	After  bool   `json:"after"`
}

// Report says what came over.
type Report struct {
	Rows   []Row
	Access []Page // one for each mapping of the old portal
	lines  []*Line
	named  map[string]*Line
}

// Tables are the counts of each table, in the order they were read.
func (r *Report) Tables() []Line {
	all := make([]Line, len(r.lines))
	for i, l := range r.lines {
		all[i] = *l
	}
	return all
}

// Table is the line of that table, made when there is none.
func (r *Report) Table(name string) *Line {
	if r.named == nil {
		r.named = map[string]*Line{}
	}
	l := r.named[name]
	if l == nil {
		l = &Line{Table: name}
		r.named[name] = l
		r.lines = append(r.lines, l)
	}
	return l
}

// Skip counts a row that was left out.
func (r *Report) Skip(table, key, reason string, args ...any) {
	r.Table(table).Skipped++
	r.Note(table, key, Skipped, reason, args...)
}

// Merge counts a row that joined one of ours.
func (r *Report) Merge(table, key, reason string, args ...any) {
	r.Table(table).Merged++
	r.Note(table, key, Merged, reason, args...)
}

// Mend counts an imported row once, however many things about it were mended.
func (r *Report) Mend(table, key string, reasons ...string) {
	if len(reasons) == 0 {
		return
	}
	r.Table(table).Mended++
	for _, reason := range reasons {
		r.Note(table, key, Mended, "%s", reason)
	}
}

// Note adds a row that no count shows.
func (r *Report) Note(table, key, action, reason string, args ...any) {
	r.Rows = append(r.Rows, Row{table, key, action, fmt.Sprintf(reason, args...)})
}

// Changed reports whether anything was written.
func (r *Report) Changed() bool {
	for _, l := range r.lines {
		if l.Imported+l.Merged+l.Skipped > 0 {
			return true
		}
	}
	return false
}

// MarshalJSON is the report as `-json` shows it.
func (r *Report) MarshalJSON() ([]byte, error) {
	rows := r.Rows
	if rows == nil {
		rows = []Row{}
	}
	return json.Marshal(map[string]any{"tables": r.Tables(), "rows": rows, "access": r.Access})
}
