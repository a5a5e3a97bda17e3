package data

import "time"

// TrashKept is how long the trash keeps things.
const TrashKept = 30 * 24 * time.Hour

// TrashOver reports whether what was deleted then is gone for good, though the purge may not have come to it yet: brought back
// while the purge is at it, it would come back without what the purge has removed already.
func TrashOver(deleted *time.Time, now time.Time) bool {
	return deleted != nil && deleted.Before(now.Add(-TrashKept))
}
