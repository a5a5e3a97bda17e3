package cache

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

type row struct{ Name string }

func newCache(t *testing.T, now func() time.Time) *Cache {
	t.Helper()
	c, err := New(context.Background(), Options{TTL: time.Minute, StatsTTL: time.Minute, Megabytes: 8, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func get(t *testing.T, r Region[row], id any, name string) string {
	t.Helper()
	v, err := r.Get(context.Background(), id, func(context.Context) (row, error) { return row{name}, nil })
	if err != nil {
		t.Fatal(err)
	}
	return v.Name
}

func TestRegion_GetHoldsUntilForgotten(t *testing.T) {
	c := newCache(t, nil)
	r := Rows[row](c, "x")
	if get(t, r, 1, "old") != "old" || get(t, r, 1, "new") != "old" {
		t.Error("an entry is not held")
	}
	c.Forget(r.Key(1))
	if got := get(t, r, 1, "new"); got != "new" {
		t.Errorf("after Forget: %s", got)
	}
	c.Clear("x")
	if got := get(t, r, 1, "newer"); got != "newer" {
		t.Errorf("after Clear: %s", got)
	}
}

func TestRegion_GetEndsWithItsLife(t *testing.T) {
	now := time.Unix(1000, 0)
	c := newCache(t, func() time.Time { return now })
	r := Rows[row](c, "x")
	get(t, r, 1, "old")
	now = now.Add(61 * time.Second)
	if got := get(t, r, 1, "new"); got != "new" {
		t.Errorf("past its life: %s", got)
	}
}

// A reader that began before a commit must not put the old row back after it.
func TestRegion_GetKeepsNothingReadBeforeAForget(t *testing.T) {
	c := newCache(t, nil)
	r := Rows[row](c, "x")
	_, _ = r.Get(context.Background(), 1, func(context.Context) (row, error) {
		c.Forget(r.Key(1))
		return row{"old"}, nil
	})
	if got := get(t, r, 1, "new"); got != "new" {
		t.Errorf("the old row was put back: %s", got)
	}
}

func TestRegion_FamilyEndsAtOnce(t *testing.T) {
	c := newCache(t, nil)
	r := Rows[row](c, "x")
	get(t, r, r.Family("projects", 7), "old")
	c.Forget("projects")
	if got := get(t, r, r.Family("projects", 7), "new"); got != "new" {
		t.Errorf("after the family was forgotten: %s", got)
	}
}

func TestRegion_GetGivesWhatIsTooLargeToHold(t *testing.T) {
	c := newCache(t, nil)
	r := Rows[row](c, "x")
	large := strings.Repeat("x", 8<<20)
	if get(t, r, 1, large) != large || get(t, r, 1, "small") != "small" {
		t.Error("an entry larger than a shard is held, or an error")
	}
}

func TestRegion_GetKeepsNoError(t *testing.T) {
	c := newCache(t, nil)
	r := Rows[row](c, "x")
	_, err := r.Get(context.Background(), 1, func(context.Context) (row, error) { return row{"bad"}, errors.New("away") })
	if err == nil || get(t, r, 1, "good") != "good" {
		t.Errorf("error %v", err)
	}
}

func TestValue_GetHoldsUntilForgotten(t *testing.T) {
	now := time.Unix(1000, 0)
	c := newCache(t, func() time.Time { return now })
	v := NewValue[string](c, "all")
	ask := func(fresh string) string {
		got, err := v.Get(context.Background(), func(context.Context) (string, error) { return fresh, nil })
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if ask("a") != "a" || ask("b") != "a" {
		t.Error("not held")
	}
	c.Forget(v.Key())
	if ask("c") != "c" {
		t.Error("held after Forget")
	}
	now = now.Add(61 * time.Second)
	if ask("d") != "d" {
		t.Error("held past its life")
	}
	_, _ = v.Get(context.Background(), func(context.Context) (string, error) { return "", errors.New("not asked: it is held") })
	c.Clear("")
	_, _ = v.Get(context.Background(), func(context.Context) (string, error) { c.Forget(v.Key()); return "stale", nil })
	if got := ask("fresh"); got != "fresh" {
		t.Errorf("what was read before a Forget is held: %s", got)
	}
}

// What is made of a value is kept under its number: no two states of the value may have the same one.
func TestValue_SerialIsNeverTheSameTwice(t *testing.T) {
	c := newCache(t, nil)
	v := NewValue[string](c, "all")
	seen := map[uint64]bool{}
	for range 3 {
		for _, step := range []func(){
			func() { c.Forget(v.Key()) },
			func() {
				if _, err := v.Get(context.Background(), func(context.Context) (string, error) { return "x", nil }); err != nil {
					t.Fatal(err)
				}
			},
		} {
			step()
			if seen[v.Serial()] {
				t.Fatalf("%d stands for two states", v.Serial())
			}
			seen[v.Serial()] = true
		}
	}
}
