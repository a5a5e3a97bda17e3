// Package legacy reads the database of the portal that this one replaces.
package legacy

// Source is an old database.
type Source struct{}

// Report says what came over.
type Report struct{}

// IDs are the old keys.
type IDs struct{}
