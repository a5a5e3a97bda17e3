package documents

import (
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"portal/app/auth"
	"portal/app/data"
	"portal/app/fault"
)

// Category is a row of document_categories: a drawer of documents that may lie in another one.
type Category struct {
	bun.BaseModel `bun:"table:document_categories,alias:c"`

	ID        int64 `bun:",pk,autoincrement"`
	ParentID  *int64
	Name      string
	NameKey   string
	Private   bool // what lies in it, and in those below it, is for those alone that it is shared with
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
}

// deepest is how many categories may lie within each other.
const deepest = 8

// tree is all categories with their shares, held as one value: they are few, and every question of access asks them.
type tree struct {
	All    []Category // in the order of the tree: each before what lies in it, by their names
	Depths []int      // of each of All; 0 is the top
	Shares map[int64][]Share
}

// plant puts categories into the order of the tree.
func plant(rows []Category, shares []Share) *tree {
	t := &tree{Shares: map[int64][]Share{}}
	below := map[int64][]Category{}
	for _, c := range rows {
		below[data.OrZero(c.ParentID)] = append(below[data.OrZero(c.ParentID)], c)
	}
	var add func(parent int64, depth int)
	add = func(parent int64, depth int) {
		slices.SortFunc(below[parent], func(a, b Category) int {
			if by := strings.Compare(a.NameKey, b.NameKey); by != 0 {
				return by
			}
			return int(a.ID - b.ID)
		})
		for _, c := range below[parent] {
			t.All, t.Depths = append(t.All, c), append(t.Depths, depth)
			add(c.ID, depth+1)
		}
	}
	add(0, 0)
	for _, s := range shares {
		t.Shares[data.OrZero(s.CategoryID)] = append(t.Shares[data.OrZero(s.CategoryID)], s)
	}
	return t
}

// get is the category of that id; the zero Category for none.
func (t *tree) get(id int64) Category {
	for _, c := range t.All {
		if c.ID == id {
			return c
		}
	}
	return Category{}
}

// chain is the category and those it lies in, from the inside out.
func (t *tree) chain(id *int64) []Category {
	var all []Category
	for id != nil && len(all) <= deepest {
		c := t.get(*id)
		if c.ID == 0 {
			break
		}
		all, id = append(all, c), c.ParentID
	}
	return all
}

// closed reports whether the category, or one that it lies in, is private.
func (t *tree) closed(id *int64) bool {
	return slices.ContainsFunc(t.chain(id), func(c Category) bool { return c.Private })
}

// shared is the most that shares of the category, and of those it lies in, let the viewer do.
func (t *tree) shared(id *int64, v *auth.Viewer) Level {
	most := LevelNone
	for _, c := range t.chain(id) {
		most = max(most, levelOf(t.Shares[c.ID], v))
	}
	return most
}

// mayKnow reports whether the category exists for the viewer: a private one only for those it is shared with.
func (t *tree) mayKnow(id int64, v *auth.Viewer) bool {
	c := t.get(id)
	return c.ID != 0 && (v.Admin() || !t.closed(&id) || t.shared(&id, v) > LevelNone)
}

// known are the categories that exist for the viewer, in their order.
func (t *tree) known(v *auth.Viewer) []Category {
	var all []Category
	for _, c := range t.All {
		if t.mayKnow(c.ID, v) {
			all = append(all, c)
		}
	}
	return all
}

// with are the ids of those of which keep is true.
func (t *tree) with(keep func(id *int64) bool) []int64 {
	var all []int64
	for _, c := range t.All {
		if keep(&c.ID) {
			all = append(all, c.ID)
		}
	}
	return all
}

// within is the category and all that lie in it.
func (t *tree) within(id int64) []int64 {
	return t.with(func(c *int64) bool {
		return slices.ContainsFunc(t.chain(c), func(up Category) bool { return up.ID == id })
	})
}

// name is the category's name behind those it lies in: "Operations / Network"; empty for none.
func (t *tree) name(id *int64) string {
	var parts []string
	for _, c := range t.chain(id) {
		parts = append(parts, c.Name)
	}
	slices.Reverse(parts)
	return strings.Join(parts, " / ")
}

// depth is how deep the category lies, 0 at the top.
func (t *tree) depth(id int64) int { return max(0, len(t.chain(&id))-1) }

// change is the sentence a write says about the category. Whoever sees documents hears that there is something to ask anew.
func (c Category) change(what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "documents", Kind: "category", ID: c.ID, Parent: data.OrZero(c.ParentID), Version: c.Version, What: what, Title: c.Name,
		URL: "/documents?category=" + id(c.ID), Fields: fields, Stale: []string{treeKey, listFamily}, Live: []string{listTopic},
	}
}

// treeKey is the cache key of the tree.
const treeKey = "documents.tree:all"

func errNoCategory() error {
	return fault.New(fault.NotFound, "There is no such category, or it is not for you.")
}
