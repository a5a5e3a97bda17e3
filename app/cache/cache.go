// Package cache keeps hot rows in memory: BigCache behind typed regions.
// It holds rows by id; never HTML, never an answer that depends on who asks, unless the key names that person.
package cache

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/allegro/bigcache/v3"
	"github.com/vmihailenco/msgpack/v5"
	"golang.org/x/sync/singleflight"
)

// Options are the caches' bounds.
type Options struct {
	TTL       time.Duration // life of rows
	StatsTTL  time.Duration // life of statistics
	Megabytes int           // memory of all caches
	Now       func() time.Time
}

// Cache is all regions' memory. BigCache knows one life span for all its entries, so there are two of it.
type Cache struct {
	rows, stats *bigcache.BigCache
	options     Options
	group       singleflight.Group
	forgotten   atomic.Uint64 // counts Forget calls: a load that began before one is not kept
	keeping     sync.RWMutex  // held while an entry is put in: nobody may find for a moment what a Forget has ended

	mu      sync.Mutex
	regions map[string]*counts
	gens    sync.Map // family name → *atomic.Uint64
	values  sync.Map // key → dropper
}

// counts are one region's figures since the start, and how long its entries live.
type counts struct {
	hits, misses, held, bytes atomic.Int64
	cleared                   atomic.Int64 // unix nanoseconds; when the region was made, or last emptied as a whole
	life                      time.Duration
}

// New makes the caches.
func New(ctx context.Context, o Options) (*Cache, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	rows, err := store(ctx, o.TTL, rowsOf(o.Megabytes))
	if err != nil {
		return nil, err
	}
	stats, err := store(ctx, o.StatsTTL, statsOf(o.Megabytes))
	if err != nil {
		return nil, err
	}
	return &Cache{rows: rows, stats: stats, options: o, regions: map[string]*counts{}}, nil
}

// shards are the parts of each BigCache, which an entry must fit into.
const shards = 16

// rowsOf and statsOf are the megabytes of rows and of statistics.
func rowsOf(all int) int { return max(all*3/4, 2) }

func statsOf(all int) int { return max(all/4, 2) }

// store sizes one BigCache: its defaults would reserve hundreds of megabytes at once.
func store(ctx context.Context, life time.Duration, megabytes int) (*bigcache.BigCache, error) {
	c := bigcache.DefaultConfig(life)
	c.Shards, c.MaxEntriesInWindow, c.MaxEntrySize = shards, 4096, 512
	c.HardMaxCacheSize, c.CleanWindow, c.Verbose = megabytes, time.Second, false
	b, err := bigcache.New(context.WithoutCancel(ctx), c) // ended by Close; at a context's end it prints
	if err != nil {
		return nil, fmt.Errorf("cache of %d MB: %w", megabytes, err)
	}
	return b, nil
}

// Close frees the memory.
func (c *Cache) Close() error {
	_ = c.stats.Close()
	return c.rows.Close()
}

// Forget drops entries by their keys, after a write has committed. A key without a colon names a
// family: all keys made with that family's generation are never asked for again.
func (c *Cache) Forget(keys ...string) {
	c.keeping.Lock()
	defer c.keeping.Unlock()
	c.forgotten.Add(1)
	for _, k := range keys {
		if !strings.Contains(k, ":") {
			c.generation(k).Add(1)
			continue
		}
		if v, ok := c.values.Load(k); ok {
			v.(dropper).drop()
		}
		_ = c.rows.Delete(k) // absent is as good as gone
		_ = c.stats.Delete(k)
	}
}

// Clear drops every entry of one region, or all when name is empty.
func (c *Cache) Clear(name string) {
	c.keeping.Lock()
	defer c.keeping.Unlock()
	c.forgotten.Add(1)
	c.emptied(name)
	c.values.Range(func(k, v any) bool {
		if name == "" || k == name+":all" {
			v.(dropper).drop()
		}
		return true
	})
	for _, b := range []*bigcache.BigCache{c.rows, c.stats} {
		if name == "" {
			_ = b.Reset()
			continue
		}
		for it := b.Iterator(); it.SetNext(); {
			if e, err := it.Value(); err == nil && strings.HasPrefix(e.Key(), name+":") {
				_ = b.Delete(e.Key())
			}
		}
	}
}

// Has reports whether there is a region of that name.
func (c *Cache) Has(name string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.regions[name] != nil
}

func (c *Cache) generation(family string) *atomic.Uint64 {
	g, _ := c.gens.LoadOrStore(family, new(atomic.Uint64))
	return g.(*atomic.Uint64)
}

// Region is the part of the cache that holds one sort of row.
type Region[T any] struct {
	cache  *Cache
	store  *bigcache.BigCache
	name   string
	life   time.Duration
	most   int // bytes of an entry: a larger one would push half of its shard's others out
	counts *counts
}

// Rows makes the region name for rows, which live as long as the setting says.
func Rows[T any](c *Cache, name string) Region[T] {
	return Region[T]{c, c.rows, name, c.options.TTL, rowsOf(c.options.Megabytes) << 20 / shards / 2, c.count(name, c.options.TTL)}
}

// Statistics makes the region name for figures, which live shorter than rows.
func Statistics[T any](c *Cache, name string) Region[T] {
	return Region[T]{c, c.stats, name, c.options.StatsTTL, statsOf(c.options.Megabytes) << 20 / shards / 2, c.count(name, c.options.StatsTTL)}
}

func (c *Cache) count(name string, life time.Duration) *counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.regions[name] == nil {
		c.regions[name] = &counts{life: life}
		c.regions[name].cleared.Store(c.options.Now().UnixNano())
	}
	return c.regions[name]
}

// Key is the cache key of the entry for id.
func (r Region[T]) Key(id any) string { return fmt.Sprintf("%s:%v", r.name, id) }

// Family makes an id that stops to be found when the family's name is forgotten.
func (r Region[T]) Family(family string, id any) string {
	return fmt.Sprintf("%v@%d", id, r.cache.generation(family).Load())
}

// stamp is the length of the end of life that stands before each entry: BigCache itself
// goes on serving an entry past its life until its cleaner comes by.
const stamp = 8

// Get returns the entry for id, from load when it is not held. What load
// returned is not kept if anything was forgotten meanwhile.
func (r Region[T]) Get(ctx context.Context, id any, load func(context.Context) (T, error)) (T, error) {
	key := r.Key(id)
	if v, ok := r.held(key); ok {
		r.counts.hits.Add(1)
		return v, nil
	}
	r.counts.misses.Add(1)
	before := r.cache.forgotten.Load()
	// One load for all who miss the same entry at the same time; the generation keeps a reader
	// who comes after a write from joining a load that began before it.
	got, err, _ := r.cache.group.Do(fmt.Sprintf("%s|%d", key, before), func() (any, error) { return load(ctx) })
	if err != nil {
		var none T
		if ctx.Err() == nil && context.Cause(ctx) == nil && isContext(err) {
			return load(ctx) // the one we joined was given up, we were not
		}
		return none, err
	}
	v := got.(T)
	r.keep(key, v, before)
	return v, nil
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func (r Region[T]) held(key string) (T, bool) {
	var v T
	raw, err := r.store.Get(key)
	if err != nil || len(raw) < stamp {
		return v, false
	}
	if int64(binary.LittleEndian.Uint64(raw)) < r.cache.options.Now().UnixNano() {
		return v, false
	}
	if plain, ok := any(&v).(*[]byte); ok {
		*plain = raw[stamp:] // a copy of ours already
		return v, true
	}
	if err := msgpack.Unmarshal(raw[stamp:], &v); err != nil {
		return v, false
	}
	return v, true
}

// encode writes structs without their fields' names: what is read was written by this very process.
func encode(v any) ([]byte, error) {
	if plain, ok := v.([]byte); ok {
		return plain, nil
	}
	var b bytes.Buffer
	e := msgpack.GetEncoder()
	defer msgpack.PutEncoder(e)
	e.Reset(&b)
	e.UseArrayEncodedStructs(true)
	err := e.Encode(v)
	return b.Bytes(), err
}

func (r Region[T]) keep(key string, v T, before uint64) {
	body, err := encode(v)
	if err != nil || len(body) > r.most {
		return
	}
	raw := make([]byte, stamp, stamp+len(body))
	binary.LittleEndian.PutUint64(raw, uint64(r.cache.options.Now().Add(r.life).UnixNano()))
	r.cache.keeping.RLock()
	defer r.cache.keeping.RUnlock()
	if r.cache.forgotten.Load() != before || r.store.Set(key, append(raw, body...)) != nil {
		return // the second: larger than a shard, which is not a failure, only not held
	}
	r.counts.held.Add(1)
	r.counts.bytes.Add(int64(len(body)))
}
