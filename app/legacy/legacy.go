// Package legacy reads the database of the portal that this one replaces, and keeps account of what came over.
package legacy

import (
	"fmt"
	"time"
)

// Options are what the operator may say about the old database.
type Options struct {
	Zone string // IANA zone of the wall clocks people typed; empty for America/Chicago
}

// usualZone is the only zone that the old portal's code names.
const usualZone = "America/Chicago"

// Place is the zone of the wall clocks in the old database.
// Errors: a sentence when there is no such zone.
func (o Options) Place() (*time.Location, error) {
	if o.Zone == "" {
		o.Zone = usualZone
	}
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return nil, fmt.Errorf("there is no time zone %q; write one like Europe/Berlin", o.Zone)
	}
	return zone, nil
}
