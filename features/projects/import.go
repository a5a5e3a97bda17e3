package projects

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"
)

// The states of an import. Those of importBusy are the background's to change.
const (
	importMapping    = "mapping"    // waits for somebody to say which column is which
	importCheck      = "check"      // waits to be checked
	importChecking   = "checking"   // is being checked
	importChecked    = "checked"    // waits for somebody to begin, or to correct the file
	importStart      = "start"      // waits to be made
	importRunning    = "importing"  // its tasks are being made
	importCancelling = "cancelling" // somebody has cancelled what runs
	importDone       = "done"
	importFailed     = "failed"
	importCancelled  = "cancelled"
)

// importBusy are the states in which the background has or will have work.
var importBusy = []string{importCheck, importChecking, importStart, importRunning, importCancelling}

// The bounds of an import.
const (
	importBytes   = 30 << 20 // of the file
	importRows    = 100_000
	importColumns = 100
	importCell    = 100_000 // characters
	importShown   = 200     // errors shown; the rest can be downloaded
	importLabels  = 200     // new labels
	importKept    = 24 * time.Hour
)

// fileImport is a row of imports: tasks that come from a file.
type fileImport struct {
	bun.BaseModel `bun:"table:imports,alias:i"`
	ID            int64 `bun:",pk,autoincrement"`
	ProjectID     int64
	UserID        int64
	FileName      string
	Size          int64  // bytes
	Settings      string // importSettings as JSON
	Preview       string // importPreview as JSON
	State         string
	Total         int64
	Done          int64
	Bad           int64
	Problems      string // the first []importProblem as JSON
	Said          string
	FirstNumber   int64
	LastNumber    int64
	EndedAt       *time.Time
	UndoneAt      *time.Time
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// What to do with a word that the portal does not know.
const (
	unknownRefuse = "refuse" // the row is wrong
	unknownEmpty  = "empty"  // as if the cell were empty
	unknownMake   = "make"   // a label of that name is made
)

// importSettings are what a person says about a file.
type importSettings struct {
	Sheet     string   `json:"sheet,omitempty"` // empty for the first
	Columns   []string `json:"columns"`         // the field of each column; empty for none
	Days      string   `json:"days"`            // daysFirst or monthsFirst, for dates with slashes
	Statuses  string   `json:"statuses"`        // unknownRefuse or unknownEmpty; so the next three
	Priority  string   `json:"priority"`
	People    string   `json:"people"`
	Milestone string   `json:"milestone"`
	Labels    string   `json:"labels"` // unknownMake as well
}

// How dates with slashes are read.
const (
	daysFirst   = "day"
	monthsFirst = "month"
)

// importPreview is the beginning of a file.
type importPreview struct {
	Sheets []string   `json:"sheets,omitempty"` // of a workbook
	Heads  []string   `json:"heads"`
	Rows   [][]string `json:"rows"` // the first few, each at most as wide as the heads
	How    string     `json:"how"`  // how it was read: "CSV, UTF-8, separated by semicolons"
}

// importProblem is what is wrong with a row.
type importProblem struct {
	Row    int    `json:"row"`    // as a spreadsheet numbers it: the heads are 1
	Column string `json:"column"` // its head
	Said   string `json:"said"`
}

// settings are what was said about the file; the usual ones when nothing was.
func (i fileImport) settings() importSettings {
	s := usualSettings()
	_ = json.Unmarshal([]byte(i.Settings), &s) // written by us
	return s
}

func usualSettings() importSettings {
	return importSettings{
		Days: daysFirst, Statuses: unknownRefuse, Priority: unknownRefuse, People: unknownRefuse, Milestone: unknownRefuse, Labels: unknownMake,
	}
}

func (i fileImport) preview() importPreview {
	var p importPreview
	_ = json.Unmarshal([]byte(i.Preview), &p) // written by us
	return p
}

func (i fileImport) problems() []importProblem {
	var all []importProblem
	_ = json.Unmarshal([]byte(i.Problems), &all) // written by us
	return all
}

// busy reports whether the background has the import.
func (i fileImport) busy() bool { return slices.Contains(importBusy, i.State) }

// made is how many tasks it has made.
func (i fileImport) made() int64 {
	if i.LastNumber == 0 {
		return 0
	}
	return i.LastNumber - i.FirstNumber + 1
}

// Path is the address of the import.
func (i fileImport) Path() string { return importPath(i.ProjectID) + "/" + id(i.ID) }

func importPath(project int64) string { return projectPath(project) + "/import" }

// percent is how far it is, 0 to 100.
func (i fileImport) percent() int {
	if i.Total == 0 {
		return 0
	}
	return int(min(100, i.Done*100/i.Total))
}

func importJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types
	}
	return string(raw)
}

func inThousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}
