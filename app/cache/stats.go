package cache

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/allegro/bigcache/v3"
)

// Stats is one region's line on the caches page. All figures are this process's.
type Stats struct {
	Region  string    `json:"region"`
	Hits    int64     `json:"hits"`
	Misses  int64     `json:"misses"`
	Loads   int64     `json:"loads"`   // entries put in since the start
	Bytes   int64     `json:"bytes"`   // bytes put in since the start
	Entries int64     `json:"entries"` // held now
	Size    int64     `json:"size"`    // bytes held now; of one value that is held as it is, none
	Oldest  time.Time `json:"oldest"`  // when the oldest entry was put in; zero for none
	Cleared time.Time `json:"cleared"` // when the region was last emptied as a whole, or made
}

// Rate is the share of hits, in percent; -1 when nothing was asked for.
func (s Stats) Rate() int {
	if s.Hits+s.Misses == 0 {
		return -1
	}
	return int(100 * s.Hits / (s.Hits + s.Misses))
}

// Stats are the figures of every region, by name. It goes through all entries, which takes a moment; Get pays nothing for it.
func (c *Cache) Stats() []Stats {
	all := map[string]*Stats{}
	lives := map[string]time.Duration{}
	c.mu.Lock()
	for name, n := range c.regions {
		all[name] = &Stats{
			Region: name, Hits: n.hits.Load(), Misses: n.misses.Load(), Loads: n.held.Load(), Bytes: n.bytes.Load(),
			Cleared: time.Unix(0, n.cleared.Load()).UTC(),
		}
		lives[name] = n.life
	}
	c.mu.Unlock()
	now := c.options.Now()
	note := func(key string, until time.Time, size int) {
		name, _, _ := strings.Cut(key, ":")
		s := all[name]
		if s == nil || until.Before(now) {
			return
		}
		s.Entries++
		s.Size += int64(size)
		if at := until.Add(-lives[name]).UTC(); s.Oldest.IsZero() || at.Before(s.Oldest) {
			s.Oldest = at
		}
	}
	for _, b := range []*bigcache.BigCache{c.rows, c.stats} {
		for it := b.Iterator(); it.SetNext(); {
			if e, err := it.Value(); err == nil && len(e.Value()) >= stamp { // else it is gone meanwhile
				note(e.Key(), time.Unix(0, int64(binary.LittleEndian.Uint64(e.Value()))), len(e.Value())-stamp)
			}
		}
	}
	c.values.Range(func(k, v any) bool {
		if until := v.(dropper).until(); !until.IsZero() {
			note(k.(string), until, 0)
		}
		return true
	})
	rows := make([]Stats, 0, len(all))
	for _, s := range all {
		rows = append(rows, *s)
	}
	slices.SortFunc(rows, func(a, b Stats) int { return strings.Compare(a.Region, b.Region) })
	return rows
}

// emptied keeps when a region, or all when name is empty, was emptied.
func (c *Cache) emptied(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for region, n := range c.regions {
		if name == "" || name == region {
			n.cleared.Store(c.options.Now().UnixNano())
		}
	}
}
