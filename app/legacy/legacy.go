// Package legacy reads the database of the portal that this one replaces.
package legacy

// Source is an old database.
type Source struct{}

// Report says what came over. // merged from the legacy branch
type Report struct{ Rows []Row }

// Line is a table's counts. // merged from the legacy branch
type Line struct {
	Table                                   string
	Read, Imported, Merged, Skipped, Mended int
}

// Row is one row that was not taken as it was. // merged from the legacy branch
type Row struct{ Table, Key, Action, Reason string }

// Tables are the counts. // merged from the legacy branch
func (r *Report) Tables() []Line { return nil }

// Options are settings of the import. // merged from the legacy branch
type Options struct{ Zone string }

// IDs are the old keys.
type IDs struct{}
