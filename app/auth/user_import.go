package auth

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"portal/app/data"
	"portal/app/fault"
	"portal/app/sheet"
)

// The bounds of a file of accounts.
const (
	ImportRows  = 5000
	ImportBytes = 1_000_000 // a form of the portal's largest size has room for it and for what is around it
)

// importColumns are the headings that a file of accounts may have, in any order; username must be there.
var importColumns = []string{"username", "name", "email", "phone", "employee_number", "zone", "roles", "locked"}

// unreadColumns are in the list that the portal writes and say nothing to an import.
var unreadColumns = []string{"source", "last_sign_in"}

// importRow is a line of a file of accounts. A column that the file does not have says nothing about the account.
type importRow struct {
	line int // in the file, 1 is the heading
	has  map[string]bool
	text map[string]string
}

// What an import does with a line.
const (
	ImportMakes   = "made"
	ImportChanges = "changed"
	ImportKeeps   = "unchanged"
	ImportWrong   = "wrong"
)

// ImportLine is what an import does, or would do, with one line of the file.
type ImportLine struct {
	Line     int               `json:"line"` // in the file, 1 is the heading
	Username string            `json:"username"`
	Does     string            `json:"does"`             // made, changed, unchanged or wrong
	Fields   []data.Field      `json:"fields,omitempty"` // what changes from what to what
	Wrong    map[string]string `json:"wrong,omitempty"`  // why, by column

	id      int64 // of the account, 0 for a new one
	details Details
	roles   []string // that it holds afterwards; nil: as they are
	locked  *bool    // nil: as it is
}

// ImportPlan is all that an import does, or would do.
type ImportPlan struct {
	Lines []ImportLine `json:"lines"`
	Sum   string       `json:"sum"` // of the file and of all that it would do: another one when either changed
}

// Count is how many lines are of that sort.
func (p ImportPlan) Count(does string) int {
	n := 0
	for _, l := range p.Lines {
		if l.Does == does {
			n++
		}
	}
	return n
}

// sealed is the plan with its sum.
func (p ImportPlan) sealed(rows []importRow) (ImportPlan, error) {
	hash := sha256.New()
	e := json.NewEncoder(hash)
	for _, r := range rows {
		if err := e.Encode(r.text); err != nil {
			return p, err
		}
	}
	for _, l := range p.Lines {
		if err := errors.Join(e.Encode(l), e.Encode(l.roles)); err != nil {
			return p, err
		}
	}
	p.Sum = hex.EncodeToString(hash.Sum(nil))
	return p, nil
}

// readImport reads a file of accounts: CSV in UTF-8, with a heading, and commas or semicolons between.
// Errors: fault.Invalid at "file", with the line.
func readImport(raw []byte) ([]importRow, error) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	switch {
	case len(raw) > ImportBytes:
		return nil, fault.Field("file", "The file is larger than one megabyte. Split it.")
	case !utf8.Valid(raw):
		return nil, fault.Field("file", "The file is not UTF-8. Save it as “CSV UTF-8” in the spreadsheet and try again.")
	case bytes.IndexByte(raw, 0) >= 0:
		return nil, fault.Field("file", "This is no text file. Save the sheet as “CSV UTF-8” and try again.")
	case len(bytes.TrimSpace(raw)) == 0:
		return nil, fault.Field("file", "The file is empty. Choose one, or paste its lines.")
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	if first, _, _ := bytes.Cut(raw, []byte("\n")); bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	head, err := r.Read()
	if err != nil {
		return nil, unreadable(err)
	}
	if head, err = headings(head); err != nil {
		return nil, err
	}
	return importLines(r, head)
}

func unreadable(err error) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return fault.Field("file", "Line %d can't be read: a quotation mark is missing or stands where none may.", at.Line)
	}
	return fault.Field("file", "The file can't be read as CSV.")
}

func headings(head []string) ([]string, error) {
	var names []string
	for _, h := range head {
		name := strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(h)), " ", "_"), "-", "_")
		switch name {
		case "user_name":
			name = "username"
		case "e_mail":
			name = "email"
		}
		if !slices.Contains(importColumns, name) && !slices.Contains(unreadColumns, name) {
			return nil, fault.Field("file", "There is no column “%s”; there are %s.", h, strings.Join(importColumns, ", "))
		}
		if slices.Contains(names, name) {
			return nil, fault.Field("file", "The column “%s” stands there twice.", h)
		}
		names = append(names, name)
	}
	if !slices.Contains(names, "username") {
		return nil, fault.Field("file", "The first line must name the columns, and one must be username; there are %s.", strings.Join(importColumns, ", "))
	}
	return names, nil
}

func importLines(r *csv.Reader, head []string) ([]importRow, error) {
	var rows []importRow
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadable(err)
		}
		line, _ := r.FieldPos(0)
		if strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		if len(cells) != len(head) {
			return nil, fault.Field("file", "Line %d has %d cells, and the first line names %d columns.", line, len(cells), len(head))
		}
		if len(rows) == ImportRows {
			return nil, fault.Field("file", "The file has more than 5,000 lines. Split it.")
		}
		row := importRow{line: line, has: map[string]bool{}, text: map[string]string{}}
		for i, name := range head {
			row.has[name], row.text[name] = true, sheet.Text(strings.TrimSpace(cells[i]))
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, fault.Field("file", "The file names columns, but no people.")
	}
	return rows, nil
}
