package weblinks

import (
	"slices"
	"strings"
	"time"

	"portal/app/data"
	"portal/app/fault"
)

// word is a category or a tag: a name that links stand under.
type word struct {
	ID        int64
	Name      string
	NameKey   string
	Version   int64
	UpdatedAt time.Time
	Links     int  // of those that the viewer sees
	Unused    bool // no link has it, not even one that the viewer does not see
}

// wordKind is one of the two sorts of words.
type wordKind struct {
	name   string // of one, as addresses and sentences have it
	many   string
	title  string
	table  string
	column string // of the tables of links
}

// The two sorts of words.
var (
	categoryKind = wordKind{"category", "categories", "Categories", "link_categories", "category_id"}
	tagKind      = wordKind{"tag", "tags", "Tags", "link_tags", "tag_id"}
	wordKinds    = map[string]wordKind{"category": categoryKind, "tag": tagKind}
)

// change is the sentence of a write.
func (k wordKind) change(w word, what string, fields ...data.Field) data.Change {
	return data.Change{
		Feature: "weblinks", Kind: k.name, ID: w.ID, Version: w.Version, What: what, Title: w.Name, URL: wordsPath, Fields: fields, Live: []string{listTopic},
	}
}

const wordsPath = listPath + "/words"

func errNoWord(k wordKind) error { return fault.New(fault.NotFound, "There is no such %s.", k.name) }

// words are all categories and tags, by name.
type words struct {
	Categories, Tags []word
}

func (w words) of(k wordKind) []word {
	if k == tagKind {
		return w.Tags
	}
	return w.Categories
}

// find is the word of that id; the zero word when there is none.
func find(all []word, n int64) word {
	if i := slices.IndexFunc(all, func(w word) bool { return w.ID == n }); i >= 0 {
		return all[i]
	}
	return word{}
}

// named is the word of that name, whatever its case and accents.
func named(all []word, name string) word {
	key := data.Key(name)
	if i := slices.IndexFunc(all, func(w word) bool { return w.NameKey == key }); i >= 0 {
		return all[i]
	}
	return word{}
}

func (w words) categoryName(n *int64) string { return find(w.Categories, data.OrZero(n)).Name }

// tagsOf are the tags of those ids, by name.
func (w words) tagsOf(joined string) []word {
	ids := split(joined)
	var all []word
	for _, t := range w.Tags {
		if slices.Contains(ids, t.ID) {
			all = append(all, t)
		}
	}
	return all
}

func (w words) tagNames(joined string) string {
	var all []string
	for _, t := range w.tagsOf(joined) {
		all = append(all, t.Name)
	}
	return strings.Join(all, ", ")
}

// shown are the words under which the viewer sees a link.
func shown(all []word) []word {
	var some []word
	for _, w := range all {
		if w.Links > 0 {
			some = append(some, w)
		}
	}
	return some
}
