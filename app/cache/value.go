package cache

import (
	"context"
	"sync/atomic"
	"time"
)

// Value is one thing that nearly every page needs whole, such as the list of all people: it is held
// as it is, since to decode it for each request would cost more than the page. Nobody may change it.
type Value[T any] struct {
	cache  *Cache
	name   string
	counts *counts
	held   atomic.Pointer[heldValue[T]]
	serial atomic.Uint64
}

type heldValue[T any] struct {
	value T
	until time.Time
}

type dropper interface {
	drop()
	until() time.Time // the end of life of what is held; zero for nothing
}

// NewValue makes the value's place; name is its region's.
func NewValue[T any](c *Cache, name string) *Value[T] {
	v := &Value[T]{cache: c, name: name, counts: c.count(name, c.options.TTL)}
	c.values.Store(v.Key(), v)
	return v
}

// Key is the value's cache key.
func (v *Value[T]) Key() string { return v.name + ":all" }

func (v *Value[T]) drop() {
	v.held.Store(nil)
	v.serial.Add(1)
}

func (v *Value[T]) until() time.Time {
	if h := v.held.Load(); h != nil {
		return h.until
	}
	return time.Time{}
}

// Serial is another number after each load and each drop: what was made from the value is as good as the value while
// the number, read before the value, stays.
func (v *Value[T]) Serial() uint64 { return v.serial.Load() }

// Get returns the value, from load when it is not held. What load returned is not kept if anything was forgotten meanwhile.
func (v *Value[T]) Get(ctx context.Context, load func(context.Context) (T, error)) (T, error) {
	if h := v.held.Load(); h != nil && v.cache.options.Now().Before(h.until) {
		v.counts.hits.Add(1)
		return h.value, nil
	}
	v.counts.misses.Add(1)
	before := v.cache.forgotten.Load()
	got, err := load(ctx)
	if err != nil {
		return got, err
	}
	v.cache.keeping.RLock()
	defer v.cache.keeping.RUnlock()
	if v.cache.forgotten.Load() == before {
		v.held.Store(&heldValue[T]{got, v.cache.options.Now().Add(v.cache.options.TTL)})
		v.serial.Add(1)
		v.counts.held.Add(1)
	}
	return got, nil
}
